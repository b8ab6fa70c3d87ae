"""Attributes of plain values: the methods of texts, lists, dicts, sets, and what numbers and ranges have."""

from __future__ import annotations

from cnnspec.python_source.interpreter.container_methods import METHODS as CONTAINER_METHODS
from cnnspec.python_source.interpreter.text_methods import METHODS as TEXT_METHODS
from cnnspec.python_source.values import Method

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter

FIELDS: dict[type, dict[str, Callable[[Any], Any]]] = {
    int: {"real": lambda n: n.real, "imag": lambda n: n.imag, "numerator": int, "denominator": lambda n: 1},
    float: {"real": lambda n: n.real, "imag": lambda n: n.imag},
    complex: {"real": lambda n: n.real, "imag": lambda n: n.imag},
    range: {"start": lambda r: r.start, "stop": lambda r: r.stop, "step": lambda r: r.step},
    slice: {"start": lambda r: r.start, "stop": lambda r: r.stop, "step": lambda r: r.step},
}
LISTED = {
    kind: frozenset(dir(kind)) for kind in (int, float, complex, str, bytes, list, tuple, dict, set, range, slice)
}


def get_plain_attribute(it: Interpreter, value: Any, name: str, node: ast.AST) -> Any:
    """value.name of a plain value."""
    for kind in type(value).__mro__:
        method = TEXT_METHODS.get(kind, {}).get(name) or CONTAINER_METHODS.get(kind, {}).get(name)
        if method is not None:
            return Method(name, lambda call, method=method: method(it, value, call))
        field = FIELDS.get(kind, {}).get(name)
        if field is not None:
            return field(value)
    if name == "__class__":
        return it.machine.libraries.find(f"builtins.{type(value).__name__}")
    if name in LISTED.get(type(value), ()) or type(value) not in LISTED:
        return it.machine.make_unknown(f".{name} is not read", node)
    return it.fail("AttributeError", f"it has no {name}", node)
