"""Layers that prepare an input, as PyTorch has them."""

from __future__ import annotations

from cnnspec.layers.torch_call import NoTorch, TorchCall, TorchWeight, find_torch_axis, normalise_spectrum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.layers.preprocessing import Embedding
    from cnnspec.layers.shape import Shape

Calls = tuple[TorchCall, ...]


def rescale(scale: Any, offset: Any, rank: int) -> Calls:
    """A factor and an offset; where one of them is a list, it has a number for each channel."""
    if isinstance(scale, tuple) or isinstance(offset, tuple):
        return (TorchCall("Rescale", {"scale": scale, "offset": offset, "axes": rank - 1}),)
    factor = (TorchCall("*", {"other": scale}, (), "scale"),) if scale != 1 else ()
    return (*factor, TorchCall("+", {"other": offset}, (), "offset")) if offset else factor


def normalise(mean: Any, variance: Any, invert: bool, shape: Shape) -> Calls:
    """Figures of each channel, given, or as buffers that are filled later."""
    given: dict[str, Any] = {"axes": len(shape) - 1} | ({"invert": True} if invert else {})
    if mean is not None:
        return (TorchCall("Normalize", {"mean": mean, "variance": variance, **given}),)
    buffers = tuple(
        [TorchWeight(name, name, (0,) if name != "count" else ()) for name in ("mean", "variance", "count")]
    )
    return (TorchCall("AdaptedNormalize", {"channels": shape[-1], **given}, buffers),)


def embed(layer: Embedding, shape: Shape) -> Calls | NoTorch:
    """A vector for each number. PyTorch puts the vectors last, and the channels belong behind the batch."""
    if layer.mask_zero:
        return NoTorch("masks its zeros, and PyTorch's layers take no mask")
    given = {"num_embeddings": layer.words, "embedding_dim": layer.dim}
    weight = TorchWeight("weight", "embeddings", (0, 1))
    call = TorchCall("Embedding", given, (weight,), "", "", normalise_spectrum(layer.spectral_norm))
    rank = len(shape)
    dims = [0, rank + 1, *[find_torch_axis(axis, rank) for axis in range(1, rank + 1)]]
    return (call, TorchCall(".permute", {"dims": tuple(dims)}))
