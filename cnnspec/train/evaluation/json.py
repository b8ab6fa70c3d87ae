"""An evaluation as JSON: everything; shares from 0 to 1, null for what is undefined."""

from __future__ import annotations

from cnnspec.train.evaluation.scores import make_matrix, rank_confusions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.train.evaluation.evaluate import Evaluation
    from cnnspec.train.evaluation.scores import Score, Scores

SCHEMA_VERSION = 1
LARGEST = 1000  # classes up to which the matrix of confusions is written


def write_data(found: Evaluation) -> dict[str, Any]:
    about = {
        "schema_version": SCHEMA_VERSION, "model": found.model, "data": found.data, "split": found.split,
        "examples": found.examples, **({} if found.tile is None else {"tile": list(found.tile)}),
    }  # fmt: skip
    if len(found.outputs) == 1:
        return about | {"kind": found.kind, "compiled": found.figures} | _write_scores(found.scores)
    outputs = {name: {"kind": one.kind} | _write_scores(one.scores) for name, one in found.outputs.items()}
    return about | {"compiled": found.figures, "outputs": outputs}


def _write_scores(scores: Scores | None) -> dict[str, Any]:
    if scores is None:
        return {}
    data: dict[str, Any] = {"counted": scores.count, **scores.figures}
    if scores.classes:
        data["classes"] = [_write_score(score) for score in scores.classes]
        data["averages"] = {score.name.split()[0]: _write_score(score) for score in scores.averages}
    if scores.confusions is not None:
        data["confusion"] = make_matrix(scores) if len(scores.classes) <= LARGEST else None
        ranked = rank_confusions(scores)
        data["confusions"] = [{"class": true, "taken_for": taken, "times": times} for true, taken, times in ranked]
    return data


def _write_score(score: Score) -> dict[str, Any]:
    values = {name: getattr(score, name) for name in score._fields}
    return values if score.iou is not None else {name: v for name, v in values.items() if name != "iou"}
