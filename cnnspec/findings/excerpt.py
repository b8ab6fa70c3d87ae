"""Where a diagnostic is in its text: the line with the span underlined, of a long one the part that there is room for."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.source import LayerPlace, brief, printable
from cnnspec.base.wrapping import count_columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.source import Span

PIPE = 100  # columns of an excerpt in a pipe


class Excerpt(Record):
    """Where something is in a text: the `place` (net.cnn:3:1), the number of its line, and this line around the span, of which
    `under` is the part that is underlined, "" at its end. All of it is printable."""

    place: str
    row: int
    before: str
    under: str
    behind: str


def find_excerpt(span: Span, width: int | None) -> Excerpt:
    """The excerpt of a span in a text; of a long line the part around the mark."""
    row, column = span.source.position(span.start)
    line = span.source.line(row)
    end = min(column - 1 + max(1, span.end - span.start), max(len(line), column))
    start = column - 1
    left, right = find_window(line, start, width - len(str(row)) - 3 if width else PIPE)
    return Excerpt(
        f"{printable(span.source.name)}:{row}:{column}",
        row,
        ("…" if left else "") + printable(line[left:start]),
        printable(line[start : min(end, right)]),
        printable(line[min(end, right) : right]) + ("…" if right < len(line) else ""),
    )


def show_excerpt(span: Span, kind: str, paint: Any, width: int | None) -> list[str]:
    """Where it is, and the line with the span underlined. Of a layer of a model, which has no text, where it is alone."""
    if isinstance(span, LayerPlace):
        return [f" {paint('-->', 'mark')} {printable(brief(locate_layer(span)))}"]
    found = find_excerpt(span, width)
    gutter = " " * len(str(found.row))
    caret = " " * count_columns(found.before) + paint("^" * max(1, count_columns(found.under)), kind)
    bar = paint("|", "mark")
    return [
        f"{gutter} {paint('-->', 'mark')} {found.place}",
        f"{gutter} {bar}",
        f"{paint(str(found.row), 'mark')} {bar} {found.before}{found.under}{found.behind}",
        f"{gutter} {bar} {caret}",
    ]


def locate_layer(place: LayerPlace) -> str:
    """Where a layer of a model is: model.py:12, in conv1 (layer1.0.conv1); net.keras, in conv1."""
    line = f":{place.line}" if place.line else ""
    return f"{place.source.name}{line}, in {place.title}"


def find_window(line: str, start: int, room: int) -> tuple[int, int]:
    """The part of a line that there is room for: a third before the mark, the rest behind it, an … at an end that is cut."""
    if len(line) + (start == len(line)) <= room and count_columns(printable(line)) <= room:
        return 0, len(line)
    left = right = start
    used, most = int(start == len(line)), max(room - 2, 1)
    for limit in (most // 3, most):
        while left and used + (needed := count_columns(printable(line[left - 1]))) <= limit:
            left, used = left - 1, used + needed
        while right < len(line) and used + (needed := count_columns(printable(line[right]))) <= most:
            right, used = right + 1, used + needed
    return left, right
