"""Values → Python literals."""

from __future__ import annotations

import json
import math
from typing import Any

from cnnspec.compile.python_text.layout import find_brackets, split_at_commas
from cnnspec.layers.argument import Term, Unfit
from cnnspec.layers.exact_numbers import write_values
from cnnspec.layers.weight import Values
from cnnspec.layers.words import constraint, initializer, regularizer

# keywords that a reader needs no name for
PLAIN = {"l1", "l2", "value", "max_value", "gain", "factor"}


class NoLiteral(Exception):
    """A value that has no literal."""


def print_literal(value: Any) -> str:
    """A value as Python writes it; raises NoLiteral for functions and tensors."""
    if value is None or isinstance(value, (bool, int)):
        return repr(value)
    if value is ...:
        return "..."
    if isinstance(value, slice):
        return f"slice({value.start}, {value.stop})"
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, tuple):
        return f"({', '.join(map(print_literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{', '.join(map(print_literal, value))}]"
    if isinstance(value, Term):
        return print_term(value)
    if isinstance(value, Values):
        return write_values(value.written, " / ")
    raise NoLiteral


def quote(text: str) -> str:
    """A string, in the quotes that ruff gives it."""
    if '"' in text and "'" not in text and text.isprintable() and "\\" not in text:
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=not text.isprintable())


def print_term(value: Term) -> str:
    """A word; or, with arguments or a module, the Keras object that it means."""
    if not value.module and not value.positional and not value.keywords:
        return "None" if value.name in ("none", "None") else quote(value.name)
    found: Any = value
    if not value.module:
        for kind in (regularizer, initializer, constraint):
            try:
                found = kind(value)
                break
            except Unfit:
                continue
        else:
            raise NoLiteral
    if len(found.keywords) == 1 and found.keywords[0][0] in PLAIN:
        value = found.keywords[0][1]
        inner = print_array(value) if isinstance(value, tuple) else print_literal(value)
    else:
        inner = ", ".join(f"{name}={print_literal(v)}" for name, v in found.keywords)
    return f"keras.{found.module}.{found.name}({inner})"


def print_array(values: tuple[Any, ...]) -> str:
    """Numbers in rows as an array: of a list, Keras would make single precision first, whatever the weight has."""
    return f'np.array({write_values(values, " / ")}, "float64")'


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are equal and of one type, deep; a word is its text."""
    if isinstance(one, Term) and not one.module and not one.positional and not one.keywords:
        one = None if one.name in ("none", "None") else one.name
    if isinstance(other, Term) and not other.module and not other.positional and not other.keywords:
        other = None if other.name in ("none", "None") else other.name
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        return len(one) == len(other) and all(map(is_same, one, other))
    return type(one) is type(other) and bool(one == other)


def convert_to_tuple(text: str) -> str:
    """A list as a tuple, for a default: Python keeps one default for all calls."""
    if not text.startswith("[") or find_brackets(text) != [(0, len(text) - 1)]:
        return text
    return f"({text[1:-1]}{',' if len(split_at_commas(text[1:-1])) == 1 else ''})"


def hide_unknown(shape: tuple[Any, ...]) -> tuple[int | None, ...]:
    """A shape with None for sizes that are not known."""
    return tuple([n if isinstance(n, int) else None for n in shape])
