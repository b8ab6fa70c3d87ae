"""Text → tokens (kind, start, end), and which newlines count.

A newline separates items of a body and entries of a mapping, directly inside their braces: it is dropped inside ( ) and
[ ], next to an arrow, after a colon and an opening brace, before a closing one and before "else", and several are one. Kinds are indices into KINDS.
"""

from __future__ import annotations

import re

from cnnspec.syntax.grammar import IGNORED, KEYWORDS, KINDS, TERMINALS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = {name: number for number, name in enumerate(KINDS)}
UNREADABLE = -1  # a character that begins no token
STRAY = -2  # a brace that closes nothing: at once, before the parser takes it for the end of what it has read

_SPACE, _COMMENT = len(KINDS), len(KINDS) + 1
_scan = re.compile("|".join(f"({pattern})" for pattern in TERMINALS.values())).match
_kind_of_group = [0] + [
    (_COMMENT if name == "COMMENT" else _SPACE) if name in IGNORED else KIND[name] for name in TERMINALS
]
_keyword = {word: KIND[name] for word, name in KEYWORDS.items()}

_NAME, _NEWLINE, _ARROW, _COLON, _ELSE = (KIND[k] for k in ("NAME", "_NEWLINE", "_ARROW", "COLON", "ELSE"))
_LBRACE, _RBRACE, _END = KIND["LBRACE"], KIND["RBRACE"], KIND["END"]
_OPENING = {KIND["LPAR"], KIND["LSQB"], _LBRACE}
_CLOSING = {KIND["RPAR"]: KIND["LPAR"], KIND["RSQB"]: KIND["LSQB"], _RBRACE: _LBRACE}

# What a word processor or a paper makes of an operator → that operator.
PLAIN = {"−": "-", "–": "-", "＊": "*", "∗": "*", "⋅": "*", "·": "*", "×": "*", "≤": "<=", "≥": ">=", "≠": "!="}


def plain_number(text: str) -> str:
    """A number as the language writes it: 0.5 for .5, 1.0 for 1."""
    return re.sub(r"^(?=\.)|(?<=\.)(?![0-9])", "0", text)


def sizes_in(text: str) -> list[str]:
    """The sizes of a shape, which are joined by x: 3x3, 3 x 3, 3X3. X may begin the name of a size: 3xX."""
    parts = text.split("x")
    if all([part == "?" or part.isdigit() or part[0].isupper() for part in parts]):
        return parts
    return re.split(r"[ \t]*[xX×][ \t]*", text)


class Lexer:
    """Reads tokens of one text. `brackets` are the (kind, place) of those open so far; `comments` their places."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.brackets: list[tuple[int, int]] = []
        self.comments: dict[int, int] = {}

    def tokens(self, at: int = 0, *, separated: bool = False) -> Iterator[tuple[int, int, int]]:
        """Tokens from `at` to the end; `separated` when an item stands before it, so that a newline is due."""
        text, brackets, scan = self.text, self.brackets, _scan
        length = len(text)
        previous = _NEWLINE  # the last token handed out: no newline is due after another
        newline_at = at if separated else -1
        while at < length:
            found = scan(text, at)
            if found is None:
                kind, end = UNREADABLE, at + 1
            else:
                kind, end = _kind_of_group[found.lastindex or 0], found.end()
                if kind == _SPACE:
                    at = end
                    continue
                if kind == _COMMENT:
                    self.comments[at] = end
                    at = end
                    continue
                if kind == _NAME:
                    kind = _keyword.get(text[at:end], _NAME)
                elif kind == _NEWLINE:
                    if newline_at < 0 and (not brackets or brackets[-1][0] == _LBRACE):
                        newline_at = at
                    at = end
                    continue
                elif kind in _CLOSING:
                    if kind == _RBRACE:  # a brace also ends what was left open inside it
                        while brackets and brackets[-1][0] != _LBRACE:
                            yield UNREADABLE, at, at
                    if brackets and brackets[-1][0] == _CLOSING[kind]:
                        brackets.pop()
                    elif kind == _RBRACE:
                        kind = STRAY
            if newline_at >= 0:
                if (previous not in (_NEWLINE, _ARROW, _COLON, _LBRACE) or separated) and kind not in (
                    _ARROW,
                    _RBRACE,
                    _ELSE,
                ):
                    # where an item was left out there may be no newline to show
                    yield _NEWLINE, newline_at, newline_at + (text[newline_at] in "\n;")
                separated, newline_at = False, -1
            if kind in _OPENING:
                brackets.append((kind, at))
            yield kind, at, end
            previous = kind
            at = end
        yield _END, length, length

    def tokens_alone(self) -> Iterator[tuple[int, int, int]]:
        """Tokens of the text for whoever parses none of them: what a brace leaves open inside it is closed here."""
        for kind, start, end in self.tokens():
            if kind == UNREADABLE and start == end:
                self.brackets.pop()
            yield kind, start, end
