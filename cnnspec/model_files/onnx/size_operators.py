"""Operators that give axes other sizes: resize, repeat, reduce, and blocks of channels as positions."""

from __future__ import annotations

from cnnspec.model_files.channels_first import axes
from cnnspec.model_files.onnx.call import Call
from cnnspec.model_files.onnx.constant import Constant
from cnnspec.model_files.onnx.operands import find_tensor
from cnnspec.model_files.onnx.resize_alike import is_resized_as_keras
from cnnspec.model_files.onnx.shape_operators import give_shape
from cnnspec.model_files.views.tensor import Inexpressible, Tensor, permute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.model_files.onnx.operands import Translate
    from cnnspec.model_files.views.graph_builder import GraphBuilder


def translate_resize(builder: GraphBuilder, call: Call) -> Tensor:
    """Resize and Upsample, by scales or to sizes, of all axes but the batch and the channels."""
    x, upsample = find_tensor(call), call.node.operator == "Upsample"
    scales = call.given(1 if upsample or call.opset < 11 else 2)
    sizes, chosen = None if upsample else call.given(3), call.integers("axes")
    counted = range(len(x.shape)) if chosen is None else [x.count_axis(axis) for axis in chosen]
    wanted, factors = list(x.shape), None
    if isinstance(sizes, Constant) and sizes.count:
        stated = call.integers_at("sizes", 3) or ()
    else:
        factors = call.attributes.get("scales") or (scales.values if isinstance(scales, Constant) else None)
        if factors is None or len(factors) != len(counted):
            raise Inexpressible("its new size is computed, or not in the file")
        stated = tuple([int(x.shape[axis] * factor) for axis, factor in zip(counted, factors, strict=True)])
    for axis, size in zip(counted, stated, strict=True):
        wanted[axis] = size
    kind, centres = find_interpolation(call, upsample)
    whole = all([size % have == 0 for size, have in zip(wanted, x.shape, strict=True)])
    if wanted[0] != x.shape[0]:
        raise Inexpressible("it resizes the batch")
    if kind == "nearest" and not whole and centres not in ("half_pixel", "pytorch_half_pixel"):
        raise Inexpressible(f"a resize to the nearest position, {centres}, by a factor that is no whole number")
    if kind != "nearest" and centres not in ("half_pixel", "pytorch_half_pixel", "align_corners"):
        raise Inexpressible(f"a {kind} resize with positions by {centres}")
    ratios = [size / have for size, have in zip(wanted, x.shape, strict=True)]
    for axis, factor in zip(counted, factors or (), strict=False):
        ratios[axis] = factor
    alike = (
        kind != "nearest"
        and centres == "align_corners"
        or is_resized_as_keras(call, kind, centres, x.shape[1:], wanted[1:], ratios[1:])
    )
    return resize_map(builder, x, wanted, kind, centres == "align_corners", alike)


def find_interpolation(call: Call, upsample: bool) -> tuple[str, str]:
    """The language's word for how a Resize interpolates, and how it counts positions."""
    mode = call.word("mode")
    kind = {"nearest": "nearest", "linear": "bilinear", "bilinear": "bilinear", "cubic": "bicubic"}.get(mode)
    if kind is None or not upsample and call.integer("antialias"):
        raise Inexpressible(f"a resize that is {'antialiased' if kind else mode}")
    if upsample or call.opset < 11:
        return kind, "asymmetric"
    centres = call.word("coordinate_transformation_mode")
    if centres == "tf_crop_and_resize" or call.word("keep_aspect_ratio_policy") != "stretch":
        raise Inexpressible("a resize that crops, or keeps the aspect ratio")
    return kind, centres


def resize_map(
    builder: GraphBuilder, x: Tensor, wanted: list[int], kind: str, aligned: bool, alike: bool = True
) -> Tensor:
    """A map of these sizes; its channels may stand last, as in a model of TensorFlow. `alike`: Keras computes the same."""
    rank = len(wanted)
    if wanted[1] == x.shape[1] or rank < 3:
        return axes.resize(builder, x, wanted[2:], kind, aligned, alike)
    if wanted[-1] != x.shape[-1]:
        raise Inexpressible("a resize of channels")
    first = permute(x, (0, rank - 1, *range(1, rank - 1)))
    made = axes.resize(builder, first, wanted[1:-1], kind, aligned, alike)
    return permute(made, (0, *range(2, rank), 1))


def translate_repeat(builder: GraphBuilder, call: Call) -> Tensor:
    """Positions that are repeated, which `patterns` finds."""
    x = find_tensor(call)
    wanted = list(x.shape)
    for axis, times in call.attributes["repeats"]:
        wanted[x.count_axis(axis)] *= times
    if wanted[0] != x.shape[0]:
        raise Inexpressible("it repeats the examples of a batch")
    return give_shape(builder, call, resize_map(builder, x, wanted, "nearest", False))


def reduce(kind: str) -> Translate:
    """A mean, sum, maximum or length over axes."""

    def translate(builder: GraphBuilder, call: Call) -> Tensor:
        x, chosen = find_tensor(call), call.integers_at("axes", 1)
        if not chosen and call.integer("noop_with_empty_axes"):
            if kind == "l2":  # runtimes differ on whether it is of each number, its absolute value
                raise Inexpressible("the length over no axes")
            return x
        return axes.summarize(builder, x, chosen or range(len(x.shape)), bool(call.integer("keepdims")), kind)

    return translate


def deal(to_space: bool) -> Translate:
    """Blocks of channels as positions, or back."""

    def translate(builder: GraphBuilder, call: Call) -> Tensor:
        x, size = find_tensor(call), call.integer("blocksize")
        if len(x.shape) != 4 or size < 1:
            raise Inexpressible(f"blocks of {size} in {len(x.shape)} axes")
        if to_space:
            return axes.deal_to_space(builder, x, size, call.word("mode").lower())
        return axes.deal_to_depth(builder, x, size, "dcr")

    return translate


SIZES: dict[str, Translate] = {
    "DepthToSpace": deal(to_space=True),
    "ReduceL2": reduce("l2"),
    "ReduceMax": reduce("max"),
    "ReduceMean": reduce("mean"),
    "ReduceSum": reduce("sum"),
    "Repeat": translate_repeat,
    "Resize": translate_resize,
    "SpaceToDepth": deal(to_space=False),
    "Upsample": translate_resize,
}
