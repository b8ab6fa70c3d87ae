"""Tensors as views of nodes: random programs give the values that NumPy gives, whatever layers the views were spared."""

from __future__ import annotations

import contextlib
from math import prod

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.source import Source
from cnnspec.layers.channels import ChannelShuffle, Slice
from cnnspec.layers.depth_to_space import DepthToSpace, SpaceToDepth
from cnnspec.layers.edges import Crop, Pad
from cnnspec.layers.global_pooling import GlobalAvgPool
from cnnspec.layers.merging import Add, Concatenate, Dot, Multiply
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
    stack,
    summarize,
)
from cnnspec.model_files.channels_first.learned import connect_fully
from cnnspec.model_files.channels_first.pointwise import merge, rescale
from cnnspec.model_files.views.arranging import arrange_freely
from cnnspec.model_files.views.graph_builder import GraphBuilder, WeightRef
from cnnspec.model_files.views.opaque_batch import add_opaque_batch
from cnnspec.model_files.views.tensor import Inexpressible, permute, squeeze, unsqueeze
from cnnspec.model_files.views.tensor_layers import finish, reshape
from tests.support import cases

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
            return numpy.pad(x, ((0, 0), *layer.sides(x.ndim - 2), (0, 0)))
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
    if value.ndim != 3:
        return x, value
    return multiply_matrices(builder, x, permute(x, (0, 2, 1))), value @ value.swapaxes(1, 2)


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
    chosen = [slice(None)] * value.ndim
    chosen[axis] = slice(start, stop)
    return cut_out(builder, x, axis, start, stop), value[tuple(chosen)]


def step_pad(builder, random, known):
    x, value = random.choice(known)
    axis = random.randrange(1, value.ndim)
    sides = [(0, 0)] * value.ndim
    sides[axis] = (random.randint(0, 2), random.randint(0, 2))
    return pad(builder, x, sides), numpy.pad(value, sides)


STEPS = [made for name, made in sorted(globals().items()) if name.startswith("step_")]


@given(programs())
@cases(4)
def test_a_random_program_gives_what_numpy_gives(program):
    shape, steps = program
    builder = make_builder()
    values = numpy.arange(BATCH * prod(shape), dtype=float).reshape(BATCH, *shape)
    x = builder.add_input((BATCH, *shape))
    known = [(x, values)]
    for step, random in steps:
        try:
            made, value = step(builder, random, known)
        except Inexpressible:
            continue
        assert made.shape == value.shape
        if value.ndim > 1:
            known.append((made, value))
    outputs = known[-3:]
    placed, seen = [], []
    for tensor, value in outputs:
        with contextlib.suppress(Inexpressible):  # more axes than layers take
            placed.append(arrange_freely(builder, tensor))
            seen.append((tensor, value))
    channels_last = values.transpose(0, *range(2, values.ndim), 1) if values.ndim > 2 else values
    computed = compute(builder.graph, [channels_last])
    for (node, order), (_, value) in zip(placed, seen, strict=True):
        found = computed[node].transpose(0, *[axis + 1 for axis in order])
        numpy.testing.assert_allclose(found, value)
    graph = finish(builder, [tensor for tensor, _ in seen])
    assert len(compute(graph, [channels_last])) <= len(computed)


# ---- what views are spared, by example --------------------------------------------------------------------------
def words(builder, *outputs):
    return [node.label for node in finish(builder, outputs).nodes]


def test_axes_that_are_moved_there_and_back_cost_nothing():
    builder = make_builder()
    x = builder.add_input((BATCH, 6, 5, 4))
    there = rescale(builder, permute(x, (0, 2, 3, 1)), 2)
    assert words(builder, permute(there, (0, 3, 1, 2))) == ["input", "rescaling"]


