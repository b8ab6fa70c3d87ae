"""W208 isolated-channel-groups: grouped convolutions in a row whose groups never exchange anything.

Half of the output of a second conv(…, groups=2) never sees the other half of the input of the first: as two networks
side by side. A 1x1 convolution or a channel_shuffle between them mixes the groups. Depthwise convolutions, which a 1x1
follows, are not meant.

Source: Zhang et al., "ShuffleNet" (2018), section 3.1. AlexNet's two towers were one on each of two GPUs.

Bad:

    input 28x28x8
    conv(16, 3x3, groups=2, activation=relu) -> conv(16, 3x3, groups=2, activation=relu)

Good:

    input 28x28x8
    conv(16, 3x3, groups=2, activation=relu) -> channel_shuffle(2) -> conv(16, 3x3, groups=2, activation=relu)
"""

from __future__ import annotations

from math import gcd

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.finding import UNSAFE, merge_findings, write_for_each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.facts.kernels import Kernel
    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "W208"
SEVERITY = INFO
DEFAULT = True
LOOKS_AT = ("grouped channels",)
FIX = UNSAFE
OFFER = "{}"
ADVICE = "put a channel_shuffle, or a convolution with a kernel of 1, between them"
ADVICE_IN_KERAS = "put a convolution with a kernel of 1 between them"


def check(context: Context) -> Iterator[Diagnostic]:
    if context.broken:  # what could not be understood may be what is missed
        return
    graph, kernels = context.graph, context.facts.kernels
    seconds, firsts, apart = [], [], []
    for node in graph.nodes:
        kernel = kernels[node.index]
        if kernel is None or not grouped(kernel):
            continue
        first = source(node, context)
        before = kernels[first.index]
        if before is not None and grouped(before) and gcd(before.groups, kernel.groups) > 1:
            seconds.append(node)
            firsts.append(first)
            apart.append(gcd(before.groups, kernel.groups))
    if seconds:
        more = f", and {len(seconds) - 1} more such pair{'s' * (len(seconds) > 2)}" if len(seconds) > 1 else ""
        message = f"{apart[0]} groups of channels never meet between {firsts[0].name} and {seconds[0].name}{more}: each output sees 1/{apart[0]} of the channels"
        advice = ADVICE if seconds[0].site.in_spec else ADVICE_IN_KERAS
        yield merge_findings(CODE, seconds, message, advice, SEVERITY)


def grouped(kernel: Kernel) -> bool:
    """Whether its groups hold several channels each; a depthwise one mixes none, and a 1x1 is meant to follow."""
    return 1 < kernel.groups < kernel.entering


def source(node: Node, context: Context) -> Node:
    """The layer before a node that has a kernel or orders channels anew: what keeps each where it is is passed by."""
    found = context.graph.nodes[node.inputs[0]]
    while found.layer is not None and context.facts.kernels[found.index] is None and keeps(found, context):
        found = context.graph.nodes[found.inputs[0]]
    return found


def keeps(node: Node, context: Context) -> bool:
    """Whether a layer works value by value, or is a pool, so that no channel meets another."""
    inputs, reach = context.facts.inputs_of(node.index), context.reaches[node.index]
    if node.layer is None or inputs is None or len(inputs) != 1 or reach is None:
        return False
    pools = context.facts.windows[node.index] and not context.facts.weighty(node.index)
    return node.layer.in_place or bool(pools)


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """A shuffle, or a 1x1 convolution, between the two."""
    from cnnspec.lint.fix.edits import Inexpressible

    nodes = repair.nodes(found)

    def shuffle(node: Node) -> str:
        pair = source(node, repair.context), node
        first, second = [repair.context.facts.kernels[one.index] for one in pair]
        if first is None or second is None:
            raise Inexpressible
        return f"channel_shuffle({gcd(first.groups, second.groups)})"

    def mix(node: Node) -> str:
        shape = repair.inputs(node)[0]
        return f"conv({shape[-1]}, {'x'.join(['1'] * (len(shape) - 1))}, activation=relu)"

    for layer in (shuffle, mix):
        yield repair.propose_each(
            lambda some, layer=layer: f"put {write_for_each(some, layer, ' before ')}",  # type: ignore[misc]
            nodes,
            lambda some, layer=layer: repair.before(some, layer(some[0])),  # type: ignore[misc]
        )
