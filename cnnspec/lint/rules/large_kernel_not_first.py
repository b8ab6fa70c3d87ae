"""L803 large-kernel-not-first: a kernel above 5x5 behind the first convolution.

Large windows (7x7, 11x11) belong at the image, where there are few channels; further in, 3x3 and 5x5 do with fewer weights.

Source: lecture 3, "CONV layers should use small filters, 3x3 or 5x5 at most".

Bad:

    input 32x32x3
    conv(8, 3x3, padding=same) -> relu -> conv(8, 7x7, padding=same)

Good:

    input 32x32x3
    conv(8, 7x7, padding=same) -> relu -> conv(8, 3x3, padding=same)
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

CODE = "L803"
SEVERITY = INFO
DEFAULT = False
FIX = UNSAFE
ADVICE = "use a kernel of 3, several times"
PROFILE = "lecture"
MOST = 5


def check(context: Context) -> Iterator[Diagnostic]:
    large = [
        layer
        for number, layer in enumerate(sliding_layers(context, weighs=True))
        if number and max(layer.kernel) > MOST
    ]
    if large:
        nodes = [layer.node for layer in large]
        size = "x".join(map(str, large[0].kernel))
        message = f"{name_layers(nodes)} ha{'s' if len(nodes) == 1 else 've'} a large kernel behind the first convolution: {size}"
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
    """Kernels of at most 5, or of at most 3."""
    from cnnspec.lint.fix.kernel_sizes import resize_kernels

    nodes = repair.nodes(found)
    yield resize_kernels(repair, nodes, lambda kernel, _: min(kernel, 5))
    yield resize_kernels(repair, nodes, lambda kernel, _: min(kernel, 3))
