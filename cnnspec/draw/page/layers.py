"""What a page knows of every layer of a network: where it is written, what it reads, what is found there, its derivation."""

from __future__ import annotations

from cnnspec.draw.boxes.findings import place_findings
from cnnspec.draw.page.fields import field_data, lost_data
from cnnspec.explain.explanation import explain_layers
from cnnspec.explain.wording import write_step
from cnnspec.explain.written_arithmetic import TEXT
from cnnspec.findings.sentence import write_sentence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.draw.page.texts import Texts
    from cnnspec.explain.explanation import LayerExplanation
    from cnnspec.graph import Node
    from cnnspec.network import AnalysedNetwork

MOST_DERIVED = 250_000  # characters of derivations that a page holds


def network_data(network: AnalysedNetwork, texts: Texts) -> dict[str, Any]:
    """The data of a network's page, but for its pictures and its tables."""
    nodes, used = network.graph.nodes, network.graph.used()
    placed = place_findings(network)
    found = [finding_data(one, placed.layers_of(one), texts) for one in network.diagnostics]
    return {
        "name": network.name,
        "file": network.source.name,
        "whole": network.whole,
        "layers": [layer_data(node, texts, used[node.index]) for node in nodes],
        "outputs": list(network.graph.outputs),
        "findings": found,
        **derivation_data(network),
        "reach": field_data(network),
        "lost": lost_data(network),
    }


def layer_data(node: Node, texts: Texts, used: bool) -> dict[str, Any]:
    """One layer; what holds of few layers is left out for the others."""
    steps = [[str(step), texts.place_site(step.site)] for step in node.site.steps]
    made: dict[str, Any] = {"name": node.name, "inputs": list(node.inputs), "at": texts.place(node)}
    written = node.site.written if texts.network.has_text else ""
    flags = {
        "path": steps,
        "written": written,
        "unused": not used,
        "assumed": node.assumed,
        "refused": node.shape is None,
    }
    return made | {name: value for name, value in flags.items() if value}


def finding_data(found: Diagnostic, layers: Sequence[int], texts: Texts) -> dict[str, Any]:
    """One finding: what it says, its layers, its line."""
    at = None
    if found.span is not None and found.span.source.text and found.position is not None:
        line = found.position[0]
        at = (texts.add(found.span.source), line, line)
    return {
        "code": found.code,
        "severity": found.severity,
        "says": write_sentence(found),
        "layers": [*layers],
        "at": at,
    }


# ---- derivations -----------------------------------------------------------------------------------------------
def derivation_data(network: AnalysedNetwork) -> dict[str, Any]:
    """`steps`: the different steps of derivations, as (section, figure, arithmetic); `derivations`: of every layer their
    numbers, None from where on a page would be too large."""
    steps: dict[tuple[str, str, str], int] = {}
    derivations: list[list[int] | None] = []
    held = 0
    for index in range(len(network.graph.nodes)):
        if held > MOST_DERIVED:
            derivations.append(None)
            continue
        (layer,) = explain_layers(network, [index], True)
        rows = list_steps(layer)
        held += sum([len("".join(row)) for row in rows if row not in steps])
        derivations.append([steps.setdefault(row, len(steps)) for row in rows])
    return {"steps": list(steps), "derivations": derivations}


def list_steps(layer: LayerExplanation) -> list[tuple[str, str, str]]:
    """The steps of a layer's sections, each with its section's title."""
    return [
        (section.title, step.name, "".join(write_step(step, TEXT)))
        for section in layer.sections
        for step in section.steps
    ]
