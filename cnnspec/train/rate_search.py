"""The learning rate range test: a short training whose rate grows with every batch, to see where the loss falls.

The loss is smoothed as a moving average with a bias correction; the search ends where it is four times the lowest, or is no
number. Nothing is saved.

Source: Smith, "Cyclical Learning Rates for Training Neural Networks" (2017), section 3.3; the smoothing, the end and the
choice of the steepest fall are those of fastai's and Lightning's finders.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.run import check_plan, explain_keras_errors, prepare_training
from cnnspec.train.section import set_learning_rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.progress import Lines

LOWEST, HIGHEST, STEPS = 1e-6, 10.0, 120
SMOOTHING, DIVERGED = 0.9, 4.0
EDGE = 5  # smoothed losses at either end that rest on too few batches to choose by


class RateSearch(Record):
    """The rates that were tried, one a batch, and the smoothed loss at each."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]

    @property
    def lowest(self) -> float:
        """The rate at which the loss is lowest."""
        return self.rates[min(range(len(self.losses)), key=self.losses.__getitem__)]

    @property
    def steepest(self) -> float | None:
        """The rate at which the loss falls fastest, by the logarithm of the rate; None where it falls nowhere."""
        inner = range(EDGE, len(self.losses) - EDGE)
        slopes = {i: self.losses[i + 1] - self.losses[i - 1] for i in inner}
        if not slopes or min(slopes.values()) >= 0:
            return None
        return self.rates[min(slopes, key=slopes.__getitem__)]


def search_rates(plan: TrainingPlan, shown: Lines) -> RateSearch:
    """Train on growing rates. Raises TrainingFailed and MissingExtra as a training does."""
    settings = plan.settings
    plan = plan.replace(
        settings=settings.replace(optimizer=set_learning_rate(settings.optimizer, LOWEST)), run_dir=None
    )
    check_plan(plan)
    prepared = prepare_training(plan, shown)
    model, batches = prepared.model, prepared.runtime.make_training_batches(prepared.data.train)
    growth = (HIGHEST / LOWEST) ** (1 / (STEPS - 1))
    rates: list[float] = []
    raw: list[float] = []
    shown.begin("trying rates", STEPS)
    try:
        for step in range(STEPS):
            epoch, number = divmod(step, batches.whole)
            if number == 0:
                batches.begin(epoch)
            rate = LOWEST * growth**step
            loss = explain_keras_errors(lambda: _train_batch(model, batches[number], rate))  # noqa: B023
            if not math.isfinite(loss) or (raw and smooth([*raw, loss])[-1] > DIVERGED * min(smooth(raw))):
                break
            rates.append(rate)
            raw.append(loss)
            shown.advance(step + 1, f"rate {rate:.1e}  loss {loss:.4f}")
    finally:
        shown.close()
        prepared.runtime.leave()
    if not rates:
        raise TrainingFailed(
            f"the loss is no number at a rate of {LOWEST:g} already", "look at the data: are they scaled?"
        )
    return RateSearch(tuple(rates), tuple(smooth(raw)))


def _train_batch(model: Any, batch: tuple[Any, ...], rate: float) -> float:
    x, y, weights = (*batch, None)[:3]
    model.optimizer.learning_rate = rate
    model.reset_metrics()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Gradients do not exist")  # of an output without a loss
        return float(model.train_on_batch(x, y, sample_weight=weights, return_dict=True)["loss"])


def smooth(losses: Sequence[float]) -> list[float]:
    """The moving average of losses, as if those before the first had been as it says."""
    mean, found = 0.0, []
    for number, loss in enumerate(losses, 1):
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
        found.append(mean / (1 - SMOOTHING**number))
    return found


def describe_search(search: RateSearch) -> list[str]:
    """A line for each half of a power of ten, and the rate to train with."""
    lines, next_at = ["rate      loss"], 0.0
    for rate, loss in zip(search.rates, search.losses, strict=True):
        if rate >= next_at:
            lines.append(f"{rate:.1e}   {loss:.4f}")
            next_at = rate * 10**0.5 * 0.999
    if search.steepest is None:
        return [*lines, "the loss falls at no rate: look at the data and at the loss"]
    end = "" if search.rates[-1] >= HIGHEST * 0.999 else f", and above {search.rates[-1]:.2g} it grows fourfold"
    return [
        *lines,
        f"the loss falls fastest at {search.steepest:.2g} and is lowest at {search.lowest:.2g}{end}: "
        f"train with --learning-rate {search.steepest:.1g}",
    ]


def draw_search(search: RateSearch, path: str, ending: str) -> None:
    """Write the curve to `path` in the format of an ending in `confusion.FORMATS`. Raises ImportError, OSError."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot(search.rates, search.losses, color="#1f5fa8")
    axes.set_xscale("log")
    axes.set_xlabel("learning rate")
    axes.set_ylabel("loss, smoothed")
    if search.steepest is not None:
        axes.axvline(search.steepest, color="#d2691e", linestyle=":", label=f"falls fastest: {search.steepest:.2g}")
        axes.legend(frameon=False, fontsize=9)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, format=ending.removeprefix("."), dpi=110)
