"""A piece of source text and places in it.

Places are offsets in code points everywhere; `Source.position` is the one function that turns an offset
into a line and a column (both from 1).
"""

from __future__ import annotations

import os
from bisect import bisect_right
from functools import cached_property

from cnnspec.base.record import Record


class Source(Record):
    """The text of a file and the name to call it by. `text` has "\\n" line ends only."""

    name: str
    text: str
    __slots__ = ("__dict__",)  # for where its lines start, which is worked out once

    @property
    def stem(self) -> str:
        """The name of a network that has none in the text: that of its file."""
        nameless = self.name == "<stdin>" or self.name.startswith("/dev/") and not self.name.endswith(".cnn")  # a pipe
        return "network" if nameless else os.path.splitext(os.path.basename(self.name))[0]

    @cached_property
    def _line_starts(self) -> list[int]:
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1, the column in code points."""
        starts = self._line_starts
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of one line, without its end."""
        starts = self._line_starts
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end]

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {len(self.text)} character{'s' * (len(self.text) != 1)})"


class NamedText(Source):
    """A text that is not read from a file. Its name is the network's, as it is given."""

    @property
    def stem(self) -> str:
        return self.name


class Span(Record):
    """A stretch of source text, from `start` up to, not including, `end`."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters that stand there."""
        return self.source.text[self.start : self.end]


def printable(text: str) -> str:
    """Text that cannot move a terminal's cursor: control characters become \\xNN, tabs a space."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else " " if c == "\t" else f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}"
        for c in text
    )


def brief(text: str, most: int = 80) -> str:
    """Text for a message: what somebody wrote may be a megabyte long, a sentence may not."""
    if len(text) <= most:
        return text
    words = [word if len(word) <= most else word[: most - 20] + "…" for word in text.split(" ")]
    short = " ".join(words)
    return short if len(short) <= 4 * most else short[: 4 * most - 1] + "…"
