"""argparse: the options of a program have their defaults."""

from __future__ import annotations

from cnnspec.python_source.standard.records import RecordValue
from cnnspec.python_source.values import External, Method, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

PARTS = ("add_argument_group", "add_mutually_exclusive_group")
FIXED = {"store_true": False, "store_false": True}
SILENT = ("help", "version")


class ParserValue(Value):
    """An ArgumentParser, or a group of its options. `values`: what is known of each option; `open`: whether others may be."""

    __slots__ = ("open", "values")

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.open = False

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name in PARTS:
            return Method(name, lambda call: self)
        methods = {
            "add_argument": self.add,
            "set_defaults": self.set_defaults,
            "get_default": lambda call: self.values.get(call.find(0)),
            "parse_args": self.parse,
            "parse_known_args": lambda call: (self.parse(call), call.make_unknown("the command line is not known")),
        }
        return Method(name, methods[name]) if name in methods else super().get_attribute(name, machine, node)

    def add(self, call: Call) -> Any:
        """add_argument("--epochs", type=int, default=10)"""
        flags = call.arguments
        if call.open_arguments or call.open_keywords or not flags or not all(isinstance(flag, str) for flag in flags):
            self.open = True
            return call.make_unknown("which option is added is not known")
        name = call.keywords.get("dest") or find_name(flags)
        action = call.keywords.get("action", "store")
        if isinstance(name, str) and action not in SILENT:
            call.machine.note_change(self.values)
            value = find_value(flags, action, call)
            if isinstance(value, External) and value.name == "argparse.SUPPRESS":
                self.values.pop(name, None)
            else:
                self.values[name] = value
        return RecordValue({})

    def set_defaults(self, call: Call) -> None:
        call.machine.note_change(self.values)
        self.values.update(call.keywords)

    def parse(self, call: Call) -> Any:
        """What the program has where its command line gives nothing."""
        given = call.find(0, "args")
        if isinstance(given, (list, tuple)) and given:
            return call.make_unknown("what options a list gives is not read")
        if self.open:
            return call.make_unknown("not all of the options are known")
        return RecordValue(self.values)

    def describe(self) -> str:
        return "an ArgumentParser"


def find_name(flags: tuple[str, ...]) -> str:
    """The attribute that an option has."""
    long = next((flag for flag in flags if flag.startswith("--")), flags[0])
    return long.lstrip("-").replace("-", "_")


def find_value(flags: tuple[str, ...], action: Any, call: Call) -> Any:
    """What an option is where the command line does not give it."""
    keywords = call.keywords
    count = keywords.get("nargs")
    if not flags[0].startswith("-") and count not in ("?", "*") or keywords.get("required") is True:
        return call.make_unknown(f"{flags[0]} has no default: it is given on the command line")
    if isinstance(action, str) and action in FIXED:
        return keywords.get("default", FIXED[action])
    value = keywords.get("default", [] if count == "*" and not flags[0].startswith("-") else None)
    kind = keywords.get("type")
    if isinstance(value, str) and kind is not None:  # argparse converts the defaults that are texts
        return call.machine.call(kind, (value,), {}, call.node)
    return value


def make_parser(call: Call) -> Any:
    made = ParserValue()
    parents = call.keywords.get("parents", ())
    for parent in parents if isinstance(parents, (list, tuple)) else ():
        if isinstance(parent, ParserValue):
            made.values.update(parent.values)
    return made


def register(libraries: Libraries) -> None:
    for name in ("argparse.ArgumentParser", "configargparse.ArgumentParser", "configargparse.ArgParser"):
        libraries.functions[name] = make_parser
