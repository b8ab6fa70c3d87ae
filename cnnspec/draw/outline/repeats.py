"""Parts behind one another that are equal but for their sizes, folded into one.

A stretch of several parts can repeat as well: conv, conv, pool; conv, conv, pool. Parts are equal when their layers are of the
same kinds with the same windows, wired in the same way. Each has to read what the one before it gives, and nobody else may read
that: a fold is a chain, and can be drawn as one.
"""

from __future__ import annotations

from cnnspec.draw.outline.parts import STRETCH, Fold, Group, describe_parts, join_nodes
from cnnspec.layers.argument import same_on_every_axis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from cnnspec.draw.outline.parts import Part
    from cnnspec.facts.facts import Facts
    from cnnspec.graph import Graph, Node
    from cnnspec.layers.operation import Operation

LONGEST_PERIOD = 8  # parts of a stretch that repeats


def fold_repeats(graph: Graph, facts: Facts, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Parts, with those that repeat folded; in their groups likewise."""
    return Folding(graph, facts).fold(parts)


class Folding:
    """What is known about the parts of one network while it is folded."""

    def __init__(self, graph: Graph, facts: Facts) -> None:
        self.operations = facts.operations
        self.graph, self.nodes, self.readers, self.ends = (
            graph,
            graph.nodes,
            graph.consumers(),
            frozenset(graph.outputs),
        )
        self.numbers: dict[Hashable, int] = {}  # of forms
        self.forms: dict[int, tuple[int, Part]] = {}  # of parts by their identities, which the parts here keep
        self.entering: dict[int, list[int]] = {}

    def fold(self, parts: Sequence[Part]) -> tuple[Part, ...]:
        """First single parts that repeat, then stretches of what that gives."""
        inner = [part.replace(parts=self.fold(part.parts)) if isinstance(part, Group) else part for part in parts]
        return tuple(self.fold_runs(self.fold_runs(inner, (1,)), range(2, LONGEST_PERIOD + 1)))

    def fold_runs(self, parts: Sequence[Part], periods: Iterable[int]) -> list[Part]:
        """Parts, with stretches folded that are of so many parts and repeat."""
        made: list[Part] = []
        at = 0
        while at < len(parts):
            members, period = self.find_run(parts, at, periods)
            made.append(Fold(join_nodes(members), tuple(members)) if len(members) > 1 else parts[at])
            at += len(members) * period
        return made

    def find_run(self, parts: Sequence[Part], at: int, periods: Iterable[int]) -> tuple[list[Part], int]:
        """What repeats from a part on, and of how many parts each is: the run that takes in the most of them."""
        best: tuple[list[Part], int] = ([parts[at]], 1)
        for period in periods:
            if self.list_forms(parts, at, period) == self.list_forms(parts, at + period, period):
                members = self.cut_run(self.take_alike(parts, at, period))
                if len(members) > 1 and len(members) * period > len(best[0]) * best[1]:
                    best = members, period
        return best

    def list_forms(self, parts: Sequence[Part], at: int, period: int) -> list[int]:
        """The forms of so many parts from one on; fewer at the end."""
        return [self.find_form(part) for part in parts[at : at + period]]

    def take_alike(self, parts: Sequence[Part], at: int, period: int) -> Iterator[Part]:
        """Stretches of so many parts behind one another whose parts have the forms of the first's, each as one; made when they are
        asked for, as most runs end early."""
        forms = self.list_forms(parts, at, period)
        while self.list_forms(parts, at, period) == forms:
            yield self.make_member(parts[at : at + period])
            at += period

    def make_member(self, parts: Sequence[Part]) -> Part:
        """Parts that repeat together, as one."""
        if len(parts) == 1:
            return parts[0]
        nodes = join_nodes(parts)
        return Group(nodes, STRETCH, describe_parts(self.graph, parts), "", nodes[0], tuple(parts))

    def cut_run(self, alike: Iterator[Part]) -> list[Part]:
        """As many of equal parts, of which there are two at least, as are a chain."""
        members, second = [next(alike)], next(alike)
        form, first = self.find_form(members[0]), self.trace(members[0], second)
        behind: Part | None = second
        # of those whose members read what the one before the last gives, too
        late = first is not None and any([at >= 0 and at != own for own, at in enumerate(first)])
        while first is not None and behind is not None and self.find_form(behind) == form:
            if self.trace(members[-1], behind) != first:
                break
            after = next(alike, None)
            inside = {*behind.nodes, *(after.nodes if late and after is not None else ())}
            if not self.stays(members[-1], inside, late and after is None):
                break
            members.append(behind)
            behind = after
        return members

    def trace(self, before: Part, part: Part) -> tuple[int, ...] | None:
        """For each tensor that a part reads from outside, where it comes from: below 0 a layer of the part before it, else a
        tensor that this one reads. None where one does neither, or none comes from there."""
        inside = {index: -1 - at for at, index in enumerate(before.nodes)}
        outside = {index: at for at, index in enumerate(self.find_entering(before))}
        ways = [inside.get(index, outside.get(index)) for index in self.find_entering(part)]
        known = tuple([way for way in ways if way is not None])
        return known if len(known) == len(ways) and any([way < 0 for way in known]) else None

    def stays(self, part: Part, readers: set[int], late: bool) -> bool:
        """Whether what a part gives is read by some layers alone; `late`: others may read it, too."""
        own = {*part.nodes}
        outside = {reader for index in part.nodes for reader in self.readers[index] if reader not in own}
        return self.ends.isdisjoint(own) and (late or outside <= readers)

    # ---- forms -------------------------------------------------------------------------------------------------------
    def find_entering(self, part: Part) -> list[int]:
        """The tensors that a part reads from outside, in the order in which they are met."""
        self.find_form(part)  # which keeps the part
        found = self.entering.get(id(part))
        if found is None:
            own = {*part.nodes}
            found = [*dict.fromkeys([i for index in part.nodes for i in self.nodes[index].inputs if i not in own])]
            self.entering[id(part)] = found
        return found

    def find_form(self, part: Part) -> int:
        """A number that equal parts have in common."""
        known = self.forms.get(id(part))
        if known is None:
            key = self.describe(part), self.describe_wiring(part.nodes)
            known = self.forms[id(part)] = self.numbers.setdefault(key, len(self.numbers)), part
        return known[0]

    def describe(self, part: Part) -> Hashable:
        if isinstance(part, Group):
            return part.kind, part.name, tuple([self.find_form(inner) for inner in part.parts])
        if isinstance(part, Fold):
            return len(part.parts), self.find_form(part.parts[0])
        return tuple([describe_layer(self.nodes[index], self.operations[index]) for index in part.nodes])

    def describe_wiring(self, nodes: Sequence[int]) -> Hashable:
        """For each layer which tensors it reads: those of the part by their places, others numbered as they are met."""
        places = {index: at for at, index in enumerate(nodes)}
        others: dict[int, int] = {}

        def place(index: int) -> int:
            return places[index] if index in places else -1 - others.setdefault(index, len(others))

        return tuple([tuple(map(place, self.nodes[index].inputs)) for index in nodes])


def describe_layer(node: Node, operations: Sequence[Operation] | None) -> Hashable:
    """What two layers agree in that are equal but for their sizes: what they are, and what work that is."""
    layer = node.layer
    if layer is None or operations is None:
        return node.label, node.index
    window = layer.written_window() or ()
    kinds = tuple([operation.kind for operation in operations])
    return type(layer), node.label, tuple(map(same_on_every_axis, window)), layer.ends_in(), kinds, node.shares is None
