"""A Python text as stretches that have one color each, by Python's own tokens; see `stretches`, whose form they have."""

from __future__ import annotations

import keyword
import tokenize
from io import StringIO

from cnnspec.base.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

CONSTANTS = ("True", "False", "None")
DEFINED = {"def": "Name.Function", "class": "Name.Class"}
BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
OF_KIND = {"NUMBER": "Number", "STRING": "String", "COMMENT": "Comment.Single"}
OF_KIND |= dict.fromkeys(("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END"), "String")  # since Python 3.12


def find_stretches(text: str) -> Iterator[tuple[int, str, str]]:
    """(place, type, text) of every stretch of a text; put together they are the text. What Python cannot read is plain."""
    source, at = Source("", text), 0
    for token, of in find_types(read_tokens(text)):
        start, end = source.offset(*token.start) + 1, source.offset(*token.end) + 1
        if start > at:
            yield at, "Text", text[at:start]
        yield start, of, text[start:end]
        at = end
    if at < len(text):
        yield at, "Text", text[at:]


def read_tokens(text: str) -> list[tokenize.TokenInfo]:
    """The tokens of a text that stand for something, as far as Python can read it."""
    found = []
    try:
        for token in tokenize.generate_tokens(StringIO(text).readline):
            if token.string.strip():
                found.append(token)
    except (tokenize.TokenError, SyntaxError):
        pass
    return found


def find_types(tokens: list[tokenize.TokenInfo]) -> Iterator[tuple[tokenize.TokenInfo, str]]:
    """Each token with its type."""
    depth = 0
    words = [token.string for token in tokens]
    for token, before, behind in zip(tokens, ["", *words], [*words[1:], ""], strict=False):
        word = token.string
        depth += BRACKETS.get(word, 0) if token.type == tokenize.OP else 0
        if token.type != tokenize.NAME:
            kind = tokenize.tok_name[token.type]
            yield token, OF_KIND.get(kind, "Punctuation" if word in BRACKETS or word in ",.:" else "Operator")
        elif word in CONSTANTS:
            yield token, "Keyword.Constant"
        elif keyword.iskeyword(word):
            yield token, "Keyword"
        elif behind == "=" and depth:
            yield token, "Name.Attribute"
        else:
            yield token, DEFINED.get(before, "Name.Function" if behind == "(" else "Name")
