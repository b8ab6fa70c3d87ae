"""Where in a network its findings are: for each layer what was found, and what has no layer."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, INFO, SEVERITIES, WARNING
from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.graph import Node
    from cnnspec.network import AnalysedNetwork

BADGE_COLORS = {ERROR: "error", WARNING: "warning", INFO: "note"}


class PlacedFindings(Record):
    """`at`: the findings of each layer, by its index; `elsewhere`: those of no layer, as of a budget."""

    at: dict[int, tuple[Diagnostic, ...]]
    elsewhere: tuple[Diagnostic, ...]

    def of(self, layers: Iterable[int]) -> tuple[Diagnostic, ...]:
        """The findings of some layers, each once, the worst first."""
        found = dict.fromkeys([diagnostic for index in layers for diagnostic in self.at.get(index, ())])
        return tuple(sorted(found, key=lambda one: SEVERITIES.index(one.severity)))

    def layers_of(self, finding: Diagnostic) -> list[int]:
        """The layers that a finding is at."""
        return [index for index, found in self.at.items() if any([one is finding for one in found])]


def write_badge(found: Sequence[Diagnostic]) -> tuple[str, str]:
    """The code of the worst finding, with how many more there are, and its color."""
    if not found:
        return "", ""
    codes = dict.fromkeys([one.code for one in found])
    return f"{found[0].code}{f' +{len(codes) - 1}' if len(codes) > 1 else ''}", BADGE_COLORS[found[0].severity]


def place_findings(network: AnalysedNetwork) -> PlacedFindings:
    """Every finding at the layers that it is about; an error at the one whose text it stands in, refused for it."""
    placed: dict[int, list[Diagnostic]] = {}
    elsewhere = []
    for found in network.diagnostics:
        layers = [*found.nodes] or find_layers_at(network, found)
        if not layers:
            elsewhere.append(found)
        for index in layers:
            placed.setdefault(index, []).append(found)
    return PlacedFindings({index: tuple(found) for index, found in placed.items()}, tuple(elsewhere))


def find_layers_at(network: AnalysedNetwork, found: Diagnostic) -> list[int]:
    """The layers that the innermost piece of text around a finding became: those refused, or the first of them."""
    span = found.span
    if span is None:
        return []
    around = [node for node in network.graph.nodes if holds(node, found)]
    if not around:
        return []
    shortest = min([node.site.node.end - node.site.node.start for node in around])
    nearest = [node for node in around if node.site.node.end - node.site.node.start == shortest]
    return [node.index for node in nearest if is_refused(network, node)] or [nearest[0].index]


def holds(node: Node, found: Diagnostic) -> bool:
    """Whether a finding stands in the text of a layer, or at the layer of a model, which has no text."""
    place, span = node.site.node, found.span
    if span is None or node.site.source.name != span.source.name:
        return False
    if not node.site.source.text:
        return node.site.span.mark == span.mark
    return place.start <= span.start and span.end <= place.end


def is_refused(network: AnalysedNetwork, node: Node) -> bool:
    """Whether a layer has no output though its inputs are known, or is called by a word that means nothing."""
    if node.shape is not None or node.index in network.graph.inputs:
        return False
    return node.layer is None or network.graph.input_shapes(node) is not None
