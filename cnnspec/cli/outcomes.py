"""What came of a training, and of one for each fold: printed, and the exit status."""

from __future__ import annotations

import os
import sys

from cnnspec.base.shell_words import quote_path
from cnnspec.base.source import printable
from cnnspec.cli.messages import CLEAN, print_message
from cnnspec.cli.streams import fit_sentence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.train.run import Outcome


def print_outcome(outcome: Outcome) -> int:
    """Print what came of a training; the exit status."""
    from cnnspec.train.ending import describe_end

    for line in describe_end(outcome.figures, outcome.held_back, outcome.best):
        tell_result(line)
    if outcome.run and not outcome.figures and not outcome.stopped:
        print_message("nothing was held back to test on")
    if outcome.model:
        tell_result(f"saved {outcome.model}")
    if outcome.run:
        tell_result(f"saved {os.path.join(outcome.run, 'best.keras' if outcome.best else 'last.keras')}")
    if outcome.stopped:
        there = outcome.folds or outcome.run
        how = f"; go on with: cnnspec resume {quote_path(there)}" if there else "; nothing was saved"
        print_message(f"stopped {'at ' if outcome.stopped.startswith('epoch') else ''}{outcome.stopped}{how}")
        return 128 + outcome.signal
    return CLEAN


def tell_result(text: str) -> None:
    print(fit_sentence(printable(text), sys.stdout))


def print_outcomes(outcomes: Iterable[Outcome]) -> int:
    """Print what comes of each fold, as it comes, then the mean and the spread of all; the exit status."""
    from cnnspec.train.runs.folds import gather_folds
    from cnnspec.train.runs.listing import list_runs
    from cnnspec.train.runs.text import write_folds

    folder = None
    for outcome in outcomes:
        if status := print_outcome(outcome):
            return status
        folder = outcome.folds
    for line in write_folds(gather_folds(list_runs(folder))) if folder is not None else ():
        tell_result(line)
    return CLEAN
