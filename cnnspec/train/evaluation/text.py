"""An evaluation as text: the figures, every class, and which classes are taken for which."""

from __future__ import annotations

from cnnspec.base.join_words import join_words
from cnnspec.base.percent import percent
from cnnspec.base.source import brief
from cnnspec.layers.base import show_shape
from cnnspec.tables.page import Page, Table
from cnnspec.train.evaluation.scores import rank_confusions
from cnnspec.train.figures import LOSS
from cnnspec.train.progress import format_figure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.train.evaluation.evaluate import Evaluation, Measured
    from cnnspec.train.evaluation.scores import Score, Scores

MOST = 20  # classes of which all are shown on a terminal
SPARE = ("support", "precision", "recall", "IoU")  # columns that a narrow terminal leaves out first
WORST = 10  # confusions that are shown where there are more
SHARES = {"top_5_accuracy": "top-5 accuracy", "exact_match": "all labels right"}
PLAIN = {"mean_iou": "mean IoU", "mean_dice": "mean Dice", "mse": "MSE", "rmse": "RMSE", "mae": "MAE", "r2": "R²"}
UNDEFINED = "- is undefined: a class that was never predicted has no precision, one that never occurs no recall; averages take it as 0, and leave out a class with neither"


def write_text(found: Evaluation, width: int | None = None) -> str:
    """The lines for a person to read; each of several outputs below a heading."""
    page = Page(width)
    page.add_text(write_headline(found), hanging=4)
    if found.tile is not None:
        page.add_text(write_tiles(found), hanging=4)
    for name, measured in found.outputs.items():
        if len(found.outputs) > 1:
            page.add_text()
            page.add_text(write_output_line(name, found), hanging=4)
        if measured.scores is not None:
            _add_scores(page, measured.scores)
    return page.write(also="as does --format json")


def _add_scores(page: Page, scores: Scores) -> None:
    if scores.classes:
        shown = choose_classes(scores)
        page.add_text()
        page.add_table(make_class_table(shown, scores))
        if len(shown) < len(scores.classes):
            page.add_text(f"the {MOST} lowest F1 of {len(scores.classes):,} classes; --format json has all")
        if any(None in (s.precision, s.recall) for s in shown):
            page.add_text(UNDEFINED, hanging=2)
    if scores.confusions is not None:
        page.add_text()
        matrix = make_matrix_table(scores)
        if matrix is not None and page.has_room(matrix):
            page.add_table(matrix)
        else:
            page.add_texts(write_worst(scores), hanging=4)
            page.add_texts(["(there is no room for the matrix here; --format json has it)"] * (matrix is not None))


def write_headline(found: Evaluation) -> str:
    """The figures in one line, in the words of the last line of a training; of several outputs the loss of the whole."""
    noun = "" if found.split == "all" else f"{found.split} "
    if len(found.outputs) > 1:
        loss = f"loss {format_figure(found.figures[LOSS])} " if LOSS in found.figures else ""
        return f"{noun}{loss}({found.part})"
    (measured,) = found.outputs.values()
    shown = _write_figures(measured) or "nothing to measure: the model was not compiled"
    return f"{noun}{shown} ({found.part}{_write_places(measured, found.examples)})"


def write_tiles(found: Evaluation) -> str:
    """What was counted on whole images, and what was not."""
    own = {name for one in found.outputs.values() if one.scores is not None for name in one.scores.figures}
    other = [name for name in found.figures if name not in own]
    what = (
        "all else is that"
        if len(found.outputs) > 1
        else join_words(other) + (" is that" if len(other) == 1 else " are those")
    )
    middle = f"; {what} of the window in the middle of each" if other else ""
    return f"whole images were counted, in tiles of {show_shape(found.tile or ())} that overlap by a quarter{middle}"


def write_output_line(name: str, found: Evaluation) -> str:
    """The name and the figures of one of several outputs."""
    measured = found.outputs[name]
    return f"{name}: {_write_figures(measured) or 'nothing to measure'}{_write_places(measured, found.examples)}"


def _write_figures(measured: Measured) -> str:
    own = {} if measured.scores is None else measured.scores.figures
    shown = [f"accuracy {percent(own['accuracy'])}"] if "accuracy" in own else []
    shown += [f"{n} {format_figure(_to_array(value))}" for n, value in measured.figures.items() if n not in own]
    shares = {name: own[name] for name in SHARES if name in own}
    shown += [f"{SHARES[name]} {'-' if share is None else percent(share)}" for name, share in shares.items()]
    shown += [f"{PLAIN[name]} {_show_share(own[name])}" for name in PLAIN if name in own]
    return ", ".join(shown)


def _write_places(measured: Measured, examples: int) -> str:
    """How many places of maps were counted."""
    scores = measured.scores
    if scores is None or scores.count == examples:
        return ""
    return f", {scores.count:,} place{'s' * (scores.count != 1)}"


def _to_array(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    import numpy as np

    return np.asarray(value)


def _show_share(value: float | None) -> str:
    return "-" if value is None else format_figure(value)


def sort_worst_first(classes: Sequence[Score]) -> list[Score]:
    """Classes by F1, the lowest first; those that never occur come last."""
    return sorted(classes, key=lambda s: (s.f1 is None, s.f1 or 0.0))


def choose_classes(scores: Scores) -> Sequence[Score]:
    """The classes that are shown: all, or those with the lowest F1 of many."""
    return sort_worst_first(scores.classes)[:MOST] if len(scores.classes) > MOST else scores.classes


def make_class_table(shown: Sequence[Score], scores: Scores) -> Table:
    """A row for each class, and the averages."""
    maps = any(s.iou is not None for s in scores.classes)
    rows = []
    for score in (*shown, *scores.averages):
        values = [score.precision, score.recall, score.f1, *[score.iou] * maps]
        rows.append([brief(score.name, 40), *[_show_share(v) for v in values], f"{score.support:,}"])
    headings = ("class", "precision", "recall", "F1 (Dice)" if maps else "F1", *["IoU"] * maps, "support")
    return Table(headings, rows, range(1, len(headings)), SPARE, totals=len(scores.averages))


def make_matrix_table(scores: Scores) -> Table | None:
    """A row for each class, a column for each that it was taken for; . for none. None where there are too many."""
    assert scores.confusions is not None
    if len(scores.classes) > MOST:
        return None
    names = [brief(score.name, 16) for score in scores.classes]
    heads = names if sum(map(len, names)) + 2 * len(names) <= 60 else [str(n + 1) for n in range(len(names))]
    rows = []
    for true, name in enumerate(names):
        label = name if heads is names else f"{true + 1:>{len(heads[-1])}}  {name}"
        counts = [scores.confusions[true, found] for found in range(len(names))]
        rows.append([label, *[f"{n:,}" if n else "." for n in counts]])
    return Table(("true \\ predicted", *heads), rows, range(1, len(names) + 1), ruled=False)


def write_worst(scores: Scores) -> list[str]:
    """The most frequent confusions, a line each."""
    wrong = rank_confusions(scores)
    lines = [f"{true} taken for {found}, {n:,} {'time' if n == 1 else 'times'}" for true, found, n in wrong[:WORST]]
    return lines + ([f"and {len(wrong) - WORST:,} confusions more"] if len(wrong) > WORST else [])
