"""Places in a text as editors count them: lines from 0, columns in units of UTF-16 unless another encoding is agreed on.

An editor's text has its own line ends, the source that is analysed has "\\n" alone; lines and the characters in them are the
same in both, so that a place is told by these.
"""

from __future__ import annotations

import re

from lsprotocol import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.source import Source, Span

CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}  # and the bytes of a unit
LINE_END = re.compile(r"\r\n|\r|\n")
TOP = types.Position(0, 0)


class Columns:
    """Columns in the units of an encoding: "utf-8", "utf-16" or "utf-32"."""

    def __init__(self, encoding: str = "utf-16") -> None:
        self.codec, self.width = CODECS[encoding]

    def count_units(self, text: str) -> int:
        """How many units some characters take."""
        return len(text) if text.isascii() else len(text.encode(self.codec, "surrogatepass")) // self.width

    def count_characters(self, line: str, units: int) -> int:
        """How many whole characters of a line stand in so many units; all where it has fewer."""
        if line.isascii():
            return min(units, len(line))
        data = line.encode(self.codec, "surrogatepass")[: units * self.width]
        return len(data.decode(self.codec, "ignore"))


class EditedText:
    """A text under edits that an editor sends by their ranges."""

    def __init__(self, text: str, columns: Columns) -> None:
        self.text, self.columns = text, columns

    def replace(self, start: types.Position, end: types.Position, new: str) -> None:
        """Put other characters in a range; one that reaches beyond a line or the text ends where these do."""
        ends = [(found.start(), found.end()) for found in LINE_END.finditer(self.text)]
        first, last = sorted((self._find(start, ends), self._find(end, ends)))
        self.text = self.text[:first] + new + self.text[last:]

    def _find(self, position: types.Position, ends: list[tuple[int, int]]) -> int:
        if position.line > len(ends):
            return len(self.text)
        start = ends[position.line - 1][1] if position.line else 0
        end = ends[position.line][0] if position.line < len(ends) else len(self.text)
        return start + self.columns.count_characters(self.text[start:end], position.character)


class Places:
    """The places of a source, in the positions of an editor; `lead`: how many characters its text has before the source
    begins, which is a byte-order mark or nothing."""

    def __init__(self, source: Source, columns: Columns, lead: int = 0) -> None:
        self.source, self.columns, self.lead = source, columns, lead

    def find_position(self, offset: int) -> types.Position:
        """Where an offset lies."""
        line, column = self.source.position(offset)
        units = self.columns.count_units(self.source.text[offset - column + 1 : offset])
        return types.Position(line - 1, units + (self.lead if line == 1 else 0))

    def find_range(self, start: int, end: int) -> types.Range:
        return types.Range(self.find_position(start), self.find_position(end))

    def find_span(self, span: Span) -> types.Range:
        return self.find_range(span.start, span.end)

    def find_offset(self, position: types.Position) -> int:
        """The offset of a position; the nearest before it where there is no such."""
        count = self.source.text.count("\n") + 1
        if position.line >= count:
            return len(self.source.text)
        units = max(0, position.character - (self.lead if position.line == 0 else 0))
        line = self.source.line(position.line + 1)
        return self.source.offset(position.line + 1, 1 + self.columns.count_characters(line, units))

    @property
    def whole(self) -> types.Range:
        """All of the text."""
        return self.find_range(0, len(self.source.text))
