"""The methods of lists, tuples, dicts and sets. Whoever changes a container notes it in the journal first."""

from __future__ import annotations

from cnnspec.python_source.interpreter.items import (
    Defaults,
    contains,
    delete_item,
    get_item,
    list_unordered,
    make_set,
    set_item,
)
from cnnspec.python_source.interpreter.operators import is_equal
from cnnspec.python_source.interpreter.ordering import sort_items
from cnnspec.python_source.interpreter.sequences import ViewValue
from cnnspec.python_source.values import Unknown, Value, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter
    from cnnspec.python_source.values import Call

    Answer = Callable[[Interpreter, Any, Call], Any]


def changing(function: Answer) -> Answer:
    """A method that changes its container, which is noted; with arguments that are not known, so is what is in it."""

    def method(it: Interpreter, value: Any, call: Call) -> Any:
        if call.open_arguments or call.open_keywords:
            unknown = call.make_unknown("not all of the arguments are known")
            it.journal.taint(value, unknown)
            return unknown
        it.journal.note(value)
        it.budget.take_items(len(value) if len(value) > 1_000 else 0)
        return function(it, value, call)

    return method


def taint(it: Interpreter, value: Any, cause: Any, call: Call) -> None:
    it.journal.taint(value, find_unknown(cause) or call.make_unknown("what is in it is not known"))


# ---- lists ----------------------------------------------------------------------------------------------------------
def append(it: Interpreter, value: list[Any], call: Call) -> None:
    value.append(call.find(0))


def extend(it: Interpreter, value: list[Any], call: Call) -> None:
    given = call.find(0)
    found = it.list_items(given, call.node)
    if found is None:
        taint(it, value, given, call)
        return
    it.budget.take_items(len(value) + len(found))
    value += found


def insert(it: Interpreter, value: list[Any], call: Call) -> None:
    at = call.find(0)
    if isinstance(at, int):
        value.insert(at, call.find(1))
    else:
        taint(it, value, at, call)


def pop(it: Interpreter, value: list[Any], call: Call) -> Any:
    at = call.find(0, default=-1)
    found = get_item(it, value, at, call.node)
    delete_item(it, value, at, call.node)
    return found


def remove(it: Interpreter, value: list[Any], call: Call) -> Any:
    at = find_index(it, value, call.find(0), call)
    if isinstance(at, int):
        del value[at]
    elif at is None:
        return it.fail("ValueError", "it is not in the list", call.node)
    else:
        taint(it, value, at, call)
    return None


def find_index(it: Interpreter, value: Any, item: Any, call: Call) -> Any:
    """The number of the first item that is equal to another; None: there is none; an unknown."""
    for number, one in enumerate(value):
        truth = True if one is item else it.find_truth(it.compute("==", one, item, call.node))
        if truth is None:
            return find_unknown((one, item)) or call.make_unknown("where it is in the list is not known")
        if truth:
            return number
    return None


def index(it: Interpreter, value: Any, call: Call) -> Any:
    if len(call.arguments) > 1:
        return call.make_unknown("where it is in a part of the list is not read")
    found = find_index(it, value, call.find(0), call)
    return it.fail("ValueError", "it is not in the list", call.node) if found is None else found


def count(it: Interpreter, value: Any, call: Call) -> Any:
    answers = [is_equal(one, call.find(0)) for one in value]
    return call.make_unknown("how often it is there is not known") if None in answers else sum(map(bool, answers))


def sort(it: Interpreter, value: list[Any], call: Call) -> Any:
    found = sort_items(it, list(value), call)
    if isinstance(found, Unknown):
        it.journal.taint(value, found)
        return None
    value[:] = found
    return None


def reverse(it: Interpreter, value: list[Any], call: Call) -> None:
    value.reverse()


def clear(it: Interpreter, value: Any, call: Call) -> None:
    value.clear()


def copy(it: Interpreter, value: Any, call: Call) -> Any:
    it.budget.take_items(len(value))
    return value.copy()


# ---- dicts ------------------------------------------------------------------------------------------------------------
def has_key(it: Interpreter, value: dict[Any, Any], key: Any, node: ast.AST) -> bool | None:
    """Whether a dict has a key; None: unknown, as of one that is equal to a key and found by another hash."""
    known = contains(it, value, key, node)
    return None if known and key not in value else known


def get(it: Interpreter, value: dict[Any, Any], call: Call) -> Any:
    key = call.find(0)
    known = has_key(it, value, key, call.node)
    if known is None:
        return find_unknown((key, list(value))) or call.make_unknown("whether it is in the dict is not known")
    return it.see(value[key], call.node) if known else call.find(1, "default")


def setdefault(it: Interpreter, value: dict[Any, Any], call: Call) -> Any:
    key = call.find(0)
    known = has_key(it, value, key, call.node)
    if known is None:
        taint(it, value, key, call)
        return find_unknown(value)
    if known:
        return it.see(value[key], call.node)
    default = call.find(1, "default")
    set_item(it, value, key, default, call.node)
    return default


