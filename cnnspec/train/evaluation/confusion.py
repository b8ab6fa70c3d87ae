"""Confusion matrices as a picture: a row for each class, whose colors are the shares taken for each column's class.

The matrices of several outputs stand side by side.

The color goes by the square root of the share, else one mistake in a hundred could not be seen.

Drawn with Matplotlib, without its global state and without a display.
"""

from __future__ import annotations

import os

from cnnspec.base.source import brief
from cnnspec.train.evaluation.scores import make_matrix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.train.evaluation.scores import Scores

FORMATS = (".png", ".svg", ".pdf")
COUNTED = 20  # classes up to which every cell has its count
NAMED = 60  # up to which every class has its name


def draw_confusions(matrices: Mapping[str, Scores], title: str, path: str, ending: str) -> None:
    """Write the picture to `path` in the format of an ending in `FORMATS`: a matrix each below its own title, if it has one.

    Raises ImportError without Matplotlib and OSError for a path that cannot be written.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    sides = [2.6 + min(max(0.55 * len(scores.classes), 2.2), 9.4) for scores in matrices.values()]
    with rc_context({"svg.hashsalt": "cnnspec", "text.parse_math": False}):
        figure = Figure(figsize=(sum(sides) + len(sides), max(sides)), layout="constrained")
        row = figure.subplots(1, len(sides), squeeze=False, width_ratios=sides)[0]
        for axes, (own, scores) in zip(row, matrices.items(), strict=True):
            _draw_matrix(figure, axes, scores)
            axes.set_title(own or title, fontsize=10, wrap=True)
        if all(matrices):
            figure.suptitle(title, fontsize=10, wrap=True)
        figure.savefig(path, format=ending.removeprefix("."), dpi=150, metadata=make_metadata(ending))


def _draw_matrix(figure: Any, axes: Any, scores: Scores) -> None:
    import numpy as np
    from matplotlib.colors import PowerNorm

    counts = np.array(make_matrix(scores), float)
    rows = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, rows, out=np.zeros_like(counts), where=rows > 0)
    image = axes.imshow(shares, cmap="Blues", norm=PowerNorm(0.5, 0, 1), interpolation="nearest")
    _write_names(axes, [brief(score.name, 18) for score in scores.classes])
    if len(counts) <= COUNTED:
        for (row, column), number in np.ndenumerate(counts):
            if number:
                color = "white" if shares[row, column] > 0.3 else "black"
                size = 10 if len(counts) <= 12 else 7
                axes.text(column, row, _shorten_count(number), ha="center", va="center", color=color, fontsize=size)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    bar = figure.colorbar(image, ax=axes, fraction=0.046, pad=0.03)
    bar.set_label("share of the true class")


def _write_names(axes: Any, names: list[str]) -> None:
    """The classes' names along both axes, or every tenth number where there is no room for names."""
    count = len(names)
    if count > NAMED:
        step = next(s for s in (10, 20, 50, 100, 200, 500, 1000, 10**9) if count / s <= 12)
        axes.set_xticks(range(0, count, step))
        axes.set_yticks(range(0, count, step))
        return
    size = 9 if count <= 20 else 6
    turned = max(map(len, names)) > 3 and count > 2
    axes.set_xticks(range(count), names, fontsize=size, rotation=90 if turned else 0)
    axes.set_yticks(range(count), names, fontsize=size)


def _shorten_count(number: float) -> str:
    return f"{number:.0f}" if number < 10_000 else f"{number / 1000:.0f}k" if number < 1e6 else f"{number / 1e6:.1f}M"


def make_metadata(ending: str) -> dict[str, Any] | None:
    """Metadata without a date, so that the same evaluation gives the same file."""
    return {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(ending)


def find_ending(path: str) -> str | None:
    """The format that a name asks for, None for none that is known."""
    ending = os.path.splitext(path)[1].lower()
    return ending if ending in FORMATS else None
