"""Torch's operators that move values and compute nothing → views of tensors, and layers that cut and join."""

from __future__ import annotations

from math import inf

from cnnspec.model_files.channels_first import axes
from cnnspec.model_files.torch.call import LowPadded, Stacked
from cnnspec.model_files.torch.typed_json import Damaged
from cnnspec.model_files.views.tensor import Inexpressible, Tensor, permute, squeeze, unsqueeze
from cnnspec.model_files.views.tensor_layers import reshape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.model_files.torch.call import Call


def keep(call: Call) -> Tensor:
    """Copies and conversions: the values are what they were."""
    return call.tensor("self" if "self" in call.arguments else "input")


def make_reshape(name: str) -> Callable[[Call], Tensor]:
    """The translation of a reshape, whose sizes have this name."""

    def view(call: Call) -> Tensor:
        return reshape(call.builder, call.tensor("self"), call.integers(name))

    return view


def flatten_axes(call: Call) -> Tensor:
    x = call.tensor("self")
    first, last = x.count_axis(call.integer("start_dim")), x.count_axis(call.integer("end_dim"))
    if last < first:
        raise Damaged(f"{call.node.target} begins behind its end")
    return reshape(call.builder, x, (*x.shape[:first], -1, *x.shape[last + 1 :]))


def unflatten_axis(call: Call) -> Tensor:
    x = call.tensor("self")
    axis = x.count_axis(call.integer("dim"))
    return reshape(call.builder, x, (*x.shape[:axis], *call.integers("sizes"), *x.shape[axis + 1 :]))


def permute_axes(call: Call) -> Tensor:
    return permute(call.tensor("self"), call.integers("dims"))


def swap_axes(call: Call) -> Tensor:
    """aten.transpose and aten.t, which swaps the two axes of a matrix."""
    x = call.tensor("self")
    one, other = 0, len(x.shape) - 1
    if "dim0" in call.arguments:
        one, other = x.count_axis(call.integer("dim0")), x.count_axis(call.integer("dim1"))
    order = list(range(len(x.shape)))
    order[one], order[other] = order[other], order[one]
    return permute(x, order)


def add_axis(call: Call) -> Tensor:
    return unsqueeze(call.tensor("self"), call.integer("dim"))


def drop_axes(call: Call) -> Tensor:
    return squeeze(call.tensor("self"), call.integers("dim") if "dim" in call.arguments else None)


def expand(call: Call) -> Tensor:
    """A repetition of axes of size 1: left to the arithmetic behind it, which repeats them anyway, if that is all there is."""
    x = call.tensor("self")
    stated = call.sizes()
    same = stated is not None and all([b in (None, a) for a, b in zip(x.shape, stated, strict=False)])
    if not call.is_repeated_later and not (same and len(stated or ()) == len(x.shape)):
        raise Inexpressible("a repetition of values")
    return x


def concatenate(call: Call) -> Tensor:
    return axes.concatenate(call.builder, call.tensors("tensors"), call.integer("dim"))


def stack(call: Call) -> Stacked:
    tensors = call.tensors("tensors")
    count, axis = len(tensors[0].shape) + 1, call.integer("dim")
    if not -count <= axis < count or any([x.shape != tensors[0].shape for x in tensors]):
        raise Damaged(f"{call.node.target} has tensors of several shapes, or no axis {axis}")
    return Stacked(tuple(tensors), axis % count)


def split(call: Call) -> tuple[Tensor, ...]:
    """aten.chunk, aten.split and aten.split_with_sizes: the pieces are as the file states them."""
    x = call.tensor("self")
    axis = x.count_axis(call.integer("dim"))
    sizes = []
    for index in range(len(call.node.outputs)):
        stated = call.sizes(index)
        size = stated[axis] if stated is not None and axis < len(stated) else None
        if size is None:
            raise Inexpressible("pieces whose sizes are not stated")
        sizes.append(size)
    if sum(sizes) != x.shape[axis]:
        raise Damaged(f"the pieces of {call.node.target} are not its whole input")
    return tuple(axes.split(call.builder, x, axis, sizes))


