"""Reads GIFT as Moodle's documentation has it, strictly: what is not plainly a multiple-choice question is refused.

Written from https://docs.moodle.org/en/GIFT_format alone: lines that begin with // are comments, an empty line parts two
questions, ::name:: and [format] may stand before the text, the answers stand in braces, = before the right one, ~ before a
wrong one, # before the feedback, #### before that of the question. ~ = # { } : mean themselves behind a backslash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MARKS = "~=#{}:\\"
PIECE = re.compile(r"\\(?P<escaped>.)|(?P<mark>[~=#{}:\\])|(?P<plain>[^~=#{}:\\]+)", re.S)


@dataclass
class GiftAnswer:
    right: bool
    text: str
    feedback: str


@dataclass
class GiftQuestion:
    name: str
    format: str
    text: str
    answers: list[GiftAnswer]
    feedback: str


def read_gift(text: str) -> list[GiftQuestion]:
    lines = [line for line in text.split("\n") if not line.startswith("//")]
    parts = re.split(r"\n[ \t]*\n", "\n".join(lines).strip("\n"))
    return [read_question(part) for part in parts]


def tokens(text: str) -> list[tuple[bool, str]]:
    """Pieces: whether each is a mark of GIFT, and its characters."""
    found = []
    for match in PIECE.finditer(text):
        if match["escaped"] is not None:
            assert match["escaped"] in MARKS + "n", match[0]
            found.append((False, "\n" if match["escaped"] == "n" else match["escaped"]))
        else:
            found.append((match["mark"] is not None, match[0]))
    return found


class Tokens:
    def __init__(self, text: str) -> None:
        self.left = tokens(text)

    def take(self, marks: str) -> None:
        """The marks that have to come now."""
        for mark in marks:
            assert self.left[:1] == [(True, mark)], (mark, self.left[:3])
            del self.left[0]

    def sees(self, marks: str) -> bool:
        return self.left[: len(marks)] == [(True, mark) for mark in marks]

    def words(self) -> str:
        """All that is no mark."""
        made = ""
        while self.left and not self.left[0][0]:
            made += self.left.pop(0)[1]
        return made


def read_question(text: str) -> GiftQuestion:
    left = Tokens(text)
    left.take("::")
    name = left.words()
    left.take("::")
    stated = left.words()
    format = re.match(r"\[(html|moodle|plain|markdown)\]", stated)
    assert format, stated
    left.take("{")
    assert not left.words().strip()
    answers: list[GiftAnswer] = []
    while left.sees("=") or left.sees("~"):
        right = left.sees("=")
        left.take("=" if right else "~")
        answer = left.words().strip()
        assert not answer.startswith("%"), "partial credit"
        left.take("#")
        answers.append(GiftAnswer(right, answer, left.words().strip()))
    left.take("####")
    feedback = left.words().strip()
    left.take("}")
    assert not left.words().strip() and not left.left, "a text behind the answers makes a missing word"
    return GiftQuestion(name, format[1], stated[format.end() :].strip(), answers, feedback)
