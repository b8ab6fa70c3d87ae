"""W202 skipped-positions: half or more of what a layer computes is never read, because the strides after it jump over it.

A 1x1 convolution of stride 2 reads one position in four; when nothing else reads the others, the layers before computed
them for nothing. In the first ResNet (and Keras's ResNet50) that is 9.74 % of all multiply-accumulates.

Source: He et al., "Bag of Tricks for Image Classification with Convolutional Neural Networks" (2019), ResNet-B and D.

Bad:

    input 32x32x3
    conv(16, 3x3, padding=same, activation=relu)
    conv(32, 1x1, stride=2, activation=relu)

Good:

    input 32x32x3
    conv(16, 3x3, padding=same, activation=relu)
    conv(32, 3x3, stride=2, padding=same, activation=relu)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.base.percent import percent
from cnnspec.lint.finding import UNSAFE, merge_findings, name_layers, share, write_for_each
from cnnspec.lint.pads_and_crops import moves_edges

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.base.diagnostic import Edit
    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext
    from cnnspec.lost.lost import Loss

CODE = "W202"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("a stride beyond the window",)
FIX = UNSAFE
OFFER = "{}, or give the stride to a layer with a larger kernel"
ADVICE = "give the stride to a layer whose kernel is as large, or put an avgpool before and stride=1 here"
LEAST = 0.5


def check(context: Context) -> Iterator[Diagnostic]:
    graph = context.graph
    kinds = {node.index for node in context.facts.firsts if jumps(node, context)}
    if not kinds:
        return
    jumping = {index for index, first in enumerate(context.facts.alike) if first in kinds}
    if not any([readers and jumping.issuperset(readers) for readers in graph.consumers()]):
        return  # each tensor has a reader that reads all of it
    from cnnspec.lost.lost import find_losses, macs_lost

    everything = find_losses(context.facts)
    found = [loss for loss in everything.losses if loss.share >= LEAST and skipped(loss, jumping, context)]
    if not found:
        return
    nodes, worst = [graph.nodes[loss.node] for loss in found], max(found, key=lambda loss: loss.share)
    wasted = macs_lost(everything)
    total = context.facts.total.macs
    cost = (
        f"; {wasted:,} MACs{share(wasted, total)} compute what nobody reads"
        if wasted and isinstance(total, int)
        else ""
    )
    readers = [graph.nodes[i] for i in worst.by if i in jumping]
    what = name_layers(nodes, "tensors")
    message = f"{percent(worst.share)} of the positions of {what} are never read: {name_layers(readers)} jump{'s' * (len(readers) == 1)} over them{cost}"
    yield merge_findings(CODE, nodes, message, ADVICE, SEVERITY)


def jumps(node: Node, context: Context) -> bool:
    """Whether a layer's windows leave positions between them unread."""
    return any([window.stride > window.extent for window in context.facts.windows[node.index]])


def skipped(loss: Loss, jumping: set[int], context: Context) -> bool:
    """Whether what is lost lies between windows of its readers; a pad or crop that shifts a map is no loss of its own."""
    between = bool(jumping.intersection(loss.by)) and any([axis.inside for axis in loss.axes])
    return between and not moves_edges(context.graph.nodes[loss.node], context)


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """A mean before the layers that jump, or kernels as wide as their strides."""
    from cnnspec.lint.fix.kernel_sizes import resize_kernels

    skipped = {node.index for node in repair.nodes(found)}
    readers = [n for n in repair.graph.nodes if skipped & set(n.inputs) and jumps(n, repair.context)]

    def mean(node: Node) -> str:
        return f"avgpool({'x'.join([str(window.stride) for window in repair.context.facts.windows[node.index]])})"

    def average(some: Sequence[Node]) -> list[Edit]:
        return [*repair.before(some, mean(some[0])), *repair.set(some, stride=1)]

    yield repair.propose_each(
        lambda some: f"put {write_for_each(some, mean, ' before ')}, and stride=1 there", readers, average
    )
    yield resize_kernels(repair, readers, max)
