"""The graph of a model whose tensors are views of its nodes, built operator by operator."""

from __future__ import annotations

from collections import Counter
from math import prod

from cnnspec.base.record import Record
from cnnspec.base.source import Source
from cnnspec.elaborate.layer_placer import find_count_problem, find_memory_problem
from cnnspec.graph import Graph, Node, Site
from cnnspec.layers.argument import Unfit
from cnnspec.model_files.layer_words import find_word, make_layer
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.views.atoms import OPEN_BATCH, Atom, find_telling, multiply_sizes
from cnnspec.model_files.views.tensor import Inexpressible, Tensor, holds_batch
from cnnspec.model_files.views.weight_ref import WeightRef
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.layers.base import Layer, Shape, Weight
    from cnnspec.model_files.views.atoms import Axis


class Place(Record):
    """Where an operator comes from: the path of its module, and the line of a Python file, "" and 0 where none is known."""

    module: str = ""
    file: str = ""
    line: int = 0


class GraphBuilder:
    """Adds nodes, each in the arrangement that its layer needs. `place` is that of the operator that is being converted.

    `remarks` are sentences on what the graph cannot show; `weights` are those of each node by its index; `differing` says of
    nodes by their indices what Keras computes otherwise.
    """

    def __init__(self, name: str, source: Source) -> None:
        self.graph = Graph(name)
        self.source = source
        self.place = Place()
        self.remarks: list[str] = []
        self.weights: dict[int, tuple[WeightRef, ...]] = {}
        self.differing: dict[int, str] = {}
        self.used_weights: set[str] = set()  # the names of those that some layer has
        self.axes: list[tuple[Axis, ...]] = []  # of each node, without the batch
        self.arranged: dict[
            tuple[int, tuple[Layer, ...]], list[int]
        ] = {}  # a node, layers → the nodes in that arrangement
        self._batch = Atom(OPEN_BATCH, is_batch=True)
        self._first_use: dict[
            tuple[Any, ...], int
        ] = {}  # weights and what is taken of them → the node that had them first
        self._reordered: list[int] = []  # nodes whose weights meet their input's values in another order

    # ---- nodes ---------------------------------------------------------------------------------------------
    def add_input(self, shape: Sequence[int | None], channels_first: bool = True) -> Tensor:
        """An input of the model, its shape with the batch first; None: a batch of any size. Raises ModelRefused."""
        batch, *sizes = shape if shape else (None,)
        if not 1 <= len(sizes) <= 4 or not all([isinstance(n, int) and n > 0 for n in sizes]):
            shown = "x".join(["?" if n is None else str(n) for n in shape]) or "a single value"
            raise ModelRefused(f"an input's shape is {shown}: it must be a batch and 1 to 4 sizes, each known")
        if not self.graph.inputs:
            self._batch.size = OPEN_BATCH if batch is None else batch
        elif self._batch.size != (OPEN_BATCH if batch is None else batch):
            raise ModelRefused("the inputs have different batches")
        seen = [(Atom(n),) for n in sizes if n is not None]
        own = (*seen[1:], seen[0]) if channels_first and len(seen) > 1 else tuple(seen)
        if problem := find_count_problem("an input", tuple([multiply_sizes(axis) for axis in own])):
            raise ModelRefused(problem.message)
        index = self._add_node(None, (), own, tree.Input(0, 0, None, None))
        self.graph.inputs.append(index)
        return Tensor(index, ((self._batch,), *seen))

    def add_layer(
        self, layer: Layer, *inputs: int, weights: Sequence[WeightRef] = (), axes: Sequence[Axis] | None = None
    ) -> int:
        """A layer on some nodes; its index. `axes`: those of its output, where it has the atoms of an input; else they are new.

        A layer that has just the weights of an earlier one is that layer used again; one of frozen weights alone is frozen.
        Raises Inexpressible.
        """
        shapes = self.find_shapes(inputs)
        need_legal_values(layer)
        if problem := layer.problem(shapes):
            raise Inexpressible(problem.message)
        layer = freeze_layer(layer, shapes, weights)
        if problem := find_memory_problem(layer, shapes, layer.output(shapes)):
            raise ModelRefused(problem.message)
        made = axes if axes is not None else [(Atom(n),) for n in layer.output(shapes) if isinstance(n, int)]
        index = self._add_node(layer, inputs, made, tree.Bad(0, 0))
        if weights:
            found = self.weights[index] = fit_weights(weights, layer.weights(shapes))
            self.used_weights.update([weight.name for weight in weights])
            same = tuple([(weight.name, weight.steps, weight.stored) for weight in found])
            first = self._first_use.setdefault(same, index)
            if first != index:
                earlier = self.graph.nodes[first]
                if earlier.layer == layer and layer.weights(self.find_shapes(earlier.inputs)) == layer.weights(shapes):
                    self.graph.nodes[index].shares = first
        return index

    def add_opaque(
        self, operator: str, inputs: Sequence[Tensor], shape: Sequence[int], weights: Sequence[WeightRef] = ()
    ) -> Tensor:
        """A layer of which only the shape of its output (as the framework has it, without the batch) and its weights are
        known, for an operator that the language has no layer for. Which arrangement it reads does not matter."""
        own = (*shape[1:], shape[0])
        trained, frozen = [sum([prod(w.shape) for w in weights if w.trainable is state]) for state in (True, False)]
        nodes = dict.fromkeys([x.node for x in inputs])
        layer = make_layer("opaque", op=operator, shape=own, params=trained, frozen=frozen)
        return self.see_channels_first(self.add_layer(layer, *nodes, weights=weights))

    @property
    def batch(self) -> Atom:
        return self._batch

    def _add_node(self, layer: Layer | None, inputs: tuple[int, ...], axes: Sequence[Axis], written: tree.Node) -> int:
        place = self.place
        source = Source(place.file, "") if place.file else self.source
        site = Site(source, written, line=place.line, module=place.module)
        label = "input" if layer is None else find_word(layer)
        shape = tuple([multiply_sizes(axis) for axis in axes])
        node = Node(len(self.graph.nodes), layer, inputs, shape, label, site)
        self.graph.nodes.append(node)
        self.axes.append(tuple(axes))
        return node.index

    def find_shapes(self, nodes: Sequence[int]) -> tuple[tuple[int, ...], ...]:
        return tuple([tuple([multiply_sizes(axis) for axis in self.axes[index]]) for index in nodes])

    # ---- from nodes to tensors -----------------------------------------------------------------------------
    def see_channels_first(self, node: int) -> Tensor:
        """A node as batch, channels, then the other axes."""
        own = self.axes[node]
        return Tensor(node, ((self._batch,), *own[-1:], *own[:-1]))

    def see(self, node: int, order: Sequence[int] | None = None) -> Tensor:
        """A node as batch, then its axes, in an order counted from 0, their own unless given."""
        own = self.axes[node]
        return Tensor(node, ((self._batch,), *[own[axis] for axis in order or range(len(own))]))

    def need_batch_first(self, x: Tensor) -> None:
        """Raises Inexpressible where the first axis is not the batch alone."""
        if (
            not x.axes
            or [atom for atom in find_telling(x.axes[0]) if atom is not self._batch]
            or any(map(holds_batch, x.axes[1:]))
        ):
            raise Inexpressible("it mixes the examples of a batch with other axes")

    def note_reordered(self) -> None:
        """Note that the weights of the next node meet its input's values in another order than in the framework."""
        self._reordered.append(len(self.graph.nodes))

    # ---- the end -------------------------------------------------------------------------------------------
    def finish(self, outputs: Sequence[int]) -> Graph:
        """The graph, of what these nodes depend on."""
        graph = self.graph
        graph.outputs = [*dict.fromkeys(outputs)]
        used = graph.used()
        reordered = len([index for index in self._reordered if used[index]])
        if reordered:
            one = reordered == 1
            which = "1 layer reads a map that was" if one else f"{reordered} layers read maps that were"
            rows = f"the rows of {'its weight' if one else 'their weights'} stand channels last"
            self.remarks.append(f"{which} flattened channels first: here {rows}, which concerns trained weights alone")
        self._drop_unused(used)
        self._name_nodes()
        graph.remark = "; ".join(self.remarks)
        return graph

    def _drop_unused(self, used: list[bool]) -> None:
        graph = self.graph
        kept = [node for node in graph.nodes if used[node.index] or node.layer is None]
        number = {node.index: index for index, node in enumerate(kept)}
        first: dict[int, int] = {}  # the node whose weights are shared → the first of those that are kept
        for node in kept:
            owner = node.index if node.shares is None else node.shares
            node.shares = first.get(owner)
            node.index, node.inputs = number[node.index], tuple([number[index] for index in node.inputs])
            first.setdefault(owner, node.index)
        graph.nodes = kept
        graph.inputs = [number[index] for index in graph.inputs]
        graph.outputs = [number[index] for index in graph.outputs]
        self.weights = {number[index]: weights for index, weights in self.weights.items() if index in number}
        self.differing = {number[index]: what for index, what in self.differing.items() if index in number}

    def _name_nodes(self) -> None:
        """Name each node by its module, where that has no other node and no module within."""
        modules = [node.site.module for node in self.graph.nodes]
        outer = {module[:end] for module in modules for end, letter in enumerate(module) if letter == "."}
        counts = Counter(modules)
        for node, module in zip(self.graph.nodes, modules, strict=True):
            if module and counts[module] == 1 and module not in outer:
                node.name = module


