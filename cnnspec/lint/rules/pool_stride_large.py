"""L810 pool-stride-large: a pool with a stride above 3.

It keeps at most one value of sixteen.

Source: lecture 3, "big stride causes high information loss".

Bad:

    input 32x32x3
    conv(8, 3x3, padding=same) -> maxpool(4x4)

Good:

    input 32x32x3
    conv(8, 3x3, padding=same) -> maxpool(2x2)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.finding import UNSAFE, indices, list_other_places, name_layers
from cnnspec.lint.sliding_layers import in_short, sliding_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "L810"
SEVERITY = INFO
DEFAULT = False
FIX = UNSAFE
ADVICE = "use stride 2, more than once"
PROFILE = "lecture"
MOST = 3


def check(context: Context) -> Iterator[Diagnostic]:
    large = [layer for layer in sliding_layers(context, weighs=False) if max(layer.stride) > MOST]
    if large:
        nodes, stride = [layer.node for layer in large], large[0].stride
        kept = 1
        for step in stride:
            kept *= step
        message = f"{name_layers(nodes)} keep{'s' * (len(nodes) == 1)} one value of {kept}: stride {in_short(stride)}"
        yield Diagnostic(
            CODE,
            message,
            nodes[0].site.span,
            ADVICE,
            list_other_places(nodes),
            SEVERITY,
            indices(nodes),
        )


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """A stride of 2."""
    nodes = repair.nodes(found)
    yield repair.propose_each("write stride=2 for {}", nodes, lambda some: repair.set(some, stride=2))
