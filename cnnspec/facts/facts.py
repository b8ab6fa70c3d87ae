"""All that is known about a graph's nodes, each figure computed when it is first asked for.

Conventions. Parameters: weights, counted once where a layer is shared; frozen ones are those that no gradient moves.
Totals leave out layers that no output depends on: Keras does not build them.
MACs: multiply-accumulates of one example, of convolutions and dense layers, bias not counted. FLOPs: 2 * MACs.
Coverage: the share of the input's area that a receptive field covers, were it to lie inside.
A figure that cannot be known is None, and so is every total that would need it.
"""

from __future__ import annotations

from functools import cached_property

from cnnspec.base.recording import remembers
from cnnspec.base.size import add_up
from cnnspec.facts.kernels import kernel_of
from cnnspec.facts.liveness import statistics_of
from cnnspec.facts.receptive_field import compute_fields, coverage, find_deepest
from cnnspec.layers.base import Problem, all_known, product, show_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.facts.kernels import Kernel
    from cnnspec.facts.receptive_field import Field, NodeField
    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.layers.operation import Operation
    from cnnspec.layers.window import Window

LEFT_OUT = "gates and statistics, which mix a whole map into every position, are left out"
CONVENTIONS = {
    "params": "weights of every layer, shared ones once; non-trainable ones are moving averages",
    "macs": "multiply-accumulates of convolutions and dense layers for one example; bias not counted",
    "flops": "2 * macs",
    "receptive_field": f"unclipped, in input positions; {LEFT_OUT}; the total is that of the last layer before the whole input is mixed",
}


class Totals:
    """Figures of a whole network: of what an output depends on, which is what Keras builds."""

    def __init__(self, parameters: Sequence[tuple[int, int] | None], macs: Sequence[Dim | None]) -> None:
        """Of the figures of every layer that counts."""
        self._parameters, self._macs = tuple(parameters), tuple(macs)

    @property
    def layers(self) -> int:
        """How many layers there are, the inputs included."""
        return len(self._parameters)

    @property
    def trainable(self) -> int | None:
        return sum([trained for trained, _ in self._parameters]) if all_known(self._parameters) else None

    @property
    def frozen(self) -> int | None:
        return sum([frozen for _, frozen in self._parameters]) if all_known(self._parameters) else None

    @property
    def parameters(self) -> int | None:
        return None if self.trainable is None or self.frozen is None else self.trainable + self.frozen

    @property
    def macs(self) -> Dim | None:
        known = [macs for macs in self._macs if macs is not None]
        return add_up(known) if len(known) == len(self._macs) else None

    @property
    def flops(self) -> Dim | None:
        return flops(self.macs)


