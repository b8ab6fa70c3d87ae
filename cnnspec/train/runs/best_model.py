"""The best epoch of a training so far, and its model: best.keras in the run folder."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from cnnspec.train.figures import find_best_figure
from cnnspec.train.runs import durable, state

if TYPE_CHECKING:
    from cnnspec.train.runs.folder import RunFolder
    from cnnspec.train.runs.state import State
    from cnnspec.train.settings import TrainSettings


class BestModel:
    """The best epoch so far (from 1, None before the first) and the value of the figure that says so."""

    def __init__(
        self, keras: Any, run: RunFolder, settings: TrainSettings, callbacks: list[Any], start: State | None
    ) -> None:
        """`callbacks` are the user's; `start` is the state that the training goes on from."""
        self.figure, self.lower = find_best_figure(settings)
        more = {} if start is None else start.more
        self.value, self.epoch = more.get("best"), more.get("best_epoch")
        self._run = run
        kind = keras.callbacks.SwapEMAWeights
        self._averaging = [c for c in callbacks if isinstance(c, kind) and not c.swap_on_epoch]

    def judge(self, row: dict[str, Any]) -> bool:
        """Compare an epoch, given as its row of figures, with the best one; whether its model is to be saved."""
        value = row.get(self.figure)
        if isinstance(value, (int, float)) and (
            self.value is None or (value < self.value if self.lower else value > self.value)
        ):
            self.value, self.epoch = value, row["epoch"]
            return True
        return self.value is None  # until a figure is a number, the last model is the best one

    def save(self, model: Any, last: str) -> None:
        """Save the model as the best one. `last` is the file in which it has just been saved as the last one."""
        best = self._run.file("best.keras")
        if not self._averaging:
            with durable.replacing(best) as beside:
                shutil.copyfile(last, beside)
            return
        with state.keep_unchanged(model):  # the averages were validated, and they are in the model for that alone
            self._averaging[0].on_test_begin()
            model.save(best)
            self._averaging[0].on_test_end()

    def describe(self, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
        """The best epoch as run.json has it: its row of figures, and which figure chose it."""
        best = next((row for row in rows if row["epoch"] == self.epoch), None)
        return best and {"by": self.figure, **best}
