"""Random programs of what moves, joins and reduces axes, and what NumPy makes of them: a reference for views."""

from __future__ import annotations

from math import prod

import numpy
from hypothesis import strategies as st

from cnnspec.base.source import Source
from cnnspec.layers.channels import ChannelShuffle, Slice
from cnnspec.layers.depth_to_space import DepthToSpace, SpaceToDepth
from cnnspec.layers.edges import Crop, Pad
from cnnspec.layers.global_pooling import GlobalAvgPool
from cnnspec.layers.matmul import Matmul
from cnnspec.layers.merging import Add, Concatenate, Dot, Multiply
from cnnspec.layers.pooling import MaxPool
from cnnspec.layers.preprocessing import Rescaling
from cnnspec.layers.reducing import ReduceMean
from cnnspec.layers.reshaping import Flatten, Permute, Reshape
from cnnspec.model_files.channels_first.axes import (
    concatenate,
    cut_out,
    deal_to_depth,
    deal_to_space,
    multiply_matrices,
    pad,
    roll,
    stack,
    summarize,
)
from cnnspec.model_files.channels_first.pointwise import merge, rescale
from cnnspec.model_files.views.graph_builder import GraphBuilder
from cnnspec.model_files.views.tensor import permute, squeeze, unsqueeze
from cnnspec.model_files.views.tensor_layers import reshape

BATCH = 2


def make_builder() -> GraphBuilder:
    return GraphBuilder("net", Source("net", ""))


# ---- a reference: what each layer does to values, channels last ------------------------------------------------
def compute(graph, inputs):
    """The values of every node, the batch first."""
    values = []
    feed = iter(inputs)
    for node in graph.nodes:
        if node.layer is None:
            values.append(next(feed))
            continue
        made = run_layer(node.layer, [values[index] for index in node.inputs])
        assert made.shape[1:] == node.shape
        values.append(made)
    return values


def run_layer(layer, args):
    x = args[0]
    space = range(1, x.ndim - 1)
    match layer:
        case Flatten():
            return x.reshape(len(x), -1)
        case Reshape():
            return x.reshape(len(x), *layer.shape)
        case Permute():
            return x.transpose(0, *layer.order)
        case ChannelShuffle():
            groups = x.reshape(*x.shape[:-1], layer.groups, -1)
            return groups.swapaxes(-1, -2).reshape(x.shape)
        case Rescaling():
            return x * layer.scale + layer.offset
        case Add():
            return sum(args[1:], x)
        case Multiply():
            return prod(args[1:], start=x)
        case Concatenate():
            return numpy.concatenate(args, layer.axis)
        case Slice():
            return x[..., layer.begin : layer.end]
        case Crop():
            cut = [
                slice(low, x.shape[axis] - high)
                for axis, (low, high) in zip(space, layer.sides(x.ndim - 2), strict=True)
            ]
            return x[(slice(None), *cut)]
        case Pad():
            return numpy.pad(x, ((0, 0), *layer.sides(x.ndim - 2), layer.ends()), constant_values=layer.value)
        case MaxPool():
            assert layer.kernel == 1, "which chooses positions"
            strides = layer.stride if isinstance(layer.stride, tuple) else (layer.stride,) * (x.ndim - 2)
            return x[(slice(None), *[slice(None, None, stride) for stride in strides])]
        case Matmul():
            return args[0] @ args[1]
        case GlobalAvgPool():
            return x.mean(tuple(space), keepdims=layer.keepdims)
        case ReduceMean():
            return x.mean(layer.axis, keepdims=layer.keepdims)
        case Dot():
            one, two = [numpy.moveaxis(y, axis, 2) for y, axis in zip(args, layer.axes, strict=True)]
            return one @ two.swapaxes(1, 2)
        case DepthToSpace() | SpaceToDepth():
            return deal(x, layer)
    raise AssertionError(layer)


def deal(x, layer):
    """depth_to_space and space_to_depth by Keras calls, as shapes and orders of axes."""
    reshaped, permuted, final = layer.keras((x.shape[1:],))
    x = x.reshape(len(x), *reshaped.arguments["target_shape"]).transpose(0, *permuted.arguments["dims"])
    return x.reshape(len(x), *final.arguments["target_shape"])


# ---- random programs --------------------------------------------------------------------------------------------
@st.composite
def programs(draw):
    """An input's shape, and steps that act on the tensors so far."""
    shape = tuple(draw(st.lists(st.sampled_from([1, 2, 3, 4, 6]), min_size=1, max_size=3)))
    return shape, draw(st.lists(st.tuples(st.sampled_from(STEPS), st.randoms(use_true_random=False)), max_size=9))


def divide(random, count):
    """A number as a product of one to three."""
    sizes = []
    for _ in range(random.randint(0, 2)):
        size = random.choice([n for n in range(1, count + 1) if count % n == 0])
        sizes.append(size)
        count //= size
    return [*sizes, count]


def step_permute(builder, random, known):
    x, value = random.choice(known)
    order = [0, *random.sample(range(1, value.ndim), value.ndim - 1)]
    return permute(x, order), value.transpose(order)


