"""Layers of the text → statements: what a layer reads, a padding before it, the activation that stood in it.

Every method returns the Python expression of its result; what has to stand before it is written to the frame. The
variable `target` may be overwritten on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compile.keras_source.call_printer import find_keras_calls, find_optional_padding, split_by_condition
from cnnspec.compile.keras_source.frame import Differs
from cnnspec.compile.keras_source.merge_printer import MergePrinter

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.call_printer import Arguments, CallPrinter
    from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
    from cnnspec.compile.keras_source.part_printer import PartPrinter
    from cnnspec.compile.keras_source.print_place import PrintPlace


class LayerPrinter:
    """Prints layers with what belongs to them; what stands inside a layer through `parts`."""

    def __init__(self, expressions: ExpressionPrinter, calls: CallPrinter, parts: PartPrinter) -> None:
        self.expressions, self.calls, self.parts = expressions, calls, parts
        self.merges = MergePrinter(expressions, parts)

    def print_layer(self, place: PrintPlace, target: str, name: str) -> str:
        """A layer, and the activation with arguments that stood in it."""
        use = place.uses[0]
        arguments = use.arguments
        inputs = place.current
        if use.cls is not None and use.cls.merges:
            branches = tuple([a for a in arguments if a.name is None])
            inputs = self.merges.print_branches(branches, place)
            arguments = tuple([a for a in arguments if a.name is not None])
        text = self._print_calls(place, arguments, inputs, target, self.calls.choose_name(place, name))
        after = [kid for u in place.uses for kid in u.kids if kid.value is not None and kid.node is u.node]
        if not after:
            return text
        activation = next(a.value for a in arguments if use.values.get(id(a.value)) is after[0].value)
        return self.parts.apply_value(activation, place.at(after, place.store(text, target)), place, target)

    def _print_calls(self, place: PrintPlace, arguments: Arguments, inputs: str, target: str, name: str) -> str:
        """A layer alone, on `inputs`."""
        try:
            calls = self.calls.print_calls(place, arguments, name)
        except Differs:
            return self._print_condition(place, arguments, inputs, target, name)
        between = target
        if any(f"{inputs}.shape" in call.arguments for call in calls[1:]):  # is asked for once more
            between = place.frame.make_variable("y")
        for call in calls[:-1]:
            place.frame.assign(between, call.apply_to(inputs))
            inputs = between
        if between != target:
            place.frame.release_variable(between)
        return calls[-1].apply_to(inputs)

    def _print_condition(self, place: PrintPlace, arguments: Arguments, inputs: str, target: str, name: str) -> str:
        """A layer with a condition among its arguments, or one that another layer pads in some uses."""
        found = split_by_condition(place, arguments)
        if found is None:
            return self._print_padding(place, arguments, inputs, target, name)
        condition, sides = found
        frame = place.frame
        with frame.attempt():
            for number, (uses, left) in enumerate(sides):
                with frame.indented("else:" if number else f"if {self.expressions.print(condition, place)}:"):
                    frame.assign(target, self._print_calls(place.at(uses), left, inputs, target, name))
        return target

    def _print_padding(self, place: PrintPlace, arguments: Arguments, inputs: str, target: str, name: str) -> str:
        """A layer that another one pads where the padding is more than 0."""
        frame = place.frame
        padding = find_optional_padding(place, arguments)
        if padding is None:
            raise Differs
        stated = [find_keras_calls(use) for use in place.uses]
        padded = [use for use, calls in zip(place.uses, stated, strict=True) if calls[0].helper == "pad"]
        if not padded or any(len(calls) != 1 + (calls[0].helper == "pad") for calls in stated):
            raise Differs
        with frame.attempt():
            pad = self.calls.print_calls(place.at(padded), arguments, name)[0]
            (rest,) = self.calls.print_calls(place, arguments, name, [calls[-1:] for calls in stated])
            if f"{inputs}.shape" in rest.arguments:
                raise Differs
            frame.assign(target, inputs)
            with frame.indented(f"if {self.expressions.print(padding, place)} > 0:"):
                frame.assign(target, pad.apply_to(target))
        return rest.apply_to(target)
