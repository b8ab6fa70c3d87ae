"""Conditions between the parameters and the quantities of candidates, worked out for many at once.

A quantity with a figure for each axis of the network, such as the receptive field, meets a comparison where all of them do. What
is not known meets none, nor its opposite. Ints are exact: what may leave 64 bits is computed with Python's own.
"""

from __future__ import annotations

import numpy as np

from cnnspec.base.record import Record
from cnnspec.layers.argument import Term
from cnnspec.lint.budget import QUANTITIES
from cnnspec.sweep.bounds import EXACT, INT64, find_bounds, within
from cnnspec.sweep.conditions import BadCondition, make_quantity
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from cnnspec.sweep.conditions import Condition

FUNCTIONS: dict[str, Callable[..., Any]] = {"min": np.minimum, "max": np.maximum, "sum": np.add, "log2": np.log2}
ARITHMETIC: dict[str, tuple[str, Callable[..., Any]]] = {
    "+": ("add", np.add), "-": ("sub", np.subtract), "*": ("mul", np.multiply), "/": ("truediv", np.true_divide),
    "//": ("floordiv", np.floor_divide), "%": ("mod", np.mod),
}  # fmt: skip
COMPARISONS: dict[str, Callable[..., Any]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
}  # fmt: skip

ma: Any = np.ma


class Options(Record):
    """The value of a parameter of every candidate: its options, and which each takes; all None: the same."""

    options: tuple[Any, ...]
    digits: NDArray[np.intp] | None


