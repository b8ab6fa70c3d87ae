"""Functions of the source: made where they are defined, and decorated."""

from __future__ import annotations

import ast

from cnnspec.python_source.interpreter.objects import FunctionValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.python_source.interpreter.interpreter import Interpreter


def make_function(it: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> FunctionValue:
    """A function with the values of its defaults."""

    made = FunctionValue(node, it.scope, it.machine.written)
    parameters = node.args
    positional = [*parameters.posonlyargs, *parameters.args]
    for parameter, default in zip(positional[::-1], parameters.defaults[::-1], strict=False):
        made.defaults[parameter.arg] = it.evaluate(default)
    for parameter, given in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
        if given is not None:
            made.defaults[parameter.arg] = it.evaluate(given)
    if isinstance(node, ast.Lambda):
        made.name = "<lambda>"
    else:
        around = it.scope.names.get("__qualname__", "") if it.scope.cell is not None else ""
        made.name = f"{around}.{node.name}" if around else node.name
        made.generates = yields(node)
    return made


def yields(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function is a generator."""

    waiting: list[ast.AST] = list(node.body)
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(inner)
    return False
