"""Everything that the Python face can be asked of a network, and what must be true of the answers."""

from __future__ import annotations

import json
from contextlib import suppress

from cnnspec.api import Network, SpecError, diff
from cnnspec.lint.fix.behaviour import same_graph
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import Analysis
from tests.fuzz.truth import claim, not_json

FEW = 60  # layers of a network that everything is asked of


def asked(analysis: Analysis) -> None:
    """Ask each network of a text, those with mistakes too."""
    for checked in analysis.networks:
        if len(checked.graph.nodes) <= FEW:
            figures(Network(checked))
            if not checked.broken and checked.graph.inputs and checked.graph.outputs:
                written_again(checked)


def figures(network: Network) -> None:
    """Tables and derivations in every form; what a network does not have is refused by the errors that are promised."""
    for format in ("text", "markdown", "csv", "json"):
        claim(network.to_text(format), "an empty table", format)
    json.loads(network.to_text("json"), parse_constant=not_json)
    for format in ("text", "markdown", "latex"):
        network.explain(format=format)
    json.loads(network.explain(format="json"), parse_constant=not_json)
    claim(repr(network) and network._repr_html_(), "a network shows nothing")
    for layer in network.layers[:6]:
        try:
            network.explain(layer.name)
            network.receptive_field_of(layer.name)
        except (LookupError, ValueError) as refusal:
            claim(type(refusal) in (LookupError, ValueError), "another error than promised", repr(refusal))
    with suppress(SpecError):  # legal for no size
        network.sizes()


def written_again(checked: AnalysedNetwork) -> None:
    """A sound network's Keras source is Python, where Keras computes it; its spec reads back as itself, and it is the same as itself."""
    from cnnspec.compile.keras_source import to_source
    from cnnspec.facts.facts import find_keras_problems
    from cnnspec.spec_writer import to_text

    if not any(find_keras_problems(checked.facts)):
        compile(to_source(checked), "net.py", "exec")
    claim(diff(Network(checked), Network(checked)).same, "a network differs from itself")
    claim(same_graph(checked.graph, checked.graph), "a graph differs from itself")
    if all(node.shape and all(isinstance(n, int) for n in node.shape) for node in checked.graph.nodes):
        claim(to_text(checked.graph), "a network has no text")
