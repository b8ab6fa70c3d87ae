"""P505 memory-budget: training needs more memory than the train section allows.

`memory` in a train section says what the device has. What training needs at least is the weights, their gradients, the
optimizer's figures and, for every example of a batch, the tensors that the gradients need and the largest gradient, in the section's precision. Buffers of
the convolution algorithms and what the framework takes come on top.

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
from cnnspec.facts.optimizer_slots import count_known_slots
from cnnspec.facts.precision import find_precision, in_bytes
from cnnspec.facts.training_memory import find_saved
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

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
    format = find_precision(settings.precision)
    need = training(context.facts, format, count_known_slots(settings.optimizer))
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
    kept = [
        (size, i)
        for i, layer in enumerate(find_saved(context.facts) or ())
        if isinstance(size := layer.bytes(format), int)
    ]
    largest = sorted(kept, key=lambda pair: (-pair[0], pair[1]))[:3]
    nodes = context.graph.nodes
    notes = [Note(f"{nodes[i].name} keeps {in_bytes(n)} an example", nodes[i].site.span) for n, i in largest if n]
    yield Diagnostic(CODE, message, settings.span("memory"), help, tuple(notes))


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The largest batch that fits."""
    from cnnspec.cost.memory import training
    from cnnspec.facts.optimizer_slots import count_known_slots
    from cnnspec.facts.precision import find_precision

    settings = repair.context.settings
    if settings is None or settings.memory is None:
        return
    need = training(repair.context.facts, find_precision(settings.precision), count_known_slots(settings.optimizer))
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
