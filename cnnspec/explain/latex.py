"""Explanations as a LaTeX document that compiles by itself, with amsmath."""

from __future__ import annotations

from cnnspec.explain.wording import write_flow, write_grounds, write_head, write_step, write_unknown
from cnnspec.explain.written_arithmetic import LATEX
from cnnspec.tables import escape
from cnnspec.tables.layout import add_place, write_title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.explain.derivation_steps import DerivationSection
    from cnnspec.explain.explanation import Explanation
    from cnnspec.network import AnalysedNetwork

PREAMBLE = "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage{amsmath}\n\\begin{document}\n"


def write_latex(network: AnalysedNetwork, explanation: Explanation) -> str:
    """A subsection for each layer, a list for each of its sections."""
    blocks = [f"\\section*{{{escape.latex(write_title(network))}}}"] if explanation.layer is None else []
    for layer in explanation.layers:
        flow, written = escape.latex(write_flow(layer).replace("->", "to")), escape.latex(layer.written)
        placed = add_place(flow, layer.line, f"\\texttt{{{written}}}" if written else "")
        blocks.append(f"\\subsection*{{{escape.latex(write_head(layer))}}}\n{placed}")
        blocks += [write_section(section) for section in layer.sections] or [write_unknown(network)]
    if explanation.totals is not None:
        blocks.append(write_section(explanation.totals))
    blocks += map(escape.latex, write_grounds(network, explanation))
    return PREAMBLE + "\n\n".join(blocks) + "\n\\end{document}\n"


def write_section(section: DerivationSection) -> str:
    lines = [f"\\paragraph{{{section.title}}}", "\\begin{itemize}"]
    for step in section.steps:
        sums, words = write_step(step, LATEX)
        text = (f"${sums}$" if sums else "") + escape.latex(words)
        lines.append(f"  \\item {escape.latex(step.name) + ': ' if step.name else ''}{text}")
    return "\n".join([*lines, "\\end{itemize}"])