def unbind(call: Call) -> tuple[Tensor, ...]:
    x = call.tensor("self")
    axis = x.count_axis(call.integer("dim"))
    if len(call.node.outputs) != x.shape[axis]:
        raise Damaged(f"the pieces of {call.node.target} are not its whole input")
    return tuple([squeeze(piece, (axis,)) for piece in axes.split(call.builder, x, axis, (1,) * x.shape[axis])])


def cut_out(call: Call) -> Tensor:
    """aten.slice. Slices of other axes before it whose results nothing else reads are one cut with it."""
    x, kept = call.tensor("self"), {}
    bounds = [call.value(name) for name in ("start", "end", "step")]
    kept[x.count_axis(call.integer("dim"))] = slice(*bounds)
    argument = call.node.arguments.get("self")
    while before := call.history.find_maker(argument, "slice"):
        given = SLICE | {name: call.history.find_value(value) for name, value in before.arguments.items()}
        axis = given["dim"]
        if not isinstance(given["self"], Tensor) or type(axis) is not int or given["self"].count_axis(axis) in kept:
            break
        x, argument = given["self"], before.arguments["self"]
        kept[x.count_axis(axis)] = slice(*[given[name] for name in ("start", "end", "step")])
    if not all([type(n) in (int, type(None)) for part in kept.values() for n in (part.start, part.stop, part.step)]):
        raise Damaged(f"{call.node.target} begins or ends at what is no whole number")
    if any([part.step is None or part.step < 1 for part in kept.values()]):
        raise Damaged(f"{call.node.target} has no step from 1")
    ranges = {axis: range(*part.indices(x.shape[axis])) for axis, part in kept.items()}
    return axes.cut_map(call.builder, x, ranges)


def narrow(call: Call) -> Tensor:
    start = call.integer("start")
    return axes.cut_out(call.builder, call.tensor("self"), call.integer("dim"), start, start + call.integer("length"))


def select(call: Call) -> Tensor:
    """One position of an axis, which is gone then."""
    x = call.tensor("self")
    axis, index = x.count_axis(call.integer("dim")), call.integer("index")
    if not -x.shape[axis] <= index < x.shape[axis]:
        raise Damaged(f"{call.node.target} chooses {index} of {x.shape[axis]}")
    index %= x.shape[axis]
    return squeeze(axes.cut_out(call.builder, x, axis, index, index + 1), (axis,))


def roll(call: Call) -> Tensor:
    x, shifts, dims = call.tensor("self"), call.integers("shifts"), call.integers("dims")
    if len(shifts) != len(dims):
        raise Inexpressible("all values rolled in one row, the batch too")
    for axis, shift in zip(dims, shifts, strict=True):
        x = axes.roll(call.builder, x, axis, shift)
    return x


def pad(call: Call) -> Tensor | LowPadded:
    """aten.pad, aten.constant_pad_nd and paddings by what lies inside. Torch writes both sides of the last axis first."""
    word = call.word("mode") if "mode" in call.arguments else "constant"
    if word not in PADDINGS:
        raise Inexpressible(f"a padding by {word}")
    return pad_by(call, PADDINGS[word], "pad")


def make_pad(mode: str) -> Callable[[Call], Tensor | LowPadded]:
    def pad_inside(call: Call) -> Tensor | LowPadded:
        return pad_by(call, mode, "padding")

    return pad_inside


def pad_by(call: Call, mode: str, name: str) -> Tensor | LowPadded:
    x, amounts = call.tensor("self"), call.integers(name)
    if len(amounts) % 2 or len(amounts) > 2 * len(x.shape):
        raise Damaged(f"{call.node.target} has {len(amounts)} numbers in {name}")
    pairs = [(amounts[i], amounts[i + 1]) for i in range(0, len(amounts), 2)][::-1]
    sides = [(0, 0)] * (len(x.shape) - len(pairs)) + pairs
    if mode != "zeros":
        return axes.pad(call.builder, x, sides, mode=mode)
    if call.value("value") == -inf and not any(map(any, sides[:2])):
        return LowPadded(x, tuple(sides))
    return axes.pad(call.builder, x, sides, call.optional_number("value") or 0)


