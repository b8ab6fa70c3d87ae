"""The arguments of a call in a Python text, and edits of them that keep to how they are laid out."""

from __future__ import annotations

import ast

from cnnspec.lint.fix.edits import Inexpressible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.python_source.editing.parsed import ParsedText

    Change = tuple[int, int, str]  # from where to where, and what is written there


class WrittenArguments:
    """The arguments of one call. Inexpressible where they are not all written there: `*sizes`, `**options`."""

    def __init__(self, parsed: ParsedText, call: ast.Call) -> None:
        self.parsed, self.text, self.call = parsed, parsed.text, call
        self.all: list[ast.AST] = [*call.args, *call.keywords]
        if any(isinstance(a, ast.Starred) or isinstance(a, ast.keyword) and a.arg is None for a in self.all):
            raise Inexpressible
        self._close = parsed.find_stretch(call)[1] - 1

    def find(self, name: str, parameters: tuple[str, ...]) -> ast.AST | None:
        """The argument with a name, or in the place of the parameter with that name."""
        named = next((keyword for keyword in self.call.keywords if keyword.arg == name), None)
        if named is None and name in parameters[: len(self.call.args)]:
            return self.call.args[parameters.index(name)]
        return named

    def find_value(self, argument: ast.AST) -> ast.AST:
        """What is given for an argument, without its name."""
        return argument.value if isinstance(argument, ast.keyword) else argument

    def may_go(self, argument: ast.AST) -> bool:
        """Whether no other argument changes its place without this one."""
        return isinstance(argument, ast.keyword) or argument is self.call.args[-1]

    # ---- edits ---------------------------------------------------------------------------------------------
    def write_value(self, argument: ast.AST, value: str) -> Change:
        """The argument with another value."""
        return (*self.parsed.find_stretch(self.find_value(argument)), value)

    def drop(self, argument: ast.AST) -> Change:
        """The call without an argument."""
        number = next(i for i, other in enumerate(self.all) if other is argument)
        start, end = self.parsed.find_stretch(argument)
        behind, comma = self.find_end(end)
        before = self.find_end(self.parsed.find_stretch(self.all[number - 1])[1])[0] if number else self.find_open() + 1
        line, stop = find_line_start(self.text, start), self.text.find("\n", behind)
        own_line = stop >= 0 and not self.text[line:start].strip() and line > before
        if own_line and is_rest_comment(self.text, behind if comma is None else comma + 1, stop):
            if comma is not None or "#" in self.text[before:start]:
                return line, stop + 1, ""
        if not number:
            behind = self.parsed.find_stretch(self.all[1])[0] if len(self.all) > 1 else self._close
        if "#" in self.text[before:start] + self.text[end:behind]:
            raise Inexpressible  # a comment would go, or end up elsewhere
        return before, behind, ""

    def append(self, text: str) -> list[Change]:
        """The call with an argument more, behind the others; on a line of its own where the last one has that."""
        if not self.all:
            at = self.find_open() + 1
            return [(at, at, text)]
        start, end = self.parsed.find_stretch(self.all[-1])
        end, comma = self.find_end(end)
        line = find_line_start(self.text, start)
        indent = self.text[line:start]
        behind = end if comma is None else comma + 1
        stop = self.text.find("\n", behind, self._close)
        if (
            indent.strip()
            or line < self.parsed.find_stretch(self.call)[0]
            or stop < 0
            or not is_rest_comment(self.text, behind, stop)
        ):
            return [(end, end, f", {text}")]
        if comma is not None:
            return [(stop, stop, f"\n{indent}{text},")]
        if stop == end:
            return [(end, end, f",\n{indent}{text}")]
        return [(end, end, ","), (stop, stop, f"\n{indent}{text}")]

    def find_open(self) -> int:
        """Where the call's parenthesis opens."""
        at = self.parsed.find_stretch(self.call.func)[1]
        while self.text[at] != "(":
            at = self.text.index("\n", at) if self.text[at] == "#" else at + 1
        return at

    def find_end(self, at: int) -> tuple[int, int | None]:
        """The end of an argument that ends at a place, parentheses around it included, and the place of the comma behind."""
        end = at
        while at < self._close:
            if self.text[at] == ",":
                return end, at
            if self.text[at] == "#":
                at = self.text.index("\n", at)
            elif self.text[at] == ")":
                end = at + 1
            at += 1
        return end, None


def find_line_start(text: str, at: int) -> int:
    """Where the line of a place begins."""
    return text.rfind("\n", 0, at) + 1


def is_rest_comment(text: str, at: int, stop: int) -> bool:
    """Whether nothing but a comment stands in the rest of a line."""
    rest = text[at:stop].strip()
    return not rest or rest.startswith("#")


def is_literal(node: ast.AST) -> bool:
    """Whether a value is written out: 3, (3, 3), "same", None."""
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
