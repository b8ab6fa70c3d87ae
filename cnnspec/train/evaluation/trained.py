"""A model that was trained before, from the folder of a run or from its file, with all that is known about it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.backend import BACKENDS, MissingExtra, choose_backend, import_keras
from cnnspec.compile.trained_models import model_of
from cnnspec.train.data.ranges import SHARES, find_pixel_range
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.evaluation.saved import Saved, open_saved
from cnnspec.train.runs.folder import read_record
from cnnspec.train.settings import TrainSettings

if TYPE_CHECKING:
    from collections.abc import Mapping


class Trained(Record):
    """`settings` are those of the run as far as they say what is measured; of a model's file alone, the loss and
    the defaults, without data. `names` are those of the classes, `shape` an example as the network took it, `targets` as
    `data_fit.Fit.targets`, `fingerprint` that of the data, `values` the least and the highest of its examples. None and "" where
    nothing is known."""

    saved: Saved
    settings: TrainSettings
    names: tuple[str, ...] | None = None
    shape: tuple[int, ...] | None = None
    targets: str | None = None
    fingerprint: str = ""
    data: str = ""  # as the run was given it
    values: tuple[float, float] | None = None

    @property
    def pixel_range(self) -> tuple[float, float]:
        """The values of black and white for the model. Raises TrainingFailed where its examples were no pixels."""
        if self.values is None:
            return SHARES
        found = find_pixel_range(*self.values)
        if found is None:
            message = f"{self.saved.path} was trained on values from {self.values[0]:g} to {self.values[1]:g}, which are no known range of pixels"
            raise TrainingFailed(message, "say with --range what black and white become", 2)
        return found

    @property
    def is_run(self) -> bool:
        return bool(self.data)


def open_trained(path: str, backend: str | None, last: bool = False) -> tuple[Trained, Any]:
    """A run's best (or last) model or a .keras file, and Keras, on the backend that is asked for, else on that of the
    run where it is installed. Raises TrainingFailed and MissingExtra."""
    if not os.path.lexists(os.path.join(path, "run.json")):
        keras = _import_keras_for(backend)
        saved = open_saved(path, keras)
        return Trained(saved, TrainSettings(loss=saved.loss)), keras
    record = read_record(path)
    try:
        file = model_of(path, last)
    except OSError as error:
        raise TrainingFailed(f"{error.filename} is not read: {error.strerror}", "", 2) from None
    if file is None:
        raise TrainingFailed(f"{path} has no model yet", f"train it: cnnspec resume {path}", 2)
    keras = _import_keras_for(backend, record["backend"])
    return _make_trained(record, open_saved(file, keras)), keras


def _import_keras_for(asked: str | None, own: Any = None) -> Any:
    if asked is None and own in BACKENDS and "keras" not in sys.modules and not os.environ.get("KERAS_BACKEND"):
        try:
            asked = choose_backend(own)
        except MissingExtra:
            asked = None
    try:
        return import_keras(asked)
    except (RuntimeError, ValueError) as error:
        raise TrainingFailed(str(error), "", 2) from None


def _make_trained(record: Mapping[str, Any], saved: Saved) -> Trained:
    data, given = record["data"], record["settings"]
    by_default = given.get("loss") is None
    settings = TrainSettings(
        data=data["given"], folder=data["folder"], loss=None if by_default else saved.loss,
        # that targets were shares of every class: how they were smoothed or mixed is no matter of what is held back
        label_smoothing=0.5 if by_default and data["targets"] == "one-hot" else 0.0,
        **{name: given[name] for name in ("batch", "seed", "validation", "test")},
    )  # fmt: skip
    return Trained(
        saved, settings, names=None if data["classes"] is None else tuple(data["classes"]), shape=tuple(data["shape"]),
        targets=data["targets"], fingerprint=data["fingerprint"], data=data["given"],
        values=tuple(data["values"]) if "values" in data else None,
    )  # fmt: skip
