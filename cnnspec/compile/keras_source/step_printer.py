"""Steps of the text → statements: chains, names, repeats, conditions, functions applied.

Every method returns the Python expression of its result; what has to stand before it is written to the frame. The
variable `target` may be overwritten on the way; the current tensor's variable may not, unless it is the target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.expression_printer import PRODUCT, TERNARY
from cnnspec.compile.keras_source.frame import Differs
from cnnspec.compile.keras_source.merge_printer import WIDE, is_short
from cnnspec.compile.keras_source.name_scope import InlineFunction, NameScope
from cnnspec.compile.keras_source.print_place import PrintPlace
from cnnspec.compile.trace import idle, is_false, kids
from cnnspec.elaborate.values import Function, Tensor
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.compile.keras_source.block_printer import BlockPrinter
    from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
    from cnnspec.compile.keras_source.layer_printer import LayerPrinter
    from cnnspec.compile.keras_source.part_printer import PartPrinter
    from cnnspec.compile.keras_source.print_context import PrintContext
    from cnnspec.compile.trace import Use

MAX_WORK = 10_000  # steps printed, besides 20 for each use: attempts inside attempts end


class TooHard(Exception):
    """More work than the source is worth."""


class StepPrinter:
    """Prints steps, each applied to the current tensor; bodies in braces through `parts`."""

    def __init__(
        self,
        context: PrintContext,
        expressions: ExpressionPrinter,
        layers: LayerPrinter,
        blocks: BlockPrinter,
        parts: PartPrinter,
    ) -> None:
        self.context, self.parts = context, parts
        self.expressions, self.layers, self.blocks = expressions, layers, blocks
        self.work = MAX_WORK + 20 * sum(context.trace.times.values())
        self._print: dict[type, Callable[[Any, PrintPlace, str, str], str]] = {
            tree.Chain: lambda node, place, target, name: self.print_chain(node.stages, place, target, name),
            tree.Naming: self._print_naming,
            tree.Braces: self._print_braces,
            tree.Ternary: self._print_ternary,
            tree.Here: lambda node, place, target, name: place.current,
            tree.Contract: lambda node, place, target, name: place.current,
        }

    def print_step(self, node: tree.Node, place: PrintPlace, target: str, name: str = "") -> str:
        """A step, applied to the current tensor. `name` is for its layer."""
        self.work -= 1
        if self.work < 0:
            raise TooHard
        method = self._print.get(type(node))
        if method is not None:
            return method(node, place, target, name)
        if place.uses[0].cls is not None:
            return self.layers.print_layer(place, target, name)
        if place.uses[0].block is not None:
            return self.blocks.print_call(place)
        if isinstance(node, tree.Arithmetic) and kids(place.uses, node.first):
            return self._print_repeat(node, place, target)
        if isinstance(node, tree.Arithmetic) and isinstance(place.values_of(node.first)[0], (Function, Term, Tensor)):
            return place.current  # times 0
        if isinstance(node, tree.Call):
            return self._print_call(node, place, target)
        return self._print_name(node, place, target, name)

    def print_chain(self, stages: tuple[tree.Node, ...], place: PrintPlace, target: str, name: str = "") -> str:
        """Steps, one behind another: f -> g -> h. `name` is for the layer of the last one."""
        text = current = place.current
        for number, stage in enumerate(stages, 1):
            here = place.at(place.uses_of(stage), current)
            text = self.print_step(stage, here, target, name if number == len(stages) else "")
            current = text if number == len(stages) else place.store(text, target)
        return text

    def _print_naming(self, node: tree.Naming, place: PrintPlace, target: str, name: str) -> str:
        """A step and a name for its result: f as name."""
        once = len(place.uses) == 1 and self.context.is_once(node)
        text = self.print_step(
            node.value, place.at(place.uses_of(node.value)), target, node.name.text if once else name
        )
        variable = place.names.name_tensor(node.name.text, place.frame)
        place.frame.assign(variable, text)
        return variable

    def _print_braces(self, node: tree.Braces, place: PrintPlace, target: str, name: str) -> str:
        """A body in braces, as a step."""
        inner = place.at(place.uses_of(node.body), names=NameScope(place.names))
        return self.parts.print_body(node.body, inner, target)

    # ---- repeats and conditions ----------------------------------------------------------------------------
    def _print_repeat(self, node: tree.Arithmetic, place: PrintPlace, target: str) -> str:
        """The repeat f * n: a loop, or f alone where n is written as 1."""
        frame = place.frame
        least = PRODUCT if len(node.rest) > 1 else TERNARY
        times = " * ".join(self.expressions.print(part, place, least) for _, part in node.rest)
        uses = place.uses_of(node.first)
        if idle(uses):
            return place.current
        if times == "1":
            return self.print_step(node.first, place.at(uses), target)
        try:
            with frame.attempt():
                frame.assign(target, place.current)
                with frame.indented(f"for _ in range({times}):"):
                    frame.assign(target, self.print_step(node.first, place.at(uses, target), target))
            return target
        except Differs:
            current = place.current
        turns = place.turns_of(node.first)
        for turn in turns:
            current = place.store(self.print_step(node.first, place.at(turn, current), target), target)
        return current

    def _print_ternary(self, node: tree.Ternary, place: PrintPlace, target: str, name: str) -> str:
        """The choice f if c else g: in one line where it is short, else with `if`."""
        then, otherwise = kids(place.uses, node.then), kids(place.uses, node.otherwise)
        sides = [(node.then, then), (node.otherwise, otherwise)]
        only: tuple[tree.Node, list[Use]] | None = None
        try:
            condition = self.expressions.print_condition(node.condition, place)
            opposite = self.expressions.print_opposite(node.condition, place)
            if not then or not otherwise:
                only = sides[0 if then else 1]
        except Differs:
            taken = {not is_false(value) for value in place.values_of(node.condition)}
            if len(taken) != 1:
                raise
            only = sides[0 if taken.pop() else 1]
        if only is None:
            try:
                with place.frame.attempt():
                    return self._print_both(sides, condition, opposite, place, target)
            except Differs:
                taken_sides = [side for side in sides if not side[1][0].ghost]
                if len(taken_sides) != 1:
                    raise
                (only,) = taken_sides
        side, uses = only
        return self.print_step(side, place.at(uses), target, name)

    def _print_both(
        self, sides: list[tuple[tree.Node, list[Use]]], condition: str, opposite: str, place: PrintPlace, target: str
    ) -> str:
        """A condition with both of its sides."""
        frame = place.frame
        trivial = [isinstance(side, tree.Here) for side, _ in sides]
        if all(trivial):
            return place.current
        if any(trivial):
            side, uses = sides[1] if trivial[0] else sides[0]
            frame.assign(target, place.current)
            with frame.indented(f"if {opposite if trivial[0] else condition}:"):
                frame.assign(target, self.print_step(side, place.at(uses), target))
            return target
        if all(is_short(side, uses) for side, uses in sides):
            before, lines = frame.state(), len(frame.lines)
            texts = [self.print_step(side, place.at(uses), "_") for side, uses in sides]
            if len(frame.lines) == lines and sum(map(len, texts)) + len(condition) < WIDE:
                return f"{texts[0]} if {condition} else {texts[1]}"
            frame.restore(before)
        for header, (side, uses) in zip((f"if {condition}:", "else:"), sides, strict=True):
            with frame.indented(header):
                frame.assign(target, self.print_step(side, place.at(uses), target))
        return target

    # ---- values as steps -----------------------------------------------------------------------------------
    def _print_call(self, node: tree.Call, place: PrintPlace, target: str) -> str:
        """A call: Sequential([...]); or f(x), where f is applied to x."""
        valued = [use for use in place.uses for use in use.kids if use.value is not None]
        if valued:
            argument = node.arguments[0].value
            current = self.expressions.print(argument, place)
            if not all(isinstance(value, Tensor) for value in place.values_of(argument)):
                raise Differs
            return self.apply_value(node.function, place.at(valued, current), place, target)
        items = [i for a in node.arguments if isinstance(a.value, tree.List) for i in a.value.items]
        items = [i for number, i in enumerate(items) if number or not isinstance(i, tree.Input)]
        return self.print_chain(tuple(items), place, target)

    def _print_name(self, node: tree.Node, place: PrintPlace, target: str, name: str) -> str:
        """A name or an element of a list as a step: its value is applied."""
        valued = [kid for use in place.uses for kid in use.kids if kid.value is not None]
        if len(valued) != len(place.uses):
            raise Differs
        return self.apply_value(node, place.at(valued), place, target, name)

    def apply_value(self, node: tree.Node, place: PrintPlace, outer: PrintPlace, target: str, name: str = "") -> str:
        """The value of `node`, applied to the current tensor. `outer` has the uses in which `node` was evaluated."""
        values = [use.value for use in place.uses]
        if all(isinstance(value, Tensor) for value in values):
            return self.expressions.print(node, outer)
        meaning = place.names.find(node.text) if isinstance(node, tree.Name) else None
        call = meaning and meaning.print_call(place.current)
        if call:
            return call
        if isinstance(meaning, InlineFunction):
            inner = place.at(place.uses_inside(meaning.expression), names=NameScope(meaning.names))
            return self.print_step(meaning.expression, inner, target, name)
        if all(isinstance(value, Term) for value in values):
            if any(use.cls is None for use in place.uses):
                raise Differs
            return self.layers.print_layer(place, target, name)
        if all(use.block is not None for use in place.uses):
            return self.blocks.print_call(place)
        if isinstance(node, (tree.Name, tree.Index)):
            return f"{self.expressions.print(node, outer)}({place.current})"
        return self.print_step(node, place.at(place.uses_inside(node)), target, name)
