"""The ends of a network, its inputs and outputs, as data are matched with them: one by one."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.facts.graph_queries import name_outputs
from cnnspec.train.cut_sizes import find_cut_sizes, fix_sizes
from cnnspec.train.errors import TrainingFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.source import Span
    from cnnspec.graph import Graph
    from cnnspec.layers.base import Shape
    from cnnspec.train.settings import TrainSettings


class End(Record):
    """An input or an output: its node's index and name, its shape, its place in a text.

    `called` is what a sentence calls it: "the network" where it is the only one of its side, else "the input left".
    `data` is what a sentence calls the data for it: "digits", or "left of pairs.npz" where they have its name.
    `trained`: it has a loss, if it is an output.
    """

    index: int
    name: str
    shape: Shape
    span: Span | None
    called: str
    data: str
    trained: bool = True

    def with_own_data(self) -> End:
        """The same end, of data that have its name."""
        return self.replace(data=f"{self.name} of {self.data}")


class Ends(Record):
    """The inputs and outputs of a network, in its order. `paired`: the data are examples from which pairs or triplets for the
    inputs are drawn."""

    inputs: tuple[End, ...]
    outputs: tuple[End, ...]
    paired: bool = False

    @property
    def trained(self) -> tuple[End, ...]:
        """The outputs that have a loss."""
        return tuple([end for end in self.outputs if end.trained])


def find_ends(graph: Graph, settings: TrainSettings) -> Ends:
    """The ends of a network as a training of these settings sees them: sizes that it leaves open are those of the windows that are
    cut out of images. Raises TrainingFailed for one without errors alone."""
    data = settings.data or "the data"
    if settings.pairing:
        data = f"{settings.pairing} of {data}"
    sides = []
    opened = find_cut_sizes(graph, settings)
    own = [graph.nodes[index].name for index in graph.inputs]
    for indices, names, noun in ((graph.inputs, own, "input"), (graph.outputs, name_outputs(graph), "output")):
        found = []
        for index, name in zip(indices, names, strict=True):
            node = graph.nodes[index]
            if node.shape is None:
                raise TrainingFailed(f"{graph.name} has no {noun} of a known shape", "correct its errors first")
            called = "the network" if len(indices) == 1 else f"the {noun} {name}"
            trained = noun == "input" or settings.trains(name)
            shape = fix_sizes(node.shape, opened)
            found.append(End(index, name, shape, node.site.span, called, data, trained))
        if not found:
            raise TrainingFailed(f"{graph.name} has no {noun} of a known shape", "correct its errors first")
        sides.append(tuple(found))
    inputs, outputs = sides
    return Ends(inputs, outputs, bool(settings.pairing))