SLICE: dict[str, Any] = {"dim": 0, "start": None, "end": None, "step": 1}
PADDINGS = {"constant": "zeros", "reflect": "reflect", "replicate": "edge", "circular": "circular"}


def shuffle_channels(call: Call) -> Tensor:
    x, groups = call.tensor("self"), call.integer("groups")
    if len(x.shape) < 3 or groups < 1 or x.shape[1] % groups:
        raise Damaged(f"{call.node.target} has {groups} groups")
    parted = reshape(call.builder, x, (x.shape[0], groups, x.shape[1] // groups, *x.shape[2:]))
    order = (0, 2, 1, *range(3, len(parted.shape)))
    return reshape(call.builder, permute(parted, order), x.shape)


def shuffle_pixels(call: Call) -> Tensor:
    """Channels in groups of factor² become squares of pixels; the places in a square are the inner part of the channels."""
    return axes.deal_to_space(call.builder, need_map(call), call.integer("upscale_factor"), "crd")


def unshuffle_pixels(call: Call) -> Tensor:
    """Squares of pixels become channels."""
    return axes.deal_to_depth(call.builder, need_map(call), call.integer("downscale_factor"), "crd")


def need_map(call: Call) -> Tensor:
    x = call.tensor("self")
    if len(x.shape) != 4:
        raise Inexpressible(f"pixels of a tensor of {len(x.shape)} axes")
    return x


KEPT = (
    "contiguous.default", "clone.default", "alias.default", "detach.default", "to.dtype", "to.device",
    "to.dtype_layout", "to.other", "_to_copy.default", "lift_fresh_copy.default", "type_as.default", "positive.default",
)  # fmt: skip
EXPANSIONS = ("expand.default", "expand_as.default")
SHAPES: dict[str, Callable[[Call], Any]] = {
    **{f"aten.{name}": keep for name in KEPT},
    "aten.view.default": make_reshape("size"),
    "aten.view_copy.default": make_reshape("size"),
    "aten._unsafe_view.default": make_reshape("size"),
    "aten.reshape.default": make_reshape("shape"),
    "aten.flatten.using_ints": flatten_axes,
    "aten.unflatten.int": unflatten_axis,
    "aten.permute.default": permute_axes,
    "aten.transpose.int": swap_axes,
    "aten.t.default": swap_axes,
    "aten.unsqueeze.default": add_axis,
    "aten.squeeze.default": drop_axes,
    "aten.squeeze.dim": drop_axes,
    "aten.squeeze.dims": drop_axes,
    **{f"aten.{name}": expand for name in EXPANSIONS},
    "aten.cat.default": concatenate,
    "aten.stack.default": stack,
    "aten.chunk.default": split,
    "aten.split.Tensor": split,
    "aten.split.sizes": split,
    "aten.split_with_sizes.default": split,
    "aten.unbind.int": unbind,
    "aten.slice.Tensor": cut_out,
    "aten.narrow.default": narrow,
    "aten.select.int": select,
    "aten.roll.default": roll,
    "aten.pad.default": pad,
    "aten.constant_pad_nd.default": pad,
    **{f"aten.reflection_pad{n}d.default": make_pad("reflect") for n in (1, 2, 3)},
    **{f"aten.replication_pad{n}d.default": make_pad("edge") for n in (1, 2, 3)},
    "aten.channel_shuffle.default": shuffle_channels,
    "aten.native_channel_shuffle.default": shuffle_channels,
    "aten.pixel_shuffle.default": shuffle_pixels,
    "aten.pixel_unshuffle.default": unshuffle_pixels,
}
SHARING = frozenset(  # operators whose outputs share the memory of their input
    f"aten.{name}"
    for name in (
        "view.default", "reshape.default", "flatten.using_ints", "unflatten.int", "permute.default", "transpose.int",
        "t.default", "unsqueeze.default", "squeeze.default", "squeeze.dim", "squeeze.dims", "expand.default",
        "expand_as.default", "chunk.default", "split.Tensor", "split.sizes", "split_with_sizes.default", "unbind.int",
        "slice.Tensor", "narrow.default", "select.int", "alias.default", "detach.default",
    )
)  # fmt: skip
