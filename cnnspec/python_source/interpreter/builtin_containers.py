"""Python's own functions that make, fill and ask containers: list, zip, sorted, sum, …"""

from __future__ import annotations

from functools import partial

from cnnspec.python_source.interpreter import items, ordering
from cnnspec.python_source.interpreter.objects import InstanceValue
from cnnspec.python_source.interpreter.sequences import EndlessValue, GeneratorValue, IteratorValue
from cnnspec.python_source.values import find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.values import Call


def count(call: Call) -> Any:
    return items.count_items(call.machine.interpreter, call.find(0), call.node)


def make_list(call: Call) -> Any:
    return gather(call, list)


def make_tuple(call: Call) -> Any:
    return gather(call, tuple)


def gather(call: Call, kind: Any) -> Any:
    if not call.arguments:
        return kind()
    given = call.arguments[0]
    found = call.machine.interpreter.list_items(given, call.node)
    if found is None:
        return find_unknown(given) or call.make_unknown("its items are not known")
    return kind(found)


def make_set(call: Call) -> Any:
    it = call.machine.interpreter
    if not call.arguments:
        return set()
    found = items.list_unordered(it, call.arguments[0], call.node)
    if found is None:
        return find_unknown(call.arguments[0]) or call.make_unknown("its items are not known")
    return items.make_set(it, found, call.node)


def make_frozenset(call: Call) -> Any:
    made = make_set(call)
    return frozenset(made) if isinstance(made, set) else made


def make_dict(call: Call) -> Any:
    made: dict[Any, Any] = {}
    machine = call.machine
    if call.arguments:
        machine.call(machine.get_attribute(made, "update", call.node), call.arguments, {}, call.node)
    made.update(call.keywords)
    return call.make_unknown("not all of the arguments are known") if call.open_keywords else made


def list_rows(call: Call, given: tuple[Any, ...]) -> list[list[Any]] | None:
    """The items of several values, as many of each as the shortest has."""
    it = call.machine.interpreter
    rows: list[Any] = [one if isinstance(one, EndlessValue) else it.list_items(one, call.node) for one in given]
    lengths = [len(row) for row in rows if isinstance(row, list)]
    if None in rows or not lengths:
        return None
    shortest = min(lengths)
    return [row.list_first(shortest) if isinstance(row, EndlessValue) else row[:shortest] for row in rows]


def zip_items(call: Call) -> Any:
    if not call.arguments and not call.open_arguments:
        return IteratorValue([])
    rows = None if call.open_arguments else list_rows(call, call.arguments)
    if rows is None:
        return find_unknown(call.arguments) or call.make_unknown("its items are not known")
    return IteratorValue(list(zip(*rows, strict=True)))


def enumerate_items(call: Call) -> Any:
    found = call.machine.interpreter.list_items(call.find(0, "iterable"), call.node)
    start = call.find(1, "start", default=0)
    if found is None or not isinstance(start, int):
        return find_unknown((call.find(0), start)) or call.make_unknown("its items are not known")
    return IteratorValue(list(enumerate(found, start)))


def map_items(call: Call) -> Any:
    rows = list_rows(call, call.arguments[1:])
    if rows is None:
        return find_unknown(call.arguments[1:]) or call.make_unknown("its items are not known")
    function = call.arguments[0]
    return IteratorValue([call.machine.call(function, row, {}, call.node) for row in zip(*rows, strict=True)])


def filter_items(call: Call) -> Any:
    it = call.machine.interpreter
    function, given = call.find(0), call.find(1)
    found = it.list_items(given, call.node)
    if found is None:
        return find_unknown(given) or call.make_unknown("its items are not known")
    kept: list[Any] = []
    for item in found:
        truth = it.find_truth(item if function is None else it.machine.call(function, (item,), {}, call.node))
        if truth is None:
            return find_unknown(item) or call.make_unknown("which items stay is not known")
        if truth:
            kept.append(item)
    return IteratorValue(kept)


def reverse_items(call: Call) -> Any:
    found = call.machine.interpreter.list_items(call.find(0), call.node)
    if found is None:
        return find_unknown(call.find(0)) or call.make_unknown("its items are not known")
    return IteratorValue(found[::-1])


def sort_items(call: Call) -> Any:
    it = call.machine.interpreter
    found = items.list_unordered(it, call.find(0), call.node)
    if found is None:
        return find_unknown(call.find(0)) or call.make_unknown("its items are not known")
    return ordering.sort_items(it, found, call)


def find_extreme(function: Any, call: Call) -> Any:
    it = call.machine.interpreter
    given = call.arguments[0] if len(call.arguments) == 1 else call.arguments
    found = None if call.open_arguments else items.list_unordered(it, given, call.node)
    if found is None:
        return find_unknown(given) or call.make_unknown(f"what {function.__name__}() gives is not known")
    return ordering.find_extreme(it, found, call, function)


def add_up(call: Call) -> Any:
    it = call.machine.interpreter
    given, total = call.find(0), call.find(1, "start", default=0)
    found = items.list_unordered(it, given, call.node)
    if found is None:
        return find_unknown(given) or call.make_unknown("what sum() gives is not known")
    for item in found:
        it.budget.take()
        total = it.compute("+", total, item, call.node)
    return total


def ask_all(ends: bool, call: Call) -> Any:
    """any() and all(): `ends` is the truth that ends it."""
    it = call.machine.interpreter
    found = items.list_unordered(it, call.find(0), call.node)
    if found is None:
        return find_unknown(call.find(0)) or call.make_unknown("its items are not known")
    truths = [it.find_truth(item) for item in found]
    if ends in truths:
        return ends
    return find_unknown(found) or call.make_unknown("its items are not known") if None in truths else not ends


def start_iterator(call: Call) -> Any:
    given = call.find(0)
    if isinstance(given, (IteratorValue, GeneratorValue)):
        return given
    found = call.machine.interpreter.list_items(given, call.node)
    if found is None:
        return find_unknown(given) or call.make_unknown("its items are not known")
    return IteratorValue(found)


def take_next(call: Call) -> Any:
    it = call.machine.interpreter
    given = call.find(0)
    if isinstance(given, InstanceValue):
        return it.ask_instance(given, "__next__", (), call.node)
    if not isinstance(given, (IteratorValue, GeneratorValue)):
        return find_unknown(given) or call.make_unknown("what comes next is not known")
    found = given.take_next(call.machine, call.node)
    if found is None:
        return call.make_unknown("what comes next is not known")
    if found:
        return found[0]
    return call.arguments[1] if len(call.arguments) > 1 else it.fail("StopIteration", "nothing is left", call.node)


FUNCTIONS: dict[str, Any] = {
    "len": count, "list": make_list, "tuple": make_tuple, "set": make_set, "frozenset": make_frozenset,
    "dict": make_dict, "zip": zip_items, "enumerate": enumerate_items, "map": map_items, "filter": filter_items,
    "reversed": reverse_items, "sorted": sort_items, "min": partial(find_extreme, min), "max": partial(find_extreme, max),
    "sum": add_up, "any": partial(ask_all, True), "all": partial(ask_all, False), "iter": start_iterator,
    "next": take_next,
}  # fmt: skip
