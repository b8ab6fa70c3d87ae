"""How many layers a network has at least, told from its text before anything is built.

Sixty lines of blocks that call the block above twice ask for 2^60 layers: this says so at once. Counted is what is
certain: layers and blocks by name, repeats by a written number, loops over a written range or list, the smaller
branch of an `if`. All else counts 0.
"""

from __future__ import annotations

from cnnspec.elaborate.branches import split_branches
from cnnspec.elaborate.values import BlockFunction, Scope
from cnnspec.layers import find
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Bindings = dict[str, list[tree.Node]]

MAX_CALLS = 64  # the bound of `steps`: deeper calls are refused when they are met


class Ahead:
    """Lower bounds on the layers of a body and of what stands in it. `scope` binds the file's blocks."""

    def __init__(self, body: tree.Body, parameters: Iterable[tree.Parameter], scope: Scope) -> None:
        self.scope = scope
        self.bindings = bindings(body, parameters)
        self.calls = 0
        self.blocks: dict[int, int] = {}  # a block's layers, by the identity of its syntax
        self.constants: dict[str, int] = {}

    def least(self, node: tree.Node | None) -> int:
        """Layers that a node makes at least, as a step."""
        if isinstance(node, tree.Body):
            return sum(map(self.least, node.items))
        if isinstance(node, (tree.Step, tree.Naming)):
            return self.least(node.value)
        if isinstance(node, (tree.Chain, tree.Input)):
            return sum(map(self.least, node.stages))
        if isinstance(node, tree.Braces):
            return self.least(node.body)
        if isinstance(node, tree.Ternary):
            return min(self.least(node.then), self.least(node.otherwise))
        if isinstance(node, tree.Branch):
            return min(self.least(node.body), self.least(node.otherwise))
        if isinstance(node, tree.Loop):
            return times(node.iterable) * self.least(node.body)
        if isinstance(node, tree.Arithmetic):
            return self.repeat(node)
        if isinstance(node, tree.Name):
            return self.named(node.text, ())
        if isinstance(node, tree.Call) and isinstance(node.function, tree.Name):
            return self.named(node.function.text, node.arguments)
        return 0

    def repeat(self, node: tree.Arithmetic) -> int:
        count = self.least(node.first)
        for operator, part in node.rest:
            number = part.value if isinstance(part, tree.Number) and operator == "*" else 0
            count *= number if isinstance(number, int) else 0
        return count

    def named(self, name: str, arguments: tuple[tree.Argument, ...]) -> int:
        bound = self.bindings.get(name)
        if bound is not None:
            return self.constant(name, bound)
        value = self.scope.find(name)
        if isinstance(value, BlockFunction):
            return self.block(value)
        layer = find(name) if value is None else None
        if layer is None:
            return 0
        branches = [a.value for a in split_branches(layer, arguments)[0]] if layer.merges else []
        return 1 + sum([self.least(item) for b in branches for item in (b.items if isinstance(b, tree.List) else [b])])

    def constant(self, name: str, bound: list[tree.Node]) -> int:
        """A layer function that is bound in one place alone."""
        (first, *others) = bound
        if others or not isinstance(first, tree.Assign):
            return 0
        if name not in self.constants:
            if self.calls >= MAX_CALLS:
                return 0
            self.constants[name] = 0  # should it stand in itself
            self.calls += 1
            self.constants[name] = self.least(first.value)
            self.calls -= 1
        return self.constants[name]

    def block(self, function: BlockFunction) -> int:
        block = function.block
        found = self.blocks.get(id(block))
        if found is None:
            if function.recursive or self.calls >= MAX_CALLS:
                return 0
            inner = Ahead(block.body, block.parameters, function.scope)
            inner.blocks, inner.calls = self.blocks, self.calls + 1
            found = self.blocks[id(block)] = inner.least(block.body)
        return found

    def culprit(self, body: tree.Body, limit: int) -> tree.Node | None:
        """The innermost loop or call that makes more than `limit` layers by itself; None for repeats, which are
        bounded while they are built."""
        found: tree.Node | None = None
        queue: list[tree.Node] = [body]
        while queue:
            node = queue.pop()
            if isinstance(node, (tree.Loop, tree.Call, tree.Name)):
                found = node
            parts = [p for name in node._fields for p in in_tuples(getattr(node, name))]
            queue = [p for p in parts if self.least(p) > limit][:1]
        return found


LEAVES = (tree.Name, tree.Number, tree.Dims, tree.Text, tree.Flag, tree.Here, tree.Block, tree.Model, tree.Train)


def bindings(body: tree.Body, parameters: Iterable[tree.Parameter]) -> Bindings:
    """Every name that is bound anywhere in a body, with what binds it."""
    found: Bindings = {}
    for parameter in parameters:
        found.setdefault(parameter.name.text, []).append(parameter)
    queue: list[object] = list(body.items)
    while queue:
        node = queue.pop()
        kind = type(node)
        if isinstance(node, tuple):
            queue += node
        elif isinstance(node, tree.Call):
            queue += [a.value for a in node.arguments if type(a.value) not in LEAVES]
        elif isinstance(node, tree.Node) and kind not in LEAVES:
            if isinstance(node, tree.Loop):
                for target in node.targets:
                    found.setdefault(target.text, []).append(node)
            elif isinstance(node, (tree.Assign, tree.Shared, tree.Naming, tree.Input)) and node.name is not None:
                found.setdefault(node.name.text, []).append(node)
            elif isinstance(node, tree.Bad):
                for name in node.names:
                    found.setdefault(name, []).append(node)
            queue += [getattr(node, name) for name in node._fields[2:]]  # behind start and end
    return found


def times(iterable: tree.Node) -> int:
    """How often a loop over this runs, where it is written."""
    if isinstance(iterable, tree.List):
        return len(iterable.items)
    if isinstance(iterable, tree.Range):
        ends = [iterable.first, iterable.last]
        numbers = [n.value for n in ends if isinstance(n, tree.Number) and isinstance(n.value, int)]
        return max(0, numbers[1] - numbers[0] + 1) if len(numbers) == 2 else 0
    return 0


def in_tuples(value: object) -> list[tree.Node]:
    if isinstance(value, tuple):
        return [node for part in value for node in in_tuples(part)]
    return [value] if isinstance(value, tree.Node) else []
