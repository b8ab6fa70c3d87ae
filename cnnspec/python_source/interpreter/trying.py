"""try and raise: a body is followed as if nothing that is not known raises."""

from __future__ import annotations

import ast

from cnnspec.python_source.interpreter.calls import list_kinds
from cnnspec.python_source.interpreter.journal import Layer
from cnnspec.python_source.interpreter.objects import ClassValue, InstanceValue
from cnnspec.python_source.interpreter.signals import Leave, Raised
from cnnspec.python_source.interpreter.targets import bind_name
from cnnspec.python_source.values import External

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter

IMPORTS = {"ImportError", "ModuleNotFoundError"}  # an import is taken to find what it names
LEAVING = {"sys.exit", "exit", "quit", "os._exit", "os.abort", "parser.error", "parser.print_help"}


def only_raises(it: Interpreter, body: list[ast.stmt]) -> bool:
    """Whether a block surely ends the program or raises what nobody catches: it is taken not to be run."""

    if not body:
        return False
    last = body[-1]
    if isinstance(last, ast.Raise):
        return not it.handled or last.exc is not None and not it.is_handled(find_kinds(None, last.exc))
    if isinstance(last, ast.Assert):
        return isinstance(last.test, ast.Constant) and not last.test.value
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and ast.unparse(last.value.func) in LEAVING


# ---- raise ----------------------------------------------------------------------------------------------------------
def run_raise(it: Interpreter, node: ast.Raise) -> None:
    if node.exc is None:
        raise it.caught[-1] if it.caught else Raised(list_kinds("RuntimeError"))
    value = it.evaluate(node.exc)
    raise Raised(find_kinds(value, node.exc), value)


def find_kinds(value: Any, node: ast.expr | None = None) -> tuple[str, ...]:
    """The names of an exception's class and of those that it stands on."""

    if isinstance(value, InstanceValue):
        value = value.class_value
    if isinstance(value, ClassValue):
        base = value.find_library_base().rpartition(".")[2]
        return (*[made.name for made in value.mro], *list_kinds(base or "Exception"))
    if isinstance(value, External):
        return list_kinds(value.name.rpartition(".")[2])
    if node is None:
        return ()
    return list_kinds(ast.unparse(node.func if isinstance(node, ast.Call) else node).rpartition(".")[2])


# ---- try ------------------------------------------------------------------------------------------------------------
def run_try(it: Interpreter, node: ast.Try) -> None:
    left: Leave | None = None
    try:
        run_handled(it, node)
    except Leave as other:
        left = other
    it.run(node.finalbody)
    if left is not None:
        raise left


def run_handled(it: Interpreter, node: ast.Try) -> None:
    names = [list_caught(it, handler) for handler in node.handlers]
    models, before = len(it.machine.models), it.doubts.raised
    layer, it.doubts.raised = it.journal.open(), False
    it.handled.append(tuple([name for row in names for name in row]))
    try:
        it.run(node.body)
    except Raised as raised:
        it.handled.pop()
        it.journal.close(layer)
        for handler, row in zip(node.handlers, names, strict=True):
            if any(name in ("", *raised.kinds) for name in row):
                run_handler(it, handler, raised)
                return
        raise
    except Leave:
        it.handled.pop()
        it.journal.close(layer)
        raise
    it.handled.pop()
    perhaps, it.doubts.raised = it.doubts.raised, before
    if perhaps:
        run_perhaps(it, node, layer)
    it.journal.close(layer)
    it.run(node.orelse)
    if len(it.machine.models) == models:
        for handler, row in zip(node.handlers, names, strict=True):
            if not set(row) <= IMPORTS or not row:
                it.doubts.look(lambda handler=handler: run_handler(it, handler, Raised(())))  # type: ignore[misc]


def run_perhaps(it: Interpreter, node: ast.Try, layer: Layer) -> None:
    """The body perhaps raises: then what it did is perhaps not done, and the first handler is run."""
    cause = it.machine.make_unknown("whether it raises is not known", node)
    state = layer.capture()

    def handle() -> None:
        it.journal.restore(layer)
        run_handler(it, node.handlers[0], Raised(()))

    it.doubts.fork(cause, node, handle, lambda: it.journal.put(state))


def list_caught(it: Interpreter, handler: ast.ExceptHandler) -> tuple[str, ...]:
    """The names of what a handler catches; "" is all."""
    if handler.type is None:
        return ("",)
    value = it.evaluate(handler.type)
    found: list[str] = []
    for one in value if isinstance(value, tuple) else (value,):
        if isinstance(one, ClassValue):
            found.append(one.name)
        elif isinstance(one, External):
            found.append(one.name.rpartition(".")[2])
    return tuple(found)


def run_handler(it: Interpreter, handler: ast.ExceptHandler, raised: Raised) -> None:
    names = it.scope.find_home(handler.name) if handler.name else it.scope.names
    if handler.name:
        value = raised.value
        if value is None or isinstance(value, External):
            value = it.machine.make_unknown("what an exception says is not known", handler)
        bind_name(it, names, handler.name, value)
    it.caught.append(raised)
    try:
        it.run(handler.body)
    finally:
        it.caught.pop()
        if handler.name:
            it.journal.note(names)
            names.pop(handler.name, None)


STATEMENTS: dict[str, Callable[[Any, Any], None]] = {"Try": run_try, "TryStar": run_try, "Raise": run_raise}
