"""Expressions → values: numbers, words, tuples, lists, tensors and functions.

A part that names layers is not run here but kept as a `Closure`, to be applied to a tensor later. `current` is the
tensor that enters the step in which the expression is written (None before the first input).
"""

from __future__ import annotations

from cnnspec.diagnostic import ERROR, Diagnostic, Note
from cnnspec.elaborate.graph import Graph, Site
from cnnspec.elaborate.values import UNKNOWN, BlockFunction, Closure, Function, LayerFunction, Scope, Tensor
from cnnspec.layers import find
from cnnspec.layers.argument import Term, show, word_of
from cnnspec.layers.base import show_shape
from cnnspec.names import suggestion
from cnnspec.size import Size, maximum
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_ELEMENTS = 1_000_000  # of a list or a range
MAX_NUMBER = 10**18
PREFIXES = {
    "tf", "tensorflow", "keras", "layers", "nn", "math", "activations", "initializers", "regularizers", "constraints",
    "models", "optimizers", "losses", "metrics", "callbacks", "np", "K",
}  # fmt: skip
SPATIAL = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class Expressions:
    """Evaluates expressions; `errors` collects what is wrong with them."""

    def __init__(self) -> None:
        self.errors: list[Diagnostic] = []
        self._seen: set[tuple[str, str, int, str]] = set()
        self.graph = Graph("")
        self._evaluate: dict[type, Callable[[Any, Scope, Tensor | None], Any]] = {
            tree.Number: lambda node, scope, current: node.value,
            tree.Dims: lambda node, scope, current: node.sizes,
            tree.Text: lambda node, scope, current: node.value,
            tree.Flag: lambda node, scope, current: node.value,
            tree.Name: self.name,
            tree.Here: self.here,
            tree.Call: self.call,
            tree.Index: self.index,
            tree.Attribute: self.attribute,
            tree.Tuple: self.tuple,
            tree.List: self.list,
            tree.Ternary: self.ternary,
            tree.Logic: self.logic,
            tree.Opposite: self.opposite,
            tree.Compare: self.compare,
            tree.Range: self.range,
            tree.Arithmetic: self.arithmetic,
            tree.Power: self.power,
            tree.Signed: self.signed,
            tree.Bad: lambda node, scope, current: UNKNOWN,
        }

    # ---- saying what is wrong ------------------------------------------------------------------------------
    def error(
        self, code: str, node: tree.Node, scope: Scope, message: str, help: str = "", severity: str = ERROR,
        extra: tuple[Note, ...] = (),
    ) -> Any:  # fmt: skip
        """Report once, with the block calls that led here, and return UNKNOWN."""
        key = (code, scope.source.name, node.start, message)
        if key not in self._seen:
            self._seen.add(key)
            site = Site(scope.source, node, scope.caller, scope.block)
            self.errors.append(Diagnostic(code, message, site.span, help, (*extra, *trail(site)), severity))
        return UNKNOWN

    # ---- evaluation ----------------------------------------------------------------------------------------
    def evaluate(self, node: tree.Node, scope: Scope, current: Tensor | None) -> Any:
        """The value of an expression; UNKNOWN, and an error noted, where it has none."""
        method = self._evaluate.get(type(node))
        return Closure(node, scope) if method is None else method(node, scope, current)

    def name(self, node: tree.Name, scope: Scope, current: Tensor | None) -> Any:
        value = scope.find(node.text)
        return Term(node.text, place=(node, scope)) if value is None else value

    def here(self, node: tree.Node, scope: Scope, current: Tensor | None) -> Any:
        if current is None:
            return self.error(
                "E016", node, scope, "`in` has no tensor here: there is no input yet", "write the input first"
            )
        return current

    def call(self, node: tree.Call, scope: Scope, current: Tensor | None) -> Any:
        word = self.callee(node.function, scope)
        if word is None:
            return Closure(node, scope)
        if word in _BUILTINS:
            return self.builtin(word, node, scope, current)
        if find(word) is not None or word == "Sequential":
            return Closure(node, scope)
        positional, keywords = [], []
        for argument in node.arguments:
            value = self.evaluate(argument.value, scope, current)
            if argument.name is None:
                positional.append(value)
            else:
                keywords.append((argument.name.text, value))
        return Term(word, tuple(positional), tuple(keywords), place=(node.function, scope))

    def callee(self, function: tree.Node, scope: Scope) -> str | None:
        """The word that is called when it is bound to nothing in the file; None otherwise."""
        if isinstance(function, tree.Name):
            return function.text if scope.find(function.text) is None else None
        if isinstance(function, tree.Attribute):
            return function.name.text if self.is_prefix(function.value, scope) else None
        return None

    def is_prefix(self, node: tree.Node, scope: Scope) -> bool:
        """Whether this is a pasted module: tf, keras.layers, …"""
        while isinstance(node, tree.Attribute):
            node = node.value
        return isinstance(node, tree.Name) and node.text in PREFIXES and scope.find(node.text) is None

    def builtin(self, word: str, node: tree.Call, scope: Scope, current: Tensor | None) -> Any:
        values = [self.evaluate(a.value, scope, current) for a in node.arguments]
        if UNKNOWN in values:
            return UNKNOWN
        if word == "len":
            if len(values) != 1 or not isinstance(values[0], (list, tuple)):
                return self.error("E012", node, scope, "len takes one list", "write, for example, len(blocks)")
            return len(values[0])
        if len(values) == 1 and isinstance(values[0], (list, tuple)) and word in ("min", "max"):
            values = list(values[0])
        if not values or not all(map(is_number, values)):
            return self.error("E012", node, scope, f"{word} takes numbers", f"write, for example, {word}(7 / 2)")
        return _BUILTINS[word](*values)

    def attribute(self, node: tree.Attribute, scope: Scope, current: Tensor | None) -> Any:
        if self.is_prefix(node.value, scope):
            return Term(node.name.text, place=(node.name, scope))
        value = self.evaluate(node.value, scope, current)
        if value is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, Tensor):
            return self.error("E012", node, scope, "only a tensor has attributes", "write in.channels, or skip.height")
        return self.tensor_attribute(node, self.graph.nodes[value.index].shape, scope)

    def tensor_attribute(self, node: tree.Attribute, shape: Any, scope: Scope) -> Any:
        word = node.name.text
        known = ("channels", "shape", "rank", "height", "width", "depth", "length")
        if word not in known:
            return self.error(
                "E010",
                node.name,
                scope,
                f'a tensor has no "{word}"',
                f"it has {', '.join(known)}" + suggestion(word, known),
            )
        if shape is None:
            return UNKNOWN
        if word == "shape":
            return shape
        if word == "rank":
            return len(shape) - 1
        if word == "channels":
            return shape[-1]
        axes = SPATIAL.get(len(shape) - 1, ())
        if word not in axes:
            return self.error(
                "E106",
                node.name,
                scope,
                f"{show_shape(shape)} has no {word}",
                "it has channels" + "".join(f", {a}" for a in axes),
            )
        return shape[axes.index(word)]

    def index(self, node: tree.Index, scope: Scope, current: Tensor | None) -> Any:
        value, at = self.evaluate(node.value, scope, current), self.evaluate(node.index, scope, current)
        if value is UNKNOWN or at is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, (list, tuple)):
            return self.error(
                "E012", node.value, scope, f"{describe(value)} cannot be indexed", "only a list or a tuple can"
            )
        if isinstance(at, bool) or not isinstance(at, int):
            return self.error("E012", node.index, scope, f"an index is a whole number, not {describe(at)}")
        if not -len(value) <= at < len(value):
            return self.error(
                "E012", node.index, scope, f"index {at} in a list of {len(value)}", f"the last is {len(value) - 1}"
            )
        return value[at]

    def tuple(self, node: tree.Tuple, scope: Scope, current: Tensor | None) -> Any:
        items = [self.evaluate(item, scope, current) for item in node.items]
        return UNKNOWN if UNKNOWN in items else tuple(items)

    def list(self, node: tree.List, scope: Scope, current: Tensor | None) -> Any:
        items = [self.evaluate(item, scope, current) for item in node.items]
        return UNKNOWN if UNKNOWN in items else items

    def ternary(self, node: tree.Ternary, scope: Scope, current: Tensor | None) -> Any:
        condition = self.truth(node.condition, scope, current)
        if condition is UNKNOWN:
            return UNKNOWN
        return self.evaluate(node.then if condition else node.otherwise, scope, current)

    def truth(self, node: tree.Node, scope: Scope, current: Tensor | None) -> Any:
        """A condition: true, false or UNKNOWN."""
        value = self.evaluate(node, scope, current)
        if value is UNKNOWN or isinstance(value, bool):
            return value
        if word_of(value) == "none":
            return False
        return self.error(
            "E012", node, scope, f"a condition is true or false, not {describe(value)}", "compare it: stride == 1"
        )

    def logic(self, node: tree.Logic, scope: Scope, current: Tensor | None) -> Any:
        stop = node.operator == "or"
        for term in node.terms:
            value = self.truth(term, scope, current)
            if value is UNKNOWN or value is stop:
                return value
        return not stop

    def opposite(self, node: tree.Opposite, scope: Scope, current: Tensor | None) -> Any:
        value = self.truth(node.value, scope, current)
        return UNKNOWN if value is UNKNOWN else not value

    def compare(self, node: tree.Compare, scope: Scope, current: Tensor | None) -> Any:
        left, right = self.evaluate(node.left, scope, current), self.evaluate(node.right, scope, current)
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        if node.operator in ("==", "!="):
            if isinstance(left, Size) or isinstance(right, Size):
                return self.ordered(node, left, right, scope)
            same = word_of(left) == word_of(right) if word_of(left) is not None else left == right
            return same is (node.operator == "==")
        if not is_number(left) or not is_number(right):
            wrong = right if is_number(left) else left
            at = node.right if is_number(left) else node.left
            return self.not_a_number(at, wrong, scope)
        return self.ordered(node, left, right, scope)

    def ordered(self, node: tree.Compare, left: Any, right: Any, scope: Scope) -> Any:
        if not is_number(left) or not is_number(right):
            return node.operator == "!="
        difference = left - right
        if isinstance(difference, Size):
            return self.error(
                "E017", node, scope, f"{left} {node.operator} {right} depends on a size that is not known",
                "give the input a size, or set it apart with a parameter",
            )  # fmt: skip
        return COMPARE[node.operator](difference, 0)

    def range(self, node: tree.Range, scope: Scope, current: Tensor | None) -> Any:
        first, last = self.evaluate(node.first, scope, current), self.evaluate(node.last, scope, current)
        if first is UNKNOWN or last is UNKNOWN:
            return UNKNOWN
        for value, part in ((first, node.first), (last, node.last)):
            if isinstance(value, bool) or not isinstance(value, int):
                return self.error("E012", part, scope, f"a range goes between whole numbers, not {describe(value)}")
        if last - first >= MAX_ELEMENTS:
            return self.error(
                "E003",
                node,
                scope,
                f"this range has {last - first + 1:,} numbers; at most {MAX_ELEMENTS:,} are allowed",
                "both ends count: 1..3 is 1, 2, 3",
            )
        return list(range(first, last + 1))

    # ---- arithmetic ----------------------------------------------------------------------------------------
    def arithmetic(self, node: tree.Arithmetic, scope: Scope, current: Tensor | None) -> Any:
        left = self.evaluate(node.first, scope, current)
        if self.repeats(node, left):
            return Closure(node, scope)
        at = node.first
        for operator, part in node.rest:
            right = self.evaluate(part, scope, current)
            left = self.operate(operator, left, right, at, part, scope)
            if left is UNKNOWN:
                return UNKNOWN
            at = part
        return left

    def repeats(self, node: tree.Arithmetic, left: Any) -> bool:
        """Whether this is `f * n`, with f a layer function, and not a product of numbers."""
        if node.rest[0][0] != "*":
            return False
        return isinstance(left, (Function, Tensor)) or (isinstance(left, Term) and find(left.name) is not None)

    def operate(self, operator: str, left: Any, right: Any, at: tree.Node, part: tree.Node, scope: Scope) -> Any:
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        if isinstance(left, list) and operator == "+" and isinstance(right, list):
            return left + right
        if isinstance(left, list) and operator == "*" and isinstance(right, int):
            if len(left) * right > MAX_ELEMENTS:
                return self.error(
                    "E003",
                    part,
                    scope,
                    f"this list would have {len(left) * right:,} elements; at most {MAX_ELEMENTS:,} are allowed",
                )
            return left * right
        for value, place in ((left, at), (right, part)):
            if not is_number(value):
                return self.not_a_number(place, value, scope)
        return self.compute(operator, left, right, part, scope)

    def compute(self, operator: str, left: Any, right: Any, part: tree.Node, scope: Scope) -> Any:
        if operator in ("/", "//", "%"):
            if isinstance(right, Size):
                return self.error("E017", part, scope, f"division by {right}, a size that is not known")
            if right == 0:
                return self.error("E012", part, scope, "division by zero")
            if isinstance(left, Size) and (operator == "/" or right < 0 or not isinstance(right, int)):
                return self.error("E017", part, scope, f"{left} {operator} {right} may be no whole number", "use //")
        if operator == "/":
            exact = isinstance(left, int) and isinstance(right, int) and left % right == 0
            value = left // right if exact else left / right
        else:
            value = OPERATE[operator](left, right)
        if not isinstance(value, Size) and abs(value) >= MAX_NUMBER:
            return self.error("E003", part, scope, "this number is too large", "numbers have at most 18 digits")
        return value

    def power(self, node: tree.Power, scope: Scope, current: Tensor | None) -> Any:
        base, exponent = self.evaluate(node.base, scope, current), self.evaluate(node.exponent, scope, current)
        if base is UNKNOWN or exponent is UNKNOWN:
            return UNKNOWN
        for value, place in ((base, node.base), (exponent, node.exponent)):
            if not is_number(value) or isinstance(value, Size):
                return self.not_a_number(place, value, scope)
        if base == 0 and exponent < 0:
            return self.error("E012", node.exponent, scope, "division by zero")
        if abs(exponent) > 64 and abs(base) not in (0, 1) or base < 0 and not float(exponent).is_integer():
            return self.error(
                "E003",
                node.exponent,
                scope,
                f"{show(base)}^{show(exponent)} is no usable number",
                "numbers have at most 18 digits",
            )
        value = base**exponent
        if abs(value) >= MAX_NUMBER:
            return self.error(
                "E003", node.exponent, scope, "this number is too large", "numbers have at most 18 digits"
            )
        return value

    def signed(self, node: tree.Signed, scope: Scope, current: Tensor | None) -> Any:
        value = self.evaluate(node.value, scope, current)
        if value is UNKNOWN:
            return UNKNOWN
        if not is_number(value):
            return self.not_a_number(node.value, value, scope)
        return -value if node.operator == "-" else value

    def not_a_number(self, node: tree.Node, value: Any, scope: Scope) -> Any:
        if isinstance(value, Term):
            return self.unknown_name(value.place[0] if value.place else node, value.name, scope)
        return self.error("E012", node, scope, f"a number is needed here, not {describe(value)}")

    def unknown_name(self, node: tree.Node, name: str, scope: Scope) -> Any:
        from cnnspec.layers import spellings

        known = [*scope.all_names(), *spellings()]
        hint = suggestion(name, known).removeprefix("; ")
        return self.error(
            "E010", node, scope, f'nothing is called "{name}"', hint or "`cnnspec layers` lists the layers"
        )


