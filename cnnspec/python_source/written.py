"""Where the nodes of Python's `ast` stand: as places in our sources, which count code points."""

from __future__ import annotations

from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import ClassVar

    from cnnspec.base.source import Source


class WrittenNode(tree.Node):
    """What stands in a Python source. Unlike what stands in a spec it is another one at another place."""

    _uncompared: ClassVar[frozenset[str]] = frozenset()


class WrittenCall(tree.Node):
    """A call in a Python source. `function`: the stretch of what is called; `arguments`: the stretches of the arguments
    that are written, by their numbers or names, `name=` in them; `values`: those of their values alone."""

    _uncompared: ClassVar[frozenset[str]] = frozenset({"arguments", "values"})
    function: tuple[int, int]
    arguments: dict[int | str, tuple[int, int]]
    values: dict[int | str, tuple[int, int]]


class Written:
    """The places of one text that was parsed by Python: the file, or a cell of a notebook."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._ascii = source.text.isascii()
        self._nodes: dict[int, tuple[ast.AST, tree.Node]] = {}  # made so far

    def find_offset(self, line: int, column: int) -> int:
        """The offset of ast's place: a line from 1 and a column from 0 in bytes of UTF-8."""
        start = self.source.offset(line)
        if self._ascii or not column:
            return start + column
        return start + len(self.source.line(line).encode()[:column].decode(errors="ignore"))

    def find_stretch(self, node: ast.AST) -> tuple[int, int]:
        """Where a node begins and ends."""
        line, end_line = getattr(node, "lineno", 1), getattr(node, "end_lineno", None)
        start = self.find_offset(line, getattr(node, "col_offset", 0))
        if end_line is None:
            return start, start
        return start, self.find_offset(end_line, getattr(node, "end_col_offset", 0) or 0)

    def make_node(self, node: ast.AST) -> tree.Node:
        """A node of our tree that stands where a node of Python's stands."""
        if id(node) not in self._nodes:
            self._nodes[id(node)] = node, self._make_node(node)
        return self._nodes[id(node)][1]

    def _make_node(self, node: ast.AST) -> tree.Node:
        from ast import Call, Starred

        start, end = self.find_stretch(node)
        if not isinstance(node, Call):
            return WrittenNode(start, end)
        arguments: dict[int | str, tuple[int, int]] = {}
        values: dict[int | str, tuple[int, int]] = {}
        for number, argument in enumerate(node.args):
            if isinstance(argument, Starred):
                break  # the numbers of those behind are not known
            arguments[number] = values[number] = self.find_stretch(argument)
        for keyword in node.keywords:
            if keyword.arg is not None:
                arguments[keyword.arg] = self.find_stretch(keyword)
                values[keyword.arg] = self.find_stretch(keyword.value)
        return WrittenCall(start, end, self.find_stretch(node.func), arguments, values)
