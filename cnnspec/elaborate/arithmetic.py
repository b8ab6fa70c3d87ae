"""Numbers: sums, products, powers, comparisons, ranges and the few functions on them, with their limits."""

from __future__ import annotations

from math import ceil, floor

from cnnspec.base.limits import MAX_NUMBER, MAX_SIZE_LENGTH
from cnnspec.base.size import Size, maximum, too_long
from cnnspec.elaborate.values import UNKNOWN, describe, is_number, is_number_or_list
from cnnspec.layers.argument import Term, show, word_of
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.elaborate.names import UnknownWords
    from cnnspec.elaborate.values import Scope

MAX_ELEMENTS = 1_000_000  # of a list or a range
MAX_ELEMENTS_IN_ALL = 10_000_000  # of the lists and ranges that are made while a network is built
MAX_DEPTH = 100  # of lists in lists, and of terms in terms


class Arithmetic:
    """Computes with numbers and lists. What cannot be computed is reported, and its value is UNKNOWN."""

    def __init__(self, words: UnknownWords) -> None:
        self.words = words
        self.report = words.report
        self.elements = 0  # of all lists made or looked through so far

    def compare(self, node: tree.Compare, left: Any, right: Any, scope: Scope) -> Any:
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        if node.operator in ("==", "!="):
            if isinstance(left, Size) or isinstance(right, Size):
                return self.compare_numbers(node, left, right, scope)
            same = word_of(left) == word_of(right) if word_of(left) is not None else left == right
            return same is (node.operator == "==")
        if not (is_number(left) and is_number(right)):
            left, right = self.read_operands(node.operator, left, right, node.left, node.right, scope)
        return UNKNOWN if right is UNKNOWN else self.compare_numbers(node, left, right, scope)

    def compare_numbers(self, node: tree.Compare, left: Any, right: Any, scope: Scope) -> Any:
        if not is_number(left) or not is_number(right):
            return node.operator == "!="
        difference = left - right
        if isinstance(difference, Size):
            return self.report.error(
                "E017", node, scope, f"{left} {node.operator} {right} depends on a size that is not known",
                "give the input a size, or set it apart with a parameter",
            )  # fmt: skip
        return COMPARE[node.operator](difference, 0)

    def range(self, node: tree.Range, first: Any, last: Any, scope: Scope) -> Any:
        if Term in (type(first), type(last)):
            first, last = [
                self.words.resolve_word(value, part, scope, is_number)
                for value, part in ((first, node.first), (last, node.last))
            ]
        if first is UNKNOWN or last is UNKNOWN:
            return UNKNOWN
        for value, part in ((first, node.first), (last, node.last)):
            if isinstance(value, bool) or not isinstance(value, int):
                message = f"a range goes between whole numbers, not {describe(value)}"
                return self.report.error("E012", part, scope, message)
        if last - first >= MAX_ELEMENTS:
            return self.report.error(
                "E003",
                node,
                scope,
                f"this range has {last - first + 1:,} numbers; at most {MAX_ELEMENTS:,} are allowed",
                "both ends count: 1..3 is 1, 2, 3",
            )
        return self.refuse_elements(max(0, last - first + 1), node, scope) or list(range(first, last + 1))

    def operate(self, operator: str, left: Any, right: Any, at: tree.Node, part: tree.Node, scope: Scope) -> Any:
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        if isinstance(left, list) and operator == "+" and isinstance(right, list):
            return (
                self.refuse_list(left, 1, part, scope)
                or self.refuse_list(right, 1, part, scope, len(left))
                or left + right
            )
        if isinstance(left, list) and operator == "*" and isinstance(right, int):
            return self.refuse_list(left, right, part, scope) or left * right
        if not (is_number(left) and is_number(right)):
            left, right = self.read_operands(operator, left, right, at, part, scope)
        return UNKNOWN if right is UNKNOWN else self.compute(operator, left, right, part, scope)

    def read_operands(
        self, operator: str, left: Any, right: Any, at: tree.Node, part: tree.Node, scope: Scope
    ) -> tuple[Any, Any]:
        """The two numbers of an operation. Where one is no number, an error is reported and both are UNKNOWN."""
        from cnnspec.elaborate.likely_meaning import explain_operator

        help = explain_operator(operator, left, right, at, part, scope)
        left = self.words.read_number(left, at, scope, help)
        right = UNKNOWN if left is UNKNOWN else self.words.read_number(right, part, scope, help)
        return (UNKNOWN, UNKNOWN) if right is UNKNOWN else (left, right)

    def refuse_list(self, value: Any, times: int, at: tree.Node, scope: Scope, beside: int = 0) -> Any:
        """Report a list of too many elements or levels, and return UNKNOWN; else return None."""
        if self.elements > MAX_ELEMENTS_IN_ALL:
            return self.refuse_elements(0, at, scope)
        count, depth = measure(value)
        if depth > MAX_DEPTH:
            return self.report.error(
                "E003", at, scope, f"values are nested more than {MAX_DEPTH} deep here", "write it flatter"
            )
        self.elements += count
        count = count * times + beside
        if count <= MAX_ELEMENTS:
            return self.refuse_elements(count, at, scope)
        message = f"this list would have at least {count:,} elements; at most {MAX_ELEMENTS:,} are allowed"
        return self.report.error("E003", at, scope, message)

    def refuse_elements(self, count: int, at: tree.Node, scope: Scope) -> Any:
        """Report that so many more elements are too many in all, and return UNKNOWN; else return None."""
        self.elements += count
        if self.elements <= MAX_ELEMENTS_IN_ALL:
            return None
        message = f"the lists made here have more than {MAX_ELEMENTS_IN_ALL:,} elements in all"
        return self.report.error("E003", at, scope, message, "make them shorter, or outside of the loop")

    def compute(self, operator: str, left: Any, right: Any, part: tree.Node, scope: Scope) -> Any:
        if (isinstance(left, Size) and isinstance(right, float)) or (
            isinstance(right, Size) and isinstance(left, float)
        ):
            return self.report.error(
                "E017", part, scope, f"{left} {operator} {right} may be no whole number", "use // and *"
            )
        if operator in ("/", "//", "%"):
            if isinstance(right, Size):
                return self.report.error("E017", part, scope, f"division by {right}, a size that is not known")
            if right == 0:
                return self.report.error("E012", part, scope, "division by zero")
            if isinstance(left, Size) and (operator == "/" or right < 0 or not isinstance(right, int)):
                return self.report.error(
                    "E017", part, scope, f"{left} {operator} {right} may be no whole number", "use //"
                )
        if operator == "/":
            exact = isinstance(left, int) and isinstance(right, int) and left % right == 0
            value = left // right if exact else left / right
        else:
            value = OPERATE[operator](left, right)
        return self.check_number(value, part, scope)

    def check_number(self, value: Any, part: tree.Node, scope: Scope) -> Any:
        """The number itself. Where it is too large, or a size too long to write down, an error is reported and it is UNKNOWN."""
        if isinstance(value, Size) and too_long(value):
            unknown = ", ".join(sorted(value.names()))
            message = f"this size takes more than {MAX_SIZE_LENGTH} names and numbers to write down in {unknown}"
            return self.report.error("E003", part, scope, message, "give the input a size: input 224x224x3")
        if not isinstance(value, Size) and abs(value) >= MAX_NUMBER:
            return self.report.error("E003", part, scope, "this number is too large", "numbers have at most 18 digits")
        return value

    def power(self, node: tree.Power, base: Any, exponent: Any, scope: Scope) -> Any:
        if base is UNKNOWN or exponent is UNKNOWN:
            return UNKNOWN
        if not (is_number(base) and is_number(exponent)):
            base, exponent = self.read_operands("^", base, exponent, node.base, node.exponent, scope)
        for value, place in ((base, node.base), (exponent, node.exponent)):
            if isinstance(value, Size):  # which no power can have
                return self.report.error("E012", place, scope, f"a number is needed here, not {describe(value)}")
        if exponent is UNKNOWN:
            return UNKNOWN
        if base == 0 and exponent < 0:
            return self.report.error("E012", node.exponent, scope, "division by zero")
        if abs(exponent) > 64 and abs(base) not in (0, 1) or base < 0 and not float(exponent).is_integer():
            return self.report.error(
                "E003",
                node.exponent,
                scope,
                f"{show(base)}^{show(exponent)} is no usable number",
                "numbers have at most 18 digits",
            )
        value = base**exponent
        if abs(value) >= MAX_NUMBER:
            return self.report.error(
                "E003", node.exponent, scope, "this number is too large", "numbers have at most 18 digits"
            )
        return value

    def sign(self, node: tree.Signed, value: Any, scope: Scope) -> Any:
        value = self.words.read_number(value, node.value, scope)
        return -value if value is not UNKNOWN and node.operator == "-" else value

    def call_builtin(self, word: str, node: tree.Call, values: list[Any], scope: Scope) -> Any:
        places = [argument.value for argument in node.arguments]
        values = [
            self.words.resolve_word(v, at, scope, is_number_or_list) for v, at in zip(values, places, strict=True)
        ]
        if UNKNOWN in values:
            return UNKNOWN
        if word == "len":
            if len(values) != 1 or not isinstance(values[0], (list, tuple)):
                return self.report.error("E012", node, scope, "len takes one list", "write, for example, len(blocks)")
            return len(values[0])
        if len(values) == 1 and isinstance(values[0], (list, tuple)) and word in ("min", "max"):
            values = list(values[0])
        several = word in ("min", "max")
        if not values or not all(map(is_number, values)) or len(values) > 1 and not several:
            takes, example = ("numbers", "7, 2") if several else ("one number", "7 / 2")
            return self.report.error(
                "E012", node, scope, f"{word} takes {takes}", f"write, for example, {word}({example})"
            )
        if several:
            return self.largest(values, node, scope) if word == "max" else self.smallest(values, node, scope)
        return BUILTINS[word](values[0])

    def largest(self, values: list[Any], node: tree.Node, scope: Scope) -> Any:
        result = values[0]
        for value in values[1:]:
            symbolic = isinstance(result, Size) or isinstance(value, Size)
            result = self.check_number(maximum(result, value), node, scope) if symbolic else max(result, value)
            if result is UNKNOWN:
                return UNKNOWN
        return result

    def smallest(self, values: list[Any], node: tree.Node, scope: Scope) -> Any:
        result = self.largest([-value for value in values], node, scope)
        return UNKNOWN if result is UNKNOWN else -result

    def save(self) -> int:
        return self.elements

    def restore(self, saved: int) -> None:
        self.elements = saved


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
OPERATE: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}


