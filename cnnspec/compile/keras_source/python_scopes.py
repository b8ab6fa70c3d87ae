"""Functions of the source that is read back, and their variables, as Python has them."""

from __future__ import annotations

import ast
from typing import Any


class LocalVariables(dict[str, Any]):
    """The variables of a running function. `assigned` are the names of all its variables, those without a value too."""

    def __init__(self, given: dict[str, Any], assigned: set[str]) -> None:
        super().__init__(given)
        self.assigned = assigned


class ReturnValue(Exception):
    """The `return` of a function of the source."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class SourceFunction:
    """A function of the source, with the names around it."""

    def __init__(
        self, node: ast.FunctionDef | ast.Lambda, scopes: list[dict[str, Any]], defaults: dict[str, Any]
    ) -> None:
        self.node, self.scopes, self.defaults = node, scopes, defaults


def find_assigned(function: ast.AST) -> set[str]:
    """The names that a function assigns itself, not those that its inner functions assign."""
    found: set[str] = set()
    queue = list(ast.iter_child_nodes(function))
    while queue:
        node = queue.pop()
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif not isinstance(node, (ast.Lambda, ast.ListComp)):
            queue += ast.iter_child_nodes(node)
    return found