def update(it: Interpreter, value: dict[Any, Any], call: Call) -> Any:
    given = call.find(0, default={})
    pairs = given.items() if isinstance(given, dict) else it.list_items(given, call.node)
    found = None if pairs is None else [it.list_items(pair, call.node) for pair in pairs]
    if found is None or any(pair is None or len(pair) != 2 for pair in found):
        taint(it, value, given, call)
        return None
    for pair in found:
        assert pair is not None
        set_item(it, value, pair[0], pair[1], call.node)
    value.update(call.keywords)
    return None


def pop_key(it: Interpreter, value: dict[Any, Any], call: Call) -> Any:
    key = call.find(0)
    known = has_key(it, value, key, call.node)
    if known is None:
        taint(it, value, key, call)
        return find_unknown((key, value)) or call.make_unknown("whether it is in the dict is not known")
    if known:
        found = value.pop(key)
        return it.see(found, call.node)
    if len(call.arguments) > 1:
        return call.arguments[1]
    return it.fail("KeyError", "there is no such key", call.node)


def pop_last(it: Interpreter, value: dict[Any, Any], call: Call) -> Any:
    return value.popitem() if value else it.fail("KeyError", "the dict is empty", call.node)


def make_view(kind: str) -> Answer:
    return lambda it, value, call: ViewValue(value, kind)


def make_from_keys(it: Interpreter, value: dict[Any, Any], call: Call) -> Any:
    found = it.list_items(call.find(0), call.node)
    return call.make_unknown("its keys are not known") if found is None else dict.fromkeys(found, call.find(1))


def list_most_common(it: Interpreter, value: dict[Any, Any], call: Call) -> Any:
    """Counter.most_common"""
    most = call.find(0, "n")
    if not all(isinstance(number, int) for number in value.values()) or not isinstance(most, (int, type(None))):
        return call.make_unknown("what is the most common is not known")
    return sorted(value.items(), key=lambda pair: -pair[1])[:most]


# ---- sets --------------------------------------------------------------------------------------------------------------
def add(it: Interpreter, value: set[Any], call: Call) -> Any:
    item = call.find(0)
    if find_unknown(item) is not None:
        taint(it, value, item, call)
        return None
    try:
        value.add(item)
    except TypeError as error:
        return it.fail("TypeError", str(error), call.node)
    return None


def discard(it: Interpreter, value: set[Any], call: Call) -> Any:
    item = call.find(0)
    known = contains(it, value, item, call.node)
    if known is None:
        taint(it, value, item, call)
    elif known:
        value.discard(item)
    return None


def remove_from_set(it: Interpreter, value: set[Any], call: Call) -> Any:
    if contains(it, value, call.find(0), call.node) is False:
        return it.fail("KeyError", "it is not in the set", call.node)
    return discard(it, value, call)


def update_set(it: Interpreter, value: set[Any], call: Call) -> Any:
    for given in call.arguments:
        found = list_unordered(it, given, call.node)
        if found is None or isinstance(made := make_set(it, found, call.node), Value):
            taint(it, value, given, call)
            return None
        value |= made
    return None


def make_set_method(operator: str) -> Answer:
    """A method that does what an operator of sets does, with any iterables."""

    def method(it: Interpreter, value: Any, call: Call) -> Any:
        result: Any = value.copy()
        for given in call.arguments:
            found = list_unordered(it, given, call.node)
            if found is None:
                return find_unknown(given) or call.make_unknown("its items are not known")
            result = it.compute(operator, result, make_set(it, found, call.node), call.node)
        return result

    return method


def is_disjoint(it: Interpreter, value: Any, call: Call) -> Any:
    common = make_set_method("&")(it, value, call)
    return common if isinstance(common, Value) else not common


SETS: dict[str, Answer] = {
    "copy": copy,
    "union": make_set_method("|"),
    "intersection": make_set_method("&"),
    "difference": make_set_method("-"),
    "symmetric_difference": make_set_method("^"),
    "issubset": make_set_method("<="),
    "issuperset": make_set_method(">="),
    "isdisjoint": is_disjoint,
}
METHODS: dict[type, dict[str, Answer]] = {
    list: {
        "append": changing(append),
        "extend": changing(extend),
        "insert": changing(insert),
        "pop": changing(pop),
        "remove": changing(remove),
        "sort": changing(sort),
        "reverse": changing(reverse),
        "clear": changing(clear),
        "index": index,
        "count": count,
        "copy": copy,
    },
    tuple: {"index": index, "count": count},
    range: {"index": index, "count": count},
    dict: {
        "get": get,
        "setdefault": changing(setdefault),
        "update": changing(update),
        "pop": changing(pop_key),
        "popitem": changing(pop_last),
        "clear": changing(clear),
        "copy": copy,
        "keys": make_view("keys"),
        "values": make_view("values"),
        "items": make_view("items"),
        "fromkeys": make_from_keys,
    },
    Defaults: {"most_common": list_most_common},
    set: {
        **SETS,
        "add": changing(add),
        "discard": changing(discard),
        "remove": changing(remove_from_set),
        "update": changing(update_set),
        "clear": changing(clear),
    },
    frozenset: SETS,
}
