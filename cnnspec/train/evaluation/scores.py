"""The scores of a model, counted batch by batch: only counts and sums are kept.

The figures are those of scikit-learn (a test compares them): precision, recall and F1 of every class, their averages,
the confusions; for quantities the errors and R². What is undefined, such as the precision of a class that was never
predicted, is None, and counts as 0 in an average. Maps of classes are counted position by position, and have the
intersection over union besides; their F1 is Dice's coefficient.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from cnnspec.train.evaluation.head import Head

    Array = np.ndarray[Any, Any]

TOP = 5  # the right class among so many is worth a figure where there are more than MANY
MANY = 10


class Score(Record):
    """The scores of one class, or an average over classes. `support` is the number of its examples; `iou` is for maps alone."""

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    iou: float | None = None


class Scores(Record):
    """`figures` by name ("accuracy", "r2", …), a share from 0 to 1 where it is one; `confusions` counts (class,
    predicted as), right answers included, None where classes do not exclude each other."""

    count: int  # of what was scored: examples, or the positions of maps
    figures: dict[str, float | None]
    classes: tuple[Score, ...] = ()
    averages: tuple[Score, ...] = ()
    confusions: Counter[tuple[int, int]] | None = None


def rank_confusions(scores: Scores) -> list[tuple[str, str, int]]:
    """(class, taken for, how often), the most frequent first."""
    assert scores.confusions is not None
    wrong = [(true, found, n) for (true, found), n in scores.confusions.items() if true != found]
    names = [score.name for score in scores.classes]
    return [(names[t], names[f], n) for t, f, n in sorted(wrong, key=lambda w: (-w[2], w[0], w[1]))]


def make_matrix(scores: Scores) -> list[list[int]]:
    """The confusions as a matrix: a row a class, a column a class that it was taken for."""
    assert scores.confusions is not None
    every = range(len(scores.classes))
    return [[scores.confusions[true, found] for found in every] for true in every]


class Tally:
    """Counts the batches of a data set, and makes scores of the counts."""

    def add(self, targets: Array, outputs: Array) -> None:
        """Count some examples, given their targets as the loss takes them and the model's outputs."""
        raise NotImplementedError

    def scores(self) -> Scores:
        raise NotImplementedError


def make_tally(head: Head, units: int, names: Sequence[str] | None, maps: bool) -> Tally | None:
    """The tally for a head with so many outputs; None where there is nothing to count.

    `maps` says that there is an answer for every position, not one for every example.
    """
    if head.kind == "classes":
        return Classes(name_classes(names, units), maps)
    if head.kind == "binary":
        return Classes(name_classes(names, 2), maps, head.threshold)
    if head.kind == "labels":
        return Labels(name_classes(names, units), head.threshold)
    return Quantities() if head.kind == "quantities" else None


def name_classes(given: Sequence[str] | None, count: int) -> list[str]:
    """A name for every class; those that have none are called by their number."""
    return [given[i] if given is not None and i < len(given) else str(i) for i in range(count)]


# ---- classes that exclude each other -----------------------------------------------------------------------
class Classes(Tally):
    """One class for each example or position. With a threshold, one output stands for two classes."""

    def __init__(self, names: list[str], maps: bool, threshold: float | None = None) -> None:
        self.names, self.maps, self.threshold = names, maps, threshold
        self.confusions: Counter[tuple[int, int]] = Counter()
        self.among = 0

    def add(self, targets: Array, outputs: Array) -> None:
        import numpy as np

        count = len(self.names)
        if self.threshold is not None:
            true, found = (targets.reshape(-1) > 0).astype(int), (outputs.reshape(-1) > self.threshold).astype(int)
        else:
            outputs = outputs.reshape(-1, count)
            one_hot = targets.ndim > 1 and targets.dtype.kind == "f" and targets.size == outputs.size
            true = targets.reshape(-1, count).argmax(axis=1) if one_hot else targets.reshape(-1).astype(int)
            if not one_hot and (true >= count).any():  # what the loss ignores
                outputs, true = outputs[true < count], true[true < count]
            found = outputs.argmax(axis=1)
            if count > MANY:
                better = (outputs > np.take_along_axis(outputs, true[:, None], 1)).sum(axis=1)
                self.among += int((better < TOP).sum())
        pairs, counts = np.unique(true.astype(np.int64) * count + found, return_counts=True)
        for pair, number in zip(pairs.tolist(), counts.tolist(), strict=True):
            self.confusions[divmod(pair, count)] += number

    def scores(self) -> Scores:
        count = len(self.names)
        right, support, predicted = [0] * count, [0] * count, [0] * count
        for (true, found), number in self.confusions.items():
            support[true] += number
            predicted[found] += number
            right[true] += number * (true == found)
        total = sum(support)
        classes = [
            _make_score(name, right[i], predicted[i], support[i], self.maps) for i, name in enumerate(self.names)
        ]
        figures = {"accuracy": divide(sum(right), total)}
        if count > MANY:
            figures["top_5_accuracy"] = divide(self.among, total)
        if self.maps:
            ious = [score.iou for score in classes if score.iou is not None]
            figures["mean_iou"] = divide(sum(ious), len(ious))
            dice = [score.f1 for score in classes if score.f1 is not None]
            figures["mean_dice"] = divide(sum(dice), len(dice))
        return Scores(total, figures, tuple(classes), _make_averages(classes), self.confusions)


