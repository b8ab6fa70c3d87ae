"""The Pareto front as a picture: what is kept as a cloud, and the candidates that no other beats."""

from __future__ import annotations

from functools import partial

import numpy as np

from cnnspec.base.percent import percent
from cnnspec.facts.precision import in_bytes
from cnnspec.lint.budget import IN_BYTES
from cnnspec.sweep.rows import Key, find_key, join_all
from cnnspec.tables.figures import round_figure
from cnnspec.train.evaluation.confusion import make_metadata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.sweep.rows import Kept
    from cnnspec.sweep.sweep import Found

MOST = 4096  # candidates of the cloud


class Cloud:
    """Some of the kept candidates, drawn at random while they are found: all of them have the same chance."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(0)
        self.kept: Kept | None = None
        self.chances = np.empty(0)

    def keep(self, kept: Kept) -> None:
        parts = [kept] if self.kept is None else [self.kept, kept]
        chances = np.concatenate([self.chances, self.random.random(kept.count)])
        places = np.argsort(chances)[:MOST]
        self.kept = join_all(parts, len(kept.digits), len(kept.figures)).take(places)
        self.chances = chances[places]


def draw_front(found: Found, cloud: Cloud, name: str, path: str, ending: str) -> None:
    """Write the picture: the first two keys of the front as axes. ImportError without Matplotlib, OSError for a path that cannot be
    written."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    keys = [Key(key.name) for key in found.request.front[:2]]
    with rc_context({"svg.hashsalt": "cnnspec", "text.parse_math": False}):
        figure = Figure(figsize=(6.4, 4.4), layout="constrained")
        axes = figure.subplots()
        for kept, look in ((cloud.kept, CLOUD), (found.front, FRONT)):
            if kept is not None and kept.count:
                axes.scatter(*[find_values(found, kept, key) for key in keys], **look)
        for key, axis in zip(keys, (axes.xaxis, axes.yaxis), strict=True):
            axis.set_major_formatter(partial(write_tick, key))
            axis.set_tick_params(labelsize=8)
            axis.set_label_text(str(key.name))
        axes.set_title(
            f"{name}: {found.kept:,} candidates kept, {found.front.count:,} beaten by no other", fontsize=10, wrap=True
        )
        axes.legend(fontsize=8)
        figure.savefig(path, format=ending.removeprefix("."), dpi=150, metadata=make_metadata(ending))


CLOUD: dict[str, Any] = {"s": 6, "color": "0.7", "label": "kept", "linewidths": 0}
FRONT: dict[str, Any] = {"s": 22, "color": "tab:red", "label": "beaten by no other", "zorder": 3}


def find_values(found: Found, kept: Kept, key: Key) -> Any:
    """The numbers of a key, as floats."""
    return find_key(kept, key, found.request.space, found.request.question.quantities).astype(float)


def write_tick(key: Key, value: float, place: int) -> str:
    """A number at a place beside an axis, as its quantity is written."""
    name = key.name if isinstance(key.name, str) else key.name.name
    if name in IN_BYTES:
        return in_bytes(value)
    if name == "coverage":
        return percent(value)
    return round_figure(int(value)) if value == int(value) else f"{value:g}"
