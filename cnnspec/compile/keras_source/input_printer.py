"""Inputs of the text → `keras.Input`; outputs, which become arguments of `keras.Model`, are noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.frame import Differs
from cnnspec.compile.keras_source.name_scope import TensorName
from cnnspec.compile.python_text.literals import hide_unknown, is_same, print_literal
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.call_printer import CallPrinter
    from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
    from cnnspec.compile.keras_source.print_context import PrintContext
    from cnnspec.compile.keras_source.print_place import PrintPlace
    from cnnspec.compile.keras_source.step_printer import StepPrinter


class InputPrinter:
    """Prints inputs. `inputs` and `outputs` are the variables of the model's ends, in the order of the text."""

    def __init__(
        self, context: PrintContext, expressions: ExpressionPrinter, calls: CallPrinter, steps: StepPrinter
    ) -> None:
        self.context, self.expressions, self.calls, self.steps = context, expressions, calls, steps
        self.inputs: list[str] = []
        self.outputs: dict[str, Any] = {}

    def print_input(self, item: tree.Input, place: PrintPlace, target: str) -> str:
        """An input of the network, and the steps behind it."""
        frame = place.frame
        tensor = place.uses[0].result
        if not frame.is_main or frame.depth != 1 or len(place.uses) != 1:
            raise Differs
        graph = self.context.graph
        node = next(graph.nodes[i] for i in graph.inputs if graph.nodes[i].site.node is item)
        assert tensor is not None
        assert node.shape is not None
        texts = [self._print_shape(item, hide_unknown(node.shape), place)]
        if item.name is not None and item.name.text == node.name and not self.calls.is_clashing(node.name):
            texts.append(f'name="{node.name}"')
        own = item.name.text if item.name is not None and item.name.text.isidentifier() else ""
        variable = frame.take_variable(own) if own else frame.make_variable("inputs")
        frame.emit(f"{variable} = keras.Input({', '.join(texts)})")
        self.inputs.append(variable)
        if item.name:
            place.names.own[item.name.text] = TensorName(variable)
        return self.steps.print_chain(item.stages, place.at(place.uses, variable), target)

    def _print_shape(self, item: tree.Input, shape: tuple[int | None, ...], place: PrintPlace) -> str:
        """The shape as it was written, where that is no more than a list of sizes."""
        if isinstance(item.shape, tree.Tuple):
            values = place.values_of(item.shape)
            if values and is_same(values[0], shape):
                return f"shape={self.expressions.print(item.shape, place)}"
        elif isinstance(item.shape, tree.Name):
            values = place.values_of(item.shape)
            text = self.expressions.print(item.shape, place)
            if values and is_same(values[0], shape):
                return f"shape={text}"
            if values and is_same((values[0],), shape):
                return f"shape=({text},)"
        return f"shape={print_literal(shape)}"

    def note_output(self, item: tree.Output, place: PrintPlace) -> str:
        """Note the outputs of the network; nothing is written."""
        if not place.frame.is_main:
            raise Differs
        for name in item.names:
            variable = place.names.find_tensor(name.text)
            if variable is None:
                raise Differs
            tensor = place.uses[0].scope.find(name.text) if place.uses[0].scope else None
            if tensor not in self.outputs.values():  # a tensor is an output once, whatever it is called
                self.outputs[variable] = tensor
        return place.current
