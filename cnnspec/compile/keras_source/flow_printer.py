"""Loops and conditions of the text → `for` and `if`; a loop that no `for` says becomes its turns, one after the other."""

from __future__ import annotations

from typing import Any

from cnnspec.compile.keras_source.frame import Binding, Differs, Env, Place
from cnnspec.compile.keras_source.step_printer import Steps, is_settled
from cnnspec.compile.trace import Use, idle, kids
from cnnspec.elaborate.values import Function, Tensor
from cnnspec.syntax import tree


class Flow(Steps):
    """Prints loops and conditions."""

    def loop(self, item: tree.Loop, place: Place, target: str) -> str:
        """A loop, rolled where one body serves all its turns."""
        frame = place.frame
        runs = kids(place.uses, item.body)
        if not runs or idle(runs):
            return place.current
        try:
            with frame.attempt():
                frame.assign(target, place.current)
                over = item.iterable
                iterable = self.range(over, place) if isinstance(over, tree.Range) else self.table(over, place)
                env = Env(place.env, True)
                variables = []
                for name in item.targets:
                    variables.append(frame.own(name.text))
                    values = [run.scope.names.get(name.text) for run in runs if run.scope]
                    env.names[name.text] = Binding(element_kind(values), variables[-1])
                current = target if place.current else ""
                with frame.block(f"for {', '.join(variables)} in {iterable}:"):
                    frame.assign(target, self.body(item.body, place.at(runs, current, env), target))
                for variable in variables:
                    frame.release(variable)
            return target if place.current else ""
        except Differs:
            current = place.current
        for turn in self.turns(place, item.body):
            env = Env(place.env, True)
            for name in item.targets:
                env.names[name.text] = Binding("alias")
            current = self.hold(self.body(item.body, place.at(turn, current, env), target), target, place)
        return current

    def branch(self, item: tree.Branch, place: Place, target: str) -> str:
        """A condition on statements: with the sides never taken where they can be told, else without."""
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
                    self.arms(chosen, conditions, place, target)
                return target if place.current else ""
            except Differs:
                continue
        if not taken:
            return place.current
        if len(taken) != 1 or len(taken[0][2]) != len(place.uses):
            raise Differs
        _, body, runs = taken[0]
        return self.body(body, place.at(runs, env=Env(place.env, True)), target)

    def arms(
        self,
        alive: list[tuple[tree.Node | None, tree.Body, list[Use]]],
        conditions: list[tree.Node],
        place: Place,
        target: str,
    ) -> None:
        """`if`, `elif`, `else`. `conditions` are all those of the text: an `else` may stand for them alone."""
        frame = place.frame
        frame.assign(target, place.current)
        word = "if"
        for condition, body, runs in alive:
            if condition is not None:
                header = f"{word} {self.value(condition, place)}:"
                if is_settled(self.value(condition, place)):
                    raise Differs
            else:
                header = "else:" if word == "elif" else f"if {self.none_of(conditions, place)}:"
            with frame.block(header):
                env = Env(place.env, True)
                frame.assign(target, self.body(body, place.at(runs, target if place.current else "", env), target))
            word = "elif"

    def none_of(self, conditions: list[tree.Node], place: Place) -> str:
        if len(conditions) == 1:
            return self.opposite(conditions[0], place)
        return self.opposite(tree.Logic(0, 0, "or", tuple(conditions)), place)


def element_kind(values: list[Any]) -> str:
    """What a loop's variable is: data, a tensor, or a function on tensors."""
    if any(isinstance(value, Function) for value in values):
        return "function"
    return "tensor" if all(isinstance(value, Tensor) for value in values) else "value"
