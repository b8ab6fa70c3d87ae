"""The words and signs of a text as the language reads them, also where it has mistakes: no tree is needed."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.syntax.grammar import KEYWORDS, KINDS
from cnnspec.syntax.lexer import STRAY, Lexer

OPENING = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
KEYWORD_KINDS = frozenset(KEYWORDS.values())


class Word(Record):
    """A word, a number, a text or a sign of a text, by the name of its terminal in the grammar."""

    kind: str
    start: int
    end: int


class Words:
    """All words of a text, in order, and the places of its comments."""

    def __init__(self, text: str) -> None:
        lexer = Lexer(text)
        self.all: list[Word] = []
        for kind, start, end in lexer.tokens_alone():
            if kind == STRAY or kind >= 0 and KINDS[kind] not in ("_NEWLINE", "END"):
                self.all.append(Word("RBRACE" if kind == STRAY else KINDS[kind], start, end))
        self.comments = sorted(lexer.comments.items())

    def pair_brackets(self) -> list[tuple[int, int]]:
        """The numbers of the words that are an opening bracket and its closing one; a brace ends what is open inside it."""
        pairs, opened = list[tuple[int, int]](), list[int]()
        for number, word in enumerate(self.all):
            if word.kind in OPENING:
                opened.append(number)
            elif word.kind in OPENING.values():
                while opened and word.kind == "RBRACE" and self.all[opened[-1]].kind != "LBRACE":
                    opened.pop()
                if opened and OPENING[self.all[opened[-1]].kind] == word.kind:
                    pairs.append((opened.pop(), number))
        return pairs
