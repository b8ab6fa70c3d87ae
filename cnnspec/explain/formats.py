"""The forms of an explanation for people: one file writes each, and is imported when its form is asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.explain.explanation import Explanation
    from cnnspec.network import AnalysedNetwork

FORMATS = ("text", "markdown", "latex")


def write_explanation(network: AnalysedNetwork, explanation: Explanation, format: str, width: int | None = None) -> str:
    """The explanation in one of FORMATS; `width` is the text's."""
    if format == "markdown":
        from cnnspec.explain.markdown import write_markdown

        return write_markdown(network, explanation)
    if format == "latex":
        from cnnspec.explain.latex import write_latex

        return write_latex(network, explanation)
    from cnnspec.explain.text import write_text

    return write_text(network, explanation, width)