def fit_weights(weights: Sequence[WeightRef], own: Sequence[Weight]) -> tuple[WeightRef, ...]:
    """A layer's weights in its own shapes; where they are others, their numbers are not known."""
    fitting = [weight.fit(mine.shape) for weight, mine in zip(weights, own, strict=False) if len(weights) == len(own)]
    if fitting and all(fitting):
        return tuple([weight for weight in fitting if weight is not None])
    return tuple([weight.replace(stored=None) for weight in weights])


def need_legal_values(layer: Layer) -> None:
    """Raises Inexpressible where an argument has a value that none may have, as a stride of 0: formulas rely on that."""
    for name, value in layer.argument_values().items():
        declared = layer.arguments[name]
        if value != declared.record_default:
            try:
                declared.kind(value)
            except Unfit as unfit:
                raise Inexpressible(f"its {name} must be {unfit.expected}") from None


def freeze_layer(layer: Layer, shapes: tuple[Shape, ...], weights: Sequence[WeightRef]) -> Layer:
    """A layer with trainable=false where all of its weights are frozen that training would change."""
    learned = find_learned(layer, shapes, weights)
    return layer.replace(trainable=False) if learned and not any([w.trainable for w in learned]) else layer


def find_learned(layer: Layer, shapes: tuple[Shape, ...], weights: Sequence[WeightRef]) -> list[WeightRef]:
    """Those weights of a layer that training would change unless it is frozen: not a batch normalisation's moving figures."""
    if not weights or "trainable" not in layer.arguments:
        return []
    return [weight for weight, own in zip(weights, layer.own_weights(shapes), strict=False) if own.trainable]
