"""L811 even-kernel: a convolution with a kernel of even size, which has no middle.

Its output lies half a position beside its input, and padding=same must pad unevenly. As large as its stride (patches), it
overlaps nothing and is not reported.

Source: lecture 1, "usually an odd number".

Bad:

    input 32x32x3
    conv(8, 4x4)

Good:

    input 32x32x3
    conv(8, 3x3)
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

CODE = "L811"
SEVERITY = INFO
DEFAULT = False
FIX = UNSAFE
OFFER = "{}"
ADVICE = "use an odd kernel"
PROFILE = "lecture"


def check(context: Context) -> Iterator[Diagnostic]:
    even = [
        layer
        for layer in sliding_layers(context, weighs=True)
        if any([w.kernel % 2 == 0 and w.kernel != w.stride for w in layer.windows])
    ]
    if even:
        nodes, size = [layer.node for layer in even], even[0].kernel
        message = (
            f"{name_layers(nodes)} ha{'s' if len(nodes) == 1 else 've'} an even kernel, {'x'.join(map(str, size))}"
        )
        yield Diagnostic(CODE, message, nodes[0].site.span, ADVICE, list_other_places(nodes), SEVERITY, indices(nodes))


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """A kernel of one less, or one more."""
    from cnnspec.lint.fix.kernel_sizes import propose_odd_kernels

    return propose_odd_kernels(repair, repair.nodes(found))
