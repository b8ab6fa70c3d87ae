"""A progress bar on stderr for checks that take a while: there when somebody can watch it, gone at the end."""

from __future__ import annotations

import os
import sys
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

PATIENCE = 0.5  # seconds without a bar
INTERVAL = 0.1  # seconds between two pictures of it


class Bar:
    """`with Bar(1000, wanted) as bar: … bar.step()`; Rich is imported only when it is drawn."""

    def __init__(self, total: int, wanted: bool, what: str = "files") -> None:
        self.total, self.what = total, what
        self.done = 0
        self.shown: Any = None
        self.next = monotonic() + PATIENCE if wanted else float("inf")

    def __enter__(self) -> Bar:
        return self

    def step(self, count: int = 1) -> None:
        """One more is done, or several."""
        self.done += count
        now = monotonic()
        if now < self.next:
            return
        self.next = now + INTERVAL
        if self.shown is None:
            self.shown = drawn(self.total, self.what)
            self.shown.start()
        self.shown.update(0, completed=self.done)
        self.shown.refresh()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.shown is not None:
            self.shown.stop()


def drawn(total: int, what: str) -> Any:
    """Rich's bar, without the thread that would draw it by itself: processes are forked beside it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TextColumn(what), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    bar.add_task("", total=total)
    return bar


def watched(machine: bool) -> bool:
    """Whether stderr is a terminal that a bar can be drawn on, and no output for machines goes to the same one."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return False
    return not (machine and sys.stdout.isatty())
