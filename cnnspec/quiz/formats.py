"""The forms of a quiz for people and for Moodle: one file writes each, and is imported when its form is asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.quiz.question import Quiz

FORMATS = ("text", "markdown", "latex", "html", "gift")


def write_quiz(quiz: Quiz, format: str, solutions: bool = False, width: int | None = None) -> str:
    """The quiz in one of FORMATS; `width` is the text's. In GIFT the solutions always stand, as Moodle shows them last."""
    if format == "markdown":
        from cnnspec.quiz.markdown import write_markdown

        return write_markdown(quiz, solutions)
    if format == "latex":
        from cnnspec.quiz.latex import write_latex

        return write_latex(quiz, solutions)
    if format == "html":
        from cnnspec.quiz.html import write_html

        return write_html(quiz, solutions)
    if format == "gift":
        from cnnspec.quiz.gift import write_gift

        return write_gift(quiz)
    from cnnspec.quiz.text import write_text

    return write_text(quiz, solutions, width)
