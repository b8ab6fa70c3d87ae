"""Whether a training fits: what it needs at least, as `cnnspec cost` says, against the device's memory or the machine's.

Needs no Keras. Buffers of the convolution algorithms and what the framework takes come on top, so what is refused cannot
work, and what is not refused may still fail.
"""

from __future__ import annotations

from cnnspec.cost.memory import training
from cnnspec.facts.facts import Facts
from cnnspec.facts.optimizer_slots import count_known_slots
from cnnspec.facts.precision import in_bytes, precision
from cnnspec.train.data.examples import free_memory
from cnnspec.train.errors import TrainingFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.graph import Graph
    from cnnspec.train.settings import TrainSettings


def check_memory(graph: Graph, settings: TrainSettings) -> None:
    """Raises TrainingFailed when the training needs more than the section's `memory`, with the options as they are."""
    said = _excess(graph, settings, settings.memory)
    if said:
        span = settings.span("memory")
        raise TrainingFailed(f"{said[0]}, and memory is {in_bytes(settings.memory or 0)}", said[1], span=span)


def memory_notes(graph: Graph, settings: TrainSettings) -> list[str]:
    """A sentence when the training needs more than is free on this machine. (A graphics card has memory of its own.)"""
    free = None if settings.memory is not None else free_memory()
    said = _excess(graph, settings, free)
    if not said:
        return []
    return [f"{said[0]}, and this machine has {in_bytes(free or 0)} free: without a graphics card, {said[1]}"]


def _excess(graph: Graph, settings: TrainSettings, limit: int | None) -> tuple[str, str] | None:
    """What is needed, and what to do, when it is more than the limit; None when it is not, or cannot be known."""
    if limit is None:
        return None
    need = training(Facts(graph), precision(settings.precision), count_known_slots(settings.optimizer))
    total, fits = need.bytes(settings.batch), need.largest_batch(limit)
    if not isinstance(total, int) or fits is None or total <= limit:
        return None
    message = f"training needs at least {in_bytes(total)} at batch = {settings.batch}"
    return message, f"batch = {fits} fits" if fits else "no batch fits"
