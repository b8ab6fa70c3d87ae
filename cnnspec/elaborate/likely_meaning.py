"""What was probably meant by a call, an operator or a name that cannot be read as it is written: a help, "" for none."""

from __future__ import annotations

import re
from math import prod

from cnnspec.base.source import brief
from cnnspec.elaborate.values import Function, is_number
from cnnspec.layers import find
from cnnspec.layers.argument import Term, Unfit, show, takes
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.elaborate.values import Scope
    from cnnspec.layers.base import Layer

SIZES = "the sign between two numbers joins sizes: write * for a product"
POOLS = {"pool", "maxpool", "avgpool"}


def explain_sign(node: tree.Node, scope: Scope) -> str:
    """A product with the sign of a paper between two numbers, which is read as the size 8x2."""
    return SIZES if "×" in scope.source.text[node.start : node.end] else ""


def names_layer(value: Any) -> bool:
    """Whether a value is a function of layers."""
    return isinstance(value, Function) or isinstance(value, Term) and find(value.name) is not None


def explain_operator(operator: str, left: Any, right: Any, at: tree.Node, part: tree.Node, scope: Scope) -> str:
    """2 * conv(8, 3x3), 5x5/2, conv(8, 3x3)/2, FC-10, conv(8, 3x3) > relu."""
    text = scope.source.text
    if isinstance(left, tuple) and explain_sign(at, scope) or isinstance(right, tuple) and explain_sign(part, scope):
        return SIZES
    if operator == "*" and isinstance(left, int) and names_layer(right):
        before, behind = text[part.start - 1 : part.start], text[part.end : part.end + 1]
        what = f"({text[part.start : part.end]})" if (before, behind) == ("(", ")") else text[part.start : part.end]
        return f"a repeat stands behind: write {what} * {left}"
    if operator in ("*", "/") and (isinstance(left, list) or isinstance(right, list) and is_number(left)):
        return "write it into each number of the list, as in [1/9, 1/9, 1/9]"
    if operator == "^" and names_layer(left) and isinstance(right, int):
        return f"a repeat is written * {right}"
    if operator == "/" and isinstance(right, int) and (isinstance(left, tuple) or names_layer(left)):
        size = f"{show(left)}, " if isinstance(left, tuple) else ""
        return f"a stride is an argument of its own: write {size}stride={right}"
    if operator == "-" and names_layer(left) and isinstance(right, int):
        return f"arguments stand in parentheses: write {text[at.start : at.end]}({right})"
    if operator in ("-", ">", ">=") and names_layer(left) and names_layer(right):
        return 'an arrow is written "->"'
    return ""


def explain_value(value: Any) -> str:
    """[conv(8, 3x3) -> relu] and [3x3, 64], which are no steps."""
    if isinstance(value, list) and any(map(names_layer, value)):
        return "parentheses group steps: (conv(32, 3x3) -> relu) * 2"
    if (
        isinstance(value, (list, tuple))
        and len(value) == 2
        and isinstance(value[0], tuple)
        and isinstance(value[1], int)
    ):
        return f"a convolution has a name: write conv({value[1]}, {show(value[0])})"
    return ""


def explain_name(node: tree.Node, name: str, scope: Scope) -> str:
    """conv3x3(64), conv3-64, fc10, and shapes of names that are bound: sizexsizex3."""
    text = scope.source.text
    behind = text[node.end : node.end + 60] if text[node.start : node.end] == name else ""
    found = re.fullmatch(r"([A-Za-z]+?)_?(\d+)(?:x(\d+))?", name)
    if found is None or find(name.rstrip("0123456789")) is None and find(found[1]) is None:
        parts = name.split("x")
        known = len(parts) > 1 and all([p.isdigit() or scope.find(p) is not None for p in parts])
        return f"sizes that have names are written ({', '.join(parts)})" if known else ""
    word, one, two = found.groups()
    size = f"{one}x{two or one}"
    filters = re.match(r"\s*[-(]\s*(\d+)", behind)
    if word.lower() in ("conv", "convolution") and (two or filters):
        return f"a kernel is an argument: write conv({filters[1] if filters else 'filters'}, {size})"
    if word.lower() in POOLS and (two or not filters):
        return f"a size is an argument: write {word}({size})"
    if word.lower() in ("fc", "dense") and not filters and not two:
        return f"units are an argument: write {word}({one})"
    return ""


def explain_arguments(cls: type[Layer], word: str, given: Mapping[str, Any]) -> str:
    """conv(5x5, 64), whose arguments are swapped, and conv(5x5x64), which holds both."""
    names = list(cls.arguments)[:2]
    if names != ["filters", "kernel"] or not isinstance(given.get("filters"), tuple) or not given["filters"]:
        return ""
    size, other = given["filters"], given.get("kernel")
    if other is None and len(size) > 1 and isinstance(size[-1], int):
        *kernel, filters = size
    else:
        kernel, filters = size, other
    kernel = tuple(kernel) if len(kernel) > 1 else kernel[0]
    try:
        cls.arguments["filters"].kind(filters)
        cls.arguments["kernel"].kind(kernel)
    except Unfit:
        return ""
    return f"filters come first: write {word}({show(filters)}, {show(kernel)})"


def explain_numbers(cls: type[Layer], given: Mapping[str, Any]) -> str:
    """kernel=[[0, 1], [1, 0]] and bias=0.5: the numbers of a weight, where its size, or whether there is one, is due."""
    for name, value in given.items():
        weight = "bias" if name == "bias" else "kernel"
        argument = cls.arguments.get(f"{weight}_values")
        numbers = isinstance(value, list) or weight == "bias" and type(value) in (int, float)
        if argument is not None and numbers and name != f"{weight}_values" and takes(argument.kind, value):
            return f"the numbers of its {weight} have an argument of their own: {weight}_values={brief(show(value))}"
    return ""


def explain_product(value: tree.Node, rank: int) -> str:
    """3*3, where a size of each axis is due."""
    sizes = read_product(value, rank)
    return f"this is the number {prod(sizes)}: write {show(sizes)}" if sizes else ""


def read_product(value: tree.Node, rank: int) -> tuple[int, ...]:
    """The sizes that a product of as many numbers as there are axes was written for; () for anything else."""
    sizes = factors(value)
    return tuple(sizes) if len(sizes) == rank > 1 else ()


def factors(value: tree.Node) -> list[int]:
    """The numbers of a product that is written out; none of another expression."""
    if not isinstance(value, tree.Arithmetic) or not all([operator == "*" for operator, _ in value.rest]):
        return []
    parts = [value.first, *[part for _, part in value.rest]]
    whole = [part.value for part in parts if isinstance(part, tree.Number) and isinstance(part.value, int)]
    return whole if len(whole) == len(parts) else []
