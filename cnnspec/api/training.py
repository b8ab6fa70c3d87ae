"""Trainings from Python: `Network.train` and `resume` ask, `Training` answers. The run folder is the command's."""

from __future__ import annotations

import os
import sys

from cnnspec.api.answer import Answer
from cnnspec.api.argument_checks import take_count, take_path
from cnnspec.api.errors import SpecError
from cnnspec.api.written import find_written
from cnnspec.base.limits import MAX_LAYERS
from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    import keras

    from cnnspec.api.network import Network
    from cnnspec.network import AnalysedNetwork
    from cnnspec.tables.report import Report
    from cnnspec.train.data.given import Given
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.progress import Lines
    from cnnspec.train.run import Outcome
    from cnnspec.train.runs.folds import Folds
    from cnnspec.train.settings import TrainSettings

    Path = str | os.PathLike[str]


class Training(Answer, Record):
    """A training that came to its end; `print` shows what `cnnspec train` says of it.

    `path` is the run folder; whatever takes a run takes a Training, `cnnspec.evaluate(training)`. `figures` are those of the
    `held_back` data with the best epoch's model, `best` the figures of that epoch, and `epochs` those of every one.

    Of one for each fold `path` is the folder of their runs, `figures` are the means, and `folds` has the spread and each run.
    """

    path: str
    figures: dict[str, Any]
    held_back: str
    best: dict[str, Any] | None
    epochs: tuple[dict[str, Any], ...]
    folds: Folds | None = None
    rows_are = "epochs"

    def __fspath__(self) -> str:
        """The run folder, for whatever takes a path."""
        return self.path

    def to_keras(self) -> keras.Model:
        """The model of the best epoch (of the last one, where none was better). ValueError of folds, which have one each."""
        if self.folds is not None:
            raise ValueError(
                f"{self.path} holds {len(self.folds.runs)} folds, each with its own model: folds.runs has them"
            )
        from cnnspec.compile.keras_model import import_keras

        name = "best.keras" if self.best else "last.keras"
        return import_keras().saving.load_model(os.path.join(self.path, name))

    def _write_text(self) -> str:
        """What `cnnspec train` prints at the end."""
        from cnnspec.train.ending import describe_end
        from cnnspec.train.runs.text import write_folds

        said = (
            describe_end(self.figures, self.held_back, self.best) if self.folds is None else write_folds([self.folds])
        )
        return "".join([f"{line}\n" for line in said]) + f"saved {self.path}\n"

    def _make_report(self) -> Report:
        """A row for each epoch as a table."""
        from cnnspec.api.html.training_runs import make_epochs_report

        return make_epochs_report(self.path, self.epochs, self.to_text())

    def to_data(self) -> dict[str, Any]:
        """The fields of the answer as plain values."""
        from cnnspec.train.runs.history import as_json_number
        from cnnspec.train.runs.json import folds_data

        figures = {name: as_json_number(value) for name, value in self.figures.items()}
        found = {
            "run": self.path,
            "test": figures,
            "on": self.held_back,
            "best": self.best,
            "epochs": list(self.epochs),
        }
        return found if self.folds is None else {**found, "folds": folds_data(self.folds)}

    def __repr__(self) -> str:
        return f"<cnnspec.Training: {self.path}, {len(self.epochs)} epoch{'s' * (len(self.epochs) != 1)}>"


