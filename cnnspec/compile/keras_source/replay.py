"""A source is read back: does it build this graph?

The reader goes through the source as Python would, and knows only the few constructs that the printer writes; nothing is
executed. The Keras calls are compared, one after the other, with the graph's layers.
"""

from __future__ import annotations

import ast
import math
import operator
from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_functions import OF_TWO
from cnnspec.compile.keras_source.graph_match import GraphMatch, Mismatch, SourceLayer, SourceTensor
from cnnspec.compile.keras_source.python_scopes import LocalVariables, ReturnValue, SourceFunction, find_assigned
from cnnspec.compile.model_name import name_model
from cnnspec.layers.argument import Term
from cnnspec.layers.words import CONSTRAINTS, INITIALIZERS, REGULARIZERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.graph import Graph

MAX_STEPS = 1_000_000  # statements and expressions, besides some hundred for each layer
EACH_LAYER = 200
PARAMETERS = {cls: names for table in (INITIALIZERS, REGULARIZERS, CONSTRAINTS) for cls, names in table.values()}
OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip
BUILTINS: dict[str, Any] = {
    "len": len, "max": max, "min": min, "round": round, "int": int, "float": float, "list": list, "range": range, "slice": slice,
    "math": {"floor": math.floor, "ceil": math.ceil},
}  # fmt: skip


class SourceModel:
    """The `keras.Model` that the source makes."""

    def __init__(self, inputs: list[SourceTensor], outputs: list[SourceTensor], name: str) -> None:
        self.inputs, self.outputs, self.name = inputs, outputs, name


def replay(text: str, graph: Graph) -> None:
    """Raises Mismatch when a source does not build a graph's network as `model`."""
    reader = SourceReader(graph)
    try:
        scope: dict[str, Any] = {}
        parsed = ast.parse(text)
        compile(parsed, "model.py", "exec", dont_inherit=True)  # sees what a parse does not: loops nested too deeply
        for statement in parsed.body:
            reader.run(statement, [scope])
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError, SyntaxError) as error:
        raise Mismatch(f"{type(error).__name__}: {error}") from None
    model = scope.get("model")
    if not isinstance(model, SourceModel) or reader.match.position != len(graph.nodes):
        raise Mismatch("the model is not whole")
    found = [[t.node for t in ends] for ends in (model.inputs, model.outputs)]
    if found != [graph.inputs, graph.outputs] or model.name != name_model(graph):
        raise Mismatch("inputs, outputs or the name differ")
    if any(not reader.match.is_whole(t) for t in model.outputs):
        raise Mismatch("an output is cut short")


