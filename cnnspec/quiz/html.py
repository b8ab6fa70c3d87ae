"""A quiz as an HTML page, which loads nothing and runs nothing: each solution opens below its question."""

from __future__ import annotations

from string import ascii_lowercase

from cnnspec.explain.written_arithmetic import TEXT
from cnnspec.quiz.wording import list_steps, write_right, write_slip, write_title, write_variant
from cnnspec.tables.escape import xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.quiz.question import Question, Quiz

STYLE = (
    "body{font-family:sans-serif;max-width:48em;margin:2em auto;padding:0 1em;line-height:1.45}"
    "pre{background:rgba(128,128,128,.15);padding:.6em .8em;white-space:pre-wrap}summary{cursor:pointer}"
    "li{margin:.2em 0}section{margin:2em 0}"
)


def write_html(quiz: Quiz, solutions: bool = False) -> str:
    """The whole quiz as a page of its own."""
    title = xml(write_title(quiz))
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    parts = [f"<h1>{title}</h1>"]
    parts += [write_code(write_variant(quiz))] if quiz.variant else []
    parts += [write_question(number, question, solutions) for number, question in enumerate(quiz.questions, 1)]
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}<style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n'
    )


def write_question(number: int, question: Question, solutions: bool) -> str:
    answers = "".join([f"<li>{xml(option.text)}</li>" for option in question.options])
    asked = f"<p><b>{number}. {xml(question.asks)}</b></p>{write_code(question.spec)}"
    solution = write_solution(question) if solutions else ""
    return f'<section>{asked}\n<ol type="a">{answers}</ol>\n{solution}</section>'


def write_code(lines: Sequence[str]) -> str:
    return f"<pre>{chr(10).join(map(xml, lines))}</pre>"


def write_solution(question: Question) -> str:
    """The right answer and the steps to it, shut until it is asked for."""
    steps = "".join([
        f"<li>{xml(name) + ': ' if name else ''}{f'<code>{xml(sums)}</code>' if sums else ''}{xml(words)}</li>"
        for name, sums, words in list_steps(question, TEXT)
    ])  # fmt: skip
    options = zip(ascii_lowercase, question.options, strict=False)
    slips = "".join([f"<li>{letter}) {xml(write_slip(option.slip))}</li>" for letter, option in options if option.slip])
    right = xml(write_right(question))
    return f"<details><summary>Solution</summary><p><b>{right}</b></p><ul>{steps}</ul><ul>{slips}</ul></details>"
