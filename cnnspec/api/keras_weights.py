"""Weights for the Keras model of a network: of a file, or of a PyTorch module."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import CodeType

    from cnnspec.compile.torch_source import TorchModule
    from cnnspec.graph import Graph
    from cnnspec.network import AnalysedNetwork


def give_weights(network: AnalysedNetwork, model: Any, weights: Any) -> None:
    """Give the Keras model of a network the weights of a file, of a PyTorch module, or of its state. ValueError for those of another
    network, FileNotFoundError where there is no such file, TypeError for what is none of these."""
    from cnnspec.compile.model_weights import give_model_weights
    from cnnspec.compile.torch_model import take_torch_weights
    from cnnspec.model_files import ModelRefused, open_torch_module

    try:
        if isinstance(weights, (str, os.PathLike)):
            give_file_weights(network.graph, model, os.fspath(weights))
        elif not hasattr(weights, "state_dict") or is_own_module(network, weights):
            take_torch_weights(network, model, weights)
        else:
            given = open_torch_module(weights, find_torch_shapes(network.graph))
            give_model_weights(network.graph, model, given)
    except ModelRefused as refusal:
        raise ValueError(str(refusal)) from None


def give_file_weights(graph: Graph, model: Any, path: str) -> None:
    """The weights of a file, or of a run. Raises ModelRefused, ValueError, FileNotFoundError."""
    from cnnspec.compile.export import ExportFailed
    from cnnspec.compile.model_weights import give_model_weights
    from cnnspec.compile.trained_models import take_weights
    from cnnspec.model_files import open_model

    if not os.path.exists(path):
        raise FileNotFoundError(2, f"there is no such file: {path}")
    opened = open_model(path)
    if opened is not None:
        with opened as given:
            give_model_weights(graph, model, given)
        return
    try:
        take_weights(model, path)
    except ExportFailed as error:
        raise ValueError(str(error)) from None


def is_own_module(network: AnalysedNetwork, module: Any) -> bool:
    """Whether a PyTorch module is the one that `to_torch` makes of a network, by the names in its state and by what it computes:
    another module may have the same names, and read a row in another order."""
    from cnnspec.compile.torch_source import NotInTorch, print_module

    try:
        printed = print_module(network)
    except NotInTorch:
        return False
    named = {name for name in module.state_dict() if not name.endswith("num_batches_tracked")}
    forward = getattr(type(module).forward, "__code__", None)
    return {place.name for place in printed.places} == named and is_same_code(forward, find_forward(printed))


def find_forward(printed: TorchModule) -> CodeType | None:
    """What the printed module's own `forward` is compiled to."""
    code: Any = compile(printed.text, printed.name, "exec")
    for name in (printed.name, "forward"):
        code = next((inner for inner in code.co_consts if getattr(inner, "co_name", "") == name), None)
        if code is None:
            return None
    return code  # type: ignore[no-any-return]


def is_same_code(one: CodeType | None, other: CodeType | None) -> bool:
    """Whether two functions compute the same in the same words, wherever they stand."""
    codes = [code for code in (one, other) if code is not None]
    return (
        len(codes) == 2
        and codes[0].co_code == codes[1].co_code
        and codes[0].co_names == codes[1].co_names
        and (
            [c for c in codes[0].co_consts if not hasattr(c, "co_name")]
            == [c for c in codes[1].co_consts if not hasattr(c, "co_name")]
        )
    )


def find_torch_shapes(graph: Graph) -> list[tuple[int, ...]]:
    """The shapes of a network's inputs as PyTorch has them, channels first. Raises ValueError where a size is unknown."""
    shapes = []
    for index in graph.inputs:
        sizes = [size for size in graph.nodes[index].shape or () if isinstance(size, int)]
        if not sizes or len(sizes) < len(graph.nodes[index].shape or ()):
            raise ValueError("the weights of a module are taken for an input of known size: give the spec one")
        shapes.append((sizes[-1], *sizes[:-1]))
    return shapes
