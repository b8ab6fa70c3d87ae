"""What was changed since a branch began, so that it can be taken back and put side by side with another.

All that a source changes is a list, dict or set: names and attributes too are in dicts. Whoever changes one notes it first.
"""

from __future__ import annotations

from cnnspec.python_source.interpreter.operators import MOST_COMPARED
from cnnspec.python_source.interpreter.scopes import Names
from cnnspec.python_source.values import is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.interpreter.budget import Budget

    Contents = dict[int, tuple[Any, Any]]  # the containers by their identities, each with a copy of what is in it


class Layer:
    """What containers had in them when a branch began, of those that were changed since."""

    def __init__(self) -> None:
        self.saved: Contents = {}
        self.users = 1  # what needs it

    def capture(self) -> Contents:
        """What those have in them now."""
        return {key: (container, copy_of(container)) for key, (container, _) in self.saved.items()}

    def list_changes(self, begun: Contents) -> list[tuple[Any, Any]]:
        """The places that have something else in them than they had, of those that `begun` tells, or at the beginning: each
        a container and a key, or `...` for the whole of it."""
        found: list[tuple[Any, Any]] = []
        for key, (container, saved) in self.saved.items():
            before = begun.get(key, (container, saved))[1]
            if isinstance(container, dict) and (isinstance(container, Names) or list(container) == list(before)):
                names = {**before, **container}
                found += [
                    (container, name) for name in names if not is_same(container.get(name), before.get(name, ...))
                ]
            elif not is_same_inside(container, before):
                found.append((container, ...))
        return found


class Journal:
    """All branches that are open. `tainted`: containers of which it is not known what is in them."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.layers: list[Layer] = []
        self.tainted: dict[int, Any] = {}

    def open(self) -> Layer:
        self.layers.append(Layer())
        return self.layers[-1]

    def close(self, layer: Layer) -> None:
        layer.users -= 1
        if not layer.users and layer in self.layers:
            self.layers.remove(layer)

    def note(self, container: Any) -> None:
        """A list, dict or set is about to be changed."""
        if not self.layers or id(container) in self.layers[-1].saved:
            return  # then all others have it too
        self.budget.take(len(self.layers) // 2 + len(container) // 10)
        for layer in self.layers:
            if id(container) not in layer.saved:
                layer.saved[id(container)] = container, copy_of(container)

    def put(self, contents: Contents) -> None:
        """Give containers what they had in them."""
        for container, inside in contents.values():
            self.note(container)
            put_inside(container, inside)

    def restore(self, layer: Layer) -> None:
        """Put back what was there when a branch began."""
        self.put(dict(layer.saved))

    def taint(self, container: Any, unknown: Any) -> None:
        """From now on nothing is known of what a container has in it."""
        self.note(container)
        if not isinstance(container, Names):
            self.tainted[id(container)] = container
        put_inside(container, dict.fromkeys(container, unknown) if isinstance(container, dict) else [unknown])

    def join(self, layer: Layer, other: Contents, unknown: Any, join: Callable[[Any, Any], Any]) -> None:
        """Either what is there now, or `other`, which a branch from the layer's beginning came to."""
        for key, (container, before) in list(layer.saved.items()):
            inside = other.get(key, (container, before))[1]
            if not is_same_inside(container, inside):
                self.note(container)
                self._join_inside(container, inside, unknown, join)

    def _join_inside(self, container: Any, other: Any, unknown: Any, join: Callable[[Any, Any], Any]) -> None:
        if isinstance(container, Names):
            for name in {**other, **container}:
                if name in container and name in other:
                    container[name] = join(container[name], other[name])
                elif container.attributes:
                    container[name] = unknown  # it may also be found elsewhere
                else:
                    container[name] = other.get(name, container.get(name))  # without it, what reads it would raise
        elif isinstance(container, dict) and list(container) == list(other):
            for name in container:
                container[name] = join(container[name], other[name])
        elif isinstance(container, list) and len(container) == len(other):
            container[:] = list(map(join, container, other))
        else:
            self.taint(container, unknown)


def copy_of(container: Any) -> Any:
    return dict(container) if isinstance(container, dict) else container.copy()


def put_inside(container: Any, contents: Any) -> None:
    if isinstance(container, list):
        container[:] = contents
    else:
        container.clear()
        container.update(contents)


def is_same_inside(container: Any, other: Any) -> bool:
    """Whether a container surely has in it what is in another."""
    if len(container) != len(other):
        return False
    if isinstance(container, dict):
        return list(container) == list(other) and all(map(is_same, container.values(), other.values()))
    if isinstance(container, list):
        return all(map(is_same, container, other))
    return bool(container == other)


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are surely one, of one type."""
    waiting, left = [(one, other)], MOST_COMPARED
    while waiting:
        one, other = waiting.pop()
        left -= 1
        if one is other:
            continue
        if left < 0 or type(one) is not type(other):
            return False
        if isinstance(one, (list, tuple, dict)):
            if len(one) != len(other) or isinstance(one, dict) and list(one) != list(other):
                return False
            inside = (one.values(), other.values()) if isinstance(one, dict) else (one, other)
            waiting += zip(*inside, strict=True)
        elif not is_known(one) or one != other:
            return False
    return True
