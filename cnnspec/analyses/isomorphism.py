"""Whether two graphs are the same network: the same layers, wired the same way, whatever they are called.

What counts: every layer in its one form (`Layer.canonical`), its inputs (in order, where the layer cares), which layers share weights, the
inputs and the outputs in order. What does not: names, the order of the text, layers that no output depends on.

Nodes get colors (small numbers, the same in both graphs) from their layer, then from their neighbours' colors, until
that tells no more of them apart (Weisfeiler and Leman 1968); outputs are then paired, and from them their inputs. The
mapping is checked before it is returned, so what is called the same is the same. Twins that colors cannot tell apart
and that cross again further up might be missed; networks that people write have none.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from cnnspec.elaborate.graph import Graph, Node
    from cnnspec.layers.base import Layer

    Colors = dict[Hashable, int]


class View:
    """A graph as a comparison sees it: its live nodes in topological order, their readers, who shares weights."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.nodes = graph, graph.nodes
        used, inputs = graph.used(), set(graph.inputs)
        self.live = [i for i in range(len(self.nodes)) if used[i] or i in inputs]
        self.readers: list[list[tuple[int, int]]] = [[] for _ in self.nodes]  # (node, which of its inputs)
        for i in self.live:
            for slot, source in enumerate(self.nodes[i].inputs):
                self.readers[source].append((i, -1 if unordered(self.nodes[i]) else slot))
        # What each node is in itself: its layer in the one form (`Layer.canonical`), or an input's shape.
        self.substance: list[Hashable] = [node.shape for node in self.nodes]
        forms: dict[tuple[int, Hashable], Layer] = {}
        for node in self.nodes:
            if node.layer is not None:
                key = id(node.layer), graph.input_shapes(node)
                if key not in forms:
                    forms[key] = node.layer.canonical(key[1])
                self.substance[node.index] = forms[key]
        self.ends: list[list[int]] = [[] for _ in self.nodes]  # as which outputs and inputs of the network it serves
        for number, i in enumerate(graph.outputs):
            self.ends[i].append(number)
        for number, i in enumerate(graph.inputs):
            self.ends[i].append(-1 - number)
        self.sharers: dict[int, list[int]] = {}  # the first use of shared weights → all uses
        for i in self.live:
            first = self.nodes[i].shares
            if first is not None and self._weighs(self.nodes[i]):
                self.sharers.setdefault(first, [first] if used[first] else []).append(i)

    def _weighs(self, node: Node) -> bool:
        """Whether a node has weights; a layer without any can be called twice or stand twice, all the same."""
        shapes = self.graph.input_shapes(node)
        return shapes is None or node.layer is None or bool(node.layer.weights(shapes))

    def form(self, index: int) -> Layer | None:
        """The one form of a node's layer; None for an input."""
        return self.substance[index] if self.nodes[index].layer is not None else None  # type: ignore[return-value]

    def group(self, index: int) -> list[int]:
        """The nodes that use the same weights as this one, itself included."""
        first = self.nodes[index].shares
        return self.sharers.get(index if first is None else first) or [index]


def unordered(node: Node) -> bool:
    return node.layer is not None and node.layer.unordered


def from_inputs(view: View, base: Sequence[int], colors: Colors) -> list[int]:
    """A color for each node that tells all that is before it, given what each is in itself."""
    found = [-1] * len(view.nodes)
    for i in view.live:
        inputs = [found[k] for k in view.nodes[i].inputs]
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
    if len(a.live) != len(b.live) or len(a.graph.outputs) != len(b.graph.outputs):
        return None
    mine, theirs = _refined(a, b)
    if mine is None or theirs is None:
        return None
    mapping: dict[int, int] = {}
    waiting = list(zip(a.graph.outputs, b.graph.outputs, strict=True))
    waiting += zip(a.graph.inputs, b.graph.inputs, strict=False)
    while waiting:
        i, j = waiting.pop()
        if i in mapping:
            continue
        mapping[i] = j
        sources, targets = list(a.nodes[i].inputs), list(b.nodes[j].inputs)
        if unordered(a.nodes[i]):
            for source in a.nodes[i].inputs:
                if mapping.get(source) in targets:
                    sources.remove(source)
                    targets.remove(mapping[source])
            sources.sort(key=lambda k: mine[k])
            targets.sort(key=lambda k: theirs[k])
        waiting += zip(sources, targets, strict=False)
    return mapping if _holds(mapping, a, b) else None


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
        found = [
            [colors.setdefault((color, *sorted([base[k] for k in view.group(i)])), len(colors)) for i, color in enumerate(base)]
            for view, base in zip(views, found, strict=True)
        ]  # fmt: skip
        counted = [sorted([base[i] for i in view.live]) for view, base in zip(views, found, strict=True)]
        if counted[0] != counted[1]:
            return None, None
        if len(set(counted[0])) == classes:
            return found[0], found[1]
        classes = len(set(counted[0]))


def _holds(mapping: dict[int, int], a: View, b: View) -> bool:
    """Whether a mapping is one to one, onto, and keeps everything that counts."""
    if len(mapping) != len(a.live) or len(set(mapping.values())) != len(b.live):
        return False
    for i, j in mapping.items():
        mine, theirs = a.nodes[i], b.nodes[j]
        inputs, others = [mapping[k] for k in mine.inputs], list(theirs.inputs)
        if unordered(mine):
            inputs.sort()
            others.sort()
        if a.substance[i] != b.substance[j] or inputs != others or a.ends[i] != b.ends[j]:
            return False
        group = a.group(i)
        if len(group) != len(b.group(j)) or mapping[group[0]] not in b.group(j):
            return False
    return True
