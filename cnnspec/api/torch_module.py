"""A network as a PyTorch module."""

from __future__ import annotations

from cnnspec.api.errors import SpecError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import keras
    import torch

    from cnnspec.api.network import Network


def to_torch(self: Network, weights: keras.Model | None = None) -> torch.nn.Module:
    """The PyTorch module of `to_source("torch")`, which takes images channels first. `weights`: the Keras model of this
    network whose weights it gets; then it is in eval mode.

    Raises SpecError when the spec has mistakes or PyTorch cannot run it, MissingExtra when PyTorch is not installed, ValueError
    for weights of another network.
    """
    from cnnspec.compile.torch_model import to_torch
    from cnnspec.compile.torch_source import NotInTorch

    if self.analysed.broken:
        raise SpecError(f"{self.name} cannot be built: it {self.analysed.trouble}", self.diagnostics)
    try:
        return to_torch(self.analysed, weights)
    except NotInTorch as error:
        raise SpecError(f"PyTorch cannot run {self.name}: {error}") from None


def print_torch(network: Network) -> str:
    """The source of the module. Raises SpecError as `to_torch` does."""
    from cnnspec.compile.torch_source import NotInTorch, print_module

    if network.analysed.broken:
        raise SpecError(f"{network.name} cannot be built: it {network.analysed.trouble}", network.diagnostics)
    try:
        return print_module(network.analysed).text
    except NotInTorch as error:
        raise SpecError(f"PyTorch cannot run {network.name}: {error}") from None
