"""T403 activation-loss-mismatch: the loss cannot work well with the function that the network ends in.

A cross-entropy over classes needs a distribution (softmax), a binary one a probability for each unit (sigmoid). After
relu or tanh it gets numbers that are no probabilities: Keras clips them, and a clipped value has no gradient; all zeros
divide 0 by 0. Squared errors, and margins, on probabilities of classes train slowly: at a confident mistake the gradient
vanishes.

Source: measured on Keras 3.15 (after relu with all units at 0, categorical_crossentropy is NaN).

Bad:

    input 8x8x1
    flatten -> dense(3, sigmoid)
    train { loss = sparse_categorical_crossentropy }

Good:

    input 8x8x1
    flatten -> dense(3, softmax)
    train { loss = sparse_categorical_crossentropy }
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, INFO, WARNING, Diagnostic
from cnnspec.lint.finding import UNSAFE
from cnnspec.lint.network_end import endings, has_classes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext
    from cnnspec.lint.network_end import Ending

CODE = "T403"
SEVERITY = ERROR
DEFAULT = True
LOOKS_AT = ("a train section",)
FIX = UNSAFE
OFFER = "{}"
ADVICE = "end in the function that the loss takes, or write the loss that takes this function"
ADVICE_TO_PROBABILITIES = "a cross-entropy has no such factor"
SEVERAL = " where several classes may be true at once"
PROBABILITIES = {  # functions whose values a cross-entropy takes, or that another rule speaks of
    "softmax": ("softmax", "sparsemax", "linear"),
    "sigmoid": ("sigmoid", "hard_sigmoid", "sparse_sigmoid", "linear"),
}
DISTANCES = (  # losses whose gradient by a probability stays finite, so that a softmax's own slope comes through
    "MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh", "Hinge", "SquaredHinge", "CategoricalHinge",
)  # fmt: skip


def check(context: Context) -> Iterator[Diagnostic]:
    for end in endings(context):
        yield from find_mismatch(end, context)


def find_mismatch(end: Ending, context: Context) -> Iterator[Diagnostic]:
    """What a loss takes and an output does not give."""
    if end.logits or end.units == 1 and "softmax" in (end.fitting, end.function):  # T408, T404, T401
        return
    if end.fitting is not None and end.function not in PROBABILITIES[end.fitting]:
        severity = WARNING if end.function in ("softmax", "tanh") else ERROR
        yield Diagnostic(CODE, unlikely(end), end.span, ADVICE, end.notes, severity)
    elif end.loss.name in DISTANCES and (
        end.function == "softmax" or end.function == "sigmoid" and context.settings and has_classes(context.settings)
    ):
        message = (
            f"{end.written} of a {end.function}: where {end.called} is sure and wrong, at 1 % for the true class, "
            "the gradient is a hundredth of the error (p(1 - p) = 0.0099)"
        )
        yield Diagnostic(CODE, message, end.span, ADVICE_TO_PROBABILITIES, end.notes, INFO)


def unlikely(end: Ending) -> str:
    """What the loss takes its input for, and what that is."""
    if end.function == "sigmoid":
        return (
            f"{end.written} takes one distribution over {end.units} classes, and {end.units} sigmoids do not sum to 1"
        )
    if end.function == "softmax":
        return f"{end.written} takes each unit for a question of its own, and the softmax makes the {end.units} units share 1"
    outputs = "1 output comes" if end.units == 1 else f"{end.units} outputs come"
    return (
        f"{end.written} takes probabilities, and {end.called}'s {outputs} out of {end.function}: they need not be any"
    )


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The function that the loss takes, or the loss that takes the function."""
    from cnnspec.lint.fix.functions import end_in
    from cnnspec.lint.fix.losses import BINARY, CATEGORICAL, SPARSE, find_loss

    end, loss = find_loss(repair, found)
    if end.fitting is not None:
        when = SEVERAL if end.function == "softmax" else ""
        yield repair.propose(f"end in {end.fitting}{when}", end_in(repair, [end.node], end.fitting))
    words = {"sigmoid": (BINARY,), "softmax": (SPARSE, CATEGORICAL)}.get(end.function, ())
    when = SEVERAL if end.fitting is not None and end.function == "sigmoid" else ""
    for word in words:
        yield repair.propose(f"write {word}{when}", loss.rename(word))
