"""The summary of a network as values: a row of figures for each layer, and the totals."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.tables.rows import find_figures, measure_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Dim
    from cnnspec.network import AnalysedNetwork
    from cnnspec.tables.rows import LayerFigures, ReceptiveField


class SummaryTotals(Record):
    """The figures of the whole network; None is unknown. Shared weights count once, unused layers not at all.

    `receptive_field` is that of the last layer before the whole input is mixed.
    """

    params: int | None
    trainable_params: int | None
    non_trainable_params: int | None
    macs: Dim | None
    flops: Dim | None
    receptive_field: ReceptiveField | None
    assumed: bool


class Summary(Record):
    """The layers in the order of the text, inputs included, and the totals."""

    layers: tuple[LayerFigures, ...]
    totals: SummaryTotals


def summarize(network: AnalysedNetwork) -> Summary:
    """The summary of an analysed network, also around a mistake."""
    facts = network.facts
    totals = SummaryTotals(
        facts.total.parameters,
        facts.total.trainable,
        facts.total.frozen,
        facts.total.macs,
        facts.total.flops,
        measure_field(facts.receptive_field),
        network.graph.assumed,
    )
    return Summary(find_figures(network), totals)
