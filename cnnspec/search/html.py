"""A search as tables, and as one page with the curves of its trials and what no other beats, which loads nothing and runs nothing."""

from __future__ import annotations

from cnnspec.api.html.report import POLICY, STYLE
from cnnspec.search.text import (
    find_right,
    list_trials,
    show_cost,
    show_value,
    write_front_title,
    write_head,
    write_headings,
    write_notes,
    write_rows,
)
from cnnspec.search.trials import FINISHED
from cnnspec.tables.escape import xml
from cnnspec.tables.html import HtmlTable, write_html
from cnnspec.tables.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.search.trials import Found

WIDTH, HEIGHT, LEFT, BELOW = 680, 320, 110, 40
BEST, OTHERS = "#0b62a4", "#8888"


def make_report(found: Found) -> Report:
    """The trials and the front as tables."""
    headings = write_headings(found)
    right = find_right(found)
    tables = [HtmlTable(headings, write_rows(found, list_trials(found)), right)]
    if len(found.front) > 1:
        tables.append(HtmlTable(headings, write_rows(found, found.front), right, title=write_front_title(found)))
    return Report(write_head(found), tables, write_notes(found))


def write_page(found: Found) -> str:
    """The report as a page."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>{xml(write_head(found))}</title>'
        f"<style>{STYLE}h1{{font-size:1.6em;line-height:1.2}}</style>"
    )
    body = f"<h1>{xml(write_head(found))}</h1>{write_html(make_report(found).replace(title=''))}\n{draw_curves(found)}\n{draw_costs(found)}"
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def draw_curves(found: Found) -> str:
    """The objective after each epoch, a line a trial, the best one's in color."""
    best = found.best
    trials = [trial for trial in found.trials if trial.curve and trial is not best]
    lines = [(list(trial.curve), f"trial {trial.number}", OTHERS) for trial in trials]
    if best is not None and best.curve:
        lines.append((list(best.curve), f"trial {best.number}, the best", BEST))
    points = [point for line, _, _ in lines for point in line]
    frame = Frame(points, "epoch", found.objective)
    drawn = [
        draw_point(frame.place(line[0]), 3, color, name) if len(line) == 1 else  # a line of one point is not seen
        f'<polyline fill="none" stroke="{color}" stroke-width="2" points="{" ".join([frame.place(p) for p in line])}"><title>{name}</title></polyline>'
        for line, name, color in lines
    ]  # fmt: skip
    return frame.write(f"{found.objective} after each epoch", drawn)


def draw_costs(found: Found) -> str:
    """The objective beside the cost, a point a finished trial; what no other beats in color."""
    front = {trial.number for trial in found.front}
    known = [
        (trial, (float(trial.figures[found.cost]), trial.value)) for trial in found.of(FINISHED)
        if trial.value is not None and trial.figures.get(found.cost) is not None
    ]  # fmt: skip
    frame = Frame([point for _, point in known], found.cost, found.objective)
    drawn = []
    for trial, point in known:
        color = BEST if trial.number in front else OTHERS
        named = f"trial {trial.number}: {found.cost} {show_cost(found.cost, trial.figures[found.cost])}, {found.objective} {show_value(trial.value)}"
        drawn.append(draw_point(frame.place(point), 5, color, named))
    return frame.write(f"{found.objective} and {found.cost}", drawn)


def draw_point(place: str, radius: int, color: str, name: str) -> str:
    x, y = place.split(",")
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{color}"><title>{xml(name)}</title></circle>'


class Frame:
    """Two axes, and where a point lies between them."""

    def __init__(self, points: Sequence[tuple[float, float]], across: str, up: str) -> None:
        self.across, self.up, self.empty = across, up, not points
        self.x, self.y = (find_range([point[axis] for point in points]) for axis in (0, 1))

    def place(self, point: tuple[float, float]) -> str:
        x = LEFT + (point[0] - self.x[0]) / (self.x[1] - self.x[0]) * (WIDTH - LEFT - 20)
        y = HEIGHT - BELOW - (point[1] - self.y[0]) / (self.y[1] - self.y[0]) * (HEIGHT - BELOW - 20)
        return f"{x:.1f},{y:.1f}"

    def write(self, title: str, drawn: Sequence[str]) -> str:
        """The picture; nothing where there is no point."""
        if self.empty:
            return ""
        bottom, texts = HEIGHT - BELOW, []
        for value, x, anchor in ((self.x[0], LEFT, "middle"), (self.x[1], WIDTH - 20, "end")):
            text = show_cost(self.across, value)
            texts.append(f'<text x="{x}" y="{bottom + 16}" text-anchor="{anchor}">{text}</text>')
        for value, y in ((self.y[0], bottom), (self.y[1], 20)):
            texts.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{show_value(value)}</text>')
        texts.append(f'<text x="{(WIDTH + LEFT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{xml(self.across)}</text>')
        texts.append(f'<text x="{LEFT - 6}" y="{HEIGHT / 2}" text-anchor="end">{xml(self.up)}</text>')
        axes = f'<path d="M{LEFT} 20V{bottom}H{WIDTH - 20}" fill="none" stroke="#888"/>'
        return (
            f'<section><h2>{xml(title)}</h2><svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img" font-size="11" '
            f'fill="currentColor" aria-label="{xml(title)}">{axes}{"".join(texts)}{"".join(drawn)}</svg></section>'
        )


def find_range(values: Sequence[float]) -> tuple[float, float]:
    """The smallest and the largest of some numbers, apart."""
    least, most = min(values, default=0.0), max(values, default=1.0)
    around = 1 if float(least).is_integer() else 0.5
    return (least, most) if most > least else (least - around, most + around)
