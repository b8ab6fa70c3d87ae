"""Expressions of a few forms, evaluated by our values of Keras, and by Keras itself."""

from __future__ import annotations

import ast
from typing import Any

from cnnspec.base.source import Source
from cnnspec.elaborate.input_reader import with_unknowns
from cnnspec.python_source.machine import Machine
from cnnspec.python_source.tape import TensorValue
from cnnspec.python_source.values import NOTHING, Call, External, Unknown, Value
from cnnspec.python_source.written import Written

OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.MatMult: "@"}


class SmallMachine(Machine):
    """A machine that evaluates one expression: names of keras.layers, `x`, `ops`, `tf`, `unknown`, calls, operators."""

    def __init__(self, text: str, shape: tuple[Any, ...] | None) -> None:
        super().__init__()
        self.written = Written(Source("cell.py", text))
        self.tree = ast.parse(text, mode="eval").body
        node = self.tape.add(
            None, (), None if shape is None else with_unknowns(shape, 1, set()), "input", self.make_site(self.tree)
        )
        node.is_input = True
        self.names: dict[str, Any] = {"x": TensorValue(node), "unknown": Unknown("it is read from a file", None)}
        self.names |= {"ops": External("keras.ops"), "tf": External("tensorflow"), "keras": External("keras")}

    def run(self) -> Any:
        return self.evaluate(self.tree)

    def evaluate(self, node: ast.AST) -> Any:
        match node:
            case ast.Constant(value):
                return value
            case ast.Name(name):
                return self.names[name] if name in self.names else self.libraries.find(f"keras.layers.{name}")
            case ast.Tuple(items):
                return tuple(map(self.evaluate, items))
            case ast.List(items):
                return list(map(self.evaluate, items))
            case ast.Slice(lower, upper, step):
                return slice(*[self.evaluate(part) if part else None for part in (lower, upper, step)])
            case ast.Attribute(value, name):
                return self.get_attribute(self.evaluate(value), name, node)
            case ast.Subscript(value, key):
                return self.get_item(self.evaluate(value), self.evaluate(key), node)
            case ast.UnaryOp(_, operand):
                value = self.evaluate(operand)
                return value.compute("-", NOTHING, False, self, node) if isinstance(value, Value) else -value
            case ast.BinOp(left, operator, right):
                return self.compute(OPERATORS[type(operator)], self.evaluate(left), self.evaluate(right), node)
            case ast.Lambda():
                return node
            case ast.Call(function, arguments, keywords):
                given = {keyword.arg or "": self.evaluate(keyword.value) for keyword in keywords}
                return self.call(self.evaluate(function), tuple(map(self.evaluate, arguments)), given, node)
        raise NotImplementedError(ast.dump(node))

    def call(self, function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any], node: ast.AST) -> Any:
        if isinstance(function, ast.Lambda):
            self.names |= {one.arg: value for one, value in zip(function.args.args, arguments, strict=True)} | keywords
            return self.evaluate(function.body)
        return function.call(Call(self, node, arguments, keywords))

    def get_attribute(self, value: Any, name: str, node: ast.AST) -> Any:
        return value.get_attribute(name, self, node)

    def get_item(self, value: Any, key: Any, node: ast.AST) -> Any:
        return value.get_item(key, self, node) if isinstance(value, Value) else value[key]

    def compute(self, operator: str, left: Any, right: Any, node: ast.AST) -> Any:
        if isinstance(left, Value):
            return left.compute(operator, right, False, self, node)
        if isinstance(right, Value):
            return right.compute(operator, left, True, self, node)
        return {"+": lambda: left + right, "/": lambda: left / right, "*": lambda: left * right}[operator]()
