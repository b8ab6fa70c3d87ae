"""Expressions between the parameters and the quantities of one network: an objective, and the parts of conditions.

They are written as conditions of a sweep are, and computed for numbers of any kind: on a tape they become terms of it.
"""

from __future__ import annotations

import math

from cnnspec.base.record import Record
from cnnspec.base.tape import Taped, larger, plain
from cnnspec.layers.argument import Term
from cnnspec.lint.budget import QUANTITIES
from cnnspec.sweep.conditions import FUNCTIONS, BadCondition, make_quantity
from cnnspec.sweep.met import write
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from cnnspec.facts.facts import Facts
    from cnnspec.sweep.structure import Quantity

    Find = Callable[[Quantity], tuple[Any, ...] | None]

NO_NUMBER = "what is to be the largest or the smallest is one number, such as macs or sum(log2(w))"
COMPARED: dict[str, Callable[[Any], bool]] = {
    "<": lambda n: n < 0, "<=": lambda n: n <= 0, ">": lambda n: n > 0, ">=": lambda n: n >= 0, "==": lambda n: n == 0,
    "!=": lambda n: n != 0,
}  # fmt: skip


class Unknown(Exception):
    """A figure that is not known, or a division by zero: what is computed of it is unknown, too."""


class Objective(Record):
    """What is to be the largest, or the smallest. It is a figure of a network, as a quantity is."""

    text: str
    node: tree.Node
    is_largest: bool
    is_flag = False

    @property
    def name(self) -> str:
        return self.text

    def __str__(self) -> str:
        return self.text

    def measure(self, facts: Facts) -> tuple[Any, ...] | None:
        """Its one value; of a figure for each axis of the network the smallest."""
        try:
            values = Evaluation(facts.graph.parameters, lambda quantity: quantity.measure(facts)).numbers(self.node)
        except Unknown:
            return None
        return (smallest(values),)


class Comparison(Record):
    """A comparison of numbers in a condition as a figure: the differences of both sides, of each axis of the network one. What is
    compared and is no number, a word or a truth, is a truth by itself."""

    node: tree.Node
    is_flag = False

    @property
    def name(self) -> str:
        return "comparison"

    def measure(self, facts: Facts) -> tuple[Any, ...] | None:
        try:
            return compare(Evaluation(facts.graph.parameters, lambda quantity: quantity.measure(facts)), self.node)
        except Unknown:
            return None


def find_comparisons(node: tree.Node) -> list[tree.Node]:
    """The parts of a condition that are true or false by themselves."""
    if isinstance(node, tree.Logic):
        return [part for term in node.terms for part in find_comparisons(term)]
    return find_comparisons(node.value) if isinstance(node, tree.Opposite) else [node]


def compare(evaluation: Evaluation, node: tree.Node) -> tuple[Any, ...]:
    """The differences that a comparison compares with zero, or one truth."""
    if not isinstance(node, tree.Compare):
        return (evaluation.flag(node),)
    left, right = evaluation.value(node.left), evaluation.value(node.right)
    if not is_number(left) or not is_number(right):
        if node.operator not in ("==", "!="):
            raise BadCondition("what is no number is compared with == or !=")
        same = write(left) == write(right)
        return (same == (node.operator == "=="),)
    return tuple([a - b for a in as_parts(left) for b in as_parts(right)])


class Parts(Record):
    """Several numbers, one for each axis of the network."""

    values: tuple[Any, ...]


