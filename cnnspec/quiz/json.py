"""A quiz as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from cnnspec.explain.written_arithmetic import TEXT
from cnnspec.quiz.wording import list_steps, write_variant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.quiz.question import Answer, Option, Question, Quiz, Slip

SCHEMA_VERSION = 1


def write_data(quiz: Quiz) -> dict[str, Any]:
    """The documented fields. Answers are lists of numbers: a figure is one of them; a fraction is a text, "10/3"."""
    return {
        "schema_version": SCHEMA_VERSION,
        "model": quiz.network.name,
        "file": quiz.network.source.name,
        "seed": quiz.seed,
        "variant": "\n".join(write_variant(quiz)) + "\n" if quiz.variant else None,
        "available": quiz.available,
        "questions": [question_data(question) for question in quiz.questions],
    }


def question_data(question: Question) -> dict[str, Any]:
    offered = {option.answer for option in question.options}
    return {
        "kind": question.kind,
        "layer": question.layer or None,
        "spec": "\n".join(question.spec) + "\n",
        "input": write_nested(question.input),
        "question": question.asks,
        "answer": write_numbers(question.answer),
        "options": [option_data(option) for option in question.options],
        "other_slips": [slip_data(slip) for slip in question.slips if slip.answer not in offered],
        "solution": [
            f"{name}: {sums}{words}" if name else f"{sums}{words}" for name, sums, words in list_steps(question, TEXT)
        ],
    }


def option_data(option: Option) -> dict[str, Any]:
    if option.slip is None:
        return {"answer": write_numbers(option.answer), "text": option.text, "slip": None, "why": None}
    return {
        "answer": write_numbers(option.answer),
        "text": option.text,
        "slip": option.slip.name,
        "why": option.slip.says,
    }


def slip_data(slip: Slip) -> dict[str, Any]:
    return {"answer": write_numbers(slip.answer), "slip": slip.name, "why": slip.says}


def write_numbers(answer: Answer) -> list[int | str]:
    return [number if isinstance(number, int) else str(number) for number in answer]


def write_nested(numbers: Any) -> Any:
    """Numbers in lists, as JSON has them."""
    return [write_nested(part) for part in numbers] if isinstance(numbers, tuple) else numbers
