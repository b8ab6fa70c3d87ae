"""copy: objects, and what is in them, made again."""

from __future__ import annotations

from cnnspec.python_source.interpreter.objects import ClassValue, FunctionValue, InstanceValue
from cnnspec.python_source.standard.records import RecordValue
from cnnspec.python_source.values import CONTAINERS, External, Unknown, Value, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.values import Call

MOST_DEEP = 2_000  # containers that are copied


def copy_value(call: Call) -> Any:
    """copy.copy"""
    value = call.find(0)
    if isinstance(value, (list, dict, set)):
        return value.copy()
    if isinstance(value, (InstanceValue, RecordValue)) and can_copy(value):
        return copy_object(value, lambda item: item)
    if isinstance(value, Value) and not isinstance(value, SHARED):
        return find_unknown(value) or call.make_unknown("a copy of an object is not known")
    return value


SHARED = (External, FunctionValue, ClassValue, Unknown)  # what a copy has in common with its original


def can_copy(value: InstanceValue | RecordValue) -> bool:
    """Whether an object has nothing but its attributes."""
    if isinstance(value, RecordValue):
        return True
    made = value.class_value
    special = made.find_method("__copy__") or made.find_method("__deepcopy__")
    return value.native is None and not made.find_library_base() and special is None and not made.has_unknown_base


def copy_object(value: InstanceValue | RecordValue, copy: Callable[[Any], Any]) -> InstanceValue | RecordValue:
    made = RecordValue({}, value.items) if isinstance(value, RecordValue) else InstanceValue(value.class_value)
    made.attributes.update({name: copy(item) for name, item in value.attributes.items()})
    return made


def copy_deeply(call: Call) -> Any:
    """copy.deepcopy"""
    made: dict[int, Any] = {}  # so far, by what they are copies of

    def copy(value: Any) -> Any:
        if id(value) in made:
            return made[id(value)]
        if isinstance(value, (list, dict, set)):
            one: Any = value.copy()
            made[id(value)] = one
            if isinstance(value, list):
                one[:] = [copy(item) for item in value]
            elif isinstance(value, dict):
                one.update({key: copy(item) for key, item in value.items()})
            return one
        if isinstance(value, tuple):
            made[id(value)] = whole = tuple([copy(item) for item in value])
            return whole
        if isinstance(value, InstanceValue) and value.class_value.form == "enum":
            return value
        if isinstance(value, (InstanceValue, RecordValue)) and can_copy(value):
            made[id(value)] = copied = copy_object(value, copy)
            return copied
        plain = not isinstance(value, Value) or isinstance(value, SHARED)
        return value if plain else call.make_unknown("a copy of an object is not known")

    value = call.find(0)
    if count_containers(value) > MOST_DEEP:
        return call.make_unknown("it is nested deeper than is followed")
    return copy(value)


def count_containers(value: Any) -> int:
    """How many containers there are in a value: it is nested no deeper."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, CONTAINERS) and id(value) not in seen:
            seen.add(id(value))
            waiting += value.values() if isinstance(value, dict) else value
    return len(seen)


def register(libraries: Libraries) -> None:
    libraries.functions["copy.copy"] = copy_value
    libraries.functions["copy.deepcopy"] = copy_deeply
