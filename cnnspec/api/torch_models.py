"""Live torch modules as networks: `cnnspec.from_torch(module, (3, 224, 224))`."""

from __future__ import annotations

from cnnspec.api.errors import SpecError
from cnnspec.api.network import Network

TYPE_CHECKING = False
if TYPE_CHECKING:
    import torch


def from_torch(module: torch.nn.Module, *shapes: tuple[int, ...], keep_names: bool = False) -> Network:
    """The network of a live torch module; `.text` is its spec, as `cnnspec import --torch` writes it. Its layers have the names of
    the modules, and findings the lines of Python where these are called.

    `shapes` are those of its inputs as torch has them, without the batch: (3, 224, 224). The module stays as it is; a copy
    without values is exported in evaluation mode. With `keep_names` nothing is folded into blocks and loops, so that every
    layer keeps its name. Raises SpecError in torch.export's words where it refuses the module, and TypeError for what is no
    module or no shape.
    """
    from cnnspec.model_files import ModelRefused
    from cnnspec.pipeline import analyse_torch_module

    if not shapes:
        raise TypeError("the shape of the module's input is missing: from_torch(module, (3, 224, 224))")
    for shape in shapes:
        if not isinstance(shape, (tuple, list)) or not all([type(size) is int and size > 0 for size in shape]):
            raise TypeError(f"a shape is a tuple of whole numbers from 1, such as (3, 224, 224), not {shape!r}")
    try:
        analysis = analyse_torch_module(module, [tuple(shape) for shape in shapes])
    except ModelRefused as refusal:
        raise SpecError(str(refusal)) from None
    return Network(analysis.networks[0], keep_names=keep_names)
