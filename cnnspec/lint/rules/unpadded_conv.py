"""L806 unpadded-conv: convolutions without padding, each of which makes the map smaller.

32, 28, 24, 20: the size shrinks with every layer, the border is read less than the middle, and depth is limited. A
convolution that reads the whole map at once, as a dense layer does, is not counted.

Source: lecture 3, "zero padding should always be applied"; lecture 2, on shrinking.

Bad:

    input 32x32x3
    conv(8, 5x5, activation=relu) -> conv(8, 5x5, activation=relu)

Good:

    input 32x32x3
    conv(8, 5x5, padding=same, activation=relu) * 2
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

CODE = "L806"
SEVERITY = INFO
DEFAULT = False
FIX = UNSAFE
ADVICE = "write padding=same"
PROFILE = "lecture"


def check(context: Context) -> Iterator[Diagnostic]:
    bare = []
    for layer in sliding_layers(context, weighs=True):
        border = context.graph.nodes[layer.node.inputs[0]].layer
        whole = all(window.extent == n for window, n in zip(layer.windows, layer.entering, strict=False))
        if (
            max(layer.kernel) > 1
            and not layer.padded
            and not whole
            and not (border and border.zeros_around() is not None)
        ):
            bare.append(layer)
    if bare:
        nodes, first = [layer.node for layer in bare], bare[0]
        assert first.node.shape is not None
        message = f"{name_layers(nodes)} pad{'s' * (len(nodes) == 1)} nothing: {first.entering[0]} becomes {first.node.shape[0]} in {first.node.name}"
        yield Diagnostic(CODE, message, nodes[0].site.span, ADVICE, list_other_places(nodes), SEVERITY, indices(nodes))


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """padding=same."""
    nodes = repair.nodes(found)
    yield repair.propose_each(ADVICE, nodes, lambda some: repair.set(some, padding="same"))
