"""A training that ends early: what its run folder says then, and whether the training can go on."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from cnnspec.base.shell_words import quote_path
from cnnspec.train.errors import TrainingFailed, Unwritten, explain_write_errors
from cnnspec.train.runs.run_record import format_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.train.runs.folder import RunFolder
    from cnnspec.train.runs.run_callback import RunCallback


def note_failure(
    run: RunFolder, saving: RunCallback | None, error: TrainingFailed | MemoryError, advice: str
) -> TrainingFailed:
    """Write into a run folder that its training failed, or delete the folder when it has nothing.

    The answer is the error, which now says what the folder keeps; `advice` is what to do where the memory did not suffice.
    """
    why = getattr(error, "message", "there is not enough memory")
    if saving is None or not saving.state.saved:
        clear_away(run, why)
        kept = "" if saving is None else "; nothing was saved"
    else:
        note_end(run, saving, status="failed", why=why, ended=format_now())
        kept = f"; {run.path} keeps what was reached before"
        if not run.is_resumable():
            kept = (
                f"; {run.path} is {'damaged' if os.path.isdir(run.path) else 'not there any more'}, and nothing is left"
            )
    if isinstance(error, MemoryError):
        return TrainingFailed(why + kept, advice, 2)
    return TrainingFailed(error.message + kept, error.help or _find_way_on(run, error), error.status, error.span)


def clear_away(run: RunFolder, why: str) -> None:
    """Delete a new run folder in which nothing was saved; one that was there before stays, and says why it stopped."""
    if run.new:
        run.remove()
    else:
        with suppress(OSError):
            run.update(status="stopped", why=why, ended=format_now())


def note_end(run: RunFolder, saving: RunCallback, **changes: Any) -> None:
    """Write into the run folder how its training ended, as far as it can be written to."""
    with suppress(OSError):
        run.update(**changes)
    with suppress(OSError):
        saving.curves.draw()


@contextmanager
def explain_resume_errors(run: RunFolder) -> Iterator[None]:
    """Errors while a run folder is made ready to go on become a sentence that says what to do."""
    try:
        with explain_write_errors(run.path):
            yield
    except TrainingFailed as error:
        raise TrainingFailed(error.message, error.help or _find_way_on(run, error), 2) from error


def _find_way_on(run: RunFolder, error: TrainingFailed) -> str:
    """The advice for a file that could not be written; empty for any other error."""
    if not isinstance(error, Unwritten):
        return ""
    return ("make room, then " if error.full else "") + (
        f"go on: cnnspec resume {quote_path(run.path)}" if run.is_resumable() else "train again"
    )
