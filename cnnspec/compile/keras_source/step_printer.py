"""Steps of the text → statements: chains, names, repeats, conditions, functions applied.

Every method returns the Python expression of its result; what has to stand before it is written to the frame. The
variable `target` may be overwritten on the way, the current tensor's only where it is that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.expression_printer import PRODUCT, TERNARY, evidence
from cnnspec.compile.keras_source.frame import Binding, Differs, Env, Place
from cnnspec.compile.keras_source.layer_printer import WIDE, Layering, is_short
from cnnspec.compile.trace import Trace, Use, idle, is_false, kids
from cnnspec.elaborate.values import Function, Tensor
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_WORK = 10_000  # steps printed, besides 20 for each use: attempts inside attempts end


class TooHard(Exception):
    """More work than the source is worth."""


class Steps(Layering):
    """Prints applications."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(trace)
        self.work = MAX_WORK + 20 * sum(trace.times.values())
        self._apply: dict[type, Callable[[Any, Place, str, str], str]] = {
            tree.Chain: lambda node, place, target, name: self.chain(node.stages, place, target, name),
            tree.Naming: self.naming,
            tree.Braces: lambda node, place, target, name: self.body(
                node.body, place.at(self.inside(place, node.body), env=Env(place.env)), target
            ),
            tree.Ternary: self.chosen,
            tree.Here: lambda node, place, target, name: place.current,
            tree.Contract: lambda node, place, target, name: place.current,
        }

    if TYPE_CHECKING:

        def body(self, body: tree.Body, place: Place, target: str) -> str: ...
        def call_block(self, place: Place) -> str: ...

    def apply(self, node: tree.Node, place: Place, target: str, name: str = "") -> str:
        """A step: the expression of what it makes of the current tensor. `name` is for its layer."""
        self.work -= 1
        if self.work < 0:
            raise TooHard
        method = self._apply.get(type(node))
        if method is not None:
            return method(node, place, target, name)
        if place.uses[0].cls is not None:
            return self.layer(place, target, name)
        if place.uses[0].block is not None:
            return self.call_block(place)
        if isinstance(node, tree.Arithmetic) and kids(place.uses, node.first):
            return self.repeat(node, place, target)
        if isinstance(node, tree.Arithmetic) and isinstance(evidence(node.first, place)[0], (Function, Term, Tensor)):
            return place.current  # times 0
        if isinstance(node, tree.Call):
            return self.call(node, place, target)
        return self.applied(node, place, target, name)

    def chain(self, stages: tuple[tree.Node, ...], place: Place, target: str, name: str = "") -> str:
        text = current = place.current
        for number, stage in enumerate(stages, 1):
            here = place.at(self.inside(place, stage), current)
            text = self.apply(stage, here, target, name if number == len(stages) else "")
            current = text if number == len(stages) else self.hold(text, target, place)
        return text

    def naming(self, node: tree.Naming, place: Place, target: str, name: str) -> str:
        once = len(place.uses) == 1 and self.is_once(node)
        text = self.apply(
            node.value, place.at(self.inside(place, node.value)), target, node.name.text if once else name
        )
        receiver = place.env.receiver()
        binding = receiver.names.get(node.name.text)
        if binding is None or binding.kind != "tensor":
            binding = Binding("tensor", place.frame.own(node.name.text))
        place.frame.taken.add(binding.text)
        receiver.names[node.name.text] = place.env.names[node.name.text] = binding
        place.frame.assign(binding.text, text)
        return binding.text

    # ---- repeats and conditions ----------------------------------------------------------------------------
    def repeat(self, node: tree.Arithmetic, place: Place, target: str) -> str:
        """f * n: a loop, or f alone where n is written as 1."""
        frame = place.frame
        times = " * ".join(self.value(part, place, PRODUCT if len(node.rest) > 1 else TERNARY) for _, part in node.rest)
        uses = self.inside(place, node.first)
        if idle(uses):
            return place.current
        if times == "1":
            return self.apply(node.first, place.at(uses), target)
        try:
            with frame.attempt():
                frame.assign(target, place.current)
                with frame.block(f"for _ in range({times}):"):
                    frame.assign(target, self.apply(node.first, place.at(uses, target), target))
            return target
        except Differs:
            current = place.current
        turns = self.turns(place, node.first)
        for turn in turns:
            current = self.hold(self.apply(node.first, place.at(turn, current), target), target, place)
        return current

    def turns(self, place: Place, node: tree.Node) -> list[list[Use]]:
        """The uses of each turn of a loop; all uses must turn equally often."""
        found = [kids([use], node) for use in place.uses]
        if len({len(turns) for turns in found}) != 1:
            raise Differs
        return [list(turn) for turn in zip(*found, strict=True)]

    def chosen(self, node: tree.Ternary, place: Place, target: str, name: str) -> str:
        """f if c else g, in one line where it is short, else with `if`."""
        frame = place.frame
        then, otherwise = kids(place.uses, node.then), kids(place.uses, node.otherwise)
        sides = [(node.then, then), (node.otherwise, otherwise)]
        try:
            condition, opposite = self.value(node.condition, place), self.opposite(node.condition, place)
            if is_settled(condition):
                raise Differs
        except Differs:
            taken = {not is_false(value) for value in evidence(node.condition, place)}
            if len(taken) != 1:
                raise
            side, uses = sides[0 if taken.pop() else 1]
            return self.apply(side, place.at(uses), target, name)
        if not then or not otherwise:
            side, uses = sides[0] if then else sides[1]
            return self.apply(side, place.at(uses), target, name)
        try:
            with frame.attempt():
                return self.either(sides, condition, opposite, place, target)
        except Differs:
            taken_sides = [side for side in sides if not side[1][0].ghost]
            if len(taken_sides) != 1:
                raise
            ((side, uses),) = taken_sides
            return self.apply(side, place.at(uses), target, name)

    def either(
        self, sides: list[tuple[tree.Node, list[Use]]], condition: str, opposite: str, place: Place, target: str
    ) -> str:
        """Both sides of a condition."""
        frame = place.frame
        trivial = [isinstance(side, tree.Here) for side, _ in sides]
        if all(trivial):
            return place.current
        if any(trivial):
            side, uses = sides[1] if trivial[0] else sides[0]
            frame.assign(target, place.current)
            with frame.block(f"if {opposite if trivial[0] else condition}:"):
                frame.assign(target, self.apply(side, place.at(uses), target))
            return target
        if all(is_short(side, uses) for side, uses in sides):
            lines = len(frame.lines)
            texts = [self.apply(side, place.at(uses), "_") for side, uses in sides]
            if len(frame.lines) == lines and sum(map(len, texts)) + len(condition) < WIDE:
                return f"{texts[0]} if {condition} else {texts[1]}"
            del frame.lines[lines:]
        for header, (side, uses) in zip((f"if {condition}:", "else:"), sides, strict=True):
            with frame.block(header):
                frame.assign(target, self.apply(side, place.at(uses), target))
        return target

    # ---- values as steps -----------------------------------------------------------------------------------
    def call(self, node: tree.Call, place: Place, target: str) -> str:
        """Sequential([...]); or f(x), f applied to x."""
        valued = [use for use in place.uses for use in use.kids if use.value is not None]
        if valued:
            argument = node.arguments[0].value
            current = self.value(argument, place)
            if not all(isinstance(value, Tensor) for value in evidence(argument, place)):
                raise Differs
            return self.value_applied(node.function, place.at(valued, current), place, target)
        items = [i for a in node.arguments if isinstance(a.value, tree.List) for i in a.value.items]
        items = [i for number, i in enumerate(items) if number or not isinstance(i, tree.Input)]
        return self.chain(tuple(items), place, target)

    def applied(self, node: tree.Node, place: Place, target: str, name: str) -> str:
        """A name or an element as a step: what it stands for is applied."""
        valued = [kid for use in place.uses for kid in use.kids if kid.value is not None]
        if len(valued) != len(place.uses):
            raise Differs
        return self.value_applied(node, place.at(valued), place, target, name)

    def value_applied(self, node: tree.Node, place: Place, outer: Place, target: str, name: str = "") -> str:
        """Values applied to the current tensor. `outer` has the uses in which `node` was evaluated."""
        values = [use.value for use in place.uses]
        if all(isinstance(value, Tensor) for value in values):
            return self.value(node, outer)
        binding = place.env.find(node.text) if isinstance(node, tree.Name) else None
        if binding is not None and binding.kind == "function":
            return f"{binding.text}({place.current})"
        if binding is not None and binding.kind == "inline":
            expression, env = binding.value
            inner = [kid for use in place.uses for kid in use.kids if kid.node is expression]
            if len(inner) != len(place.uses):
                raise Differs
            return self.apply(expression, Place(place.frame, Env(env), place.current, inner), target, name)
        if all(isinstance(value, Term) for value in values):
            if any(use.cls is None for use in place.uses):
                raise Differs
            return self.layer(place, target, name)
        if all(use.block is not None for use in place.uses):
            return self.call_block(place)
        if isinstance(node, (tree.Name, tree.Index)):
            return f"{self.value(node, outer)}({place.current})"
        inner = [kid for use in place.uses for kid in use.kids if kid.node is node]
        if len(inner) != len(place.uses):
            raise Differs
        return self.apply(node, place.at(inner), target, name)


def is_settled(condition: str) -> bool:
    """Whether a condition is made of literals alone, as in a loop that was unrolled."""
    return re.search(r"[^\W\d]", re.sub(r"True|False|\b(and|or|not)\b", "", condition)) is None
