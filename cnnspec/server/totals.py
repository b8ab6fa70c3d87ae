"""The totals of a network in one line, as far as they are known.

Where a mistake leaves a total unknown, those that stood there before stay, as "was 25,557,032 parameters · …"; without any
before, what is known is told: "at least 23,508,032 parameters".
"""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.record import Record
from cnnspec.base.size import add_up
from cnnspec.layers.base import show_shape
from cnnspec.tables.figures import round_figure, show_field
from cnnspec.tables.rows import measure_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Dim
    from cnnspec.network import AnalysedNetwork
    from cnnspec.server.document import Document

JOINT = " · "
LONGEST = 30  # characters of a figure that depends on a size which is not known


class Figure(Record):
    """A figure of a network in words, as far as it is known; `whole`: all of it is."""

    text: str
    whole: bool = True


def write_figures(network: AnalysedNetwork, document: Document) -> str:
    """The totals of a network as 1,234,567 parameters · 4.1 G MACs · receptive field 427x427 · output 1000."""
    figures = list_figures(network)
    shown = [figure.text if figure.whole else f"at least {figure.text}" for figure in figures if figure.text]
    line = JOINT.join([*shown, *["as assumed"] * (bool(shown) and network.graph.assumed)])
    if all(figure.whole for figure in figures):
        document.totals[network.name] = line
        return line
    return f"was {document.totals[network.name]}" if network.name in document.totals else line


def list_figures(network: AnalysedNetwork) -> list[Figure]:
    """The totals of a network."""
    facts, used = network.facts, network.graph.used()
    counts = [sum(count) for count, counts in zip(facts.parameters, used, strict=True) if counts and count is not None]
    macs = [count for count, counts in zip(facts.macs, used, strict=True) if counts and count is not None]
    fields = [field for field, counts in zip(facts.fields, used, strict=True) if counts]
    field, known = facts.receptive_field, None not in fields
    size = "" if field is None else show_field(measure_field(field))
    reach = Figure(f"receptive field {size}" if 0 < len(size) <= LONGEST else "", known)
    shapes = [network.graph.nodes[i].shape for i in network.graph.outputs]
    known = bool(shapes) and None not in shapes
    outputs = ", ".join(map(show_shape, shapes))
    return [
        count_parameters(sum(counts), facts.total.parameters is not None),
        count_macs(add_up(macs), facts.total.macs is not None),
        reach,
        Figure(f"output{'s' * (len(shapes) > 1)} {outputs}" if known else "", known),
    ]


def count_parameters(count: int, whole: bool = True) -> Figure:
    return Figure(count_nouns(count, "parameter") if whole or count else "", whole)


def count_macs(count: Dim, whole: bool = True) -> Figure:
    """So many MACs in short; nothing where they are a long expression in sizes that are not known."""
    number = round_figure(count)
    return Figure(f"{number} MACs" if len(number) <= LONGEST and (whole or count) else "", whole)
