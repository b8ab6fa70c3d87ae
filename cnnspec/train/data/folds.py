"""The folds of a cross-validation: which part of the data each example belongs to, drawn with the seed.

Each is in one fold. Folds have as many examples of every class, but for one; of groups, none stands in two folds, and each
goes where its classes are rarest, the largest first (as scikit-learn's StratifiedKFold and StratifiedGroupKFold).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.join_words import list_some
from cnnspec.base.source import printable
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


def draw_fold(
    labels: Array, groups: Array | None, by_class: bool, settings: TrainSettings, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Two sets of indices, the rest and those of the fold that the settings name, else of the first. Raises TrainingFailed where there
    are more folds than examples or groups."""
    import numpy as np

    assert settings.folds is not None
    fold = (settings.fold or 1) - 1
    count = len(labels) if groups is None else len(np.unique(groups))
    if count < settings.folds:
        noun = "example" if groups is None else "group"
        of = " to train on" if groups is None else f" of {settings.group}" if settings.group is not None else ""
        message = f"{settings.data} has {count_nouns(count, noun)}{of}, too few for {settings.folds} folds"
        raise TrainingFailed(message, "take fewer folds", 2, settings.span("folds"))
    classes = labels if by_class else np.zeros(len(labels), np.int64)
    number = (
        deal_examples(classes, settings.folds, rng)
        if groups is None
        else deal_groups(groups, classes, settings.folds, rng)
    )
    return np.flatnonzero(number != fold), np.flatnonzero(number == fold)


def deal_examples(classes: Array, folds: int, rng: np.random.Generator) -> Array:
    """The fold of each example, from 0: those of a class are dealt out one by one, on from where the last one ended."""
    import numpy as np

    dealt = np.concatenate([rng.permutation(np.flatnonzero(classes == c)) for c in np.unique(classes)])
    number = np.empty(len(classes), np.int64)
    number[dealt] = np.arange(len(dealt)) % folds
    return number


def deal_groups(groups: Array, classes: Array, folds: int, rng: np.random.Generator) -> Array:
    """The fold of each example, from 0, the same for all of a group: the one that has the least of its classes, measured by
    their shares, then the fewest examples."""
    import numpy as np

    names, member = np.unique(groups, return_inverse=True)
    known, of_class = np.unique(classes, return_inverse=True)
    counts = np.zeros((len(names), len(known)), np.int64)
    np.add.at(counts, (member, of_class), 1)
    shares = counts / counts.sum(axis=0)
    shuffled = rng.permutation(len(names))
    held, sizes = np.zeros((folds, len(known))), np.zeros(folds)
    number = np.empty(len(names), np.int64)
    for group in shuffled[np.argsort(-counts[shuffled].sum(axis=1), kind="stable")]:
        number[group] = fold = np.lexsort((sizes, held @ shares[group]))[0]
        held[fold] += shares[group]
        sizes[fold] += counts[group].sum()
    return np.asarray(number[member])


def note_rare_classes(labels: Array, names: tuple[str, ...] | None, settings: TrainSettings) -> list[str]:
    """A note on classes of which not every fold has an example."""
    import numpy as np

    known, counts = np.unique(labels, return_counts=True)
    rare = [
        f"{printable(names[label]) if names else label} ({count})"
        for label, count in zip(known.tolist(), counts.tolist(), strict=True)
        if count < (settings.folds or 0)
    ]
    if not rare:
        return []
    what = "class has" if len(rare) == 1 else "classes have"
    return [
        f"{len(rare):,} {what} too few examples for {settings.folds} folds, some of which test none: {list_some(rare)}"
    ]
