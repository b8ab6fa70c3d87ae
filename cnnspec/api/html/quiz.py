"""A quiz as HTML, for a notebook."""

from __future__ import annotations

from string import ascii_lowercase

from cnnspec.quiz.wording import write_right, write_title, write_variant
from cnnspec.tables.html import HtmlTable, write_details, write_frame, write_lines, write_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.quiz.question import Question, Quiz

HEADINGS = ("", "Layers", "Question", "Answers")


def write_html(quiz: Quiz) -> str:
    """The questions as a table, and below it the answers that are right, which are seen once they are asked for."""
    rows = [write_row(number, question) for number, question in enumerate(quiz.questions, 1)]
    right = [f"{number}. {write_right(question)}" for number, question in enumerate(quiz.questions, 1)]
    body = write_table(HtmlTable(HEADINGS, rows)) + write_lines(write_variant(quiz))
    return write_frame(write_title(quiz), body + write_details("What is right", write_lines(right)))


def write_row(number: int, question: Question) -> tuple[str, ...]:
    options = zip(ascii_lowercase, question.options, strict=False)
    answers = ", ".join([f"{letter}) {option.text}" for letter, option in options])
    numbers = [line.removeprefix("# ") for line in question.spec if line.startswith("#")]
    source, *layers = [line for line in question.spec if not line.startswith("#")]
    shown = " -> ".join([f"{source} ({' / '.join(numbers)})" if numbers else source, *layers])
    return (f"{number}.", shown, question.asks, answers)
