"""Histograms as rows of words with bars, for the text and the tables of a sweep."""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.percent import percent
from cnnspec.layers.argument import show
from cnnspec.sweep.table import show_option, show_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.sweep.histogram import Histogram
    from cnnspec.sweep.rows import Key

EIGHTHS = " ▏▎▍▌▋▊▉"
FULL = "█"


def write_bars(histogram: Histogram, longest: int) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Headings and rows: what a bin holds, how many candidates, which share of all, and a bar of at most so many signs (none where that
    is 0)."""
    total = sum(histogram.counts) + histogram.unknown
    most = max([*histogram.counts, histogram.unknown])
    rows: list[tuple[str, ...]] = []
    edges = [show_edge(histogram.key, edge) for edge in histogram.edges]
    for place, count in enumerate(histogram.counts):
        where = edges[place : place + 1] if histogram.each else edges[place : place + 2]
        rows.append((*where, f"{count:,}", percent(count / total), draw_bar(count / most, longest)))
    if histogram.unknown:
        where = ["?"] if histogram.each else ["?", "?"]
        count = histogram.unknown
        rows.append((*where, f"{count:,}", percent(count / total), draw_bar(count / most, longest)))
    first = (str(histogram.key),) if histogram.each else (f"{histogram.key} from", "below")
    headings = (*first, "Number", "Share", "")
    return (headings, rows) if longest else (headings[:-1], [row[:-1] for row in rows])


def draw_bar(share: float, longest: int) -> str:
    """A bar of a length; of what is there at all something is seen."""
    eighths = round(share * longest * 8)
    eighths = max(eighths, 1) if share > 0 else 0
    return FULL * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def show_edge(key: Key, edge: Any) -> str:
    """A number of a key as people read it."""
    if not isinstance(key.name, str):
        return show_values(key.name, (bool(edge),) if key.name.is_flag else (edge,))
    return show_option(key.name, edge) if isinstance(edge, int) else show(edge)


def write_title(histogram: Histogram) -> str:
    """What a histogram shows."""
    total = sum(histogram.counts) + histogram.unknown
    return f"{histogram.key} of {count_nouns(total, 'candidate')} kept"
