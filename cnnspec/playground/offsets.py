"""Places in a page's text: offsets in units of UTF-16, as JavaScript counts them."""

from __future__ import annotations

from bisect import bisect_right

from lsprotocol import types

from cnnspec.server.places import LINE_END, Columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Offsets:
    """The offsets of a text by the positions of an editor, and these by the offsets."""

    def __init__(self, text: str) -> None:
        columns, self._starts, before = Columns(), [0], 0
        for end in LINE_END.finditer(text):
            self._starts.append(self._starts[-1] + columns.count_units(text[before : end.end()]))
            before = end.end()

    def find_offset(self, position: types.Position) -> int:
        return self._starts[position.line] + position.character

    def find_position(self, offset: int) -> types.Position:
        """The position at an offset that is not below 0."""
        line = bisect_right(self._starts, offset) - 1
        return types.Position(line, offset - self._starts[line])

    def write_range(self, place: types.Range) -> dict[str, Any]:
        return {"from": self.find_offset(place.start), "to": self.find_offset(place.end)}

    def write_edit(self, edit: types.TextEdit) -> dict[str, Any]:
        return {**self.write_range(edit.range), "insert": edit.new_text}
