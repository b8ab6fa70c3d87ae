"""Whether two graphs are the same network: the same layers, wired the same way, whatever they are called.

What counts: every layer in its one form (`Layer.canonical`), its inputs (in order, where the layer cares), which layers
share weights, the inputs and the outputs in order. What does not: names, the order of the text, layers that no output
depends on. In flat views, neither does whether concatenations nest: concat(concat(a, b), c) is concat(a, b, c).

Nodes get colors (small numbers, the same in both graphs) from their layer, then from their neighbours' colors, until
that tells no more of them apart (Weisfeiler and Leman 1968); outputs are then paired, and from them their inputs. The
mapping is checked before it is returned, so what is called the same is the same. Twins that colors cannot tell apart
and that cross again further up might be missed; networks that people write have none.
"""

from __future__ import annotations

from cnnspec.layers.base import Layer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from cnnspec.graph import Graph, Node

    Colors = dict[Hashable, int]


WIDEST = 1000  # tensors that a concatenation is compared by; one of more is compared as it stands


class View:
    """A graph as a comparison sees it: its live nodes in topological order, their readers, who shares weights.

    In a flat one, a layer that reads the output of its like reads what that one reads (`Layer.associative`).
    """

    def __init__(self, graph: Graph, flat: bool = False) -> None:
        self.graph, self.nodes = graph, graph.nodes
        used, inputs = graph.used(), set(graph.inputs)
        self.live = [i for i in range(len(self.nodes)) if used[i] or i in inputs]
        self.inputs, self.outputs = [node.inputs for node in self.nodes], list(graph.outputs)
        # What each node is in itself: its layer in the one form (`Layer.canonical`), or an input's shape.
        self.substance: list[Hashable] = [node.shape for node in self.nodes]
        forms: dict[tuple[int, Hashable], Layer] = {}
        for node in self.nodes:
            if node.layer is not None:
                key = id(node.layer), None if node.shape is None else graph.input_shapes(node)  # None: refused
                if key not in forms:
                    forms[key] = node.layer.canonical(key[1])
                self.substance[node.index] = forms[key]
        self.joined: dict[int, int] = {}  # nodes that stand for another one too, which is not live (`Layer.joined`)
        self._join(flat)
        self.absorbed: list[int] = []  # layers that are part of those of their kind behind them, and not live
        if flat:
            self._flatten()
        self.readers: list[list[tuple[int, int]]] = [[] for _ in self.nodes]  # (node, which of its inputs)
        for i in self.live:
            for slot, source in enumerate(self.inputs[i]):
                self.readers[source].append((i, -1 if unordered(self.nodes[i]) else slot))
        self.ends: list[list[int]] = [[] for _ in self.nodes]  # as which outputs and inputs of the network it serves
        for number, i in enumerate(self.outputs):
            self.ends[i].append(number)
        for number, i in enumerate(graph.inputs):
            self.ends[i].append(-1 - number)
        self.sharers: dict[int, list[int]] = {}  # the first use of shared weights → all uses
        for i in self.live:
            first = self.nodes[i].shares
            if first is not None and self._weighs(self.nodes[i]):
                self.sharers.setdefault(first, [first] if used[first] else []).append(i)

    def _join(self, flat: bool) -> None:
        """Make one of two layers that the language also writes as one: a padding and the convolution behind it. `flat`: a
        global pool and the reshape behind it, too."""
        readers: dict[int, list[int]] = {}
        for i in self.live:
            for source in self.inputs[i]:
                readers.setdefault(source, []).append(i)
        shared = {first for node in self.nodes if (first := node.shares) is not None}
        stands: dict[int, int] = {}  # for what is gone, what its readers read
        for i in self.live:
            mine, shapes = self.nodes[i], self.graph.input_shapes(self.nodes[i])
            behind = self.nodes[readers[i][0]] if len(readers.get(i, ())) == 1 and i not in self.outputs else None
            if mine.layer is None or behind is None or behind.layer is None or shapes is None:
                continue
            if mine.shape is None or behind.shape is None:
                continue
            if any([node.shares is not None or node.index in shared for node in (mine, behind)]):
                continue
            made = mine.layer.joined(behind.layer, shapes)
            if made is None and flat:
                made = mine.layer.reshaped(behind.layer, shapes)
            if made is not None:
                kept, gone = (behind, mine) if type(made) is type(behind.layer) else (mine, behind)
                self.substance[kept.index] = made.canonical(shapes)
                self.joined[kept.index] = gone.index
                self.inputs[kept.index] = mine.inputs
                stands[gone.index] = kept.index
        self.live = [i for i in self.live if i not in stands]
        self.inputs = [tuple([stands.get(k, k) for k in inputs]) for inputs in self.inputs]
        self.outputs = [stands.get(i, i) for i in self.outputs]

    def _flatten(self) -> None:
        """Let layers read what those of their kind before them read; the latter are gone where nothing else reads them."""
        flattened: set[int] = set()
        for i in self.live:
            form = self.form(i)
            if form is None or not form.associative:
                continue
            inner = {k for k in self.inputs[i] if self.substance[k] == form}
            flat = [source for k in self.inputs[i] for source in (self.inputs[k] if k in inner else (k,))]
            if inner and len(flat) <= WIDEST:
                self.inputs[i] = tuple(flat)
                flattened |= inner
        if flattened:
            read = {*self.outputs, *[source for i in self.live for source in self.inputs[i]]}
            self.absorbed = sorted(flattened - read)
            self.live = [i for i in self.live if i not in flattened or i in read]

    def _weighs(self, node: Node) -> bool:
        """Whether a node has weights; a layer without any can be called twice or stand twice, all the same."""
        shapes = self.graph.input_shapes(node)
        return shapes is None or node.layer is None or bool(node.layer.weights(shapes))

    def form(self, index: int) -> Layer | None:
        """The one form of a node's layer; None for an input."""
        form = self.substance[index]
        return form if isinstance(form, Layer) else None

    def group(self, index: int) -> list[int]:
        """The nodes that use the same weights as this one, itself included."""
        first = self.nodes[index].shares
        return self.sharers.get(index if first is None else first) or [index]


