"""A trained model from whatever holds it: the folder of a run, a .keras file, or a file for another runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.train.errors import TrainingFailed
from cnnspec.train.evaluation.exported import is_exported, open_exported
from cnnspec.train.evaluation.trained import open_trained

if TYPE_CHECKING:
    from cnnspec.train.evaluation.trained import Trained


def open_model(path: str, backend: str | None, last: bool = False) -> tuple[Trained, Any]:
    """The model with what is known of it, and Keras; None in its place where another runtime computes the model. Raises
    TrainingFailed and MissingExtra."""
    if not is_exported(path):
        return open_trained(path, backend, last)
    trained = open_exported(path)
    if backend is not None:
        message = f"--backend chooses what Keras computes with, and {path} is computed by {trained.saved.engine}"
        raise TrainingFailed(message, "leave it out", 2)
    return trained, None
