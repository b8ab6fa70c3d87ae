"""What was trained before, from the folder of a run or from a model's file, with what is known about it."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from cnnspec.compile.backend import BACKENDS, MissingExtra, choose_backend, import_keras
from cnnspec.record import Record
from cnnspec.train.match import TrainingFailed
from cnnspec.train.saved import Saved, open_saved
from cnnspec.train.settings import TrainSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

BEST, LAST = "best.keras", "last.keras"  # the models in a run's folder


class Trained(Record):
    """`settings` are those of the run as far as they say what is measured; of a model's file alone, the loss and
    the defaults, without data. `names` are those of the classes, `shape` an example as the network took it, `targets` as
    `match.Fit.targets`, `fingerprint` that of the data. None and "" where nothing is known."""

    saved: Saved
    settings: TrainSettings
    names: tuple[str, ...] | None = None
    shape: tuple[int, ...] | None = None
    targets: str | None = None
    fingerprint: str = ""
    data: str = ""  # as the run was given it

    @property
    def is_run(self) -> bool:
        return bool(self.data)


def open_trained(path: str, backend: str | None, last: bool = False) -> tuple[Trained, Any]:
    """A run's best (or last) model or a .keras file, and Keras, on the backend that is asked for, else on that of the
    run where it is installed. Raises TrainingFailed and MissingExtra."""
    account = _account(path)
    file = path if account is None else _model(path, last)
    if account is None:
        keras = _on(backend)
        saved = open_saved(file, keras)
        return Trained(saved, TrainSettings(loss=saved.loss)), keras
    keras = _on(backend, account.get("backend"))
    return _of_run(path, account, open_saved(file, keras)), keras


def _account(path: str) -> Mapping[str, Any] | None:
    """What a run folder says of its training; None for what is none."""
    at = os.path.join(path, "run.json")
    if not os.path.isfile(at):
        return None
    try:
        with open(at, encoding="utf-8") as file:
            said = json.load(file)
    except OSError as error:
        raise TrainingFailed(f"{at} cannot be read: {error.strerror or error}", "", 2) from None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise TrainingFailed(f"{at} is damaged: it is no JSON of a run", "", 2)
    return said


def _model(path: str, last: bool) -> str:
    for name in (LAST, BEST) if last else (BEST, LAST):
        if os.path.isfile(os.path.join(path, name)):
            return os.path.join(path, name)
    raise TrainingFailed(f"{path} has no model yet", f"train it: cnnspec resume {path}", 2)


def _on(asked: str | None, own: Any = None) -> Any:
    if asked is None and own in BACKENDS and "keras" not in sys.modules and not os.environ.get("KERAS_BACKEND"):
        try:
            asked = choose_backend(own)
        except MissingExtra:
            asked = None
    try:
        return import_keras(asked)
    except (RuntimeError, ValueError) as error:
        raise TrainingFailed(str(error), "", 2) from None


def _of_run(path: str, account: Mapping[str, Any], saved: Saved) -> Trained:
    try:
        data, given = account["data"], account["settings"]
        by_default = given.get("loss") is None and data.get("targets") != "one-hot"  # which smoothed labels are
        settings = TrainSettings(
            data=data["given"], folder=data.get("folder") or "", loss=None if by_default else saved.loss,
            batch=int(given["batch"]), seed=int(given["seed"]),
            validation=float(given["validation"]), test=float(given["test"]),
        )  # fmt: skip
        names, shape = data.get("classes"), data.get("shape")
        return Trained(
            saved, settings,
            names=None if names is None else tuple([str(n) for n in names]),
            shape=None if shape is None else tuple([int(n) for n in shape]),
            targets=data.get("targets"), fingerprint=str(data.get("fingerprint") or ""), data=str(data["given"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TrainingFailed(f"{path}/run.json is damaged: {type(error).__name__} {error}", "", 2) from None
