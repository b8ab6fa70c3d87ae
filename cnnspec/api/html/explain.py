"""Explanations as HTML: a table for each layer, a step of a figure's derivation in each row."""

from __future__ import annotations

from cnnspec.explain.wording import write_flow, write_grounds, write_head, write_step, write_unknown
from cnnspec.explain.written_arithmetic import TEXT
from cnnspec.tables.html import HtmlTable, write_page
from cnnspec.tables.layout import add_place, write_title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.explain.derivation_steps import DerivationSection
    from cnnspec.explain.explanation import Explanation
    from cnnspec.network import AnalysedNetwork

HEADINGS = ("Figure", "Of", "Arithmetic")
MOST_OPEN = 3  # layers that are seen at once


def write_html(network: AnalysedNetwork, explanation: Explanation) -> str:
    """A table for each layer, then the totals; of many layers each folds away."""
    tables, folds = [], len(explanation.layers) > MOST_OPEN
    for layer in explanation.layers:
        title = f"{add_place(write_head(layer), layer.line, layer.written)}; {write_flow(layer)}"
        tables.append(
            HtmlTable(
                HEADINGS,
                list_steps(layer.sections) or [("", "", write_unknown(network))],
                title=title,
                folds=folds,
                seen=False,
            )
        )
    if explanation.totals is not None:
        tables.append(HtmlTable(HEADINGS, list_steps((explanation.totals,)), title="Totals"))
    return write_page(write_title(network), tables, write_grounds(network, explanation))


def list_steps(sections: Iterable[DerivationSection]) -> list[tuple[str, str, str]]:
    """The steps of sections as rows, a section's title in its first."""
    return [
        (section.title if i == 0 else "", step.name, "".join(write_step(step, TEXT)))
        for section in sections
        for i, step in enumerate(section.steps)
    ]
