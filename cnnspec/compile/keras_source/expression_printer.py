"""Expressions of the text → Python expressions: numbers, words, lists, conditions.

An expression that Python cannot say (a size that only the input decides, a turn of an unrolled loop) is printed as
its value where all uses have the same; else Differs is raised.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnnspec.base.size import Size
from cnnspec.compile.keras_source.frame import Differs
from cnnspec.compile.python_text.literals import NoLiteral, is_same, print_literal
from cnnspec.elaborate.arithmetic import OPERATE
from cnnspec.elaborate.evaluator import SPATIAL
from cnnspec.elaborate.values import UNKNOWN, Function, Tensor
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.compile.keras_source.part_printer import PartPrinter
    from cnnspec.compile.keras_source.print_context import PrintContext
    from cnnspec.compile.keras_source.print_place import PrintPlace

# precedences of Python, the loosest first
TERNARY, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(10)
INVERSE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
BUILTINS = {"len": "len", "max": "max", "min": "min", "round": "round", "floor": "math.floor", "ceil": "math.ceil"}


def is_written_out(node: tree.Node, place: PrintPlace) -> bool:
    """Whether an expression is made of numbers and unbound words alone."""
    if isinstance(node, tree.Name):
        return place.names.find(node.text) is None
    if isinstance(node, (tree.Tuple, tree.List)):
        return all(is_written_out(item, place) for item in node.items)
    return isinstance(node, (tree.Number, tree.Dims, tree.Text, tree.Flag))


class ExpressionPrinter:
    """Prints the expressions of the text; of layer functions in lists, through `parts`."""

    def __init__(self, context: PrintContext, parts: PartPrinter) -> None:
        self.context, self.parts = context, parts
        self._print: dict[type, Callable[[Any, PrintPlace], tuple[str, int]]] = {
            tree.Number: lambda node, place: (print_literal(node.value), ATOM),
            tree.Dims: lambda node, place: (print_literal(node.sizes), ATOM),
            tree.Text: lambda node, place: (print_literal(Term(node.value)), ATOM),
            tree.Flag: lambda node, place: (print_literal(node.value), ATOM),
            tree.Name: self._print_name,
            tree.Here: self._print_here,
            tree.Attribute: self._print_attribute,
            tree.Index: lambda node, place: (f"{self.print(node.value, place, ATOM)}[{self.print(node.index, place)}]", ATOM),
            tree.Tuple: self._print_list,
            tree.List: self._print_list,
            tree.Ternary: self._print_ternary,
            tree.Logic: self._print_logic,
            tree.Opposite: lambda node, place: (f"not {self.print(node.value, place, NOT)}", NOT),
            tree.Compare: self._print_compare,
            tree.Range: lambda node, place: (f"list({self.print_range(node, place)})", ATOM),
            tree.Arithmetic: self._print_arithmetic,
            tree.Power: self._print_power,
            tree.Signed: lambda node, place: (node.operator + self.print(node.value, place, SIGN), SIGN),
            tree.Call: self._print_call,
        }  # fmt: skip

    def print(self, node: tree.Node, place: PrintPlace, least: int = TERNARY) -> str:
        """The Python expression of a value, in parentheses where its precedence is below `least`."""
        text, precedence = self.print_with_precedence(node, place)
        return f"({text})" if precedence < least else text

    def print_with_precedence(self, node: tree.Node, place: PrintPlace) -> tuple[str, int]:
        """The Python expression of a value, and its precedence."""
        method = self._print.get(type(node))
        try:
            if method is None or any(isinstance(value, Size) for value in place.values_of(node)):
                raise Differs
            return method(node, place)
        except Differs:
            return self.print_same(place.values_of(node))

    def print_same(self, values: list[Any]) -> tuple[str, int]:
        """The literal of a value that is the same in all uses, and its precedence."""
        if not values or any(not is_same(value, values[0]) for value in values[1:]):
            raise Differs
        try:
            text = print_literal(values[0])
        except NoLiteral:
            raise Differs from None
        return text, SIGN if text.startswith("-") else ATOM

    # ---- kinds of expressions ------------------------------------------------------------------------------
    def _print_here(self, node: tree.Here, place: PrintPlace) -> tuple[str, int]:
        if not place.current:
            raise Differs
        return place.current, ATOM

    def _print_name(self, node: tree.Name, place: PrintPlace) -> tuple[str, int]:
        meaning, values = place.names.find(node.text), place.values_of(node)
        if meaning is not None:
            return meaning.print_value(values), ATOM
        if not all(isinstance(value, Term) for value in values):
            raise Differs
        return print_literal(Term(node.text)), ATOM

    def _print_attribute(self, node: tree.Attribute, place: PrintPlace) -> tuple[str, int]:
        if any(isinstance(value, Term) for value in place.values_of(node)):
            raise Differs
        shape = f"{self.print(node.value, place, ATOM)}.shape"
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

    def _print_list(self, node: tree.Tuple | tree.List, place: PrintPlace) -> tuple[str, int]:
        values = [place.values_of(item) for item in node.items]
        functions = any(self.context.is_function(value) for found in values for value in found)
        items = []
        for item, found in zip(node.items, values, strict=True):
            if functions and any(isinstance(value, Tensor) or self.context.is_function(value) for value in found):
                items.append(
                    self.parts.print_function(item, place, "branch")
                )  # a tensor is a function, too, among functions
            else:
                items.append(self.print(item, place))
        inner = ", ".join(items)
        if isinstance(node, tree.Tuple):
            return f"({inner}{',' if len(items) == 1 else ''})", ATOM
        return f"[{inner}]", ATOM

    def print_iterable(self, node: tree.Node, place: PrintPlace) -> str:
        """The range or list of a loop; a list over several lines where the text has it so."""
        if isinstance(node, tree.Range):
            return self.print_range(node, place)
        text = self.print(node, place)
        if isinstance(node, tree.List) and node.items and place.uses[0].scope and text.endswith("]"):
            source = place.uses[0].scope.source.text
            if "\n" in source[node.start : node.end]:
                return f"{text[:-1]},]"
        return text

    def _print_ternary(self, node: tree.Ternary, place: PrintPlace) -> tuple[str, int]:
        then = self.print(node.then, place, OR)
        return f"{then} if {self.print(node.condition, place, OR)} else {self.print(node.otherwise, place)}", TERNARY

    def _print_logic(self, node: tree.Logic, place: PrintPlace) -> tuple[str, int]:
        least = AND if node.operator == "or" else NOT
        return f" {node.operator} ".join(self.print(term, place, least) for term in node.terms), least - 1

    def _print_compare(self, node: tree.Compare, place: PrintPlace) -> tuple[str, int]:
        return self._print_comparison(node, node.operator, place), COMPARISON

    def _print_comparison(self, node: tree.Compare, operator: str, place: PrintPlace) -> str:
        values = [*place.values_of(node.left), *place.values_of(node.right)]
        if any(isinstance(value, (Function, Tensor, Size)) or value is UNKNOWN for value in values):
            raise Differs
        left, right = self.print(node.left, place, SUM), self.print(node.right, place, SUM)
        if right == "None" and operator in ("==", "!="):
            operator = {"==": "is", "!=": "is not"}[operator]
        return f"{left} {operator} {right}"

    def print_condition(self, node: tree.Node, place: PrintPlace) -> str:
        """A condition that decides something. Raises Differs for one of literals, as in a loop that was unrolled."""
        text = self.print(node, place)
        if re.search(r"[^\W\d]", re.sub(r"True|False|\b(and|or|not)\b", "", text)) is None:
            raise Differs
        return text

    def print_opposite(self, node: tree.Node, place: PrintPlace) -> str:
        """The opposite of a condition, as a person would write it: a != b, not `not a == b`."""
        return self._opposite_with_precedence(node, place)[0]

    def _opposite_with_precedence(self, node: tree.Node, place: PrintPlace) -> tuple[str, int]:
        if isinstance(node, tree.Opposite):
            return self.print_with_precedence(node.value, place)
        if isinstance(node, tree.Compare):
            return self._print_comparison(node, INVERSE[node.operator], place), COMPARISON
        if isinstance(node, tree.Logic):
            operator = "or" if node.operator == "and" else "and"
            least = AND if operator == "or" else NOT
            parts = [self._opposite_with_precedence(term, place) for term in node.terms]
            return f" {operator} ".join(f"({t})" if b < least else t for t, b in parts), least - 1
        return f"not {self.print(node, place, NOT)}", NOT

    def print_range(self, node: tree.Range, place: PrintPlace) -> str:
        """A range of the text as Python's, which ends one further."""
        first, last = self.print(node.first, place), node.last
        if isinstance(last, tree.Number) and isinstance(last.value, int):
            end = str(last.value + 1)
        elif isinstance(last, tree.Arithmetic) and last.rest[-1] == ("-", tree.Number(0, 0, 1, "1")):
            rest = last.rest[:-1]
            end = self.print(last.replace(rest=rest) if rest else last.first, place)
        else:
            end = f"{self.print(last, place, SUM)} + 1"
        return f"range({end})" if first == "0" else f"range({first}, {end})"

    def _print_arithmetic(self, node: tree.Arithmetic, place: PrintPlace) -> tuple[str, int]:
        precedence = SUM if node.rest[0][0] in "+-" else PRODUCT
        text = self.print(node.first, place, precedence)
        lefts = {id(use): use.values.get(id(node.first), UNKNOWN) for use in place.uses}
        for operator, part in node.rest:
            for use in place.uses:
                lefts[id(use)] = compute_arithmetic(operator, lefts[id(use)], use.values.get(id(part), UNKNOWN))
            if operator == "/":
                whole = {isinstance(left, int) for left in lefts.values() if left is not UNKNOWN}
                if len(whole) > 1:
                    raise Differs
                operator = "//" if True in whole else "/"
            text += f" {operator} {self.print(part, place, precedence + 1)}"
        return text, precedence

    def _print_power(self, node: tree.Power, place: PrintPlace) -> tuple[str, int]:
        base, exponent = self.print(node.base, place, ATOM), self.print(node.exponent, place, SIGN)
        simple = re.fullmatch(r"[\w.]+", base) and re.fullmatch(r"-?[\w.]+", exponent)
        return f"{base}**{exponent}" if simple else f"{base} ** {exponent}", POWER

    def _print_call(self, node: tree.Call, place: PrintPlace) -> tuple[str, int]:
        word = node.function.text if isinstance(node.function, tree.Name) else ""
        if isinstance(node.function, tree.Attribute):
            word = node.function.name.text
        if word not in BUILTINS or place.names.find(word) is not None:
            raise Differs
        return f"{BUILTINS[word]}({', '.join(self.print(a.value, place) for a in node.arguments)})", ATOM


def compute_arithmetic(operator: str, left: Any, right: Any) -> Any:
    """The result of an operator in the language; UNKNOWN where it is no number."""
    if not all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (left, right)):
        return UNKNOWN
    if operator == "/":
        return left // right if isinstance(left, int) and isinstance(right, int) and left % right == 0 else left / right
    return OPERATE[operator](left, right)
