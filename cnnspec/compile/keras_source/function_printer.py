"""Layer functions of the text → Python functions on tensors: named ones, and those that are passed as arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.frame import Differs, Frame, NameScope, PrintPlace, add_return, find_bound_names
from cnnspec.compile.trace import real
from cnnspec.elaborate.values import Closure, Tensor
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
    from cnnspec.compile.keras_source.frame import NameMeaning
    from cnnspec.compile.keras_source.module_functions import ModuleFunctions
    from cnnspec.compile.keras_source.source_comments import SourceComments
    from cnnspec.compile.keras_source.step_printer import StepPrinter
    from cnnspec.compile.trace import Trace, Use


class FunctionPrinter:
    """Prints layer functions. `print_block` prints a block that is used as one."""

    def __init__(
        self,
        trace: Trace,
        comments: SourceComments,
        module: ModuleFunctions,
        expressions: ExpressionPrinter,
        steps: StepPrinter,
        print_block: Callable[[list[Use]], str],
    ) -> None:
        self.trace, self.comments, self.module = trace, comments, module
        self.expressions, self.steps, self.print_block = expressions, steps, print_block

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
        binding = place.env.find(node.text) if isinstance(node, tree.Name) else None
        if binding is not None and binding.kind in ("function", "value"):
            return binding.text
        if isinstance(node, tree.Index):
            return self.expressions.print(node, place)
        uses = [use for value in values for use in self.trace.applied.get(id(value), [])]
        uses = real(list({id(use): use for use in uses}.values()))
        if not uses:
            return "None"
        if all(use.block is not None for use in uses):
            return self.print_block(uses)
        frame, tensor, text = self._print_inside(node, values, uses, place, binding)
        if not frame.lines:
            return f"lambda {tensor}: {text}"
        return define_local(place.frame, name, frame, tensor, text)

    def define_function(self, name: str, node: tree.Node, uses: list[Use], place: PrintPlace) -> str:
        """Write a layer function as a Python function called `name`."""
        frame, tensor, text = self._print_inside(node, place.values_of(node), uses, place, None)
        if place.frame is not self.module.frame:
            return define_local(place.frame, name, frame, tensor, text)
        scope = place.uses[0].scope
        assert scope is not None
        variable = self.module.frame.take_variable(name)
        lines = [(0, f"def {variable}({tensor}):"), *[(d + 1, t) for d, t in add_return(frame.lines, text, 0)]]
        above = [(0, line) for line in self.comments.find_above(place.uses[0].node, scope.source)]
        self.module.add(scope.source.name, node.start, variable, [*above, *lines])
        return variable

    def _print_inside(
        self, node: tree.Node, values: list[Any], uses: list[Use], place: PrintPlace, binding: NameMeaning | None
    ) -> tuple[Frame, str, str]:
        """The lines of a layer function, its parameter and the expression that it returns."""
        frame = Frame(place.frame, find_bound_names(node))
        tensor = frame.make_variable("x")
        there = PrintPlace(frame, place.env, tensor, uses)
        if all(isinstance(value, Term) for value in values):
            return frame, tensor, self.steps.layers.print_layer(there, tensor, "")
        expressions = {id(value.expression): value.expression for value in values if isinstance(value, Closure)}
        if len(expressions) != 1 or not all(isinstance(value, Closure) for value in values):
            raise Differs
        (expression,) = expressions.values()
        env = binding.value[1] if binding is not None and binding.kind == "inline" else place.env
        if expression is not node and env is place.env:
            raise Differs
        inner = [kid for use in uses for kid in use.inside(expression)]
        if len(inner) != len(uses):
            raise Differs
        return frame, tensor, self.steps.print_step(expression, there.at(inner, env=NameScope(env)), tensor)


def define_local(outer: Frame, name: str, frame: Frame, tensor: str, text: str) -> str:
    """Write a function into another one."""
    variable = outer.take_variable(name)
    with outer.indented(f"def {variable}({tensor}):"):
        outer.emit_all(add_return(frame.lines, text, 0))
    outer.emit("")
    return variable
