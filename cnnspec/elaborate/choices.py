"""The values that make sense for a parameter or a hole: width=64 in 16..128:8, act=relu in [relu, swish], ?8..256:*2.

This is the one reading of ranges: of those in a text and of those of `sweep --over`. A range has both of its ends, as
everywhere in the language; behind a colon stands its step, or with * its factor. What stands in brackets are several values,
some of which may be ranges. Numbers are computed exactly, so that 0.1..0.3:0.1 ends with 0.3.
"""

from __future__ import annotations

from fractions import Fraction
from math import log, log1p

from cnnspec.base.limits import MAX_NUMBER
from cnnspec.base.record import Record
from cnnspec.base.source import brief, printable
from cnnspec.elaborate.values import UNKNOWN, Function, Tensor, describe
from cnnspec.layers.argument import Term, show
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, ClassVar

    from cnnspec.elaborate.evaluator import Evaluator
    from cnnspec.elaborate.values import Scope

MAX_VALUES = 1_000_000  # of one parameter
MAX_MULTIPLIED = 1_000  # numbers of a range with a factor
EXAMPLES = "16..128:8, 0.25..1.0:0.25 or 8..256:*2"


class Progression(Record):
    """The numbers of a range: `count` of them from the first, each `step` more than the one before; `whole` are ints."""

    first: Fraction
    step: Fraction
    count: int
    whole: bool

    def __iter__(self) -> Iterator[int | float]:
        if self.whole:
            first, step = int(self.first), int(self.step)
            yield from range(first, first + self.count * step, step)
        else:
            yield from map(self.find, range(self.count))

    def find(self, place: int) -> int | float:
        """The number at a place, counted from 0."""
        number = self.first + place * self.step
        return int(number) if self.whole else float(number)

    def __len__(self) -> int:
        return self.count

    def __contains__(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < MAX_NUMBER:
            return False
        place = round((Fraction(value) - self.first) / self.step)
        return 0 <= place < self.count and float(self.first + place * self.step) == value


class Choices(Record):
    """Values that make sense, as they are listed: `parts` are ranges and tuples of values. `text` is what is written; `site` is
    where the parameter has its value, which may be `given` from outside."""

    _uncompared: ClassVar[frozenset[str]] = frozenset({"site", "given"})
    parts: tuple[Progression | tuple[Any, ...], ...]
    text: str
    site: Any = None
    given: bool = False

    def __iter__(self) -> Iterator[Any]:
        for part in self.parts:
            yield from part

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def allow(self, value: Any) -> bool:
        """Whether a value is among them; a list also where each of its elements is one."""
        elements = value if isinstance(value, list) and self.are_of_elements else [value]
        return all([any([_is_in(element, part) for part in self.parts]) for element in elements])

    @property
    def are_of_elements(self) -> bool:
        """Whether, for a parameter that is a list, these are values of each of its elements: none of them is a list."""
        return not any([isinstance(value, list) for part in self.parts if isinstance(part, tuple) for value in part])


def _is_in(value: Any, part: Progression | tuple[Any, ...]) -> bool:
    if isinstance(part, Progression):
        return value in part
    return any([type(value) is type(one) and value == one or _same_number(value, one) for one in part])


def _same_number(value: Any, other: Any) -> bool:
    kinds = [isinstance(side, (int, float)) and not isinstance(side, bool) for side in (value, other)]
    return all(kinds) and bool(value == other)


class BadChoices(ValueError):
    """Values that make no sense: what is wrong with them, and where."""

    def __init__(self, message: str, node: tree.Node, help: str = "", code: str = "E012") -> None:
        super().__init__(message)
        self.message, self.node, self.help, self.code = message, node, help, code


class ChoiceReader:
    """Reads what stands behind `in`. Names are those of a scope: the constants of a file, where there is one."""

    def __init__(self, evaluator: Evaluator, scope: Scope, of_file: bool = True) -> None:
        self.of_file = of_file
        self.evaluator = evaluator
        self.scope = scope

    def read(self, values: tree.Values) -> Choices | None:
        """The values; None where a mistake is reported. Raises BadChoices."""
        choice = values.choice
        nodes = choice.items if isinstance(choice, tree.List) else (choice,)
        parts = [self.read_part(node) for node in nodes]
        if None in parts:
            return None
        text = " ".join(self.scope.source.text[choice.start : choice.end].split())
        if not nodes:
            raise BadChoices("there are no values here", values, f"write, for example, {EXAMPLES}")
        choices = Choices(tuple([part for part in parts if part is not None]), text)
        check_count(choices, choice)
        check_once([part for part in choices.parts if isinstance(part, tuple)], choice)
        return choices

    def read_part(self, node: tree.Node) -> Progression | tuple[Any, ...] | None:
        """A range, or one value; None where a mistake is reported."""
        for part in tree.walk(node):
            if isinstance(part, tree.Hole):
                raise BadChoices("a hole is no value", part, "write a number")
        if isinstance(node, tree.Range):
            return self.read_range(node)
        explain_range_words(node)
        value = self.evaluator.evaluate(node, self.scope, None)
        if value is UNKNOWN:
            return None
        if isinstance(value, (Function, Tensor)):
            help = f"write numbers, words, tuples or lists, such as {EXAMPLES}, or [relu, swish]"
            raise BadChoices(f"{describe(value)} is no value of a parameter that could be tried", node, help)
        return (value,)

    def read_range(self, node: tree.Range) -> Progression | tuple[Any, ...] | None:
        nodes = [part for part in (node.first, node.last, node.step) if part is not None]
        numbers = [self.read_number(part) for part in nodes]
        if UNKNOWN in numbers:
            return None
        first, last, *steps = numbers
        written = f'"{brief(printable(" ".join(self.scope.source.text[node.start : node.end].split())))}"'
        if "..." in written:
            raise BadChoices(f"{written} has three dots, and a range has two", node, f"write {EXAMPLES}")
        if not steps and isinstance(first, float):
            raise BadChoices(f"{written} needs a step", node, "a step stands behind a colon: 0.25..1.0:0.25")
        step = steps[0] if steps else 1
        if first > last:
            message = f"{written} is empty: its first number is larger than its last"
            raise BadChoices(message, node, f"write {show(last)}..{show(first)}")
        whole = isinstance(first, int) and isinstance(step, int)
        begin, end, by = [Fraction(repr(float(n)) if isinstance(n, float) else int(n)) for n in (first, last, step)]
        if not node.times:
            if by <= 0:
                raise BadChoices(f"{written} never ends: its step is to be more than 0", node, f"write {EXAMPLES}")
            return Progression(begin, by, (end - begin) // by + 1, whole)
        if by <= 1 or begin <= 0:
            message = f"{written} never ends: its factor is to be more than 1, and its first number more than 0"
            raise BadChoices(message, node, f"write {EXAMPLES}")
        if (log_of(end) - log_of(begin)) / log1p(by - 1) > MAX_MULTIPLIED:
            message = f"{written} has more than {MAX_MULTIPLIED:,} numbers"
            raise BadChoices(message, node, "take a larger factor", "E003")
        multiplied = []
        while begin <= end:
            multiplied.append(int(begin) if whole else float(begin))
            begin *= by
        return tuple(multiplied)

    def read_number(self, node: tree.Node) -> Any:
        """An end of a range, or its step; UNKNOWN where a mistake is reported."""
        value = self.evaluator.evaluate(node, self.scope, None)
        if value is UNKNOWN:
            return UNKNOWN
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < MAX_NUMBER:
            help = f"write, for example, {EXAMPLES}"
            if isinstance(value, Term) and self.of_file:
                help = "a name here is that of a constant outside of the model: n = 64"
            raise BadChoices(f"a range goes between numbers, not from or to {describe(value)}", node, help)
        return value


def log_of(number: Fraction) -> float:
    """The logarithm of a number that may be too small for a float."""
    return log(number.numerator) - log(number.denominator)


def explain_range_words(node: tree.Node) -> None:
    """BadChoices for what is meant as a range, and is none: 16-128, range(16, 128)."""
    if isinstance(node, tree.Call) and isinstance(node.function, tree.Name) and node.function.text == "range":
        help = "write 16..128:8 for range(16, 129, 8): both ends count"
        raise BadChoices("a range of values is not written as Python writes it", node, help)
    parts = [node.first, *[part for _, part in node.rest]] if isinstance(node, tree.Arithmetic) else []
    numbers = [part.text for part in parts if isinstance(part, tree.Number)]
    if isinstance(node, tree.Arithmetic) and node.rest[0][0] == "-" and len(numbers) == len(parts) == 2:
        message = f"{numbers[0]} - {numbers[1]} is one number, and no range"
        raise BadChoices(message, node, f"write {numbers[0]}..{numbers[1]}, with a step {numbers[0]}..{numbers[1]}:8")


def check_count(choices: Choices, node: tree.Node) -> None:
    """BadChoices for none, or too many."""
    if len(choices) > MAX_VALUES:
        raise BadChoices(f"these are more than {MAX_VALUES:,} values", node, "take a larger step", "E003")


def check_once(parts: Iterable[tuple[Any, ...]], node: tree.Node) -> None:
    """BadChoices for a value that is no number and stands there twice."""
    twice = find_twice([value for part in parts for value in part])
    if twice is not None:
        raise BadChoices(f"the value {show(twice)} stands here twice", node, "drop one")


def find_twice(values: Iterable[Any]) -> Any:
    """A value that is no number and stands among others twice; None where there is none."""
    seen = set()
    for value in values:
        key = type(value), str(value)
        if key in seen and not isinstance(value, (int, float)):
            return value
        seen.add(key)
    return None


def list_once(values: Iterable[Any]) -> tuple[Any, ...]:
    """Values in order, a number that stands there twice once."""
    found: dict[Any, Any] = {}
    for value in values:
        plain = isinstance(value, (int, float))
        found.setdefault((type(value), value if plain else str(value)), value)
    return tuple(found.values())
