"""All that is known about a graph's nodes, each figure computed when it is first asked for.

Conventions. Parameters: weights, counted once where a layer is shared; frozen ones are those that no gradient moves.
Totals leave out layers that no output depends on: Keras does not build them.
MACs: multiply-accumulates of one example, of convolutions and dense layers, bias not counted. FLOPs: 2 * MACs.
Coverage: the share of the input's area that a receptive field covers, were it to lie inside.
A figure that cannot be known is None, and so is every total that would need it.
"""

from __future__ import annotations

from cnnspec.base.size import add_up
from cnnspec.facts.kernels import kernel_of
from cnnspec.facts.liveness import statistics_of
from cnnspec.facts.receptive_field import coverage, deepest, receptive_fields
from cnnspec.layers.base import product

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


class Facts:
    """Figures of a graph whose nodes have the given shapes (the graph's own, unless others are tried)."""

    def __init__(self, graph: Graph, shapes: Sequence[Shape | None] | None = None) -> None:
        self.graph = graph
        self.shapes: Sequence[Shape | None] = [node.shape for node in graph.nodes] if shapes is None else shapes
        self._grouped: tuple[list[int], list[tuple[Shape, ...] | None]] | None = None
        self._parameters: list[tuple[int, int] | None] | None = None
        self._weighty: list[bool] | None = None
        self._macs: list[Dim | None] | None = None
        self._operations: list[tuple[Operation, ...] | None] | None = None
        self._kernels: list[Kernel | None] | None = None
        self._windows: list[tuple[Window, ...]] | None = None
        self._keras_types: list[str | None] | None = None
        self._fields: tuple[list[NodeField], set[tuple[int, int]]] | None = None
        self._statistics: dict[int, tuple[Dim, ...]] | None = None
        self._seen: list[frozenset[tuple[Dim, ...]]] | None = None

    @property
    def alike(self) -> list[int]:
        """For every node the first with its layer on shapes like its own: what these alone decide is asked once."""
        return self._groups()[0]

    @property
    def firsts(self) -> list[Node]:
        """One node of each kind: the first of those that are alike."""
        return [node for node, first in zip(self.graph.nodes, self.alike, strict=True) if node.index == first]

    def inputs_of(self, index: int) -> tuple[Shape, ...] | None:
        """The shapes that enter a node, None when one is unknown."""
        return self._groups()[1][index]

    def _groups(self) -> tuple[list[int], list[tuple[Shape, ...] | None]]:
        if self._grouped is None:
            alike: list[int] = []
            inputs: list[tuple[Shape, ...] | None] = []
            shapes, firsts = self.shapes, dict[object, int]()
            for node in self.graph.nodes:
                entering = tuple([shapes[i] for i in node.inputs])
                first = firsts.setdefault((id(node.layer), entering, shapes[node.index]), node.index)
                alike.append(first)
                inputs.append(inputs[first] if first < node.index else None if None in entering else entering)  # type: ignore[arg-type]
            self._grouped = alike, inputs
        return self._grouped

    def each(self, compute: Callable[[Layer, tuple[Shape, ...]], Any], of_input: Any = None) -> list[Any]:
        """compute(layer, inputs) for every node, nodes alike asked once; None where a shape is unknown."""
        result: list[Any] = []
        for node, first in zip(self.graph.nodes, self.alike, strict=True):
            inputs = self.inputs_of(first)
            if first < node.index:
                result.append(result[first])
            elif node.layer is None:
                result.append(of_input if node.shape is not None else None)
            else:
                known = inputs is not None and self.shapes[first] is not None
                result.append(compute(node.layer, inputs) if known else None)  # type: ignore[arg-type]
        return result

    @property
    def parameters(self) -> list[tuple[int, int] | None]:
        """(trainable, frozen) of every node; a layer that is used again counts at its first use."""
        if self._parameters is None:
            self._parameters = self.each(_parameters, (0, 0))
            for node in self.graph.nodes:
                if node.shares is not None and self._parameters[node.index] is not None:
                    self._parameters[node.index] = (0, 0)
        return self._parameters

    def weighty(self, index: int) -> bool:
        """Whether a node has weights, its own or those that it shares with an earlier one."""
        if self._weighty is None:
            own = [any(parameters or ()) for parameters in self.parameters]
            self._weighty = [own[n.index if n.shares is None else n.shares] for n in self.graph.nodes]
        return self._weighty[index]

    @property
    def macs(self) -> list[Dim | None]:
        if self._macs is None:
            self._macs = self.each(lambda layer, inputs: layer.macs(inputs), 0)
        return self._macs

    @property
    def operations(self) -> list[tuple[Operation, ...] | None]:
        """The primitive operations of every node; none for an input."""
        if self._operations is None:
            self._operations = self.each(lambda layer, inputs: layer.operations(inputs), ())
        return self._operations

    @property
    def kernels(self) -> list[Kernel | None]:
        """The kernel of every node that has one."""
        if self._kernels is None:
            self._kernels = self.each(kernel_of, None)
        return self._kernels

    @property
    def windows(self) -> list[tuple[Window, ...]]:
        """The window of every node along each axis; none for a layer without, or of unknown shapes."""
        if self._windows is None:
            self._windows = [w or () for w in self.each(lambda layer, inputs: layer.windows(inputs), None)]
        return self._windows

    @property
    def keras_types(self) -> list[str | None]:
        """The Keras class that every layer becomes; None for an input, and where a shape is unknown."""
        if self._keras_types is None:
            self._keras_types = self.each(_keras_type)
        return self._keras_types

    @property
    def fields(self) -> list[NodeField]:
        """Receptive field of every node, without gates and statistics."""
        return self._structure()[0]

    @property
    def gates(self) -> set[tuple[int, int]]:
        """(merge, branch) wherever a branch is left out of a merge's field."""
        return self._structure()[1]

    def _structure(self) -> tuple[list[NodeField], set[tuple[int, int]]]:
        if self._fields is None:
            self._fields = receptive_fields(self.graph, self.shapes)
        return self._fields

    @property
    def statistics(self) -> dict[int, tuple[Dim, ...]]:
        """For every node that takes statistics over its map, over how many positions together along each axis."""
        if self._statistics is None:
            self._statistics = statistics_of(self.graph, self.shapes)
        return self._statistics

    @property
    def seen(self) -> list[frozenset[tuple[Dim, ...]]]:
        """For every node the spatial sizes of the inputs that it depends on; of words in rows the rows' length."""
        if self._seen is None:
            from cnnspec.facts.regions import texts  # which most checks do not need

            self._seen, words = [], texts(self.graph)
            for node in self.graph.nodes:
                shape = self.shapes[node.index]
                own = frozenset([shape if node.index in words else shape[:-1]] if node.layer is None and shape else [])
                self._seen.append(own.union(*[self._seen[i] for i in node.inputs]))
        return self._seen

    def coverage_of(self, index: int) -> float | None:
        """The share of the input that the receptive field of a node covers; None where its inputs have several sizes."""
        seen = self.seen[index]
        return coverage(self.fields[index], next(iter(seen)) if len(seen) == 1 else None)

    @property
    def left_out(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The merges whose fields leave gates out, and the layers whose fields leave statistics out."""
        taking = [index for index in self.statistics if isinstance(self.fields[index], tuple)]
        return tuple(sorted({merge for merge, _ in self.gates})), tuple(taking)

    # ---- totals: of what an output depends on, which is what Keras builds ------------------------------------
    def _used(self, figures: Sequence[Any]) -> list[Any]:
        return [figure for figure, used in zip(figures, self.graph.used(), strict=True) if used]

    def _sum(self, part: int) -> int | None:
        used = self._used(self.parameters)
        return None if None in used else sum([p[part] for p in used])

    @property
    def total_trainable(self) -> int | None:
        return self._sum(0)

    @property
    def total_frozen(self) -> int | None:
        return self._sum(1)

    @property
    def total_parameters(self) -> int | None:
        trainable, frozen = self.total_trainable, self.total_frozen
        return None if trainable is None or frozen is None else trainable + frozen

    @property
    def total_macs(self) -> Dim | None:
        used = self._used(self.macs)
        return None if None in used else add_up(used)

    @property
    def total_flops(self) -> Dim | None:
        return flops(self.total_macs)

    @property
    def layers(self) -> int:
        """How many layers the network has, the inputs included."""
        return sum(self.graph.used())

    @property
    def receptive_field(self) -> tuple[Field, ...] | None:
        """The network's receptive field, one `Field` a spatial axis; None where it has none or it is unknown."""
        index = self.deepest
        return None if index is None else self.fields[index]  # type: ignore[return-value]

    @property
    def coverage(self) -> float | None:
        """The share of the input that the network's receptive field covers; None where it has none or it is unknown."""
        return None if self.deepest is None else self.coverage_of(self.deepest)

    @property
    def deepest(self) -> int | None:
        """The node whose receptive field is the network's."""
        return deepest(self.fields, self.graph.used())


def _keras_type(layer: Layer, inputs: tuple[Shape, ...]) -> str:
    return next((call.around or call).name for call in layer.keras(inputs) if not call.helper)


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
