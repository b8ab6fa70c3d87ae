"""P505 memory-budget: training needs more memory than the train section allows.

`memory` in a train section says what the device has. What training needs at least is the weights, their gradients, the
optimizer's figures and, for every example of a batch, the tensors that the gradients need, all in float32. Buffers of
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
    train { loss = sparse_categorical_crossentropy; batch = 64; memory = 2GiB }
"""

from __future__ import annotations

from cnnspec.analyses.memory import in_bytes
from cnnspec.analyses.training_memory import training_memory
from cnnspec.diagnostic import Diagnostic, Note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.rules.context import Context

CODE = "P505"
DEFAULT = True


def check(context: Context) -> Iterator[Diagnostic]:
    settings = context.settings
    if settings is None or settings.memory is None:
        return
    need = training_memory(context.facts, settings.optimizer)
    if need is None or need.total(settings.batch) <= settings.memory:
        return
    fits = (settings.memory - need.fixed) // need.kept if need.kept else 0
    parts = [
        f"weights and gradients {in_bytes(need.weights + need.gradients)}",
        f"{settings.optimizer.name} {in_bytes(need.optimizer)}",
        f"activations {in_bytes(settings.batch * need.kept)}",
    ]
    message = (
        f"training needs at least {in_bytes(need.total(settings.batch))} at batch = {settings.batch} "
        f"({', '.join(parts)}), and memory is {in_bytes(settings.memory)}"
    )
    if fits > 0:
        help = f"batch = {fits} fits"
    else:
        help = f"no batch fits: without examples it is {in_bytes(need.fixed)}, one example takes {in_bytes(need.kept)}"
    nodes = context.graph.nodes
    notes = [Note(f"{nodes[i].name} keeps {in_bytes(n)} an example", nodes[i].site.span) for n, i in need.largest]
    yield Diagnostic(CODE, message, settings.span("memory"), help, tuple(notes))
