"""A spec as stretches that have one color each, by the language's own lexer: what is colored here is what the parser reads.

What a stretch is, is a name of Pygments' types of tokens, "Name.Builtin", without Pygments: so pages color as editors do.
"""

from __future__ import annotations

import re

from cnnspec.highlight import words
from cnnspec.layers import find, find_bare_layer
from cnnspec.syntax.grammar import KEYWORDS, KINDS, TERMINALS
from cnnspec.syntax.lexer import KIND
from cnnspec.syntax.lexer import Lexer as Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

Token = tuple[int, int, int]
SEPARATES = ""  # what separates statements is no stretch of its own

# ---- what every terminal is, a name aside ----------------------------------------------------------------------
OF_WORDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (words.STATEMENTS, "Keyword.Declaration"),
    (words.CONTROL, "Keyword"),
    (words.CURRENT, "Name.Builtin.Pseudo"),
    (words.WORD_OPERATORS, "Operator.Word"),
    (words.CONSTANTS, "Keyword.Constant"),
)
TYPES: dict[str, str] = {
    **{KEYWORDS[word]: of for listed, of in OF_WORDS for word in listed},
    "PASTED_INPUT": "Name.Builtin", "NUMBER": "Number", "SHAPE": "Number", "HOLE": "Number", "RANGED": "Number", "STRING": "String",
    "COMMA": "Punctuation", "COLON": "Punctuation", "DOT": "Punctuation", "LPAR": "Punctuation", "RPAR": "Punctuation", "LSQB": "Punctuation",
    "RSQB": "Punctuation", "LBRACE": "Punctuation", "RBRACE": "Punctuation",
}  # fmt: skip
OF_KIND = [TYPES.get(name, "Operator") for name in KINDS]
OPENING, CLOSING = (KIND["LPAR"], KIND["LSQB"], KIND["LBRACE"]), (KIND["RPAR"], KIND["RSQB"], KIND["RBRACE"])
NAME, CALL, EQUAL, COLON, DOT = (KIND[name] for name in ("NAME", "LPAR", "EQUAL", "COLON", "DOT"))
FOR, IN, TRAIN, USE, EXPECT = KIND["FOR"], KIND["IN"], KIND["TRAIN"], KIND["USE"], KIND["EXPECT"]
DEFINED = {KIND["BLOCK"]: "Name.Function", KIND["SHARED"]: "Name.Function", KIND["MODEL"]: "Name.Class"}
SEPARATOR, END = KIND["_NEWLINE"], KIND["END"]
BETWEEN = re.compile(rf"(?P<comment>{TERMINALS['COMMENT']})|(?P<separator>;+)|[^#;]+")


def find_stretches(text: str) -> Iterator[tuple[int, str, str]]:
    """(place, type, text) of every stretch of a text; put together they are the text."""
    tokens, at = list(Reader(text).tokens_alone()), 0
    for (_, start, end), of in zip(tokens, find_types(text, tokens), strict=True):
        if of != SEPARATES and end > start:
            yield from read_between(text, at, start)
            yield start, of, text[start:end]
            at = end
    yield from read_between(text, at, len(text))


def read_between(text: str, start: int, end: int) -> Iterator[tuple[int, str, str]]:
    """The comments, separators and blanks between two tokens."""
    for found in BETWEEN.finditer(text, start, end):
        of = "Comment.Single" if found["comment"] else "Punctuation" if found["separator"] else "Text"
        yield found.start(), of, found[0]


def find_types(text: str, tokens: list[Token]) -> Iterator[str]:
    """The type of every token; SEPARATES for those that separate."""
    open_by: list[int] = []  # the brackets that are open; TRAIN for the brace of a train section
    before = header = SEPARATOR  # the token before; the word whose statement gives words a meaning of their own
    for (kind, start, end), behind in zip(tokens, [*(kind for kind, *_ in tokens[1:]), END], strict=True):
        if kind in (SEPARATOR, END):
            header = SEPARATOR
            yield SEPARATES
        elif kind < 0:
            yield "Error"
        elif kind == IN and header == FOR:
            header = SEPARATOR
            yield "Keyword"
        elif header == EXPECT and text[start:end] in words.BUDGETS:
            yield "Name.Property"
        elif kind == NAME and (before in DEFINED or header == USE):
            yield DEFINED.get(before, "Name.Function")
        elif kind == NAME and behind == COLON:
            yield "Name.Attribute"
        elif kind == NAME and behind == EQUAL:
            yield "Name.Attribute" if open_by and open_by[-1] in (CALL, TRAIN) else "Name.Constant"
        elif kind == NAME:
            yield find_type(text[start:end], before, behind)
        else:
            yield OF_KIND[kind]
        if kind in (FOR, USE) or kind == EXPECT and behind != CALL:
            header = kind
        elif kind in OPENING:
            open_by.append(TRAIN if before == TRAIN else kind)
        elif kind in CLOSING or kind < 0 and start == end:
            del open_by[-1:]
        before = kind


def find_type(name: str, before: int, behind: int) -> str:
    """What a name is that nothing is assigned to, by the tokens beside it."""
    if behind == CALL:
        return "Name.Builtin" if find(name) or name in words.FUNCTIONS else "Name.Function"
    if before == DOT:
        return "Name.Property"
    if before in (EQUAL, COLON) and name in words.OPTIONS:
        return "Name.Constant"
    return "Name.Builtin" if find_bare_layer(name) else "Name"
