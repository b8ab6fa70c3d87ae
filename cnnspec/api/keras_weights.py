"""Weights for the Keras model of a network: of a file, or of a PyTorch module."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnnspec.api.argument_checks import take_path

if TYPE_CHECKING:
    from types import CodeType

    from cnnspec.graph import Graph
    from cnnspec.network import AnalysedNetwork


def give_weights(network: AnalysedNetwork, model: Any, weights: Any) -> None:
    """Give the Keras model of a network the weights of a file, of a PyTorch module, or of its state. ValueError for those of another
    network, FileNotFoundError where there is no such file, TypeError for what is none of these."""
    from cnnspec.compile.export import ExportFailed
    from cnnspec.compile.torch_model import take_torch_weights
    from cnnspec.model_files import ModelRefused, give_file_weights, give_module_weights

    try:
        if isinstance(weights, (str, os.PathLike)):
            path = take_path(weights)
            if not os.path.exists(path):
                raise FileNotFoundError(2, f"there is no such file: {path}")
            give_file_weights(network.graph, model, path)
        elif not hasattr(weights, "state_dict") or is_own_module(network, weights):
            take_torch_weights(network, model, weights)
        else:
            give_module_weights(network.graph, model, weights, find_torch_shapes(network.graph))
    except (ExportFailed, ModelRefused) as refusal:
        raise ValueError(str(refusal)) from None


def is_own_module(network: AnalysedNetwork, module: Any) -> bool:
    """Whether a PyTorch module is one that `to_torch`, or its source, makes of a network: made of the printed classes, function for
    function. One that has the same names may compute something else."""
    from cnnspec.compile.torch_source import NotInTorch, print_module

    try:
        printed = print_module(network)
    except NotInTorch:
        return False
    own = {*list_functions(compile(printed.text, printed.name, "exec"))}
    classes = {type(part) for part in module.modules() if not is_of_torch(type(part))}
    bases = {base for cls in classes for base in cls.__mro__ if base is not object and not is_of_torch(base)}
    codes = [make_plain(made.__code__) for cls in bases for made in vars(cls).values() if hasattr(made, "__code__")]
    computing = type(module) in classes and all(["forward" in vars(cls) for cls in classes])
    return computing and type(module).__name__ == printed.name and own.issuperset(codes)


def is_of_torch(cls: type) -> bool:
    return cls.__module__.partition(".")[0] == "torch"


def list_functions(code: CodeType) -> list[CodeType]:
    """What the code of a module, and of what is defined in it, defines."""
    found = [inner for inner in code.co_consts if hasattr(inner, "co_consts")]
    return [make_plain(inner) for inner in found] + [deeper for inner in found for deeper in list_functions(inner)]


def make_plain(code: CodeType) -> CodeType:
    """The code of a function, wherever it stands."""
    inner = tuple([make_plain(one) if hasattr(one, "co_consts") else one for one in code.co_consts])
    flags = code.co_flags & 0xFFFF  # without those of `from __future__ import …`
    return code.replace(co_filename="", co_firstlineno=1, co_linetable=b"", co_consts=inner, co_flags=flags)


def find_torch_shapes(graph: Graph) -> list[tuple[int, ...]]:
    """The shapes of a network's inputs as PyTorch has them, channels first. Raises ValueError where a size is unknown."""
    shapes = []
    for index in graph.inputs:
        sizes = [size for size in graph.nodes[index].shape or () if isinstance(size, int)]
        if not sizes or len(sizes) < len(graph.nodes[index].shape or ()):
            raise ValueError("the weights of a module are taken for an input of known size: give the spec one")
        shapes.append((sizes[-1], *sizes[:-1]))
    return shapes
