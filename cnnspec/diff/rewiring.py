"""Where paired layers read something else than before: inputs, the network's ends, shared weights.

A layer that was inserted or removed changes what the next one reads. This belongs to the inserted layer and is no change
of the next. So inputs are followed through layers without a partner up to those that have one: where both sides can come
from the same layer, nothing was rewired.
"""

from __future__ import annotations

from cnnspec.facts.isomorphism import unordered, unpaired

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnspec.facts.isomorphism import View


class Rewiring:
    """What is rewired between two graphs whose nodes are paired: `forth` from a to b, `back` from b to a."""

    def __init__(self, a: View, b: View, forth: Mapping[int, int]) -> None:
        self.a, self.b, self.forth = a, b, forth
        self.back = {j: i for i, j in forth.items()}
        # For each node the partnered nodes that it comes from, both as indices of the second graph.
        self._from_a = _find_origins(a, forth)
        self._from_b = _find_origins(b, {j: j for j in self.back})
        self._sharing: dict[tuple[int, int], bool] = {}  # by the first layers of two groups

    def inputs(self, i: int, j: int) -> bool:
        """Whether the layers of a pair read different things."""
        any_order = unordered(self.a.nodes[i]) and unordered(self.b.nodes[j])
        return not self._agree(self.a.inputs[i], self.b.inputs[j], any_order)

    def ends(self) -> tuple[bool, bool]:
        """Whether the network's inputs are others or in another order, and whether its outputs are."""
        a, b = self.a.graph, self.b.graph
        mine = [self.forth[i] for i in a.inputs if i in self.forth]
        theirs = [j for j in b.inputs if j in self.back]
        return mine != theirs, not self._agree(self.a.outputs, self.b.outputs, False)

    def sharing(self, i: int, j: int) -> bool:
        """Whether the layers of a pair share their weights with different ones, as far as those have partners."""
        group, other = self.a.group(i), self.b.group(j)
        key = group[0], other[0]
        if key not in self._sharing:
            mine = {self.forth[k] for k in group if k in self.forth}
            self._sharing[key] = mine != {k for k in other if k in self.back}
        return self._sharing[key]

    def _agree(self, sources: Sequence[int], targets: Sequence[int], any_order: bool) -> bool:
        if len(sources) != len(targets):
            return False
        if not any_order:
            return all(self._one(i, j) for i, j in zip(sources, targets, strict=True))
        rest, left = unpaired(sources, targets, self.forth)
        for i in rest:
            match = next((j for j in left if self._one(i, j)), None)
            if match is None:
                return False
            left.remove(match)
        return True

    def _one(self, i: int, j: int) -> bool:
        partner = self.forth.get(i)
        if partner == j:
            return True
        if partner is not None and j in self.back:
            return False
        return not self._from_a[i].isdisjoint(self._from_b[j]) or not (self._from_a[i] or self._from_b[j])


def _find_origins(view: View, partners: Mapping[int, int]) -> list[frozenset[int]]:
    """For each node its partner, or the partners of the nearest layers before it that have one."""
    nothing: frozenset[int] = frozenset()
    found = [nothing] * len(view.nodes)
    for i in view.live:
        inputs = view.inputs[i]
        if i in partners:
            found[i] = frozenset((partners[i],))
        elif len(inputs) == 1:
            found[i] = found[inputs[0]]
        elif inputs:
            found[i] = frozenset().union(*[found[k] for k in inputs])
    return found
