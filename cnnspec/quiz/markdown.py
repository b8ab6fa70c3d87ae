"""A quiz as Markdown: a heading for each question, and one for each solution."""

from __future__ import annotations

from string import ascii_lowercase

from cnnspec.explain.written_arithmetic import TEXT
from cnnspec.quiz.wording import list_steps, write_right, write_slip, write_title, write_variant
from cnnspec.tables import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.quiz.question import Question, Quiz


def write_markdown(quiz: Quiz, solutions: bool = False) -> str:
    """The whole quiz."""
    blocks = [f"# {escape.markdown(write_title(quiz))}"]
    blocks += [write_code(write_variant(quiz))] if quiz.variant else []
    for number, question in enumerate(quiz.questions, 1):
        options = zip(ascii_lowercase, question.options, strict=False)
        answers = [f"- {letter}) {escape.markdown(option.text)}" for letter, option in options]
        blocks += [
            f"## Question {number}",
            write_code(question.spec),
            escape.markdown(question.asks),
            "\n".join(answers),
        ]
    if solutions:
        blocks.append("# Solutions")
        for number, question in enumerate(quiz.questions, 1):
            blocks += [
                f"## Solution {number}",
                f"**{escape.markdown(write_right(question))}**",
                *write_solution(question),
            ]
    return "\n\n".join(blocks) + "\n"


def write_code(lines: Sequence[str]) -> str:
    """Lines of a spec; those of a file hold nothing that ends a fence, since names and texts stand inside a line."""
    return "\n".join(["```cnn", *[line.replace("```", "'''") for line in lines], "```"])


def write_solution(question: Question) -> list[str]:
    """The steps as a list, and what is wrong with the other answers."""
    steps = [
        f"- {escape.markdown(name) + ': ' if name else ''}{escape.code(sums) if sums else ''}{escape.markdown(words)}"
        for name, sums, words in list_steps(question, TEXT)
    ]
    options = zip(ascii_lowercase, question.options, strict=False)
    slips = [f"- {letter}) {escape.markdown(write_slip(option.slip))}" for letter, option in options if option.slip]
    return ["\n".join(steps), "The other answers:", "\n".join(slips)]
