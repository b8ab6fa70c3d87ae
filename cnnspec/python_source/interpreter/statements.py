"""Statements, as Python follows them."""

from __future__ import annotations

import ast

from cnnspec.python_source.interpreter import definitions, loops, matching, trying
from cnnspec.python_source.interpreter.budget import LARGE, TooLarge
from cnnspec.python_source.interpreter.expressions import find_condition
from cnnspec.python_source.interpreter.items import delete_item
from cnnspec.python_source.interpreter.operators import NAMES
from cnnspec.python_source.interpreter.scopes import Names
from cnnspec.python_source.interpreter.sequences import GeneratorValue
from cnnspec.python_source.interpreter.signals import Return
from cnnspec.python_source.interpreter.targets import assign
from cnnspec.python_source.values import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter


def run_expression(it: Interpreter, node: ast.Expr) -> None:
    it.evaluate(node.value)


# ---- assignments --------------------------------------------------------------------------------------------------
def run_assign(it: Interpreter, node: ast.Assign) -> None:
    value = it.evaluate(node.value)
    for target in node.targets:
        assign(it, target, value)


def run_annotated(it: Interpreter, node: ast.AnnAssign) -> None:

    if it.scope.cell is not None and isinstance(node.target, ast.Name):
        definitions.note_annotation(it, node.target.id, node.annotation)
    if node.value is not None:
        assign(it, node.target, it.evaluate(node.value))


def run_augmented(it: Interpreter, node: ast.AugAssign) -> None:
    """target operator= value: a list, dict or set is changed itself."""

    name = NAMES[type(node.op).__name__]
    target = node.target
    container: Any = None
    key: Any = None
    if isinstance(target, ast.Name):
        old = it.modules.find_name(it.scope, target.id, target)
    elif isinstance(target, ast.Attribute):
        container = it.evaluate(target.value)
        old = it.get_attribute(container, target.attr, target)
    else:
        assert isinstance(target, ast.Subscript)
        container, key = it.evaluate(target.value), it.evaluate(target.slice)
        old = it.get_item(container, key, target)
    value = it.evaluate(node.value)
    try:
        new = compute_in_place(it, name, it.see(old, target), value, node)
    except TooLarge:
        new = it.machine.make_unknown(LARGE, node)
    if isinstance(target, ast.Name):
        assign(it, target, new)
    elif isinstance(target, ast.Attribute):
        it.machine.set_attribute(container, target.attr, new, target)
    else:
        it.set_item(container, key, new, target)


def compute_in_place(it: Interpreter, name: str, old: Any, value: Any, node: ast.AST) -> Any:
    if isinstance(old, list) and name == "+":
        more = it.list_items(value, node)
        if more is None:
            it.journal.taint(
                old, value if isinstance(value, Unknown) else it.machine.make_unknown("its items are not known", node)
            )
            return old
        it.budget.take_items(len(old) + len(more))
        it.journal.note(old)
        old += more
        return old
    new = it.compute(name, old, value, node)
    if type(new) is type(old) and isinstance(old, (list, set, dict)) and not isinstance(old, Names):
        it.journal.note(old)
        if isinstance(old, list):
            old[:] = new
        else:
            old.clear()
            old.update(new)
        return old
    return new


def run_delete(it: Interpreter, node: ast.Delete) -> None:
    for target in node.targets:
        delete(it, target)


def delete(it: Interpreter, target: ast.expr) -> None:

    if isinstance(target, ast.Name):
        names = it.scope.find_home(target.id)
        it.journal.note(names)
        names.pop(target.id, None)
    elif isinstance(target, ast.Subscript):
        delete_item(it, it.evaluate(target.value), it.evaluate(target.slice), target)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for part in target.elts:
            delete(it, part)
    elif isinstance(target, ast.Attribute):
        owner = it.evaluate(target.value)
        attributes = getattr(owner, "attributes", None)
        if isinstance(attributes, Names):
            it.journal.note(attributes)
            attributes.pop(target.attr, None)


# ---- blocks -------------------------------------------------------------------------------------------------------
def run_if(it: Interpreter, node: ast.If) -> None:
    truth, cause = find_condition(it, node.test)
    if truth is not None:
        it.run(node.body if truth else node.orelse)
    elif trying.only_raises(it, node.body):
        it.run(node.orelse)
    elif trying.only_raises(it, node.orelse):
        it.run(node.body)
    else:
        it.doubts.fork(cause, node.test, lambda: it.run(node.body), lambda: it.run(node.orelse))


def run_with(it: Interpreter, node: ast.With | ast.AsyncWith) -> None:
    """The body is run once; what the contexts do about exceptions is not followed."""
    for item in node.items:
        context = it.evaluate(item.context_expr)
        entered = enter_context(it, context, item.context_expr)
        if item.optional_vars is not None:
            assign(it, item.optional_vars, entered)
    it.run(node.body)


def enter_context(it: Interpreter, context: Any, node: ast.expr) -> Any:
    made = getattr(context, "class_value", None)
    if made is not None and made.find_method("__enter__") is not None:
        return it.ask_instance(context, "__enter__", (), node)
    if isinstance(context, GeneratorValue):  # of a contextmanager
        found = context.take_next(it.machine, node)
        if found:
            return found[0]
    return context if isinstance(context, Unknown) else it.machine.make_unknown("what with gives is not known", node)


# ---- small ones ----------------------------------------------------------------------------------------------------
def run_return(it: Interpreter, node: ast.Return) -> None:
    raise Return(None if node.value is None else it.evaluate(node.value))


def run_import(it: Interpreter, node: ast.Import) -> None:
    it.modules.run_import(it.scope, node)


def run_import_from(it: Interpreter, node: ast.ImportFrom) -> None:
    it.modules.run_import_from(it.scope, node)


def run_global(it: Interpreter, node: ast.Global) -> None:
    for name in node.names:
        it.scope.elsewhere[name] = it.scope.module.names


def run_nonlocal(it: Interpreter, node: ast.Nonlocal) -> None:
    for name in node.names:
        scope = it.scope.outer
        while scope is not None and name not in scope.names:
            scope = scope.outer
        if scope is not None:
            it.scope.elsewhere[name] = scope.names


def run_nothing(it: Interpreter, node: ast.stmt) -> None:
    """pass, assert, and types."""


STATEMENTS: dict[str, Callable[[Any, Any], None]] = {
    "Expr": run_expression,
    "Assign": run_assign,
    "AnnAssign": run_annotated,
    "AugAssign": run_augmented,
    "Delete": run_delete,
    "If": run_if,
    "With": run_with,
    "AsyncWith": run_with,
    "Return": run_return,
    "Import": run_import,
    "ImportFrom": run_import_from,
    "Global": run_global,
    "Nonlocal": run_nonlocal,
    "Pass": run_nothing,
    "Assert": run_nothing,
    "TypeAlias": run_nothing,
    **loops.STATEMENTS,
    **trying.STATEMENTS,
    **definitions.STATEMENTS,
    **matching.STATEMENTS,
}
