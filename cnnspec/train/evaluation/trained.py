"""A model that was trained before, from the folder of a run or from its file, with all that is known about it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.base.shell_words import quote_path
from cnnspec.compile.backend import BACKENDS, MissingExtra, choose_backend, import_keras
from cnnspec.compile.trained_models import model_of
from cnnspec.facts.graph_queries import name_outputs
from cnnspec.train.data.examples import MaskMeaning
from cnnspec.train.data.ranges import SHARES, find_pixel_range
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.evaluation.head import find_head_behind, find_last_activation
from cnnspec.train.evaluation.saved import Saved, open_saved
from cnnspec.train.runs.folder import read_record
from cnnspec.train.runs.folds import refuse_folds
from cnnspec.train.settings import TrainSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnspec.layers.argument import Term
    from cnnspec.train.evaluation.head import Head


class TrainedInput(Record):
    """An input: `takes` is the shape of an example, None for a size that is open. Of a run, `shape` is that of its examples and
    `values` are their least and highest."""

    name: str
    takes: tuple[int | None, ...]
    shape: tuple[int, ...] | None = None
    values: tuple[float, float] | None = None


class TrainedOutput(Record):
    """An output that was trained: its number among the model's, from 0, the shape of what it `yields` for an example, None for a
    size that is open, the function that it has passed through `last` (`head.find_last_activation`), and its loss, None where that
    is not known. Of a run, `targets` is their form (`data_fit.match_targets`), `names` are those of the classes, and `masks` is what
    masks meant."""

    name: str
    number: int
    yields: tuple[int | None, ...]
    last: str
    loss: Term | None = None
    targets: str | None = None
    names: tuple[str, ...] | None = None
    masks: MaskMeaning | None = None

    def find_head(self, targets: str | None) -> Head:
        """What it means, where it is compared with targets of this form."""
        return find_head_behind(self.last, self.yields[-1] if self.yields else None, self.loss, targets)

    @property
    def says_yes_or_no(self) -> bool:
        """Whether it does to each of several labels that have names, which a saved end alone does not say."""
        return self.targets == "given" and self.names is not None


class Trained(Record):
    """`settings` are those of the run as far as they say what is measured; of a model's file alone, the losses and
    the defaults, without data. `fingerprint` is that of the data."""

    saved: Saved
    settings: TrainSettings
    inputs: tuple[TrainedInput, ...]
    outputs: tuple[TrainedOutput, ...]
    fingerprint: str = ""
    data: str = ""  # as the run was given it

    @property
    def input(self) -> TrainedInput:
        """The only input."""
        (only,) = self.inputs
        return only

    @property
    def output(self) -> TrainedOutput:
        """The only output."""
        (only,) = self.outputs
        return only

    @property
    def pixel_range(self) -> tuple[float, float]:
        """The values of black and white for the model. Raises TrainingFailed where its examples were no pixels."""
        values = self.input.values
        if values is None:
            return SHARES
        found = find_pixel_range(*values)
        if found is None:
            message = f"{self.saved.path} was trained on values from {values[0]:g} to {values[1]:g}, which are no known range of pixels"
            raise TrainingFailed(message, "say with --range what black and white become", 2)
        return found

    @property
    def is_run(self) -> bool:
        return bool(self.data)


def open_trained(path: str, backend: str | None, last: bool = False) -> tuple[Trained, Any]:
    """A run's best (or last) model or a .keras file, and Keras, on the backend that is asked for, else on that of the
    run where it is installed. Raises TrainingFailed and MissingExtra."""
    if not os.path.lexists(os.path.join(path, "run.json")):
        refuse_folds(path)
        keras = _import_keras_for(backend)
        return _make_trained(open_saved(path, keras), {}), keras
    record = read_record(path)
    try:
        file = model_of(path, last)
    except OSError as error:
        raise TrainingFailed(f"{error.filename} is not read: {error.strerror}", "", 2) from None
    if file is None:
        raise TrainingFailed(f"{path} has no model yet", f"train it: cnnspec resume {quote_path(path)}", 2)
    keras = _import_keras_for(backend, record["backend"])
    told = record["data"]
    saved = open_saved(file, keras, tuple(told.get("inputs", ())), tuple(told.get("outputs", ())))
    return _make_trained(saved, record), keras


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


def _make_trained(saved: Saved, record: Mapping[str, Any]) -> Trained:
    """The model with what the record of its run says; of a file alone that is nothing."""
    data = record.get("data", {})
    names = [saved.graph.nodes[index].name for index in saved.graph.inputs]
    told = data.get("inputs") or dict.fromkeys(names, data)
    inputs = [_make_input(name, tensor, told[name]) for name, tensor in zip(names, saved.model.inputs, strict=True)]
    outputs = _make_outputs(saved, data)
    # metrics are those that the model was compiled with
    settings = TrainSettings(outputs=tuple(name_outputs(saved.graph)) if len(saved.losses) > 1 else (), metrics=())
    if not record:
        losses = [(output.name, output.loss) for output in outputs if output.loss is not None]
        return Trained(saved, settings.replace(losses=tuple(losses)), tuple(inputs), tuple(outputs))
    given = record["settings"]
    chosen = dict.fromkeys([output.name for output in outputs], given.get("loss")) | given.get("losses", {})
    settings = settings.replace(
        columns=tuple([(name, tuple(columns)) for name, columns in given.get("columns", {}).items()]), group=given.get("group"),
        data=data["given"], folder=data["folder"],
        losses=tuple([(o.name, None if chosen[o.name] is None and not o.says_yes_or_no else o.loss) for o in outputs]),
        # that targets were shares of every class: how they were smoothed or mixed is no matter of what is held back
        label_smoothing=0.5 if any(chosen[o.name] is None and o.targets == "one-hot" for o in outputs) else 0.0,
        **{name: given[name] for name in ("batch", "seed", "validation", "test", "pairing", "each", "folds", "fold", "resize") if name in given},
        crop=tuple(given["crop"]) if "crop" in given else None,
    )  # fmt: skip
    return Trained(saved, settings, tuple(inputs), tuple(outputs), data["fingerprint"], data["given"])


def _make_input(name: str, tensor: Any, told: Mapping[str, Any]) -> TrainedInput:
    known = {field: tuple(told[field]) for field in ("shape", "values") if field in told}
    return TrainedInput(name, tuple(tensor.shape[1:]), **known)


def _make_outputs(saved: Saved, data: Mapping[str, Any]) -> list[TrainedOutput]:
    """The outputs that were trained: those of which the run has the form of the targets, else those with a loss, else all."""
    names = name_outputs(saved.graph)
    told = data.get("outputs") or dict.fromkeys(names, data)
    outputs = []
    for number, (name, tensor, loss) in enumerate(zip(names, saved.model.outputs, saved.losses, strict=True)):
        classes = told[name].get("classes")
        known = (told[name].get("targets"), None if classes is None else tuple(classes))
        masks = told[name].get("masks")
        meaning = None if masks is None else MaskMeaning(tuple(masks["values"]), tuple(masks["stride"]))
        ends = tuple(tensor.shape[1:]), find_last_activation(tensor)
        outputs.append(TrainedOutput(name, number, *ends, loss, *known, meaning))
    trained = [o for o in outputs if (o.targets is not None if data else o.loss is not None)]
    return trained or outputs
