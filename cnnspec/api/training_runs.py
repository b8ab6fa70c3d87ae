"""The trainings in a folder: `runs` asks, `Runs` answers. Neither Keras nor NumPy is needed."""

from __future__ import annotations

import os

from cnnspec.api.answer import Answer
from cnnspec.api.argument_checks import take_path
from cnnspec.base.record import Record
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs.folder import RUNS
from cnnspec.train.runs.folds import Folds, gather_folds
from cnnspec.train.runs.listing import Run, compare_settings, find_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.tables.report import Report


class Runs(Answer, Record):
    """The trainings in a folder, or several `compared`; `print` shows them as `cnnspec runs` does.

    `runs` has a `Run` for each, by name, a damaged one too, whose `wrong` says what is wrong.
    """

    runs: tuple[Run, ...]
    compared: bool
    rows_are = "runs"

    @property
    def folds(self) -> tuple[Folds, ...]:
        """The cross-validations among them, whose `figures` have the `mean`, the `deviation` (n - 1) and the `values` of each
        figure of the finished folds: folds[0].figures["test_accuracy"].mean."""
        return tuple(gather_folds(self.runs))

    @property
    def settings(self) -> dict[str, list[Any]]:
        """The settings that are not the same in all runs: name, the value in each; damaged runs are left out."""
        return compare_settings([run.record for run in self.runs if not run.wrong])

    @property
    def figures(self) -> dict[str, list[float | None]]:
        """The figures side by side: name, the value in each, None where a run has none; damaged runs are left out."""
        from cnnspec.train.runs.json import compare_figures

        return compare_figures([run for run in self.runs if not run.wrong])

    def _write_text(self) -> str:
        """What `cnnspec runs` prints; nothing where there are no runs."""
        from cnnspec.train.runs.text import write_text

        return write_text(self.runs, self.compared)

    def _make_report(self) -> Report:
        """A row for each run, or what they have apart, as a table."""
        from cnnspec.api.html.training_runs import make_report

        return make_report(self.runs, self.compared)

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec runs --format json` prints."""
        from cnnspec.train.runs.json import write_data

        return write_data(self.runs, self.compared)

    def __repr__(self) -> str:
        return f"<cnnspec.Runs: {', '.join([f'{run.path} {run.state}' for run in self.runs[:3]]) or 'none'}{', …' * (len(self.runs) > 3)}>"


def runs(*paths: str | os.PathLike[str]) -> Runs:
    """The trainings in a folder, `runs` where none is named, or one run; several are compared, as `cnnspec runs` does.

    FileNotFoundError where there is no such folder, OSError where it cannot be read. A damaged run is no exception.
    """
    named = [os.path.normpath(take_path(path)) for path in paths]
    if not named and not os.path.isdir(RUNS):
        raise FileNotFoundError(2, f"there is no folder {RUNS} here; cnnspec train makes one, or name another")
    try:
        found = find_runs(named or [RUNS])
    except TrainingFailed as error:
        if all(map(os.path.exists, named)):
            raise OSError(str(error)) from None
        raise FileNotFoundError(2, str(error)) from None
    return Runs(tuple(found), len(named) > 1)