class Met:
    """Which of some candidates meet conditions. `names` are parameters and, by their quantity, figures, one array an axis of
    the network. `divided`: those that would divide by zero, or take the logarithm of what is not positive, which is not
    known either."""

    def __init__(self, names: Mapping[Any, Any], count: int, parameters: Sequence[str]) -> None:
        self.names, self.count, self.parameters = names, count, parameters
        self.divided = np.zeros(count, bool)

    def meets(self, condition: Condition) -> NDArray[np.bool_]:
        """Which meet a condition."""
        with np.errstate(all="ignore"):
            return self.flag(condition.node, np.ones(self.count, bool))

    def flag(self, node: tree.Node, asked: NDArray[np.bool_], wanted: bool = True) -> NDArray[np.bool_]:
        """Of which candidates a truth is known to be as `wanted`; `asked` are those for which it decides something."""
        if isinstance(node, tree.Logic):
            found = self.flag(node.terms[0], asked, wanted)
            for term in node.terms[1:]:
                if (node.operator == "and") == wanted:
                    found = found & self.flag(term, asked & found, wanted)
                else:
                    found = found | self.flag(term, asked & ~found, wanted)
            return found
        if isinstance(node, tree.Opposite):
            return self.flag(node.value, asked, not wanted)
        if isinstance(node, tree.Flag):
            return np.full(self.count, node.value == wanted)
        if isinstance(node, tree.Compare):
            return self.compare(node, asked, wanted)
        value = self.value(node, asked)
        if isinstance(value, Options) and all([isinstance(option, bool) for option in value.options]):
            return np.asarray(self.spread(value) == wanted, bool)
        if isinstance(value, list) and all([part.dtype == bool for part in value]):
            return self.all_of(value, wanted)
        raise BadCondition("a condition is true or false: compare it with a number, params < 5M")

    def all_of(self, parts: Sequence[Any], wanted: bool = True) -> NDArray[np.bool_]:
        """Where all of some truths are known and true; not `wanted`: where one is known and false."""
        found = np.full(self.count, bool(parts) and wanted)
        for part in parts:
            found = found & ma.filled(part, False) if wanted else found | ~ma.filled(part, True)
        return found

    def compare(self, node: tree.Compare, asked: NDArray[np.bool_], wanted: bool) -> NDArray[np.bool_]:
        left, right = self.value(node.left, asked), self.value(node.right, asked)
        for one, other in ((left, right), (right, left)):
            if isinstance(one, tuple) or isinstance(one, Options) and not is_number(one.options):
                if node.operator not in ("==", "!=") or not isinstance(other, (Options, tuple)):
                    raise BadCondition("what is no number is compared with == or !=")
                same = self.match(one, other)
                return same if (node.operator == "==") == wanted else ~same
        pairs = [(a, b) for a in self.numbers(left) for b in self.numbers(right)]
        return self.all_of([ma.asarray(COMPARISONS[node.operator](*exact("lt", a, b)[:2])) for a, b in pairs], wanted)

    def match(self, one: Options | tuple[Any, ...], other: Options | tuple[Any, ...]) -> NDArray[np.bool_]:
        """Which have the same value, that is no number: a word, or a list, as a tuple where its elements differ by themselves."""
        if isinstance(one, tuple) or isinstance(other, tuple):
            elements = [side if isinstance(side, tuple) else split_list(side) for side in (one, other)]
            if len(elements[0]) != len(elements[1]):
                return np.zeros(self.count, bool)
            return self.all_of([self.match(a, b) for a, b in zip(*elements, strict=True)])
        same = np.array([[write(a) == write(b) for b in other.options] for a in one.options])
        digits = [0 if side.digits is None else side.digits for side in (one, other)]
        return np.broadcast_to(same[digits[0], digits[1]], (self.count,))

    def value(self, node: tree.Node, asked: NDArray[np.bool_]) -> Any:
        """An expression: `Options`, or a list of arrays."""
        if isinstance(node, tree.Name) and node.text in self.parameters:
            return self.names[node.text]
        if isinstance(node, (tree.Name, tree.Call)) and (function := self.function(node)) is not None:
            return self.call(function, node, asked)
        if isinstance(node, tree.Name) and node.text not in QUANTITIES:
            return Options((Term(node.text),), None)
        if isinstance(node, (tree.Name, tree.Call)):
            return self.names[make_quantity(node, self.parameters)]
        if isinstance(node, tree.Index):
            return self.index(self.value(node.value, asked), self.value(node.index, asked))
        if isinstance(node, tree.Signed):
            inner = self.value(node.value, asked)
            parts = self.numbers(inner)
            if isinstance(inner, Options) and inner.digits is None:
                return Options((-inner.options[0],), None) if node.operator == "-" else inner
            return [-part for part in parts] if node.operator == "-" else parts
        if isinstance(node, tree.Arithmetic):
            made = self.numbers(self.value(node.first, asked))
            for operator, part in node.rest:
                made = [
                    self.operate(operator, a, b, asked) for a in made for b in self.numbers(self.value(part, asked))
                ]
            return made
        if isinstance(node, (tree.Number, tree.Text, tree.Flag, tree.List, tree.Tuple, tree.Dims)):
            return Options((self.constant(node),), None)
        raise BadCondition("a condition compares numbers: + - * / // %, min, max, and, or, not")

    def function(self, node: tree.Node) -> Callable[..., Any] | None:
        named = isinstance(node, tree.Call) and isinstance(node.function, tree.Name)
        return FUNCTIONS.get(node.function.text) if named else None  # type: ignore[attr-defined]

    def constant(self, node: tree.Node) -> Any:
        if isinstance(node, (tree.List, tree.Tuple)):
            return [self.constant(item) for item in node.items]
        if isinstance(node, tree.Name):
            return Term(node.text)
        if isinstance(node, tree.Signed):
            return -self.constant(node.value)
        if isinstance(node, tree.Dims):
            return [*node.sizes]
        return node.value  # type: ignore[attr-defined]

    def call(self, function: Callable[..., Any], node: tree.Node, asked: NDArray[np.bool_]) -> Any:
        values = [self.value(argument.value, asked) for argument in node.arguments]  # type: ignore[attr-defined]
        parts = [part for value in values for element in find_elements(value) for part in self.numbers(element)]
        if not parts:
            raise BadCondition("min, max, sum and log2 take numbers, or a list of them: min(a, b), sum(w)")
        if function is np.log2:
            return [self.log2(part, asked) for part in parts]
        made = parts[0]
        for part in parts[1:]:
            one, other, safe = exact("add", made, part) if function is np.add else (made, part, True)
            made = function(one, other) if safe else narrow(function(one, other))
        return [made]

    def log2(self, values: Any, asked: NDArray[np.bool_]) -> Any:
        positive = self.hide(values, values <= 0, asked)
        return ma.log2(ma.array(positive, np.float64))

    def hide(self, values: Any, bad: Any, asked: NDArray[np.bool_]) -> Any:
        """Numbers of which some are bad for what is computed of them: it is not known there."""
        bad = np.broadcast_to(ma.filled(bad, False), (self.count,))
        self.divided |= bad & asked
        return ma.array(np.where(bad, 1, ma.getdata(values)), mask=bad | ma.getmaskarray(values))

    def index(self, value: Any, at: Any) -> Any:
        if isinstance(value, tuple):
            lists: Sequence[Any] = (value,)
        elif not isinstance(value, Options) or not all([isinstance(option, (list, tuple)) for option in value.options]):
            raise BadCondition("only a parameter that is a list has elements")
        else:
            lists = value.options
        if not isinstance(at, Options) or at.digits is not None or not isinstance(at.options[0], int):
            raise BadCondition("an element is chosen by a number: w[0]")
        place = at.options[0]
        shortest = min(map(len, lists))
        if not -shortest <= place < shortest:
            raise BadCondition(f"there is no element {place} in a list of {shortest}")
        if isinstance(value, tuple):
            return value[place]
        return Options(tuple([option[place] for option in lists]), value.digits)

    def spread(self, value: Options) -> NDArray[Any]:
        """The option of every candidate, as an array."""
        fits = all([not isinstance(option, int) or within((option, option), INT64) for option in value.options])
        options = np.array(value.options, None if fits else object)
        return options[0] if value.digits is None else options[value.digits]

    def numbers(self, value: Any) -> list[Any]:
        if isinstance(value, tuple):
            raise BadCondition("a list is no number: compare its elements, such as w[0]")
        if isinstance(value, Options):
            if not is_number(value.options):
                raise BadCondition(f"{write(value.options[0])} is no number")
            return [self.spread(value)]
        return list(value)

    def operate(self, operator: str, left: Any, right: Any, asked: NDArray[np.bool_]) -> Any:
        name, function = ARITHMETIC[operator]
        if name in ("truediv", "floordiv", "mod"):
            right = self.hide(right, right == 0, asked)
        one, other, safe = exact(name, left, right)
        made = function(one, other)
        return made if safe else narrow(made)


