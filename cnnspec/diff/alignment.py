"""Which layer of one network is which layer of another: the pairs that a person would make.

Networks that are the same (see `isomorphism`) are paired whole. Others in three steps:

1. Names that a person gave (`as`), unique in both and on the same kind of layer, bind their layers to each other.
2. Layers with equal everything before them are pairs, then those with equal everything behind them: what is left lies
   around the differences.
3. The rest is put in a row and compared as texts are: a longest common subsequence, gaps closed with a coarser look
   (the layer with its arguments, its class, its family of classes: relu and gelu, maxpool and avgpool).

Where equal layers stand one behind another, step 2 has several answers. In step 3 rows may follow the text or the graph,
and the first look may be the finest or the next: stages shifted by one match in few layers exactly, or in all but their
widths. All of this is tried, and the shortest account of the difference wins. Time is linear in the number of layers,
times the number of edits while that is small. An account may be longer than needed where changes lie around equal layers
that read the same, several deep.
"""

from __future__ import annotations

from cnnspec.diff.rewiring import Rewiring
from cnnspec.diff.subsequence import find_common, slide_gaps
from cnnspec.facts.isomorphism import View, flat_isomorphism, from_inputs, from_outputs, isomorphism, unordered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from cnnspec.diff.subsequence import Pairs
    from cnnspec.facts.isomorphism import Colors
    from cnnspec.graph import Graph
    from cnnspec.layers.base import Layer


SWAPS = 200_000  # layers that are looked at again to tell twins apart


class Alignment:
    """The pairs of two graphs, by the index of each; whether they are all there is to say.

    `pairs` are in the order of the first graph. Layers that no output depends on are in neither.
    """

    def __init__(self, a: Graph, b: Graph) -> None:
        self.a, self.b = View(a), View(b)
        found = isomorphism(self.a, self.b)
        if found is None and (found := flat_isomorphism(a, b)) is not None:
            self.a, self.b = View(a, flat=True), View(b, flat=True)
        self.same = found is not None
        if found is None:  # one direction is computed, so that the other mirrors it
            turned = _order_key(self.b) < _order_key(self.a)
            found = _align(self.b, self.a) if turned else _align(self.a, self.b)
            found = {j: i for i, j in found.items()} if turned else found
        self.forth = dict(sorted(found.items()))
        self.back = {j: i for i, j in found.items()}

    @property
    def pairs(self) -> Pairs:
        return list(self.forth.items())


def _order_key(view: View) -> tuple[int, list[str], list[tuple[int, ...]]]:
    """What puts two different graphs in an order."""
    return len(view.live), [repr(view.substance[i]) for i in view.live], [view.inputs[i] for i in view.live]


def find_changed_arguments(a: View, i: int, b: View, j: int) -> tuple[tuple[str, object, object], ...]:
    """(name, of a, of b) of the arguments that both have and that differ; of two inputs the shape."""
    one, other = a.nodes[i], b.nodes[j]
    mine, theirs = a.form(i), b.form(j)
    if mine is None or theirs is None:
        return (("shape", one.shape, other.shape),) if one.shape != other.shape else ()
    changed = compare_arguments(mine, theirs)
    old, new = (None if k in view.joined else view.nodes[k].layer for view, k in ((a, i), (b, j)))
    names = {name for name, *_ in changed}
    shown = compare_arguments(_choose_form(old, mine), _choose_form(new, theirs))
    found = tuple([change for change in shown if change[0] in names])  # not a stride that follows the kernel
    if found or mine == theirs or old is None or new is None or type(old) is not type(new):
        return found
    return compare_arguments(old, new)  # ceil, which is another padding


def _choose_form(written: Layer | None, form: Layer) -> Layer:
    """The layer as it was written, where it is of the class of its one form."""
    return written if written is not None and type(written) is type(form) else form


def compare_arguments(old: Layer, new: Layer) -> tuple[tuple[str, object, object], ...]:
    """(name, of the first, of the second) of the arguments that both layers have and that differ."""
    mine, theirs = old.argument_values(), new.argument_values()
    return tuple([(name, mine[name], theirs[name]) for name in mine if name in theirs and mine[name] != theirs[name]])


