"""A network's shapes for many input sizes at once: each layer is asked once for each shape that enters it.

Sizes vary along an `AxisGroup`: one axis of an input, or several that vary together. A sweep holds a column for every
node: its shape at each size tried, None where it or a layer before it is refused.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.facts.stride_remainder import count_uncovered
from cnnspec.layers.shape import all_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import Layer, Shape

    Column = tuple[Shape | None, ...]


class AxisGroup(Record):
    """Axes of inputs that vary together: (input node, axis, times) each, of size n * times."""

    members: tuple[tuple[int, int, int], ...]

    def resize(self, shapes: Mapping[int, Shape], n: int) -> dict[int, Shape]:
        """The inputs' shapes with these axes at size n."""
        resized = dict(shapes)
        for index, axis, times in self.members:
            shape = resized[index]
            resized[index] = (*shape[:axis], n * times, *shape[axis + 1 :])
        return resized


class SizeSweep(Record):
    """`columns` of every node; `refused`: for every node that refuses sizes, the places of those in the column.

    `applied`: how many layers were applied, equal ones on equal columns once.
    """

    columns: list[Column]
    refused: dict[int, list[int]]
    applied: int


class ResizableGraph:
    """A graph whose inputs may get other sizes. Sizes are ints without a bound."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        numbers: dict[Layer | None, int] = {}
        self.kind = [numbers.setdefault(node.layer, len(numbers)) for node in graph.nodes]  # equal layers have one
        self.base: dict[int, Shape] = {i: graph.nodes[i].shape or () for i in graph.inputs}
        self._outputs: dict[int, dict[tuple[Shape, ...], Shape | None]] = {}
        self._weights: dict[tuple[int, tuple[Shape, ...]], tuple[Shape, ...]] = {}
        self._fits: dict[tuple[int, Shape], tuple[tuple[int, int], ...]] = {}

    def sweep(self, group: AxisGroup, sizes: Sequence[int]) -> SizeSweep:
        """The shapes of every node with the axes of a group at each of these sizes."""
        resized = [group.resize(self.base, n) for n in sizes]
        same: dict[Column, Column] = {}  # equal columns are one object, so that equal layers on them are applied once
        known: dict[tuple[int, tuple[int, ...]], tuple[Column, list[int]]] = {}
        columns: list[Column] = []
        refused: dict[int, list[int]] = {}
        for node in self.graph.nodes:
            if node.layer is None:
                made: tuple[Column, list[int]] = tuple([shapes[node.index] for shapes in resized]), []
            else:
                key = self.kind[node.index], tuple([id(columns[i]) for i in node.inputs])
                if key not in known:
                    known[key] = self._apply(node, node.layer, [columns[i] for i in node.inputs])
                made = known[key]
                if node.shares is not None:
                    made = self._refuse_sharing(node, made, columns)
            columns.append(same.setdefault(made[0], made[0]))
            if made[1]:
                refused[node.index] = made[1]
        return SizeSweep(columns, refused, max(1, len(known)))

    def _apply(self, node: Node, layer: Layer, entering: list[Column]) -> tuple[Column, list[int]]:
        known = self._outputs.setdefault(self.kind[node.index], {})
        outputs: list[Shape | None] = []
        refused = []
        for place, shapes in enumerate(zip(*entering, strict=True)):
            if shapes in known:
                output = known[shapes]
            elif None in shapes:
                output = None
            else:
                output = known[shapes] = None if layer.problem(shapes) else layer.output(shapes)
            if output is None and None not in shapes:
                refused.append(place)
            outputs.append(output)
        return tuple(outputs), refused

    def _refuse_sharing(
        self, node: Node, made: tuple[Column, list[int]], columns: list[Column]
    ) -> tuple[Column, list[int]]:
        """The column of a node that shares weights: refused too are sizes at which these would need another shape."""
        assert node.shares is not None
        original = self.graph.nodes[node.shares]
        outputs, refused = list(made[0]), list(made[1])
        for place, output in enumerate(outputs):
            here = tuple([columns[i][place] for i in node.inputs])
            there = tuple([columns[i][place] for i in original.inputs])
            if output is None or not all_known(here) or not all_known(there):
                continue
            if self.weight_shapes(node, here) != self.weight_shapes(original, there):
                outputs[place] = None
                refused.append(place)
        return tuple(outputs), refused

    def weight_shapes(self, node: Node, entering: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """The shapes of a node's weights on given inputs."""
        key = self.kind[node.index], entering
        if key not in self._weights:
            assert node.layer is not None
            self._weights[key] = tuple([weight.shape for weight in node.layer.weights(entering)])
        return self._weights[key]

    def find_remainders(self, node: Node, entering: Shape) -> tuple[tuple[int, int], ...]:
        """For each axis along which a node slides a window: the remainder, and what of the input no window covers."""
        key = self.kind[node.index], entering
        if key not in self._fits:
            windows = (node.layer.windows((entering,)) if node.layer is not None else None) or ()
            self._fits[key] = tuple(
                [(w.remainder(n), count_uncovered(w, n)) for w, n in zip(windows, entering, strict=False)]  # type: ignore[arg-type]
            )
        return self._fits[key]


def count_sized_axes(graph: Graph, index: int) -> int:
    """How many axes of an input have a size: all but the channels; of a text, the axis of its words too."""
    node = graph.nodes[index]
    readers = [other.layer for other in graph.nodes if index in other.inputs]
    of_words = bool(readers) and all(layer is not None and layer.indexes for layer in readers)
    return len(node.shape or ()) - (0 if of_words else 1)
