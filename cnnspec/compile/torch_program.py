"""A network as a file that `torch.export.load` opens: its PyTorch module as a program, with its weights."""

from __future__ import annotations

import os
import re
import warnings
from typing import TYPE_CHECKING, Any

from cnnspec.compile.backend import silenced
from cnnspec.compile.export import ExportFailed, place_output
from cnnspec.compile.torch_model import import_torch, to_torch

if TYPE_CHECKING:
    import keras

    from cnnspec.network import AnalysedNetwork

ENDING = ".pt2"
TRIED = 64  # what an unknown size is while the program is made


def write_program(network: AnalysedNetwork, path: str, model: keras.Model | None = None) -> None:
    """Write the program, whole or not at all; the batch and unknown sizes stay open. `model`: the Keras model whose weights
    it gets.

    Raises MissingExtra without PyTorch, NotInTorch for what PyTorch cannot run, ExportFailed for a place that is refused or a
    program that PyTorch cannot make.
    """
    torch = import_torch()
    module = to_torch(network, model).eval()
    given, sizes = find_inputs(network, torch)
    with place_output(path, ENDING) as beside:
        try:
            with silenced(), warnings.catch_warnings(action="ignore"), torch.no_grad():
                torch.export.save(torch.export.export(module, given, dynamic_shapes=sizes), os.fspath(beside))
        except (MemoryError, OSError):
            raise
        except Exception as error:
            reason = re.sub(r"\s+", " ", str(error)).strip() or type(error).__name__
            raise ExportFailed(f"PyTorch cannot export this network: {reason[:200]}") from error


def find_inputs(network: AnalysedNetwork, torch: Any) -> tuple[tuple[Any, ...], tuple[dict[int, Any], ...]]:
    """A batch of two zeros for each input, and which of its sizes are open."""
    given, sizes = [], []
    for index in network.graph.inputs:
        shape = network.graph.nodes[index].shape or ()
        order = (*shape[-1:], *shape[:-1])
        reads = [node.layer for node in network.graph.nodes if index in node.inputs and node.layer is not None]
        dtype = torch.long if any(layer.indexes for layer in reads) else torch.float32
        given.append(torch.zeros((2, *[n if isinstance(n, int) else TRIED for n in order]), dtype=dtype))
        unknown = [axis for axis, n in enumerate(order, 1) if not isinstance(n, int)]
        sizes.append(dict.fromkeys([0, *unknown], torch.export.Dim.AUTO))
    return tuple(given), tuple(sizes)
