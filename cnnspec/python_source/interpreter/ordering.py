"""What is put in order: sorted(), list.sort(), min(), max()."""

from __future__ import annotations

from cnnspec.python_source.interpreter.budget import MOST_ITEMS
from cnnspec.python_source.values import count_values, find_unknown, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter
    from cnnspec.python_source.values import Call


def find_keys(it: Interpreter, found: list[Any], call: Call) -> Any:
    """What items are ordered by; an unknown."""
    key = call.keywords.get("key")
    keys = found if key is None else [it.machine.call(key, (item,), {}, call.node) for item in found]
    unknown = find_unknown(keys)
    if unknown is not None:
        return unknown
    known = is_known(keys) and count_values(keys, 2 * MOST_ITEMS) <= 2 * MOST_ITEMS
    return keys if known else call.make_unknown("their order is not known")


def sort_items(it: Interpreter, found: list[Any], call: Call) -> Any:
    """Items in order; an unknown."""
    keys = find_keys(it, found, call)
    backwards = it.find_truth(call.keywords.get("reverse", False))
    if not isinstance(keys, list):
        return keys
    if backwards is None:
        return call.make_unknown("their order is not known")
    it.budget.take(len(found))
    try:
        order = sorted(range(len(found)), key=keys.__getitem__, reverse=backwards)
    except TypeError as error:
        return it.fail("TypeError", str(error), call.node)
    return [found[number] for number in order]


def find_extreme(it: Interpreter, found: list[Any], call: Call, function: Any) -> Any:
    """min() or max() of items."""
    if not found:
        if "default" in call.keywords:
            return call.keywords["default"]
        return it.fail("ValueError", "there are no items", call.node)
    keys = find_keys(it, found, call)
    if not isinstance(keys, list):
        return keys
    try:
        return found[function(range(len(found)), key=keys.__getitem__)]
    except TypeError as error:
        return it.fail("TypeError", str(error), call.node)
