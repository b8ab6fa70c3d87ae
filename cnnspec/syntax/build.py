"""What each rule of the grammar builds: the children that the rule kept → a tree node.

`BUILD` is the table, by the names that the grammar gives. Each entry takes the place of the rule's text and its children
in the grammar's order; what no node can be made of it refuses.
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
    Entry,
    Flag,
    Here,
    Index,
    Input,
    Limit,
    List,
    Logic,
    Loop,
    Mapping,
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
    from collections.abc import Callable
    from typing import Any

    Build = Callable[["Refusals", int, int, list[Any]], Any]  # (where to refuse, start, end, children) → what is built

MAX_DIGITS = 18
ITEMS = (Use, Block, Model, Train, Input, Output, Shared, Loop, Branch, Budget, Assign, Step, Bad)
UNITS = {"": 1} | {
    prefix + binary + "B" * byte: (1024 if binary else 1000) ** power
    for power, prefix in enumerate("kMGT", 1)
    for binary in ("", "i")
    for byte in (0, 1)
}
UNITS |= {"B": 1, "KiB": 1024, "KB": 1000}


class Refusals:
    """What no node can be made of, and why."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []

    def refuse(self, code: str, start: int, end: int, message: str, help: str = "") -> None:
        self.diagnostics.append(Diagnostic(code, brief(message), Span(self.source, start, end), brief(help)))


# ---- most rules ----------------------------------------------------------------------------------------------
def node(kind: Any) -> Build:
    """A node whose fields are the children."""
    return lambda refusals, start, end, children: kind(start, end, *children)


def node_of_all(kind: Any, *first: Any) -> Build:
    """A node whose last field is a tuple of all children."""
    return lambda refusals, start, end, children: kind(start, end, *first, tuple(children))


def node_with_parameters(kind: Any) -> Build:
    """A block or a model: its name, its parameters if it has some, and its body."""
    return lambda refusals, start, end, children: kind(
        start, end, children[0], children[1] if len(children) == 3 else (), children[-1]
    )


def build_tuple(refusals: Refusals, start: int, end: int, children: list[Any]) -> tuple[Any, ...]:
    return tuple(children)


def build_child(refusals: Refusals, start: int, end: int, children: list[Any]) -> Any:
    return children[0]


# ---- items ---------------------------------------------------------------------------------------------------
def build_use(refusals: Refusals, start: int, end: int, children: list[Any]) -> Use:
    text, *names = children
    at = refusals.source.text.index(text, start)
    return Use(start, end, Text(at, at + len(text), text[1:-1]), tuple(names))


def build_input(refusals: Refusals, start: int, end: int, children: list[Any]) -> Input:
    rest = children[1:]
    stages = rest.pop().stages if rest and isinstance(rest[-1], Chain) else ()
    shape = rest.pop() if rest else None
    name = rest.pop() if rest else None
    if isinstance(children[0], Input):
        return children[0].replace(end=end, stages=stages)
    return Input(start, end, name, shape, stages)


def build_pasted_input(refusals: Refusals, start: int, end: int, children: list[Any]) -> Input:
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
            refusals.refuse("E011", argument.start, argument.end, f'an input has no argument "{word}"')
    if isinstance(shape, Number) and len(arguments) > 1 and not any(a.name for a in arguments):
        shape = Tuple(arguments[0].start, arguments[-1].end, tuple([a.value for a in arguments]))
    return Input(start, end, name, shape)


def build_listed_shape(refusals: Refusals, start: int, end: int, children: list[tuple[Argument, ...]]) -> Node:
    """The sizes in brackets, or a shape in needless ones."""
    sizes = tuple([argument.value for argument in children[0]])
    return sizes[0] if len(sizes) == 1 and isinstance(sizes[0], Dims) else Tuple(start, end, sizes)


def build_limit(refusals: Refusals, start: int, end: int, children: list[Any]) -> Limit:
    (name, arguments), *comparison = children
    operator, bound = comparison or ("", None)
    return Limit(start, end, name, arguments, PLAIN.get(operator, operator), bound)


def build_quantity(refusals: Refusals, start: int, end: int, children: list[Any]) -> tuple[Name, tuple[Argument, ...]]:
    name = children[0] if isinstance(children[0], Name) else Name(start, end, children[0])
    return name, children[1] if len(children) == 2 else ()


def build_added_step(refusals: Refusals, start: int, end: int, children: list[Any]) -> Step | Input:
    return children[1] if isinstance(children[1], Input) else Step(start, end, children[1])


# ---- expressions ---------------------------------------------------------------------------------------------
def build_ternary(refusals: Refusals, start: int, end: int, children: list[Any]) -> Node:
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


def build_comparison(refusals: Refusals, start: int, end: int, children: list[Any]) -> Compare:
    return Compare(start, end, children[0], PLAIN.get(children[1], children[1]), children[2])


