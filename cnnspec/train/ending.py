"""What is true of a run folder when a training ends early: what it keeps, and whether there is a way on."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from cnnspec.train.errors import TrainingFailed, Unwritten
from cnnspec.train.runs import run_record as account
from cnnspec.train.runs.run_callback import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.train.runs.folder import RunFolder


def failed(run: RunFolder, keep: Any, error: TrainingFailed | MemoryError) -> TrainingFailed:
    """Notes in a run folder that its training failed, and takes it away when it has nothing; the error with what it kept."""
    why = getattr(error, "message", "there is not enough memory")
    if keep is None or not keep.saved:
        nothing(run, why)
        kept = "" if keep is None else "; nothing was saved"
    else:
        noted(run, keep, status="failed", why=why, ended=account.now())
        kept = f"; {run.path} keeps what was reached before"
        if not run.goes_on():
            kept = (
                f"; {run.path} is {'damaged' if os.path.isdir(run.path) else 'not there any more'}, and nothing is left"
            )
    if isinstance(error, MemoryError):
        return TrainingFailed(why + kept, "give a smaller batch", 2)
    return TrainingFailed(error.message + kept, error.help or _way_on(run, error), error.status, error.span)


def nothing(run: RunFolder, why: str) -> None:
    """Nothing was kept: take a new run folder away; one that was there before stays, and says so."""
    if run.new:
        run.remove()
    else:
        with suppress(OSError):
            run.update(status="stopped", why=why, ended=account.now())


def noted(run: RunFolder, keep: Any, **changes: Any) -> None:
    """Say in the run folder how a training ended, as far as it can be written to."""
    with suppress(OSError):
        run.update(**changes)
    with suppress(OSError):
        keep.draw()


@contextmanager
def going_on(run: RunFolder) -> Iterator[None]:
    """What goes wrong while a run folder is made ready to go on becomes a sentence, with what to do."""
    try:
        with written(run.path):
            yield
    except TrainingFailed as error:
        raise TrainingFailed(error.message, error.help or _way_on(run, error), 2) from error


def _way_on(run: RunFolder, error: TrainingFailed) -> str:
    """What to do when a file could not be written; empty for what is no fault of the disk's."""
    if not isinstance(error, Unwritten):
        return ""
    return ("make room, then " if error.full else "") + (
        f"go on: cnnspec resume {run.path}" if run.goes_on() else "train again"
    )
