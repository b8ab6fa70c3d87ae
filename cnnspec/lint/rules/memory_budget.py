"""P505 memory-budget: training needs more memory than the train section allows.

`memory` in a train section says what the device has. What training needs at least is the weights, their gradients, the
optimizer's figures and, for every example of a batch, the tensors that the gradients need and the largest gradient, in the
section's precision. What is frozen to the end has no gradients. Buffers of the convolution algorithms and what the framework
takes come on top.

Source: Gao et al., "Estimating GPU Memory Consumption of Deep Learning Models" (ESEC/FSE 2020), for the terms; lecture 4,
for what to do about it.

Bad:

    input 224x224x3
    conv(64, 3x3, padding=same, activation=relu) -> conv(64, 3x3, padding=same, activation=relu)
    gap -> dense(10, softmax)
    train { loss = sparse_categorical_crossentropy; batch = 128; memory = 2GiB }

Good:

    input 224x224x3
    conv(64, 3x3, padding=same, activation=relu) -> conv(64, 3x3, padding=same, activation=relu)
    gap -> dense(10, softmax)
    train { loss = sparse_categorical_crossentropy; batch = 32; memory = 2GiB }
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Diagnostic, Note
from cnnspec.cost.memory import training
from cnnspec.facts.layer_names import LayerNames
from cnnspec.facts.optimizer_slots import count_known_slots
from cnnspec.facts.precision import find_precision, in_bytes
from cnnspec.facts.training_memory import find_saved
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cnnspec.cost.memory import Memory
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext
    from cnnspec.train.settings import TrainSettings

CODE = "P505"
SEVERITY = ERROR
DEFAULT = True
LOOKS_AT = ("a train section",)
FIX = UNSAFE
OFFER = "{}"


def check(context: Context) -> Iterator[Diagnostic]:
    settings = context.settings
    if settings is None or settings.memory is None:
        return
    frozen = find_frozen(context, settings)
    need = find_need(context, settings, frozen)
    total, fits = need.bytes(settings.batch), need.largest_batch(settings.memory)
    if not isinstance(total, int) or fits is None or total <= settings.memory:
        return
    parts = [
        f"{term.name} {in_bytes(size)}" for term in need.terms if isinstance(size := term.bytes(settings.batch), int)
    ]
    message = (
        f"training needs at least {in_bytes(total)} at batch = {settings.batch} ({', '.join(parts)}), "
        f"and memory is {in_bytes(settings.memory)}"
    )
    alone = need.bytes(0)
    assert isinstance(alone, int)
    help = f"write batch = {fits}" if fits else f"no batch fits: without any example it takes {in_bytes(alone)}"
    format = find_precision(settings.precision)
    kept = [
        (size, i)
        for i, layer in enumerate(find_saved(context.facts, frozen) or ())
        if isinstance(size := layer.bytes(format), int)
    ]
    largest = sorted(kept, key=lambda pair: (-pair[0], pair[1]))[:3]
    nodes = context.graph.nodes
    notes = [Note(f"{nodes[i].name} keeps {in_bytes(n)} an example", nodes[i].site.span) for n, i in largest if n]
    yield Diagnostic(CODE, message, settings.span("memory"), help, tuple(notes))


def find_frozen(context: Context, settings: TrainSettings) -> list[int]:
    """The nodes that are never trained."""
    return LayerNames(context.graph, None if settings.start else ()).find_never_trained(settings)


def find_need(context: Context, settings: TrainSettings, frozen: Collection[int]) -> Memory:
    """The least memory that a training needs."""
    slots = count_known_slots(settings.optimizer)
    return training(context.facts, find_precision(settings.precision), slots, frozen)


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The largest batch that fits."""
    settings = repair.context.settings
    if settings is None or settings.memory is None:
        return
    need = find_need(repair.context, settings, find_frozen(repair.context, settings))
    fits, span = need.largest_batch(settings.memory), settings.span("batch")
    if not fits:
        return
    if span is not None:
        edit = repair.editor(span.source).edit(span.start, span.end, str(fits))
        yield repair.propose(f"write batch = {fits}", [edit])
        return
    at = settings.span("memory")
    if at is not None:
        yield repair.propose(
            f"write batch = {fits}", [repair.editor(at.source).edit(at.end, at.end, f"; batch = {fits}")]
        )
