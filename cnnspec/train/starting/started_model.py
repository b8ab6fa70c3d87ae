"""The Keras model of a plan, with the weights of its start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.export import ExportFailed
from cnnspec.compile.keras_model import to_keras
from cnnspec.compile.trained_models import load_model
from cnnspec.model_files import ModelRefused, give_paired_weights
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.starting.applications import open_application
from cnnspec.train.starting.model_start import IMAGENET, make_start

if TYPE_CHECKING:
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.starting.model_start import ModelStart


def build_model(plan: TrainingPlan, keras: Any, begins: bool) -> tuple[TrainingPlan, Any]:
    """The plan, its start known, and the model; where the training `begins` with the weights of the start. Raises TrainingFailed."""
    graph, settings, start = plan.graph, plan.settings, plan.start
    model = to_keras(graph)
    if not begins or settings.start is None:
        return plan, model
    if settings.start == IMAGENET:
        name, theirs, source = open_application(graph, settings, keras)
        start = make_start(graph, theirs, settings, name)
    else:
        assert start is not None
        source = _load_start(start, keras)
    assert start.match is not None and start.graph is not None
    try:
        give_paired_weights(graph, model, start.graph, source, start.match.pairs)
    except ModelRefused as error:
        raise TrainingFailed(f"start: {error}", "", 2) from None
    return plan.replace(start=start), model


def _load_start(start: ModelStart, keras: Any) -> Any:
    try:
        return load_model(start.file, keras)
    except ExportFailed as error:
        raise TrainingFailed(f"start: {error}", "", 2) from None
