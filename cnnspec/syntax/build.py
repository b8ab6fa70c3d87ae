"""What each rule of the grammar builds: the children that the rule kept → a tree node.

`BUILD` is the table, by the names that the grammar gives. Each entry takes the place of the rule's text and its children
in the grammar's order; what no node can be made of it refuses.
"""

from __future__ import annotations

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source, Span, brief
from cnnspec.syntax.build_numbers import build_dims, build_number
from cnnspec.syntax.build_values import (
    build_block,
    build_contract,
    build_hole,
    build_keyword,
    build_model,
    build_parameter,
    build_ranged_hole,
    build_signed_number,
    build_stepped,
    read_input_shape,
)
from cnnspec.syntax.lexer import PLAIN
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
    Values,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Build = Callable[["Refusals", int, int, list[Any]], Any]  # (where to refuse, start, end, children) → what is built

ITEMS = (Use, Block, Model, Train, Input, Output, Shared, Loop, Branch, Budget, Assign, Step, Bad)


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
    return Input(start, end, name, read_input_shape(refusals, shape), stages)


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
    return Input(start, end, name, read_input_shape(refusals, shape))


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
    "block": build_block,
    "model": build_model,
    "train": node(Train),
    "params": build_tuple,
    "param": build_parameter,
    "values": node(Values),
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
    "stepped": build_stepped,
    "sum": build_arithmetic,
    "product": build_arithmetic,
    "power": node(Power),
    "signed": build_signed,
    "signed_number": build_signed_number,
    "call": node(Call),
    "contract": build_contract,
    "index": node(Index),
    "attribute": node(Attribute),
    "args": build_arguments,
    "keyword": build_keyword,
    "number": build_number,
    "dims": build_dims,
    "hole": build_hole,
    "ranged_hole": build_ranged_hole,
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
