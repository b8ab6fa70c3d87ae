"""What stands above the heads of a text: a network's totals and what can be asked of it, and how often a block is used.

Where a mistake leaves a total unknown, those that stood there before stay, as "was 25,557,032 parameters · …"; without any
before, what is known is told: "at least 23,508,032 parameters".
"""

from __future__ import annotations

from lsprotocol import types

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.record import Record
from cnnspec.base.size import add_up
from cnnspec.layers.base import show_shape
from cnnspec.server.commands import SUMMARY, TRAIN
from cnnspec.server.documents import is_file
from cnnspec.syntax import tree
from cnnspec.tables.figures import round_figure, show_field
from cnnspec.tables.rows import measure_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.base.size import Dim
    from cnnspec.network import AnalysedNetwork
    from cnnspec.server.documents import Document, Documents
    from cnnspec.server.uses import Use

JOINT = " · "
LONGEST = 30  # characters of a figure that depends on a size which is not known
NOTHING = ""  # the command of a lens that only tells something


class Figure(Record):
    """A figure of a network in words, as far as it is known; `whole`: all of it is."""

    text: str
    whole: bool = True


def list_lenses(document: Document, documents: Documents) -> list[types.CodeLens]:
    """The lenses of an open file, in the order of the text; none where the editor wants none."""
    if not documents.lenses:
        return []
    analysis = documents.know(document).analysis
    lenses = [lens for network in analysis.networks for lens in place_network(network, document, documents)]
    wholes = documents.find_uses(document, wholes=True)
    for item in analysis.tree.body.items:
        if isinstance(item, tree.Block):
            lenses += place_block(item, wholes.get((item.body.start, item.body.end), ()), document)
        elif isinstance(item, tree.Train) and documents.shows_results and is_file(document.uri):
            lenses += place_train(item, analysis.networks, document)
    return sorted(lenses, key=lambda lens: lens.range.start.line)


def write_lens(
    title: str, command: str, arguments: list[object], start: int, end: int, document: Document
) -> types.CodeLens:
    made = types.Command(title, command, arguments=arguments or None)
    return types.CodeLens(document.places.find_range(start, end), made)


# ---- networks ------------------------------------------------------------------------------------------------
def place_network(network: AnalysedNetwork, document: Document, documents: Documents) -> Iterator[types.CodeLens]:
    """The totals of a network, and the way to its table, at its head; nothing of one that has no layer yet."""
    head = find_head(network)
    if head is None or not network.graph.nodes:
        return
    arguments: list[object] = [document.uri, network.name if network.item else None]
    figures = write_figures(network, document)
    for title in (figures, "Summary"):
        if title:
            yield write_lens(title, SUMMARY, arguments, *head, document)


def find_head(network: AnalysedNetwork) -> tuple[int, int] | None:
    """Where a network begins: its `model` with its name, else its first input, else its first statement."""
    if network.item is not None:
        return network.item.start, network.item.name.end
    items = network.tree.body.items
    first = next((item for item in items if isinstance(item, tree.Input)), next(iter(items), None))
    return None if first is None else (first.start, first.end)


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


# ---- blocks --------------------------------------------------------------------------------------------------
def place_block(item: tree.Block, uses: Sequence[Use], document: Document) -> Iterator[types.CodeLens]:
    """How often a block is used, and what it comes to in all; nothing of one that no open file uses."""
    if uses:
        yield write_lens(write_uses(uses), NOTHING, [], item.start, item.name.end, document)


def write_uses(uses: Sequence[Use]) -> str:
    """The uses of a block as used 16 times · 23,454,912 parameters · 3.9 G MACs; of several networks how many these are."""
    shown = ["used once" if len(uses) == 1 else f"used {len(uses):,} times"]
    networks = {id(use.network) for use in uses}
    if len(networks) > 1:
        return JOINT.join([*shown, f"in {len(networks)} networks"])
    parameters = [use.parameters for use in uses if use.parameters is not None]
    macs = [use.macs for use in uses if use.macs is not None]
    if len(parameters) == len(uses):
        shown.append(count_parameters(sum(parameters)).text)
    if len(macs) == len(uses):
        shown.append(count_macs(add_up(macs)).text)
    return JOINT.join(filter(None, shown))


# ---- training ------------------------------------------------------------------------------------------------
def place_train(item: tree.Train, networks: Sequence[AnalysedNetwork], document: Document) -> Iterator[types.CodeLens]:
    """The way to train each network of a file, above its train section."""
    for network in networks:
        several = len(networks) > 1
        arguments: list[object] = [document.uri, *[network.name] * several]
        title = f"Train {network.name}" if several else "Train"
        yield write_lens(title, TRAIN, arguments, item.start, item.start + len("train"), document)