def find_elements(value: Any) -> tuple[Any, ...]:
    """The elements of a list; what is none alone."""
    return value if isinstance(value, tuple) else isinstance(value, Options) and split_list(value) or (value,)


def split_list(value: Options) -> tuple[Any, ...]:
    """The elements of a parameter whose options are lists of one length; () of others."""
    lists = [option for option in value.options if isinstance(option, (list, tuple))]
    if len(lists) < len(value.options) or len(set(map(len, lists))) > 1:
        return ()
    return tuple([Options(tuple(column), value.digits) for column in zip(*lists, strict=True)])


def is_number(options: Sequence[Any]) -> bool:
    return all([isinstance(option, (int, float)) and not isinstance(option, bool) for option in options])


def write(value: Any) -> str:
    """A value that is no number, as it is compared: 3x3 and (3, 3) are one."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join([write(part) for part in value])}]"
    return str(value)


def exact(operation: str, left: Any, right: Any) -> tuple[Any, Any, bool]:
    """Two operands in a type in which an operation, or a comparison, is exact; whether that is NumPy's own."""
    whole = [np.asanyarray(side).dtype.kind in "iO" for side in (left, right)]
    sides = [limits(side) for side in (left, right)]
    if all(whole) and operation != "truediv":
        safe = operation == "lt" or within(find_bounds(operation, *sides), INT64)
    else:
        safe = all([not w or within(side, (-EXACT, EXACT)) for w, side in zip(whole, sides, strict=True)])
    if safe:
        return left, right, True
    return np.asanyarray(left).astype(object), np.asanyarray(right).astype(object), False


def limits(values: Any) -> tuple[Any, Any]:
    """The smallest and the largest of some numbers."""
    known = values.compressed() if isinstance(values, np.ma.MaskedArray) else np.asarray(values).reshape(-1)
    if not len(known):
        return 0, 0
    least, most = known.min(), known.max()
    return (least.item(), most.item()) if isinstance(least, np.generic) else (least, most)


def narrow(values: Any) -> Any:
    """Python's numbers as NumPy's, where they fit."""
    known = values.compressed() if isinstance(values, np.ma.MaskedArray) else np.asarray(values).reshape(-1)
    if any([isinstance(number, float) for number in known[:1]]):
        return values.astype(np.float64)
    return values.astype(np.int64) if within(limits(values), INT64) else values