def step_reshape(builder, random, known):
    x, value = random.choice(known)
    sizes = divide(random, prod(value.shape[1:]))
    asked = [*sizes]
    if random.random() < 0.5:
        asked[random.randrange(len(asked))] = -1
    return reshape(builder, x, (BATCH, *asked)), value.reshape(BATCH, *sizes)


def step_squeeze(builder, random, known):
    x, value = random.choice(known)
    axes = tuple(axis for axis in range(1, value.ndim) if value.shape[axis] == 1)
    return squeeze(x), value.squeeze(axes)


def step_unsqueeze(builder, random, known):
    x, value = random.choice(known)
    axis = random.randint(1, value.ndim)
    return unsqueeze(x, axis), numpy.expand_dims(value, axis)


def step_rescale(builder, random, known):
    x, value = random.choice(known)
    return rescale(builder, x, 2, 1), value * 2 + 1


def step_add(builder, random, known):
    x, value = random.choice(known)
    others = [(y, other) for y, other in known if other.shape == value.shape]
    y, other = random.choice(others)
    return merge(builder, "add", x, y), value + other


def step_gate(builder, random, known):
    x, value = random.choice([(x, value) for x, value in known if value.ndim > 2] or known)
    axes = tuple(range(2, value.ndim))
    if not axes:
        return x, value
    gate = summarize(builder, x, axes, keepdims=True, kind="mean")
    return merge(builder, "multiply", x, gate), value * value.mean(axes, keepdims=True)


def step_mean(builder, random, known):
    x, value = random.choice(known)
    axes = tuple(random.sample(range(1, value.ndim), random.randint(1, value.ndim - 1)))
    keepdims = random.random() < 0.5
    return summarize(builder, x, axes, keepdims, "mean"), value.mean(axes, keepdims=keepdims)


def step_stack(builder, random, known):
    x, value = random.choice(known)
    axis = random.randint(1, value.ndim)
    return stack(builder, [x, x], axis), numpy.stack([value, value], axis)


def step_matrices(builder, random, known):
    x, value = random.choice(known)
    if value.ndim < 3:
        return x, value
    order = [*range(value.ndim - 2), value.ndim - 1, value.ndim - 2]
    return multiply_matrices(builder, x, permute(x, order)), value @ value.transpose(order)


def step_shuffle_pixels(builder, random, known):
    x, value = random.choice(known)
    n, c, *space = value.shape
    if len(space) != 2 or c % 4:
        return x, value
    parts = value.reshape(n, c // 4, 2, 2, *space).transpose(0, 1, 4, 2, 5, 3)
    return deal_to_space(builder, x, 2, "crd"), parts.reshape(n, c // 4, 2 * space[0], 2 * space[1])


def step_shuffle_pixels_back(builder, random, known):
    x, value = random.choice(known)
    n, c, *space = value.shape
    if len(space) != 2 or any(size % 2 for size in space):
        return x, value
    parts = value.reshape(n, c, space[0] // 2, 2, space[1] // 2, 2)
    order = random.choice(["crd", "dcr"])
    moved = parts.transpose(0, 1, 3, 5, 2, 4) if order == "crd" else parts.transpose(0, 3, 5, 1, 2, 4)
    return deal_to_depth(builder, x, 2, order), moved.reshape(n, 4 * c, space[0] // 2, space[1] // 2)


def step_concatenate(builder, random, known):
    x, value = random.choice(known)
    axis = random.randrange(1, value.ndim) if value.ndim > 1 else 1
    others = [(y, other) for y, other in known if drop(other.shape, axis) == drop(value.shape, axis)]
    y, other = random.choice(others)
    return concatenate(builder, [x, y], axis), numpy.concatenate([value, other], axis)


def drop(shape, axis):
    return len(shape), shape[:axis], shape[axis + 1 :]


def step_cut(builder, random, known):
    x, value = random.choice(known)
    axis = random.randrange(1, value.ndim)
    start = random.randrange(value.shape[axis])
    stop = random.randint(start + 1, value.shape[axis])
    step = random.choice([1, 1, 2, 3])
    chosen = [slice(None)] * value.ndim
    chosen[axis] = slice(start, stop, step)
    return cut_out(builder, x, axis, start, stop, step), value[tuple(chosen)]


def step_roll(builder, random, known):
    x, value = random.choice(known)
    axis, shift = random.randrange(1, value.ndim), random.randint(-5, 5)
    return roll(builder, x, axis, shift), numpy.roll(value, shift, axis)


def step_pad(builder, random, known):
    x, value = random.choice(known)
    axis = random.randrange(1, value.ndim)
    sides = [(0, 0)] * value.ndim
    sides[axis] = (random.randint(0, 2), random.randint(0, 2))
    number = random.choice([0, 0, 3])
    return pad(builder, x, sides, number), numpy.pad(value, sides, constant_values=number)


STEPS = [made for name, made in sorted(globals().items()) if name.startswith("step_")]
