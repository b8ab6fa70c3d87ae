"""Concatenations that begin with the tensors of another are written as going on from that one.

PyTorch's DenseNets concatenate everything anew in each layer: concat(x, a), then concat(x, a, b). A person writes that as
concat(concat(x, a), b), in which each layer is the same: concat(in, …). It goes on from the first where b is computed of that.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

from cnnspec.facts.isomorphism import WIDEST
from cnnspec.graph import Graph
from cnnspec.layers.base import Layer


def nest_merges(graph: Graph) -> Graph:
    """The graph in which a layer reads the output of an earlier one of its kind in the place of its first tensors.

    The graph itself, where nothing nests.
    """
    used = graph.used()
    inputs: dict[int, tuple[int, ...]] = {}  # of the nodes that change
    rows = Rows(graph)
    for node in graph.nodes:
        if node.layer is None or not node.layer.associative or not used[node.index] or len(node.inputs) > WIDEST:
            continue
        form = node.layer.canonical(graph.input_shapes(node))
        row = rows.shorten(form, node.inputs)
        if row != node.inputs:
            inputs[node.index] = row
        rows.add(form, row, node.index)
    if not inputs:
        return graph
    made = copy(graph)
    made.nodes = [copy(node) for node in graph.nodes]
    for index, row in inputs.items():
        made.nodes[index].inputs = row
    return made


def describe_nesting(graph: Graph) -> str:
    """What is other in the text than in the graph, as a sentence; "" where nothing is."""
    nested = zip(graph.nodes, nest_merges(graph).nodes, strict=True)
    count = len([node for node, made in nested if node.inputs != made.inputs])
    if not count:
        return ""
    if count == 1:
        return "1 concatenation goes on from an earlier one, and so reads fewer tensors than in the model"
    return f"{count:,} concatenations go on from earlier ones, and so read fewer tensors than in the model"


class Rows:
    """The rows of tensors that layers read, as a tree: one step down for each tensor."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._steps: dict[tuple[Layer, int, int], int] = {}  # form, place in the tree, tensor → place in the tree
        self._ends: dict[int, int] = {}  # place in the tree → the first node that reads just this row

    def add(self, form: Layer, row: Iterable[int], index: int) -> None:
        place = 0
        for tensor in row:
            place = self._steps.setdefault((form, place, tensor), len(self._steps) + 1)
        self._ends.setdefault(place, index)

    def shorten(self, form: Layer, row: tuple[int, ...]) -> tuple[int, ...]:
        """A row with a node in the place of the tensors that it reads, where one that follows is computed of that node."""
        made = list(row)
        place = self._steps.get((form, 0, row[0]), 0)
        read = 1  # tensors of `made` on the way to the place
        while place and read < len(made) - 1:
            place = self._steps.get((form, place, made[read]), 0)
            read += 1
            if place in self._ends and self._leads_to(self._ends[place], made[read:]):
                made[:read] = [self._ends[place]]
                place, read = self._steps.get((form, 0, made[0]), 0), 1
        return tuple(made)

    def _leads_to(self, index: int, targets: Iterable[int]) -> bool:
        """Whether one of the targets is computed of a node."""
        seen: set[int] = set()
        queue = [*targets]
        while queue:
            place = queue.pop()
            if place == index:
                return True
            if place > index and place not in seen:  # a node's inputs stand before it
                seen.add(place)
                queue += self._graph.nodes[place].inputs
        return False
