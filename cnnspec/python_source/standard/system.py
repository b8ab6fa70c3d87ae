"""os, sys, json and random, as far as they do not ask the machine that the program runs on."""

from __future__ import annotations

import os.path
import string
import sys

from cnnspec.python_source.interpreter.builtins import leave, make_computed
from cnnspec.python_source.values import Value, count_values, find_unknown, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

PATHS = (
    os.path.join,
    os.path.basename,
    os.path.dirname,
    os.path.splitext,
    os.path.split,
    os.path.normpath,
    os.path.isabs,
)
LETTERS = ("ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "hexdigits", "punctuation", "whitespace")
MOST_VALUES = 2_000  # that JSON has
MOST_TEXT = 100_000  # characters of JSON


def load_text(call: Call) -> Any:
    """json.loads"""
    import json

    text = call.find(0)
    if (
        not isinstance(text, str)
        or call.keywords
        or len(text) > MOST_TEXT
        or text.count("[") + text.count("{") > MOST_VALUES
    ):
        return find_unknown(text) or call.make_unknown("what the JSON text says is not known")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return call.machine.interpreter.fail("ValueError", "the text is no JSON", call.node)


def write_text(call: Call) -> Any:
    """json.dumps"""
    import json

    value = call.find(0)
    if not is_known(value) or call.keywords or count_values(value, MOST_VALUES) > MOST_VALUES:
        return find_unknown(value) or call.make_unknown("what the JSON text says is not known")
    try:
        return json.dumps(value)
    except (ValueError, TypeError, RecursionError):
        return call.machine.interpreter.fail("TypeError", "it cannot be written as JSON", call.node)


def shuffle(call: Call) -> Any:
    """random.shuffle: the order is not known any more."""
    value = call.find(0)
    if isinstance(value, (list, dict, set)):
        call.machine.forget(value, call.make_unknown("the order is random"))
    return None


def import_module(call: Call) -> Any:
    """importlib.import_module, of a name that is known."""
    name = call.find(0, "name")
    if not isinstance(name, str) or name.startswith("."):
        return find_unknown(name) or call.make_unknown("which module is imported is not known")
    found = call.machine.interpreter.modules.find_module(name, call.node)
    return call.machine.libraries.find(name) if found is None else found


class LoadedModules(Value):
    """sys.modules"""

    __slots__ = ()

    def get_item(self, key: Any, machine: Machine, node: ast.AST) -> Any:
        found = machine.interpreter.modules.known.get(key) if isinstance(key, str) else None
        return super().get_item(key, machine, node) if found is None else found

    def describe(self) -> str:
        return "sys.modules"


def register(libraries: Libraries) -> None:
    for function in PATHS:
        libraries.functions[f"os.path.{function.__name__}"] = make_computed(function)
    libraries.functions.update(
        {
            "sys.exit": leave,
            "os._exit": leave,
            "json.loads": load_text,
            "json.dumps": write_text,
            "random.shuffle": shuffle,
        }
    )
    libraries.functions["importlib.import_module"] = import_module
    libraries.constants["sys.modules"] = LoadedModules()
    libraries.constants.update({f"string.{name}": vars(string)[name] for name in LETTERS})
    libraries.constants.update(
        {"os.sep": os.sep, "os.linesep": os.linesep, "os.path.sep": os.sep, "sys.maxsize": sys.maxsize}
    )
