"""Expressions → values: numbers, words, tuples, lists, tensors and functions.

A part that names layers is not run here but kept as a `Closure`, to be applied to a tensor later. `current` is the
tensor that enters the step in which the expression is written (None before the first input).
"""

from __future__ import annotations

from cnnspec.base.did_you_mean import PASTED_MODULES, get_only
from cnnspec.elaborate.arithmetic import BUILTINS
from cnnspec.elaborate.values import (
    UNKNOWN,
    Closure,
    Scope,
    Tensor,
    describe,
    is_flag,
    is_list,
    is_number,
    is_step,
    is_step_or_number,
    is_tensor,
)
from cnnspec.layers import find
from cnnspec.layers.argument import Term, word_of
from cnnspec.layers.base import show_shape
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.elaborate.arithmetic import Arithmetic
    from cnnspec.elaborate.holes import Holes
    from cnnspec.elaborate.names import UnknownWords
    from cnnspec.elaborate.observer import Observer
    from cnnspec.graph import Node

SPATIAL = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
ATTRIBUTES = ("channels", "shape", "rank", "height", "width", "depth", "length")  # of a tensor
NO_VALUES: dict[type[tree.Node], tuple[str, str]] = {  # what an expression cannot be, though it is written as one
    tree.Input: ("an input is no value", "write it on a line of its own"),
    tree.Mapping: (
        'a mapping stands only behind the "=" of a setting in a train section',
        "write, for example, loss = {mask: dice, label: hinge}",
    ),
}


