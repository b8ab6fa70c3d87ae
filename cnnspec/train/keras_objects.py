"""The words of a train section → Keras objects: optimizer, loss, metrics, callbacks."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from cnnspec.base.confined_folder import ConfinedFolder
from cnnspec.base.outside_reach import ROOT
from cnnspec.layers.argument import Term
from cnnspec.train.data_fit import REGRESSION, find_loss_name
from cnnspec.train.errors import TrainingFailed, first_line
from cnnspec.train.evaluation.head import Head, find_head, find_last_activation
from cnnspec.train.evaluation.overlap import complete_overlap
from cnnspec.train.figures import find_metric_name, is_lower_better, list_figures
from cnnspec.train.section_values import read_word
from cnnspec.train.section_words import spell_term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.train.data.prepare import PreparedOutput
    from cnnspec.train.runs.state import State
    from cnnspec.train.settings import TrainSettings


PATHS = ("filename", "filepath", "backup_dir", "log_dir")  # arguments of callbacks that lie in the run folder
NEEDS = {"TensorBoard": "tensorboard", "RemoteMonitor": "requests"}  # which Keras misses only after the first epoch


FLOATS = ("learning_rate", "momentum", "beta", "threshold")  # in which Keras refuses a whole number written as one


def build(term: Term, keras: Any, **more: Any) -> Any:
    """The Keras object that a resolved word names, with `more` arguments where the word gives none."""
    module = keras
    for part in term.module.split("."):
        module = getattr(module, part)
    arguments = {name: build(v, keras) if isinstance(v, Term) else v for name, v in term.keywords}
    arguments |= {name: float(v) for name, v in arguments.items() if name in FLOATS and isinstance(v, int)}
    try:
        return getattr(module, term.name)(**{**more, **arguments})
    except AttributeError:
        if hasattr(module, term.name):
            raise
        raise TrainingFailed(
            f"this version of Keras ({keras.__version__}) has no {term.name}", "upgrade Keras", 2
        ) from None
    except ImportError as error:
        raise TrainingFailed(
            f"{spell_term(term)} needs a package that is not installed ({error})", "install it", 2
        ) from None
    except (TypeError, ValueError) as error:
        raise TrainingFailed(f"Keras refuses {spell_term(term)}: {first_line(error)}") from None


def compile_model(model: Any, settings: TrainSettings, outputs: Sequence[PreparedOutput], keras: Any) -> str:
    """Compile a model with the optimizer, and with the losses and metrics of the outputs that are trained; what it is made
    small, in words: sparse_categorical_crossentropy, or with the names of several outputs."""
    several = len(model.outputs) > 1
    losses: list[Any] = [None] * len(model.outputs)
    metrics: list[Any] = [[] for _ in model.outputs]
    said, weights = [], dict(settings.loss_weights)
    for prepared in outputs:
        own, output = settings.for_output(prepared.name, str(settings.data)), model.outputs[prepared.number]
        term = choose_loss(own, output, prepared.targets)
        losses[prepared.number] = build(term, keras)
        metrics[prepared.number] = build_metrics(own, keras, term, prepared.targets, output)
        share = f" x {weights[prepared.name]:g}" if prepared.name in weights else ""
        said.append(f"{prepared.name} {losses[prepared.number].name}{share}" if several else losses[0].name)
    if several:
        model.output_names = list(settings.outputs)  # Keras's own are those of the layers, of which two may be one
    model.compile(
        optimizer=build(settings.optimizer, keras), loss=losses if several else losses[0],
        metrics=metrics if several else metrics[0], jit_compile=settings.xla,
        loss_weights=[weights.get(name, 1.0) for name in settings.outputs] if weights else None,
    )  # fmt: skip
    return ", ".join(said)


def choose_loss(settings: TrainSettings, output: Any, targets: str) -> Term:
    """The loss that the settings of an output name, else the one for these targets and its last activation."""
    if settings.loss is not None:
        return settings.loss
    last = find_last_activation(output)
    name = find_loss_name(settings, targets, last)
    if name == "MeanSquaredError":
        return read_word("losses", Term(name))
    probabilities = last == ("sigmoid" if name == "BinaryCrossentropy" else "softmax")
    logits = () if probabilities else (("from_logits", True),)
    smoothing = (("label_smoothing", settings.label_smoothing),) if settings.label_smoothing else ()
    return read_word("losses", Term(name, (), (*logits, *smoothing)))


def build_metrics(settings: TrainSettings, keras: Any, loss: Term, targets: str, output: Any) -> list[Any]:
    """Keras's metrics of an output: those of its settings, else accuracy unless targets are quantities."""
    head = find_head(output, loss, targets)
    if settings.metrics is None:
        quantities = loss.name in REGRESSION and targets != "one-hot"
        return [] if quantities else [_build_accuracy(keras, head)]
    return [
        _build_accuracy(keras, head)
        if m.name == "accuracy"
        else build(complete_overlap(m, head, output.shape[-1], targets, loss), keras, name=find_metric_name(m))
        for m in settings.metrics
    ]


