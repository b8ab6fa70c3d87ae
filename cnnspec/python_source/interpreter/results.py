"""What functools.cache and lru_cache keep: a call with the arguments of an earlier one gives the same value again."""

from __future__ import annotations

from cnnspec.python_source.values import Value, can_walk, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.values import Call

UNKNOWN = "unknown"  # the key of what was called with something unknown


class Results:
    """The results of one function, the least recently used first; no more than `most` of them, None for any number."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.kept: dict[Any, Any] = {}

    def find(self, call: Call, make: Callable[[], Any]) -> Any:
        """The value of a call, made once for the arguments as they are written: a default that is given is another call."""
        machine, given = call.machine, (*call.arguments, call.keywords)
        unsure = call.open_arguments or call.open_keywords or find_unknown(given) is not None or not can_walk(given)
        key = UNKNOWN if unsure else make_key(given)
        if self.kept and (key == UNKNOWN or UNKNOWN in self.kept):
            return call.make_unknown("which of the results that are kept it gives is not known")
        machine.note_change(self.kept)
        value = self.kept.pop(key) if key in self.kept else make()
        self.kept[key] = value
        if self.most is not None and len(self.kept) > self.most:
            del self.kept[next(iter(self.kept))]
        return value

    def clear(self, call: Call) -> None:
        """cache_clear()"""
        call.machine.note_change(self.kept)
        self.kept.clear()


def make_key(value: Any) -> Any:
    """What arguments are told apart by: a value of ours is itself alone."""
    if isinstance(value, Value):
        return Value, id(value)
    if isinstance(value, (tuple, frozenset)):
        return type(value), tuple([make_key(item) for item in value])
    if isinstance(value, dict):
        return tuple([(name, make_key(item)) for name, item in value.items()])
    return id(value) if isinstance(value, (list, set, slice)) else value
