"""Explanations as Markdown."""

from __future__ import annotations

from cnnspec.explain.wording import write_flow, write_grounds, write_step, write_unknown
from cnnspec.explain.written_arithmetic import TEXT
from cnnspec.tables import escape
from cnnspec.tables.layout import add_place, write_title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.explain.derivation_steps import DerivationSection
    from cnnspec.explain.explanation import Explanation
    from cnnspec.network import AnalysedNetwork


def write_markdown(network: AnalysedNetwork, explanation: Explanation) -> str:
    """A heading for each layer, a list for each section."""
    blocks = [f"# {escape.markdown(write_title(network))}"] if explanation.layer is None else []
    for layer in explanation.layers:
        blocks.append(f"## {escape.code(layer.name)} ({layer.type})")
        written = escape.code(layer.written) if layer.written else ""
        blocks.append(add_place(escape.code(write_flow(layer)), layer.line, written))
        blocks += [f"**{s.title}**\n\n{write_items(s)}" for s in layer.sections] or [write_unknown(network)]
    if explanation.totals is not None:
        blocks.append(f"## Totals\n\n{write_items(explanation.totals)}")
    blocks += map(escape.markdown, write_grounds(network, explanation))
    return "\n\n".join(blocks) + "\n"


def write_items(section: DerivationSection) -> str:
    """A section's steps as a list."""
    lines = []
    for step in section.steps:
        sums, words = write_step(step, TEXT)
        text = (escape.code(sums) if sums else "") + escape.markdown(words)
        lines.append(f"- {escape.markdown(step.name) + ': ' if step.name else ''}{text}")
    return "\n".join(lines)
