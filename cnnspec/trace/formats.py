"""The forms of a trace for people: one file writes each, and is imported when its form is asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.trace.board import Board
    from cnnspec.trace.trace import Trace

FORMATS = ("text", "markdown", "latex", "html")


def write_trace(trace: Trace, board: Board, format: str, decimals: bool = False, width: int | None = None) -> str:
    """What is drawn on a trace's board, in one of FORMATS; `width` is the text's."""
    if format == "markdown":
        from cnnspec.trace.markdown import write_markdown

        return write_markdown(board, decimals)
    if format == "latex":
        from cnnspec.trace.latex import write_latex

        return write_latex(board, decimals)
    if format == "html":
        from cnnspec.trace.html import write_html

        return write_html(trace, board, decimals)
    from cnnspec.trace.text import write_text

    return write_text(board, decimals, width)
