"""Mappings with a mistake in them: which braces begin one though it could not be read, and where an entry ends."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.syntax.grammar import GOTOS, KEYWORDS
from cnnspec.syntax.lexer import KIND, UNREADABLE, Lexer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.syntax.lalr import Stack

    Brackets = Sequence[tuple[int, int]]

OPENING = {"(": KIND["LPAR"], "[": KIND["LSQB"], "{": KIND["LBRACE"]}
NEVER_CLOSED = ('this "{" is never closed', 'add a "}" where the mapping ends')

_COLON, _COMMA, _NEWLINE, _LBRACE, _END = (KIND[k] for k in ("COLON", "COMMA", "_NEWLINE", "LBRACE", "END"))
_CLOSING = KIND["RPAR"], KIND["RSQB"]
_WORDS = {KIND[name] for name in KEYWORDS.values()}
_STATEMENTS = {KIND[k] for k in ("EQUAL", "BLOCK", "MODEL", "TRAIN", "INPUT", "OUTPUT", "SHARED", "USE", "FOR", "IF")}


class EntryAtFault(Record):
    """Where on the stack an entry begins, which brackets are open around it, the mapping's last, and where the text goes on
    behind a mapping that is closed nowhere, None for another."""

    place: int
    brackets: Brackets
    below: int | None


def find_context(stack: Stack, text: str) -> str:
    """What the text at fault began as: an entry of a mapping, or what the parser can tell alone."""
    opened, _ = stack.find_brackets()
    return "entry" if opened and begins_mapping(stack, text, opened[-1]) else stack.find_context()


def find_entry(stack: Stack, text: str, kind: int, start: int, end: int) -> EntryAtFault | None:
    """The entry that a token does not fit into; None where the innermost braces are no mapping's."""
    opened, outside = stack.find_brackets()
    braces = [number for number, place in enumerate(opened) if stack.values[place] == "{"]
    if not braces or not begins_mapping(stack, text, opened[braces[-1]]):
        return None
    brackets = [(OPENING[stack.values[place]], stack.starts[place]) for place in opened[: braces[-1] + 1]]
    place = max(i for i in outside if i > opened[braces[-1]] and "entry" in GOTOS[stack.states[i]])
    left_open = len(opened) == len(brackets) and all([level for _, _, level in tokens_in(text, start, brackets)])
    begin = stack.starts[place] if place < len(stack.starts) else start
    below = None
    if left_open and kind in _CLOSING:  # {mask: dice]
        below = end
    elif left_open and kind in _STATEMENTS and not text[text.rfind("\n", 0, begin) + 1 : begin].strip():
        below = begin
    return EntryAtFault(place, brackets, below)


def begins_mapping(stack: Stack, text: str, place: int) -> bool:
    """Whether a bracket on the stack begins a mapping: it is a brace where one may stand, with a colon in it. That of Python's
    `for x in y:` is none of a key."""
    if "entry" not in GOTOS[stack.states[place + 1]]:
        return False
    before: list[int] = []
    for kind, _, level in tokens_in(text, stack.starts[place], []):
        if level > 1:
            continue
        if kind == _COLON and (len(before) < 2 or before[0] not in _WORDS):
            return True
        before = [] if kind in (_LBRACE, _COMMA, _NEWLINE) else [*before, kind]
    return False


def find_entry_end(text: str, start: int, brackets: Brackets) -> int:
    """Where the entry ends that holds a place: at the next comma or line of the mapping, the last of `brackets`, or with it."""
    for kind, at, level in tokens_in(text, start, brackets):
        if level < len(brackets) or level == len(brackets) and kind in (_COMMA, _NEWLINE):
            return at
    return len(text)


def tokens_in(text: str, start: int, brackets: Brackets) -> Iterator[tuple[int, int, int]]:
    """(kind, place, number of brackets around it) of the tokens from a place on; a brace ends what is open inside it."""
    lexer = Lexer(text)
    lexer.brackets = list(brackets)
    for kind, at, end in lexer.tokens(start):
        if kind == UNREADABLE and at == end:
            lexer.brackets.pop()
        elif kind != _END:
            yield kind, at, len(lexer.brackets)
        if not lexer.brackets:
            return
