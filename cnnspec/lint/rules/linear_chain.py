"""W207 linear-chain: two layers with weights and no non-linearity between them do no more than one.

A sum of sums is a sum: two 3x3 convolutions without an activation between them are one 5x5, with more parameters than
it needs. Usually a relu was forgotten. Left alone are deliberate factorisations: a bottleneck of fewer channels, a 1x1
convolution that narrows the map or comes before a wider 1x1, grouped and depthwise convolutions, a single filter.

Source: Convolutional Neural Networks, lectures 0 and 3, on activations.

Bad:

    input 32x32x3
    conv(16, 3x3, padding=same, bias=false) -> bn
    conv(16, 3x3, padding=same, bias=false) -> bn -> relu

Good:

    input 32x32x3
    conv(16, 3x3, padding=same, bias=false) -> bn -> relu
    conv(16, 3x3, padding=same, bias=false) -> bn -> relu
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.facts.kernels import Kernel
from cnnspec.lint.finding import UNSAFE, merge_findings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "W207"
SEVERITY = WARNING
DEFAULT = True
FIX = UNSAFE
ADVICE = "put an activation between them, for example relu"


def check(context: Context) -> Iterator[Diagnostic]:
    if context.broken:  # what could not be understood may be what is missed
        return
    graph, kernels = context.graph, mixing(context)
    readers, outputs = graph.consumers(), set(graph.outputs)
    seconds, pairs = [], []
    for node in graph.nodes:
        kernel = kernels[node.index]
        if kernel is None:
            continue
        first = graph.nodes[node.inputs[0]]
        while first.layer is not None and kernels[first.index] is None and first.layer.affine:
            if len(readers[first.index]) > 1 or first.index in outputs:
                break
            first = graph.nodes[first.inputs[0]]
        before = kernels[first.index]
        if before is None or first.layer is None or first.layer.ends_in() != "linear":
            continue
        if len(readers[first.index]) == 1 and first.index not in outputs and wide(before, kernel):
            seconds.append(node)
            pairs.append((first, node))
    if pairs:
        first, second = pairs[0]
        message = f"no non-linearity between {first.name} and {second.name}: {together_are(first, second, context)}"
        if len(pairs) > 1:
            message += f"; nor in {len(pairs) - 1} more pair{'s' * (len(pairs) > 2)} of layers"
        yield merge_findings(CODE, seconds, message, ADVICE, SEVERITY)


def mixing(context: Context) -> list[Kernel | None]:
    """The kernels of layers that mix channels, a separable convolution's as if it were one."""
    found = list(context.facts.kernels)
    for node in context.graph.nodes:
        windows = context.facts.windows[node.index] if found[node.index] is None else ()
        inputs = context.facts.inputs_of(node.index) if windows else None
        if inputs is not None and node.layer is not None:
            names = {weight.name for weight in node.layer.own_weights(inputs)}
            if {"depthwise_kernel", "pointwise_kernel"} <= names:
                entering, leaving = inputs[0][-1], (context.facts.shapes[node.index] or (None,))[-1]
                if isinstance(entering, int) and isinstance(leaving, int):
                    found[node.index] = Kernel(tuple([w.kernel for w in windows]), entering, leaving, 1)
    return found


def wide(first: Kernel, second: Kernel) -> bool:
    """Whether the first layer is no factorisation: it mixes all channels, and nothing is gained by having both.

    A 1x1 convolution is one where it passes on fewer channels than come in, or than the 1x1 behind it yields: otherwise
    the layer behind it can do the same alone.
    """
    if first.dense:
        return first.leaving >= min(first.entering, second.leaving)
    if first.groups > 1 or first.leaving == 1 or first.leaving < first.entering:
        return False
    if max(first.sizes) == 1:
        return second.groups == 1 and (max(second.sizes, default=1) > 1 or first.leaving >= second.leaving)
    return min(first.sizes) > 1


def together_are(first: Node, second: Node, context: Context) -> str:
    """What two such layers amount to."""
    before, after = context.facts.kernels[first.index], context.facts.kernels[second.index]
    if (
        before is None
        or after is None
        or before.dense
        or after.dense
        or second.inputs != (first.index,)
        or len(before.sizes) != len(after.sizes)
    ):
        return "together they can do no more than one layer"
    windows = zip(context.facts.windows[first.index], context.facts.windows[second.index], strict=True)
    sizes = [one.extent + (other.extent - 1) * one.stride for one, other in windows]
    padded = any([one.before != 0 or one.after != 0 for one in context.facts.windows[second.index]])
    return f"together they are one {'x'.join(map(str, sizes))} convolution{', but for the border' if padded else ''}"


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """relu behind the first."""
    from cnnspec.lint.fix.functions import end_in

    firsts = []
    for node in repair.nodes(found):
        first = repair.graph.nodes[node.inputs[0]]
        while repair.context.facts.kernels[first.index] is None and first.inputs:
            first = repair.graph.nodes[first.inputs[0]]
        firsts.append(first)
    yield repair.propose_each("put relu behind {}", firsts, lambda some: end_in(repair, some, "relu"))
