"""Random programs of the language: blocks, loops, conditions, repeats, names, shared functions, functions as arguments.

Every step keeps an 8x8 map of `C` channels, so that any two can be merged; the programs are legal by construction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[Any], Any]
C = 4
ODD = [
    "x",
    "y",
    "lambda",
    "layers",
    "list",
    "shortcut",
    "outputs",
    "_",
    "branch1",
    "inputs",
    "keras",
    "range",
    "build_model",
]


class Names:
    """What is in scope: numbers, functions, tensors, words for an activation, and blocks with their parameters' kinds."""

    def __init__(self, outer: Names | None = None) -> None:
        self.numbers: list[str] = list(outer.numbers) if outer else []
        self.functions: list[str] = list(outer.functions) if outer else []
        self.tensors: list[str] = list(outer.tensors) if outer else []
        self.words: list[str] = list(outer.words) if outer else []
        self.blocks: list[tuple[str, list[tuple[str, str]]]] = outer.blocks if outer else []
        self.count: list[int] = outer.count if outer else [0]
        self.used: set[str] = outer.used if outer else set()

    def new(self, draw: Draw, own: str) -> str:
        """A fresh name, now and then one that Python, Keras or the printer has a use for."""
        self.count[0] += 1
        odd = draw(st.sampled_from(["", "", "", *ODD]))
        if odd and odd not in self.used:
            self.used.add(odd)
            return odd
        return f"{own}{self.count[0]}"


def number(draw: Draw, names: Names, depth: int = 1) -> str:
    """An expression for a whole number from 1 to about 8."""
    kind = draw(st.integers(0, 7))
    if names.numbers and kind < 3:
        return draw(st.sampled_from(names.numbers))
    if depth and kind == 3:
        return f"({number(draw, names, 0)} + {number(draw, names, 0)}) // 2 + {draw(st.integers(0, 1))}"
    if depth and kind == 4:
        return f"max({number(draw, names, 0)}, {number(draw, names, 0)})"
    if depth and kind == 5:
        return f"2 * {number(draw, names, 0)} / 2"
    if depth and kind == 6:
        return f"({number(draw, names, 0)} if {condition(draw, names, 0)} else {number(draw, names, 0)})"
    return str(draw(st.integers(1, 3)))


def condition(draw: Draw, names: Names, depth: int = 1) -> str:
    kind = draw(st.integers(0, 7))
    if kind == 0:
        return f"in.channels == {draw(st.sampled_from([C, C, 5]))}"
    if kind == 1:
        return f"in.height {draw(st.sampled_from(['<', '>=']))} {draw(st.sampled_from([8, 9]))}"
    if depth and kind == 2:
        return f"({condition(draw, names, 0)} {draw(st.sampled_from(['and', 'or']))} {condition(draw, names, 0)})"
    if depth and kind == 3:
        return f"not {condition(draw, names, 0)}"
    if names.words and kind == 4:
        return f"{draw(st.sampled_from(names.words))} {draw(st.sampled_from(['==', '!=']))} {draw(st.sampled_from(['relu', 'none']))}"
    operator = draw(st.sampled_from(["==", "!=", "<", ">="]))
    return f"{number(draw, names, 0)} {operator} {number(draw, names, 0)}"


