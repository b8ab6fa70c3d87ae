"""functools, itertools and typing."""

from __future__ import annotations

import itertools
from math import comb, perm, prod

from cnnspec.python_source.interpreter.budget import MOST_ITEMS
from cnnspec.python_source.interpreter.builtin_containers import list_rows
from cnnspec.python_source.interpreter.objects import FunctionValue
from cnnspec.python_source.interpreter.results import Results
from cnnspec.python_source.interpreter.sequences import EndlessValue, IteratorValue
from cnnspec.python_source.values import Method, Value, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call


MOST_KEPT = 128  # results of a function, by functools.lru_cache


# ---- functools ----------------------------------------------------------------------------------------------------
class PartialValue(Value):
    """functools.partial(function, …)"""

    __slots__ = ("first",)

    def __init__(self, first: Call) -> None:
        self.first = first

    def call(self, call: Call) -> Any:
        first = self.first
        return call.machine.interpreter.call_value(
            first.arguments[0],
            call.replace(
                arguments=(*first.arguments[1:], *call.arguments),
                keywords={**first.keywords, **call.keywords},
                open_arguments=first.open_arguments or call.open_arguments,
                open_keywords=first.open_keywords or call.open_keywords,
            ),
        )

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        fields = {"func": self.first.arguments[0], "args": self.first.arguments[1:], "keywords": self.first.keywords}
        return fields[name] if name in fields else super().get_attribute(name, machine, node)

    def describe(self) -> str:
        function = self.first.arguments[0]
        return function.describe() if isinstance(function, Value) else "a function"


def make_partial(call: Call) -> Any:
    return PartialValue(call) if call.arguments else call.make_unknown("which function is meant is not known")


def return_function(call: Call) -> Any:
    """A decorator that leaves its function as it is, with arguments or without."""
    given = call.find(0)
    if isinstance(given, FunctionValue):
        return given
    return Method("decorator", lambda inner: inner.find(0))


def keep_results(call: Call) -> Any:
    """@functools.cache, and @functools.lru_cache without a number."""
    function = call.find(0)
    if isinstance(function, FunctionValue):
        function.results = Results()
    return function


def keep_some_results(call: Call) -> Any:
    """@functools.lru_cache(maxsize=128)"""
    given = call.find(0, "maxsize", default=MOST_KEPT)
    if isinstance(given, FunctionValue):
        return keep_results(call)
    most = given if isinstance(given, int) else None

    def decorate(inner: Call) -> Any:
        function = keep_results(inner)
        if isinstance(function, FunctionValue):
            function.results = Results(most)
        return function

    return Method("lru_cache", decorate)


def make_wraps(call: Call) -> Any:
    """functools.wraps(function), a decorator"""
    return Method("wraps", lambda inner: inner.find(0))


def reduce(call: Call) -> Any:
    machine = call.machine
    found = machine.list_items(call.find(1), call.node)
    if found is None:
        return find_unknown(call.find(1)) or call.make_unknown("its items are not known")
    rest = [*call.arguments[2:3], *found]
    if not rest:
        return machine.interpreter.fail("TypeError", "there are no items", call.node)
    value = rest[0]
    for item in rest[1:]:
        value = machine.call(call.find(0), (value, item), {}, call.node)
    return value


# ---- itertools ------------------------------------------------------------------------------------------------------
def iterate(call: Call, count: Callable[[list[list[Any]]], int], make: Callable[[list[list[Any]]], Any]) -> Any:
    """An iterator over what is made of the items of some values, if `count` of them are not too many."""
    rows = [call.machine.list_items(one, call.node) for one in call.arguments]
    known = [row for row in rows if row is not None]
    if len(known) < len(rows) or call.open_arguments:
        return find_unknown(call.arguments) or call.make_unknown("its items are not known")
    if count(known) > MOST_ITEMS:
        return call.make_unknown("there are more items than are kept")
    call.machine.interpreter.budget.take_items(count(known))
    return IteratorValue(list(make(known)))


def make_product(call: Call) -> Any:
    repeat = call.keywords.get("repeat", 1)
    if not isinstance(repeat, int) or not 0 <= repeat < 20:
        return find_unknown(repeat) or call.make_unknown("there are more items than are kept")
    return iterate(
        call, lambda rows: prod(map(len, rows)) ** repeat, lambda rows: itertools.product(*rows, repeat=repeat)
    )


def make_chain(call: Call) -> Any:
    return iterate(call, lambda rows: sum(map(len, rows)), lambda rows: itertools.chain(*rows))


def chain_inside(call: Call) -> Any:
    """itertools.chain.from_iterable"""
    found = call.machine.list_items(call.find(0), call.node)
    if found is None:
        return find_unknown(call.find(0)) or call.make_unknown("its items are not known")
    return make_chain(call.replace(arguments=tuple(found)))


def choose(call: Call, count: Callable[[int, int], int], make: Any) -> Any:
    """combinations and permutations"""
    size = call.find(1, "r")
    items = call.machine.list_items(call.find(0), call.node)
    size = len(items) if size is None and items is not None else size
    if not isinstance(size, int):
        return find_unknown(size) or call.make_unknown("its items are not known")
    one = call.replace(arguments=(call.find(0) if items is None else items,))
    return iterate(one, lambda rows: count(len(rows[0]), size), lambda rows: make(rows[0], size))


