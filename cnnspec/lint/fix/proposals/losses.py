"""Losses and what the network ends in, brought together from either side."""

from __future__ import annotations

from cnnspec.lint.ending import ending
from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.lint.fix.proposals.heads import ending_in
from cnnspec.lint.fix.proposals.waste import without_function
from cnnspec.lint.fix.repair_context import Proposal
from cnnspec.syntax.tree import Assign, Call, Name, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic, Edit
    from cnnspec.lint.ending import Ending
    from cnnspec.lint.fix.edits import Pen
    from cnnspec.lint.fix.repair_context import Desk
    from cnnspec.syntax.tree import Node

BINARY, CATEGORICAL, SPARSE = "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"


def of(desk: Desk) -> tuple[Ending, Pen, Node]:
    """How the network ends, the pen of its train section's file, and the loss as it is written there."""
    end, setting = ending(desk.context), desk.network.train.get("loss")
    if end is None or setting is None or not isinstance(setting.site.node, Assign):
        raise Inexpressible
    return end, desk.pen(setting.site.source), setting.site.node.value


def called(pen: Pen, loss: Node, word: str) -> Edit:
    """Another loss, with the arguments that are given."""
    name = loss.function if isinstance(loss, Call) else loss
    if isinstance(name, Text):
        return pen.edit(name.start, name.end, pen.text[name.start] + word + pen.text[name.start])
    if not isinstance(name, Name):
        raise Inexpressible
    return pen.edit(name.start, name.end, word)


def from_logits(pen: Pen, loss: Node, wanted: bool) -> Edit:
    """The loss with from_logits=true, or without it."""
    given = [a for a in loss.arguments if a.name and a.name.text == "from_logits"] if isinstance(loss, Call) else []
    if given and isinstance(loss, Call) and not wanted:
        if len(loss.arguments) == 1:
            return pen.edit(loss.function.end, loss.end, "")
        return pen.without_argument(loss, given[0])
    if given:
        return pen.edit(given[0].value.start, given[0].value.end, "true" if wanted else "false")
    if isinstance(loss, Text):
        return pen.edit(loss.start, loss.end, f"{loss.value}(from_logits=true)")
    return pen.appended(loss, "from_logits=true")


def logits(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """T402: from_logits as the network ends, or the function at its end as the loss wants it."""
    end, pen, loss = of(desk)
    if end.logits:
        yield Proposal("drop from_logits=true", (from_logits(pen, loss, False),))
        yield without_function(desk, [end.node])
    else:
        yield Proposal("write from_logits=true", (from_logits(pen, loss, True),))
        yield Proposal(f"end in {end.fitting}", ending_in(desk, [end.node], end.fitting or ""))


def mismatch(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """T403: the function that the loss takes, or the loss that takes the function."""
    end, pen, loss = of(desk)
    if end.fitting is not None:
        yield Proposal(f"end in {end.fitting}", ending_in(desk, [end.node], end.fitting))
    words = {"sigmoid": (BINARY,), "softmax": (SPARSE, CATEGORICAL)}.get(end.function, ())
    for word in words:
        yield Proposal(f"write {word}", (called(pen, loss, word),))


def one_category(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """T404: a loss over two classes in one unit."""
    end, pen, loss = of(desk)
    edits = [called(pen, loss, BINARY)]
    if not end.logits and end.function != "sigmoid":
        edits += ending_in(desk, [end.node], "sigmoid")
    elif end.logits and end.function != "linear":
        edits.append(from_logits(pen, loss, False))
    yield Proposal(f"write {BINARY}" + (" and end in sigmoid" if len(edits) > 1 else ""), tuple(edits))
