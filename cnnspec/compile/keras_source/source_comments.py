"""Comments of the text → comments of the source, above what they stand beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnspec.base.source import Source
    from cnnspec.syntax import tree


class Remarks:
    """The comments of one file, by line."""

    def __init__(self, parsed: tree.Tree) -> None:
        self.source = parsed.source
        self.lines: dict[int, tuple[bool, str]] = {}  # whether it stands alone, and what it says
        for start, end in parsed.comments:
            line, column = parsed.source.position(start)
            alone = not parsed.source.line(line)[: column - 1].strip()
            self.lines[line] = (alone, parsed.source.text[start:end].lstrip("#").strip())
        first = min((item.start for item in parsed.body.items), default=0)
        self.first = parsed.source.position(first)[0]  # what stands above it says what the file is

    def above(self, item: tree.Node, source: Source) -> list[str]:
        """The comments right above an item, and the one behind its first line."""
        if source is not self.source:
            return []
        line = source.position(item.start)[0]
        found: list[str] = []
        if (
            self.lines.get(line, (True, ""))[0] is False
            and source.line(line)[: source.position(item.start)[1] - 1].strip() == ""
        ):
            found.append(self.lines[line][1])
        above = line - 1
        while line > self.first and self.lines.get(above, (False, ""))[0]:
            found.insert(0, self.lines[above][1])
            above -= 1
        return [f"# {printable(text)}" for text in found if text and not text.startswith(":")]


def printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
