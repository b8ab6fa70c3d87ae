"""A text of tables and sentences, laid out for the width in which it is shown.

A table that is too wide wraps its words first, then leaves out its least important columns, never the first one, and
never a part of a figure. What was left out, and the width that shows it, stands in the last line of the text. Into a
pipe (no width) a table goes whole, and sentences are wrapped.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.source import printable
from cnnspec.base.wrapping import count_columns, pad, split_words, wrap_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

GAP, NARROW_GAP = 3, 2  # spaces between two columns, and where there is little room
SLIM = 12  # columns of the terminal below which a column of words is not made narrower
RED, GREEN, MAGENTA, BOLD, RESET = "\x1b[31m", "\x1b[32m", "\x1b[35m", "\x1b[1m", "\x1b[0m"


class Table(Record):
    """Rows of cells. The columns in `right` (of figures) end at the right; those headed as `spare` says are left out first,
    in this order, then the rest, the last one first. `styles` are the terminal's codes for each row."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Collection[int] = ()
    spare: Sequence[str] = ()
    styles: Sequence[str] = ()
    ruled: bool = True  # with a rule below the headings
    indent: str = " "
    totals: int = 0  # the last rows, below a rule of their own


class Page:
    """Tables and sentences below one another. `width`: in columns, None for a pipe."""

    def __init__(self, width: int | None = None, color: bool = False) -> None:
        self.width, self.color = width, color
        self.lines: list[str] = []
        self.tables: list[FittedTable] = []

    def add_text(self, text: str = "", hanging: int = 0, style: str = "") -> None:
        """A sentence, its lines but the first indented."""
        self._add(wrap_text(printable(text.rstrip()), self.width, hanging), style)

    def add_texts(self, texts: Iterable[str], hanging: int = 0) -> None:
        for text in texts:
            self.add_text(text, hanging)

    def add_code(self, lines: Iterable[str]) -> None:
        """Lines that stay whole: a spec, a picture."""
        self._add(map(printable, lines))

    def add_table(self, table: Table) -> None:
        """A table, without the columns for which there is no room."""
        fitted = FittedTable(table, self.width)
        self.tables.append(fitted)
        self._add(fitted.write_head())
        for number in range(len(table.rows)):
            if table.totals == len(table.rows) - number:
                self._add([fitted.write_rule()])
            self._add(fitted.write_row(number), table.styles[number] if table.styles else "")

    def _add(self, lines: Iterable[str], style: str = "") -> None:
        paint = self.color and style
        self.lines += [f"{style}{line.rstrip()}{RESET}" if paint and line else line.rstrip() for line in lines]

    def has_room(self, table: Table) -> bool:
        """Whether a table can stand with all its columns."""
        return self.width is None or FittedTable(table, None).measure(self.width) <= self.width

    def write(self, also: str = "") -> str:
        """The text; its last line names what was left out, and how that is shown (`also`: what else helps)."""
        left_out = dict.fromkeys([heading for table in self.tables for heading in table.left_out])
        if left_out:
            how = f"--width {self._find_needed()} shows all" + f", {also}" * bool(also)
            named = ", ".join(filter(None, left_out)) or "what has no heading"
            note = f"Not shown in {self.width} columns: {named}; {how}"
            self.lines += ["", *wrap_text(note, self.width)]
        return "\n".join(self.lines) + "\n"

    def _find_needed(self) -> int:
        """The width from which on no table leaves a column out."""
        needed = self.width or 0
        while (wanted := max([table.measure(needed) for table in self.tables])) > needed:
            needed = wanted
        return needed


