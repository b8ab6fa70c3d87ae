"""One method a grammar rule: the children that the rule kept → a tree node.

Every method is given the place of the rule's text and its children in order, as the grammar lists them.
"""

from __future__ import annotations

import re

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source, Span, brief
from cnnspec.syntax.lexer import PLAIN, plain_number, sizes_in
from cnnspec.syntax.tree import (
    Argument,
    Arithmetic,
    Assign,
    Attribute,
    Bad,
    Block,
    Body,
    Braces,
    Branch,
    Budget,
    Call,
    Chain,
    Compare,
    Contract,
    Dims,
    Flag,
    Here,
    Index,
    Input,
    Limit,
    List,
    Logic,
    Loop,
    Model,
    Name,
    Naming,
    Node,
    Number,
    Opposite,
    Output,
    Parameter,
    Power,
    Range,
    Shared,
    Signed,
    Step,
    Ternary,
    Text,
    Train,
    Tuple,
    Use,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_DIGITS = 18
ITEMS = (Use, Block, Model, Train, Input, Output, Shared, Loop, Branch, Budget, Assign, Step, Bad)
UNITS = {"": 1} | {
    prefix + binary + "B" * byte: (1024 if binary else 1000) ** power
    for power, prefix in enumerate("kMGT", 1)
    for binary in ("", "i")
    for byte in (0, 1)
}
UNITS |= {"B": 1, "KiB": 1024, "KB": 1000}


class Builder:
    """Makes nodes; notes what no node can be made of in `diagnostics`."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []

    def refuse(self, code: str, start: int, end: int, message: str, help: str = "") -> None:
        self.diagnostics.append(Diagnostic(code, brief(message), Span(self.source, start, end), brief(help)))

    # ---- items ---------------------------------------------------------------------------------------------
    def start(self, start: int, end: int, children: list[Body]) -> Body:
        return children[0]

    def body(self, start: int, end: int, children: list[Any]) -> Body:
        return Body(start, end, tuple(children))

    def use(self, start: int, end: int, children: list[Any]) -> Use:
        text, *names = children
        at = self.source.text.index(text, start)
        return Use(start, end, Text(at, at + len(text), text[1:-1]), tuple(names))

    def block(self, start: int, end: int, children: list[Any]) -> Block:
        return Block(start, end, children[0], children[1] if len(children) == 3 else (), children[-1])

    def model(self, start: int, end: int, children: list[Any]) -> Model:
        return Model(start, end, children[0], children[1] if len(children) == 3 else (), children[-1])

    def train(self, start: int, end: int, children: list[Any]) -> Train:
        return Train(start, end, children[0])

    def params(self, start: int, end: int, children: list[Any]) -> tuple[Parameter, ...]:
        return tuple(children)

    def param(self, start: int, end: int, children: list[Any]) -> Parameter:
        return Parameter(start, end, children[0], children[1] if len(children) == 2 else None)

    def input(self, start: int, end: int, children: list[Any]) -> Input:
        rest = children[1:]
        stages = rest.pop().stages if rest and isinstance(rest[-1], Chain) else ()
        shape = rest.pop() if rest else None
        name = rest.pop() if rest else None
        if isinstance(children[0], Input):
            return children[0].replace(end=end, stages=stages)
        return Input(start, end, name, shape, stages)

    def onward(self, start: int, end: int, children: list[Any]) -> Chain:
        return Chain(start, end, tuple(children))

    def pasted(self, start: int, end: int, children: list[Any]) -> Input:
        """Keras's Input(shape=(28, 28, 1), name="image")."""
        arguments: tuple[Argument, ...] = children[1]
        name: Name | None = None
        shape: Node | None = None
        for argument in arguments:
            word = argument.name.text if argument.name else "shape"
            if word in ("shape", "input_shape"):
                shape = argument.value
            elif word == "name" and isinstance(argument.value, Text):
                name = Name(argument.value.start, argument.value.end, argument.value.value)
            elif word not in ("batch_size", "dtype"):
                self.refuse("E011", argument.start, argument.end, f'an input has no argument "{word}"')
        if isinstance(shape, Number) and len(arguments) > 1 and not any(a.name for a in arguments):
            shape = Tuple(arguments[0].start, arguments[-1].end, tuple([a.value for a in arguments]))
        return Input(start, end, name, shape)

    def listed(self, start: int, end: int, children: list[tuple[Argument, ...]]) -> Node:
        """The sizes in brackets, or a shape in needless ones."""
        sizes = tuple([argument.value for argument in children[0]])
        return sizes[0] if len(sizes) == 1 and isinstance(sizes[0], Dims) else Tuple(start, end, sizes)

    def output(self, start: int, end: int, children: list[Any]) -> Output:
        return Output(start, end, children[1])

    def assign(self, start: int, end: int, children: list[Any]) -> Assign:
        return Assign(start, end, children[0], children[1])

    def shared(self, start: int, end: int, children: list[Any]) -> Shared:
        return Shared(start, end, children[0], children[1])

    def loop(self, start: int, end: int, children: list[Any]) -> Loop:
        return Loop(start, end, children[0], children[1], children[2])

    def branch(self, start: int, end: int, children: list[Any]) -> Branch:
        return Branch(start, end, children[0], children[1], children[2] if len(children) == 3 else None)

    def otherwise(self, start: int, end: int, children: list[Body | Branch]) -> Body | Branch:
        return children[0]

    def budget(self, start: int, end: int, children: list[Any]) -> Budget:
        return Budget(start, end, tuple(children))

    def limit(self, start: int, end: int, children: list[Any]) -> Limit:
        (name, arguments), *comparison = children
        operator, bound = comparison or ("", None)
        return Limit(start, end, name, arguments, PLAIN.get(operator, operator), bound)

    def quantity(self, start: int, end: int, children: list[Any]) -> tuple[Name, tuple[Argument, ...]]:
        name = children[0] if isinstance(children[0], Name) else Name(start, end, children[0])
        return name, children[1] if len(children) == 2 else ()

    def step(self, start: int, end: int, children: list[Any]) -> Step:
        return Step(start, end, children[0])

    def added(self, start: int, end: int, children: list[Any]) -> Step | Input:
        return children[1] if isinstance(children[1], Input) else Step(start, end, children[1])

    def names(self, start: int, end: int, children: list[Any]) -> tuple[Name, ...]:
        return tuple(children)

    # ---- expressions ---------------------------------------------------------------------------------------
    def chain(self, start: int, end: int, children: list[Any]) -> Chain:
        return Chain(start, end, tuple(children))

    def naming(self, start: int, end: int, children: list[Any]) -> Naming:
        return Naming(start, end, children[0], children[1])

    def ternary(self, start: int, end: int, children: list[Any]) -> Node:
        then, condition, otherwise = children
        named = otherwise.end == end  # and not in parentheses of its own
        if named and isinstance(otherwise, Naming):  # "a if c else b as name" names the whole
            whole = Ternary(start, otherwise.value.end, then, condition, otherwise.value)
            return Naming(start, end, whole, otherwise.name)
        if named and isinstance(otherwise, Chain) and isinstance(otherwise.stages[-1], Naming):
            last = otherwise.stages[-1]
            rest = Chain(otherwise.start, last.value.end, (*otherwise.stages[:-1], last.value))
            return Naming(start, end, Ternary(start, rest.end, then, condition, rest), last.name)
        return Ternary(start, end, then, condition, otherwise)

    def condition(self, start: int, end: int, children: list[Any]) -> Logic:
        return Logic(start, end, "or", tuple(children))

    def conjunction(self, start: int, end: int, children: list[Any]) -> Logic:
        return Logic(start, end, "and", tuple(children))

    def opposite(self, start: int, end: int, children: list[Any]) -> Opposite:
        return Opposite(start, end, children[0])

    def comparison(self, start: int, end: int, children: list[Any]) -> Compare:
        return Compare(start, end, children[0], PLAIN.get(children[1], children[1]), children[2])

    def range(self, start: int, end: int, children: list[Any]) -> Range:
        return Range(start, end, children[0], children[1])

    def sum(self, start: int, end: int, children: list[Any]) -> Arithmetic:
        operators = [PLAIN.get(operator, operator) for operator in children[1::2]]
        return Arithmetic(start, end, children[0], tuple(zip(operators, children[2::2], strict=True)))

    product = sum

    def power(self, start: int, end: int, children: list[Any]) -> Power:
        return Power(start, end, children[0], children[1])

    def signed(self, start: int, end: int, children: list[Any]) -> Signed:
        return Signed(start, end, PLAIN.get(children[0], children[0]), children[1])

    def call(self, start: int, end: int, children: list[Any]) -> Call:
        return Call(start, end, children[0], children[1])

    def contract(self, start: int, end: int, children: list[Any]) -> Contract:
        return Contract(start, end, children[0])

    def index(self, start: int, end: int, children: list[Any]) -> Index:
        return Index(start, end, children[0], children[1])

    def attribute(self, start: int, end: int, children: list[Any]) -> Attribute:
        return Attribute(start, end, children[0], children[1])

    def args(self, start: int, end: int, children: list[Any]) -> tuple[Argument, ...]:
        return tuple([c if isinstance(c, Argument) else Argument(c.start, c.end, None, c) for c in children])

    def keyword(self, start: int, end: int, children: list[Any]) -> Argument:
        return Argument(start, end, children[0], children[1])

    def number(self, start: int, end: int, children: list[Any]) -> Node:
        text: str = children[0]
        if text.isdigit() and len(text) <= MAX_DIGITS:
            return Number(start, end, int(text), text)
        text = plain_number(text)
        found = re.fullmatch(r"([0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]*)", text)
        digits, unit = found.groups() if found else (text, "?")
        if unit not in UNITS:
            known = ", ".join(u for u in UNITS if u)
            self.refuse("E001", start, end, f'"{unit}" is not a unit', f"known are {known}")
            return Bad(start, end)
        value = float(digits) if len(digits) <= 2 * MAX_DIGITS else float("inf")
        if value * UNITS[unit] >= 10**MAX_DIGITS:
            self.refuse("E003", start, end, f"this number has more than {MAX_DIGITS} digits", "write a smaller one")
            return Bad(start, end)
        exact = int(digits) if digits.isdigit() else value
        scaled = exact * UNITS[unit]
        if unit and isinstance(scaled, float) and round(scaled, 6).is_integer():
            scaled = round(scaled)  # 4.2G is a whole number
        return Number(start, end, scaled, text)

    def dims(self, start: int, end: int, children: list[Any]) -> Node:
        parts = sizes_in(children[0])
        if max(map(len, parts)) > MAX_DIGITS:
            self.refuse("E003", start, end, f"this size has more than {MAX_DIGITS} digits", "write a smaller one")
            return Bad(start, end)
        return Dims(start, end, tuple([None if p == "?" else int(p) if p.isdigit() else p for p in parts]))

    def string(self, start: int, end: int, children: list[Any]) -> Text:
        return Text(start, end, children[0][1:-1])

    def true(self, start: int, end: int, children: list[Any]) -> Flag:
        return Flag(start, end, True)

    def false(self, start: int, end: int, children: list[Any]) -> Flag:
        return Flag(start, end, False)

    def name(self, start: int, end: int, children: list[Name]) -> Name:
        return children[0]

    def here(self, start: int, end: int, children: list[Any]) -> Here:
        return Here(start, end)

    def braces(self, start: int, end: int, children: list[Any]) -> Braces:
        return Braces(start, end, children[0])

    def group(self, start: int, end: int, children: list[Node]) -> Node:
        return children[0]

    def tuple(self, start: int, end: int, children: list[Any]) -> Tuple:
        return Tuple(start, end, tuple(children))

    def list(self, start: int, end: int, children: list[Any]) -> List:
        return List(start, end, tuple(children))
