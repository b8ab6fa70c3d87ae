"""A Python function for some calls of a block, and its parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnspec.compile.keras_source.name_scope import DataName, FunctionName

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.frame import Lines
    from cnnspec.compile.keras_source.name_scope import Variable
    from cnnspec.compile.trace import Use
    from cnnspec.syntax import tree


class BlockVariant:
    """A Python function for some calls of a block. `parameters` are those of the text that it has, in order."""

    def __init__(self, name: str, parameters: list[VariantParameter]) -> None:
        self.name = name
        self.parameters = parameters


class VariantParameter:
    """A parameter of a block's function, by its name in the text. `text` is how the function's header has it."""

    def __init__(self, name: str, meaning: Variable) -> None:
        self.name = name
        self.variable = self.text = meaning.variable
        self.takes_function = isinstance(meaning, FunctionName)
        self.takes_data = isinstance(meaning, DataName)
        self.optional = False
        self.by_name = False  # stands behind a "*"


def print_header(parameters: list[VariantParameter]) -> list[str]:
    """The parameters as a header lists them; one without a default behind one with it is passed by name."""
    texts: list[str] = []
    for number, parameter in enumerate(parameters):
        if not parameter.optional and any(p.optional for p in parameters[:number]) and "*" not in texts:
            texts.append("*")
        parameter.by_name = "*" in texts
        texts.append(parameter.text)
    return texts


def print_default(variable: str, before: Lines, text: str) -> Lines:
    """The lines that compute a parameter's default in the function; a layer function gets the parameter's name."""
    header = (1, f"if {variable} is None:")
    anonymous = re.fullmatch(r"lambda (\w+): (.*)", text)
    if anonymous:
        return [header, (2, f"def {variable}({anonymous[1]}):"), (3, f"return {anonymous[2]}"), (1, "")]
    inner = [(depth + 2, line) for depth, line in before]
    if inner and inner[0][1].startswith(f"def {text}("):
        return [header, (2, f"def {variable}({inner[0][1].partition('(')[2]}"), *inner[1:]]
    return [header, *inner, (2, f"{variable} = {text}")]


def is_read(variable: str, lines: Lines) -> bool:
    """Whether some lines name a variable."""
    return any(re.search(rf"\b{variable}\b", line) for _, line in lines)


def find_arguments(call: Use) -> dict[str, tree.Argument]:
    """The arguments of a block's call, by parameter."""
    assert call.block is not None
    names = [p.name.text for p in call.block.block.parameters]
    return {a.name.text if a.name else names[position]: a for position, a in enumerate(call.arguments)}
