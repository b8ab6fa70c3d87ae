"""What is held back of a data set: for the test, where the data bring none, and for validation; drawn with the seed.

It is the same share of every class. Where examples belong to groups (the images of one patient, say), groups are drawn, each
of the class that most of its examples have, and none stands in two parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.join_words import join_words, list_some
from cnnspec.train.data.folds import draw_fold
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from cnnspec.train.data.examples import Part
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]

PURPOSES = {"train": "train", "validation": "validate", "test": "test"}


def split_parts(
    whole: dict[str, Part], label: Array, by_class: bool, groups: Mapping[str, Array], settings: TrainSettings
) -> tuple[Part, Part | None, Part | None]:
    """The parts to train on, to validate and to test with; the last two are None where nothing is held back.

    `label` and `groups` are those of the examples as they come. Raises TrainingFailed where nothing is left to train on, or
    a group stands in two parts already.
    """
    import numpy as np

    check_apart(groups, settings)
    rng = np.random.default_rng(settings.seed)
    group = groups.get("train")
    train, test = whole["train"], whole.get("test")
    if test is None or settings.folds is not None:
        rest, away = draw_test(label, group, by_class, settings, rng)
        test = _choose_places(train, away)
        train, label, group = train.replace(places=rest), label[rest], None if group is None else group[rest]
    if "validation" in whole:
        return train, whole["validation"], test
    rest, away = draw(label, group, settings.validation, by_class, rng)
    if not len(rest):
        raise TrainingFailed(f"{settings.data} has no examples left to train on", "hold back less", 2)
    return train.replace(places=train.places[rest]), _choose_places(train, away), test


def _choose_places(part: Part, which: Array) -> Part | None:
    return part.replace(places=part.places[which]) if len(which) else None


def draw_test(
    labels: Array, groups: Array | None, by_class: bool, settings: TrainSettings, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Two sets of indices, the rest and those to test with: a fold, or a share."""
    if settings.folds is not None:
        return draw_fold(labels, groups, by_class, settings, rng)
    return draw(labels, groups, settings.test, by_class, rng)


def draw(
    labels: Array, groups: Array | None, share: float, by_class: bool, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Two sets of indices, the rest and those held back, of whole groups where there are some."""
    return (
        draw_share(labels, share, by_class, rng)
        if groups is None
        else draw_groups(groups, labels, share, by_class, rng)
    )


def draw_share(labels: Array, share: float, by_class: bool, rng: np.random.Generator) -> tuple[Array, Array]:
    """Two sets of indices, the rest and those held back: a share of every class, or of the whole, rounded; both in order."""
    import numpy as np

    groups = [np.flatnonzero(labels == c) for c in np.unique(labels)] if by_class else [np.arange(len(labels))]
    held = np.concatenate([rng.permutation(group)[: round(share * len(group))] for group in groups])
    kept = np.ones(len(labels), bool)
    kept[held] = False
    return np.flatnonzero(kept), np.sort(held)


def draw_groups(
    groups: Array, labels: Array, share: float, by_class: bool, rng: np.random.Generator
) -> tuple[Array, Array]:
    """The same of whole groups: a share of the groups of every class, of the whole where a class has too few for that."""
    import numpy as np

    names, member = np.unique(groups, return_inverse=True)
    classes = np.zeros(len(names), np.int64)
    if by_class:
        known, of_class = np.unique(labels, return_inverse=True)
        counts = np.zeros((len(names), len(known)), np.int64)
        np.add.at(counts, (member, of_class), 1)
        classes = counts.argmax(axis=1)
        by_class = all(round(share * n) for n in np.bincount(classes) if n)
    _, away = draw_share(classes, share, by_class, rng)
    held = np.isin(member, away)
    return np.flatnonzero(~held), np.flatnonzero(held)


# ---- what is said of groups --------------------------------------------------------------------------------
def check_apart(groups: Mapping[str, Array], settings: TrainSettings) -> None:
    """Raises TrainingFailed for data whose own parts share a group."""
    import numpy as np

    parts = [*groups]
    for number, part in enumerate(parts):
        for other in parts[:number]:
            shared = np.intersect1d(groups[part], groups[other])
            if len(shared):
                named = list_some([str(name) for name in shared])
                message = f"{settings.group} of {settings.data} has groups in two parts, to {PURPOSES[other]} and to {PURPOSES[part]} with: {named}"
                raise TrainingFailed(message, "bring each group into one part", 2)


def note_groups(groups: Mapping[str, Array], settings: TrainSettings) -> list[str]:
    """Notes on how many groups each part has."""
    import numpy as np

    if not groups:
        return []
    counts = {part: len(np.unique(names)) for part, names in groups.items()}
    said = join_words([f"{counts[part]:,} to {verb}" for part, verb in PURPOSES.items() if part in counts])
    whole = count_nouns(sum(counts.values()), "group")
    named = settings.group is not None  # else they are given in Python, without a name
    notes = [f"{f'{settings.group} of ' * named}{settings.data} has {whole}, none in two parts: {said}"]
    for part, share in (("validation", settings.validation), ("test", settings.test)):
        if share and part not in counts:
            notes.append(
                f"{settings.data} has too few groups{f' of {settings.group}' * named} to hold back {share:g} to {PURPOSES[part]} with"
            )
    return notes