def train(
    self: Network, x: Any = None, y: Any = None, *, validation: Any = None, test: Any = None, groups: Any = None,
    run_dir: Path | None = None, output: Path | None = None, quiet: bool = False, **settings: Any,
) -> Training:  # fmt: skip
    """Train the network in a new run folder, as `cnnspec train` does.

    `x` and `y` are arrays with a row for each example, of NumPy, PyTorch, TensorFlow or JAX, or lists; of several inputs or
    outputs a dict by their names, or a tuple in their order. `x` alone is what yields pairs of these: a tf.data.Dataset, a
    PyTorch DataLoader or Dataset, a keras.utils.PyDataset, any iterable; it is read once, to its end. Without both, the data
    of the train section are taken, or `data=`.

    `validation` and `test` are such data, (x, y), or shares of x. `groups` has the group of each example, such as its
    patient: none stands in two parts. `run_dir` is the run folder, None: runs/NAME-N; `output` where the best model is saved,
    too. `quiet` shows no progress. The `settings` are those of a train section: epochs=5, batch=64, optimizer="adam(0.001)",
    loss={"mask": "binary_crossentropy"}. With folds=5 (and no fold=1) there is a training for each fold, and the answer is of all.

    Raises SpecError for a network with mistakes, ValueError, in one sentence, for what cannot be trained, MissingExtra when Keras
    is not installed, KeyboardInterrupt where Ctrl-C stopped it, whose sentence says how to go on.
    """
    from cnnspec.api.trained_models import explaining
    from cnnspec.layers.argument import show
    from cnnspec.pipeline import find_used_files
    from cnnspec.train.folds import train_folds
    from cnnspec.train.plan import make_plan
    from cnnspec.train.run import train as train_plan
    from cnnspec.train.runs.spec import gather_spec

    given, shares = gather_data(x, y, validation, test, groups)
    written = find_written(self)
    if written.broken:
        raise SpecError(f"{self.name} cannot be trained: it {written.trouble}", self.diagnostics)
    overrides = write_settings({**settings, **shares})
    resolved = resolve_settings(self, written, overrides, given)
    parameters = {name: show(value) for name, value in written.graph.parameters.items()}
    spec = gather_spec(
        name_spec(written), written.source.text, find_used_files(written, written.graph.parameters),
        model=written.item and written.item.name.text, parameters=parameters, max_layers=MAX_LAYERS, overrides=overrides,
    )  # fmt: skip
    at, saved = (None if path is None else take_path(path) for path in (run_dir, output))
    with explaining():
        plan = make_plan(written.graph, resolved, spec, at, saved, facts=written.facts).replace(given=given)
        if resolved.folds is not None and resolved.fold is None:
            return make_folds_training(train_folds(plan, show_progress(quiet)), given is not None)
        outcome = train_plan(plan, show_progress(quiet))
    return make_training(outcome, given is not None)


def resume(
    run: Path, x: Any = None, y: Any = None, *, validation: Any = None, test: Any = None, groups: Any = None,
    epochs: int | None = None, output: Path | None = None, quiet: bool = False,
) -> Training:  # fmt: skip
    """Go on with a training that was stopped, or train a finished one for more `epochs`, as `cnnspec resume` does.

    `run` is the run folder. Data that were given in Python are given again, as `Network.train` takes them; other data are
    refused. Of a folder of folds all go on that are not finished. Raises what `Network.train` raises.
    """
    from cnnspec.api.reopened import resume_folds_in, resume_run
    from cnnspec.api.trained_models import explaining
    from cnnspec.base.did_you_mean import GIVEN
    from cnnspec.train.runs.folds import find_fold_runs

    path, count = take_path(run), None if epochs is None else take_count(epochs, "epochs")
    given, shares = gather_data(x, y, validation, test, groups)
    if shares:
        raise ValueError(f"{next(iter(shares))} is a share, which the run has already: leave it out")

    def give(plan: TrainingPlan) -> TrainingPlan:
        if given is not None and plan.settings.data != GIVEN:
            raise ValueError(f"{path} was trained on {plan.settings.data}, which it reads itself: leave x out")
        return plan.replace(given=given)

    saved, shown = None if output is None else take_path(output), show_progress(quiet)
    asked = (os.path.normpath(path), count, saved, MAX_LAYERS, shown, give)
    with explaining(path):
        if find_fold_runs(path):
            return make_folds_training(resume_folds_in(*asked), given is not None)
        outcome = resume_run(*asked)
    return make_training(outcome, given is not None)


def name_spec(network: AnalysedNetwork) -> str:
    """The path of a network's spec: its file's, else one in this folder that is called as the model is."""
    name = network.source.name
    if network.source.name.startswith("<") or not name.endswith(".cnn"):
        return f"{network.item.name.text if network.item else 'network'}.cnn"
    return name


def gather_data(x: Any, y: Any, validation: Any, test: Any, groups: Any) -> tuple[Given | None, dict[str, float]]:
    """The data that are given, None for those of the train section; and the shares that validation and test are where they
    are numbers."""
    shares = {
        name: value for name, value in (("validation", validation), ("test", test)) if isinstance(value, (int, float))
    }
    parts = {
        name: value
        for name, value in (("validation", validation), ("test", test))
        if value is not None and name not in shares
    }
    if x is None:
        for name, value in (("y", y), ("groups", groups), *parts.items()):
            if value is not None:
                raise ValueError(f"{name} is given without x")
        return None, shares
    from cnnspec.train.data.given import Given

    return Given({"train": x if y is None else (x, y), **parts}, groups), shares


