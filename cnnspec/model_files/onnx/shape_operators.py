"""Operators that arrange, cut and join axes."""

from __future__ import annotations

from math import prod

from cnnspec.model_files.channels_first import axes
from cnnspec.model_files.channels_first.learned import connect_fully, look_up
from cnnspec.model_files.onnx.arrangements import find_parts, find_slices
from cnnspec.model_files.onnx.attribute_defaults import LARGEST
from cnnspec.model_files.onnx.call import Call
from cnnspec.model_files.onnx.constant import Constant
from cnnspec.model_files.onnx.constants import read_shape
from cnnspec.model_files.onnx.operands import (
    LowPadded,
    find_bias,
    find_constant,
    find_tensor,
    find_tensors,
    find_weight,
)
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.views.tensor import Inexpressible, Tensor, permute, show_sizes, squeeze, unsqueeze
from cnnspec.model_files.views.tensor_layers import reshape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.model_files.onnx.operands import Translate
    from cnnspec.model_files.views.graph_builder import GraphBuilder


# ---- the same values -------------------------------------------------------------------------------------------
def keep(builder: GraphBuilder, call: Call) -> Tensor | Constant:
    """An operator that changes nothing that the language knows of: Identity, Cast; CastLike also of a constant."""
    given = call.given(0)
    return given if isinstance(given, Constant) else find_tensor(call)


def translate_shape(builder: GraphBuilder, call: Call) -> Constant:
    return read_shape(call, find_tensor(call).shape)


def translate_size(builder: GraphBuilder, call: Call) -> Constant:
    return Constant((), [prod(find_tensor(call).shape)])


def translate_reshape(builder: GraphBuilder, call: Call) -> Tensor:
    return give_shape(builder, call, find_tensor(call))


def give_shape(builder: GraphBuilder, call: Call, x: Tensor) -> Tensor:
    """A tensor in the shape that an operator's second input, or its attribute, states."""
    wanted = call.integers_at("shape", 1)
    if wanted is None:
        raise Inexpressible("its shape is left out")
    same = None if call.attributes.get("allowzero") else 0  # a size of 0 is the one that the axis has
    if any([n == same and i >= len(x.shape) for i, n in enumerate(wanted)]):
        raise Inexpressible(f"its shape is {wanted}")
    return reshape(builder, x, [x.shape[i] if n == same else n for i, n in enumerate(wanted)])


def translate_flatten(builder: GraphBuilder, call: Call) -> Tensor:
    x, axis = find_tensor(call), call.integer("axis")
    axis = len(x.shape) if axis == len(x.shape) else x.count_axis(axis)
    return reshape(builder, x, (prod(x.shape[:axis]), prod(x.shape[axis:])))


def translate_transpose(builder: GraphBuilder, call: Call) -> Tensor | LowPadded:
    given = call.given(0)
    x = given.x if isinstance(given, LowPadded) else find_tensor(call)
    order = call.integers("perm") or tuple(range(len(x.shape)))[::-1]
    moved = permute(x, order)
    return LowPadded(moved, tuple([given.sides[axis] for axis in order])) if isinstance(given, LowPadded) else moved


def translate_squeeze(builder: GraphBuilder, call: Call) -> Tensor:
    x, axes = find_tensor(call), call.integers_at("axes", 1)
    if axes and (wide := [axis for axis in axes if x.shape[x.count_axis(axis)] != 1]):
        raise ModelRefused(f"{call.where}: axis {wide[0]} of {show_sizes(x.shape)} is not of size 1")
    return squeeze(x, axes)


def translate_unsqueeze(builder: GraphBuilder, call: Call) -> Tensor:
    x, new = find_tensor(call), call.integers_at("axes", 1) or ()
    rank = len(x.shape) + len(new)
    for axis in sorted([axis + rank if axis < 0 else axis for axis in new]):
        x = unsqueeze(x, axis)
    return x


def translate_expand(builder: GraphBuilder, call: Call) -> Tensor:
    x, wanted = find_tensor(call), call.integers_at("shape", 1) or ()
    full = (1,) * (len(x.shape) - len(wanted)) + wanted
    if len(full) != len(x.shape) or any([n not in (1, have) for n, have in zip(full, x.shape, strict=True)]):
        raise Inexpressible(f"it repeats {show_sizes(x.shape)} to {show_sizes(wanted)}")
    return x


# ---- parts, and parts together -----------------------------------------------------------------------------------
def translate_concat(builder: GraphBuilder, call: Call) -> Tensor:
    return axes.concatenate(builder, find_tensors(call), call.integer("axis"))


def translate_split(builder: GraphBuilder, call: Call) -> list[Tensor]:
    x = find_tensor(call)
    axis = x.count_axis(call.integer("axis"))
    return axes.split(builder, x, axis, find_parts(call, x.shape[axis]))


