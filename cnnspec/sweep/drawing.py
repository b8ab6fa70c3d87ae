"""The Pareto front as a picture: what is kept as a cloud, and the candidates that no other beats."""

from __future__ import annotations

from functools import partial

import numpy as np

from cnnspec.lint.budget import IN_BYTES, SHARES
from cnnspec.sweep.candidates import find_numbers
from cnnspec.sweep.permutation import mix
from cnnspec.sweep.rows import Key, find_key, join_all
from cnnspec.sweep.table import show_quantity
from cnnspec.tables.figures import round_figure
from cnnspec.train.evaluation.confusion import make_metadata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.sweep.rows import Kept
    from cnnspec.sweep.space import Space
    from cnnspec.sweep.sweep import Found

MOST = 4096  # candidates of the cloud


class Cloud:
    """Some of the kept candidates, while they are found: those with the smallest chances, which are mixed from their numbers, so
    that they are the same in whichever order they come."""

    def __init__(self, space: Space) -> None:
        self.sizes = space.sizes
        self.kept: Kept | None = None
        self.chances = np.empty(0, np.uint64)

    def keep(self, kept: Kept) -> None:
        parts = [kept] if self.kept is None else [self.kept, kept]
        chances = np.concatenate([self.chances, mix(find_numbers(kept.digits, self.sizes))])
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
    if name in IN_BYTES or name in SHARES:
        return show_quantity(name, value)
    return round_figure(int(value)) if value == int(value) else f"{value:g}"
