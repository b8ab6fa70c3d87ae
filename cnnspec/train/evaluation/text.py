"""An evaluation as text and JSON: the figures, every class, and which are taken for which."""

from __future__ import annotations

from cnnspec.base.percent import percent
from cnnspec.base.source import brief, printable
from cnnspec.tables.layout import lay_out
from cnnspec.train.progress import format_figure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.train.evaluation.evaluate import Evaluation
    from cnnspec.train.evaluation.scores import Score, Scores

SCHEMA_VERSION = 1
MOST = 20  # classes of which all are shown on a terminal
WORST = 10  # confusions that are told where there are more
LARGEST = 1000  # classes up to which JSON holds the matrix
SHARES = {"top_5_accuracy": "top-5 accuracy", "exact_match": "all labels right"}
PLAIN = {"mean_iou": "mean IoU", "mse": "MSE", "rmse": "RMSE", "mae": "MAE", "r2": "R²"}
UNDEFINED = "- is undefined: a class that was never predicted has no precision, one that never occurs no recall; averages take it as 0, and leave out a class with neither"


# ---- text --------------------------------------------------------------------------------------------------
def text(found: Evaluation) -> str:
    """What a person reads."""
    lines = [headline(found)]
    scores = found.scores
    if scores is not None and scores.classes:
        shown = worst_first(scores.classes)[:MOST] if len(scores.classes) > MOST else scores.classes
        lines += ["", *_classes(shown, scores)]
        if len(shown) < len(scores.classes):
            lines.append(f"the {MOST} lowest F1 of {len(scores.classes):,} classes; --format json has all")
        if any(None in (s.precision, s.recall) for s in shown):
            lines.append(UNDEFINED)
    if scores is not None and scores.confusions is not None:
        lines += ["", *(_matrix(scores) if len(scores.classes) <= MOST else _worst(scores))]
    return "\n".join([printable(line.rstrip()) for line in lines]) + "\n"


def headline(found: Evaluation) -> str:
    """The figures in one line, in the words of a training's last one."""
    own = {} if found.scores is None else found.scores.figures
    shown = [f"accuracy {percent(own['accuracy'])}"] if "accuracy" in own else []
    shown += [f"{name} {format_figure(_array(value))}" for name, value in found.figures.items() if name not in own]
    shares = {name: own[name] for name in SHARES if name in own}
    shown += [f"{SHARES[name]} {'-' if share is None else percent(share)}" for name, share in shares.items()]
    shown += [f"{PLAIN[name]} {_share(own[name])}" for name in PLAIN if name in own]
    counted = "" if found.scores is None or found.scores.count == found.examples else f", {found.scores.count:,} places"
    noun = "" if found.split == "all" else f"{found.split} "
    return f"{noun}{', '.join(shown) or 'nothing to measure: the model was not compiled'} ({found.part}{counted})"


def _array(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    import numpy as np

    return np.asarray(value)


def _share(value: float | None) -> str:
    return "-" if value is None else format_figure(value)


def worst_first(classes: Sequence[Score]) -> list[Score]:
    """Classes by F1, those that never occur last."""
    return sorted(classes, key=lambda s: (s.f1 is None, s.f1 or 0.0))


def _classes(shown: Sequence[Score], scores: Scores) -> list[str]:
    maps = any(s.iou is not None for s in scores.classes)
    rows = [["class", "precision", "recall", "F1", *["IoU"] * maps, "support"]]
    for score in (*shown, *scores.averages):
        values = [score.precision, score.recall, score.f1, *[score.iou] * maps]
        rows.append([brief(score.name, 40), *[_share(v) for v in values], f"{score.support:,}"])
    lines = lay_out(rows, set(range(1, len(rows[0]))))
    return [*lines[: 2 + len(shown)], lines[1], *lines[2 + len(shown) :]]


def _matrix(scores: Scores) -> list[str]:
    """A row for each class, a column for each that it was taken for; . for none."""
    assert scores.confusions is not None
    names = [brief(score.name, 16) for score in scores.classes]
    heads = names if sum(map(len, names)) + 2 * len(names) <= 60 else [str(n + 1) for n in range(len(names))]
    rows = [["true \\ predicted", *heads]]
    for true, name in enumerate(names):
        label = name if heads is names else f"{true + 1:>{len(heads[-1])}}  {name}"
        counts = [scores.confusions[true, found] for found in range(len(names))]
        rows.append([label, *[f"{n:,}" if n else "." for n in counts]])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join([f"{c:>{w}}" if i else f"{c:{w}}" for i, (c, w) in enumerate(zip(row, widths, strict=True))])
        for row in rows
    ]
    return [f" {line}" for line in lines]


def confused(scores: Scores) -> list[tuple[str, str, int]]:
    """(class, taken for, how often), the most frequent first."""
    assert scores.confusions is not None
    wrong = [(true, found, n) for (true, found), n in scores.confusions.items() if true != found]
    names = [score.name for score in scores.classes]
    return [(names[t], names[f], n) for t, f, n in sorted(wrong, key=lambda w: (-w[2], w[0], w[1]))]


def _worst(scores: Scores) -> list[str]:
    wrong = confused(scores)
    lines = [f"{true} taken for {found}, {n:,} {'time' if n == 1 else 'times'}" for true, found, n in wrong[:WORST]]
    return lines + ([f"and {len(wrong) - WORST:,} confusions more"] if len(wrong) > WORST else [])


# ---- JSON --------------------------------------------------------------------------------------------------
def json(found: Evaluation) -> dict[str, Any]:
    """Everything; shares from 0 to 1, None (null) for what is undefined."""
    data: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION, "model": found.model, "data": found.data, "split": found.split,
        "examples": found.examples, "kind": found.kind, "compiled": found.figures,
    }  # fmt: skip
    scores = found.scores
    if scores is None:
        return data
    data |= {"counted": scores.count, **scores.figures}
    if scores.classes:
        data["classes"] = [_score(score) for score in scores.classes]
        data["averages"] = {score.name.split()[0]: _score(score) for score in scores.averages}
    if scores.confusions is not None:
        matrix = dense(scores) if len(scores.classes) <= LARGEST else None
        data["confusion"] = matrix
        data["confusions"] = [{"class": t, "taken_for": f, "times": n} for t, f, n in confused(scores)]
    return data


def _score(score: Score) -> dict[str, Any]:
    values = {name: getattr(score, name) for name in score._fields}
    return values if score.iou is not None else {name: v for name, v in values.items() if name != "iou"}


def dense(scores: Scores) -> list[list[int]]:
    """The confusions as a matrix: a row a class, a column a class that it was taken for."""
    assert scores.confusions is not None
    every = range(len(scores.classes))
    return [[scores.confusions[true, found] for found in every] for true in every]
