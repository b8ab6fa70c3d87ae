"""A piece of source text and places in it.

Places are offsets in code points everywhere; `Source.position` is the one function that turns an offset
into a line and a column (both from 1), and `Source.offset` the one that turns these back.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from functools import cached_property

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


PYTHON = (".py", ".ipynb")
CELL = ":cell "  # between the name of a notebook and the number of one of its cells


class Source(Record):
    """The text of a file and the name to call it by. `text` has "\\n" line ends only. Each cell of a notebook is a text of its
    own: "net.ipynb:cell 3"."""

    name: str
    text: str
    __slots__ = ("__dict__",)  # for where its lines start, which is worked out once

    @property
    def file(self) -> str:
        """The name of the file that the text is in."""
        file, mark, number = self.name.rpartition(CELL)
        return file if mark and number.isdecimal() else self.name

    @property
    def cell(self) -> int:
        """The number of its cell, from 1; 0 where it is none."""
        return int(self.name.rpartition(CELL)[2]) if self.file != self.name else 0

    @property
    def is_python(self) -> bool:
        """Whether Python reads it: a .py file, a notebook, or a cell of one."""
        return self.file.endswith(PYTHON)

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

    def offset(self, line: int, column: int = 1) -> int:
        """The offset of a line and a column that there are."""
        return self._line_starts[line - 1] + column - 1

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


class WrittenSpec(Source):
    """A spec that was written of a network, called by the name of the file that this comes from."""

    @property
    def is_python(self) -> bool:
        return False


class PythonText(Source):
    """A text of Python that is not read from a file, such as the call of --call."""

    @property
    def is_python(self) -> bool:
        return True


class Span(Record):
    """A stretch of source text, from `start` up to, not including, `end`."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters that stand there."""
        return self.source.text[self.start : self.end]

    @property
    def first(self) -> tuple[int, int] | None:
        """Line and column of its beginning; None where the place has none, as in a model."""
        return self.source.position(self.start)

    @property
    def last(self) -> tuple[int, int] | None:
        """Line and column of its end."""
        return self.source.position(self.end)

    @property
    def order(self) -> tuple[str, int, int]:
        """Where it comes among other places: by file, cell and offset."""
        return self.source.file, self.source.cell, self.start

    @property
    def mark(self) -> tuple[Any, ...]:
        """What tells it from other places of its source."""
        return self.start, self.end

    @property
    def origin(self) -> str:
        """The place in words: net.cnn:3:1."""
        return ":".join([self.source.name, *map(str, self.source.position(self.start))])


class LayerPlace(Span):
    """A layer of a model, which has no text; `start` and `end` are its number.

    `line` is that of the Python file, the source, in which it is called; 0 where the source is the model's file. `layer` is
    its name in the summary, `module` its path in the model. `called`: the Python file and line, where that file is not here.
    """

    line: int
    layer: str
    module: str
    called: str = ""

    @property
    def text(self) -> str:
        return ""

    @property
    def title(self) -> str:
        """The layer's name, and in parentheses its path in the model, where that is another, and where it is called."""
        more = [self.module] * (self.module not in ("", self.layer)) + [f"called in {self.called}"] * bool(self.called)
        return f"{self.layer} ({', '.join(more)})" if more else self.layer

    @property
    def first(self) -> tuple[int, int] | None:
        return (self.line, 1) if self.line else None

    last = first

    @property
    def mark(self) -> tuple[Any, ...]:
        """What tells it from other places: in a Python file, which several models may be made of, the line and the path."""
        return (self.line, self.module) if self.line else (self.start, self.end)

    @property
    def origin(self) -> str:
        """The place in words: model.py:12, in net.keras: conv1 (encoder/conv1)."""
        return f"{self.source.name}:{self.line}" if self.line else f"{self.source.name}: {self.title}"


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
