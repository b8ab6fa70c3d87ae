"""How a text is laid out around a place: its lines, the comments, and what stands before and behind."""

from __future__ import annotations

import re
from bisect import bisect_left

from cnnspec.syntax.grammar import TERMINALS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

ARROW, COMMA = re.compile(TERMINALS["_ARROW"]), re.compile(",?")  # what may stand between a part and the next


class Layout:
    """A text and where its comments begin and end."""

    def __init__(self, text: str, comments: Sequence[tuple[int, int]]) -> None:
        self.text, self.comments = text, comments
        self._starts = [start for start, _ in comments]

    def has_comment(self, start: int, end: int) -> bool:
        """Whether a comment stands in a stretch of the text."""
        return bisect_left(self._starts, start) < bisect_left(self._starts, end)

    def own_line(self, start: int, end: int, between: re.Pattern[str]) -> tuple[int, int] | None:
        """The lines that a part, what stands `between` it and the next, and their comment have to themselves."""
        line, stop = self.line_start(start), self.text.find("\n", end)
        beside = self.text[line:start].strip() + self.rest_of_line(end, stop)
        return (line, stop + 1) if stop >= 0 and between.fullmatch(beside) else None

    def find_arrow(self, at: int) -> re.Match[str]:
        """The next arrow behind a place, no comment's."""
        while True:
            found = ARROW.search(self.text, at)
            assert found is not None
            number = bisect_left(self._starts, found.start()) - 1  # the last comment that begins before it
            if number < 0 or self.comments[number][1] <= found.start():
                return found
            at = self.comments[number][1]

    def end_with_parentheses(self, end: int) -> int:
        """The end of a stage that ends at a place, with the parentheses around it: where its arrow begins."""
        between = self.text[end : self.find_arrow(end).start()]
        return end if "#" in between else end + between.rfind(")") + 1

    def start_with_parentheses(self, start: int) -> int:
        """The beginning of a stage that begins at a place, with the parentheses before it: where its arrow ended."""
        arrow = start
        while not ARROW.fullmatch(self.text, arrow - 1, arrow) and not ARROW.fullmatch(self.text, arrow - 2, arrow):
            arrow -= 1
        between = self.text[arrow:start]
        return start if "#" in between or "(" not in between else arrow + between.index("(")

    def before(self, at: int) -> str:
        """The character before a place, spaces passed over."""
        while at and self.text[at - 1].isspace():
            at -= 1
        return self.text[max(0, at - 1) : at]

    def behind(self, at: int) -> str:
        """The character behind a place, spaces passed over."""
        while at < len(self.text) and self.text[at].isspace():
            at += 1
        return self.text[at : at + 1]

    def line_start(self, at: int) -> int:
        """Where the line of a place begins."""
        return self.text.rfind("\n", 0, at) + 1

    def indent_start(self, at: int) -> int:
        """Where the line of a place begins, if nothing else stands before it there."""
        return self.line_start(at) if not self.text[self.line_start(at) : at].strip() else at

    def rest_of_line(self, at: int, stop: int) -> str:
        """What stands behind a place in its line, but for a comment."""
        return self.text[at:stop].partition("#")[0].strip()