def write_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings as a run folder keeps them, by the names of a train section, which knows those of Keras, too. TypeError."""
    from cnnspec.train.section_keys import ALIASES

    found: dict[str, Any] = {}
    for name, value in settings.items():
        key = ALIASES.get(name, name)
        if key in found or (key != name and key in settings):
            raise TypeError(f"{key} is given twice, as {name}, too: leave one out")
        found[key] = write_setting(name, value)
    return found


def write_setting(name: str, value: Any) -> Any:
    """A setting as a run folder keeps it: a number, a flag or a text of the language. TypeError."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()  # NumPy's
    if isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, dict):
        keys = {key: key if isinstance(key, str) and key.isidentifier() else f'"{key}"' for key in value}
        return "{" + ", ".join([f"{keys[key]}: {_write_inner(name, one)}" for key, one in value.items()]) + "}"
    if isinstance(value, (list, tuple)):
        return _write_inner(name, value)
    raise TypeError(f'{name} must be as in a train section, such as "adam(0.001)", not {type(value).__name__}')


def _write_inner(name: str, value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join([_write_inner(name, one) for one in value]) + "]"
    found = write_setting(name, value)
    return {True: "true", False: "false"}[found] if isinstance(found, bool) else str(found)


def resolve_settings(
    network: Network, written: AnalysedNetwork, overrides: dict[str, Any], given: Given | None
) -> TrainSettings:
    """The settings of the train section with others in their place. SpecError for the section's mistakes, ValueError for others."""
    from cnnspec.facts.graph_queries import name_outputs
    from cnnspec.train.data.given import OF_FILES, settle_given
    from cnnspec.train.section import resolve

    settings, found = resolve(written.train, overrides, name_outputs(written.graph))
    for diagnostic in found:
        if diagnostic.span is None:
            raise ValueError(diagnostic.message + (f"; {diagnostic.help}" if diagnostic.help else ""))
    if found:
        raise SpecError(f"the train section of {network.name} has mistakes: {found[0].message}", network.diagnostics)
    if given is not None:
        for name in ("data", *OF_FILES):
            if name in overrides:
                raise ValueError(f"{name} and x are both given: leave one out")
        return settle_given(settings)
    if settings.data is None:
        raise ValueError('there is nothing to train on: give x and y, or data="digits"')
    return settings


def show_progress(quiet: bool) -> Lines:
    from cnnspec.train.progress import Lines

    return Lines(sys.stderr, quiet)


def make_training(outcome: Outcome, given: bool) -> Training:
    """The answer of a training, on data that were `given` or not. Raises what `check_stopped` raises."""
    from cnnspec.train.runs.listing import read_run

    check_stopped(outcome, given)
    assert outcome.run is not None
    epochs = tuple(read_run(outcome.run).read_epochs())
    return Training(outcome.run, outcome.figures, outcome.held_back, outcome.best, epochs)


def make_folds_training(outcomes: Iterator[Outcome], given: bool) -> Training:
    """The answer of a training for each fold, on data that were `given` or not. Raises what `check_stopped` raises."""
    from cnnspec.base.count_nouns import count_nouns
    from cnnspec.train.runs.folds import gather_folds
    from cnnspec.train.runs.listing import list_runs

    folder = ""
    for outcome in outcomes:
        check_stopped(outcome, given)
        folder = outcome.folds or ""
    (folds,) = gather_folds(list_runs(folder))
    figures = {name: one.mean for name, one in folds.figures.items() if name.startswith("test_")}
    count = sum(run.record["data"]["test"] for run in folds.runs)
    rows = [{"fold": run.record["settings"]["fold"], **row} for run in folds.runs for row in run.read_epochs()]
    return Training(
        folder, {name.removeprefix("test_"): mean for name, mean in figures.items()},
        f"{count:,} test examples in {count_nouns(folds.count, 'fold')}", None, tuple(rows), folds,
    )  # fmt: skip


def check_stopped(outcome: Outcome, given: bool) -> None:
    """KeyboardInterrupt for a training that was stopped, whose state is kept; SystemExit after SIGTERM. `given` data are
    given again."""
    if not outcome.stopped:
        return
    there = outcome.folds or outcome.run
    how = f"; go on with cnnspec.resume({there!r}{', x, y' * given})" if there else "; nothing was saved"
    if outcome.signal not in (0, 2):
        raise SystemExit(128 + outcome.signal)
    raise KeyboardInterrupt(f"stopped {'at ' if outcome.stopped.startswith('epoch') else ''}{outcome.stopped}{how}")
