"""Calls of the source's functions: arguments bound to parameters as Python binds them, and the body followed."""

from __future__ import annotations

import builtins

from cnnspec.graph import BlockCall
from cnnspec.python_source.interpreter.budget import MOST_CALLS, MOST_DOUBTS
from cnnspec.python_source.interpreter.doubts import Frame
from cnnspec.python_source.interpreter.scopes import Names, Scope, Yielded
from cnnspec.python_source.interpreter.sequences import GeneratorValue
from cnnspec.python_source.interpreter.signals import Leave, Raised, Return

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter
    from cnnspec.python_source.interpreter.objects import FunctionValue
    from cnnspec.python_source.values import Call

EXCEPTIONS = {
    name: made for name, made in vars(builtins).items() if isinstance(made, type) and issubclass(made, BaseException)
}


class Misfit(Exception):
    """The arguments do not fit the parameters; Python raises TypeError."""


def list_kinds(kind: str) -> tuple[str, ...]:
    """The name of an exception's class and those of its bases."""
    made = EXCEPTIONS.get(kind)
    return (kind, "Exception", "BaseException") if made is None else tuple([base.__name__ for base in made.__mro__])


# ---- arguments ------------------------------------------------------------------------------------------------------
def bind(function: FunctionValue, call: Call) -> Names:
    """The parameters' values."""
    parameters = function.node.args
    given, keywords = list(call.arguments), dict(call.keywords)
    names = Names()
    positional = [parameter.arg for parameter in (*parameters.posonlyargs, *parameters.args)]
    for name, value in zip(positional, given, strict=False):
        names[name] = value
    rest = given[len(positional) :]
    if parameters.vararg is not None:
        names[parameters.vararg.arg] = tuple(rest)
        if call.open_arguments:
            names[parameters.vararg.arg] = call.make_unknown("not all of the arguments are known")
    elif rest:
        raise Misfit(f"takes {len(positional)} arguments, {len(given)} are given")
    only = {parameter.arg for parameter in parameters.posonlyargs}
    for name in [*positional, *[parameter.arg for parameter in parameters.kwonlyargs]]:
        if name in keywords and name not in only:
            if name in names:
                raise Misfit(f"{name} is given twice")
            names[name] = keywords.pop(name)
        elif name not in names:
            names[name] = find_default(function, name, call, name in positional)
    if parameters.kwarg is not None:
        names[parameters.kwarg.arg] = (
            call.make_unknown("not all of the arguments are known") if call.open_keywords else keywords
        )
    elif keywords:
        raise Misfit(f"has no parameter {next(iter(keywords))}")
    return names


def find_default(function: FunctionValue, name: str, call: Call, positional: bool) -> Any:
    """The value of a parameter for which nothing is given."""
    if call.open_keywords or call.open_arguments and positional:
        return call.make_unknown(f"whether {name} is given is not known")
    if name not in function.defaults:
        raise Misfit(f"{name} is not given")
    return function.defaults[name]


# ---- the body -------------------------------------------------------------------------------------------------------
def call_function(it: Interpreter, function: FunctionValue, call: Call) -> Any:
    """The value of a call."""
    it.called.add(id(function.node))
    try:
        names = bind(function, call)
    except Misfit as error:
        return it.fail("TypeError", f"{function.describe()} {error}", call.node)
    scope = Scope(function.scope.module, function.scope.closure, names)
    scope.function = function
    site = call.site
    if function.generates:
        return GeneratorValue(lambda most: generate(it, function, scope, BlockCall(site, function.name), most))

    def run() -> Any:
        return follow(it, function, scope, BlockCall(site, function.name), call.node)

    return run() if function.results is None else function.results.find(call, run)


def follow(it: Interpreter, function: FunctionValue, scope: Scope, step: BlockCall, node: ast.AST) -> Any:
    """What the body of a function returns."""
    machine, budget = it.machine, it.budget
    if budget.calls >= MOST_CALLS or len(it.journal.layers) > MOST_DOUBTS:
        return machine.make_unknown(f"{function.describe()} calls itself deeper than is followed", node)
    before = it.scope, machine.written, machine.path
    it.scope, machine.written, machine.path = scope, function.written, step
    budget.take(4)
    budget.calls += 1
    frame = Frame()
    it.doubts.functions.append(frame)
    value: Any = None
    left: Leave | None = None
    try:
        value = run_body(it, function)
    except Return as returned:
        value = returned.value
    except Raised as raised:
        left = raised
    finally:
        it.doubts.functions.pop()
        budget.calls -= 1
        it.scope, machine.written, machine.path = before
    left, value = it.doubts.meet(frame, left, value, node)
    if left is not None:
        raise left
    return value


def run_body(it: Interpreter, function: FunctionValue) -> Any:
    node = function.node
    if isinstance(node.body, list):
        it.run(node.body)
        return None
    return it.evaluate(node.body)


def generate(it: Interpreter, function: FunctionValue, scope: Scope, step: BlockCall, most: int) -> list[Any] | None:
    """The first values that a generator yields; None where that is not known."""
    scope.yielded = Yielded(most, len(it.doubts.open))
    follow(it, function, scope, step, function.node)
    return None if scope.yielded.unsure else scope.yielded.values