def flat_isomorphism(a: Graph, b: Graph) -> dict[int, int] | None:
    """The same for graphs in which concatenations may nest otherwise; of those that are a part of others, none is in it."""
    return isomorphism(View(a, flat=True), View(b, flat=True))


def unordered(node: Node) -> bool:
    return node.layer is not None and node.layer.unordered


def from_inputs(view: View, base: Sequence[int], colors: Colors) -> list[int]:
    """A color for each node that tells all that is before it, given what each is in itself."""
    found = [-1] * len(view.nodes)
    for i in view.live:
        inputs = [found[k] for k in view.inputs[i]]
        found[i] = colors.setdefault((base[i], *(sorted(inputs) if unordered(view.nodes[i]) else inputs)), len(colors))
    return found


def from_outputs(view: View, base: Sequence[int], colors: Colors) -> list[int]:
    """A color for each node that tells all that is behind it, given what each is in itself."""
    found = [-1] * len(view.nodes)
    for i in reversed(view.live):
        readers = sorted([(found[k], slot) for k, slot in view.readers[i]])
        found[i] = colors.setdefault((base[i], tuple(view.ends[i]), *readers), len(colors))
    return found


def isomorphism(a: View, b: View) -> dict[int, int] | None:
    """The node of b for each live node of a, when both are the same network; else None."""
    if len(a.live) != len(b.live) or len(a.outputs) != len(b.outputs):
        return None
    mine, theirs = _refined(a, b)
    if mine is None or theirs is None:
        return None
    mapping: dict[int, int] = {}
    waiting = list(zip(a.outputs, b.outputs, strict=True))
    waiting += zip(a.graph.inputs, b.graph.inputs, strict=False)
    while waiting:
        i, j = waiting.pop()
        if i in mapping:
            continue
        mapping[i] = j
        sources, targets = list(a.inputs[i]), list(b.inputs[j])
        if unordered(a.nodes[i]):
            sources, targets = unpaired(sources, targets, mapping)
            sources.sort(key=lambda k: mine[k])
            targets.sort(key=lambda k: theirs[k])
        waiting += zip(sources, targets, strict=False)
    return mapping if _holds(mapping, a, b) else None


def unpaired(sources: Sequence[int], targets: Sequence[int], mapping: Mapping[int, int]) -> tuple[list[int], list[int]]:
    """Two lists without what is paired already, one of each at a time."""
    free: dict[int, int] = {}
    for target in targets:
        free[target] = free.get(target, 0) + 1
    taken: dict[int, int] = {}
    left = []
    for source in sources:
        target = mapping.get(source, -1)
        if free.get(target, 0) > taken.get(target, 0):
            taken[target] = taken.get(target, 0) + 1
        else:
            left.append(source)
    rest = []
    for target in targets:
        if taken.get(target):
            taken[target] -= 1
        else:
            rest.append(target)
    return left, rest


def _refined(a: View, b: View) -> tuple[list[int], list[int]] | tuple[None, None]:
    """Stable colors of both; None when they cannot be the same network."""
    views = (a, b)
    colors: Colors = {}
    found = [[colors.setdefault(what, len(colors)) for what in view.substance] for view in views]
    classes = 0
    while True:
        colors = {}
        found = [from_inputs(view, base, colors) for view, base in zip(views, found, strict=True)]
        colors = {}
        found = [from_outputs(view, base, colors) for view, base in zip(views, found, strict=True)]
        colors = {}
        found = [_with_group(view, base, colors) for view, base in zip(views, found, strict=True)]
        counted = [sorted([base[i] for i in view.live]) for view, base in zip(views, found, strict=True)]
        if counted[0] != counted[1]:
            return None, None
        if len(set(counted[0])) == classes:
            return found[0], found[1]
        classes = len(set(counted[0]))


def _with_group(view: View, base: Sequence[int], colors: Colors) -> list[int]:
    """A color for each node that tells its own and those of all that share its weights."""
    groups: dict[int, int] = {}  # the first of a group → a color for all of it
    found = []
    for i, color in enumerate(base):
        group = view.group(i)
        if group[0] not in groups:
            groups[group[0]] = colors.setdefault(tuple(sorted([base[k] for k in group])), len(colors))
        found.append(colors.setdefault((color, groups[group[0]]), len(colors)))
    return found


def _holds(mapping: dict[int, int], a: View, b: View) -> bool:
    """Whether a mapping is one to one, onto, and keeps everything that counts."""
    if len(mapping) != len(a.live) or len(set(mapping.values())) != len(b.live):
        return False
    for i, j in mapping.items():
        inputs, others = [mapping[k] for k in a.inputs[i]], list(b.inputs[j])
        if unordered(a.nodes[i]):
            inputs.sort()
            others.sort()
        if a.substance[i] != b.substance[j] or inputs != others or a.ends[i] != b.ends[j]:
            return False
        group, other = a.group(i), b.group(j)
        if len(group) != len(other) or b.group(mapping[group[0]])[0] != other[0]:
            return False
    return True
