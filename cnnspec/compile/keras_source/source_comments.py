"""Comments of the text → comments of the source, each above the line that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compile.python_text.layout import keep_printable
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from cnnspec.base.source import Source


class SourceComments:
    """The comments of one file, by line."""

    def __init__(self, parsed: tree.Tree) -> None:
        self.source = parsed.source
        self.lines: dict[int, tuple[bool, str]] = {}  # whether a comment stands alone on its line, and its text
        for start, end in parsed.comments:
            line, column = parsed.source.position(start)
            alone = not parsed.source.line(line)[: column - 1].strip()
            self.lines[line] = (alone, parsed.source.text[start:end].lstrip("#").strip())
        first = min((item.start for item in parsed.body.items), default=0)
        self.first = parsed.source.position(first)[0]  # comments above it are about the file

    def find_above(self, item: tree.Node, source: Source) -> list[str]:
        """The comments right above an item, and the one behind its first line, as Python's. An `expect(…)` step has none."""
        if source is not self.source or isinstance(item, tree.Step) and isinstance(item.value, tree.Contract):
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
        return [f"# {keep_printable(text)}" for text in found if text and not text.startswith(":")]
