"""T408 activation-on-logits: something stands between the last layer's sums and the function that makes them probabilities.

Softmax and sigmoid take sums that may be anything. After a relu none is negative, so that a sigmoid never falls below
0.5; after a tanh a softmax over ten classes never exceeds 0.45: the loss has a floor. Dropout there sets whole classes to
a fixed answer at random. The same holds in front of a loss with from_logits=true, which is what a training on classes
takes by default.

Source: Schoop et al., "UMLAUT: Debugging Deep Learning Programs using Program Structure and Model Behavior" (CHI 2021).

Bad:

    input 8x8x1
    flatten -> dense(10, relu) -> softmax

Good:

    input 8x8x1
    flatten -> dense(10) -> softmax
"""

from __future__ import annotations

from math import exp, inf

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.percent import percent
from cnnspec.elaborate.report import trail
from cnnspec.facts.graph_queries import list_pointwise
from cnnspec.lint.finding import UNSAFE
from cnnspec.lint.network_end import endings, find_default_head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.size import Dim
    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "T408"
SEVERITY = ERROR
DEFAULT = True
FIX = UNSAFE
OFFER = "{}"
ADVICE = "put it before the last layer, or drop it"
HEADS = ("softmax", "sigmoid")
SUMS = ("linear", "log_softmax", *HEADS)  # what a loss with its head in itself takes, or another rule speaks of
RANGES = {  # of the functions with a bound
    "relu": (0, inf), "softplus": (0, inf), "exponential": (0, inf), "sigmoid": (0, 1), "softmax": (0, 1), "tanh": (-1, 1),
    "hard_tanh": (-1, 1), "hard_sigmoid": (0, 1), "softsign": (-1, 1),
}  # fmt: skip


def check(context: Context) -> Iterator[Diagnostic]:
    ends = {end.output: end for end in endings(context)}
    for index in context.graph.outputs:
        read, end = list_pointwise(context.graph, index), ends.get(index)
        functions = [(node, f) for node in read if (f := node.layer.ends_in() if node.layer else None) is not None]
        if not functions:
            continue
        head = functions[0][1] if functions[0][1] in HEADS else ""
        if head and len(functions) > 1 and functions[0][0].layer and functions[0][0].layer.in_place:
            node, function = functions[1]
            if function != "linear":
                yield squeezed(node, function, head, context.facts.shapes[node.index])
        elif end is not None:
            if end.logits and end.function not in SUMS:
                yield squeezed(end.node, end.function, end.fitting or "softmax", context.facts.shapes[index])
        elif (inside := find_default_head(context, index)) and functions[0][1] not in SUMS:
            yield squeezed(*functions[0], inside, context.facts.shapes[index])
        if head or end is not None:
            yield from dropped(read)


def squeezed(node: Node, function: str, head: str, shape: tuple[Dim, ...] | None) -> Diagnostic:
    message = f"{node.name} ends in {function}, and the {head} behind it needs sums that may be anything"
    low, high = RANGES.get(function, (-inf, inf))
    classes = shape[-1] if shape else None
    if head == "sigmoid" and low > -inf:
        message += f": it is never below {1 / (1 + exp(-low)):.2g}"
        message += f" nor above {1 / (1 + exp(-high)):.2g}" if high < inf else ""
    elif head == "softmax" and high < inf and isinstance(classes, int):
        message += (
            f": no class of {classes} ever gets more than {exp(high) / (exp(high) + (classes - 1) * exp(low)):.2g}"
        )
    elif low == 0:
        message += ": none of them can be negative"
    return Diagnostic(CODE, message, node.site.span, ADVICE, trail(node.site))


def dropped(read: list[Node]) -> Iterator[Diagnostic]:
    """Dropout behind the layer that makes the outputs."""
    for node in read:
        if node.layer is not None and (rate := node.layer.drops()):
            share = percent(rate)
            message = f"{node.name} sets {share} of the network's answers to 0 while training"
            yield Diagnostic(CODE, message, node.site.span, ADVICE, trail(node.site))
        if node.layer is not None and not node.layer.in_place:
            return


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The text without what stands between the sums and the head; dropout before the layer that makes the sums."""
    from cnnspec.lint.fix.functions import drop_function

    for node in repair.nodes(found)[:1]:
        if node.layer is not None and node.layer.drops():
            last = repair.graph.nodes[node.inputs[0]]
            while last.layer is not None and last.layer.in_place and last.inputs:
                last = repair.graph.nodes[last.inputs[0]]
            text = repair.editor(node.site.source).text_of(repair.whole(node))
            edits = [*repair.drop([node]), *repair.before([last], text)]
            yield repair.propose(f"put {node.name} before {last.name}", edits)
            yield repair.propose(f"drop {node.name}", repair.drop([node]))
        else:
            yield drop_function(repair, [node])
