"""Which layer of a start is which of a network: the largest common part of two graphs, from the inputs on.

Layers are paired when they compute the same with the same weights from what is paired before them. What acts in training
alone does not count (initializers, regularizers, `trainable`, dropouts), nor do names and the size of images: weights of
224x224 fit 96x96, unless a layer has a weight for every place. Of equal layers behind one tensor, those are pairs whose
surroundings are equal furthest, then those of one name, then those in order.

The inputs are paired in order. Where one of the two networks has one input, it may also stand at any tensor of the other
with as many channels: so a backbone is found within a network, behind a rescaling, and a network within a larger start.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.facts.isomorphism import View, unordered
from cnnspec.facts.layer_names import count_numbers, list_weights
from cnnspec.layers.argument import REQUIRED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from cnnspec.graph import Graph
    from cnnspec.layers.base import Layer

ENDINGS = ("_initializer", "_regularizer", "_constraint")  # of arguments that say how weights begin and change
ARGUMENTS = ("trainable", "momentum", "renorm_momentum", "synchronized")
ROUNDS = 8  # how far equal layers are told apart by what is around them
MOST_PLACES = 200  # at which the input of one network is tried in the other


class Match(Record):
    """`pairs`: nodes of the network, each with that of the start whose weights it takes; of shared weights the first uses.
    `whole`: all nodes of the network with a counterpart, weights or not. `beside`: nodes that take no weights, each with one of
    the start that is of its kind and reads the same."""

    pairs: dict[int, int]
    whole: dict[int, int]
    beside: dict[int, int]


def match_graphs(start: Graph, network: Graph) -> Match:
    """The pairs of a start and a network that hold the most numbers."""
    theirs, mine = _Side(start), _Side(network)
    _tell_apart(theirs, mine)
    walks = [_walk(theirs, mine, seeds) for seeds in _list_seeds(theirs, mine)]
    return max(walks, key=lambda found: sum(mine.sizes[node] for node in found.pairs))


class _Side:
    """A graph as the walk sees it."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.view = graph, View(graph, flat=True)
        self.sizes: dict[int, int] = {}  # of nodes with weights: how many numbers
        self.keys: dict[int, tuple[Hashable, Hashable]] = {}  # what a node is, with the sizes around it and without
        forms: dict[Layer, Layer] = {}
        for index in self.view.live:
            node, form = graph.nodes[index], self.view.form(index)
            if form is None:
                continue
            shapes = tuple([weight.shape for weight in list_weights(graph, node)])
            if shapes:
                self.sizes[index] = count_numbers(graph, node)
            layer = form if index in self.view.joined else node.layer
            assert layer is not None
            for one in (form, layer):
                if one not in forms:
                    forms[one] = _strip(one.canonical(None))
            self.keys[index] = (forms[form], shapes), (forms[layer], shapes)
        self.colors: list[dict[int, int]] = []

    def find_owner(self, index: int) -> int:
        shares = self.graph.nodes[index].shares
        return index if shares is None else shares

    def is_passing(self, index: int) -> bool:
        form = self.view.form(index)
        return form is not None and form.passes

    def order(self, index: int, inputs: list[int]) -> tuple[int, ...]:
        return tuple(sorted(inputs) if unordered(self.graph.nodes[index]) else inputs)


def _strip(layer: Layer) -> Layer:
    """A layer without what acts in training alone."""
    defaults = {
        name: argument.record_default
        for name, argument in layer.arguments.items()
        if (name.endswith(ENDINGS) or name in ARGUMENTS) and argument.record_default is not REQUIRED
    }
    return layer.replace(**defaults) if defaults else layer


def _tell_apart(*sides: _Side) -> None:
    """Color the nodes of graphs alike, in rounds: by what they are, then by the colors of those around them, too."""
    colors: dict[Hashable, int] = {}
    for side in sides:
        side.colors.append(
            {i: colors.setdefault(side.keys.get(i, (None, None))[1], len(colors)) for i in side.view.live}
        )
    for _ in range(ROUNDS):
        colors = {}
        for side in sides:
            last, view, made = side.colors[-1], side.view, {}
            for i in view.live:
                readers = sorted([(last[k], slot) for k, slot in view.readers[i]])
                before = side.order(i, [last[k] for k in view.inputs[i]])
                made[i] = colors.setdefault((last[i], tuple(readers), before), len(colors))
            side.colors.append(made)


