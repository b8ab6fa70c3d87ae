"""A network's figures as rows, one a layer: what every table, JSON and the Python API are made from."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.facts.facts import flops
from cnnspec.facts.receptive_field import Whole
from cnnspec.syntax.tree import Input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Dim
    from cnnspec.facts.receptive_field import NodeField
    from cnnspec.graph import Node
    from cnnspec.layers.base import Shape, Weight
    from cnnspec.network import AnalysedNetwork


class ReceptiveField(Record):
    """Size, effective stride and effective padding in input positions, one of each a spatial axis.

    `whole`: the layer depends on all of an input; the size is then the input's, and there is no stride or padding.
    A padding is None where it depends on an unknown input size, a size where several inputs have different ones.
    """

    size: tuple[Dim, ...] | None
    stride: tuple[int | float, ...] | None
    padding: tuple[int | None, ...] | None
    whole: bool = False


class LayerFigures(Record):
    """One layer of a network, with its figures; None is unknown.

    `type` is the Keras class, or one of a Keras source's own; `inputs` are the names of the layers it reads; `output_shape` is without the batch,
    channels last; `trainable` and `non_trainable` count parameters; `macs` are of one example; `line` is where it
    is written; `shared_with` names the layer whose weights it uses again; `assumed`: its figures rest on a word that was
    taken for the one that is misspelt; `weights` are its weight tensors, in Keras's order and layout, none where it uses
    another's.
    """

    name: str
    type: str
    inputs: tuple[str, ...]
    output_shape: Shape | None
    trainable: int | None
    non_trainable: int | None
    macs: Dim | None
    receptive_field: ReceptiveField | None
    line: int
    shared_with: str | None = None
    assumed: bool = False
    weights: tuple[Weight, ...] | None = ()

    @property
    def params(self) -> int | None:
        """All parameters, trainable or not."""
        return None if self.trainable is None or self.non_trainable is None else self.trainable + self.non_trainable

    @property
    def flops(self) -> Dim | None:
        """2 * macs."""
        return flops(self.macs)


def find_figures(network: AnalysedNetwork) -> tuple[LayerFigures, ...]:
    """The figures of every node, inputs included, in the order of the text."""
    graph, facts, weights = network.graph, network.facts, find_weights(network)
    made = []
    for node in graph.nodes:
        parameters = facts.parameters[node.index]
        made.append(
            LayerFigures(
                node.name,
                find_keras_type(node, network),
                tuple([graph.nodes[i].name for i in node.inputs]),
                node.shape,
                None if parameters is None else parameters[0],
                None if parameters is None else parameters[1],
                facts.macs[node.index],
                measure_field(facts.fields[node.index], facts.seen[node.index]),
                node.site.first_line,
                None if node.shares is None else graph.nodes[node.shares].name,
                node.assumed,
                weights[node.index],
            )
        )
    return tuple(made)


def find_weights(network: AnalysedNetwork) -> list[tuple[Weight, ...] | None]:
    """The weight tensors of every node, at their first use where they are shared; None where they are unknown: of an
    opaque layer that has some only their number is known."""
    found: list[tuple[Weight, ...] | None] = network.facts.each(lambda layer, inputs: layer.weights(inputs), ())
    for node in network.graph.nodes:
        if node.shares is not None and found[node.index] is not None:
            found[node.index] = ()
        elif node.layer is not None and node.layer.stated and found[node.index]:
            found[node.index] = None
    return found


def find_keras_type(node: Node, network: AnalysedNetwork) -> str:
    """The class that a Keras source or model has there, as `model.summary()` shows it; elsewhere the Keras class that the layer
    becomes, or ours where it becomes none; "?" where there is no telling."""
    if node.layer is None:
        is_input = isinstance(node.site.node, Input) or node.index in network.graph.inputs
        return "InputLayer" if is_input else node.class_name or "?"
    return node.class_name or network.facts.keras_types[node.index] or type(node.layer).__name__


def measure_field(field: NodeField, sizes: frozenset[tuple[Dim, ...]] | None = None) -> ReceptiveField | None:
    """A field as figures; `sizes` are those of the inputs that it can be the whole of."""
    if field is None:
        return None
    if isinstance(field, Whole):
        return ReceptiveField(next(iter(sizes)) if sizes and len(sizes) == 1 else None, None, None, True)
    return ReceptiveField(
        tuple([axis.size for axis in field]),
        tuple([axis.stride for axis in field]),
        tuple([axis.padding for axis in field]),
    )
