"""The page of the networks of a file."""

from __future__ import annotations

from cnnspec.draw.page.document import merge_styles, write_document
from cnnspec.draw.page.parts import THEME, write_network, write_totals_short
from cnnspec.tables.escape import xml
from cnnspec.tables.layout import write_title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.question import DrawQuestion
    from cnnspec.network import AnalysedNetwork


def write_networks(networks: Sequence[AnalysedNetwork], question: DrawQuestion) -> str:
    """The page; of several networks each has a tab."""
    several = len(networks) > 1
    made = [write_network(network, question, str(number), tabbed=several) for number, network in enumerate(networks)]
    title = networks[0].source.name if several else write_title(networks[0])
    totals = "" if several else f"<p>{xml(write_totals_short(networks[0]))}</p>"
    tabs = [
        f'<button type="button" role="tab" id="tab-{number}" aria-controls="network-{number}">{xml(network.name)}</button>'
        for number, network in enumerate(networks)
    ]
    choice = f'<div role="tablist" aria-label="Networks">{"".join(tabs)}</div>' if several else ""
    header = f"<header><h1>{xml(title)}</h1>{totals}{choice}{THEME}</header>"
    return write_document(
        title,
        f"{header}\n<main>{''.join([part for part, _ in made])}</main>",
        merge_styles([style for _, style in made]),
    )