def _build_accuracy(keras: Any, head: Head) -> Any:
    """The share of right answers. Keras's own "accuracy" asks for a logit above 0.5, and takes labels for one-hot classes."""
    if head.kind in ("binary", "labels"):
        return keras.metrics.BinaryAccuracy(name="accuracy", threshold=head.threshold)
    return "accuracy"


def build_callbacks(settings: TrainSettings, keras: Any, folder: str, goes_on: bool = False) -> list[Any]:
    """Keras's callbacks, which write into the run folder.

    When a training goes on, callbacks add to their files. They ignore Keras's own backup, because the run folder says
    where the training goes on.
    """
    made, inside = [], ConfinedFolder(folder)
    for term in settings.callbacks:
        given: dict[str, Any] = {n: inside.at(v) if n in PATHS else v for n, v in term.keywords}
        watched = given.get("monitor")
        if settings.outputs and watched in list_figures(settings):  # Keras cannot tell which way its figure is better
            given.setdefault("mode", "min" if is_lower_better(str(watched), settings) else "max")
        package = NEEDS.get(term.name)
        if package and find_spec(package) is None:
            raise TrainingFailed(
                f"{spell_term(term)} needs {package}, which is not installed", f"pip install {package}", 2
            )
        if term.name == "RemoteMonitor":
            given = {**given, **_split_secret(given.get("root", ROOT))}
        if term.name == "TensorBoard":
            given.setdefault("log_dir", inside.at("logs"))
        if term.name == "CSVLogger" and goes_on:
            given["append"] = True
        if term.name == "BackupAndRestore" and goes_on:
            shutil.rmtree(given["backup_dir"], ignore_errors=True)
        for name in ("filename", "filepath"):
            if name in given:
                os.makedirs(os.path.dirname(given[name]), exist_ok=True)
        if term.name == "LearningRateScheduler":
            schedule = build(given.pop("schedule"), keras)
            rates = lambda epoch, rate, schedule=schedule: float(schedule(epoch))  # noqa: E731
            made.append(keras.callbacks.LearningRateScheduler(rates, **given))
        else:
            made.append(build(term.replace(keywords=tuple(given.items())), keras))
    return made


def _split_secret(root: str) -> dict[str, Any]:
    """The arguments for an address: its secret part goes into a header, so that no warning shows it."""
    from base64 import b64encode
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(root)
    user, at, host = parts.netloc.rpartition("@")
    header = {"Authorization": "Basic " + b64encode(unquote(user if ":" in user else f"{user}:").encode()).decode()}
    return {"root": parts._replace(netloc=host).geturl()} | ({"headers": header} if at else {})


def build_callback_list(
    keras: Any, model: Any, callbacks: list[Any], epochs: int, steps: int, start: State | None
) -> Any:
    """Keras's list of callbacks. When a training goes on within an epoch, batches are counted from the epoch's first."""

    class CountedCallbacks(keras.callbacks.CallbackList):  # type: ignore[misc]
        ahead = 0

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.ahead = start.done if start is not None and epoch == start.epoch else 0
            super().on_epoch_begin(epoch, logs)

        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            super().on_train_batch_begin(batch + self.ahead, logs)

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            super().on_train_batch_end(batch + self.ahead, logs)

    return CountedCallbacks(
        callbacks, add_history=True, add_progbar=False, verbose=0, epochs=epochs, steps=steps, model=model
    )