class Evaluator:
    """Evaluates every kind of expression; asks the nodes of the graph for the shapes of tensors."""

    def __init__(
        self, words: UnknownWords, arithmetic: Arithmetic, nodes: list[Node], observer: Observer, holes: Holes
    ) -> None:
        self.words = words
        self.report = words.report
        self.assumptions = words.assumptions
        self.nodes = nodes
        self.arithmetic = arithmetic
        self.observer = observer
        self.kinds: dict[type, Callable[[Any, Scope, Tensor | None], Any]] = {
            tree.Number: lambda node, scope, current: node.value,
            tree.Dims: self.evaluate_dims,
            tree.Hole: lambda node, scope, current: holes.evaluate(node, scope, self.report),
            tree.Text: lambda node, scope, current: node.value,
            tree.Flag: lambda node, scope, current: node.value,
            tree.Name: self.evaluate_name,
            tree.Here: self.evaluate_here,
            tree.Call: self.evaluate_call,
            tree.Index: self.evaluate_index,
            tree.Attribute: self.evaluate_attribute,
            tree.Tuple: self.evaluate_tuple,
            tree.List: self.evaluate_list,
            tree.Ternary: self.evaluate_ternary,
            tree.Logic: self.evaluate_logic,
            tree.Opposite: self.evaluate_opposite,
            tree.Compare: self.evaluate_compare,
            tree.Range: self.evaluate_range,
            tree.Arithmetic: self.evaluate_arithmetic,
            tree.Power: self.evaluate_power,
            tree.Signed: self.evaluate_sign,
            **dict.fromkeys(NO_VALUES, self.refuse),
            tree.Bad: self.evaluate_bad,
        }

    def evaluate(self, node: tree.Node, scope: Scope, current: Tensor | None) -> Any:
        """The value of an expression; UNKNOWN, and an error reported, where it has none."""
        method = self.kinds.get(type(node))
        return Closure(node, scope) if method is None else method(node, scope, current)

    def refuse(self, node: tree.Node, scope: Scope, current: Tensor | None) -> Any:
        return self.report.error("E012", node, scope, *NO_VALUES[type(node)])

    def evaluate_bad(self, node: tree.Bad, scope: Scope, current: Tensor | None) -> Any:
        scope.unknown(node.names)
        return UNKNOWN

    def evaluate_dims(self, node: tree.Dims, scope: Scope, current: Tensor | None) -> Any:
        named = next((size for size in node.sizes if isinstance(size, str)), None)
        if named is None:
            return node.sizes
        message = f"{named} is a size with a name, which an input's shape alone can have"
        return self.report.error("E012", node, scope, message, "write numbers, or (a, b) for sizes that are bound")

    def evaluate_name(self, node: tree.Name, scope: Scope, current: Tensor | None) -> Any:
        value = scope.find(node.text)
        if self.assumptions.made and scope.assumes(node.text):
            self.assumptions.cast_doubt()
        return Term(node.text, place=(node, scope)) if value is None else value

    def evaluate_here(self, node: tree.Node, scope: Scope, current: Tensor | None) -> Any:
        if current is None:
            return self.report.error(
                "E016", node, scope, "`in` has no tensor here: there is no input yet", "write the input first"
            )
        return current

    def evaluate_call(self, node: tree.Call, scope: Scope, current: Tensor | None) -> Any:
        word = called_word(node.function, scope)
        if word is None:
            return Closure(node, scope)
        if word in BUILTINS:
            values = [self.evaluate(argument.value, scope, current) for argument in node.arguments]
            return self.arithmetic.call_builtin(word, node, values, scope)
        if find(word) is not None or word == "Sequential":
            return Closure(node, scope)
        positional, keywords = [], []
        for argument in node.arguments:
            value = self.evaluate(argument.value, scope, current)
            if argument.name is None:
                positional.append(value)
            else:
                keywords.append((argument.name.text, value))
        given = [*positional, *[value for _, value in keywords]]
        if UNKNOWN in given:
            return UNKNOWN
        refused = self.arithmetic.refuse_list(given, 1, node, scope)
        return refused or Term(word, tuple(positional), tuple(keywords), place=(node.function, scope), call=node)

    def evaluate_attribute(self, node: tree.Attribute, scope: Scope, current: Tensor | None) -> Any:
        if is_module(node.value, scope):
            return Term(node.name.text, place=(node.name, scope))
        value = self.evaluate(node.value, scope, current)
        if type(value) is Term:
            value = self.words.resolve_word(value, node.value, scope, is_tensor)
        if value is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, Tensor):
            return self.report.error(
                "E012", node, scope, "only a tensor has attributes", "write in.channels, or skip.height"
            )
        if value.assumed:
            self.assumptions.cast_doubt()
        return self.evaluate_tensor_attribute(node, self.nodes[value.index].shape, scope)

    def evaluate_tensor_attribute(self, node: tree.Attribute, shape: Any, scope: Scope) -> Any:
        """The channels, the height, … of a tensor's shape; UNKNOWN where the shape is not known."""
        self.observer.size_asked(node, shape)
        word = node.name.text
        if word not in ATTRIBUTES:
            message, has = f'a tensor has no "{word}"', f"it has {', '.join(ATTRIBUTES)}"
            meant = self.words.report_misspelt("E010", node.name, scope, message, word, ATTRIBUTES, has)
            if meant is None:
                return UNKNOWN
            word = meant
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
            return self.report.error(
                "E106",
                node.name,
                scope,
                f"{show_shape(shape)} has no {word}",
                "it has channels" + "".join(f", {a}" for a in axes),
            )
        return shape[axes.index(word)]

    def evaluate_index(self, node: tree.Index, scope: Scope, current: Tensor | None) -> Any:
        value, at = self.evaluate(node.value, scope, current), self.evaluate(node.index, scope, current)
        if type(value) is Term:
            value = self.words.resolve_word(value, node.value, scope, is_list)
        if value is UNKNOWN or at is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, (list, tuple)):
            help = "only a list or a tuple can"
            return self.refuse_index(node, node.value, scope, f"{describe(value)} cannot be indexed", help)
        if isinstance(at, bool) or not isinstance(at, int):
            return self.report.error("E012", node.index, scope, f"an index is a whole number, not {describe(at)}")
        if not -len(value) <= at < len(value):
            help = f"the last is {len(value) - 1}"
            return self.refuse_index(node, node.index, scope, f"index {at} in a list of {len(value)}", help)
        return value[at]

    def refuse_index(self, node: tree.Index, at: tree.Node, scope: Scope, message: str, help: str) -> Any:
        """Report an index that there is none of. What stands behind a list, [1, 2] [3], was hardly meant for one."""
        from cnnspec.syntax.lists import TWO_LISTS, is_list

        if is_list(node.value):
            return self.report.error("E012", at, scope, message, f"or do {TWO_LISTS[0]}? {TWO_LISTS[1]}")
        return self.report.error("E012", at, scope, message, help)

    def evaluate_tuple(self, node: tree.Tuple, scope: Scope, current: Tensor | None) -> Any:
        items = [self.evaluate(item, scope, current) for item in node.items]
        return UNKNOWN if UNKNOWN in items else self.arithmetic.refuse_list(items, 1, node, scope) or tuple(items)

    def evaluate_list(self, node: tree.List, scope: Scope, current: Tensor | None) -> Any:
        items = [self.evaluate(item, scope, current) for item in node.items]
        return UNKNOWN if UNKNOWN in items else self.arithmetic.refuse_list(items, 1, node, scope) or items

    def evaluate_ternary(self, node: tree.Ternary, scope: Scope, current: Tensor | None) -> Any:
        condition = self.evaluate_condition(node.condition, scope, current)
        if condition is UNKNOWN:
            return UNKNOWN
        return self.evaluate(node.then if condition else node.otherwise, scope, current)

    def evaluate_condition(self, node: tree.Node, scope: Scope, current: Tensor | None) -> Any:
        """A condition: true, false or UNKNOWN."""
        value = self.evaluate(node, scope, current)
        if value is UNKNOWN or isinstance(value, bool):
            return value
        if word_of(value) == "none":
            return False
        if isinstance(node, tree.Name) and word_of(value) == node.text:
            return self.words.report_unknown(node, node.text, scope, is_flag)
        return self.report.error(
            "E012", node, scope, f"a condition is true or false, not {describe(value)}", "compare it: stride == 1"
        )

    def evaluate_logic(self, node: tree.Logic, scope: Scope, current: Tensor | None) -> Any:
        stop = node.operator == "or"
        for term in node.terms:
            value = self.evaluate_condition(term, scope, current)
            if value is UNKNOWN or value is stop:
                return value
        return not stop

    def evaluate_opposite(self, node: tree.Opposite, scope: Scope, current: Tensor | None) -> Any:
        value = self.evaluate_condition(node.value, scope, current)
        return UNKNOWN if value is UNKNOWN else not value

    def evaluate_arithmetic(self, node: tree.Arithmetic, scope: Scope, current: Tensor | None) -> Any:
        left = self.evaluate(node.first, scope, current)
        if self.is_repeat(node, left):
            return Closure(node, scope)
        at = node.first
        for operator, part in node.rest:
            right = self.evaluate(part, scope, current)
            left = self.arithmetic.operate(operator, left, right, at, part, scope)
            if left is UNKNOWN:
                return UNKNOWN
            at = part
        return left

    def is_repeat(self, node: tree.Arithmetic, left: Any) -> bool:
        """Whether this is `f * n`, a repeat: f is a layer function, or a misspelt name of one. Else it is a product of numbers."""
        return node.rest[0][0] == "*" and (is_step(left) or type(left) is Term and self.is_nearly_step(left))

    def is_nearly_step(self, value: Term) -> bool:
        """Whether an unknown word is near to the name of one step."""
        if value.place is None:
            return False
        place, origin = value.place
        meant = get_only(self.words.find_near(place, value.name, origin, is_step_or_number))
        return meant is not None and not is_number(origin.find(meant))

    def evaluate_compare(self, node: tree.Compare, scope: Scope, current: Tensor | None) -> Any:
        left, right = self.evaluate(node.left, scope, current), self.evaluate(node.right, scope, current)
        return self.arithmetic.compare(node, left, right, scope)

    def evaluate_range(self, node: tree.Range, scope: Scope, current: Tensor | None) -> Any:
        if node.step is not None:
            message = "a range with a step stands only among the values of a parameter"
            return self.report.error("E012", node, scope, message, "write its numbers: [16, 24, 32]")
        first, last = self.evaluate(node.first, scope, current), self.evaluate(node.last, scope, current)
        return self.arithmetic.range(node, first, last, scope)

    def evaluate_power(self, node: tree.Power, scope: Scope, current: Tensor | None) -> Any:
        base, exponent = self.evaluate(node.base, scope, current), self.evaluate(node.exponent, scope, current)
        return self.arithmetic.power(node, base, exponent, scope)

    def evaluate_sign(self, node: tree.Signed, scope: Scope, current: Tensor | None) -> Any:
        return self.arithmetic.sign(node, self.evaluate(node.value, scope, current), scope)


def called_word(function: tree.Node, scope: Scope) -> str | None:
    """The word that is called, where the file gives it no meaning of its own; else None."""
    if isinstance(function, tree.Name):
        return function.text if scope.find(function.text) is None else None
    if isinstance(function, tree.Attribute):
        return function.name.text if is_module(function.value, scope) else None
    return None


def is_module(node: tree.Node, scope: Scope) -> bool:
    """Whether this is a pasted module: tf, keras.layers, …"""
    while isinstance(node, tree.Attribute):
        node = node.value
    return isinstance(node, tree.Name) and node.text in PASTED_MODULES and scope.find(node.text) is None
