"""Bodies of the text → statements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnnspec.compile.trace import kids
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.compile.keras_source.constant_printer import ConstantPrinter
    from cnnspec.compile.keras_source.flow_printer import FlowPrinter
    from cnnspec.compile.keras_source.input_printer import InputPrinter
    from cnnspec.compile.keras_source.print_context import PrintContext
    from cnnspec.compile.keras_source.print_place import PrintPlace
    from cnnspec.compile.keras_source.shared_printer import SharedPrinter
    from cnnspec.compile.keras_source.step_printer import StepPrinter

WITHOUT_LINES = (tree.Budget, tree.Block, tree.Model, tree.Train, tree.Use)


class BodyPrinter:
    """Prints bodies: their items in order, each by the printer that knows its kind."""

    def __init__(
        self,
        context: PrintContext,
        steps: StepPrinter,
        flow: FlowPrinter,
        inputs: InputPrinter,
        constants: ConstantPrinter,
        shared: SharedPrinter,
    ) -> None:
        self.comments, self.steps, self.inputs = context.comments, steps, inputs
        self._print: dict[type, Callable[[Any, PrintPlace, str], str]] = {
            tree.Step: self._print_step,
            tree.Input: inputs.print_input,
            tree.Output: lambda item, place, target: inputs.note_output(item, place),
            tree.Assign: lambda item, place, target: constants.print_constant(item, place),
            tree.Shared: lambda item, place, target: shared.print_shared(item, place),
            tree.Loop: flow.print_loop,
            tree.Branch: flow.print_branch,
        }

    def print_body(self, body: tree.Body, place: PrintPlace, target: str) -> str:
        """All items of a body; the expression of the last one's result."""
        text = current = place.current
        before: tree.Node | None = None
        for item in [item for item in body.items if not isinstance(item, WITHOUT_LINES)]:
            uses = place.uses_of(item)
            current = place.store(text, target) if text else ""
            if isinstance(item, (tree.Loop, tree.Branch)) and current:
                place.frame.assign(target, current)
                current = target
            self._print_space(item, before, place.at(uses))
            before = item
            text = self._print[type(item)](item, place.at(uses, current), target)
        return text

    def _print_space(self, item: tree.Node, before: tree.Node | None, place: PrintPlace) -> None:
        """The empty line before an item, where the text has one, and its comments."""
        scope = place.uses[0].scope
        if scope is None:
            return
        if before is not None:
            between = scope.source.text[before.end : item.start].split("#")[0]
            if "\n\n" in re.sub(r"[ \t]", "", between):
                place.frame.emit("")
        if not isinstance(item, tree.Assign):
            for line in self.comments.find_above(item, scope.source):
                place.frame.emit(line)

    def _print_step(self, item: tree.Step, place: PrintPlace, target: str) -> str:
        """A step, and before it the input that is written in it."""
        for kid in [k for k in place.uses[0].kids if isinstance(k.node, tree.Input)]:  # input_shape= of a first layer
            assert isinstance(kid.node, tree.Input)
            place = place.at(place.uses, self.inputs.print_input(kid.node, place.at([kid]), target))
        uses = kids(place.uses, item.value)
        return self.steps.print_step(item.value, place.at(uses), target) if uses else place.current
