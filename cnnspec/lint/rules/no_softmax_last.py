"""L812 no-softmax-last: a classifier that does not end in a softmax.

A vector of several outputs without one is no distribution over classes. Where the loss takes logits, or the outputs are
numbers, that is right: what loss and end must share is checked by default.

Source: lectures 0, 3 and 4, on the last layer.

Bad:

    input 32x32x3
    conv(8, 3x3) -> relu -> gap -> dense(10)

Good:

    input 32x32x3
    conv(8, 3x3) -> relu -> gap -> dense(10, softmax)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.elaborate.report import trail
from cnnspec.facts.graph_queries import find_last_function
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "L812"
SEVERITY = INFO
DEFAULT = False
FIX = UNSAFE
ADVICE = "end in softmax"
PROFILE = "lecture"


def check(context: Context) -> Iterator[Diagnostic]:
    for index in context.graph.outputs:
        end, shape = find_last_function(context.graph, index), context.facts.shapes[index]
        if end is None or shape is None or len(shape) != 1 or shape[0] == 1 or end[1] == "softmax":
            continue
        node, function = end
        what = "have no activation" if function == "linear" else f"come out of {function}"
        message = f"the {shape[0]} outputs of {node.name} {what}: they are no distribution over classes"
        yield Diagnostic(CODE, message, node.site.span, ADVICE, trail(node.site), SEVERITY)


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """softmax at the end."""
    from cnnspec.lint.fix.functions import end_in

    yield repair.propose("end in softmax", end_in(repair, repair.nodes(found)[:1], "softmax"))
