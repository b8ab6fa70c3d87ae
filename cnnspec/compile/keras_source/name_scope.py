"""The names of the text, and what each means in the source: a variable, or nothing that Python has a name for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.keras_source.frame import Differs
from cnnspec.layers.argument import Term

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.frame import Frame
    from cnnspec.syntax import tree


class NameMeaning(Record):
    """What a name of the text means in the source. Each kind of name answers how it is printed where it is used."""

    def print_value(self, values: list[Any]) -> str:
        """The name as an expression; `values` are those that it has there. Raises Differs where it cannot be one."""
        raise Differs

    def print_function(self) -> str | None:
        """The name of a Python function on tensors; None where the source has none of this name."""
        return None

    def print_call(self, tensor: str) -> str | None:
        """The name applied to a tensor; None where the source has no function of this name."""
        return None


class Unwritten(NameMeaning):
    """A name that the source does not have: what it means is printed in its place (a block, a word, a turn of a loop)."""


class InlineFunction(NameMeaning):
    """A layer function that the source has no name for: its expression is printed in its place, with its own names."""

    expression: tree.Node
    names: NameScope


class DataName(NameMeaning):
    """A variable with data: numbers, words, lists."""

    variable: str

    def print_value(self, values: list[Any]) -> str:
        return self.variable

    def print_function(self) -> str | None:
        return self.variable


class TensorName(NameMeaning):
    """A variable with a tensor."""

    variable: str

    def print_value(self, values: list[Any]) -> str:
        return self.variable


class FunctionName(NameMeaning):
    """A Python function that is called with a tensor."""

    variable: str

    def print_value(self, values: list[Any]) -> str:
        if any(isinstance(value, Term) for value in values):  # the word is asked for, not the layer that it names
            raise Differs
        return self.variable

    def print_function(self) -> str | None:
        return self.variable

    def print_call(self, tensor: str) -> str | None:
        return f"{self.variable}({tensor})"


Variable = DataName | TensorName | FunctionName
VariableKind = type[DataName] | type[TensorName] | type[FunctionName]


class NameScope:
    """The names bound in one body of the text, inside those of the bodies around it.

    `passing`: tensors that are named here belong to the body around it, as in a loop or a condition.
    """

    def __init__(self, outer: NameScope | None, passing: bool = False) -> None:
        self.outer = outer
        self.passing = passing
        self.own: dict[str, NameMeaning] = {}

    def find(self, name: str) -> NameMeaning | None:
        """The meaning of a name, here or in a body around this one."""
        scope: NameScope | None = self
        while scope is not None:
            if name in scope.own:
                return scope.own[name]
            scope = scope.outer
        return None

    def find_tensor(self, name: str) -> str | None:
        """The variable of a named tensor; None where a name means none."""
        meaning = self.find(name)
        return meaning.variable if isinstance(meaning, TensorName) else None

    def name_tensor(self, name: str, frame: Frame) -> str:
        """The variable of a tensor that is named here: the one that it has, where the name is given again."""
        receiver = self
        while receiver.passing and receiver.outer is not None:
            receiver = receiver.outer
        meaning = receiver.own.get(name)
        if not isinstance(meaning, TensorName):
            meaning = TensorName(frame.take_variable(name))
        frame.taken.add(meaning.variable)
        receiver.own[name] = self.own[name] = meaning
        return meaning.variable
