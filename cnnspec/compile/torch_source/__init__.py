"""Graph → a readable PyTorch module that computes the same: blocks as classes, repeats as nn.Sequential.

PyTorch is not needed. What it cannot run is refused by the layer's name.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cnnspec.base.record import Record
from cnnspec.compile.torch_source.body_builder import BodyBuilder
from cnnspec.compile.torch_source.class_printer import ClassPrinter
from cnnspec.compile.torch_source.helpers import read_helpers
from cnnspec.compile.torch_source.layer_calls import NotInTorch, find_layer_calls
from cnnspec.compile.torch_source.module_class import find_classes
from cnnspec.compile.torch_source.module_text import describe_block, describe_network, print_text
from cnnspec.compile.torch_source.names import Names, spell_class
from cnnspec.compile.torch_source.state_places import StatePlace, find_places
from cnnspec.compile.torch_source.written_weights import begin_with_written

if TYPE_CHECKING:
    from cnnspec.compile.torch_source.layer_calls import TorchLayer
    from cnnspec.network import AnalysedNetwork

__all__ = ["NotInTorch", "StatePlace", "TorchModule", "find_layer_calls", "print_module"]


class TorchModule(Record):
    """A printed module: its text, the name of the network's class, and where each weight stands in its state. `layers` are the
    calls of each node."""

    text: str
    name: str
    places: tuple[StatePlace, ...]
    layers: dict[int, TorchLayer]


def print_module(network: AnalysedNetwork, flat: bool = False) -> TorchModule:
    """The PyTorch module of a network without mistakes; `flat`: layer by layer, without its blocks and loops.

    Raises NotInTorch for a layer that PyTorch cannot run, and ValueError for a network without an input or an output.
    """
    graph = network.graph
    if not graph.inputs or not graph.outputs:
        raise ValueError("this network has no input or no output")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 50_000))  # blocks nest no deeper than the elaboration lets them
    try:
        return print_classes(network, flat)
    finally:
        sys.setrecursionlimit(limit)


def print_classes(network: AnalysedNetwork, flat: bool) -> TorchModule:
    """The module of a network that has an input and an output."""
    graph = network.graph
    layers = begin_with_written(graph, find_layer_calls(graph))
    body = BodyBuilder(graph, layers).build(flat)
    names = Names({"torch", "nn", "F", *read_helpers()})
    name = names.take(spell_class(graph.name))
    classes = find_classes(body, name, names, graph)
    printers = [ClassPrinter(made, made is classes[-1]) for made in classes]
    about = describe_network(graph)
    texts = [
        printer.print_class(about if printer.is_network else describe_block(printer.body.block)) for printer in printers
    ]
    printed = {id(inner): made for made in classes for inner in made.bodies}
    attributes = {id(printer.made): printer.attributes for printer in printers}
    places = tuple(find_places(body, printed, attributes))
    return TorchModule(print_text(network.source, graph, name, texts), name, places, layers)