def repeat_value(call: Call) -> Any:
    value, times = call.find(0), call.find(1, "times")
    if isinstance(times, int):
        return IteratorValue([value] * times) if times <= MOST_ITEMS else call.make_unknown("there are too many items")
    return EndlessValue(lambda number: value) if times is None else times


def count_up(call: Call) -> Any:
    start, step = call.find(0, "start", default=0), call.find(1, "step", default=1)
    if not isinstance(start, (int, float)) or not isinstance(step, (int, float)):
        return find_unknown((start, step)) or call.make_unknown("its items are not known")
    return EndlessValue(lambda number: start + number * step)


def cycle(call: Call) -> Any:
    found = call.machine.list_items(call.find(0), call.node)
    if not found:
        return find_unknown(call.find(0)) or call.make_unknown("its items are not known")
    return EndlessValue(lambda number: found[number % len(found)])


def slice_items(call: Call) -> Any:
    """itertools.islice"""
    given, bounds = call.find(0), call.arguments[1:]
    if not all(isinstance(bound, (int, type(None))) for bound in bounds) or not bounds:
        return find_unknown(bounds) or call.make_unknown("its items are not known")
    end = bounds[0] if len(bounds) == 1 else bounds[1]
    if isinstance(given, EndlessValue):
        found = given.list_first(end) if isinstance(end, int) and end < MOST_ITEMS else None
    elif isinstance(given, IteratorValue):
        return call.make_unknown("what is left of an iterator is not followed")
    else:
        found = call.machine.list_items(given, call.node)
    if found is None:
        return find_unknown(given) or call.make_unknown("its items are not known")
    return IteratorValue(list(itertools.islice(found, *bounds)))


def pair_all(call: Call) -> Any:
    """itertools.zip_longest"""
    fill = call.keywords.get("fillvalue")
    return iterate(
        call, lambda rows: max(map(len, rows), default=0), lambda rows: itertools.zip_longest(*rows, fillvalue=fill)
    )


def pair(call: Call) -> Any:
    return iterate(call, lambda rows: len(rows[0]), lambda rows: itertools.pairwise(rows[0]))


def accumulate(call: Call) -> Any:
    machine, function = call.machine, call.find(1, "func")
    found = machine.list_items(call.find(0), call.node)
    if found is None or "initial" in call.keywords:
        return find_unknown(call.find(0)) or call.make_unknown("its items are not known")
    sums: list[Any] = []
    for item in found:
        if not sums:
            sums.append(item)
        elif function is None:
            sums.append(machine.compute("+", sums[-1], item, call.node))
        else:
            sums.append(machine.call(function, (sums[-1], item), {}, call.node))
    return IteratorValue(sums)


def map_rows(call: Call) -> Any:
    """itertools.starmap"""
    rows = list_rows(call, call.arguments[1:])
    if rows is None:
        return find_unknown(call.arguments[1:]) or call.make_unknown("its items are not known")
    made: list[Any] = []
    for row in rows[0]:
        arguments = call.machine.list_items(row, call.node)
        if arguments is None:
            return call.make_unknown("its items are not known")
        made.append(call.machine.call(call.arguments[0], tuple(arguments), {}, call.node))
    return IteratorValue(made)


PROGRESS = ("tqdm.tqdm", "tqdm.auto.tqdm", "tqdm.notebook.tqdm", "tqdm.tqdm_notebook", "rich.progress.track")
FUNCTIONS: dict[str, Any] = {
    "functools.partial": make_partial,
    "functools.reduce": reduce,
    "functools.cache": keep_results,
    "functools.lru_cache": keep_some_results,
    "functools.wraps": make_wraps,
    **dict.fromkeys(
        (
            "functools.total_ordering", "functools.singledispatch",
            "abc.abstractmethod", "typing.overload", "typing.final", "typing.no_type_check", "atexit.register",
            "contextlib.contextmanager", "staticmethod", "enum.unique", "tensorflow.function",
        ),
        return_function,
    ),
    **dict.fromkeys(PROGRESS, lambda call: call.find(0, "iterable", "sequence")),
    "itertools.product": make_product,
    "itertools.chain": make_chain,
    "itertools.chain.from_iterable": chain_inside,
    "itertools.combinations": lambda call: choose(call, comb, itertools.combinations),
    "itertools.permutations": lambda call: choose(call, perm, itertools.permutations),
    "itertools.repeat": repeat_value,
    "itertools.count": count_up,
    "itertools.cycle": cycle,
    "itertools.islice": slice_items,
    "itertools.zip_longest": pair_all,
    "itertools.pairwise": pair,
    "itertools.accumulate": accumulate,
    "itertools.starmap": map_rows,
    "typing.cast": lambda call: call.find(1),
}  # fmt: skip


def register(libraries: Libraries) -> None:
    libraries.functions.update(FUNCTIONS)