class SourceReader:
    """Reads a source as Python would run it."""

    def __init__(self, graph: Graph) -> None:
        self.match = GraphMatch(graph)
        self.steps = MAX_STEPS + EACH_LAYER * len(graph.nodes)
        self.assigned: dict[int, set[str]] = {}  # by the id of the function's node

    def _count(self) -> None:
        """Raises Mismatch for a source that runs for too long."""
        self.steps -= 1
        if self.steps < 0:
            raise Mismatch("too long")

    # ---- statements ----------------------------------------------------------------------------------------
    def run(self, node: ast.stmt, scopes: list[dict[str, Any]]) -> None:
        self._count()
        if isinstance(node, ast.Assign):
            self._bind(node.targets[0], self.value(node.value, scopes), scopes[-1])
        elif isinstance(node, ast.FunctionDef):
            scopes[-1][node.name] = self._define(node, scopes)
        elif isinstance(node, ast.Return) and node.value is not None:
            raise ReturnValue(self.value(node.value, scopes))
        elif isinstance(node, ast.If):
            if "__name__" in ast.dump(node.test):
                return
            for statement in node.body if self.value(node.test, scopes) else node.orelse:
                self.run(statement, scopes)
        elif isinstance(node, ast.For):
            for element in self.value(node.iter, scopes):
                self._bind(node.target, element, scopes[-1])
                for statement in node.body:
                    self.run(statement, scopes)
        elif not (isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass)) or is_docstring(node)):
            raise Mismatch(f"cannot read {type(node).__name__}")

    def _bind(self, target: ast.expr, value: Any, scope: dict[str, Any]) -> None:
        if isinstance(target, ast.Name):
            scope[target.id] = value
        elif isinstance(target, ast.Tuple):
            for part, element in zip(target.elts, value, strict=True):
                self._bind(part, element, scope)

    def _define(self, node: ast.FunctionDef | ast.Lambda, scopes: list[dict[str, Any]]) -> SourceFunction:
        spec = node.args
        defaults = dict(
            zip([a.arg for a in spec.args][::-1], [self.value(d, scopes) for d in spec.defaults][::-1], strict=False)
        )
        for name, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
            if default is not None:
                defaults[name.arg] = self.value(default, scopes)
        return SourceFunction(node, scopes, defaults)

    def _run_function(self, function: SourceFunction, positional: list[Any], keywords: dict[str, Any]) -> Any:
        spec = function.node.args
        names = [a.arg for a in spec.args]
        if len(positional) > len(names):
            raise Mismatch("too many arguments")
        given = dict(zip(names, positional, strict=False))
        if given.keys() & keywords.keys() or keywords.keys() - {*names, *[a.arg for a in spec.kwonlyargs]}:
            raise Mismatch("arguments that do not fit")
        scope = {**function.defaults, **given, **keywords}
        if scope.keys() != {*names, *[a.arg for a in spec.kwonlyargs]}:
            raise Mismatch("arguments are missing")
        if id(function.node) not in self.assigned:
            self.assigned[id(function.node)] = find_assigned(function.node)
        scopes = [*function.scopes, LocalVariables(scope, self.assigned[id(function.node)])]
        if isinstance(function.node, ast.Lambda):
            return self.value(function.node.body, scopes)
        try:
            for statement in function.node.body:
                self.run(statement, scopes)
        except ReturnValue as returned:
            return returned.value
        return None

    # ---- expressions ---------------------------------------------------------------------------------------
    def value(self, node: ast.expr, scopes: list[dict[str, Any]]) -> Any:
        self._count()
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self._find_name(node.id, scopes)
            case ast.Tuple():
                return tuple([self.value(e, scopes) for e in node.elts])
            case ast.List():
                return [self.value(e, scopes) for e in node.elts]
            case ast.BinOp():
                return OPERATORS[type(node.op)](self.value(node.left, scopes), self.value(node.right, scopes))
            case ast.UnaryOp():
                value = self.value(node.operand, scopes)
                return (
                    not value if isinstance(node.op, ast.Not) else -value if isinstance(node.op, ast.USub) else +value
                )
            case ast.Compare(ops=[one], comparators=[right]):
                return OPERATORS[type(one)](self.value(node.left, scopes), self.value(right, scopes))
            case ast.BoolOp():
                value = None
                for part in node.values:
                    value = self.value(part, scopes)
                    if bool(value) is isinstance(node.op, ast.Or):
                        break
                return value
            case ast.IfExp():
                return self.value(node.body if self.value(node.test, scopes) else node.orelse, scopes)
            case ast.Subscript():
                value = self.value(node.value, scopes)
                if isinstance(node.slice, ast.Slice):
                    return value[1:]
                return value[self.value(node.slice, scopes)]
            case ast.Lambda():
                return self._define(node, scopes)
            case ast.ListComp(generators=[loop]):
                made = []
                for element in self.value(loop.iter, scopes):
                    inner: dict[str, Any] = {}
                    self._bind(loop.target, element, inner)
                    made.append(self.value(node.elt, [*scopes, inner]))
                return made
            case ast.Attribute():
                value = self.value(node.value, scopes)
                if isinstance(value, SourceTensor) and node.attr == "shape":
                    return value.shape
                if isinstance(value, dict):
                    return value[node.attr]
                if isinstance(value, str):
                    return f"{value}.{node.attr}"
            case ast.Call():
                return self._call(node, scopes)
        raise Mismatch(f"cannot read {type(node).__name__}")

    def _find_name(self, name: str, scopes: list[dict[str, Any]]) -> Any:
        for scope in reversed(scopes):
            if name in scope:
                return scope[name]
            if isinstance(scope, LocalVariables) and name in scope.assigned:
                raise Mismatch(f"{name} is used before it is assigned")
        if name in ("keras", "layers", "np"):
            return name
        return BUILTINS[name]

    def _call(self, node: ast.Call, scopes: list[dict[str, Any]]) -> Any:
        function = self.value(node.func, scopes)
        positional = [self.value(a, scopes) for a in node.args]
        keywords = {str(k.arg): self.value(k.value, scopes) for k in node.keywords}
        if isinstance(function, SourceFunction):
            return self._run_function(function, positional, keywords)
        if isinstance(function, SourceLayer):
            return self.match.match_call(function, *positional)
        if not isinstance(function, str):
            return function(*positional, **keywords)
        module, _, name = function.rpartition(".")
        if function == "np.array":
            return freeze(positional[0])
        if module == "layers":
            return SourceLayer(name, positional, keywords)
        if function == "keras.Input":
            return self.match.match_input(*positional, **keywords)
        if module == "keras.ops":
            taken = 2 if f"ops.{name}" in OF_TWO else 1
            tensors = positional[0] if taken == 1 else positional[:taken]
            return self.match.match_call(SourceLayer(f"ops.{name}", positional[taken:], keywords), tensors)
        if function == "keras.Model":
            inputs, outputs = [ends if isinstance(ends, list) else [ends] for ends in positional]
            return SourceModel(inputs, outputs, keywords["name"])
        if module.startswith("keras.") and name in PARAMETERS:
            given = dict(zip(PARAMETERS[name], positional, strict=False)) | keywords
            return Term(name, (), tuple(given.items()), module.removeprefix("keras."))
        raise Mismatch(f"cannot read {function}")


def freeze(rows: Any) -> Any:
    """Lists in lists as tuples in tuples."""
    return tuple(map(freeze, rows)) if isinstance(rows, list) else rows


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
