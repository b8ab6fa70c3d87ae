"""L804 pool-not-2x2-s2: a pool that is neither 2x2 with stride 2 nor 3x3 with stride 2.

Larger windows and strides lose too much.

Source: lectures 3 and 4, "2x2, S=2"; lecture 2 also has "F=3, S=2".

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

CODE = "L804"
SEVERITY = INFO
DEFAULT = False
FIX = UNSAFE
ADVICE = "a kernel of 2 with stride 2 is common"
PROFILE = "lecture"
COMMON = {(2, 2), (3, 2)}


def check(context: Context) -> Iterator[Diagnostic]:
    other = [
        layer
        for layer in sliding_layers(context, weighs=False)
        if {*zip(layer.kernel, layer.stride, strict=True)} - COMMON
    ]
    if other:
        nodes, first = [layer.node for layer in other], other[0]
        size, stride = "x".join(map(str, first.kernel)), in_short(first.stride)
        message = f"{name_layers(nodes)} pool{'s' * (len(nodes) == 1)} {size} with stride {stride}"
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
    """Pools of 2x2 with stride 2."""
    nodes = repair.nodes(found)
    yield repair.propose_each("pool 2x2 with stride 2", nodes, lambda some: repair.set(some, kernel=2, stride=2))
