"""Holes, and values that make sense → their nodes: ?a, ?8..512:8, width=64 in 16..128:8."""

from __future__ import annotations

import re

from cnnspec.syntax.build_numbers import build_number
from cnnspec.syntax.lexer import PLAIN
from cnnspec.syntax.tree import (
    Argument,
    Bad,
    Block,
    Contract,
    Dims,
    Hole,
    List,
    Model,
    Node,
    Parameter,
    Range,
    Signed,
    Tuple,
    Values,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.syntax.build import Refusals

INPUT_SHAPES = ("input_shape", "input_dim")  # of Keras's first layer
_NUMBER = r"((?:[0-9]+(?:\.(?:[0-9]+|(?!\.)))?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[kKMGTiB]*)"
_RANGED = re.compile(rf"\?[ \t]*{_NUMBER}[ \t]*\.\.[ \t]*{_NUMBER}(?:[ \t]*:[ \t]*\*?[ \t]*{_NUMBER})?")


def build_parameter(refusals: Refusals, start: int, end: int, children: list[Any]) -> Parameter:
    values = children[-1] if isinstance(children[-1], Values) else None
    default = children[1] if len(children) > 1 and children[1] is not values else None
    return Parameter(start, end, children[0], default, values)


def build_block(refusals: Refusals, start: int, end: int, children: list[Any]) -> Block:
    name, *parameters, body = children
    given: tuple[Parameter, ...] = parameters[0] if parameters else ()
    for values in [parameter.values for parameter in given if parameter.values]:
        message = "a block's parameter has no values of its own: each call gives it one"
        help = "put them behind a parameter of the model, or write a hole in the block: ?8..64:8"
        refusals.refuse("E012", values.start, values.end, message, help)
    return Block(start, end, name, tuple([parameter.replace(values=None) for parameter in given]), body)


def build_model(refusals: Refusals, start: int, end: int, children: list[Any]) -> Model:
    name, *parameters, body = children
    given = tuple([refuse_hole(refusals, parameter) for parameter in (parameters[0] if parameters else ())])
    return Model(start, end, name, given, body)


def refuse_hole(refusals: Refusals, parameter: Parameter) -> Parameter:
    """A model's parameter, whose default is no hole."""
    hole, name = parameter.default, parameter.name.text
    if not isinstance(hole, Hole):
        return parameter
    values = hole.values or parameter.values
    choice = refusals.source.text[values.choice.start : values.choice.end] if values else "8..64:8"
    message = f"{name} needs no hole: a parameter without a default is filled as one"
    refusals.refuse("E012", hole.start, hole.end, message, f"write {name} in {choice}")
    return parameter.replace(default=Bad(hole.start, hole.end))


def build_stepped(refusals: Refusals, start: int, end: int, children: list[Any]) -> Range:
    first, last, *signs, step = children
    if signs and PLAIN.get(signs[0], signs[0]) != "*":
        message = f'a range has a step, 16..128:8, or a factor, 8..256:*2, and no "{signs[0]}"'
        refusals.refuse("E001", step.start - len(signs[0]), step.end, message, "write one of them")
    return Range(start, end, first, last, step, bool(signs))


def build_signed_number(refusals: Refusals, start: int, end: int, children: list[Any]) -> Signed:
    sign, number = children
    value = build_number(refusals, end - len(number), end, [number])
    return Signed(start, end, PLAIN.get(sign, sign), value)


def build_hole(refusals: Refusals, start: int, end: int, children: list[Any]) -> Hole:
    return Hole(start, end, children[0][1:], children[1] if len(children) == 2 else None)


def build_ranged_hole(refusals: Refusals, start: int, end: int, children: list[str]) -> Hole:
    """?8..512:8, the short form of ? in 8..512:8."""
    found = _RANGED.fullmatch(children[0])
    assert found is not None, "the lexer knows one by these parts"
    numbers = [
        build_number(refusals, start + found.start(part), start + found.end(part), [found[part]])
        for part in (1, 2, 3)
        if found[part]
    ]
    first, last, *steps = numbers
    choice = Range(first.start, end, first, last, steps[0] if steps else None, "*" in children[0])
    return Hole(start, end, "", Values(choice.start, end, choice))


def read_any_size(shape: Node | None) -> Any:
    """A shape in which ? is a size that is not known, and no hole."""
    if isinstance(shape, (Tuple, List)):
        return shape.replace(items=tuple([read_any_size(item) for item in shape.items]))
    plain = isinstance(shape, Hole) and not shape.name and shape.values is None
    return Dims(shape.start, shape.end, (None,)) if plain and shape is not None else shape


def read_input_shape(refusals: Refusals, shape: Node | None) -> Any:
    """The shape of an input, which has no holes."""
    sizes = shape.items if isinstance(shape, (Tuple, List)) else (shape,)
    for size in [size for size in sizes if isinstance(size, Hole) and (size.name or size.values)]:
        help = "write ? for any size, or its name in upper case: input SxSx3"
        refusals.refuse("E012", size.start, size.end, "a hole is no size of an input", help)
        return Bad(size.start, size.end)
    return read_any_size(shape)


def build_keyword(refusals: Refusals, start: int, end: int, children: list[Any]) -> Argument:
    name, value = children
    return Argument(start, end, name, read_any_size(value) if name.text in INPUT_SHAPES else value)


def build_contract(refusals: Refusals, start: int, end: int, children: list[Any]) -> Contract:
    """A contract, in whose shape ? is any size."""
    arguments = [one if one.name else one.replace(value=read_any_size(one.value)) for one in children[0]]
    return Contract(start, end, tuple(arguments))
