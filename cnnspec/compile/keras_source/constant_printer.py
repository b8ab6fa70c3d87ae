"""Constants of the text → variables: where they stand, or in the module, where blocks read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.frame import Differs, NameMeaning, PrintPlace
from cnnspec.elaborate.values import Function, Tensor
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree
from cnnspec.syntax.tree import names_in, walk

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.block_homes import BlockHomes
    from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
    from cnnspec.compile.keras_source.function_printer import FunctionPrinter
    from cnnspec.compile.trace import Trace


class ConstantPrinter:
    """Prints constants, layer functions among them."""

    def __init__(
        self, trace: Trace, homes: BlockHomes, expressions: ExpressionPrinter, functions: FunctionPrinter
    ) -> None:
        self.trace, self.homes, self.expressions, self.functions = trace, homes, expressions, functions

    def print_constant(self, item: tree.Assign, place: PrintPlace) -> str:
        """A constant in its place; that of a network without a model goes to the module, where blocks read it."""
        if self._belongs_to_module(item, place):
            self._print_in_module(item, self.homes.module_place(place.uses))
        else:
            place.env.names[item.name.text] = self._bind(item, place.values_of(item.value), place)
        return place.current

    def print_module_constants(self, model: tree.Model, body: tree.Body) -> None:
        """The constants beside a model that the model or its blocks use."""
        needed = names_in(model)
        for block in self._called_blocks():
            needed |= names_in(block)
        assigns = [i for i in body.items if isinstance(i, tree.Assign) and id(i) in self.trace.top]
        for assign in reversed(assigns):
            if assign.name.text in needed:
                needed |= names_in(assign.value)
        for assign in assigns:
            if assign.name.text in needed:
                self._print_in_module(assign, self.homes.module_place([self.trace.top[id(assign)]]))

    def _belongs_to_module(self, item: tree.Assign, place: PrintPlace) -> bool:
        if not self.homes.is_bare or place.env is not self.homes.main_env:
            return False
        if names_in(item.value) & place.env.names.keys() or any(isinstance(n, tree.Here) for n in walk(item.value)):
            return False
        if any(isinstance(value, Tensor) for value in place.values_of(item.value)):
            return False
        return any(item.name.text in names_in(block) for block in self._called_blocks())

    def _called_blocks(self) -> list[tree.Block]:
        return [calls[0].block.block for calls in self.trace.calls.values() if calls[0].block]

    def _print_in_module(self, item: tree.Assign, place: PrintPlace) -> None:
        """Write a constant into the module, data in capitals."""
        values = place.values_of(item.value)
        name = item.name.text
        if not any(isinstance(value, Function) for value in values):
            name = name.upper()
        place.env.names[item.name.text] = self._bind(item.replace(name=item.name.replace(text=name)), values, place)

    def _bind(self, item: tree.Assign, values: list[Any], place: PrintPlace) -> NameMeaning:
        """Write a constant; what its name then means in the source."""
        frame, name = place.frame, item.name.text
        if all(isinstance(value, Term) for value in values):
            return NameMeaning("alias")
        if all(isinstance(value, Function) for value in values):
            uses = [use for value in values for use in self.trace.applied.get(id(value), [])]
            if not uses:
                return NameMeaning("alias")
            try:
                with frame.attempt():
                    return NameMeaning("function", self.functions.define_function(name, item.value, uses, place))
            except Differs:
                return NameMeaning("inline", "", (item.value, place.env))
        text = self.expressions.print(item.value, place)
        receiver = place.env.find_receiver()
        if all(isinstance(value, Tensor) for value in values):
            binding = receiver.names.get(name)
            if binding is None or binding.kind != "tensor":
                binding = receiver.names[name] = NameMeaning("tensor", frame.take_variable(name))
        else:
            binding = NameMeaning("value", frame.take_variable(name))
        frame.assign(binding.text, text)
        return binding
