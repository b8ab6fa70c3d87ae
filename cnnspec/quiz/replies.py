"""What a typed answer is: a letter or a figure, and right, a slip, or another mistake."""

from __future__ import annotations

import re
from string import ascii_lowercase

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.quiz.question import Answer, Question, Slip

NUMBER = re.compile(r"\d{1,3}(?:[,_' ]\d{3})+|\d+")
SHAPE = re.compile(r"\(?\d+(?:\s*[x×*,]\s*\d+|\s+\d+)*\)?")


class Reply(Record):
    """An answer that was typed. `slip` is the one that leads to it, None where it is right, or no slip is known."""

    answer: Answer
    right: bool
    slip: Slip | None


def read_reply(question: Question, text: str) -> Reply | None:
    """What was typed; None where it is no answer to the question."""
    words = text.strip().lower().rstrip(".)") if len(text.strip()) < 3 else text.strip().lower()
    if len(words) == 1 and words in ascii_lowercase[: len(question.options)]:
        return judge(question, question.options[ascii_lowercase.index(words)].answer)
    answer = read_answer(words, len(question.answer))
    if answer is None or question.closed and answer not in [option.answer for option in question.options]:
        return None
    return judge(question, answer)


def read_answer(text: str, length: int) -> Answer | None:
    """So many numbers: 18,496 or 18496 is one, 26x26x32 or (26, 26, 32) are three. None for what is none."""
    if not text.isascii() and "×" not in text or len(text) > 100:
        return None
    if length == 1:
        return (int(re.sub(r"\D", "", text)),) if NUMBER.fullmatch(text) else None
    numbers = tuple(map(int, re.findall(r"\d+", text))) if SHAPE.fullmatch(text) else ()
    return numbers if len(numbers) == length else None


def judge(question: Question, answer: Answer) -> Reply:
    slip = next((slip for slip in question.slips if slip.answer == answer), None)
    return Reply(answer, answer == question.answer, slip)
