"""Questions as values: what is shown, what is right, and which slip leads to each wrong answer.

An answer is a tuple of numbers: a figure is one of them, a shape or the size of a field several. Figures and sizes are whole;
the value of a layer may lie below zero, and be a fraction.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.layers.base import show_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, TypeAlias

    from cnnspec.explain.derivation_steps import DerivationSection
    from cnnspec.layers.exact_numbers import Exact
    from cnnspec.network import AnalysedNetwork
    from cnnspec.quiz.excerpt import Excerpt
    from cnnspec.trace.formula import Formula

    Answer: TypeAlias = "tuple[Exact, ...]"


class NoQuiz(ValueError):
    """Why a quiz cannot be made: a sentence."""


class Slip(Record):
    """A usual mistake: its name, the answer that it leads to, and what was overlooked, in a sentence."""

    name: str
    answer: Answer
    says: str


class Draft(Record):
    """A question that can be asked. `slips` are all that lead to another answer, the most usual first; `closed`: the right
    answer is one of those offered, and not the only one that there is; `formula`: how a value comes about."""

    excerpt: Excerpt
    asks: str
    answer: Answer
    slips: tuple[Slip, ...]
    closed: bool = False
    formula: Formula | None = None


class Option(Record):
    """One of the answers that are offered; the right one has no slip."""

    answer: Answer
    slip: Slip | None

    @property
    def text(self) -> str:
        """The answer as it is written: 18,496 or 26x26x32."""
        return show_answer(self.answer)


class Question(Record):
    """A question as it is asked. `spec`: the lines of the layers that it is about, in the language, on an input of their own;
    `layer`: the name of the layer, "" for all of them; `slips`: those offered and those not; `solution`: as explain has it, of a
    value as trace has it; `input`: the numbers that enter, as trace takes them, where it is about numbers."""

    kind: str
    layer: str
    spec: tuple[str, ...]
    asks: str
    answer: Answer
    options: tuple[Option, ...]
    slips: tuple[Slip, ...]
    closed: bool
    solution: tuple[DerivationSection | Formula, ...]
    input: tuple[Any, ...] | None = None


class Quiz(Record):
    """Questions about a network. `available`: how many of these kinds there are; `variant`: whether the network is one that
    the seed made."""

    _uncompared: ClassVar[frozenset[str]] = frozenset({"network"})
    network: AnalysedNetwork
    questions: tuple[Question, ...]
    available: int
    seed: int
    variant: bool


def show_answer(answer: Answer) -> str:
    """An answer as it is written: 18,496 or 26x26x32, -7 or 10/3."""
    return show_number(answer[0]) if len(answer) == 1 else show_shape(tuple([int(n) for n in answer]))


def show_number(number: Exact) -> str:
    """18,496, 10/3."""
    return f"{number:,}" if isinstance(number, int) else str(number)


def keep_wrong(answer: Answer, slips: list[Slip], signed: bool = False) -> tuple[Slip, ...]:
    """The slips that lead to a wrong answer that could be one, each answer once: of those that lead to the same the first.
    `signed`: what lies below zero could be one."""
    wrong = [slip for slip in slips if slip.answer != answer and (signed or min(slip.answer) >= 0)]
    kept = {slip.answer: slip for slip in reversed(wrong)}
    return tuple([slip for slip in slips if kept.get(slip.answer) is slip])
