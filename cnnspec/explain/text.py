"""Explanations as text: arithmetic as a lecturer writes it on the board, floor((28 + 2*0 - 3)/1) + 1 = 26."""

from __future__ import annotations

from cnnspec.base.source import printable
from cnnspec.explain.wording import UNKNOWN, write_flow, write_grounds, write_head, write_step
from cnnspec.explain.written_arithmetic import TEXT
from cnnspec.tables.layout import write_title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.explain.derivation_steps import DerivationSection
    from cnnspec.explain.explanation import Explanation
    from cnnspec.network import AnalysedNetwork


def write_text(network: AnalysedNetwork, explanation: Explanation) -> str:
    """A block of lines for each layer, then the totals."""
    blocks = [write_title(network)] if explanation.layer is None else []
    for layer in explanation.layers:
        lines = [f"{write_head(layer)}, line {layer.line}: {layer.written}", f"  {write_flow(layer)}", ""]
        blocks.append("\n".join([*lines, *(write_sections(layer.sections) or [f"  {UNKNOWN}"])]))
    if explanation.totals is not None:
        blocks.append("\n".join(["Totals", *write_sections((explanation.totals,), titled=False)]))
    blocks += write_grounds(network, explanation)
    return "\n".join([printable(line) for line in "\n\n".join(blocks).split("\n")]) + "\n"


def write_sections(sections: tuple[DerivationSection, ...], titled: bool = True) -> list[str]:
    """Sections as lines: the title, the step's name, the step."""
    width = max([len(s.title) for s in sections], default=0) + 2 if titled else 0
    inner = max([len(step.name) for s in sections for step in s.steps], default=0) + 2
    lines = []
    for section in sections:
        for i, step in enumerate(section.steps):
            first = section.title if i == 0 and titled else ""
            name = f"{step.name:{inner}}" if step.name else ""
            lines.append(f"  {first:{width}}{name}{''.join(write_step(step, TEXT))}")
    return lines
