"""After a syntax error: what to leave out, and where to go on, so that each mistake is reported once.

An error inside brackets that are closed further on spoils one argument; any other spoils its item, up to the end of
the line. What is left out becomes a `Bad` node.
"""

from __future__ import annotations

import re

from cnnspec.source import Source
from cnnspec.syntax import build
from cnnspec.syntax.lexer import KIND, UNREADABLE, Lexer
from cnnspec.syntax.table import GOTOS, TERMINALS
from cnnspec.syntax.tree import Bad

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

MAX_MISTAKES = 50

_END, _RBRACE, _LBRACE, _ARROW, _COMMA = (KIND[k] for k in ("END", "RBRACE", "LBRACE", "_ARROW", "COMMA"))
_KIND_OF = {"(": KIND["LPAR"], "[": KIND["LSQB"], "{": _LBRACE}
_CLOSERS = {KIND["RPAR"], KIND["RSQB"], _RBRACE}


class Recovery:
    """The stacks of an LALR parser, and what is done to them at a mistake."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.lexer = Lexer(source.text)
        self.builder = build.Builder(source)
        self.states = [0]
        self.values: list[Any] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.depths: list[int] = []
        self.last_resumed = -1
        self.failed: tuple[int, str, int] | None = None

    def recover(self, kind: int, start: int, end: int) -> Iterator[tuple[int, int, int]] | None:
        """Report the token that does not fit, leave out what it spoils, and return the tokens to go on with.

        Inside brackets that are closed further on, the argument is left out, else the whole item. None: give up.
        """
        text = self.source.text
        opened, outside = self.outline()
        open_brackets = [(_KIND_OF[self.values[i]], self.starts[i]) for i in opened]
        bracket = open_brackets[-1] if open_brackets and open_brackets[-1][0] != _LBRACE else None
        behind = self.behind_argument(start, open_brackets) if bracket else None
        unclosed = bracket[1] if bracket and behind is None else None
        outermost = next((at for k, at in open_brackets if k != _LBRACE), start) if bracket else start
        from cnnspec.syntax.mistakes import python_end
        from cnnspec.syntax.notations import pattern_end

        foreign = python_end(text, outermost) or pattern_end(text, start)
        if not (kind == _ARROW and self.values and isinstance(self.values[-1], Bad)):  # else an item that goes on
            self.report(kind, start, end, unclosed, open_brackets)
        if len(self.builder.diagnostics) >= MAX_MISTAKES:
            message = f"{MAX_MISTAKES} mistakes so far: the rest of the file was not read"
            self.builder.refuse("E003", start, end, message, "mend these first")
            return None
        if (
            behind is not None
            and foreign is None
            and start != self.last_resumed
            and self.leave_out_argument(start, opened[-1], outside)
        ):
            self.last_resumed = start
            self.lexer.brackets = open_brackets
            return self.lexer.tokens(behind)
        item = max(i for i in outside if "item" in GOTOS[self.states[i]])
        return self.leave_out_item(item, kind, start, end, unclosed, foreign, open_brackets)

    def report(
        self, kind: int, start: int, end: int, unclosed: int | None, open_brackets: list[tuple[int, int]]
    ) -> None:  # fmt: skip
        if unclosed is not None:
            message = f'this "{self.source.text[unclosed]}" is never closed'
            self.builder.refuse("E001", unclosed, unclosed + 1, message, "close it before the line ends")
        elif kind == _END and open_brackets:
            at = open_brackets[-1][1]
            self.builder.refuse("E001", at, at + 1, 'this "{" is never closed', 'add a "}" where the body ends')
        else:
            from cnnspec.syntax.mistakes import explain

            if kind == _END and self.ends:  # say it where the text ends, not behind the blank lines that follow
                start = end = self.ends[-1]
            message, help = explain(self.source, self.states[-1], self.context(), kind, start, end)
            self.builder.refuse("E001", start, end, message, help)

    def behind_argument(self, start: int, open_brackets: list[tuple[int, int]]) -> int | None:
        """Where the argument at `start` ends: at the next comma or at the end of its bracket; None without that end."""
        lexer, level = Lexer(self.source.text), len(open_brackets)
        lexer.brackets = list(open_brackets)
        comma = None
        for kind, at, end in lexer.tokens(start):
            if kind == UNREADABLE and at == end:  # a brace ends before the bracket does
                return None
            if kind == _COMMA and len(lexer.brackets) == level and comma is None:
                comma = at
            if len(lexer.brackets) < level:
                return at if comma is None else comma
        return None

    def context(self) -> str:
        """What the text at fault began as: an item, an argument, an element of a list, a condition or an expression."""
        _, outside = self.outline()
        for i in reversed(outside):
            before = self.values[i - 1] if i else ""
            if type(before) is str and (before == "=" or re.fullmatch(TERMINALS["_ARROW"], before)):
                continue  # look at what the value is given to, where the chain began
            for word in ("item", "arg", "_element", "condition", "expr"):
                if word in GOTOS[self.states[i]]:
                    return word
        return ""

    def outline(self) -> tuple[list[int], list[int]]:
        """Where on the stack the brackets stand that are open, and which states stand in none that is closed."""
        opened: list[int] = []
        marks: list[int] = []
        outside = [0]
        for i, value in enumerate(self.values):
            if type(value) is str and value in _KIND_OF:
                opened.append(i)
                marks.append(len(outside))
            elif type(value) is str and value in (")", "]", "}"):
                opened.pop()
                del outside[marks.pop() :]
            outside.append(i + 1)
        return opened, outside

    def leave_out_argument(self, start: int, opening: int, outside: list[int]) -> bool:
        """Put a `Bad` in place of the argument or element at fault; whether there was one."""
        places = [i for i in outside if i > opening and "expr" in GOTOS[self.states[i]]]
        if not places:
            return False
        self.cut(places[-1] + 1)
        self.push_bad("expr", start)
        return True

    def leave_out_item(
        self, place: int, kind: int, start: int, end: int, unclosed: int | None, foreign: int | None,
        open_brackets: list[tuple[int, int]],
    ) -> Iterator[tuple[int, int, int]]:  # fmt: skip
        """Put a `Bad` in place of the item at fault, and go on at a later line."""
        text = self.source.text
        self.cut(place + 1)
        self.push_bad("item", start)
        while open_brackets and open_brackets[-1][0] != _LBRACE:
            open_brackets.pop()
        first_in_line = not text[text.rfind("\n", 0, start) + 1 : start].strip()
        if foreign is not None:
            resume = foreign
        elif unclosed is not None and kind == _END:
            resume = _line_end(text, unclosed)
        elif kind == _END:
            return iter([(_RBRACE, start, end)] * len(open_brackets) + [(_END, start, end)])
        elif kind == _RBRACE and open_brackets:
            resume = start
        elif kind in _CLOSERS:
            resume = end
        elif (start == end if kind == UNREADABLE else first_in_line) and start != self.last_resumed:
            resume = start
        else:
            resume = self.behind_item(start, open_brackets)
        self.last_resumed = resume
        self.lexer.brackets = open_brackets
        return self.lexer.tokens(resume, separated=True)

    def behind_item(self, start: int, open_braces: list[tuple[int, int]]) -> int:
        """Where the item at `start` ends: with its line, or where the body around it is closed on that line."""
        lexer, stop = Lexer(self.source.text), _line_end(self.source.text, start)
        lexer.brackets = list(open_braces)
        for kind, at, end in lexer.tokens(start):
            if at >= stop:
                break
            if len(lexer.brackets) < len(open_braces) or (kind == UNREADABLE and at == end):
                return at
        return stop

    def cut(self, height: int) -> None:
        """Drop what stands on the stack above `height` states."""
        del self.states[height:], self.values[height - 1 :], self.starts[height - 1 :], self.ends[height - 1 :]
        del self.depths[height - 1 :]

    def push_bad(self, nonterminal: str, end: int) -> None:
        """Push a `Bad` node in place of a nonterminal."""
        start = self.ends[-1] if self.ends else 0
        self.states.append(GOTOS[self.states[-1]][nonterminal])
        self.values.append(Bad(start, max(start, end)))
        self.starts.append(start)
        self.ends.append(max(start, end))
        self.depths.append(0)


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found
