"""Dropouts as PyTorch has them."""

from __future__ import annotations

from cnnspec.layers.torch_call import KEEPS, NoTorch, TorchCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Calls = tuple[TorchCall, ...]


def drop(rate: float, noise: tuple[Any, ...] | None) -> Calls:
    """A dropout of single values, of whole examples, or along some axes together."""
    if noise is None:
        return (TorchCall("Dropout", {"p": rate}, (), "", KEEPS),)
    if all(n == 1 for n in noise):
        return (TorchCall("StochasticDepth", {"p": rate}, (), "", KEEPS),)
    if all(n == 1 for n in noise[:-1]) and 2 <= len(noise) <= 4:
        return (TorchCall(f"Dropout{len(noise) - 1}d", {"p": rate}),)
    return (TorchCall("BroadcastDropout", {"p": rate, "shape": (noise[-1], *noise[:-1])}),)


def drop_to_alpha(rate: float, noise: tuple[Any, ...] | None) -> Calls | NoTorch:
    """A dropout that keeps mean and variance."""
    if noise is None:
        return (TorchCall("AlphaDropout", {"p": rate}, (), "", KEEPS),)
    if all(n == 1 for n in noise[:-1]) and len(noise) > 1 and noise[-1] != 1:
        return (TorchCall("FeatureAlphaDropout", {"p": rate}),)
    return NoTorch("drops values together along other axes than the spatial ones, which PyTorch's alpha dropout cannot")