def build_arithmetic(refusals: Refusals, start: int, end: int, children: list[Any]) -> Arithmetic:
    operators = [PLAIN.get(operator, operator) for operator in children[1::2]]
    return Arithmetic(start, end, children[0], tuple(zip(operators, children[2::2], strict=True)))


def build_signed(refusals: Refusals, start: int, end: int, children: list[Any]) -> Signed:
    return Signed(start, end, PLAIN.get(children[0], children[0]), children[1])


def build_arguments(refusals: Refusals, start: int, end: int, children: list[Any]) -> tuple[Argument, ...]:
    return tuple([c if isinstance(c, Argument) else Argument(c.start, c.end, None, c) for c in children])


def build_entry(refusals: Refusals, start: int, end: int, children: list[Any]) -> Entry:
    key, value = children
    if isinstance(key, Name):
        return Entry(start, end, Text(start, key.end, key.text), value)
    return Entry(start, end, Text(start, start + len(key), key[1:-1]), value)


def build_number(refusals: Refusals, start: int, end: int, children: list[Any]) -> Node:
    text: str = children[0]
    if text.isdigit() and len(text) <= MAX_DIGITS:
        return Number(start, end, int(text), text)
    text = plain_number(text)
    found = re.fullmatch(r"([0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]*)", text)
    digits, unit = found.groups() if found else (text, "?")
    if unit not in UNITS:
        known = ", ".join(u for u in UNITS if u)
        refusals.refuse("E001", start, end, f'"{unit}" is not a unit', f"known are {known}")
        return Bad(start, end)
    value = float(digits) if len(digits) <= 2 * MAX_DIGITS else float("inf")
    if value * UNITS[unit] >= 10**MAX_DIGITS:
        refusals.refuse("E003", start, end, f"this number has more than {MAX_DIGITS} digits", "write a smaller one")
        return Bad(start, end)
    exact = int(digits) if digits.isdigit() else value
    scaled = exact * UNITS[unit]
    if unit and isinstance(scaled, float) and round(scaled, 6).is_integer():
        scaled = round(scaled)  # 4.2G is a whole number
    return Number(start, end, scaled, text)


def build_dims(refusals: Refusals, start: int, end: int, children: list[Any]) -> Node:
    parts = sizes_in(children[0])
    if max(map(len, parts)) > MAX_DIGITS:
        refusals.refuse("E003", start, end, f"this size has more than {MAX_DIGITS} digits", "write a smaller one")
        return Bad(start, end)
    return Dims(start, end, tuple([None if p == "?" else int(p) if p.isdigit() else p for p in parts]))


def build_text(refusals: Refusals, start: int, end: int, children: list[str]) -> Text:
    return Text(start, end, children[0][1:-1])


def build_true(refusals: Refusals, start: int, end: int, children: list[str]) -> Flag:
    return Flag(start, end, True)


def build_false(refusals: Refusals, start: int, end: int, children: list[str]) -> Flag:
    return Flag(start, end, False)


def build_here(refusals: Refusals, start: int, end: int, children: list[str]) -> Here:
    return Here(start, end)


# ---- all rules -----------------------------------------------------------------------------------------------
BUILD: dict[str, Build] = {
    "start": build_child,
    "body": node_of_all(Body),
    "use": build_use,
    "block": node_with_parameters(Block),
    "model": node_with_parameters(Model),
    "train": node(Train),
    "params": build_tuple,
    "param": node(Parameter),
    "input": build_input,
    "onward": node_of_all(Chain),
    "pasted": build_pasted_input,
    "listed": build_listed_shape,
    "output": lambda refusals, start, end, children: Output(start, end, children[1]),
    "assign": node(Assign),
    "shared": node(Shared),
    "loop": node(Loop),
    "branch": node(Branch),
    "otherwise": build_child,
    "budget": node_of_all(Budget),
    "limit": build_limit,
    "quantity": build_quantity,
    "step": node(Step),
    "added": build_added_step,
    "names": build_tuple,
    "chain": node_of_all(Chain),
    "naming": node(Naming),
    "ternary": build_ternary,
    "condition": node_of_all(Logic, "or"),
    "conjunction": node_of_all(Logic, "and"),
    "opposite": node(Opposite),
    "comparison": build_comparison,
    "range": node(Range),
    "sum": build_arithmetic,
    "product": build_arithmetic,
    "power": node(Power),
    "signed": build_signed,
    "call": node(Call),
    "contract": node(Contract),
    "index": node(Index),
    "attribute": node(Attribute),
    "args": build_arguments,
    "keyword": node(Argument),
    "number": build_number,
    "dims": build_dims,
    "string": build_text,
    "true": build_true,
    "false": build_false,
    "name": build_child,
    "here": build_here,
    "braces": node(Braces),
    "group": build_child,
    "tuple": node_of_all(Tuple),
    "list": node_of_all(List),
    "mapping": node_of_all(Mapping),
    "entry": build_entry,
}
