"""Whether a training fits into memory: its least need, as `cnnspec cost` says, against the device's memory or the machine's.

Keras is not needed. Buffers of the convolution algorithms and the framework's own memory come on top, so a training that
is refused cannot work, and one that is not refused may still fail.
"""

from __future__ import annotations

from cnnspec.cost.memory import training
from cnnspec.facts.layer_names import LayerNames
from cnnspec.facts.optimizer_slots import count_known_slots
from cnnspec.facts.precision import find_precision, in_bytes
from cnnspec.train.data.examples import find_free_memory
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.starting.model_start import find_taken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.cost.memory import Memory
    from cnnspec.train.plan import TrainingPlan


def find_need(plan: TrainingPlan) -> Memory:
    """The least memory that a training needs, by the size of a batch."""
    settings = plan.settings
    layers = LayerNames(plan.graph, find_taken(plan.graph, settings, plan.start))
    slots, frozen = count_known_slots(settings.optimizer), layers.find_never_trained(settings)
    return training(plan.facts, find_precision(settings.precision), slots, frozen)


def check_memory(plan: TrainingPlan) -> None:
    """Raises TrainingFailed when the training needs more than the `memory` that its settings allow."""
    settings = plan.settings
    if excess := _find_excess(plan, settings.memory):
        message, help = excess
        span = settings.span("memory")
        raise TrainingFailed(f"{message}, and memory is {in_bytes(settings.memory or 0)}", help, span=span)


def find_memory_notes(plan: TrainingPlan) -> list[str]:
    """A sentence when the training needs more than is free on this machine. (A graphics card has memory of its own.)"""
    free = None if plan.settings.memory is not None else find_free_memory()
    if not (excess := _find_excess(plan, free)):
        return []
    message, help = excess
    return [f"{message}, and this machine has {in_bytes(free or 0)} free: without a graphics card, {help}"]


def _find_excess(plan: TrainingPlan, limit: int | None) -> tuple[str, str] | None:
    """The need and the way out, in words, when the need is above a limit; None when it is not, or cannot be known."""
    if limit is None:
        return None
    settings, need = plan.settings, find_need(plan)
    total, fits = need.bytes(settings.batch), need.largest_batch(limit)
    if not isinstance(total, int) or fits is None or total <= limit:
        return None
    message = f"training needs at least {in_bytes(total)} at batch = {settings.batch}"
    return message, f"batch = {fits} fits" if fits else "no batch fits"


def advise_batch(plan: TrainingPlan, room: int | None) -> str:
    """What to do where the memory did not suffice, `room` bytes where that is known: the batch that fits by the count of
    `cnnspec cost`; else half the batch, since the framework needs more than is counted."""
    batch, need, limit = plan.settings.batch, find_need(plan), plan.settings.memory or room
    total, fits = need.bytes(batch), None if limit is None else need.largest_batch(limit)
    if batch == 1:
        return "no batch is smaller than 1: take a smaller input, or precision = mixed_bfloat16"
    if not isinstance(total, int):
        return f"give a smaller batch, such as {batch // 2}"
    counted = f"batch = {batch} needs at least {in_bytes(total)}"
    if fits is not None and 0 < fits < batch:
        return f"{counted}; batch = {fits} is counted to fit"
    return f"{counted}, and what the framework needs besides; give a smaller one, such as {batch // 2}"
