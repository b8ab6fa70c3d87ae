"""Shared functions: every use has the weights of the first."""

from __future__ import annotations

from cnnspec.base.diagnostic import Note
from cnnspec.layers.base import show_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.elaborate.report import Report
    from cnnspec.elaborate.values import Scope, SharedFunction, Tensor
    from cnnspec.graph import Graph, Node
    from cnnspec.syntax import tree

    Saved = tuple[list[int] | None, list[int] | None, int, set[int], int]


class SharedWeights:
    """Tells the nodes whose weights they use: a function's first use is recorded, the others follow it.

    A layer belongs to the innermost shared function alone.
    """

    def __init__(self, graph: Graph, report: Report) -> None:
        self.graph = graph
        self.report = report
        self.recorded: list[int] | None = None  # the layers made so far in a function's first use
        self.first: list[int] | None = None  # the layers of the first use that is followed
        self.position = 0  # how many of them have been met
        self.of_first_uses: set[int] = set()  # the layers made in first uses
        self.functions: list[SharedFunction] = []  # those used so far

    def stand_apart(self) -> None:
        """Be in no shared function from here on."""
        self.recorded = self.first = None

    def use(self, function: SharedFunction, at: tree.Node, scope: Scope, run: Callable[[], Tensor]) -> Tensor:
        """Run one use of a shared function."""
        around, first = (self.recorded, self.first, self.position), function.nodes
        self.recorded, self.first, self.position = [] if first is None else None, first, 0
        result = run()
        if first is None:
            function.nodes = self.recorded
            self.functions.append(function)
        elif self.position != len(first) and not self.report.errors:
            message = f"{function.name} is shared, but its first use has {len(first)} layer{'s' * (len(first) != 1)} and this one {self.position}"
            help = "its weights cannot be the same: keep conditions out of it"
            self.report.error("E102", at, scope, message, help)
        self.recorded, self.first, self.position = around
        return result

    def enter(self, node: Node, scope: Scope, at: tree.Node) -> None:
        """Enter a new node into the use that is recorded, or that follows the first."""
        if self.first is not None:
            self.position += 1
            if self.position <= len(self.first):
                original = self.graph.nodes[self.first[self.position - 1]]
                while original.shares is not None:
                    original = self.graph.nodes[original.shares]
                node.shares = original.index
                self.check(node, original, at, scope)
        if self.recorded is not None:
            self.recorded.append(node.index)
            self.of_first_uses.add(node.index)

    def owns(self, node: Node) -> bool:
        """Whether a node was made by a use of a shared function that is over."""
        return node.shares is not None or (node.index in self.of_first_uses and self.recorded is None)

    def check(self, node: Node, original: Node, at: tree.Node, scope: Scope) -> None:
        here, there = self.graph.input_shapes(node), self.graph.input_shapes(original)
        refused = node.shape is None or original.shape is None
        if refused or here is None or there is None or node.layer is None or original.layer is None:
            return
        where = show_shape(there[0]) if there else "nothing"
        if node.layer == original.layer and node.layer.weights(here) == original.layer.weights(there):
            return
        message = f"{node.label} is shared, but here its weights would have another shape than on {where}"
        note = Note("its first use", original.site.span)
        if not node.assumed and not original.assumed:
            self.report.error("E102", at, scope, message, self.unlike(node, original), extra=(note,))
        node.shape = None

    def unlike(self, node: Node, original: Node) -> str:
        """What to do about two uses of a shared function: where it begins, what enters it differs in size or channels."""
        nodes = self.graph.nodes
        while len(node.inputs) == len(original.inputs) == 1:
            before, first = nodes[node.inputs[0]], nodes[original.inputs[0]]
            if before.shares is None or before.shares not in (first.index, first.shares):
                break
            node, original = before, first
        here, there = self.graph.input_shapes(node), self.graph.input_shapes(original)
        if not here or not there:
            return "bring both inputs to the same shape first"
        one, other = here[0], there[0]
        what = "channels" if one[:-1] == other[:-1] else "size" if one[-1:] == other[-1:] else "shape"
        if len(one) != len(other):
            what = "number of axes"
        return f"bring both inputs to the same {what} first: here {show_shape(one)}, there {show_shape(other)}"

    def save(self) -> Saved:
        return self.recorded, self.first, self.position, self.of_first_uses.copy(), len(self.functions)

    def restore(self, saved: Saved) -> None:
        self.recorded, self.first, self.position, self.of_first_uses, used = saved
        for function in self.functions[used:]:
            function.nodes = None
        del self.functions[used:]
