"""What stands on the left of an assignment: names, attributes, items, and tuples of these."""

from __future__ import annotations

import ast

from cnnspec.python_source.tape import TensorValue
from cnnspec.python_source.values import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter
    from cnnspec.python_source.interpreter.scopes import Names


def assign(it: Interpreter, target: ast.expr, value: Any) -> None:
    """Bind a target to a value."""

    if isinstance(target, ast.Name):
        bind_name(it, it.scope.find_home(target.id), target.id, value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for part, item in zip(target.elts, unpack(it, target.elts, value, target), strict=True):
            assign(it, part.value if isinstance(part, ast.Starred) else part, item)
    elif isinstance(target, ast.Attribute):
        it.machine.set_attribute(it.evaluate(target.value), target.attr, value, target)
    elif isinstance(target, ast.Subscript):
        container = it.evaluate(target.value)
        it.set_item(container, it.evaluate(target.slice), value, target)


def bind_name(it: Interpreter, names: Names, name: str, value: Any) -> None:
    it.journal.note(names)
    names[name] = value


def unpack(it: Interpreter, targets: list[ast.expr], value: Any, node: ast.AST) -> list[Any]:
    """The values for the targets of a tuple."""

    found = it.list_items(value, node)
    starred = [number for number, part in enumerate(targets) if isinstance(part, ast.Starred)]
    if found is None:
        cause = value if isinstance(value, Unknown) else it.machine.make_unknown("its items are not known", node)
        if isinstance(value, (Unknown, TensorValue)) or starred:
            return [cause] * len(targets)
        return [it.get_item(value, number, node) for number in range(len(targets))]
    if starred and len(found) >= len(targets) - 1:
        at, behind = starred[0], len(targets) - starred[0] - 1
        middle = found[at : len(found) - behind]
        return [*found[:at], middle, *found[len(found) - behind :]]
    if len(found) == len(targets) and not starred:
        return found
    return [it.fail("ValueError", f"{len(found)} values for {len(targets)} names", node)] * len(targets)
