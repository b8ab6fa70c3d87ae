"""os, sys, json and random, as far as they do not ask the machine that the program runs on."""

from __future__ import annotations

import os.path
import sys

from cnnspec.python_source.interpreter.builtins import leave, make_computed
from cnnspec.python_source.values import count_values, find_unknown, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
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
    libraries.constants.update(
        {"os.sep": os.sep, "os.linesep": os.linesep, "os.path.sep": os.sep, "sys.maxsize": sys.maxsize}
    )