def test_a_shuffle_of_channels_is_one_layer():
    builder = make_builder()
    x = builder.add_input((BATCH, 6, 5, 4))
    grouped = reshape(builder, x, (BATCH, 3, 2, 5, 4))
    mixed = reshape(builder, permute(grouped, (0, 2, 1, 3, 4)), (BATCH, -1, 5, 4))
    assert words(builder, rescale(builder, merge(builder, "add", x, mixed), 2)) == [
        "input", "channel_shuffle", "add", "rescaling",
    ]  # fmt: skip


def test_a_flatten_behind_a_global_pool_is_the_pool_without_axes():
    builder = make_builder()
    pooled = summarize(builder, builder.add_input((BATCH, 6, 5, 4)), (2, 3), keepdims=True, kind="mean")
    flat = reshape(builder, pooled, (BATCH, -1))
    assert words(builder, connect_fully(builder, flat, WeightRef("w", (10, 6)), 10, None)) == ["input", "gap", "dense"]
    assert not builder.remarks


def test_a_map_that_is_flattened_channels_first_is_noted_where_a_weight_reads_it():
    builder = make_builder()
    flat = reshape(builder, builder.add_input((BATCH, 6, 5, 4)), (BATCH, -1))
    scaled = rescale(builder, flat, 2)
    assert words(builder, connect_fully(builder, scaled, WeightRef("w", (10, 120)), 10, None)) == [
        "input", "flatten", "rescaling", "dense",
    ]  # fmt: skip
    assert builder.remarks == [
        "1 layer reads a map that was flattened channels first: here the rows of its weight stand channels last, "
        "which concerns trained weights alone"
    ]


@pytest.mark.parametrize("batch", [1, 7, None])
def test_the_batch_may_have_any_size_and_stays_apart(batch):
    builder = make_builder()
    x = builder.add_input((batch, 6, 5, 4))
    n = x.shape[0]
    flat = reshape(builder, x, (n, -1))
    assert flat.shape == (n, 120)
    again = reshape(builder, flat, (-1, 6, 20))
    assert again.shape == (n, 6, 20)
    rows = reshape(builder, x, (n * 6, 20))
    with pytest.raises(Inexpressible, match="mixes the examples of a batch"):
        connect_fully(builder, rows, WeightRef("w", (3, 20)), 3, None)


def test_a_layer_whose_weights_were_used_before_shares_them():
    builder = make_builder()
    weight = WeightRef("w", (4, 4))
    x = builder.add_input((BATCH, 4))
    for _ in range(3):
        x = connect_fully(builder, x, weight, 4, None)
    assert [node.shares for node in finish(builder, [x]).nodes] == [None, None, 1, 1]


@pytest.mark.parametrize("shape", [(1, 8), (1, 1), (1, 8, 3, 3)])
@pytest.mark.parametrize("axes", [None, (0,)])
def test_an_output_without_its_batch_of_one(shape: tuple[int, ...], axes: tuple[int, ...] | None) -> None:
    """squeeze() drops the batch of a model that was exported with one example; the output is that of the example."""
    builder = make_builder()
    x = squeeze(rescale(builder, builder.add_input(shape), 2, 0), axes)
    assert x.shape == tuple([n for axis, n in enumerate(shape) if n != 1 or axes and axis])
    graph = finish(builder, [x])
    (output,) = graph.outputs
    assert prod(graph.nodes[output].shape) == prod(shape)


def test_an_open_batch_is_not_dropped() -> None:
    assert squeeze(make_builder().add_input((None, 1, 8))).shape[1:] == (8,)


def test_an_output_of_one_value_for_each_example() -> None:
    builder = make_builder()
    x = rescale(builder, builder.add_input((BATCH, 1)), 2, 0)
    graph = finish(builder, [squeeze(x, (1,))])
    assert [graph.nodes[index].shape for index in graph.outputs] == [(1,)]


def test_what_an_unknown_operator_makes_of_each_example_may_be_one_value() -> None:
    builder = make_builder()
    x = add_opaque_batch(builder, "argmax", [builder.add_input((BATCH, 5))], (BATCH,))
    assert x.shape == (BATCH,)
    graph = finish(builder, [x])
    assert [graph.nodes[index].shape for index in graph.outputs] == [(1,)]