def divide(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _make_score(name: str, right: int, predicted: int, support: int, maps: bool = False) -> Score:
    together = predicted + support
    iou = divide(right, together - right) if maps else None
    return Score(name, divide(right, predicted), divide(right, support), divide(2 * right, together), support, iou)


def _make_averages(classes: Sequence[Score]) -> tuple[Score, ...]:
    """Averages over the classes that occur or were predicted: the plain mean, and the mean weighted by support."""
    met = [score for score in classes if score.f1 is not None]
    total = sum(score.support for score in met)
    if not total:
        return ()
    macro = _average_scores("macro average", met, [1] * len(met), total)
    return macro, _average_scores("weighted average", met, [score.support for score in met], total)


def _average_scores(name: str, scores: Sequence[Score], weights: Sequence[int], support: int) -> Score:
    def of(values: list[float | None]) -> float:
        return sum((v or 0.0) * w for v, w in zip(values, weights, strict=True)) / sum(weights)

    iou = None if scores[0].iou is None else of([s.iou for s in scores])
    return Score(name, of([s.precision for s in scores]), of([s.recall for s in scores]), of([s.f1 for s in scores]), support, iou)  # fmt: skip


# ---- labels that do not --------------------------------------------------------------------------------------
class Labels(Tally):
    """Any number of labels for each example or position."""

    def __init__(self, names: list[str], threshold: float) -> None:
        self.names, self.threshold = names, threshold
        self.right: Any = 0
        self.predicted: Any = 0
        self.support: Any = 0
        self.rows = self.exact = self.agreed = 0

    def add(self, targets: Array, outputs: Array) -> None:
        true = targets.reshape(-1, len(self.names)) > 0
        found = outputs.reshape(-1, len(self.names)) > self.threshold
        self.right = self.right + (true & found).sum(axis=0)
        self.predicted = self.predicted + found.sum(axis=0)
        self.support = self.support + true.sum(axis=0)
        self.rows += len(true)
        self.exact += int((true == found).all(axis=1).sum())
        self.agreed += int((true == found).sum())

    def scores(self) -> Scores:
        counts = [self.right.tolist(), self.predicted.tolist(), self.support.tolist()]
        classes = [_make_score(name, *three) for name, *three in zip(self.names, *counts, strict=True)]
        micro = _make_score("micro average", *[sum(column) for column in counts])
        figures = {
            "accuracy": divide(self.agreed, self.rows * len(self.names)),
            "exact_match": divide(self.exact, self.rows),
        }
        return Scores(self.rows, figures, tuple(classes), (micro, *_make_averages(classes)))


# ---- quantities ----------------------------------------------------------------------------------------------
class Quantities(Tally):
    """Numbers. R² is the mean over a target's columns, each with its own mean and spread."""

    def __init__(self) -> None:
        self.rows = 0
        self.mean: Any = 0.0
        self.spread: Any = 0.0  # squared distances from the mean
        self.squared: Any = 0.0
        self.absolute: Any = 0.0

    def add(self, targets: Array, outputs: Array) -> None:
        import numpy as np

        columns = outputs.shape[-1] if outputs.ndim > 1 else 1
        true = targets.reshape(-1, columns).astype(np.float64)
        away = outputs.reshape(-1, columns).astype(np.float64) - true
        # Chan, Golub and LeVeque 1979: two means and spreads as one, without the cancellation of a sum of squares
        rows, mean = len(true), true.mean(axis=0)
        shift, total = mean - self.mean, self.rows + rows
        self.spread = self.spread + ((true - mean) ** 2).sum(axis=0) + shift**2 * (self.rows * rows / total)
        self.mean = self.mean + shift * (rows / total)
        self.rows = total
        self.squared = self.squared + (away**2).sum(axis=0)
        self.absolute = self.absolute + np.abs(away).sum(axis=0)

    def scores(self) -> Scores:
        mse, mae = float(self.squared.mean()) / self.rows, float(self.absolute.mean()) / self.rows
        known = bool((self.spread > 0).all())
        r2 = float((1 - self.squared / self.spread).mean()) if known else None
        return Scores(self.rows, {"mse": mse, "rmse": mse**0.5, "mae": mae, "r2": r2})
