"""R306 even-kernel-same: an even kernel with padding=same shifts the map by half a position.

A 4x4 kernel needs 3 rows of padding, which padding=same stands 1 before and 2 behind: every such layer moves what it
sees by half a position, always to the same side. Left alone are strided layers, whose map has other positions anyway,
and one dimension: half a step of a text or a sound is no edge out of place.

Source: Convolutional Neural Networks, lecture 1 ("usually an odd number") and 2 (P = (F - 1)/2 is no whole number);
Wu et al., "Convolution with even-sized kernels and symmetric padding" (2019).

Bad:

    input 32x32x3
    conv(8, 4x4, padding=same, activation=relu)

Good:

    input 32x32x3
    conv(8, 3x3, padding=same, activation=relu)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.lint.finding import UNSAFE, merge_findings, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.layers.window import Window
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "R306"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("a window off the middle",)
FIX = UNSAFE
OFFER = "{}"
ADVICE = "use an odd kernel"


def check(context: Context) -> Iterator[Diagnostic]:
    found = [(node, window) for node in context.graph.nodes if (window := shifting(node, context))]
    if found:
        nodes, window = [node for node, _ in found], found[0][1]
        sides = f"{window.before} before and {window.after} behind"
        if len(nodes) == 1:
            message = (
                f"{nodes[0].name} has an even kernel with padding=same, {sides}: it shifts the map by half a position"
            )
        else:
            message = f"{name_layers(nodes)} have an even kernel with padding=same, {nodes[0].name} {sides}: each shifts the map by half a position, all of them by {len(nodes) / 2:g}"
        yield merge_findings(CODE, nodes, message, ADVICE, SEVERITY, ("kernel", "k", "size", "kernel_size"))


def shifting(node: Node, context: Context) -> Window | None:
    """The window that padding=same puts off the middle, of a layer with weights and stride 1."""
    if node.layer is None or not node.layer.rounds_up() or len(node.shape or ()) < 3:
        return None
    if not context.facts.weighty(node.index):
        return None
    for window in context.facts.windows[node.index]:
        if window.stride == 1 and window.before != window.after:
            return window
    return None


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """A kernel of one less, or one more."""
    from cnnspec.lint.fix.kernel_sizes import propose_odd_kernels

    return propose_odd_kernels(repair, repair.nodes(found))