def translate_split_to_sequence(builder: GraphBuilder, call: Call) -> tuple[Tensor, ...]:
    x = find_tensor(call)
    axis = x.count_axis(call.integer("axis"))
    if not call.integer("keepdims"):
        raise Inexpressible("a sequence of tensors without the axis that was split")
    stated, size = call.integers_at("split", 1) or (1,), x.shape[axis]
    part = stated[0]
    if call.given(1) is None or call.given(1).shape:
        sizes = list(stated) if len(stated) > 1 else [part] * (size // part)
    else:
        sizes = [min(part, size - start) for start in range(0, size, part)]
    if sum(sizes) != size or min(sizes) < 1:
        raise ValueError
    return tuple(axes.split(builder, x, axis, sizes))


def translate_sequence_at(builder: GraphBuilder, call: Call) -> Tensor:
    sequence, index = call.given(0), call.integers_at("position", 1)
    if not isinstance(sequence, tuple) or index is None:
        raise Inexpressible("it is no sequence of a known length")
    found: Tensor = sequence[index[0]]
    return found


def translate_slice(builder: GraphBuilder, call: Call) -> Tensor:
    x = find_tensor(call)
    return axes.cut_map(builder, x, dict(enumerate(find_slices(call, x.shape))))


def translate_gather(builder: GraphBuilder, call: Call) -> Tensor:
    """One position of an axis, or several that follow each other; or, of a matrix of weights, an embedding."""
    if isinstance(call.given(0), Constant):
        return embed(builder, call)
    x, indices = find_tensor(call), find_constant(call, 1)
    axis = x.count_axis(call.integer("axis"))
    places, size = indices.values, x.shape[axis]
    if not places or len(indices.shape) > 1 or any([not -size <= place < size for place in places]):
        raise Inexpressible("it gathers what is not a row of an axis")
    first = places[0] % size
    if [place % size for place in places] != list(range(first, first + len(places))):
        raise Inexpressible("it gathers positions that do not follow each other")
    cut = axes.cut_out(builder, x, axis, first, first + len(places))
    return cut if indices.shape else squeeze(cut, (axis,))


def embed(builder: GraphBuilder, call: Call) -> Tensor:
    if call.integer("axis") != 0:
        raise Inexpressible("a look-up that is no embedding")
    return look_up(builder, find_tensor(call, 1), find_weight(call, 0))


def translate_pad(builder: GraphBuilder, call: Call) -> Tensor | LowPadded:
    x, amounts = find_tensor(call), call.integers_at("pads", 1) or ()
    mode = {"constant": "zeros", "reflect": "reflect", "edge": "edge"}.get(call.word("mode"))
    if mode is None:
        raise Inexpressible(f"a padding by {call.word('mode')}")
    chosen = [x.count_axis(axis) for axis in call.integers_at("axes", 3) or range(len(x.shape))]
    if len(amounts) != 2 * len(chosen):
        raise Inexpressible(f"its pads are {amounts}")
    sides = [(0, 0)] * len(x.shape)
    for number, axis in enumerate(chosen):
        sides[axis] = amounts[number], amounts[number + len(chosen)]
    value = call.number_at("value", 2) if mode == "zeros" else None
    if value is not None and value <= -LARGEST:
        return LowPadded(x, tuple(sides))
    return axes.pad(builder, x, sides, 0 if value is None else value, mode)


def translate_rows(builder: GraphBuilder, call: Call) -> Tensor:
    """A dense layer on rows, which `patterns` finds: over the last axis, or over what the rows are made of."""
    x, weight, rows = find_tensor(call), find_weight(call, 2), call.integers_at("rows", 3)
    if rows is None or len(rows) != 2:
        raise Inexpressible("a product of rows that is no dense layer")
    if weight.shape[0] != x.shape[-1]:
        x = reshape(builder, x, [x.shape[i] if n == 0 else n for i, n in enumerate(rows)])
    return give_shape(builder, call, connect_fully(builder, x, weight, find_bias(call, 4)))


SHAPES: dict[str, Translate] = {
    "Cast": keep,
    "CastLike": keep,
    "Concat": translate_concat,
    "Expand": translate_expand,
    "Flatten": translate_flatten,
    "Gather": translate_gather,
    "Identity": keep,
    "Pad": translate_pad,
    "Reshape": translate_reshape,
    "Rows": translate_rows,
    "SequenceAt": translate_sequence_at,
    "Shape": translate_shape,
    "Size": translate_size,
    "Slice": translate_slice,
    "Split": translate_split,
    "SplitToSequence": translate_split_to_sequence,
    "Squeeze": translate_squeeze,
    "Transpose": translate_transpose,
    "Unsqueeze": translate_unsqueeze,
}
