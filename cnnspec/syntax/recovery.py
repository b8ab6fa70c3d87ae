"""After a syntax error: what to leave out, and where to go on, so that each mistake is reported once.

An error inside brackets that are closed further on spoils one argument, or all of a list of lists; one in a mapping spoils
its entry; any other spoils its item, up to the end of the line, or to the braces behind a header at fault. What is left out becomes a `Bad` node, which
keeps the names that it would have bound.
"""

from __future__ import annotations

from itertools import chain

from cnnspec.base.source import Source
from cnnspec.syntax.after_mistakes import arrows_below, begins_with_header, body_behind, body_end, hands_on, names_bound
from cnnspec.syntax.error_message import find_python_end, say_what_is_wrong
from cnnspec.syntax.grammar import ACTIONS, GOTOS
from cnnspec.syntax.lexer import KIND, STRAY, UNREADABLE, Lexer
from cnnspec.syntax.lists import TWO_LISTS, find_matrix, follows_list
from cnnspec.syntax.mappings import NEVER_CLOSED, OPENING, find_context, find_entry, find_entry_end
from cnnspec.syntax.notations import pattern_end
from cnnspec.syntax.tree import Bad, Braces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.syntax.build import Refusals
    from cnnspec.syntax.lalr import Stack
    from cnnspec.syntax.mappings import EntryAtFault

MAX_MISTAKES = 50

_END, _RBRACE, _LBRACE, _ARROW, _COMMA, _ELSE, _NEWLINE = (
    KIND[k] for k in ("END", "RBRACE", "LBRACE", "_ARROW", "COMMA", "ELSE", "_NEWLINE")
)
_CLOSING = {KIND["LPAR"]: KIND["RPAR"], KIND["LSQB"]: KIND["RSQB"], _LBRACE: _RBRACE}
_CLOSERS = {*_CLOSING.values(), STRAY}


