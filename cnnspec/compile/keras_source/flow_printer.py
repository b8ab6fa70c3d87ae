"""Loops and conditions of the text → `for` and `if`; a loop that no `for` can say becomes its turns, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.frame import Differs
from cnnspec.compile.keras_source.name_scope import DataName, FunctionName, NameScope, TensorName, Unwritten
from cnnspec.compile.trace import idle, kids
from cnnspec.elaborate.values import Function, Tensor
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
    from cnnspec.compile.keras_source.name_scope import VariableKind
    from cnnspec.compile.keras_source.part_printer import PartPrinter
    from cnnspec.compile.keras_source.print_place import PrintPlace
    from cnnspec.compile.trace import Use


class FlowPrinter:
    """Prints loops and conditions; the bodies in them through `parts`."""

    def __init__(self, expressions: ExpressionPrinter, parts: PartPrinter) -> None:
        self.expressions, self.parts = expressions, parts

    def print_loop(self, item: tree.Loop, place: PrintPlace, target: str) -> str:
        """A loop, rolled where one body serves all its turns."""
        frame = place.frame
        runs = kids(place.uses, item.body)
        if not runs or idle(runs):
            return place.current
        try:
            with frame.attempt():
                frame.assign(target, place.current)
                iterable = self.expressions.print_iterable(item.iterable, place)
                names = NameScope(place.names, passing=True)
                variables = []
                for name in item.targets:
                    variables.append(frame.take_variable(name.text))
                    values = [run.scope.names.get(name.text) for run in runs if run.scope]
                    names.own[name.text] = find_element_kind(values)(variables[-1])
                current = target if place.current else ""
                with frame.indented(f"for {', '.join(variables)} in {iterable}:"):
                    frame.assign(target, self.parts.print_body(item.body, place.at(runs, current, names), target))
                for variable in variables:
                    frame.release_variable(variable)
            return target if place.current else ""
        except Differs:
            current = place.current
        for turn in place.turns_of(item.body):
            names = NameScope(place.names, passing=True)
            for name in item.targets:
                names.own[name.text] = Unwritten()
            current = place.store(self.parts.print_body(item.body, place.at(turn, current, names), target), target)
        return current

    def print_branch(self, item: tree.Branch, place: PrintPlace, target: str) -> str:
        """A condition on statements, with the sides that no use takes where they can be printed, else without them."""
        frame = place.frame
        arms: list[tuple[tree.Node | None, tree.Body]] = []
        part: tree.Body | tree.Branch | None = item
        while isinstance(part, tree.Branch):
            arms.append((part.condition, part.body))
            part = part.otherwise
        if part is not None:
            arms.append((None, part))
        alive = [(condition, body, kids(place.uses, body)) for condition, body in arms]
        alive = [arm for arm in alive if arm[2]]
        if not alive:
            return place.current
        taken = [arm for arm in alive if not arm[2][0].ghost]
        conditions = [condition for condition, _ in arms if condition is not None]
        for chosen in (alive, taken):
            try:
                with frame.attempt():
                    self._print_arms(chosen, conditions, place, target)
                return target if place.current else ""
            except Differs:
                continue
        if not taken:
            return place.current
        if len(taken) != 1 or len(taken[0][2]) != len(place.uses):
            raise Differs
        _, body, runs = taken[0]
        return self.parts.print_body(body, place.at(runs, names=NameScope(place.names, passing=True)), target)

    def _print_arms(
        self,
        alive: list[tuple[tree.Node | None, tree.Body, list[Use]]],
        conditions: list[tree.Node],
        place: PrintPlace,
        target: str,
    ) -> None:
        """The sides as `if`, `elif`, `else`. `conditions` are all those of the text: an `else` may stand for them alone."""
        frame = place.frame
        frame.assign(target, place.current)
        word = "if"
        for condition, body, runs in alive:
            if condition is not None:
                header = f"{word} {self.expressions.print_condition(condition, place)}:"
            else:
                header = "else:" if word == "elif" else f"if {self._print_none_of(conditions, place)}:"
            with frame.indented(header):
                names = NameScope(place.names, passing=True)
                frame.assign(
                    target, self.parts.print_body(body, place.at(runs, target if place.current else "", names), target)
                )
            word = "elif"

    def _print_none_of(self, conditions: list[tree.Node], place: PrintPlace) -> str:
        """The condition that none of some conditions holds."""
        if len(conditions) == 1:
            return self.expressions.print_opposite(conditions[0], place)
        return self.expressions.print_opposite(tree.Logic(0, 0, "or", tuple(conditions)), place)


def find_element_kind(values: list[Any]) -> VariableKind:
    """The kind of a loop's variable, by the elements: words are data here, also those that are used as steps."""
    if any(isinstance(value, Function) for value in values):
        return FunctionName
    return TensorName if all(isinstance(value, Tensor) for value in values) else DataName