class Tokens:
    """What the nodes of a graph look like from near (`exact`: the layer and its arguments) to far.

    Equal numbers are equal looks, in both graphs. A layer that is bound to another by its name looks like that alone.
    """

    def __init__(self, view: View, bound: Mapping[int, int], colors: Colors) -> None:
        marks = [bound.get(i, -1) for i in range(len(view.nodes))]

        def numbers(looks: Iterable[object]) -> list[int]:
            return [colors.setdefault(look, len(colors)) for look in zip(looks, marks, strict=True)]

        self.exact = numbers(view.substance)
        forms = [view.form(i) for i in range(len(view.nodes))]
        self.kind = numbers(type(form) for form in forms)
        self.family = numbers(type(form).__module__ for form in forms)  # the layers that one file describes
        self.levels = (self.exact, self.kind, self.family)


def _align(a: View, b: View) -> dict[int, int]:
    anchors = _find_anchors(a, b)
    colors: Colors = {}
    of_a = Tokens(a, {i: i for i in anchors}, colors)
    of_b = Tokens(b, {j: i for i, j in anchors.items()}, colors)
    least = max(1, abs(len(a.live) - len(b.live)))
    accounts = Accounts(a, b)
    best: dict[int, int] = {}
    shortest = -1
    for equals in _pair_equals(a, b, of_a.exact, of_b.exact):
        for trial in _try_pairings(a, b, of_a, of_b, equals, anchors):
            length = accounts.length(trial)
            if shortest < 0 or length < shortest:
                best, shortest = trial, length
            if shortest <= least:  # no account is shorter
                return best
    return _untangle(best, shortest, accounts, of_a.kind, of_b.kind)


def _try_pairings(
    a: View, b: View, of_a: Tokens, of_b: Tokens, equals: dict[int, int], anchors: dict[int, int]
) -> Iterator[dict[int, int]]:
    """Ways to pair what is left when the equal parts are paired."""
    taken = set(equals.values())
    text = [i for i in a.live if i not in equals], [j for j in b.live if j not in taken]
    walk = _walk(a, of_a.kind, text[0]), _walk(b, of_b.kind, text[1])
    for row, other in (text,) if walk == text else (text, walk):
        mine, theirs = (
            [[level[i] for i in nodes] for level in of.levels] for of, nodes in ((of_a, row), (of_b, other))
        )
        for first in (1, 0):
            trial = dict(equals)
            for x, y in _close_gaps(mine, theirs, first):
                trial[row[x]] = other[y]
            for i, j in anchors.items():  # the token of a named layer matches nothing else: both are free, or a pair
                trial.setdefault(i, j)
            yield trial


def _find_anchors(a: View, b: View) -> dict[int, int]:
    """Pairs by names that stand once in either text, on layers of one class."""
    found = []
    for view in (a, b):
        by_name: dict[str, list[int]] = {}
        for i in view.live:
            if view.nodes[i].given:
                by_name.setdefault(view.nodes[i].given, []).append(i)
        found.append({name: nodes[0] for name, nodes in by_name.items() if len(nodes) == 1})
    pairs = [(i, found[1][name]) for name, i in found[0].items() if name in found[1]]
    return {i: j for i, j in pairs if type(a.form(i)) is type(b.form(j))}


def _pair_equals(a: View, b: View, of_a: Sequence[int], of_b: Sequence[int]) -> list[dict[int, int]]:
    """Pairs of layers with equal networks before them, or behind them, or both: in which order they are made matters
    where equal layers stand one behind another or side by side.
    """
    colors: Colors = {}
    before = from_inputs(a, of_a, colors), from_inputs(b, of_b, colors)
    behind = from_outputs(a, of_a, colors), from_outputs(b, of_b, colors)
    both = list(zip(before[0], behind[0], strict=True)), list(zip(before[1], behind[1], strict=True))
    found: list[dict[int, int]] = []
    for order in ((both, before, behind), (both, behind, before), (before, behind), (behind, before)):
        mapping: dict[int, int] = {}
        taken: set[int] = set()
        for mine, theirs in order:
            free: dict[Hashable, list[int]] = {}
            for j in reversed(b.live):
                if j not in taken:
                    free.setdefault(theirs[j], []).append(j)
            for i in a.live:
                if i not in mapping and free.get(mine[i]):
                    mapping[i] = free[mine[i]].pop()
                    taken.add(mapping[i])
        if mapping not in found:
            found.append(mapping)
    return found


