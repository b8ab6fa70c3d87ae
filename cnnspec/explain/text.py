"""Explanations as text: arithmetic as a lecturer writes it on the board, floor((28 + 2*0 - 3)/1) + 1 = 26."""

from __future__ import annotations

from cnnspec.explain.wording import write_flow, write_grounds, write_head, write_step, write_unknown
from cnnspec.explain.written_arithmetic import TEXT
from cnnspec.tables.layout import add_place, write_title
from cnnspec.tables.page import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.explain.derivation_steps import DerivationSection
    from cnnspec.explain.explanation import Explanation
    from cnnspec.network import AnalysedNetwork


def write_text(network: AnalysedNetwork, explanation: Explanation, width: int | None = None) -> str:
    """A block of lines for each layer, then the totals."""
    page = Page(width)
    if explanation.layer is None:
        page.add_texts([write_title(network), ""])
    for number, layer in enumerate(explanation.layers):
        page.add_texts([""] * bool(number))
        page.add_text(add_place(write_head(layer), layer.line, layer.written), hanging=4)
        page.add_text(f"  {write_flow(layer)}", hanging=4)
        page.add_text()
        add_sections(page, layer.sections)
        if not layer.sections:
            page.add_text(f"  {write_unknown(network)}", hanging=4)
    if explanation.totals is not None:
        page.add_texts(["", "Totals"])
        add_sections(page, (explanation.totals,), titled=False)
    for text in write_grounds(network, explanation):
        page.add_text()
        page.add_text(text, hanging=4)
    return page.write()


def add_sections(page: Page, sections: tuple[DerivationSection, ...], titled: bool = True) -> None:
    """Sections as lines: the title, the step's name, the step."""
    width = max([len(s.title) for s in sections], default=0) + 2 if titled else 0
    inner = max([len(step.name) for s in sections for step in s.steps], default=0) + 2
    for section in sections:
        for i, step in enumerate(section.steps):
            first = section.title if i == 0 and titled else ""
            name = f"{step.name:{inner}}" if step.name else ""
            page.add_text(f"  {first:{width}}{name}{''.join(write_step(step, TEXT))}", width + len(name) + 2)
