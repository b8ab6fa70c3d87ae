"""Readings from tables and texts for people: every column, and every line with a number, has a name in `names`."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Iterator

from tests.figures import text_names
from tests.figures.from_json import OTHER, Unnamed
from tests.figures.readings import Reading, Shown

ANSI = re.compile(r"\x1b\[[\d;]*m")
Rows = list[list[str]]


# ---- tables --------------------------------------------------------------------------------------------------------
def laid_out(text: str) -> tuple[list[Rows], list[str]]:
    """The tables of a text, each with its headings first, and the lines outside of them."""
    lines, tables, rest = ANSI.sub("", text).splitlines(), [], []
    i = 0
    while i < len(lines):
        if i + 1 < len(lines) and set(lines[i + 1].strip()) == {"─"}:
            end = i + 2
            while end < len(lines) and lines[end].strip() and not lines[end].startswith("MACs of "):
                end += 1
            tables.append(cut([lines[i], *lines[i + 2 : end]]))
            i = end
        else:
            rest.append(lines[i])
            i += 1
    return tables, rest


def cut(lines: list[str]) -> Rows:
    """Lines in columns: these are apart where three characters or more are blank in every line."""
    width = max(map(len, lines))
    padded = [line.ljust(width) for line in lines]
    blank = "".join(["x" if any(line[i] != " " for line in padded) else " " for i in range(width)])
    edges = [m.start() for m in re.finditer(r"(?<=   )x|(?<=^ )x|^x", blank)]
    return [[line[a:b].strip() for a, b in zip(edges, [*edges[1:], width], strict=True)] for line in padded]


def marked_down(text: str) -> tuple[list[Rows], list[str]]:
    lines = text.splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    cells = [[unescaped(c.strip()) for c in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    return [cells[:1] + cells[2:]], [unescaped(line.removeprefix("- ")) for line in lines if line.startswith("- ")]


def unescaped(text: str) -> str:
    return html.unescape(re.sub(r"\\(.)", r"\1", text))


def of_html(text: str) -> tuple[list[Rows], list[str]]:
    """The tables of an HTML text, and the lines below them."""
    tables = []
    for table in re.findall(r"<table.*?</table>", text):
        rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table)]
        tables.append([[html.unescape(c) for c in row] for row in rows])
    lines = [line for part in re.findall(r"<p>(?!<b>)(.*?)</p>", text) for line in part.split("<br>")]
    return tables, [html.unescape(line) for line in lines]


def comma_separated(text: str) -> Rows:
    return list(csv.reader(io.StringIO(text)))


def columns(kind: str, where: str, rows: Rows, short: dict[str, str], met: set[tuple[str, str]]) -> Iterator[Reading]:
    """The figures of a table with a layer in each row."""
    heads, *body = rows
    for head in heads:
        if head not in text_names.COLUMNS[kind]:
            raise Unnamed(f"{where}: the column {head} has no name in text_names.COLUMNS")
        met.add((kind, head))
    for row in body:
        layer = row[0].partition(" (")[0]
        for head, cell in zip(heads, row, strict=True):
            figure = text_names.COLUMNS[kind][head]
            if figure != "-":
                yield from cells(figure, layer, cell, f"{where}: {head}", short)


def cells(figure: str, of: str, cell: str, where: str, short: dict[str, str]) -> Iterator[Reading]:
    """What one cell says; of a field that is the whole input, and of weights that stand with another layer, that."""
    if figure == "rf":
        yield (
            Reading("rf_whole", of, cell == "all", where)
            if cell not in ("?", "")
            else Reading("rf_size", of, None, where)
        )
        if cell not in ("all", "?", ""):
            yield Reading("rf_size", of, Shown(cell, short), where)
    elif figure == "params" and cell.startswith("shared with "):
        yield Reading("params", of, 0, where)
    elif figure == "im2col":
        yield Reading("im2col_text", of, cell, where)
    elif figure == "rf_effective":  # an estimate, in whole positions
        yield Reading(figure, of, Shown(f"about {cell}"), where)
    elif cell not in ("", "-"):
        yield Reading(figure, of, Shown(cell, short), where)


# ---- lines ---------------------------------------------------------------------------------------------------------
def lines(kind: str, where: str, text: Iterable[str], of: str, short: dict[str, str]) -> Iterator[Reading]:
    """The figures of lines, each of which is known."""
    for line in text:
        found = next((m for p in text_names.LINES[kind] if (m := re.fullmatch(p, line))), None)
        if found is None and re.search(r"\d", line):
            raise Unnamed(f"{where}: no line of text_names.LINES is {line!r}")
        for figure, value in (found.groupdict() if found is not None else {}).items():
            if value is not None and figure != "of":
                yield from cells(figure, found.groupdict().get("of") or of, value, f"{where}: {line}", short)  # type: ignore[union-attr]


def short_names(text: Iterable[str]) -> dict[str, str]:
    """What the short names below a table stand for."""
    found = {}
    for line in text:
        if re.match(r"(?:Sizes: |       |(?=[a-z][0-9]))\w+ = ", line):
            found.update(part.split(" = ") for part in re.split(r", (?=\w+ = )", re.sub(r"^Sizes: ", "", line).strip()))
    return found


def steps(form: str, text: str) -> list[str]:
    """The lines of explain that stand for a step of a layer, in order."""
    if form == "text":
        pages = text.rstrip("\n").split("\n\n")  # the title, of each layer its head and its steps, the totals
        return [line for page in pages[2:-1:2] for line in page.split("\n")]
    end = "## Totals" if form == "markdown" else "\\paragraph{Totals}"
    begin = "- " if form == "markdown" else "  \\item "
    return [line for line in text.partition(end)[0].split("\n") if line.startswith(begin)]


def has(line: str, value: float | str) -> bool:
    """Whether a line of explain shows a figure, a number or an expression."""
    plain = re.sub(r"\{,\}|(?<=\d),(?=\d{3})", "", line)
    if isinstance(value, str):
        return value in plain
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return shown in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]\d+)?", plain)


def totals_of_difference(rows: Rows, where: str) -> Iterator[Reading]:
    for name, a, b, more in rows[1:]:
        if name not in text_names.DIFF_ROWS:
            raise Unnamed(f"{where}: the row {name} has no name in text_names.DIFF_ROWS")
        figure = text_names.DIFF_ROWS[name]
        if figure.startswith("-"):
            continue
        for of, cell in (("", a), (OTHER, b)):
            if not cell.startswith("depends on"):
                yield from cells(figure, of, "" if cell == "-" else cell, f"{where}: {name}", {})
        change = re.fullmatch(r"([+-]?[\d,]+)(?: \(.* %\))?", more)
        if change and figure not in ("rf", "layer_count"):
            yield Reading(f"more {figure}", "", Shown(change[1]), f"{where}: {name}")
