"""Layer functions of the text → Python functions on tensors: named ones, and those that are passed as arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compile.keras_source.frame import Differs, Frame, add_return, find_bound_names
from cnnspec.compile.keras_source.name_scope import InlineFunction, NameScope
from cnnspec.compile.keras_source.print_place import PrintPlace
from cnnspec.compile.trace import real
from cnnspec.elaborate.values import Closure, Tensor
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.block_printer import BlockPrinter
    from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
    from cnnspec.compile.keras_source.layer_printer import LayerPrinter
    from cnnspec.compile.keras_source.print_context import PrintContext
    from cnnspec.compile.keras_source.step_printer import StepPrinter
    from cnnspec.compile.trace import Use


class FunctionPrinter:
    """Prints layer functions, blocks among them."""

    def __init__(
        self,
        context: PrintContext,
        expressions: ExpressionPrinter,
        layers: LayerPrinter,
        blocks: BlockPrinter,
        steps: StepPrinter,
    ) -> None:
        self.context, self.module = context, context.module
        self.expressions, self.layers, self.blocks, self.steps = expressions, layers, blocks, steps

    def print_function(self, node: tree.Node, place: PrintPlace, name: str) -> str:
        """The Python function for a layer function; `name` is for one that takes several lines."""
        values = place.values_of(node)
        if not values:
            raise Differs
        if all(isinstance(value, Tensor) for value in values):
            return f"lambda _: {self.expressions.print(node, place)}"
        if isinstance(node, tree.Ternary):
            taken = [node.then if id(node.then) in use.values else node.otherwise for use in place.uses]
            if any(side is not taken[0] for side in taken):
                raise Differs
            return self.print_function(taken[0], place, name)
        meaning = place.names.find(node.text) if isinstance(node, tree.Name) else None
        written = meaning and meaning.print_function()
        if written:
            return written
        if isinstance(node, tree.Index):
            return self.expressions.print(node, place)
        uses = real(list({id(use): use for use in self.context.find_applications(values)}.values()))
        if not uses:
            return "None"
        if all(use.block is not None for use in uses):
            return self.blocks.print_function(uses)
        names = meaning.names if isinstance(meaning, InlineFunction) else place.names
        frame, tensor, text = self._print_inside(node, uses, place, names)
        if not frame.lines:
            return f"lambda {tensor}: {text}"
        return define_local(place.frame, name, frame, tensor, text)

    def define_function(self, name: str, node: tree.Node, uses: list[Use], place: PrintPlace) -> str:
        """Write a layer function as a Python function called `name`."""
        frame, tensor, text = self._print_inside(node, uses, place, place.names)
        if place.frame is not self.module.frame:
            return define_local(place.frame, name, frame, tensor, text)
        scope = place.uses[0].scope
        assert scope is not None
        variable = self.module.frame.take_variable(name)
        lines = [(0, f"def {variable}({tensor}):"), *[(d + 1, t) for d, t in add_return(frame.lines, text, 0)]]
        above = [(0, line) for line in self.context.comments.find_above(place.uses[0].node, scope.source)]
        self.module.add(scope.source.name, node.start, variable, [*above, *lines])
        return variable

    def _print_inside(
        self, node: tree.Node, uses: list[Use], place: PrintPlace, names: NameScope
    ) -> tuple[Frame, str, str]:
        """The lines of a layer function, its parameter and the expression that it returns.

        `uses` are those in which it is applied, `names` the names where it is written.
        """
        values = place.values_of(node)
        frame = Frame(place.frame, find_bound_names(node))
        tensor = frame.make_variable("x")
        if all(isinstance(value, Term) for value in values):
            return frame, tensor, self.layers.print_layer(PrintPlace(frame, place.names, tensor, uses), tensor, "")
        expressions = {id(value.expression): value.expression for value in values if isinstance(value, Closure)}
        if len(expressions) != 1 or not all(isinstance(value, Closure) for value in values):
            raise Differs
        (expression,) = expressions.values()
        if expression is not node and names is place.names:  # is written elsewhere, and its names are not known
            raise Differs
        there = PrintPlace(frame, NameScope(names), tensor, uses)
        return frame, tensor, self.steps.print_step(expression, there.at(there.uses_inside(expression)), tensor)


def define_local(outer: Frame, name: str, frame: Frame, tensor: str, text: str) -> str:
    """Write a function into another one."""
    variable = outer.take_variable(name)
    with outer.indented(f"def {variable}({tensor}):"):
        outer.emit_all(add_return(frame.lines, text, 0))
    outer.emit("")
    return variable
