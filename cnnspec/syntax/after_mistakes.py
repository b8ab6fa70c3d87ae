"""Text that is left out after a mistake: which names it would have bound, and where the braces behind its header stand.

A later line may use such a name. It must not be called unknown: the cause is the mistake, which is reported already.
"""

from __future__ import annotations

import re
from itertools import takewhile

from cnnspec.base.did_you_mean import find_nearest
from cnnspec.syntax.lexer import KIND, STRAY, UNREADABLE, Lexer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_AS, _FOR, _IF, _ELSE, _IN, _USE = (KIND[k] for k in ("AS", "FOR", "IF", "ELSE", "IN", "USE"))
_BLOCK, _MODEL, _TRAIN, _INPUT, _SHARED = (KIND[k] for k in ("BLOCK", "MODEL", "TRAIN", "INPUT", "SHARED"))
_NAME, _STRING, _NEWLINE, _EQUAL, _COMMA, _DOT = (
    KIND[k] for k in ("NAME", "STRING", "_NEWLINE", "EQUAL", "COMMA", "DOT")
)
_LPAR, _RPAR, _LSQB, _RSQB, _LBRACE, _RBRACE = (KIND[k] for k in ("LPAR", "RPAR", "LSQB", "RSQB", "LBRACE", "RBRACE"))

_HEADERS = {_BLOCK, _MODEL, _TRAIN, _FOR, _IF, _ELSE}  # of what has a body
_LISTED: dict[int, set[int]] = {  # a word that names follow → what may stand before each of them
    _BLOCK: {_BLOCK, _LPAR, _COMMA},
    _MODEL: {_MODEL, _LPAR, _COMMA},
    _FOR: {_FOR, _LPAR, _COMMA},
    _USE: {_USE, _LPAR, _COMMA, _STRING, _NAME, _DOT, UNREADABLE},
    _INPUT: {_INPUT},
    _SHARED: {_SHARED},
    _AS: {_AS},
}
_ENDS = {_LBRACE, _RBRACE, STRAY, _NEWLINE, _IN, _EQUAL}  # of the names that follow a word; a default's "=" is none
_PYTHON = ("def", "class")
_ARROW_LINE = re.compile(r"(?:\s|#[^\n]*\n)*[-=]>[^{}\n]*$", re.M).match


def names_bound(text: str, start: int, end: int, *, nested: bool = False) -> tuple[str, ...]:
    """The names that a stretch of text would have bound, had it been read; `nested`: it stands inside brackets."""
    found: dict[str, None] = {}
    listing = previous = _NEWLINE  # the word whose names follow, the token before
    depth, line = int(nested), start
    tokens = list(takewhile(lambda token: token[1] < end, tokens_of(text, start)))
    for number, (kind, at, stop) in enumerate(tokens):
        following, place, _ = tokens[number + 1] if number + 1 < len(tokens) else (_NEWLINE, end, end)
        first = previous in (_NEWLINE, _LBRACE, _RBRACE, STRAY) or "\n" in text[line:at]
        line = stop
        if kind in _LISTED:
            listing = kind
        elif kind == _NAME and first and following == _NAME and _meant(text[at:stop]):
            kind = listing = _BLOCK
        elif kind in _ENDS and not (kind == _EQUAL and listing in (_BLOCK, _MODEL)):
            listing = _NEWLINE
        elif kind == _NAME and (
            previous in _LISTED.get(listing, ())
            or listing == _AS
            and previous == _COMMA
            and depth == 0
            or first
            and text[place : place + 1] == ":"
            or following == _EQUAL
            and (first or depth == 0)
            and not nested
        ):
            found[text[at:stop]] = None
            while following == _EQUAL and [token[0] for token in tokens[number - 2 : number]] == [_NAME, _COMMA]:
                number -= 2  # a, b = 1, 2
                found[text[slice(*tokens[number][1:])]] = None
        depth += (kind in (_LPAR, _LSQB)) - (kind in (_RPAR, _RSQB) and depth > 0)
        previous = kind
    return tuple(found)


def body_behind(text: str, start: int, at: int, depth: int, *, one_line: bool) -> int | None:
    """Where the braces begin of an item that starts with a header, at fault at a place inside `depth` brackets; None for
    another item, and where no braces follow. `one_line`: a bracket is never closed, so that its line is the header's."""
    if depth and not begins_with_header(text, start):
        return None
    if text[at : at + 1] == "{" and text[at - 1 : at].isalnum():  # conv{8, 3x3}: its arguments
        return None
    end, new_line = at, False
    for kind, place, stop in tokens_of(text, at):
        new_line = new_line and depth <= 0 or kind == _NEWLINE or "\n" in text[end:place]
        if kind == _NEWLINE:
            continue
        if kind == _LBRACE:
            return None if one_line and new_line else place
        if kind in (KIND["END"], STRAY) or new_line and (one_line or depth <= 0):
            return None
        depth += (kind in (_LPAR, _LSQB)) - (kind in (_RPAR, _RSQB))
        end = stop
    return None


def arrows_below(text: str, stop: int) -> int:
    """Where a line at fault ends, with the lines below it that begin with an arrow and open no braces."""
    while (below := _ARROW_LINE(text, stop)) is not None:
        stop = below.end()
    return stop


def begins_with_header(text: str, start: int) -> bool:
    """Whether an item begins with the word of one that has a body, if misspelt."""
    kind, first, stop = next(tokens_of(text, start))
    return kind in _HEADERS or kind == _NAME and _meant(text[first:stop])


def body_end(text: str, brace: int) -> int:
    """Where the braces that begin at a place end; the end of the text where they do not."""
    depth = 0
    for kind, _, end in tokens_of(text, brace):
        depth += (kind == _LBRACE) - (kind == _RBRACE)
        if depth == 0:
            return end
    return len(text)


def hands_on(text: str, start: int) -> bool:
    """Whether an item is a loop or a branch, in whose body `as` binds for what follows too."""
    return next(tokens_of(text, start))[0] in (_FOR, _IF, _ELSE)


def find_keyword(word: str) -> str | None:
    """The keyword that a word is a misspelling of."""
    return (
        find_nearest(word, ("input", "output", "block", "model", "train", "shared", "expect"))
        if len(word) > 3
        else None
    )


def tokens_of(text: str, start: int) -> Iterator[tuple[int, int, int]]:
    """The tokens from a place on; a brace ends what was left open inside it."""
    lexer = Lexer(text)
    for kind, at, end in lexer.tokens(start):
        if kind == UNREADABLE and at == end:
            lexer.brackets.pop()
        else:
            yield kind, at, end


def _meant(word: str) -> bool:
    """Whether a word is a keyword that was misspelt, or Python's for a block."""
    return word in _PYTHON or find_keyword(word) is not None