class Facts:
    """Figures of a graph whose nodes have the given shapes (the graph's own, unless others are tried)."""

    def __init__(self, graph: Graph, shapes: Sequence[Shape | None] | None = None) -> None:
        self.graph = graph
        self.shapes: Sequence[Shape | None] = [node.shape for node in graph.nodes] if shapes is None else shapes

    # ---- nodes that are alike, asked once ------------------------------------------------------------------
    @cached_property
    @remembers
    def alike(self) -> list[int]:
        """For every node the first with its layer on shapes like its own: what these alone decide is asked once."""
        firsts: dict[object, int] = {}
        keys = [
            (id(n.layer), tuple([self.shapes[i] for i in n.inputs]), self.shapes[n.index]) for n in self.graph.nodes
        ]
        return [firsts.setdefault(key, index) for index, key in enumerate(keys)]

    @property
    def firsts(self) -> list[Node]:
        """One node of each kind: the first of those that are alike."""
        return [node for node, first in zip(self.graph.nodes, self.alike, strict=True) if node.index == first]

    def inputs_of(self, index: int) -> tuple[Shape, ...] | None:
        """The shapes that enter a node, None when one is unknown."""
        return self._inputs[index]

    @cached_property
    def _inputs(self) -> list[tuple[Shape, ...] | None]:
        made: list[tuple[Shape, ...] | None] = []
        for node, first in zip(self.graph.nodes, self.alike, strict=True):
            entering = tuple([self.shapes[i] for i in node.inputs])
            made.append(made[first] if first < node.index else entering if all_known(entering) else None)
        return made

    def each(self, compute: Callable[[Layer, tuple[Shape, ...]], Any], of_input: Any = None) -> list[Any]:
        """compute(layer, inputs) for every node, nodes alike asked once; None where a shape is unknown."""
        result: list[Any] = []
        for node, first in zip(self.graph.nodes, self.alike, strict=True):
            inputs = self.inputs_of(first)
            if first < node.index:
                result.append(result[first])
            elif node.layer is None:
                result.append(of_input if node.shape is not None else None)
            elif inputs is None or self.shapes[first] is None:
                result.append(None)
            else:
                result.append(compute(node.layer, inputs))
        return result

    # ---- figures of every node -----------------------------------------------------------------------------
    @cached_property
    def parameters(self) -> list[tuple[int, int] | None]:
        """(trainable, frozen) of every node; a layer that is used again counts at its first use."""
        made: list[tuple[int, int] | None] = self.each(_parameters, (0, 0))
        for node in self.graph.nodes:
            if node.shares is not None and made[node.index] is not None:
                made[node.index] = (0, 0)
        return made

    def weighty(self, index: int) -> bool:
        """Whether a node has weights, its own or those that it shares with an earlier one."""
        return self._weighty[index]

    @cached_property
    def _weighty(self) -> list[bool]:
        own = [any(parameters or ()) for parameters in self.parameters]
        return [own[n.index if n.shares is None else n.shares] for n in self.graph.nodes]

    @cached_property
    def macs(self) -> list[Dim | None]:
        return self.each(lambda layer, inputs: layer.macs(inputs), 0)

    @cached_property
    def operations(self) -> list[tuple[Operation, ...] | None]:
        """The primitive operations of every node; none for an input."""
        return self.each(lambda layer, inputs: layer.operations(inputs), ())

    @cached_property
    def kernels(self) -> list[Kernel | None]:
        """The kernel of every node that has one."""
        return self.each(kernel_of, None)

    @cached_property
    def windows(self) -> list[tuple[Window, ...]]:
        """The window of every node along each axis; none for a layer without, or of unknown shapes."""
        return [w or () for w in self.each(lambda layer, inputs: layer.windows(inputs), None)]

    @cached_property
    def keras_types(self) -> list[str | None]:
        """The Keras class that every layer becomes; None for an input, where a shape is unknown or Keras has none."""
        return self.each(_keras_type)

    # ---- what every node sees of the input -----------------------------------------------------------------
    @property
    def fields(self) -> list[NodeField]:
        """Receptive field of every node, without gates and statistics."""
        return self._structure[0]

    @property
    def gates(self) -> set[tuple[int, int]]:
        """(merge, branch) wherever a branch is left out of a merge's field."""
        return self._structure[1]

    @cached_property
    def _structure(self) -> tuple[list[NodeField], set[tuple[int, int]]]:
        return compute_fields(self.graph, self.shapes)

    @cached_property
    def statistics(self) -> dict[int, tuple[Dim, ...]]:
        """For every node that takes statistics over its map, over how many positions together along each axis."""
        return statistics_of(self.graph, self.shapes)

    @cached_property
    @remembers
    def seen(self) -> list[frozenset[tuple[Dim, ...]]]:
        """For every node the spatial sizes of the inputs that it depends on; of words in rows the rows' length."""
        from cnnspec.facts.regions import find_text_nodes  # which most checks do not need

        seen: list[frozenset[tuple[Dim, ...]]] = []
        words = find_text_nodes(self.graph)
        for node in self.graph.nodes:
            shape = self.shapes[node.index]
            own = frozenset([shape if node.index in words else shape[:-1]] if node.layer is None and shape else [])
            seen.append(own.union(*[seen[i] for i in node.inputs]))
        return seen

    def coverage_of(self, index: int) -> float | None:
        """The share of the input that the receptive field of a node covers; None where its inputs have several sizes."""
        first, *others = self.seen[index] or (None,)
        return coverage(self.fields[index], first if all([other == first for other in others]) else None)

    @property
    def left_out(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The merges whose fields leave gates out, and the layers whose fields leave statistics out."""
        taking = [index for index in self.statistics if isinstance(self.fields[index], tuple)]
        return tuple(sorted({merge for merge, _ in self.gates})), tuple(taking)

    # ---- figures of the network ----------------------------------------------------------------------------
    @cached_property
    def total(self) -> Totals:
        """Its parameters, MACs, FLOPs and layers."""
        used = [node.index for node, used in zip(self.graph.nodes, self.graph.used(), strict=True) if used]
        return Totals([self.parameters[i] for i in used], [self.macs[i] for i in used])

    @property
    def deepest(self) -> int | None:
        """The node whose receptive field is the network's."""
        return find_deepest(self.fields, self.graph.used())

    @property
    def receptive_field(self) -> tuple[Field, ...] | None:
        """The network's receptive field, one `Field` a spatial axis; None where it has none or it is unknown."""
        field = None if self.deepest is None else self.fields[self.deepest]
        return field if isinstance(field, tuple) else None

    @property
    def coverage(self) -> float | None:
        """The share of the input that the network's receptive field covers; None where it has none or it is unknown."""
        return None if self.deepest is None else self.coverage_of(self.deepest)


def find_keras_problems(facts: Facts) -> list[Problem | None]:
    """What keeps Keras from computing each node, though it is well defined."""
    made: list[Problem | None] = facts.each(lambda layer, inputs: layer.keras_problem(inputs))
    for node in facts.graph.nodes:
        if node.shares is not None and made[node.index] is None and facts.weighty(node.shares):
            made[node.index] = _find_sharing_problem(node, node.shares, facts)
    return made


def _find_sharing_problem(node: Node, first: int, facts: Facts) -> Problem | None:
    """The problem of weights that Keras keeps for one size alone."""
    here, there, original = facts.inputs_of(node.index), facts.inputs_of(first), facts.graph.nodes[first].layer
    if node.layer is None or original is None or here is None or there is None or facts.shapes[node.index] is None:
        return None
    if node.layer.keras_calls(here) == original.keras_calls(there):
        return None
    message = f"{node.label} is shared, but Keras makes it for {show_shape(there[0])} alone"
    return Problem("E116", message, help="bring both inputs to the same size first")


def _keras_type(layer: Layer, inputs: tuple[Shape, ...]) -> str | None:
    proper = [(call.around or call).name for call in layer.keras_calls(inputs) if not call.helper]
    return proper[0] if proper else None


def flops(macs: Dim | None) -> Dim | None:
    """The FLOPs of so many MACs, a multiplication and an addition each; None where they are unknown."""
    return None if macs is None else 2 * macs


def _parameters(layer: Layer, inputs: tuple[Shape, ...]) -> tuple[int, int]:
    trainable = frozen = 0
    for weight in layer.weights(inputs):
        size = product(weight.shape)
        assert isinstance(size, int)  # a layer whose weights have no shape is refused before
        if weight.trainable:
            trainable += size
        else:
            frozen += size
    return trainable, frozen
