"""What can be looped over and is no list: iterators, generators, views of dicts."""

from __future__ import annotations

from cnnspec.python_source.interpreter.budget import MOST_ITEMS
from cnnspec.python_source.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.machine import Machine


class IteratorValue(Value):
    """An iterator over known items: each is met once. `rest` is a list: what is still to come."""

    __slots__ = ("rest",)

    def __init__(self, items: list[Any]) -> None:
        self.rest = items

    def list_items(self, machine: Machine, node: ast.AST) -> list[Any] | None:
        if id(self.rest) in machine.interpreter.journal.tainted:
            return None
        machine.note_change(self.rest)
        items = list(self.rest)
        self.rest.clear()
        return items

    def take_next(self, machine: Machine, node: ast.AST) -> list[Any] | None:
        """The next item, as the only one of a list, which is empty at the end; None: unknown."""
        if id(self.rest) in machine.interpreter.journal.tainted:
            return None
        machine.note_change(self.rest)
        return [self.rest.pop(0)] if self.rest else []

    def describe(self) -> str:
        return "an iterator"


class GeneratorValue(Value):
    """A call of a function that yields: its body is followed when its values are asked for. `generate`: (how many at most)
    → the first of them."""

    __slots__ = ("begun", "generate")

    def __init__(self, generate: Callable[[int], list[Any] | None]) -> None:
        self.generate = generate
        self.begun = False

    def list_items(self, machine: Machine, node: ast.AST) -> list[Any] | None:
        if self.begun:
            return None
        self.begun = True
        found = self.generate(MOST_ITEMS)
        return found if found is None or len(found) < MOST_ITEMS else None

    def take_next(self, machine: Machine, node: ast.AST) -> list[Any] | None:
        """The first item, as the only one of a list, if none was taken; None: unknown."""
        if self.begun:
            return None
        self.begun = True
        return self.generate(1)

    def describe(self) -> str:
        return "a generator"


class EndlessValue(Value):
    """An iterator without end: `find`: (number from 0) → its item."""

    __slots__ = ("find",)

    def __init__(self, find: Callable[[int], Any]) -> None:
        self.find = find

    def list_first(self, count: int) -> list[Any]:
        return [self.find(number) for number in range(count)]

    def describe(self) -> str:
        return "an iterator without end"


class ViewValue(Value):
    """keys(), values() or items() of a dict."""

    __slots__ = ("kind", "of")

    def __init__(self, of: dict[Any, Any], kind: str) -> None:
        self.of, self.kind = of, kind

    def list_items(self, machine: Machine, node: ast.AST) -> list[Any] | None:
        if id(self.of) in machine.interpreter.journal.tainted:
            return None
        if self.kind == "items":
            return list(self.of.items())
        return list(self.of if self.kind == "keys" else self.of.values())

    def count_items(self, machine: Machine, node: ast.AST) -> int | None:
        found = self.list_items(machine, node)
        return None if found is None else len(found)

    def find_truth(self) -> bool | None:
        return bool(self.of)

    def compute(self, operator: str, other: Any, swapped: bool, machine: Machine, node: ast.AST) -> Any:
        if operator in ("&", "|", "-", "^", "==", "!=", "<", "<=", ">", ">=") and self.kind != "values":
            mine = self.list_items(machine, node)
            its = other if isinstance(other, (set, frozenset)) else machine.list_items(other, node)
            if mine is not None and its is not None:
                sides = (its, mine) if swapped else (mine, its)
                return machine.compute(operator, set(sides[0]), set(sides[1]), node)
        return super().compute(operator, other, swapped, machine, node)

    def describe(self) -> str:
        return f"the {self.kind} of a dict"
