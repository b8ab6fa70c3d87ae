"""Which class of modules a piece of a text stands for, where the model says of what modules it is made."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cnnspec.graph import Graph
from cnnspec.spec_writer.draft import Steps, walk_steps

WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class ModuleClasses:
    """The modules of a graph that have a class: of which nodes each is made."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.classes = graph, graph.module_classes
        self.around: list[list[str]] = []  # for each node the modules that it stands in, the outermost first
        self.nodes: dict[str, set[int]] = {}
        for node in graph.nodes:
            path = node.site.module if self.classes and node.layer is not None else ""
            ends = [end for end, letter in enumerate(path) if letter == "."] + [len(path)] * bool(path)
            self.around.append([path[:end] for end in ends if path[:end] in self.classes])
            for module in self.around[-1]:
                self.nodes.setdefault(module, set()).add(node.index)

    def find_class(self, nodes: Iterable[int], count: int) -> str:
        """The class of which these nodes are `count` whole modules, or of each the branch that goes through it; else ""."""
        nodes = {*nodes}
        if not self.classes or not nodes:
            return ""
        for module in self.around[min(nodes)]:
            wanted = self.classes[module]
            parts: dict[str, set[int]] = {}
            for index in nodes:
                parts.setdefault(self._find_module(index, wanted), set()).add(index)
            if len(parts) == count and "" not in parts and all([self._is_most(m, part) for m, part in parts.items()]):
                return wanted
        return ""

    def _is_most(self, module: str, part: set[int]) -> bool:
        """Whether some nodes of a module are all of it, or a branch of the merge at its end, as in a residual block."""
        rest = self.nodes[module] - part
        behind = [self.graph.nodes[index].inputs for index in rest if part.intersection(self.graph.nodes[index].inputs)]
        before = {source for index in part for source in self.graph.nodes[index].inputs}
        return (
            2 * len(part) >= len(rest) + len(part) and not before & rest and all([len(inputs) > 1 for inputs in behind])
        )

    def _find_module(self, index: int, wanted: str) -> str:
        """The outermost module of a class around a node; "" where there is none."""
        return next((module for module in self.around[index] if self.classes[module] == wanted), "")


def spell_class(name: str) -> str:
    """The name of a class as the language writes names: InvertedResidual is inverted_residual."""
    return WORDS.sub("_", name).lower().strip("_")


def find_origins(sequences: Iterable[Steps]) -> frozenset[int]:
    """The nodes that some sequences stand for."""
    return frozenset([index for steps in sequences for step in walk_steps(steps) for index in step.origins])


def count_times(steps: Steps) -> int:
    """How often a sequence stands in the graph, 0 where that is not told."""
    return min([step.times for step in steps if step.times], default=0)