class FittedTable:
    """A table whose columns have got their widths."""

    def __init__(self, table: Table, width: int | None) -> None:
        self.table = table
        self.headings = [printable(heading) for heading in table.headings]
        self.cells = [[printable(cell) for cell in row] for row in table.rows]
        self.gap = GAP if table.ruled else NARROW_GAP
        self.columns = list(zip(self.headings, *self.cells, strict=True))
        self.natural = {i: max(map(count_columns, column)) for i, column in enumerate(self.columns)}
        self.words: list[set[int]] = []  # how wide the words of each column are, where that is asked
        self.widths = self.natural  # of the columns that are shown, by number
        self.page_width = width
        if width is not None and self._add_up(self.natural) > width:
            self._fit(width)

    @property
    def left_out(self) -> list[str]:
        """The headings of the columns that are not shown."""
        return [heading for i, heading in enumerate(self.headings) if i not in self.widths]

    def _add_up(self, widths: dict[int, int]) -> int:
        return len(self.table.indent) + sum(widths.values()) + self.gap * (len(widths) - 1)

    # ---- widths ---------------------------------------------------------------------------------------------------
    def _fit(self, width: int) -> None:
        """Wrap words, then leave columns out, until the table is no wider than `width`; spread what room is left."""
        self.gap = NARROW_GAP
        least = self._find_least(width)
        for i in self._order_spare():
            if self._add_up(least) <= width:
                break
            del least[i]
        widest = min(width, max(self.natural.values()))
        while True:  # the widest columns give first
            self.widths = {i: max(few, min(self.natural[i], widest)) for i, few in least.items()}
            if self._add_up(self.widths) <= width or widest == 0:
                return
            widest -= 1

    def measure(self, width: int) -> int:
        """The width that all columns take at least, on a page of some width."""
        return self._add_up(self._find_least(width))

    def _find_least(self, width: int) -> dict[int, int]:
        """How narrow columns can be: figures are whole, and words, but for the longest, which stand on lines of their own."""
        if not self.words:
            self.words = [{count_columns(w) for cell in set(c) for w in split_words(cell)} for c in self.columns]
        least = {}
        for i, sizes in enumerate(self.words):
            if i in self.table.right:
                least[i] = max(sizes)
                continue
            most = width // (3 if i else 2)
            heading = max(map(count_columns, split_words(self.headings[i])))
            least[i] = max([heading, min(self.natural[i], SLIM, most), *[size for size in sizes if size <= most]])
        return least

    def _order_spare(self) -> list[int]:
        """The columns that can be left out, the least important first."""
        spare = [self.table.headings.index(name) for name in self.table.spare if name in self.table.headings]
        return spare + [i for i in reversed(range(1, len(self.headings))) if i not in spare]

    # ---- lines ----------------------------------------------------------------------------------------------------
    def write_head(self) -> list[str]:
        """The lines of the headings, the rule below them."""
        head = [wrap_text(self.headings[i], most) for i, most in self.widths.items()]
        height = max(map(len, head))
        lines = self._write_lines([[""] * (height - len(lines)) + lines for lines in head])
        return [*lines, self.write_rule()] if self.table.ruled else lines

    def write_rule(self) -> str:
        return self.table.indent + "─" * (self._add_up(self.widths) - len(self.table.indent))

    def write_row(self, number: int) -> list[str]:
        """A row's lines; a word that is wider than its column stands whole above (of the first column) or below them."""
        row = self.cells[number]
        above, below, parts = [], [], []
        for i, most in self.widths.items():
            cell = row[i]
            if count_columns(cell) > most and max(map(count_columns, split_words(cell))) > most:
                if i:
                    below += wrap_text(f"{self.table.indent}  {self.headings[i]}: {cell}", self.page_width, 4)
                else:
                    above += wrap_text(self.table.indent + cell, self.page_width, 4)
                cell = ""
            parts.append(wrap_text(cell, most, 0 if i else 2))
        lines = self._write_lines(parts)
        return above + (lines if any(map(str.strip, lines)) or not above + below else []) + below

    def _write_lines(self, parts: list[list[str]]) -> list[str]:
        """Cells of one or several lines beside one another."""
        right = self.table.right
        lines = []
        for number in range(max(map(len, parts))):
            cells = [
                pad(lines[number] if number < len(lines) else "", width, i in right)
                for lines, (i, width) in zip(parts, self.widths.items(), strict=True)
            ]
            lines.append((self.table.indent + (" " * self.gap).join(cells)).rstrip())
        return lines
