"""L805 pool-with-padding: a pool with padding around its input.

Padding keeps the size, and a pool is there to reduce it.

Source: lecture 2, "zero padding makes no sense here".

Bad:

    input 32x32x3
    conv(8, 3x3, padding=same) -> maxpool(3x3, stride=2, padding=1)

Good:

    input 32x32x3
    conv(8, 3x3, padding=same) -> maxpool(2x2)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.finding import UNSAFE, indices, list_other_places, name_layers
from cnnspec.lint.sliding_layers import sliding_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "L805"
SEVERITY = INFO
DEFAULT = False
FIX = UNSAFE
ADVICE = "drop the padding"
PROFILE = "lecture"


def check(context: Context) -> Iterator[Diagnostic]:
    padded = [layer for layer in sliding_layers(context, weighs=False) if layer.padded]
    if padded:
        nodes, window = [layer.node for layer in padded], padded[0].windows[0]
        message = f"{name_layers(nodes)} pad{'s' * (len(nodes) == 1)} {window.before} in front and {window.after} behind: a pool is there to reduce"
        yield Diagnostic(CODE, message, nodes[0].site.span, ADVICE, list_other_places(nodes), SEVERITY, indices(nodes))


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """padding=valid, or windows that lie side by side."""
    from cnnspec.lint.fix.paddings import drop_padding

    return drop_padding(repair, repair.nodes(found))
