"""A quiz as text: its questions with lettered answers; behind them the solutions, where they are wanted."""

from __future__ import annotations

from string import ascii_lowercase

from cnnspec.explain.written_arithmetic import TEXT
from cnnspec.quiz.wording import list_steps, write_right, write_slip, write_title, write_variant
from cnnspec.tables.page import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.quiz.question import Question, Quiz

INDENT = " " * 4


def write_text(quiz: Quiz, solutions: bool = False, width: int | None = None) -> str:
    """The whole quiz."""
    page = Page(width)
    page.add_text(write_title(quiz), 4)
    if quiz.variant:
        page.add_text()
        for line in write_variant(quiz):
            page.add_text(line, len(line) - len(line.lstrip(" ")) + 4)
    for number, question in enumerate(quiz.questions, 1):
        page.add_text()
        add_question(page, f"{number}. ", question)
    if solutions:
        page.add_texts(["", "Solutions"])
        for number, question in enumerate(quiz.questions, 1):
            page.add_text()
            page.add_text(f"{number}. {write_right(question)}", 4)
            add_solution(page, question)
            for letter, option in zip(ascii_lowercase, question.options, strict=False):
                if option.slip is not None:
                    page.add_text(f"{INDENT}{letter}) {write_slip(option.slip)}", 7)
    return page.write()


def add_question(page: Page, before: str, question: Question) -> None:
    """What is asked, about which layers, and the answers to choose from."""
    page.add_text(before + question.asks, 4)
    page.add_text()
    for line in question.spec:
        if line.startswith("#"):  # numbers in columns
            page.add_code([INDENT + line])
        else:
            page.add_text(INDENT + line, 8)
    page.add_text()
    for letter, option in zip(ascii_lowercase, question.options, strict=False):
        page.add_text(f"{INDENT}{letter}) {option.text}")


def add_solution(page: Page, question: Question) -> None:
    """The steps to the right answer."""
    steps = list_steps(question, TEXT)
    inner = max([len(name) for name, *_ in steps], default=0)
    for name, sums, words in steps:
        page.add_text(f"{INDENT}{name:{inner}}{'  ' * bool(inner)}{sums}{words}", 6)
