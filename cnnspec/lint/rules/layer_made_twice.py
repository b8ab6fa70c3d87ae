"""W214 layer-made-twice: a name for a layer is used like a name for a tensor, so that the layer is made anew at each use.

`x = conv(…)` gives a name to a layer, not to a tensor: `add(x, x -> relu)` makes two convolutions, with weights of their
own, where Python's `x` would be one tensor that is read twice. Reported is a binding whose uses all stand where a tensor
could: at the beginning of lines and of the branches of a merge; and that is applied twice to one tensor, or begins a line
first and is a branch of its own later. A short name for a repeated unit, `c -> c -> c` or `(c -> bn -> relu) * 3`, is
left alone. For layers that are meant to be several, a block says so; for one whose weights are used twice, `shared`.

Bad:

    input 28x28x8
    x = conv(8, 3x3, padding=same)
    add(x, x -> relu) -> gap

Good:

    input 28x28x8
    conv(8, 3x3, padding=same) as x
    add(x, x -> relu) -> gap
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.elaborate.report import trail
from cnnspec.lint.finding import UNSAFE, indices, name_layers
from cnnspec.lint.rules.unused_binding import as_step, in_line
from cnnspec.lint.rules.unused_binding import fix as fix
from cnnspec.syntax import tree
from cnnspec.syntax.names_read import reads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.elaborate.values import Binding
    from cnnspec.graph import Node
    from cnnspec.lint.context import Context

CODE = "W214"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("a binding used twice",)
FIX = UNSAFE
OFFER = "where one tensor is meant write {}; where several layers are, make a block of it"

LINE, HEAD, BRANCH, START, INSIDE = "line", "head of a line", "branch", "start of a branch", "inside"


def check(context: Context) -> Iterator[Diagnostic]:
    if context.broken:
        return
    merges = {id(n.site.node) for n in context.graph.nodes if n.layer is not None and n.layer.merges}
    known: dict[int, Places] = {}
    for binding in context.graph.bindings.values():
        item = binding.site.node
        if len(binding.uses) < 2 or binding.body is None or isinstance(item.value, tree.Name):  # type: ignore[attr-defined]
            continue
        places = known.setdefault(id(binding.body), Places(binding.body, merges))
        nodes = makers(binding, places, context)
        if nodes:
            yield finding(binding, nodes)


def makers(binding: Binding, places: Places, context: Context) -> list[Node]:
    """The first layer with weights of each use, where the uses are those of a tensor."""
    uses = places.of(binding.name)
    kinds = [kind for _, kind in uses]
    if INSIDE in kinds or not {BRANCH, START} & {*kinds}:
        return []
    by_tensor: dict[int, list[tuple[int, int, int]]] = {}
    for use in binding.uses:
        by_tensor.setdefault(use[0], []).append(use)
    again = [use for same in by_tensor.values() if len(same) > 1 for use in same]
    if not again and places.begins_first(binding.name, uses):
        again = binding.uses
    found = []
    for _, first, behind in again:
        weighing = [i for i in range(first, behind) if sum(context.facts.parameters[i] or ())]
        if not weighing:
            return []
        found.append(context.graph.nodes[weighing[0]])
    return found


def finding(binding: Binding, nodes: list[Node]) -> Diagnostic:
    site = binding.site
    message = (
        f"each use of {binding.name} makes its layers anew: {name_layers(nodes)} have weights of their own, "
        f"and are not one tensor that is read {len(nodes)} times"
    )
    step = in_line(as_step(site.source.text, site.node))
    help = f"where one tensor is meant write {step}; where several layers are, make a block of it"
    return Diagnostic(CODE, message, site.span, help, trail(site), SEVERITY, indices(nodes))


class Places:
    """Where a body's names are read. `merges` are the calls of merging layers, by their identities."""

    def __init__(self, body: tree.Body, merges: set[int]) -> None:
        self.body = body
        self.merges = merges
        self.found: dict[
            str, list[tuple[int, str]]
        ] = {}  # of each name the items, by their numbers, and what it is there
        self.constants: dict[str, list[tuple[int, str, str]]] = {}  # likewise in constants, with the constant's name
        for number, item in enumerate(body.items):
            if isinstance(item, tree.Assign):
                for name, kind in self.read(item.value, LINE):
                    self.constants.setdefault(name, []).append((number, item.name.text, kind))
            else:
                read = self.read(item.value, LINE) if isinstance(item, tree.Step) else inside(item)
                for name, kind in read:
                    self.found.setdefault(name, []).append((number, kind))

    def of(self, name: str) -> list[tuple[int, str]]:
        """Where a name is read, itself or by constants that begin with it."""
        found: list[tuple[int, str]] = []
        queue, seen = [(name, False)], {name}
        while queue:
            constant, longer = queue.pop()
            at = {LINE: HEAD, BRANCH: START} if longer else {}  # more stands behind it there
            found += [(number, at.get(kind, kind)) for number, kind in self.found.get(constant, ())]
            for number, holder, kind in self.constants.get(constant, ()):
                if kind not in (LINE, HEAD):
                    found.append((number, at.get(kind, kind)))
                elif holder not in seen:
                    seen.add(holder)
                    queue.append((holder, longer or kind == HEAD))
        return sorted(found)

    def begins_first(self, name: str, uses: list[tuple[int, str]]) -> bool:
        """Whether a name, bound among the steps, begins a line before it is a branch: `x -> relu`, then `add(x, …)`."""
        items = self.body.items
        bound = next(i for i, item in enumerate(items) if isinstance(item, tree.Assign) and item.name.text == name)
        among = any(isinstance(item, (tree.Step, tree.Input)) for item in items[:bound])
        heads = [number for number, kind in uses if kind == HEAD]
        branches = [number for number, kind in uses if kind == BRANCH]
        return among and LINE not in [kind for _, kind in uses] and any(h < b for h in heads[:1] for b in branches)

    def read(self, node: tree.Node, kind: str) -> Iterator[tuple[str, str]]:
        """The names in an expression, and what each of them is there."""
        if isinstance(node, tree.Name):
            yield node.text, kind
        elif isinstance(node, tree.Naming):
            yield from self.read(node.value, kind)
        elif isinstance(node, tree.Chain):
            yield from self.read(node.stages[0], {LINE: HEAD, BRANCH: START}.get(kind, kind))
            for stage in node.stages[1:]:
                yield from self.read(stage, INSIDE)
        elif isinstance(node, tree.Call) and id(node) in self.merges:
            for argument in node.arguments:
                branches = argument.value.items if isinstance(argument.value, tree.List) else (argument.value,)
                for branch in branches:
                    yield from self.read(branch, BRANCH) if argument.name is None else inside(branch)
        else:
            yield from inside(node)


def inside(node: tree.Node) -> Iterator[tuple[str, str]]:
    for name in reads(node):
        yield name, INSIDE
