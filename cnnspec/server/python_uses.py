"""What the calls in a Python source come to: each layer where it is used, each call of a function that puts layers in a
network, each model where it is made."""

from __future__ import annotations

import ast
from itertools import zip_longest

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.graph import BlockCall
from cnnspec.lint.fix.project import resolve_path
from cnnspec.python_source.parts import parse
from cnnspec.python_source.written import Written
from cnnspec.server.kept_text import make_move
from cnnspec.server.uses import Use, Uses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.source import Source
    from cnnspec.graph import Graph, Node, Site
    from cnnspec.pipeline import PythonAnalysis
    from cnnspec.server.kept_text import Move, Place
    from cnnspec.server.uses import Key


def find_python_uses(analysis: PythonAnalysis) -> Uses:
    """The uses of all calls of a source, and of the modules that it imports."""
    found = Uses()
    found.texts = {resolve_path(text.name): text.text for text in (*analysis.reading.parts, *analysis.reading.helpers)}
    sites = find_model_sites(analysis)
    for network in analysis.networks:
        last_readers = find_last_readers(network.graph)
        for site, first, end in [*list_layers(network.graph), *list_calls(network.graph)]:
            result = find_result(last_readers, first, end)
            if result is not None:
                use = Use(network, find_entering(network.graph, first, end), first, end, result)
                found.steps.setdefault(find_key(site), []).append(use)
        if network.graph.outputs:
            use = Use(network, None, 0, len(network.graph.nodes), network.graph.outputs[0])
            found.wholes.setdefault(find_key(sites[network.name]), []).append(use)
    return found


def find_model_sites(analysis: PythonAnalysis) -> dict[str, Site]:
    """Where each model of a source is made, by its name."""
    return {network.names[0]: network.site for network in analysis.reading.networks}


def find_key(site: Site) -> Key:
    return resolve_path(site.source.name), site.node.start, site.node.end


# ---- what a call makes -----------------------------------------------------------------------------------------
def list_layers(graph: Graph) -> Iterator[tuple[Site, int, int]]:
    """Where each layer is used, and the nodes that it is: of one that is composed of several all of these. An input that a
    layer has of its own, by input_shape=, is none."""
    first = 0
    for node, following in zip_longest(graph.nodes, graph.nodes[1:]):
        together = following is not None and find_key(node.site) == find_key(following.site)
        if together and node.index in graph.inputs:
            first = node.index + 1
        elif not together or not is_part(following, graph.nodes[first]):
            yield node.site, first, node.index + 1
            first = node.index + 1


def is_part(node: Node, first: Node) -> bool:
    """Whether a node at the place of another is made by the same run of the layer there, itself or for an argument of it."""
    if node.making is None or first.making is None or node.site.path != first.site.path:
        return False
    (path, start, end), (whole, begin, stop) = find_key(node.making), find_key(first.making)
    return node.making is first.making or path == whole and begin < start and end < stop


def list_calls(graph: Graph) -> Iterator[tuple[Site, int, int]]:
    """The calls of functions and methods in which layers are used, and the first and the last of these."""
    stretches: dict[int, tuple[BlockCall, int, int]] = {}  # by the identities of the calls, which the graph keeps alive
    for node in graph.nodes:
        for step in node.site.steps:
            if isinstance(step, BlockCall):
                _, first, _ = stretches.get(id(step), (step, node.index, 0))
                stretches[id(step)] = step, first, node.index + 1
    for step, first, end in stretches.values():
        yield step.site, first, end


def find_last_readers(graph: Graph) -> list[int]:
    """The index of the last node that reads each; one behind all of them for what the model gives."""
    found = [max(readers, default=-1) for readers in graph.consumers()]
    for index in graph.outputs:
        found[index] = len(graph.nodes)
    return found


def find_result(last_readers: list[int], first: int, end: int) -> int | None:
    """The one of some nodes that those behind them read, or that the model gives; None where these are several."""
    leaving = [index for index in range(first, end) if last_readers[index] >= end]
    return leaving[0] if len(leaving) == 1 else None


def find_entering(graph: Graph, first: int, end: int) -> int | None:
    """The one tensor that some nodes read of what was there before; None where these are several, or there is none."""
    read = {index for node in graph.nodes[first:end] for index in node.inputs if index < first}
    return next(iter(read)) if len(read) == 1 else None


# ---- where calls stand after an edit ---------------------------------------------------------------------------
def find_python_moves(old: str, new: Source) -> Move:
    """A function from the place of a call in an old text to its place in a new one: of a call, which may have changed inside,
    or, where Python cannot read the text, of what stands as it was; None where it is gone."""
    calls = find_calls(new)

    def stands(place: Place, whole: bool) -> bool:
        if calls is not None:
            return place in calls
        line = new.text[new.text.rfind("\n", 0, place[0]) + 1 : place[0]]
        return whole and "#" not in line

    return make_move(old, new.text, stands)


def find_calls(source: Source) -> set[Place] | None:
    """The places of all calls of a text; None where Python cannot read it."""
    parsed, written = parse(source), Written(source)
    if isinstance(parsed, Diagnostic):
        return None
    return {written.find_stretch(node) for node in ast.walk(parsed) if isinstance(node, ast.Call)}
