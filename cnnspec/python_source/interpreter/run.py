"""A source is followed from its first statement to its last."""

from __future__ import annotations

import ast
import sys

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.python_source.interpreter.budget import RECURSION, BudgetEnded
from cnnspec.python_source.interpreter.objects import ClassValue, FunctionValue
from cnnspec.python_source.interpreter.scopes import ModuleValue, Scope
from cnnspec.python_source.interpreter.signals import Leave
from cnnspec.python_source.parts import Part, parse, read_parts
from cnnspec.python_source.values import Call
from cnnspec.python_source.written import Written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.base.source import Source
    from cnnspec.elaborate.files import Read
    from cnnspec.python_source.machine import Machine

LONG = "it takes more steps than are followed: what comes behind is not known"


def run_source(machine: Machine, source: Source, read: Read) -> ModuleValue:
    """Follow a source as the main module; what is wrong with its text is reported. `ModuleValue.parts`: its texts."""
    parts = read_parts(source)
    modules = machine.interpreter.modules
    modules.start(source, read)
    module = ModuleValue("__main__", modules.main)
    modules.files[modules.main] = modules.known["__main__"] = module
    if isinstance(parts, Diagnostic):
        machine.found.append(parts)
        return module
    module.parts = parts
    module.names.update(__name__="__main__", __file__=source.name, __doc__=None)
    follow(machine, parts, lambda: modules.follow_parts(module, parts))
    return module


def follow(machine: Machine, parts: list[Part], run: Callable[[], Any]) -> Any:
    """Run something that follows the source, with room for its depth, up to the end of the budget."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, RECURSION))
    try:
        return run()
    except Leave:
        return None
    except (BudgetEnded, RecursionError):
        machine.interpreter.doubts.give_up(machine.make_unknown(LONG, parts[0].tree))
        return None
    finally:
        sys.setrecursionlimit(limit)


# ---- calls that the source does not make -------------------------------------------------------------------------------
def call_text(machine: Machine, module: ModuleValue, source: Source) -> Any:
    """The value of a call that is written in a text of its own, "build(classes=10)", in the module's names; a Diagnostic
    where it is no call."""
    tree = parse(source)
    if isinstance(tree, Diagnostic):
        return tree

    statement = tree.body[0] if len(tree.body) == 1 else None
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return Diagnostic("E002", f'"{source.text}" is no call', None, 'write it as in Python: "build(classes=10)"')
    it = machine.interpreter
    it.scope, machine.written, machine.path = Scope(module, None, module.names), Written(source), None
    node = statement.value
    return follow(machine, module.parts, lambda: it.evaluate(node))


def call_uncalled(machine: Machine, module: ModuleValue) -> None:
    """Call what makes models and was called by nobody: functions, and classes with their methods, of the main file. A
    parameter without default is unknown."""
    it = machine.interpreter
    for value in reversed(list(module.names.values())):
        if isinstance(value, FunctionValue) and value.scope.module is module:
            if id(value.node) not in it.called and makes_models(value.node):
                follow(machine, module.parts, lambda value=value: call_unknown(machine, value, value, ()))  # type: ignore[misc]
        elif isinstance(value, ClassValue) and id(value.node) not in it.called and makes_models(value.node):
            follow(machine, module.parts, lambda value=value: call_class(machine, value))  # type: ignore[misc]


def call_class(machine: Machine, made: ClassValue) -> None:
    """Make an instance, and call its methods that make models and were not called meanwhile."""
    instance = call_unknown(machine, made, made.find_method("__init__"), (None,))
    for name, method in list(made.attributes.items()):
        if (
            not isinstance(method, FunctionValue)
            or name.startswith("__")
            or id(method.node) in machine.interpreter.called
        ):
            continue
        if makes_models(method.node):
            bound = machine.get_attribute(instance, name, method.node)
            call_unknown(machine, bound, method, (instance,))


def call_unknown(machine: Machine, callee: Any, function: Any, bound: tuple[Any, ...]) -> Any:
    """Call something with its defaults; a parameter without one is unknown. `bound`: its first arguments, which are given."""
    keywords: dict[str, Any] = {}
    arguments: list[Any] = []
    node: ast.AST = callee.node if isinstance(callee, (FunctionValue, ClassValue)) else function.node
    if isinstance(function, FunctionValue):
        machine.written = function.written
        parameters = function.node.args
        for parameter in [*parameters.posonlyargs, *parameters.args][len(bound) :]:
            if parameter.arg not in function.defaults:
                arguments.append(make_parameter(machine, function, parameter))
        for parameter in parameters.kwonlyargs:
            if parameter.arg not in function.defaults:
                keywords[parameter.arg] = make_parameter(machine, function, parameter)
    elif isinstance(callee, ClassValue):
        machine.written = callee.written
    machine.path = None
    return machine.interpreter.call_value(callee, Call(machine, node, tuple(arguments), keywords))


def make_parameter(machine: Machine, function: FunctionValue, parameter: ast.arg) -> Any:
    name = function.name
    say = f'the parameter {parameter.arg} of {name} has no value: --call "{name}({parameter.arg}=…)" gives it one'
    return machine.make_unknown(say, parameter)


MAKERS = {"Model", "Sequential", "Functional"}


def makes_models(node: ast.AST) -> bool:
    """Whether a function or class speaks of Keras's models."""

    return any(
        isinstance(inner, ast.Name) and inner.id in MAKERS or isinstance(inner, ast.Attribute) and inner.attr in MAKERS
        for inner in ast.walk(node)
    )