def measure(values: list[Any] | tuple[Any, ...]) -> tuple[int, int]:
    """How many elements a list has, with those of the lists and terms in it, and how deep it is nested.

    What stands in a level more than once is looked into once, and counted as often as it stands there.
    """
    count, depth = 0, 0
    level: dict[int, tuple[Any, int]] = {id(values): (values, 1)}  # lists, and how often each stands here
    while level and count <= MAX_ELEMENTS and depth <= MAX_DEPTH:
        count += sum([len(inner) * often for inner, often in level.values()])
        depth += 1
        below: dict[int, tuple[Any, int]] = {}
        for inner, often in level.values():
            for value in inner:
                if isinstance(value, (list, tuple, Term)) and (held := parts(value)):
                    below[id(value)] = held, often + below.get(id(value), (held, 0))[1]
        level = below
    return count, depth


def parts(value: Any) -> list[Any] | tuple[Any, ...]:
    """The values that a value holds."""
    if isinstance(value, Term):
        return (*value.positional, *[v for _, v in value.keywords])
    return value if isinstance(value, (list, tuple)) else ()


BUILTINS: dict[str, Callable[..., Any]] = {
    "len": len,
    "max": max,
    "min": min,
    "round": lambda value: value if isinstance(value, Size) else round(value),
    "floor": lambda value: value if isinstance(value, Size) else floor(value),
    "ceil": lambda value: value if isinstance(value, Size) else ceil(value),
}
