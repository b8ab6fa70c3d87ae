"""What a typed answer is: a letter or a figure, and right, a slip, or another mistake."""

from __future__ import annotations

import re
from fractions import Fraction
from string import ascii_lowercase

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.layers.exact_numbers import Exact
    from cnnspec.quiz.question import Answer, Question, Slip

MINUS = "\N{MINUS SIGN}"
NUMBER = re.compile(r"\d{1,3}(?:[,_' ]\d{3})+|\d+")
VALUE = re.compile(rf"(?P<sign>[-+]?)\s*(?P<above>{NUMBER.pattern})(?:\s*/\s*(?P<below>\d+)|\.(?P<digits>\d+))?", re.A)
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
    answer = read_value(words, question) if question.input else read_answer(words, len(question.answer))
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


def read_value(text: str, question: Question) -> Answer | None:
    """A number of any sign: -7, 10/3, 3.5. A decimal of two digits or more stands for the answer, or that of a slip, that is
    rounded or cut to it: 3.33 for 10/3."""
    found = VALUE.fullmatch(text.replace(MINUS, "-")) if len(text) <= 100 else None
    below, digits = (found["below"] or "1", found["digits"] or "") if found else ("0", "")
    if found is None or not int(below):
        return None
    number = Fraction(int(re.sub(r"\D", "", found["above"]) + digits), 10 ** len(digits) * int(below))
    number = -number if found["sign"] == "-" else number
    for answer in (question.answer, *[slip.answer for slip in question.slips]):
        near = abs(number - answer[0]) * 2 * 10 ** len(digits) <= 1
        if len(digits) > 1 and (near or number == cut(answer[0], len(digits))):
            return answer
    return (number if number.denominator > 1 else int(number),)


def cut(number: Exact, digits: int) -> Fraction:
    """A number with so many digits behind its point, the others left out."""
    return Fraction(int(number * 10**digits), 10**digits)


def judge(question: Question, answer: Answer) -> Reply:
    slip = next((slip for slip in question.slips if slip.answer == answer), None)
    return Reply(answer, answer == question.answer, slip)
