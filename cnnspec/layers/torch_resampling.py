"""Layers that give a map another size, as PyTorch has them."""

from __future__ import annotations

from cnnspec.layers.torch_call import NoTorch, TorchCall, pad_with, pad_zeros, shorten
from cnnspec.layers.torch_windows import cut_off
from cnnspec.layers.window import along

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.layers.resampling import Resize
    from cnnspec.layers.shape import Shape

Calls = tuple[TorchCall, ...]


def enlarge(size: Any, interpolation: str, rank: int) -> Calls | NoTorch:
    """An enlargement by whole factors."""
    factors = shorten(tuple([along(size, rank, axis) for axis in range(rank)]))
    if interpolation == "nearest":
        return (TorchCall("Upsample", {"scale_factor": factors}),)
    if interpolation == "bilinear":
        mode = {1: "linear", 2: "bilinear", 3: "trilinear"}[rank]
        return (TorchCall("Upsample", {"scale_factor": factors, "mode": mode}),)
    return NoTorch(unlike(interpolation))


def unlike(interpolation: str) -> str:
    """Why an interpolation is not written."""
    if interpolation == "bicubic":
        return "interpolates by another cubic curve than PyTorch does"
    return f"interpolates by {interpolation}, which PyTorch does not have"


def resize(layer: Resize, shape: Shape) -> Calls | NoTorch:
    """Another height and width."""
    size, kind = (layer.height, layer.width), layer.interpolation
    before: Calls = ()
    if layer.crop_to_aspect_ratio or layer.pad_to_aspect_ratio:
        height, width = shape[:2]
        if not isinstance(height, int) or not isinstance(width, int):
            return NoTorch("keeps the aspect ratio of images whose size is not known")
        before = fit_ratio(layer, height, width)
    if kind == "nearest":
        return (*before, TorchCall("F.interpolate", {"size": size, "mode": "nearest-exact"}))
    if layer.align_corners:
        return (TorchCall("F.interpolate", {"size": size, "mode": kind, "align_corners": True}),)
    if kind == "bicubic" and not layer.antialias or kind not in ("bilinear", "bicubic"):
        return NoTorch(unlike(kind))
    given: dict[str, Any] = {"size": size, "mode": kind} | ({"antialias": True} if layer.antialias else {})
    return (*before, TorchCall("F.interpolate", given))


def fit_ratio(layer: Resize, height: int, width: int) -> Calls:
    """The image cropped in its middle, or padded around it, to the ratio of the new height to the new width."""
    tall = int(float(width * layer.height) / layer.width)
    wide = int(float(height * layer.width) / layer.height)
    if layer.crop_to_aspect_ratio:
        tall, wide = min(height, tall), min(width, wide)
        top, left = int(float(height - tall) / 2), int(float(width - wide) / 2)
        return cut_off(((top, height - tall - top), (left, width - wide - left)))
    tall, wide = max(height, tall), max(width, wide)
    top, left = int(float(tall - height) / 2), int(float(wide - width) / 2)
    sides = ((top, top), (left, left))  # Keras puts as much behind as before, so that an odd row is missing
    return pad_with(sides, layer.fill_value) if layer.fill_value else pad_zeros(sides)