class Evaluation:
    """Expressions of one network: its parameters, and what finds its figures. Unknown where one is not known."""

    def __init__(self, parameters: Mapping[str, Any], find: Find) -> None:
        self.parameters, self.find = parameters, find

    def numbers(self, node: tree.Node) -> tuple[Any, ...]:
        value = self.value(node)
        if isinstance(value, bool):
            raise BadCondition(NO_NUMBER)
        return as_parts(value)

    def flag(self, node: tree.Node) -> bool:
        value = self.value(node)
        if not isinstance(value, bool):
            raise BadCondition("a condition is true or false: compare it with a number, params < 5M")
        return value

    def value(self, node: tree.Node) -> Any:
        """A number, `Parts`, a word or a list."""
        if isinstance(node, tree.Name) and node.text in self.parameters:
            return self.parameters[node.text]
        if isinstance(node, tree.Call) and isinstance(node.function, tree.Name) and node.function.text in FUNCTIONS:
            return self.call(node.function.text, [self.value(argument.value) for argument in node.arguments])
        if isinstance(node, tree.Name) and node.text not in QUANTITIES:
            return Term(node.text)
        if isinstance(node, (tree.Name, tree.Call)):
            return self.figure(make_quantity(node, [*self.parameters]))
        if isinstance(node, tree.Index):
            return self.element(self.value(node.value), self.value(node.index))
        if isinstance(node, tree.Signed):
            value = self.value(node.value)
            return Parts(tuple([-part for part in as_parts(value)])) if node.operator == "-" else value
        if isinstance(node, tree.Arithmetic):
            made = as_parts(self.value(node.first))
            for operator, part in node.rest:
                made = tuple([operate(operator, a, b) for a in made for b in as_parts(self.value(part))])
            return Parts(made)
        if isinstance(node, (tree.List, tree.Tuple)):
            return [self.value(item) for item in node.items]
        if isinstance(node, tree.Dims):
            return [*node.sizes]
        if isinstance(node, (tree.Number, tree.Text, tree.Flag)):
            return node.value
        raise BadCondition("numbers are computed with + - * / // %, min, max, sum, log2")

    def figure(self, quantity: Quantity) -> Any:
        values = self.find(quantity)
        if values is None:
            raise Unknown(str(quantity))
        return values[0] if quantity.is_flag else Parts(values)

    def element(self, value: Any, place: Any) -> Any:
        if not isinstance(value, (list, tuple)):
            raise BadCondition("only a parameter that is a list has elements")
        (number,) = as_parts(place)
        if not isinstance(number, int) or not -len(value) <= number < len(value):
            raise BadCondition(f"there is no element {plain(number)} in a list of {len(value)}")
        return value[number]

    def call(self, name: str, values: Sequence[Any]) -> Any:
        elements = [part for value in values for part in (value if isinstance(value, (list, tuple)) else [value])]
        parts = [part for element in elements for part in as_parts(element)]
        if not parts:
            raise BadCondition("min, max, sum and log2 take numbers, or a list of them: min(a, b), sum(w)")
        if name == "log2":
            return Parts(tuple(map(log2, parts)))
        if name == "sum":
            return sum(parts[1:], parts[0])
        return smallest(parts) if name == "min" else largest(parts)


def is_number(value: Any) -> bool:
    return isinstance(value, Parts) or isinstance(value, (int, float)) and not isinstance(value, bool)


def as_parts(value: Any) -> tuple[Any, ...]:
    """The numbers that a value is."""
    if not is_number(value):
        raise BadCondition("a list is no number: compare its elements, such as w[0]" if isinstance(value, (list, tuple))
                           else f"{write(value)} is no number")  # fmt: skip
    return value.values if isinstance(value, Parts) else (value,)


def operate(operator: str, left: Any, right: Any) -> Any:
    """An operation of the language on two numbers."""
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    if right == 0:
        raise Unknown("a division by zero")
    return left / right if operator == "/" else left // right if operator == "//" else left % right


def log2(number: Any) -> Any:
    """The logarithm to base 2: an operation on a tape, too."""
    if number <= 0:
        raise Unknown("the logarithm of what is not positive")
    value = math.log2(plain(number))
    return number.apply("log2", value) if isinstance(number, Taped) else value


def largest(parts: Sequence[Any]) -> Any:
    made = parts[0]
    for part in parts[1:]:
        made = larger(made, part)
    return made


def smallest(parts: Sequence[Any]) -> Any:
    """The smallest number; of numbers that are one on their tape this."""
    different = {(True, part.expression) if isinstance(part, Taped) else (False, part): part for part in parts}
    if len(different) == 1:
        return parts[0]
    return -largest([-part for part in different.values()])
