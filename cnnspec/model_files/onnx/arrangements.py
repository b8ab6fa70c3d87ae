"""Operators that arrange constants: reshape, slice, gather, concatenate, split, repeat."""

from __future__ import annotations

from math import prod

from cnnspec.model_files.onnx.arrays import (
    MAX_AXES,
    check_axis,
    find_common_shape,
    find_strides,
    find_weight_name,
    pick,
    spread,
    walk,
)
from cnnspec.model_files.onnx.call import Call
from cnnspec.model_files.onnx.constant import Constant
from cnnspec.model_files.onnx.messages import MAX_VALUES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.model_files.onnx.arrays import Shape


def fold_identity(call: Call) -> Constant:
    given: Constant = call.inputs[0]
    return given


def find_reshaped(shape: Sequence[int], wanted: Sequence[int], keep_zeros: bool = False) -> Shape:
    """The sizes that Reshape asks for, with those that it leaves open: -1 for what is left, 0 for the same as before."""
    sizes = [shape[i] if n == 0 and not keep_zeros else n for i, n in enumerate(wanted)]
    if sizes.count(-1) == 1:
        rest = -prod(sizes)
        sizes[sizes.index(-1)] = prod(shape) // rest
    if prod(sizes) != prod(shape) or any(n < 0 for n in sizes):
        raise ValueError
    return tuple(sizes)


def fold_reshape(call: Call) -> Constant:
    wanted = call.integers_at("shape", 1)
    if wanted is None:
        raise ValueError
    given: Constant = call.inputs[0]
    return given.reshape(find_reshaped(given.shape, wanted, bool(call.integer("allowzero"))))


def fold_flatten(call: Call) -> Constant:
    given: Constant = call.inputs[0]
    axis = call.integer("axis")
    if not -len(given.shape) <= axis <= len(given.shape):
        raise ValueError
    axis = axis if axis >= 0 else axis + len(given.shape)
    return given.reshape((prod(given.shape[:axis]), prod(given.shape[axis:])))


def fold_squeeze(call: Call) -> Constant:
    given: Constant = call.inputs[0]
    axes = call.integers_at("axes", 1)
    gone = (
        [i for i, n in enumerate(given.shape) if n == 1]
        if axes is None
        else [check_axis(a, len(given.shape)) for a in axes]
    )
    if any(given.shape[i] != 1 for i in gone):
        raise ValueError
    return given.reshape([n for i, n in enumerate(given.shape) if i not in gone])


def fold_unsqueeze(call: Call) -> Constant:
    given: Constant = call.inputs[0]
    axes = call.integers_at("axes", 1)
    if axes is None or len(axes) > MAX_AXES:
        raise ValueError
    rank = len(given.shape) + len(axes)
    new = {check_axis(a, rank) for a in axes}
    sizes = iter(given.shape)
    return given.reshape([1 if i in new else next(sizes) for i in range(rank)])


def fold_transpose(call: Call) -> Constant:
    given: Constant = call.inputs[0]
    order = call.integers("perm") or tuple(range(len(given.shape)))[::-1]
    if sorted(order) != list(range(len(given.shape))):
        raise ValueError
    strides = find_strides(given.shape)
    shape = [given.shape[axis] for axis in order]
    met = walk([(strides[axis], range(given.shape[axis])) for axis in order])
    return given.select(shape, met, given.view and given.view.permute(order))


def find_slices(call: Call, shape: Sequence[int]) -> list[range]:
    """Along each axis of a shape the places that a Slice keeps."""
    starts, ends = call.integers_at("starts", 1), call.integers_at("ends", 2)
    if starts is None or ends is None or len(starts) != len(ends):
        raise ValueError
    axes, steps = call.integers_at("axes", 3), call.integers_at("steps", 4)
    kept = [range(n) for n in shape]
    numbers = range(len(starts)) if axes is None else axes
    for start, end, axis, step in zip(starts, ends, numbers, steps or (1,) * len(starts), strict=True):
        axis = check_axis(axis, len(shape))
        kept[axis] = range(*slice(start, end, step).indices(shape[axis]))
    return kept


def fold_slice(call: Call) -> Constant:
    given: Constant = call.inputs[0]
    return pick(given, find_slices(call, given.shape))


def fold_gather(call: Call) -> Constant:
    given, indices = call.inputs[:2]
    axis = check_axis(call.integer("axis"), len(given.shape))
    shape = (*given.shape[:axis], *indices.shape, *given.shape[axis + 1 :])
    if indices.values is None:
        return Constant(shape, None, given.element, given.name)
    size = given.shape[axis]
    places = [range(n) for n in given.shape]
    places[axis] = [check_axis(i, size) for i in indices.values]  # type: ignore[call-overload]
    return pick(given, places, shape)


def fold_concat(call: Call) -> Constant:
    inputs = [given for given in call.inputs if given is not None]
    axis = check_axis(call.integer("axis"), len(inputs[0].shape))
    rests = {(*given.shape[:axis], *given.shape[axis + 1 :]) for given in inputs}
    if len(rests) > 1:
        raise ValueError
    shape = (*inputs[0].shape[:axis], sum([given.shape[axis] for given in inputs]), *inputs[0].shape[axis + 1 :])
    if prod(shape) > MAX_VALUES or any([given.values is None for given in inputs]):
        return Constant(shape, None, inputs[0].element, find_weight_name(inputs))
    values: list[Any] = []
    for row in range(prod(shape[:axis])):
        for given in inputs:
            length = prod(given.shape[axis:])
            values += (given.values or ())[row * length : (row + 1) * length]
    return Constant(shape, values, inputs[0].element, find_weight_name(inputs))


def find_parts(call: Call, size: int) -> list[int]:
    """The sizes of the parts that a Split makes of an axis."""
    stated = call.integers_at("split", 1)
    if stated is None:
        count = call.integer("num_outputs") if "num_outputs" in call.attributes else len(call.node.outputs)
        part = -(-size // count)
        stated = tuple([min(part, size - i * part) for i in range(count)])
    if sum(stated) != size or min(stated) < 0:
        raise ValueError
    return list(stated)


def fold_split(call: Call) -> list[Constant]:
    given: Constant = call.inputs[0]
    axis = check_axis(call.integer("axis"), len(given.shape))
    found, start = [], 0
    for part in find_parts(call, given.shape[axis]):
        kept = [range(n) for n in given.shape]
        kept[axis] = range(start, start + part)
        found.append(pick(given, kept))
        start += part
    return found


def fold_expand(call: Call) -> Constant:
    given: Constant = call.inputs[0]
    wanted = call.integers_at("shape", 1)
    if wanted is None or len(wanted) > MAX_AXES:
        raise ValueError
    return spread(given, find_common_shape(given.shape, wanted))


def fold_tile(call: Call) -> Constant:
    given: Constant = call.inputs[0]
    repeats = call.integers_at("repeats", 1) or ()
    if any([times < 0 for times in repeats]):
        raise ValueError
    shape = [n * times for n, times in zip(given.shape, repeats, strict=True)]
    if prod(shape) > MAX_VALUES:
        return Constant(shape, None, given.element, given.name)
    return pick(given, [list(range(n)) * times for n, times in zip(given.shape, repeats, strict=True)])