def _untangle(
    mapping: dict[int, int], length: int, accounts: Accounts, of_a: Sequence[int], of_b: Sequence[int]
) -> dict[int, int]:
    """Twins that were paired crosswise, uncrossed: where pairs read other layers than before, these, or the pairs
    themselves, are paired the other way if that shortens the account.
    """
    a, b = accounts.a, accounts.b
    tries = max(4, SWAPS // len(a.nodes))
    improved = True
    while improved:
        improved = False
        rewiring = Rewiring(a, b, mapping)
        crossed = [(i, j) for i, j in mapping.items() if rewiring.inputs(i, j)]
        others = [(s, t) for i, j in crossed for s in a.inputs[i] for t in b.inputs[j]]
        others += [(i, j) for i, _ in crossed[:tries] for _, j in crossed[:tries]]
        for s, t in dict.fromkeys(others):
            if mapping.get(s) == t or of_a[s] != of_b[t]:
                continue
            if not tries:
                return mapping
            tries -= 1
            swapped = _swap(mapping, rewiring.back, s, t)
            if (shorter := accounts.length(swapped)) < length:
                mapping, length, improved = swapped, shorter, True
                break
    return mapping


def _swap(mapping: Mapping[int, int], back: Mapping[int, int], i: int, j: int) -> dict[int, int]:
    """The pairs with (i, j) among them; what they were paired with before is paired with each other."""
    made = dict(mapping)
    partner, other = made.pop(i, None), back.get(j)
    if other is not None:
        del made[other]
        if partner is not None:
            made[other] = partner
    made[i] = j
    return made


def _walk(view: View, kinds: Sequence[int], nodes: Sequence[int]) -> list[int]:
    """Nodes in the order of a walk from the outputs back, which does not depend on the order of the text.

    Every node comes behind its inputs; where a layer does not care for the order of its inputs, the shallow come first.
    """
    depth = [0] * len(view.nodes)
    for i in view.live:
        depth[i] = 1 + max([depth[k] for k in view.inputs[i]], default=0)
    place = [-1] * len(view.nodes)
    count = 0
    waiting = [*reversed(view.outputs), *reversed(view.graph.inputs)]
    opened: set[int] = set()
    while waiting:
        i = waiting[-1]
        if place[i] >= 0 or i in opened:
            if place[i] < 0:
                place[i], count = count, count + 1
            waiting.pop()
        else:
            opened.add(i)
            inputs = list(view.inputs[i])
            if unordered(view.nodes[i]):
                inputs.sort(key=lambda k: (depth[k], kinds[k]))
            waiting += [k for k in reversed(inputs) if place[k] < 0]
    return sorted(nodes, key=lambda i: place[i])


def _close_gaps(a: list[list[int]], b: list[list[int]], level: int) -> Pairs:
    """Pairs of two rows: a common subsequence of their tokens at one level, and in its gaps those of coarser levels."""
    n, m = len(a[0]), len(b[0])
    mine, theirs = a[level], b[level]
    found = slide_gaps(
        find_common(mine, theirs), n, m, lambda i, j: mine[i] == theirs[j], lambda i, j: a[0][i] == b[0][j]
    )  # fmt: skip
    pairs: Pairs = []
    i = j = 0
    for x, y in [*found, (n, m)]:
        if x > i and y > j and level + 1 < len(a):
            inner = _close_gaps([row[i:x] for row in a], [row[j:y] for row in b], level + 1)
            pairs += [(i + p, j + q) for p, q in inner]
        if x < n:
            pairs.append((x, y))
        i, j = x + 1, y + 1
    return pairs


class Accounts:
    """How long the differences are that pairings of two graphs amount to."""

    def __init__(self, a: View, b: View) -> None:
        self.a, self.b = a, b
        numbers: dict[Hashable, int] = {}
        self._of_a, self._of_b = ([numbers.setdefault(s, len(numbers)) for s in view.substance] for view in (a, b))
        self._changes: dict[tuple[Hashable, ...], Hashable] = {}  # of layers that are not the same

    def length(self, mapping: Mapping[int, int]) -> int:
        """The length of the account: layers added, removed and rewired, and changes, equal ones once."""
        rewiring = Rewiring(self.a, self.b, mapping)
        changes = set()
        rewired = sum(rewiring.ends())
        for i, j in mapping.items():
            rewired += rewiring.inputs(i, j)
            if self._of_a[i] != self._of_b[j]:
                changes.add(self._change(i, j))
        return len(self.a.live) + len(self.b.live) - 2 * len(mapping) + rewired + len(changes)

    def _change(self, i: int, j: int) -> Hashable:
        """What becomes another in a pair, by what decides it: substance (an input's shape), layer, and whether it is joined."""
        a, b = self.a, self.b
        looks = ((a, i, self._of_a), (b, j, self._of_b))
        key = tuple([(of[k], id(view.nodes[k].layer), k in view.joined) for view, k, of in looks])
        if key not in self._changes:
            self._changes[key] = type(a.form(i)), type(b.form(j)), find_changed_arguments(a, i, b, j)
        return self._changes[key]
