"""The display of a training: a bar on a terminal, a line for every epoch anywhere.

Keras calls the watcher, which shows its figures on a display and ends the training when the loss becomes NaN or infinite.
A stop that is asked for (Ctrl-C, SIGTERM) is delayed until the training can be saved.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

from cnnspec.base.source import printable
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.throughput import advise_on_waiting, choose_noun, describe_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from cnnspec.train.data.examples import Part
    from cnnspec.train.throughput import Meter

    Fit = Callable[[str, TextIO], str]  # lays a sentence out for a stream


class Lines:
    """A display that writes a line for every epoch, and notes."""

    def __init__(self, stream: TextIO, quiet: bool = False, fit: Fit = lambda text, stream: text) -> None:
        self.stream = stream
        self.quiet = quiet
        self.fit = fit
        self.noted: set[str] = set()  # what was said once

    def note(self, text: str) -> None:
        if not self.quiet:
            print(self.fit(printable(text), self.stream), file=self.stream, flush=True)

    def note_once(self, text: str) -> None:
        """Note what holds for several trainings, unless it was noted before."""
        if text not in self.noted:
            self.noted.add(text)
            self.note(text)

    def warn(self, text: str) -> None:
        """Write a note even when quiet."""
        print(self.fit(text, self.stream), file=self.stream, flush=True)

    def begin(self, epoch: str, batches: int | None) -> None: ...

    def advance(self, batch: int, figures: str) -> None: ...

    def close(self) -> None: ...


class Bar(Lines):
    """A display with a bar for the epoch that runs, below the lines of the epochs that are done."""

    def __init__(self, stream: TextIO, fit: Fit) -> None:
        super().__init__(stream, fit=fit)
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.console = Console(file=stream, highlight=False)
        text = "{task.description}", "{task.fields[figures]}"
        self.bar = Progress(
            TextColumn(text[0], markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn(text[1], markup=False),
            console=self.console, transient=True,
        )  # fmt: skip
        self.task: Any = None

    def note(self, text: str) -> None:
        self.console.print(self.fit(printable(text), self.stream), markup=False, soft_wrap=True)

    warn = note

    def begin(self, epoch: str, batches: int | None) -> None:
        if self.task is None:
            self.task = self.bar.add_task(epoch, total=batches, figures="")
            self.bar.start()
        self.bar.reset(self.task, total=batches, description=epoch, figures="")

    def advance(self, batch: int, figures: str) -> None:
        self.bar.update(self.task, completed=batch, figures=figures)

    def close(self) -> None:
        self.bar.stop()
        if self.task is not None:
            self.bar.remove_task(self.task)
            self.task = None


def choose_display(stream: TextIO, quiet: bool, fit: Fit) -> Lines:
    """A bar where there is a terminal, else lines; nothing when quiet. `fit` lays a sentence out for a stream."""
    if not quiet and stream.isatty():
        try:
            return Bar(stream, fit)
        except ImportError:
            pass
    return Lines(stream, quiet, fit)


def format_figures(logs: Mapping[str, Any]) -> str:
    """An epoch's figures in one line."""
    return "  ".join(f"{name} {format_figure(logs[name])}" for name in order_figures(logs))


def order_figures(names: Iterable[str]) -> list[str]:
    """The names of figures as they are shown: the loss first, those of the validation last."""
    return sorted(names, key=lambda name: (name == "learning_rate", name.startswith("val_"), _rank_figure(name)))


def _rank_figure(name: str) -> int:
    """The whole loss comes first, then those of several outputs."""
    return 0 if name in ("loss", "val_loss") else 1 if name.endswith("_loss") else 2


def format_figure(value: Any) -> str:
    """A figure with four digits, in the shorter form; those of a vector in brackets."""
    values = [float(v) for v in value] if getattr(value, "ndim", 0) else [float(value)]
    texts = [f"{v:.4f}" if 0.001 <= abs(v) < 10_000 or v == 0 else f"{v:.3g}" for v in values]
    return texts[0] if not getattr(value, "ndim", 0) else f"[{', '.join(texts)}]"


class Interrupts:
    """Whether a stop was asked for while stops were delayed, and the number of the signal; `say` tells whoever asked that it is heard."""

    def __init__(self, say: Callable[[], None] | None = None) -> None:
        self.asked = False
        self.number = 0
        self.say = say

    def tell(self) -> None:
        """Say once that a stop was heard: at once, or as soon as what is being written is."""
        if self.asked and self.say is not None:
            try:
                self.say()
            except RuntimeError:  # a signal came while the stream was written to, which cannot be entered again
                return
            self.say = None


@contextmanager
def delay_interrupts(display: Lines | None = None, until: str = "") -> Iterator[Interrupts]:
    """Note Ctrl-C and SIGTERM instead of stopping at once. With a display, the second one stops at once."""
    interrupts = Interrupts(None if display is None else partial(display.note, f"stopping {until}"))
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return

    def handle(number: int, frame: object) -> None:
        if interrupts.asked and display is not None:
            raise KeyboardInterrupt
        interrupts.asked, interrupts.number = True, number
        interrupts.tell()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        interrupts.tell()


def make_watcher(keras: Any, epochs: int, shown: Lines, meter: Meter, part: Part) -> Any:
    """The Keras callback that shows how far a training on a part of the data is, and measures it; `where` says it in words."""
    noun = choose_noun(x.shape for x in part.inputs)

    class Watcher(keras.callbacks.Callback):  # type: ignore[misc]
        where = "before the first batch"
        advised = False

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.epoch, self.began, self.shown_at = f"epoch {epoch + 1}/{epochs}", time.monotonic(), 0.0
            self.batches = self.params.get("steps")
            shown.begin(self.epoch, self.batches)
            meter.begin_epoch()

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.where = f"{self.epoch}, batch {batch + 1}" + (f"/{self.batches}" if self.batches else "")
            loss = float((logs or {}).get("loss", 0.0))
            if not math.isfinite(loss):
                rate = format_figure(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
                raise TrainingFailed(
                    f"the loss is {loss} at {self.where}",
                    f"try a smaller learning rate (it is {rate}), clipnorm=1 in the optimizer, or inputs that are scaled",
                )
            meter.end_batch(batch)
            now = time.monotonic()
            if now - self.shown_at > 0.1 or batch + 1 == self.batches:
                self.shown_at = now
                rate = describe_rate(meter.found.rate, noun) if meter.found else ""
                shown.advance(batch + 1, f"{format_figures(logs or {})}  {rate}".rstrip())

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            shown.note(f"{self.epoch}  {format_figures(logs or {})}  {time.monotonic() - self.began:.1f} s")
            if not self.advised and meter.found and (advice := advise_on_waiting(meter.found, part)):
                self.advised = True
                shown.note(advice)

    return Watcher()
