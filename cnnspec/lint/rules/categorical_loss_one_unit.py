"""T404 categorical-loss-one-unit: a loss over classes, and a network with one unit, so that the loss is 0.

A categorical cross-entropy compares a distribution over classes with the true one. Over one class every distribution
is the same: the loss is 0 from the first step (or the label 1 is out of range), nothing is learned, and the training
looks perfect. Two classes in one unit are a sigmoid and binary_crossentropy.

Source: measured on Keras 3.15; keras#17029.

Bad:

    input 8x8x1
    flatten -> dense(1, sigmoid)
    train { loss = categorical_crossentropy }

Good:

    input 8x8x1
    flatten -> dense(1, sigmoid)
    train { loss = binary_crossentropy }
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.lint.finding import UNSAFE
from cnnspec.lint.network_end import endings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "T404"
SEVERITY = ERROR
DEFAULT = True
LOOKS_AT = ("a train section",)
FIX = UNSAFE
OFFER = "{}, or end in a unit for each class"
ADVICE = "write binary_crossentropy, or end in a unit for each class"


def check(context: Context) -> Iterator[Diagnostic]:
    for end in endings(context):
        if end.one_category:
            message = f"{end.written} over 1 unit is 0 whatever {end.called} says: nothing is learned"
            yield Diagnostic(CODE, message, end.span, ADVICE, end.notes)


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """A loss over two classes in one unit."""
    from cnnspec.lint.fix.functions import end_in
    from cnnspec.lint.fix.losses import BINARY, find_loss

    end, loss = find_loss(repair, found)
    edits = loss.rename(BINARY)
    if not end.logits and end.function != "sigmoid":
        edits += end_in(repair, [end.node], "sigmoid")
    elif end.logits and end.function != "linear":
        edits += loss.set_from_logits(False)
    yield repair.propose(f"write {BINARY}" + (" and end in sigmoid" if len(edits) > 1 else ""), edits)
