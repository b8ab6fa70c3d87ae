"""W215 idle-dilation: a dilation above 1 of a kernel of 1x1, which has no taps to spread.

A dilation puts gaps between the taps of a kernel. With one tap there are none: the layer reads what it would read without,
and the receptive field does not grow. Keras accepts it without a word. Usually the kernel was changed and the dilation
left behind, or a kernel of 3x3 was meant.

Source: Yu & Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions" (2016), equation 2: the sum over the taps.

Bad:

    input 28x28x8
    conv(16, 3x3, activation=relu) -> conv(16, 1x1, dilation=2, activation=relu)

Good:

    input 28x28x8
    conv(16, 3x3, activation=relu) -> conv(16, 3x3, dilation=2, activation=relu)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.finding import SAFE, merge_findings, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "W215"
SEVERITY = INFO
DEFAULT = True
LOOKS_AT = ("a gap between positions",)
FIX = SAFE
OFFER = "{}, or use a larger kernel"


def check(context: Context) -> Iterator[Diagnostic]:
    found = [node for node in context.graph.nodes if spreads_nothing(node, context)]
    if found:
        one = len(found) == 1
        message = f"the dilation of {name_layers(found)} does nothing: {'its kernel has' if one else 'their kernels have'} one tap"
        help = "drop the dilation, or use a larger kernel"
        yield merge_findings(CODE, found, message, help, SEVERITY, ("dilation", "d", "dilation_rate"))


def spreads_nothing(node: Node, context: Context) -> bool:
    """Whether a layer reads one position along every axis along which it is dilated."""
    dilated = [axis for axis in context.reaches[node.index] or () if axis.gap > 1]
    return bool(dilated) and all([axis.over == 1 and axis.low == axis.high for axis in dilated])


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The text without the dilation."""
    nodes = repair.nodes(found)
    yield repair.propose_each("drop the dilation of {}", nodes, lambda some: repair.set(some, dilation=1), safe=True)
