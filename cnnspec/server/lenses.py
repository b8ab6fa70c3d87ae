"""What stands above the heads of a text: a network's totals and what can be asked of it, and how often a block is used."""

from __future__ import annotations

from lsprotocol import types

from cnnspec.base.size import add_up
from cnnspec.pipeline import PythonAnalysis
from cnnspec.server.commands import SUMMARY, TRAIN
from cnnspec.server.totals import JOINT, count_macs, count_parameters, write_figures
from cnnspec.server.uris import is_file
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.network import AnalysedNetwork
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents
    from cnnspec.server.kept_text import Place
    from cnnspec.server.uses import Use

NOTHING = ""  # the command of a lens that only tells something


def list_lenses(document: Document, documents: Documents) -> list[types.CodeLens]:
    """The lenses of an open file, in the order of the text; none where the editor wants none."""
    if not documents.lenses:
        return []
    analysis = documents.know(document).analysis
    if isinstance(analysis, PythonAnalysis):
        return [*place_models(analysis, document)]
    lenses = [lens for network in analysis.networks for lens in place_network(network, document)]
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
def place_network(network: AnalysedNetwork, document: Document) -> Iterator[types.CodeLens]:
    """The totals of a network, and the way to its table, at its head; nothing of one that has no layer yet."""
    head = find_head(network)
    if head is not None and network.graph.nodes:
        yield from write_totals(network, network.name if network.item else None, "", head, document)


def write_totals(
    network: AnalysedNetwork, model: str | None, before: str, head: Place, document: Document
) -> Iterator[types.CodeLens]:
    """The totals of a network behind some words, and the way to its table; `model`: the name by which it is asked for."""
    figures = write_figures(network, document)
    for title in (f"{before}{figures}" if figures else "", "Summary"):
        if title:
            yield write_lens(title, SUMMARY, [document.uri, model], *head, document)


def find_head(network: AnalysedNetwork) -> tuple[int, int] | None:
    """Where a network begins: its `model` with its name, else its first input, else its first statement."""
    if network.item is not None:
        return network.item.start, network.item.name.end
    items = network.tree.body.items
    first = next((item for item in items if isinstance(item, tree.Input)), next(iter(items), None))
    return None if first is None else (first.start, first.end)


# ---- models of a Python source -------------------------------------------------------------------------------
def place_models(analysis: PythonAnalysis, document: Document) -> Iterator[types.CodeLens]:
    """The totals of the models that a Python source builds, each at the call that makes it, or that leads there where it is
    made in another file; of several at one place with their names."""
    from cnnspec.server.python_uses import find_model_sites

    by_head: dict[Place, list[AnalysedNetwork]] = {}
    sites = find_model_sites(analysis)
    for network in analysis.networks:
        site = sites[network.name]
        around = [site, *[step.site for step in reversed(site.steps)]]
        head = next((one.node for one in around if one.source.name == document.name), None)
        if head is not None and network.graph.nodes:
            by_head.setdefault((head.start, head.end), []).append(network)
    for place, networks in sorted(by_head.items()):
        for network in networks:
            before = f"{network.name}: " if len(networks) > 1 else ""
            yield from write_totals(network, network.name, before, place, document)


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
