"""A Python text with its syntax tree: where its nodes stand, what each stands in, and what its calls call."""

from __future__ import annotations

import ast
from functools import cached_property

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.python_source.parts import parse
from cnnspec.python_source.written import Written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.syntax import tree

CONDITIONS = (ast.If, ast.IfExp, ast.While, ast.Try, ast.Match, ast.BoolOp)
SCOPES = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class ParsedText:
    """A text that Python can parse. Raises SyntaxError for another."""

    def __init__(self, source: Source) -> None:
        self.source, self.text = source, source.text
        self._written = Written(source)
        module = parse(source)
        if isinstance(module, Diagnostic):
            raise SyntaxError(module.message)
        self.module = module
        self.around: dict[ast.AST, ast.AST] = {}
        self._calls: dict[tuple[int, int], ast.Call] = {}
        for node in ast.walk(self.module):
            for inner in ast.iter_child_nodes(node):
                self.around[inner] = node
            if isinstance(node, ast.Call):
                self._calls[self.find_stretch(node)] = node

    def find_stretch(self, node: ast.AST) -> tuple[int, int]:
        """Where a node begins and ends."""
        return self._written.find_stretch(node)

    def find_call(self, place: tree.Node) -> ast.Call | None:
        """The call that stands at a place; of a layer's use, Conv2D(8, 3)(x), the one that makes the layer."""
        call = self._calls.get((place.start, place.end))
        inner = call.func if call is not None else None
        return inner if isinstance(inner, ast.Call) and self.name_callee(inner) != "partial" else call

    def find_value(self, place: tree.Node, name: str) -> ast.expr | None:
        """The value at a place: the expression there, that of an argument, or the argument with a name of a call."""
        for node in ast.walk(self.module):
            if isinstance(node, (ast.expr, ast.keyword)) and self.find_stretch(node) == (place.start, place.end):
                given = [k for k in node.keywords if k.arg == name] if isinstance(node, ast.Call) else []
                return given[0].value if given else node.value if isinstance(node, ast.keyword) else node
        return None

    def name_callee(self, call: ast.Call) -> str:
        """The last word of what is called, as it is called where it comes from: Conv2D of `layers.Conv2D`, and of `Conv` after
        `from keras.layers import Conv2D as Conv`; "" for what is no name, or has several meanings."""
        return self.name_origin(call.func)

    def name_origin(self, node: ast.AST) -> str:
        """The last word of a name where it comes from."""
        word = find_last_word(node)
        if not isinstance(node, ast.Name):
            return word
        if word not in self.assigned:
            return self._imported.get(word, word)
        values = self.assigned[word]
        return find_last_word(values[0]) if len(values) == 1 and values[0] is not None else ""

    @cached_property
    def _imported(self) -> dict[str, str]:
        """What names stand for that an import gives to something: Conv for Conv2D."""
        imports = [node for node in ast.walk(self.module) if isinstance(node, ast.ImportFrom)]
        return {alias.asname: alias.name for node in imports for alias in node.names if alias.asname}

    @cached_property
    def assigned(self) -> dict[str, list[ast.AST | None]]:
        """Of each name that the text assigns to, the values, wherever it does; None for one that is not written alone."""
        found: dict[str, list[ast.AST | None]] = {}
        for node in ast.walk(self.module):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                holder = self.around[node]
                found.setdefault(node.id, []).append(holder.value if isinstance(holder, ast.Assign) else None)
            elif isinstance(node, ast.arg):
                found.setdefault(node.arg, []).append(None)
        return found

    def walk_out(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node stands in, the innermost first."""
        while node in self.around:
            node = self.around[node]
            yield node

    def find_scope(self, node: ast.AST) -> ast.AST:
        """The function, class or module whose code a node is."""
        return next((holder for holder in self.walk_out(node) if isinstance(holder, SCOPES)), self.module)


def find_last_word(node: ast.AST) -> str:
    """Conv2D of `layers.Conv2D`, "" of what is no name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def can_parse(text: str) -> bool:
    """Whether Python can parse a text."""
    return not isinstance(parse(Source("", text)), Diagnostic)
