"""The functions of a module, as they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnspec.base.record import Record
from cnnspec.compile.keras_source.frame import Frame

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.frame import Lines


class WrittenFunction(Record):
    """A function of the module, by the place in the text of what it was made from."""

    file: str
    start: int
    name: str
    lines: Lines


class ModuleFunctions:
    """Functions beside the network's own, and in `local` those inside it. `frame` is the module's: constants, names."""

    def __init__(self) -> None:
        self.frame = Frame(None)
        self.local: Lines = []
        self._written: list[WrittenFunction] = []

    def add(self, file: str, start: int, name: str, lines: Lines) -> None:
        """Put a function into the module."""
        self._written.append(WrittenFunction(file, start, name, lines))

    def add_local(self, lines: Lines) -> None:
        """Put a function into the network's own."""
        self.local += [*[(depth + 1, text) for depth, text in lines], (1, "")]

    def find_called(self, own: Lines, here: str) -> list[Lines]:
        """The functions that some lines call, and those that these call: other files' first, then in text order."""
        words = {function.name: find_words(function.lines) for function in self._written}
        reached: set[str] = set()
        queue = [find_words(own)]
        while queue:
            called = (queue.pop() & words.keys()) - reached
            reached |= called
            queue += [words[name] for name in called]
        ordered = sorted(self._written, key=lambda written: (written.file == here, written.file, written.start))
        return [written.lines for written in ordered if written.name in reached]


def find_words(lines: Lines) -> set[str]:
    return {word for _, text in lines for word in re.findall(r"\w+", text)}