def layer(draw: Draw, names: Names) -> str:
    """One layer, or two that end with C channels."""
    kind = draw(st.integers(0, 11))
    word = draw(st.sampled_from([*names.words, "relu", "tanh"])) if names.words else "relu"
    if kind == 0:
        return f"(conv({number(draw, names)} * 2, 1x1) -> conv({C}, 1x1, activation={word}))"
    if kind == 1:
        return f"conv({C}, 3x3, padding={draw(st.sampled_from(['1', 'same']))}, bias={draw(st.sampled_from(['true', 'false']))})"
    if kind == 2:
        return f"conv({C}, {draw(st.sampled_from(['1x1', '(3, 3)', '3x1']))}, padding=same, activation={word}, kernel_regularizer=l2(1e-{draw(st.integers(2, 5))}))"
    if kind == 3:
        return "depthwise_conv(3x3, padding=same, depthwise_initializer=he_normal)"
    if kind == 4:
        return f"maxpool(3x3, stride=1, padding={draw(st.sampled_from(['1', 'same']))})"
    if kind == 5:
        return f"conv({C}, 3x3, padding = 1 if {condition(draw, names, 0)} else same)"
    if kind == 6:
        return f"(pad({number(draw, names, 0)}) -> conv({C}, 3x3) -> crop((in.height - 8) // 2))"
    if kind == 7:
        return f"dropout(0.{draw(st.integers(1, 9))})"
    if kind == 8:
        return f"conv({C}, 3x3, padding=same, activation=leaky_relu(0.{draw(st.integers(1, 3))}))"
    if kind == 9:
        return f"conv({number(draw, names)}, 1x1) -> dense({C})" if draw(st.booleans()) else f"dense({C}, {word})"
    return draw(st.sampled_from(["relu", "bn", "relu6", "gelu", "in"]))


def step(draw: Draw, names: Names, depth: int) -> str:
    """A layer function that keeps the shape."""
    kind = draw(st.integers(0, 17)) if depth > 0 else draw(st.integers(0, 5))
    if kind in (6, 7):
        return f"({step(draw, names, depth - 1)} -> {step(draw, names, depth - 1)})"
    if kind in (8, 9):
        merge = draw(st.sampled_from(["add", "maximum", "average", "multiply"]))
        return f"{merge}({', '.join(step(draw, names, depth - 1) for _ in range(draw(st.integers(2, 3))))})"
    if kind == 10:
        return f"(concat({step(draw, names, depth - 1)}, {step(draw, names, depth - 1)}) -> conv({C}, 1x1))"
    if kind == 11:
        return f"({step(draw, names, depth - 1)}) * {draw(st.sampled_from(['2', '0', '3']) if not names.numbers else st.sampled_from(['2', *names.numbers]))}"
    if kind in (12, 13):
        return f"({step(draw, names, depth - 1)} if {condition(draw, names)} else {step(draw, names, depth - 1)})"
    if kind in (14, 15) and names.blocks:
        return call(draw, names, depth)
    if kind == 16:
        return "{\n" + body(draw, Names(names), depth - 1, 2) + "\n}"
    if kind == 17 and names.tensors and names.functions:
        return f"{draw(st.sampled_from(names.functions))}({draw(st.sampled_from(names.tensors))})"
    if kind == 4 and names.functions:
        return draw(st.sampled_from(names.functions))
    if kind == 5 and names.tensors:
        return f"add(in, {draw(st.sampled_from(names.tensors))})"
    return layer(draw, names)


def call(draw: Draw, names: Names, depth: int) -> str:
    block, parameters = draw(st.sampled_from(names.blocks))
    texts = []
    keyword = False
    for name, kind in parameters:
        optional = kind.startswith("?")
        if optional and draw(st.booleans()):
            keyword = True
            continue
        text = argument(draw, names, kind.strip("?"), depth)
        keyword = keyword or draw(st.booleans())
        texts.append(f"{name}={text}" if keyword else text)
    return f"{block}({', '.join(texts)})" if texts or draw(st.booleans()) else block


def argument(draw: Draw, names: Names, kind: str, depth: int) -> str:
    if kind == "number":
        return number(draw, names)
    if kind == "function":
        return step(draw, names, depth - 1)
    if kind == "word":
        return draw(st.sampled_from(["relu", "tanh", "none", *names.words]))
    if kind == "functions":
        return f"[{', '.join(step(draw, names, 0) for _ in range(2))}]"
    return draw(st.sampled_from(["in", *names.tensors]))


