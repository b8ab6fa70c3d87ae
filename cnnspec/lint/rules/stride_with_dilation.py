"""E104 stride-with-dilation: stride and dilation above 1 stand in one convolution, which Keras refuses.

The layer is well defined, PyTorch has it, and every question about the network is answered. `compile` and `train` refuse
it. The same positions come of a pool behind the convolution, which takes the largest of those that the stride skips.

Source: Keras, `Conv2D`: "Note that strides > 1 is not currently supported when dilation_rate > 1"; measured.

Bad:

    input 33x33x3
    conv(8, 3x3, stride=2, dilation=2)

Good:

    input 33x33x3
    conv(8, 3x3, dilation=2) -> maxpool(2x2, padding=same)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING
from cnnspec.lint.finding import UNSAFE
from cnnspec.lint.keras_limits import find_keras_limits, propose_for_limit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E104"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("what Keras cannot compute",)
FIX = UNSAFE
OFFER = "what fits: {}"
TARGETS = ("keras",)


def check(context: Context) -> Iterator[Diagnostic]:
    return find_keras_limits(context.facts, CODE, SEVERITY)


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The stride, or the dilation, by another layer; or one of the two alone."""
    return propose_for_limit(repair, found)
