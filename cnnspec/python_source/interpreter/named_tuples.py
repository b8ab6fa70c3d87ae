"""What the classes that are named tuples have besides their fields."""

from __future__ import annotations

from cnnspec.python_source.interpreter.definitions import NO_DEFAULT
from cnnspec.python_source.values import Method, Value, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.interpreter.objects import ClassValue
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call


class Maker(Value):
    """__new__ of a named tuple, whose __defaults__ may be set."""

    __slots__ = ("made",)

    def __init__(self, made: ClassValue) -> None:
        self.made = made

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name != "__defaults__":
            return super().get_attribute(name, machine, node)
        return tuple(list_defaults(self.made).values()) or None

    def set_attribute(self, name: str, value: Any, machine: Machine, node: ast.AST) -> None:
        fields = self.made.fields
        if name != "__defaults__" or fields is None:
            return
        machine.note_change(fields)
        names = list(fields)
        given = value if isinstance(value, tuple) else () if value is None else None
        if given is None:
            unknown = find_unknown(value) or machine.make_unknown("the defaults of a named tuple are not known", node)
            given = (unknown,) * len(names)
        fields.update({**dict.fromkeys(names, NO_DEFAULT), **dict(zip(names[::-1], given[::-1], strict=False))})

    def call(self, call: Call) -> Any:
        return call.machine.interpreter.call_value(self.made, call.replace(arguments=call.arguments[1:]))


def list_defaults(made: ClassValue) -> dict[str, Any]:
    """The fields of a named tuple that have a default."""
    return {name: value for name, value in (made.fields or {}).items() if value is not NO_DEFAULT}


def make_of_items(made: ClassValue, call: Call) -> Any:
    """_make(items) of a named tuple"""
    items = call.machine.list_items(call.find(0), call.node)
    if items is None:
        return find_unknown(call.find(0)) or call.make_unknown("its items are not known")
    return call.machine.interpreter.call_value(made, call.replace(arguments=tuple(items), keywords={}))


OF_TUPLES: dict[str, Callable[[ClassValue], Any]] = {
    "_fields": lambda made: tuple(made.fields or ()),
    "_field_defaults": list_defaults,
    "_make": lambda made: Method("_make", lambda call: make_of_items(made, call)),
    "__new__": Maker,
}