def items(draw: Draw, names: Names, depth: int) -> str:
    kind = draw(st.integers(0, 11)) if depth > 0 else draw(st.integers(0, 6))
    if kind == 7:
        inner = Names(names)
        variable = inner.new(draw, "i")
        inner.numbers.append(variable)
        over = draw(st.sampled_from(["1..2", "1..3", "[1, 3]", f"1..{number(draw, names, 0)}"]))
        return f"for {variable} in {over} {{\n{body(draw, inner, depth - 1, 2)}\n}}"
    if kind == 8:
        inner = Names(names)
        one, two = inner.new(draw, "n"), inner.new(draw, "m")
        inner.numbers += [one, two]
        return f"for {one}, {two} in [\n  (1, 2),\n  ({number(draw, names, 0)}, 1),\n] {{\n{body(draw, inner, depth - 1, 2)}\n}}"
    if kind in (9, 10):
        text = f"if {condition(draw, names)} {{\n{body(draw, Names(names), depth - 1, 2)}\n}}"
        if draw(st.booleans()):
            text += f" else if {condition(draw, names)} {{\n{body(draw, Names(names), depth - 1, 1)}\n}}"
        if draw(st.booleans()):
            text += f" else {{\n{body(draw, Names(names), depth - 1, 2)}\n}}"
        return text
    if kind == 3:
        text = number(draw, names)
        name = names.new(draw, "n")
        names.numbers.append(name)
        return f"{name} = {text}"
    if kind == 4:
        text = step(draw, names, 1)
        name = names.new(draw, "f")
        names.functions.append(name)
        return f"{draw(st.sampled_from(['', '', 'shared ']))}{name} = {text} -> conv({C}, 1x1)"
    if kind == 5:
        text = step(draw, names, depth)
        name = names.new(draw, "t")
        names.tensors.append(name)
        return f"{text} as {name}"
    return step(draw, names, depth)


def body(draw: Draw, names: Names, depth: int, most: int = 4) -> str:
    lines = []
    for _ in range(draw(st.integers(1, most))):
        lines.append(items(draw, names, depth))
    return "\n".join(lines)


KINDS = ["number", "?number", "function", "?function", "word", "?word", "tensor", "functions"]


def block(draw: Draw, names: Names) -> str:
    inner = Names()
    inner.blocks, inner.count, inner.used = names.blocks, names.count, names.used
    parameters: list[tuple[str, str]] = []
    texts = []
    for kind in sorted(draw(st.lists(st.sampled_from(KINDS), max_size=3)), key=lambda k: k.startswith("?")):
        name = inner.new(draw, "p")
        default = ""
        if kind.startswith("?"):
            default = "=" + {"?number": number(draw, inner), "?function": step(draw, inner, 1), "?word": "relu"}[kind]
        parameters.append((name, kind))
        texts.append(name + default)
        {"number": inner.numbers, "function": inner.functions, "word": inner.words, "tensor": inner.tensors}.get(
            kind.strip("?"), []
        ).append(name)
    first = ""
    for name, kind in parameters:
        if kind == "functions":
            first += f"add({name})\n"
    title = names.new(draw, "block")
    text = f"block {title}({', '.join(texts)}) {{\n{first}{body(draw, inner, 2)}\n}}"
    names.blocks = [*names.blocks, (title, parameters)]
    return text


@st.composite
def programs(draw: Draw) -> str:
    """A whole file, with a model around the network or without."""
    names = Names()
    parts = [block(draw, names) for _ in range(draw(st.integers(0, 3)))]
    wrapped = draw(st.booleans())
    inner = Names(names)
    lines = []
    header = ""
    if wrapped:
        if draw(st.booleans()):
            text = number(draw, inner)
            constant = inner.new(draw, "width")
            inner.numbers.append(constant)
            parts.append(f"{constant} = {text}")
        parameter = inner.new(draw, "size")
        inner.numbers.append(parameter)
        header = f"model Net({parameter} = {draw(st.integers(1, 3))}) {{"
    for _ in range(draw(st.sampled_from([1, 1, 2]))):
        name = inner.new(draw, "image") if draw(st.booleans()) else ""
        lines.append(f"input {name} 8x8x{C}".replace("  ", " "))
        if name:
            inner.tensors.append(name)
        lines.append(body(draw, inner, 3, 3))
    if inner.tensors and draw(st.booleans()):
        lines.append(f"output {draw(st.sampled_from(inner.tensors))}, {draw(st.sampled_from(inner.tensors))}")
    network = "\n".join(lines)
    return "\n\n".join([*parts, f"{header}\n{network}\n}}" if wrapped else network]) + "\n"
