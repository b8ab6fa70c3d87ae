"""The text of a notebook's cell as it stands in the notebook: strings of JSON, one after another, between quotes and commas."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.python_source.editing.arguments import Change

    Stretch = tuple[int, int]

SPACE = re.compile(r"[ \t\n]*")
HIGH, LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
CHARACTER = re.compile(rf"{HIGH}{LOW}|\\u[0-9a-fA-F]{{4}}|\\.|[^\\]", re.DOTALL)


class CellText:
    """The strings that one cell's text is written in: the places of its characters in the file. `strings` are theirs, quotes
    included."""

    def __init__(self, file: str, strings: list[Stretch]) -> None:
        self.strings = strings
        self.text = ""
        self._stretches: list[Stretch] = []  # of each character
        self._first: list[int] = []  # of each string, the number of its first character
        for start, end in strings:
            self._first.append(len(self._stretches))
            self._stretches += [
                (start + 1 + found.start(), start + 1 + found.end())
                for found in CHARACTER.finditer(file[start + 1 : end - 1])
            ]
            self.text += json.loads(file[start:end], strict=False)
        self._between = file[strings[0][1] : strings[1][0]] if len(strings) > 1 else ""

    @property
    def is_faithful(self) -> bool:
        """Whether each character's place is known."""
        return len(self._stretches) == len(self.text)

    def make_change(self, start: int, end: int, text: str) -> Change:
        """A change of the cell's text as one of the file. Lines that come are strings, where each line is one, and strings of
        which nothing is left go."""
        if start == end:
            at = self._stretches[start][0] if start < len(self._stretches) else self.strings[-1][1] - 1
            return at, at, self._write(text)
        first, last = bisect_right(self._first, start) - 1, bisect_left(self._first, end) - 1
        if not text and start == self._first[first] and end == [*self._first, len(self.text)][last + 1]:
            if last + 1 < len(self.strings):
                return self.strings[first][0], self.strings[last + 1][0], ""
            if first:
                return self.strings[first - 1][1], self.strings[last][1], ""
        return self._stretches[start][0], self._stretches[end - 1][1], self._write(text)

    def _write(self, text: str) -> str:
        joint = f'\\n"{self._between}"' if self._between else "\\n"
        return joint.join([json.dumps(line)[1:-1] for line in text.split("\n")])


def find_cell(file: str, number: int) -> CellText | None:
    """The text of a cell of code of a notebook, counted from 1 among these; None where it cannot be told."""
    try:
        cells = find_member(file, find_value(file, 0), "cells")
        found = [cell for cell in (list_items(file, cells) if cells else ()) if is_code(file, cell)]
        source = find_member(file, found[number - 1], "source") if number <= len(found) else None
    except (ValueError, RecursionError):
        return None
    if source is None:
        return None
    strings = [source] if file[source[0]] == '"' else list(list_items(file, source))
    if not strings or any(file[start] != '"' for start, _ in strings):
        return None
    made = CellText(file, strings)
    return made if made.is_faithful else None


def is_code(file: str, cell: Stretch) -> bool:
    """Whether a cell is one of code."""
    kind = find_member(file, cell, "cell_type")
    return kind is not None and json.loads(file[slice(*kind)]) == "code"


# ---- where the values of JSON stand; ValueError where it is none ------------------------------------------------
def find_value(text: str, at: int) -> Stretch:
    """Where the value behind a place begins and ends."""
    start = skip_space(text, at)
    return start, json.JSONDecoder(strict=False).raw_decode(text, start)[1]


def find_member(text: str, holder: Stretch, name: str) -> Stretch | None:
    """Where the value of an object's member stands; of several, as Python reads it, the last."""
    found = None
    if text[holder[0]] == "{":
        at = skip_space(text, holder[0] + 1)
        while text[at] == '"':
            key = find_value(text, at)
            value = find_value(text, skip_space(text, key[1]) + 1)  # behind the colon
            found = value if json.loads(text[slice(*key)]) == name else found
            at = skip_space(text, skip_space(text, value[1]) + 1)  # behind the comma, or the brace
            if at >= holder[1]:
                break
    return found


def list_items(text: str, holder: Stretch) -> Iterator[Stretch]:
    """Where the items of an array stand."""
    at = skip_space(text, holder[0] + 1)
    while text[holder[0]] == "[" and at < holder[1] - 1:
        item = find_value(text, at)
        yield item
        at = skip_space(text, skip_space(text, item[1]) + 1)


def skip_space(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    assert found is not None
    return found.end()
