"""T402 logits-mismatch: the loss and the end of the network disagree about probabilities.

A cross-entropy takes probabilities unless from_logits=true. A softmax (or sigmoid) in front of from_logits=true is
applied twice, a linear end without it is no probability at all: the network trains badly, and nothing says so.
Keras on TensorFlow repairs the first with a warning; on JAX and PyTorch, and for the second everywhere, it is silent.

Source: measured on Keras 3.15; keras-hub#1008.

Bad:

    input 8x8x1
    flatten -> dense(10)
    train { loss = sparse_categorical_crossentropy }

Good:

    input 8x8x1
    flatten -> dense(10)
    train { loss = sparse_categorical_crossentropy(from_logits=true) }
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.did_you_mean import CROSS_ENTROPIES
from cnnspec.lint.finding import UNSAFE
from cnnspec.lint.network_end import endings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "T402"
SEVERITY = ERROR
DEFAULT = True
LOOKS_AT = ("a train section",)
FIX = UNSAFE
OFFER = "{}"


def check(context: Context) -> Iterator[Diagnostic]:
    for end in endings(context):
        if end.fitting is None or end.one_category:
            continue
        if end.logits and end.function in CROSS_ENTROPIES.values():
            message = f"the loss expects logits, and {end.called} ends in {end.function}: it would be applied twice"
            yield Diagnostic(CODE, message, end.span, f"drop from_logits=true, or the {end.function}", end.notes)
        elif not end.logits and end.function == "linear":
            message = f"the loss expects probabilities, and {end.called} ends in {end.node.name} without an activation"
            loss = end.loss.name if end.span.source.is_python else end.written
            help = f"write {loss}(from_logits=true), or end in {end.fitting}"
            yield Diagnostic(CODE, message, end.span, help, end.notes)


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """from_logits as the network ends, or the function at its end as the loss wants it."""
    from contextlib import suppress

    from cnnspec.lint.fix.edits import Inexpressible
    from cnnspec.lint.fix.functions import drop_function, end_in
    from cnnspec.lint.fix.losses import find_loss

    end, loss = find_loss(repair, found)
    if end.logits:
        yield repair.propose("drop from_logits=true", loss.set_from_logits(False))
        yield drop_function(repair, [end.node])
    else:
        with suppress(Inexpressible):  # of a word in a Python source
            yield repair.propose(f"write {end.written}(from_logits=true)", loss.set_from_logits(True))
        yield repair.propose(f"end in {end.fitting}", end_in(repair, [end.node], end.fitting or ""))
