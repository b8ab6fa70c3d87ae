"""What if some inputs or layers were others: the shapes of the graph then, without building it again."""

from __future__ import annotations

from cnnspec.facts.stride_remainder import count_left_over
from cnnspec.graph import Graph, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnspec.layers.base import Layer, Shape

FARTHEST = 64  # positions by which an input is made larger or smaller


class WhatIf:
    """Tries a graph with other inputs or layers. Each layer is asked once for each shape that enters it.

    Conditions of the text that ask for sizes keep the answer they had.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._outputs: dict[tuple[int, tuple[Shape, ...]], Shape | None] = {}
        self._misfits: dict[tuple[int, bool, tuple[Shape, ...]], bool] = {}
        self._fitting: dict[tuple[Sequence[bool], bool], list[tuple[int, ...]]] = {}

    def shapes(
        self, inputs: Mapping[int, Shape] | None = None, layers: Mapping[int, Layer] | None = None
    ) -> list[Shape] | None:
        """The shape of every node when some inputs or layers are replaced; None when a layer would refuse."""
        shapes: list[Shape] = []
        for node in self.graph.nodes:
            shape = self._shape(node, shapes, inputs or {}, layers or {})
            if shape is None:
                return None
            shapes.append(shape)
        return shapes

    def fitting(self, axes: Sequence[bool], strict: bool = False) -> list[tuple[int, ...]]:
        """The nearest smaller and larger sizes of the only input, changed along some axes, with which the network is legal
        and no stride leaves data over; `strict`: no stride leaves a remainder, of padding neither."""
        key = tuple(axes), strict
        if key not in self._fitting:
            index = self.graph.inputs[0]
            sizes = [n for n in self.graph.nodes[index].shape or () if isinstance(n, int)]
            found = []
            for direction in (-1, 1):
                for distance in range(1, FARTHEST + 1):
                    changed = zip(sizes, [*axes, False], strict=True)
                    tried = tuple([n + direction * distance * changes for n, changes in changed])
                    if min(tried) < 1:
                        break
                    if self._fits({index: tried}, strict):
                        found.append(tried)
                        break
            self._fitting[key] = found
        return self._fitting[key]

    def graph_of(self, layers: Mapping[int, Layer]) -> Graph | None:
        """The graph with other layers in the place of some; None when a layer would refuse."""
        shapes = self.shapes(layers=layers)
        if shapes is None:
            return None
        made = Graph(self.graph.name)
        made.inputs, made.outputs = self.graph.inputs, self.graph.outputs
        for node, shape in zip(self.graph.nodes, shapes, strict=True):
            layer = layers.get(node.index, node.layer)
            made.nodes.append(Node(node.index, layer, node.inputs, shape, node.label, node.site))
        return made

    def _fits(self, inputs: Mapping[int, Shape], strict: bool) -> bool:
        shapes: list[Shape] = []
        for node in self.graph.nodes:
            shape = self._shape(node, shapes, inputs, {})
            if shape is None:
                return False
            if node.layer is not None:
                entering = tuple([shapes[i] for i in node.inputs])
                key = id(node.layer), strict, entering
                if key not in self._misfits:
                    self._misfits[key] = (leaves_remainder if strict else leaves_over)(node.layer, entering)
                if self._misfits[key]:
                    return False
            shapes.append(shape)
        return True

    def _shape(
        self, node: Node, shapes: Sequence[Shape], inputs: Mapping[int, Shape], layers: Mapping[int, Layer]
    ) -> Shape | None:  # fmt: skip
        """The shape of a node behind nodes of these shapes; None where it is unknown or refused."""
        if node.layer is None:
            return inputs.get(node.index, node.shape)
        entering = tuple([shapes[i] for i in node.inputs])
        if node.layer.stated and entering != self.graph.input_shapes(node):
            return None
        if node.index in layers:
            return output_of(layers[node.index], entering)
        key = id(node.layer), entering
        if key not in self._outputs:
            self._outputs[key] = output_of(node.layer, entering)
        return self._outputs[key]


def output_of(layer: Layer, entering: tuple[Shape, ...]) -> Shape | None:
    """The shape behind a layer; None where it refuses."""
    return None if layer.problem(entering) is not None else layer.output(entering)


def leaves_remainder(layer: Layer, entering: tuple[Shape, ...]) -> bool:
    """Whether a layer's stride leaves a remainder where it rounds down."""
    if layer.rounds_up():
        return False
    pairs = zip(layer.windows(entering) or (), entering[0] if entering else (), strict=False)
    return any([isinstance(n, int) and window.remainder(n) != 0 for window, n in pairs])


def leaves_over(layer: Layer, entering: tuple[Shape, ...]) -> bool:
    """Whether a layer's windows leave positions of its input over."""
    return len(entering) == 1 and any(count_left_over(layer, entering[0]))
