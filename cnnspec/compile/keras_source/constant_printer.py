"""Constants of the text → variables: where they stand, or in the module, where blocks read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compile.keras_source.frame import Differs
from cnnspec.compile.keras_source.name_scope import DataName, FunctionName, InlineFunction, Unwritten
from cnnspec.elaborate.values import Function, Tensor
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree
from cnnspec.syntax.tree import names_in, walk

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
    from cnnspec.compile.keras_source.function_printer import FunctionPrinter
    from cnnspec.compile.keras_source.name_scope import NameMeaning
    from cnnspec.compile.keras_source.print_context import PrintContext
    from cnnspec.compile.keras_source.print_place import PrintPlace


class ConstantPrinter:
    """Prints constants, layer functions among them."""

    def __init__(self, context: PrintContext, expressions: ExpressionPrinter, functions: FunctionPrinter) -> None:
        self.context, self.homes, self.expressions, self.functions = context, context.homes, expressions, functions

    def print_constant(self, item: tree.Assign, place: PrintPlace) -> str:
        """A constant in its place; that of a network without a model goes to the module, where blocks read it."""
        if self._belongs_to_module(item, place):
            self._print_in_module(item, self.homes.module_place(place.uses))
        else:
            self._name_value(item, item.name.text, place)
        return place.current

    def print_module_constants(self, model: tree.Model, body: tree.Body) -> None:
        """The constants beside a model that the model or its blocks use."""
        needed = names_in(model)
        for block in self.homes.blocks:
            needed |= names_in(block)
        assigns = [i for i in body.items if isinstance(i, tree.Assign) and id(i) in self.context.trace.top]
        for assign in reversed(assigns):
            if assign.name.text in needed:
                needed |= names_in(assign.value)
        for assign in assigns:
            if assign.name.text in needed:
                self._print_in_module(assign, self.homes.module_place([self.context.trace.top[id(assign)]]))

    def _belongs_to_module(self, item: tree.Assign, place: PrintPlace) -> bool:
        if not self.homes.is_bare or place.names is not self.homes.main_names:
            return False
        if names_in(item.value) & place.names.own.keys() or any(isinstance(n, tree.Here) for n in walk(item.value)):
            return False
        if any(isinstance(value, Tensor) for value in place.values_of(item.value)):
            return False
        return any(item.name.text in names_in(block) for block in self.homes.blocks)

    def _print_in_module(self, item: tree.Assign, place: PrintPlace) -> None:
        """Write a constant into the module, data in capitals."""
        name = item.name.text
        is_data = not any(isinstance(value, Function) for value in place.values_of(item.value))
        self._name_value(item, name.upper() if is_data else name, place)

    def _name_value(self, item: tree.Assign, variable: str, place: PrintPlace) -> None:
        """Write a constant, called `variable` or the like, and note what its name then means."""
        frame, name, values = place.frame, item.name.text, place.values_of(item.value)
        if all(isinstance(value, Term) for value in values):
            place.names.own[name] = Unwritten()
        elif all(isinstance(value, Function) for value in values):
            place.names.own[name] = self._define_function(item, variable, place)
        elif all(isinstance(value, Tensor) for value in values):
            text = self.expressions.print(item.value, place)
            frame.assign(place.names.name_tensor(name, frame), text)
        else:
            text = self.expressions.print(item.value, place)
            meaning = place.names.own[name] = DataName(frame.take_variable(variable))
            frame.assign(meaning.variable, text)

    def _define_function(self, item: tree.Assign, variable: str, place: PrintPlace) -> NameMeaning:
        """Write a layer function, where it is applied and one function serves all its uses."""
        uses = self.context.find_applications(place.values_of(item.value))
        if not uses:
            return Unwritten()
        try:
            with place.frame.attempt():
                return FunctionName(self.functions.define_function(variable, item.value, uses, place))
        except Differs:
            return InlineFunction(item.value, place.names)
