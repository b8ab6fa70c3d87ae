"""What is held back of a data set, to validate and to test with: drawn by the seed, the same share of every class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.train.data.examples import Part
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


def split_parts(
    whole: dict[str, Part], label: Array, by_class: bool, settings: TrainSettings
) -> tuple[Part, Part | None, Part | None]:
    """The parts to train on, to validate and to test with; the last two are None where nothing is held back."""
    import numpy as np

    rng = np.random.default_rng(settings.seed)
    train, test = whole["train"], whole.get("test")
    if test is None:
        rest, away = draw_share(label, settings.test, by_class, rng)
        test = _choose_places(train, away)
        train, label = train.replace(places=rest), label[rest]
    if "validation" in whole:
        return train, whole["validation"], test
    rest, away = draw_share(label, settings.validation, by_class, rng)
    if not len(rest):
        raise TrainingFailed(f"{settings.data} has no examples left to train on", "hold back less", 2)
    return train.replace(places=train.places[rest]), _choose_places(train, away), test


def _choose_places(part: Part, which: Array) -> Part | None:
    return part.replace(places=part.places[which]) if len(which) else None


def draw_share(labels: Array, share: float, by_class: bool, rng: np.random.Generator) -> tuple[Array, Array]:
    """Two sets of indices, the rest and those held back: a share of every class, or of the whole, rounded; both in order."""
    import numpy as np

    groups = [np.flatnonzero(labels == c) for c in np.unique(labels)] if by_class else [np.arange(len(labels))]
    held = np.concatenate([rng.permutation(group)[: round(share * len(group))] for group in groups])
    kept = np.ones(len(labels), bool)
    kept[held] = False
    return np.flatnonzero(kept), np.sort(held)
