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

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.lint.ending import ending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context

CODE = "T404"
DEFAULT = True


def check(context: Context) -> Iterator[Diagnostic]:
    end = ending(context)
    if end is None or not end.one_category:
        return
    message = f"{end.written} over 1 unit is 0 whatever the network says: nothing is learned"
    if end.logits or end.function == "linear":
        instead = "binary_crossentropy(from_logits=true)"
    else:
        instead = "binary_crossentropy" + (" and end in sigmoid" if end.function != "sigmoid" else "")
    help = f"write {instead}, or end in a unit for each class"
    yield Diagnostic(CODE, message, end.span, help, end.notes)
