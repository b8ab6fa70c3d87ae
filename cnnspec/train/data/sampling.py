"""Balanced sampling: every class equally often in an epoch, which has as many examples as there are to train on.

Of a class with fewer examples than its share every one is drawn as often as the others of its class, but for one; of a class
with more, others in every epoch. What is drawn is decided by the seed and the epoch alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.source import printable
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


def draw_balanced(classes: Array, seed: int, epoch: int) -> Array:
    """The order of the examples in an epoch, counted from 0, by the class of each: as many as there are, each class equally
    often, but for one."""
    import numpy as np

    rng = np.random.default_rng([seed, epoch])
    known = np.unique(classes)
    shares = len(classes) // len(known) + (rng.permutation(len(known)) < len(classes) % len(known))
    drawn = [_draw_class(np.flatnonzero(classes == c), share, rng) for c, share in zip(known, shares, strict=True)]
    return rng.permutation(np.concatenate(drawn))


def _draw_class(own: Array, count: int, rng: np.random.Generator) -> Array:
    """So many of the examples of a class: all of them in turn, once and again, then others of them than the rest."""
    import numpy as np

    whole, rest = divmod(count, len(own))
    return np.concatenate([np.tile(own, whole), rng.permutation(own)[:rest]])


def check_classes(labels: Array | None, settings: TrainSettings) -> Array:
    """The class of each example. Raises TrainingFailed for targets that are none."""
    if labels is None or labels.ndim != 1:
        message = f"an example of {settings.data} has no class of its own, so that sampling = balanced means nothing"
        raise TrainingFailed(message, "leave it out", span=settings.span("sampling"))
    return labels


def describe_sampling(classes: Array, names: tuple[str, ...] | None, data: str) -> str:
    """What an epoch draws, in a sentence."""
    import numpy as np

    known, counts = np.unique(classes, return_counts=True)
    rarest, share = int(counts.argmin()), len(classes) // len(known)
    label = int(known[rarest])
    called, least = printable(names[label]) if names else str(label), int(counts[rarest])
    each = f"{share:,}" if len(classes) % len(known) == 0 else f"{share:,} or {share + 1:,}"
    return (
        f"each epoch draws {len(classes):,} examples of {data}, {each} of each of {len(known):,} classes; the rarest, "
        f"{called}, has {least:,}"
    )