def _list_seeds(start: _Side, network: _Side) -> Iterator[dict[int, int]]:
    """The pairs of nodes from which a walk may begin: network → start."""
    theirs, mine = start.graph.inputs, network.graph.inputs
    yield {i: j for i, j in zip(mine, theirs, strict=False) if _fit(network, i, start, j)}
    if len(theirs) == 1:
        inside = [i for i in network.view.live if _fit(network, i, start, theirs[0])]
        yield from [{i: theirs[0]} for i in inside[:MOST_PLACES]]
    if len(mine) == 1:
        inside = [j for j in start.view.live if _fit(network, mine[0], start, j)]
        yield from [{mine[0]: j} for j in inside[:MOST_PLACES]]


def _fit(network: _Side, i: int, start: _Side, j: int) -> bool:
    """Whether two tensors have as many axes and channels."""
    mine, theirs = network.graph.nodes[i].shape, start.graph.nodes[j].shape
    return bool(mine and theirs) and len(mine or ()) == len(theirs or ()) and (mine or ())[-1] == (theirs or ())[-1]


def _walk(start: _Side, network: _Side, seeds: dict[int, int]) -> Match:
    """The pairs behind the seeds, in the order of the network."""
    through: dict[int, int] = {}  # of the start, for what passes values on: what it passes on
    behind: dict[tuple[Hashable, tuple[int, ...]], list[int]] = {}  # what a node is and reads → the nodes of the start
    kinds: dict[tuple[type, tuple[int, ...]], int] = {}  # the kind of a node with weights and what it reads → the first
    for j in start.view.live:
        inputs = [through.get(k, k) for k in start.view.inputs[j]]
        if start.is_passing(j):
            through[j] = inputs[0]
        elif j in start.keys:
            for key in dict.fromkeys(start.keys[j]):
                behind.setdefault((key, start.order(j, inputs)), []).append(j)
            if j in start.sizes:
                kinds.setdefault((type(start.view.form(j)), start.order(j, inputs)), j)
    whole = {i: through.get(j, j) for i, j in seeds.items()}
    pairs: dict[int, int] = {}
    takers: dict[int, int] = {}
    beside: dict[int, int] = {}
    for i in network.view.live:
        before = network.view.inputs[i]
        if i in whole or i not in network.keys or any(k not in whole for k in before):
            continue
        reads = [whole[k] for k in before]
        if network.is_passing(i):
            whole[i] = reads[0]
            continue
        ordered = network.order(i, reads)
        found = [j for key in dict.fromkeys(network.keys[i]) for j in behind.get((key, ordered), ())]
        mine = network.find_owner(i)
        if i in network.sizes:
            free = [j for j in found if takers.get(start.find_owner(j), mine) == mine]
            found = [j for j in free if pairs.get(mine, start.find_owner(j)) == start.find_owner(j)]
        if not found:
            if i in network.sizes and (other := kinds.get((type(network.view.form(i)), ordered))) is not None:
                beside.setdefault(mine, start.find_owner(other))
            continue
        whole[i] = max(dict.fromkeys(found), key=lambda j: _compare(network, i, start, j))
        if i in network.sizes:
            pairs[mine] = start.find_owner(whole[i])
            takers[pairs[mine]] = mine
    return Match(pairs, whole, {i: j for i, j in beside.items() if i not in pairs})


def _compare(network: _Side, i: int, start: _Side, j: int) -> tuple[int, bool]:
    """How far the surroundings of two nodes are equal, and whether they have one name."""
    rounds = sum(mine[i] == theirs[j] for mine, theirs in zip(network.colors, start.colors, strict=True))
    return rounds, bool(network.graph.nodes[i].name) and network.graph.nodes[i].name == start.graph.nodes[j].name
