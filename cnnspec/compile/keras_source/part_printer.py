"""The link between the printers: parts of the text that may stand inside any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.body_printer import BodyPrinter
    from cnnspec.compile.keras_source.function_printer import FunctionPrinter
    from cnnspec.compile.keras_source.print_place import PrintPlace
    from cnnspec.compile.keras_source.step_printer import StepPrinter
    from cnnspec.syntax import tree


class PartPrinter:
    """Prints what stands inside a part of the text: steps, values that are applied, layer functions, bodies.

    The text is nested: a list has layer functions, a function has steps, a step has a body, a body has lists. So a printer
    is given the printers made before it, and asks those made after it through this one, which is completed once all are
    made.
    """

    _steps: StepPrinter
    _functions: FunctionPrinter
    _bodies: BodyPrinter

    def complete(self, steps: StepPrinter, functions: FunctionPrinter, bodies: BodyPrinter) -> None:
        """Take in the printers that are asked through this one."""
        self._steps, self._functions, self._bodies = steps, functions, bodies

    def print_step(self, node: tree.Node, place: PrintPlace, target: str) -> str:
        """A step, applied to the current tensor."""
        return self._steps.print_step(node, place, target)

    def apply_value(self, node: tree.Node, place: PrintPlace, outer: PrintPlace, target: str) -> str:
        """The value of an expression, applied to the current tensor. `outer` is where it was evaluated."""
        return self._steps.apply_value(node, place, outer, target)

    def print_function(self, node: tree.Node, place: PrintPlace, name: str) -> str:
        """A layer function as a Python function; `name` is for one that takes several lines."""
        return self._functions.print_function(node, place, name)

    def print_body(self, body: tree.Body, place: PrintPlace, target: str) -> str:
        """A body, applied to the current tensor."""
        return self._bodies.print_body(body, place, target)