class Recovery:
    """What a parser does at a mistake: its stack is cut, its lexer goes on elsewhere. It remembers where it has been."""

    def __init__(self, source: Source, stack: Stack, lexer: Lexer, refusals: Refusals) -> None:
        self.source = source
        self.stack = stack
        self.lexer = lexer
        self.refusals = refusals
        self.last_resumed = -1
        self.bodies: set[int] = set()  # where braces begin whose header was left out
        self.told: set[str] = set()  # words with letters that no name may have
        self.last_told = -1, ""
        self.unopened = 0  # headers that were left out and have no braces

    def recover(self, kind: int, start: int, end: int) -> Iterator[tuple[int, int, int]] | None:
        """Report the token that does not fit, leave out what it spoils, and return the tokens to go on with.

        Inside brackets that are closed further on, the argument is left out, in a mapping the entry, else the whole item.
        None: give up.
        """
        text = self.source.text
        opened, outside = self.stack.find_brackets()
        open_brackets = [(OPENING[self.stack.values[i]], self.stack.starts[i]) for i in opened]
        bracket = open_brackets[-1] if open_brackets and open_brackets[-1][0] != _LBRACE else None
        behind = self.behind_argument(start, open_brackets) if bracket else None
        unclosed = bracket[1] if bracket and behind is None else None
        outermost = next((at for k, at in open_brackets if k != _LBRACE), start) if bracket else start
        foreign = find_python_end(text, outermost) or pattern_end(text, start)
        entry = find_entry(self.stack, text, kind, start, end)
        if behind is not None and follows_list(self.stack, opened[-1]):
            if start != self.last_resumed:
                self.refusals.refuse("E001", open_brackets[-1][1], open_brackets[-1][1] + 1, *TWO_LISTS)
        elif not self.goes_on(kind) and not self.closes_unopened(kind):
            self.report(kind, start, end, unclosed, open_brackets, entry)
        if len(self.refusals.diagnostics) >= MAX_MISTAKES:
            message = f"{MAX_MISTAKES} mistakes so far: the rest of the file was not read"
            self.refusals.refuse("E003", start, end, message, "mend these first")
            return None
        matrix = find_matrix(self.stack, opened) if behind is not None else None
        closing_at = None if matrix is None else self.find_closing(start, open_brackets, matrix)
        if matrix is not None and closing_at is not None:
            self.leave_out_expression(opened[matrix] + 1, closing_at)
            self.lexer.brackets = open_brackets[: matrix + 1]
            return self.lexer.tokens(closing_at)
        if (
            behind is not None
            and foreign is None
            and start != self.last_resumed
            and self.leave_out_argument(behind, opened[-1], outside)
        ):
            self.last_resumed = start
            self.lexer.brackets = open_brackets
            return self.lexer.tokens(behind)
        closing = _CLOSING.get(bracket[0]) if unclosed is not None and bracket else None
        if closing in ACTIONS[self.stack.states[-1]] and kind in [_CLOSING.get(k) for k, _ in open_brackets]:
            self.lexer.brackets = open_brackets[:-1]  # an outer bracket is closed, and this one with it
            return chain([(closing, start, start)], self.lexer.tokens(start))
        if entry is not None:
            return self.leave_out_entry(entry, kind, start)
        item = max(i for i in outside if "item" in GOTOS[self.stack.states[i]])
        return self.leave_out_item(item, kind, start, end, unclosed, foreign, open_brackets)

    def goes_on(self, kind: int) -> bool:
        """Whether a token only goes on with the item that was left out before it."""
        last = self.stack.values[-1] if self.stack.values else None
        headless = isinstance(last, Braces) and last.start in self.bodies
        return kind in (_ARROW, _ELSE) and (headless or isinstance(last, Bad))

    def closes_unopened(self, kind: int) -> bool:
        """Whether a brace closes the body of a header that was left out, behind which no brace opened one."""
        if kind != STRAY or not self.unopened:
            return False
        self.unopened -= 1
        return True

    def report(
        self, kind: int, start: int, end: int, unclosed: int | None, open_brackets: list[tuple[int, int]],
        entry: EntryAtFault | None,
    ) -> None:  # fmt: skip
        word = self.foreign(start) if kind == UNREADABLE and start < end else ""
        if word in self.told:
            return
        self.told.update([word] if word else [])
        if unclosed is not None:
            message = f'this "{self.source.text[unclosed]}" is never closed'
            self.refusals.refuse("E001", unclosed, unclosed + 1, message, "close it before the line ends")
        elif entry is not None and (kind == _END or entry.below is not None):
            at = entry.brackets[-1][1]
            self.refusals.refuse("E001", at, at + 1, *NEVER_CLOSED)
        elif kind == _END and open_brackets:
            at = open_brackets[-1][1]
            self.refusals.refuse("E001", at, at + 1, 'this "{" is never closed', 'add a "}" where the body ends')
        else:
            if kind == _END and self.stack.ends:  # say it where the text ends, not behind the blank lines that follow
                start = end = self.stack.ends[-1]
            context = find_context(self.stack, self.source.text)
            message, help = say_what_is_wrong(self.source, self.stack.states[-1], context, kind, start, end)
            if (
                start,
                message,
            ) != self.last_told:  # a token that fits neither into an item nor at the start of the next
                self.refusals.refuse("E001", start, end, message, help)
            self.last_told = start, message

    def foreign(self, at: int) -> str:
        """The word around a letter that no name may have, which is a mistake once, however often it is written."""
        text, end = self.source.text, at
        while text[at - 1 : at].isalnum() or text[at - 1 : at] == "_":
            at -= 1
        while text[end : end + 1].isalnum() or text[end : end + 1] == "_":
            end += 1
        return text[at:end]

    def behind_argument(self, start: int, open_brackets: list[tuple[int, int]]) -> int | None:
        """Where the argument at `start` ends: at the next comma or at the end of its bracket; None without that end."""
        lexer, level = Lexer(self.source.text), len(open_brackets)
        lexer.brackets = list(open_brackets)
        comma = None
        outer = {_CLOSING[k] for k, _ in open_brackets} - {_CLOSING[open_brackets[-1][0]]}
        for kind, at, end in lexer.tokens(start):
            if kind in outer and len(lexer.brackets) == level:  # it closes a bracket around this one
                return None
            if kind == UNREADABLE and at == end:  # a brace ends before the bracket does
                return None
            if kind == _COMMA and len(lexer.brackets) == level and comma is None:
                comma = at
            if len(lexer.brackets) < level:
                return at if comma is None else comma
        return None

    def find_closing(self, start: int, open_brackets: list[tuple[int, int]], number: int) -> int | None:
        """Where one of the open brackets, by its number, is closed behind `start`; None where it is not."""
        lexer = Lexer(self.source.text)
        lexer.brackets = list(open_brackets)
        for kind, at, end in lexer.tokens(start):
            if kind == UNREADABLE and at == end:  # a brace ends before the bracket does
                return None
            if len(lexer.brackets) <= number:
                return at
        return None

    def leave_out_argument(self, behind: int, opening: int, outside: list[int]) -> bool:
        """Put a `Bad` in place of the argument or element at fault, which ends at a place; whether there was one."""
        places = [i for i in outside if i > opening and "expr" in GOTOS[self.stack.states[i]]]
        if not places:
            return False
        self.leave_out_expression(places[-1], behind)
        return True

    def leave_out_expression(self, place: int, behind: int) -> None:
        """Put a `Bad` in place of the expression that begins at a place of the stack, and ends at one of the text."""
        self.stack.cut(place + 1)
        begin = self.stack.ends[-1]
        self.stack.push_bad("expr", behind, names_bound(self.source.text, begin, behind, nested=True))

    def leave_out_entry(self, entry: EntryAtFault, kind: int, start: int) -> Iterator[tuple[int, int, int]]:
        """Put a `Bad` in place of the entry at fault, and go on behind it, or below a mapping that was left open."""
        text, brackets = self.source.text, [*entry.brackets]
        self.stack.cut(entry.place + 1)
        if entry.below is not None:
            self.stack.push_bad("entry", self.stack.ends[-1], ())
            self.lexer.brackets = brackets[:-1]
            closing = _RBRACE, self.stack.ends[-1], self.stack.ends[-1]
            return chain([closing], self.lexer.tokens(entry.below, separated=True))
        behind = start if kind in (_END, _NEWLINE) else find_entry_end(text, start, brackets)
        self.stack.push_bad("entry", behind, ())
        if kind == _END:
            return iter([(_RBRACE, start, start)] * len(brackets) + [(_END, start, start)])
        self.lexer.brackets = brackets
        return self.lexer.tokens(behind, separated=text[behind : behind + 1] in ("\n", ";"))

    def leave_out_item(
        self, place: int, kind: int, start: int, end: int, unclosed: int | None, foreign: int | None,
        open_brackets: list[tuple[int, int]],
    ) -> Iterator[tuple[int, int, int]]:  # fmt: skip
        """Put a `Bad` in place of the item at fault, and go on at a later line, or with the braces behind it."""
        text, goes_on = self.source.text, self.goes_on(kind)
        last = self.stack.values[-1] if self.stack.values else None
        self.stack.cut(place + 1)
        begin = self.stack.ends[-1] if self.stack.ends else 0
        named, names = (last.end, last.names) if isinstance(last, Bad) else (begin, ())
        depth = len(open_brackets)
        while open_brackets and open_brackets[-1][0] != _LBRACE:
            open_brackets.pop()
        depth -= len(open_brackets)
        resume = foreign
        if resume is None and start != self.last_resumed:
            resume = body_behind(text, begin, start, depth, one_line=unclosed is not None)
        if resume is None:
            self.unopened += not isinstance(last, Bad) and begins_with_header(text, begin)
            reach = resume = self.behind(kind, start, end, unclosed, open_brackets, goes_on=goes_on)
        else:
            self.bodies.add(resume)  # Python's lines too, which begin no braces
            reach = body_end(text, resume) if foreign is None and hands_on(text, begin) else resume
        self.stack.push_bad("item", max(start, resume), (*names, *names_bound(text, named, reach)))
        if kind == _END and resume == end:
            return iter([(_RBRACE, start, end)] * len(open_brackets) + [(_END, start, end)])
        self.last_resumed = resume
        self.lexer.brackets = open_brackets
        return self.lexer.tokens(resume, separated=True)

    def behind(
        self, kind: int, start: int, end: int, unclosed: int | None, open_braces: list[tuple[int, int]], *, goes_on: bool
    ) -> int:  # fmt: skip
        """Where the item ends that a token at `start` does not fit into; `goes_on`: the token is not the next item's."""
        text = self.source.text
        if kind == _END:
            return end if unclosed is None else _line_end(text, unclosed)
        if kind == _RBRACE and open_braces:
            return start
        if kind in _CLOSERS or kind == UNREADABLE and start == end and not open_braces:
            return self.behind_line(start + 1, open_braces)
        first_in_line = not text[text.rfind("\n", 0, start) + 1 : start].strip()
        if start != self.last_resumed and (start == end if kind == UNREADABLE else first_in_line and not goes_on):
            return start
        return self.behind_line(start, open_braces)

    def behind_line(self, start: int, open_braces: list[tuple[int, int]]) -> int:
        """Where the rest of an item ends: with its line and those below that begin with an arrow, or where the body around
        it is closed on that line."""
        lexer, stop = Lexer(self.source.text), _line_end(self.source.text, start)
        lexer.brackets = list(open_braces)
        for kind, at, end in lexer.tokens(start):
            if at >= stop:
                break
            if len(lexer.brackets) < len(open_braces) or (kind == UNREADABLE and at == end):
                return at
        return arrows_below(self.source.text, stop)


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found
