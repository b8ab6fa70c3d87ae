"""The figures of the epochs as a picture: the loss, and below it the metrics, in training and in validation."""

from __future__ import annotations

import os
import time
from itertools import zip_longest

from cnnspec.train.figures import group_figures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.train.runs.best_model import BestModel
    from cnnspec.train.runs.folder import RunFolder
    from cnnspec.train.runs.history import History

TRAINING, VALIDATION, BEST = "#1f5fa8", "#d2691e", "#777777"
MOST = 4  # pictures of metrics, or one for each of more outputs up to MOST_OUTPUTS; more are hard to read
MOST_OUTPUTS = 8


class CurvesPicture:
    """curves.png in a run folder, drawn again while the training goes on."""

    def __init__(self, run: RunFolder, history: History, best: BestModel, outputs: Sequence[str] = ()) -> None:
        """`outputs` are the names of several outputs."""
        self._run, self._history, self._best, self._outputs = run, history, best, outputs
        self._drawn_at = time.monotonic()

    def draw_if_older_than(self, seconds: float) -> None:
        """Draw when the last picture was drawn (or, before the first one, the training began) longer ago."""
        if time.monotonic() - self._drawn_at >= seconds:
            self.draw()

    def draw(self) -> str:
        """Draw the figures of all epochs. The answer is what to install first, empty where nothing is missing."""
        if not self._history.rows:
            return ""
        title = os.path.basename(os.path.realpath(self._run.path))
        try:
            drawn = choose_figures(self._history.rows[0], self._outputs)
            draw(self._history.rows, drawn, self._best.epoch, title, self._run.file("curves.png"))
        except ImportError:
            from cnnspec.base.installing import write_install_command

            return f"curves.png needs matplotlib: {write_install_command('keras')}"
        self._drawn_at = time.monotonic()
        return ""


def choose_figures(row: dict[str, Any], outputs: Sequence[str] = ()) -> list[str]:
    """The figures to draw: the loss, then the metrics that are one number; of several outputs by turns."""
    apart = ("epoch", "seconds", "learning_rate", "loss")
    own = [n for n, v in row.items() if n not in apart and not n.startswith("val_") and isinstance(v, (int, float))]
    groups = group_figures(own, outputs)
    by_turns = [name for turn in zip_longest(*groups.values()) for name in turn if name is not None]
    return ["loss", *by_turns[: max(MOST, min(len(groups), MOST_OUTPUTS))]]


def draw(rows: list[dict[str, Any]], drawn: Sequence[str], best: int | None, title: str, path: str) -> None:
    """Write a .png of the rows, one or more, a picture for each figure of `drawn`. `best` is the epoch of the best model.
    Raises ImportError, OSError."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    from cnnspec.train.runs.durable import replacing

    epochs = [row["epoch"] for row in rows]
    figure = Figure(figsize=(7.0, 0.6 + 2.4 * len(drawn)), layout="constrained")
    FigureCanvasAgg(figure)
    marker = "o" if len(rows) < 30 else ""
    for number, name in enumerate(drawn):
        axes = figure.add_subplot(len(drawn), 1, number + 1)
        for key, label, color in ((name, "training", TRAINING), (f"val_{name}", "validation", VALIDATION)):
            if key in rows[0]:
                axes.plot(
                    epochs,
                    [row[key] if isinstance(row.get(key), (int, float)) else float("nan") for row in rows],
                    label=label,
                    color=color,
                    marker=marker,
                    markersize=3,
                )
        if best is not None:
            axes.axvline(best, color=BEST, linestyle=":", linewidth=1, label=f"best: epoch {best}")
        axes.set_ylabel(name)
        axes.grid(alpha=0.25)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.spines[["top", "right"]].set_visible(False)
        if number == 0:
            axes.set_title(title, loc="left", fontsize=11)
            axes.legend(frameon=False, fontsize=9)
    axes.set_xlabel("epoch")
    with replacing(path) as beside:
        figure.savefig(beside, format="png", dpi=110)
