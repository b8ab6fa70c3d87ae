"""One candidate, analysed with numbers on a tape: what it comes to holds for all that satisfy the tape's guards.

Whether it is legal is what `check` says: legal is what has no error of the language, of a layer, or of the rules that are on
by default. What makes it illegal is its first error.
"""

from __future__ import annotations

from functools import cache

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.record import Record
from cnnspec.base.tape import Tape
from cnnspec.elaborate.argument_binder import count_remembered, forget_from
from cnnspec.lint import rules
from cnnspec.lint.budget import ALONE, QUANTITIES
from cnnspec.pipeline import analyse_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.elaborate.files import Read
    from cnnspec.facts.facts import Facts
    from cnnspec.graph import Graph
    from cnnspec.syntax.tree import Tree


INPUT = (
    "input"  # the axis of the input's size, which is no parameter; its options are sizes, one an axis of the network
)


class Parameter(Record):
    """A parameter as a figure: one whose default is computed from others."""

    name: str
    is_flag = False

    def __str__(self) -> str:
        return self.name

    def measure(self, facts: Facts) -> tuple[Any, ...] | None:
        """Its value, where that is a number."""
        value = facts.graph.parameters[self.name]
        return (value,) if isinstance(value, (int, float)) else None


class Quantity(Record):
    """A figure of a network, as a budget names it: peak_memory with its arguments."""

    name: str
    arguments: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        given = ", ".join([f"{name}={value}" for name, value in self.arguments])
        return f"{self.name}({given})" if given else self.name

    @property
    def is_flag(self) -> bool:
        """Whether it is true or false, and no number."""
        return self.name in ALONE

    def measure(self, facts: Facts) -> tuple[Any, ...] | None:
        """Its values, one or one an axis; None where it is not known, or depends on the input's unknown size."""
        figure = QUANTITIES[self.name][0](facts, dict(self.arguments))
        known = figure is not None and all([isinstance(value, (int, float)) for value in figure.values])
        return figure.values if figure is not None and known else None


class Question(Record):
    """What is asked of every candidate: the spec and its model, by name, and the quantities."""

    tree: Tree
    model: str | None
    quantities: tuple[Quantity | Parameter, ...]
    read: Read
    max_layers: int
    channels: int = 0  # of the one input, where its size is an axis


class Answer(Record):
    """What one candidate comes to: the first error of an illegal one, or the values of each quantity."""

    error: Diagnostic | None
    figures: tuple[tuple[Any, ...] | None, ...]


class Structure(Record):
    """An answer for all candidates that satisfy the guards of a tape, whose numbers the figures are."""

    tape: Tape
    answer: Answer


class Refused(Exception):
    """Raised at the first error."""

    def __init__(self, error: Diagnostic) -> None:
        super().__init__(error.message)
        self.error = error


@cache
def error_codes() -> frozenset[str]:
    """The codes of the default rules that find errors."""
    return frozenset([code for code in rules.default_codes() if rules.module_of(code).SEVERITY == ERROR])


def find_answer(question: Question, parameters: Mapping[str, Any]) -> Answer:
    """What a candidate with these parameters comes to."""

    def refuse(graph: Graph, found: list[Diagnostic]) -> None:
        for diagnostic in found:
            if diagnostic.severity == ERROR:
                raise Refused(diagnostic)

    given = dict(parameters)
    size = given.pop(INPUT, None)
    shapes = {} if size is None else {0: (*size, question.channels)}
    try:
        analysis = analyse_tree(
            question.tree, given, question.model, question.max_layers, error_codes(), question.read, refuse, shapes
        )
    except Refused as refused:
        return Answer(refused.error, ())
    (network,) = analysis.networks
    return Answer(None, tuple([quantity.measure(network.facts) for quantity in question.quantities]))


def trace(question: Question, begin: Mapping[str, Any]) -> Structure:
    """The structure of a candidate. `begin` are its parameters, whose numbers that may change are `Begin` ones."""
    remembered = count_remembered()
    try:
        with Tape() as tape:
            answer = find_answer(question, {name: begin_numbers(value, tape) for name, value in begin.items()})
    finally:
        forget_from(remembered)
    if tape.stopped and answer.error is None:  # the mistake was one of a part that was tried and undone
        raise ValueError("a mistake was taken back")
    return Structure(tape, answer)


class Begin(Record):
    """A number that the tape begins with, and its name."""

    name: Any
    value: float


def begin_numbers(value: Any, tape: Tape) -> Any:
    """A parameter whose `Begin` numbers are on the tape."""
    if isinstance(value, Begin):
        return tape.begin(value.name, value.value)
    return type(value)([begin_numbers(part, tape) for part in value]) if type(value) in (list, tuple) else value
