"""Expressions → values: numbers, words, tuples, lists, tensors and functions.

A part that names layers is not run here but kept as a `Closure`, to be applied to a tensor later. `current` is the
tensor that enters the step in which the expression is written (None before the first input).
"""

from __future__ import annotations

from cnnspec.base.names import PASTED_MODULES, the_one
from cnnspec.elaborate.arithmetic import BUILTINS, Arithmetic
from cnnspec.elaborate.reporting import describe, is_flag, is_list, is_number, is_step, is_step_or_number, is_tensor
from cnnspec.elaborate.values import UNKNOWN, Closure, Scope, Tensor
from cnnspec.layers import find
from cnnspec.layers.argument import Term, word_of
from cnnspec.layers.base import show_shape
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SPATIAL = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class Expressions(Arithmetic):
    """Evaluates every kind of expression."""

    def __init__(self) -> None:
        super().__init__()
        self._evaluate: dict[type, Callable[[Any, Scope, Tensor | None], Any]] = {
            tree.Number: lambda node, scope, current: node.value,
            tree.Dims: self.dims,
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
            tree.Input: lambda node, scope, current: self.error(
                "E012", node, scope, "an input is no value", "write it on a line of its own"
            ),
            tree.Bad: self.bad,
        }

    def evaluate(self, node: tree.Node, scope: Scope, current: Tensor | None) -> Any:
        """The value of an expression; UNKNOWN, and an error noted, where it has none."""
        method = self._evaluate.get(type(node))
        return Closure(node, scope) if method is None else method(node, scope, current)

    def bad(self, node: tree.Bad, scope: Scope, current: Tensor | None) -> Any:
        scope.unknown(node.names)
        return UNKNOWN

    def dims(self, node: tree.Dims, scope: Scope, current: Tensor | None) -> Any:
        named = next((size for size in node.sizes if isinstance(size, str)), None)
        if named is None:
            return node.sizes
        message = f"{named} is a size with a name, which an input's shape alone can have"
        return self.error("E012", node, scope, message, "write numbers, or (a, b) for sizes that are bound")

    def name(self, node: tree.Name, scope: Scope, current: Tensor | None) -> Any:
        value = scope.find(node.text)
        if self.graph.assumptions and scope.assumes(node.text):
            self.doubt = True
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
        if word in BUILTINS:
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
        refused = self.refused_list([*positional, *[value for _, value in keywords]], 1, node, scope)
        return refused or Term(word, tuple(positional), tuple(keywords), place=(node.function, scope), call=node)

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
        return isinstance(node, tree.Name) and node.text in PASTED_MODULES and scope.find(node.text) is None

    def attribute(self, node: tree.Attribute, scope: Scope, current: Tensor | None) -> Any:
        if self.is_prefix(node.value, scope):
            return Term(node.name.text, place=(node.name, scope))
        value = self.evaluate(node.value, scope, current)
        if type(value) is Term:
            value = self.bound(value, node.value, scope, is_tensor)
        if value is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, Tensor):
            return self.error("E012", node, scope, "only a tensor has attributes", "write in.channels, or skip.height")
        if value.assumed:
            self.doubt = True
        return self.tensor_attribute(node, self.graph.nodes[value.index].shape, scope)

    def tensor_attribute(self, node: tree.Attribute, shape: Any, scope: Scope) -> Any:
        word = node.name.text
        known = ("channels", "shape", "rank", "height", "width", "depth", "length")
        if word not in known:
            message, has = f'a tensor has no "{word}"', f"it has {', '.join(known)}"
            meant = self.misspelt("E010", node.name, scope, message, word, known, has)
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
        if type(value) is Term:
            value = self.bound(value, node.value, scope, is_list)
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
        return UNKNOWN if UNKNOWN in items else self.refused_list(items, 1, node, scope) or tuple(items)

    def list(self, node: tree.List, scope: Scope, current: Tensor | None) -> Any:
        items = [self.evaluate(item, scope, current) for item in node.items]
        return UNKNOWN if UNKNOWN in items else self.refused_list(items, 1, node, scope) or items

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
        if isinstance(node, tree.Name) and word_of(value) == node.text:
            return self.unknown_name(node, node.text, scope, is_flag)
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
        """Whether this is `f * n`, with f a layer function, or a name that is near to one's, and no product of numbers."""
        return node.rest[0][0] == "*" and (is_step(left) or type(left) is Term and self.nearly_step(left))

    def nearly_step(self, value: Term) -> bool:
        """Whether a word that nothing is called is nearly one step's name."""
        if value.place is None:
            return False
        place, origin = value.place
        meant = the_one(self.near(place, value.name, origin, is_step_or_number))
        return meant is not None and not is_number(origin.find(meant))
