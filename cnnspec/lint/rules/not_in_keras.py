"""E116 not-in-keras: a layer is well defined, and Keras cannot compute it.

Every question about the network is answered: shapes, parameters, MACs, receptive fields. `compile` and `train` refuse
it, so that it is told here first. Where the network is for another framework, say so: with `--target torch` nothing is
said of Keras.

Source: Keras 3 and TensorFlow, measured: what each layer refuses, or computes on some machines alone, stands in the
table "Where Keras is wrong, or late" of the layers' pages.

Bad:

    input 33x33x8
    depthwise_conv(3x3, stride=2x1)

Good:

    input 33x33x8
    depthwise_conv(3x3, stride=2)
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

CODE = "E116"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("what Keras cannot compute",)
FIX = UNSAFE
OFFER = "{}"
TARGETS = ("keras",)


def check(context: Context) -> Iterator[Diagnostic]:
    return find_keras_limits(context.facts, CODE, SEVERITY)


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """What the layer itself knows to say instead."""
    return propose_for_limit(repair, found)
