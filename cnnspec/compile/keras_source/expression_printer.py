"""Expressions of the text → Python expressions: numbers, words, lists, conditions.

An expression that Python cannot say (a size that only the input decides, a turn of an unrolled loop) is printed as
its value, when it is the same in every use; else `Differs` is raised.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnnspec.base.size import Size
from cnnspec.compile.keras_source.frame import Differs, Place
from cnnspec.compile.keras_source.literals import NoLiteral, literal, same
from cnnspec.elaborate.arithmetic import OPERATE
from cnnspec.elaborate.expressions import SPATIAL
from cnnspec.elaborate.values import UNKNOWN, Function, Tensor
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable

# how tightly Python binds
TERNARY, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(10)
INVERSE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
BUILTINS = {"len": "len", "max": "max", "min": "min", "round": "round", "floor": "math.floor", "ceil": "math.ceil"}


def evidence(node: tree.Node, place: Place) -> list[Any]:
    """The values that an expression had in the uses at hand."""
    return [use.values[id(node)] for use in place.uses if id(node) in use.values]


def is_closed(node: tree.Node, place: Place) -> bool:
    """Whether an expression is written out: numbers and words that are bound to nothing."""
    if isinstance(node, tree.Name):
        return place.env.find(node.text) is None
    if isinstance(node, (tree.Tuple, tree.List)):
        return all(is_closed(item, place) for item in node.items)
    return isinstance(node, (tree.Number, tree.Dims, tree.Text, tree.Flag))


class Values:
    """Prints expressions."""

    def __init__(self) -> None:
        self._print: dict[type, Callable[[Any, Place], tuple[str, int]]] = {
            tree.Number: lambda node, place: (literal(node.value), ATOM),
            tree.Dims: lambda node, place: (literal(node.sizes), ATOM),
            tree.Text: lambda node, place: (literal(Term(node.value)), ATOM),
            tree.Flag: lambda node, place: (literal(node.value), ATOM),
            tree.Name: self._name,
            tree.Here: self._here,
            tree.Attribute: self._attribute,
            tree.Index: lambda node, place: (f"{self.value(node.value, place, ATOM)}[{self.value(node.index, place)}]", ATOM),
            tree.Tuple: self._listed,
            tree.List: self._listed,
            tree.Ternary: self._ternary,
            tree.Logic: self._logic,
            tree.Opposite: lambda node, place: (f"not {self.value(node.value, place, NOT)}", NOT),
            tree.Compare: self._compare,
            tree.Range: lambda node, place: (f"list({self.range(node, place)})", ATOM),
            tree.Arithmetic: self._arithmetic,
            tree.Power: self._power,
            tree.Signed: lambda node, place: (node.operator + self.value(node.value, place, SIGN), SIGN),
            tree.Call: self._call,
        }  # fmt: skip

    if TYPE_CHECKING:

        def function(self, node: tree.Node, place: Place, name: str) -> str: ...
        def is_function(self, value: Any) -> bool: ...

    def value(self, node: tree.Node, place: Place, least: int = TERNARY) -> str:
        """The Python expression of a value, in parentheses where it binds less tightly than `least`."""
        text, binding = self.weighed(node, place)
        return f"({text})" if binding < least else text

    def weighed(self, node: tree.Node, place: Place) -> tuple[str, int]:
        method = self._print.get(type(node))
        try:
            if method is None or any(isinstance(value, Size) for value in evidence(node, place)):
                raise Differs
            return method(node, place)
        except Differs:
            return self.constant(evidence(node, place))

    def constant(self, values: list[Any]) -> tuple[str, int]:
        """What all of some values are."""
        if not values or any(not same(value, values[0]) for value in values[1:]):
            raise Differs
        try:
            text = literal(values[0])
        except NoLiteral:
            raise Differs from None
        return text, SIGN if text.startswith("-") else ATOM

    # ---- kinds of expressions ------------------------------------------------------------------------------
    def _here(self, node: tree.Here, place: Place) -> tuple[str, int]:
        if not place.current:
            raise Differs
        return place.current, ATOM

    def _name(self, node: tree.Name, place: Place) -> tuple[str, int]:
        binding = place.env.find(node.text)
        if binding is None:
            if not all(isinstance(value, Term) for value in evidence(node, place)):
                raise Differs
            return literal(Term(node.text)), ATOM
        if binding.kind not in ("value", "tensor", "function"):
            raise Differs
        if binding.kind == "function" and any(isinstance(value, Term) for value in evidence(node, place)):
            raise Differs
        return binding.text, ATOM

    def _attribute(self, node: tree.Attribute, place: Place) -> tuple[str, int]:
        if any(isinstance(value, Term) for value in evidence(node, place)):
            raise Differs
        shape = f"{self.value(node.value, place, ATOM)}.shape"
        word = node.name.text
        if word == "shape":
            return f"{shape}[1:]", ATOM
        if word == "rank":
            return f"len({shape}) - 2", SUM
        if word == "channels":
            return f"{shape}[-1]", ATOM
        ranks = {use.ranks[id(node)] for use in place.uses if id(node) in use.ranks}
        places = {SPATIAL[rank].index(word) + 1 for rank in ranks}
        if len(places) != 1:
            places = {SPATIAL[rank].index(word) - rank - 1 for rank in ranks}
        if len(places) != 1:
            raise Differs
        return f"{shape}[{places.pop()}]", ATOM

    def _listed(self, node: tree.Tuple | tree.List, place: Place) -> tuple[str, int]:
        values = [evidence(item, place) for item in node.items]
        functions = any(self.is_function(value) for found in values for value in found)
        items = []
        for item, found in zip(node.items, values, strict=True):
            if functions and any(isinstance(value, Tensor) or self.is_function(value) for value in found):
                items.append(self.function(item, place, "branch"))  # a tensor is a function, too, among functions
            else:
                items.append(self.value(item, place))
        inner = ", ".join(items)
        if isinstance(node, tree.Tuple):
            return f"({inner}{',' if len(items) == 1 else ''})", ATOM
        return f"[{inner}]", ATOM

    def table(self, node: tree.Node, place: Place) -> str:
        """A list; one that was written over several lines stays so."""
        text = self.value(node, place)
        if isinstance(node, tree.List) and node.items and place.uses[0].scope and text.endswith("]"):
            source = place.uses[0].scope.source.text
            if "\n" in source[node.start : node.end]:
                return f"{text[:-1]},]"
        return text

    def _ternary(self, node: tree.Ternary, place: Place) -> tuple[str, int]:
        then = self.value(node.then, place, OR)
        return f"{then} if {self.value(node.condition, place, OR)} else {self.value(node.otherwise, place)}", TERNARY

    def _logic(self, node: tree.Logic, place: Place) -> tuple[str, int]:
        least = AND if node.operator == "or" else NOT
        return f" {node.operator} ".join(self.value(term, place, least) for term in node.terms), least - 1

    def _compare(self, node: tree.Compare, place: Place) -> tuple[str, int]:
        return self.compared(node, node.operator, place), COMPARISON

    def compared(self, node: tree.Compare, operator: str, place: Place) -> str:
        values = [*evidence(node.left, place), *evidence(node.right, place)]
        if any(isinstance(value, (Function, Tensor, Size)) or value is UNKNOWN for value in values):
            raise Differs
        left, right = self.value(node.left, place, SUM), self.value(node.right, place, SUM)
        if right == "None" and operator in ("==", "!="):
            operator = {"==": "is", "!=": "is not"}[operator]
        return f"{left} {operator} {right}"

    def opposite(self, node: tree.Node, place: Place) -> str:
        """The opposite of a condition, as a reader would put it."""
        return self._opposite(node, place)[0]

    def _opposite(self, node: tree.Node, place: Place) -> tuple[str, int]:
        if isinstance(node, tree.Opposite):
            return self.weighed(node.value, place)
        if isinstance(node, tree.Compare):
            return self.compared(node, INVERSE[node.operator], place), COMPARISON
        if isinstance(node, tree.Logic):
            operator = "or" if node.operator == "and" else "and"
            least = AND if operator == "or" else NOT
            parts = [self._opposite(term, place) for term in node.terms]
            return f" {operator} ".join(f"({t})" if b < least else t for t, b in parts), least - 1
        return f"not {self.value(node, place, NOT)}", NOT

    def range(self, node: tree.Range, place: Place) -> str:
        """Python's range, whose end is one further."""
        first, last = self.value(node.first, place), node.last
        if isinstance(last, tree.Number) and isinstance(last.value, int):
            end = str(last.value + 1)
        elif isinstance(last, tree.Arithmetic) and last.rest[-1] == ("-", tree.Number(0, 0, 1, "1")):
            rest = last.rest[:-1]
            end = self.value(last.replace(rest=rest) if rest else last.first, place)
        else:
            end = f"{self.value(last, place, SUM)} + 1"
        return f"range({end})" if first == "0" else f"range({first}, {end})"

    def _arithmetic(self, node: tree.Arithmetic, place: Place) -> tuple[str, int]:
        binding = SUM if node.rest[0][0] in "+-" else PRODUCT
        text = self.value(node.first, place, binding)
        lefts = {id(use): use.values.get(id(node.first), UNKNOWN) for use in place.uses}
        for operator, part in node.rest:
            for use in place.uses:
                lefts[id(use)] = compute(operator, lefts[id(use)], use.values.get(id(part), UNKNOWN))
            if operator == "/":
                whole = {isinstance(left, int) for left in lefts.values() if left is not UNKNOWN}
                if len(whole) > 1:
                    raise Differs
                operator = "//" if True in whole else "/"
            text += f" {operator} {self.value(part, place, binding + 1)}"
        return text, binding

    def _power(self, node: tree.Power, place: Place) -> tuple[str, int]:
        base, exponent = self.value(node.base, place, ATOM), self.value(node.exponent, place, SIGN)
        simple = re.fullmatch(r"[\w.]+", base) and re.fullmatch(r"-?[\w.]+", exponent)
        return f"{base}**{exponent}" if simple else f"{base} ** {exponent}", POWER

    def _call(self, node: tree.Call, place: Place) -> tuple[str, int]:
        word = node.function.text if isinstance(node.function, tree.Name) else ""
        if isinstance(node.function, tree.Attribute):
            word = node.function.name.text
        if word not in BUILTINS or place.env.find(word) is not None:
            raise Differs
        return f"{BUILTINS[word]}({', '.join(self.value(a.value, place) for a in node.arguments)})", ATOM


def compute(operator: str, left: Any, right: Any) -> Any:
    """As the language computes; UNKNOWN where that is of no use here."""
    if not all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (left, right)):
        return UNKNOWN
    if operator == "/":
        return left // right if isinstance(left, int) and isinstance(right, int) and left % right == 0 else left / right
    return OPERATE[operator](left, right)
