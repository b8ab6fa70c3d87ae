"""Which class of modules a piece of a text stands for, where the model says of what modules it is made."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cnnspec.graph import Graph

WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class ModuleClasses:
    """The modules of a graph that have a class: of which nodes each is made."""

    def __init__(self, graph: Graph) -> None:
        self.classes = graph.module_classes
        self.around: list[list[str]] = []  # for each node the modules that it stands in, the outermost first
        self.nodes: dict[str, set[int]] = {}
        for node in graph.nodes:
            path = node.site.module if self.classes and node.layer is not None else ""
            ends = [end for end, letter in enumerate(path) if letter == "."] + [len(path)] * bool(path)
            self.around.append([path[:end] for end in ends if path[:end] in self.classes])
            for module in self.around[-1]:
                self.nodes.setdefault(module, set()).add(node.index)

    def find_class(self, nodes: Iterable[int], count: int) -> str:
        """The class of which these nodes are `count` whole modules and nothing else; "" where there is none."""
        nodes = {*nodes}
        if not self.classes or not nodes:
            return ""
        for module in self.around[min(nodes)]:
            wanted = self.classes[module]
            found = {self._find_module(index, wanted) for index in nodes}
            if len(found) == count and "" not in found and sum([len(self.nodes[m]) for m in found]) == len(nodes):
                return wanted
        return ""

    def _find_module(self, index: int, wanted: str) -> str:
        """The outermost module of a class around a node; "" where there is none."""
        return next((module for module in self.around[index] if self.classes[module] == wanted), "")


def spell_class(name: str) -> str:
    """The name of a class as the language writes names: InvertedResidual is inverted_residual."""
    return WORDS.sub("_", name).lower().strip("_")
