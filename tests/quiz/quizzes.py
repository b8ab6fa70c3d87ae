"""Networks that are asked about, and the questions that there are about them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import cnnspec
from cnnspec.quiz import find_quiz
from cnnspec.quiz.question import Question, Quiz
from tests.example_files import EXAMPLES
from tests.support import THOROUGH

MNIST = EXAMPLES / "lectures" / "lecture4_mnist.cnn"
MANY = "input 20x20x6\nconv(8, 5x5, stride=2, padding=2) -> bn -> relu\ndepthwise_conv(3x3, padding=1) -> conv(16, 3x3, groups=4)\nseparable_conv(12, 3x3)\navgpool(3x3, stride=2)\nflatten -> dense(10)\n"
LINE = "input 50x4\nconv(8, 5, stride=3) -> maxpool(2) -> conv(8, 3, dilation=2)\ngap -> dense(3)\n"
SOLID = "input 9x9x9x2\nconv(4, 3x3x3, stride=2) -> maxpool(2x2x2)\nflatten -> dense(5, bias=false)\n"
TEXTS = (MNIST.read_text(encoding="utf-8"), MANY, LINE, SOLID)


def draw(
    text: str, kinds: tuple[str, ...] = (), count: int | None = None, seed: int = 1, variant: bool = False
) -> Quiz:
    return find_quiz(cnnspec.loads(text, name="net.cnn").analysed, kinds, count, seed, variant)


@cache
def all_of(text: str, seed: int = 1, variant: bool = False) -> Quiz:
    """Every question that there is."""
    return draw(text, (), draw(text, (), None, seed, variant).available, seed, variant)


def drawn() -> Iterator[Question]:
    """Some dozens of questions of networks and variants; over a thousand in the thorough profile."""
    for text in TEXTS:
        yield from all_of(text).questions
        for seed in range(12 if THOROUGH else 1):
            yield from all_of(text, seed, True).questions


def find_question(layer: str, kind: str) -> Question:
    return next(q for q in all_of(TEXTS[0]).questions if (q.kind, q.layer) == (kind, layer) and not q.closed)