def trail(site: Site) -> tuple[Note, ...]:
    """The block calls that led to a site, innermost first."""
    notes: list[Note] = []
    while site.caller is not None and len(notes) < 8:
        notes.append(Note(f"in block {site.block}, called here", site.caller.span))
        site = site.caller
    return tuple(notes)


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Size)) and not isinstance(value, bool)


def describe(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, Tensor):
        return "a tensor"
    if isinstance(value, BlockFunction):
        return f"the block {value.block.name.text}"
    if isinstance(value, LayerFunction):
        return f"the layer {value.word}"
    if isinstance(value, Function):
        return "a layer function"
    if isinstance(value, str):
        return f'the text "{value}"'
    if isinstance(value, Term):
        return f'"{value}"'
    if isinstance(value, list):
        return "a list"
    return show(value)


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


def _largest(*values: Any) -> Any:
    result = values[0]
    for value in values[1:]:
        result = maximum(result, value) if isinstance(result, Size) or isinstance(value, Size) else max(result, value)
    return result


_BUILTINS: dict[str, Callable[..., Any]] = {
    "len": len,
    "max": _largest,
    "min": lambda *values: -_largest(*[-v for v in values]),
    "round": lambda value: value if isinstance(value, Size) else round(value),
    "floor": lambda value: value if isinstance(value, Size) else int(value // 1),
    "ceil": lambda value: value if isinstance(value, Size) else int(-(-value // 1)),
}
