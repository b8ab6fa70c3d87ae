"""What a selection grows to: the word at the cursor, the argument, the call, the chain, the statement, the block, the file.

Each stretch contains the one before. Where a text has mistakes, its words, brackets and lines do without a tree.
"""

from __future__ import annotations

import re

from lsprotocol import types

from cnnspec.server.words import Words
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents

    Stretch = tuple[int, int]

WORDS = ("NAME", "NUMBER", "SHAPE", "STRING", "PASTED_INPUT")  # beside keywords
CALLED = ("NAME", "RPAR", "RSQB", "EXPECT")  # what stands before the bracket of a call
MOST = 200  # stretches that are told of one place


def list_selections(
    document: Document, documents: Documents, positions: Sequence[types.Position]
) -> list[types.SelectionRange]:
    """What a selection at each of some positions of an open file grows to, the innermost first."""
    body = documents.know(document).analysis.tree.body
    written = Stretches(document.source.text, body)
    return [nest(written.find_around(document.places.find_offset(one)), document) for one in positions]


def nest(stretches: Sequence[Stretch], document: Document) -> types.SelectionRange:
    """Stretches, the innermost first, as the protocol has them: each knows the next."""
    made: types.SelectionRange | None = None
    for start, end in reversed(stretches):
        made = types.SelectionRange(document.places.find_range(start, end), made)
    assert made is not None
    return made


class Stretches:
    """The stretches of a text that a selection may grow to."""

    def __init__(self, text: str, body: tree.Body) -> None:
        self.text, self.body = text, body
        words = Words(text)
        self.comments = words.comments
        self.words = [(word.start, word.end) for word in words.all if word.kind in WORDS or text[word.start].isalpha()]
        self.brackets = [*find_contents(words)]

    def find_around(self, at: int) -> list[Stretch]:
        """Those around an offset, the innermost first; the last is the whole text."""
        nodes = [node for node in tree.walk_around(self.body, at, at) if node is not self.body]
        found = {self._strip(node.start, node.end) for node in nodes}
        found |= {one for one in (*self.words, *self.brackets) if one[0] <= at <= one[1]}
        found |= self._find_in_comment(at)
        if nodes and isinstance(min(nodes, key=lambda node: node.end - node.start), tree.Bad):
            found.add(self._find_line(at))
        found |= {
            inner
            for start, end in self.words
            if start < at < end and self.text[start] in "\"'"
            for inner in ((start + 1, end - 1), self._find_letters(at))
        }
        chain: list[Stretch] = []
        for one in sorted(found, key=lambda one: (one[1] - one[0], -one[0])):
            if (
                one[0] < one[1]
                and one[0] <= at <= one[1]
                and (not chain or one[0] <= chain[-1][0] and chain[-1][1] <= one[1])
            ):
                chain.append(one)
        whole = (0, len(self.text))
        return [*chain[: MOST - 1], *[whole] * (not chain or chain[-1] != whole)]

    def _strip(self, start: int, end: int) -> Stretch:
        """A stretch without the spaces at its ends, which one that could not be read may have."""
        text = self.text[start:end]
        return start + len(text) - len(text.lstrip()), start + len(text.rstrip())

    def _find_in_comment(self, at: int) -> set[Stretch]:
        """The word of a comment, the comment, and those on the lines of their own around it."""
        number = next((number for number, (start, end) in enumerate(self.comments) if start <= at <= end), None)
        if number is None:
            return set()
        first = last = number
        while first > 0 and self._follow(first - 1, first):
            first -= 1
        while last + 1 < len(self.comments) and self._follow(last, last + 1):
            last += 1
        return {self._find_letters(at), self.comments[number], (self.comments[first][0], self.comments[last][1])}

    def _follow(self, one: int, other: int) -> bool:
        """Whether of two comments that follow each other both stand on lines of their own, with nothing between."""
        (start, end), (next_start, _) = self.comments[one], self.comments[other]
        alone = not self.text[self.text.rfind("\n", 0, start) + 1 : start].strip()
        between = self.text[end:next_start]
        return alone and not between.strip() and between.count("\n") == 1

    def _find_letters(self, at: int) -> Stretch:
        """The letters and digits around an offset."""
        before = re.search(r"\w*\Z", self.text[max(0, at - MOST) : at])
        behind = re.compile(r"\w*").match(self.text, at)
        assert before and behind
        return at - len(before[0]), behind.end()

    def _find_line(self, at: int) -> Stretch:
        """What is written in the line of an offset."""
        start, end = self.text.rfind("\n", 0, at) + 1, self.text.find("\n", at)
        return self._strip(start, end if end >= 0 else len(self.text))


def find_contents(words: Words) -> Iterator[Stretch]:
    """What brackets hold, of those of a call; the others with what they hold."""
    for first, last in words.pair_brackets():
        opening, closing = words.all[first], words.all[last]
        if opening.kind == "LPAR" and first and words.all[first - 1].kind in CALLED:
            yield words.all[first + 1].start, words.all[last - 1].end
        else:
            yield opening.start, closing.end
