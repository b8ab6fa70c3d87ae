"""Which phase a training is in: the first, in which layers are frozen, or the second, in which all are trained."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.train.runs.state import State
    from cnnspec.train.settings import TrainSettings

FIRST, SECOND = 1, 2


def find_phase(settings: TrainSettings, start: State | None) -> int:
    """The phase of a training that goes on from a state; None from the beginning. One that is over is where it was."""
    after = settings.unfreeze_after
    if start is None or after is None or start.epoch < after:
        return FIRST
    return FIRST if start.epoch == after and is_over(settings, start.epoch, start.ended) else SECOND


def begins_phase(settings: TrainSettings, start: State) -> bool:
    """Whether a state is the last of the first phase, with which the second begins: its optimizer is another's."""
    return not start.done and start.epoch == settings.unfreeze_after and find_phase(settings, start) == SECOND


def is_over(settings: TrainSettings, epoch: int, ended: bool) -> bool:
    """Whether nothing is trained after so many epochs; `ended`: a callback has ended the training."""
    return ended or epoch >= settings.epochs
