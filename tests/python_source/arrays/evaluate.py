"""Python expressions on arrays, evaluated by shape: enough of Python for the tests of this room."""

from __future__ import annotations

import ast
from functools import cache
from typing import Any

from cnnspec.base.source import Source
from cnnspec.python_source.machine import Machine
from cnnspec.python_source.values import NOTHING, Call, External, Value
from cnnspec.python_source.written import Written

OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Eq: "==", ast.NotEq: "!=", ast.USub: "-", ast.Invert: "~",
}  # fmt: skip
MODULES = {"np": "numpy", "tf": "tensorflow", "keras": "keras", "pd": "pandas", "cv2": "cv2", "Image": "PIL.Image"} | {
    name: f"sklearn.{module}.{name}"
    for module, names in (
        ("preprocessing", ("StandardScaler", "LabelBinarizer", "LabelEncoder")),
        ("decomposition", ("PCA",)),
        ("model_selection", ("train_test_split",)),
    )
    for name in names
}


class Evaluator(Machine):
    """The machine with an interpreter of expressions."""

    def __init__(self, text: str, names: dict[str, Any]) -> None:
        super().__init__()
        self.written = Written(Source("t.py", text))
        self.names = names

    def call(self, function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any], node: ast.AST) -> Any:
        if isinstance(function, ast.Lambda):
            outer = self.names
            self.names = {**outer, **dict(zip([a.arg for a in function.args.args], arguments, strict=True))}
            found = self.find(function.body)
            self.names = outer
            return found
        return function.call(Call(self, node, arguments, keywords))

    def find(self, node: ast.AST) -> Any:
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self.names[node.id] if node.id in self.names else External(MODULES[node.id])
            case ast.Lambda():
                return node
            case ast.Tuple():
                return tuple(map(self.find, node.elts))
            case ast.List():
                return list(map(self.find, node.elts))
            case ast.Dict():
                return {self.find(k): self.find(v) for k, v in zip(node.keys, node.values, strict=True) if k}
            case ast.Slice():
                return slice(*[part and self.find(part) for part in (node.lower, node.upper, node.step)])
            case ast.Attribute():
                return self.find(node.value).get_attribute(node.attr, self, node)
            case ast.Subscript():
                value, key = self.find(node.value), self.find(node.slice)
                return value.get_item(key, self, node) if isinstance(value, Value) else value[key]
            case ast.Call():
                keywords = {k.arg or "": self.find(k.value) for k in node.keywords}
                return self.call(self.find(node.func), tuple(map(self.find, node.args)), keywords, node)
            case ast.UnaryOp():
                value = self.find(node.operand)
                if isinstance(value, Value):
                    return value.compute(OPERATORS[type(node.op)], NOTHING, False, self, node)
                return -value
            case ast.BinOp():
                return self._compute(node, node.op, self.find(node.left), self.find(node.right))
            case ast.Compare():
                return self._compute(node, node.ops[0], self.find(node.left), self.find(node.comparators[0]))
        raise AssertionError(ast.dump(node))

    def _compute(self, node: ast.AST, operator: Any, left: Any, right: Any) -> Any:
        sign = OPERATORS[type(operator)]
        if isinstance(left, Value):
            return left.compute(sign, right, False, self, node)
        if isinstance(right, Value):
            return right.compute(sign, left, True, self, node)
        return eval(f"left {sign} right")


@cache
def make_evaluator() -> Evaluator:
    """One for all expressions: its tables are read once."""
    return Evaluator("", {})


def evaluate(text: str, **names: Any) -> Any:
    """What an expression comes to, with these names for values."""
    evaluator = make_evaluator()
    evaluator.written, evaluator.names = Written(Source("t.py", text)), names
    return evaluator.find(ast.parse(text, mode="eval").body)
