"""Explanations as values: for each layer what enters and leaves it, and its figures' derivations.

An explanation of a whole network leaves out the sections with nothing to derive, and ends with the totals.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.explain.derivation import derive_layer, derive_totals
from cnnspec.tables.rows import find_keras_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.explain.derivation_steps import DerivationSection
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork


class LayerExplanation(Record):
    """One layer: its name and Keras class, where and how it is written, (name, shape) of what it reads, its figures.

    `sections` are empty where a mistake keeps the figures unknown.
    """

    name: str
    type: str
    line: int
    written: str
    inputs: tuple[tuple[str, Shape | None], ...]
    output: Shape | None
    used: bool
    sections: tuple[DerivationSection, ...]
    assumed: bool


class Explanation(Record):
    """The layers that are explained. `layer` is the one that was asked for; None: all of them, and the totals."""

    layer: str | None
    layers: tuple[LayerExplanation, ...]
    totals: DerivationSection | None


def explain_network(network: AnalysedNetwork, layer: str | None) -> Explanation:
    """The layer of a name, or every layer and the totals. Raises LookupError for a layer that is not there."""
    chosen = range(len(network.graph.nodes)) if layer is None else [network.find_layer(layer)]
    return Explanation(
        layer, explain_layers(network, chosen, layer is None), derive_totals(network.facts) if layer is None else None
    )


def explain_layers(
    network: AnalysedNetwork, chosen: range | list[int], leave_out_empty: bool
) -> tuple[LayerExplanation, ...]:
    """Some layers, by index; with or without the sections that have nothing to derive."""
    nodes, used = network.graph.nodes, network.graph.used()
    layers = []
    for index in chosen:
        node = nodes[index]
        sections = [s for s in derive_layer(network.facts, index) if not (leave_out_empty and s.nothing)]
        layers.append(
            LayerExplanation(
                node.name,
                find_keras_type(node, network),
                node.site.first_line,
                node.site.written,
                tuple([(nodes[i].name, nodes[i].shape) for i in node.inputs]),
                node.shape,
                used[index],
                tuple(sections),
                node.assumed,
            )
        )
    return tuple(layers)
