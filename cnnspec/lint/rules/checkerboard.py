"""R307 checkerboard: the windows that a transposed convolution paints overlap unevenly.

Where the kernel is no multiple of the stride, neighbouring output positions collect different numbers of input values,
in two dimensions in a checkerboard; networks learn to balance that badly, and images show it.

Source: Odena, Dumoulin & Olah, "Deconvolution and Checkerboard Artifacts", Distill 2016.

Bad:

    input 7x7x64
    conv_transpose(32, 3x3, stride=2, padding=same, activation=relu)

Good:

    input 7x7x64
    conv_transpose(32, 4x4, stride=2, padding=same, activation=relu)
"""

from __future__ import annotations

from math import gcd

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.lint.finding import UNSAFE, find_changes, merge_findings, name_layers, write_for_each, write_setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Edit
    from cnnspec.graph import Node
    from cnnspec.layers.window import Reach
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "R307"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("an upsampling",)
FIX = UNSAFE
INSTEAD = ", or upsample and a convolution there"
OFFER = "{}" + INSTEAD


def check(context: Context) -> Iterator[Diagnostic]:
    found, facts = [], context.facts
    uneven: dict[int, tuple[tuple[Reach, ...], tuple[int, ...], tuple[int, ...]]] = {}
    for node in facts.firsts:
        reach = context.reaches[node.index]
        if reach:
            fewest, most = zip(*map(taps, reach), strict=True)
            if fewest != most:
                uneven[node.index] = reach, fewest, most
    for node in context.graph.nodes if uneven else ():
        first = facts.alike[node.index]
        if first in uneven and facts.weighty(node.index):
            found.append((node, *uneven[first]))
    if found:
        nodes, (node, reach, fewest, most) = [node for node, *_ in found], found[0]
        least = greatest = 1
        for low, high in zip(fewest, most, strict=True):
            least, greatest = least * low, greatest * high
        whose = f"; of {node.name} they" if len(nodes) > 1 else " and"
        message = f"the windows of {name_layers(nodes)} overlap unevenly{whose} give some positions {least} and others {greatest} value{'s' * (greatest != 1)} to add up"
        help = write_evened(nodes, context, 0) + INSTEAD
        yield merge_findings(CODE, nodes, message, help, SEVERITY, ("kernel", "k", "size", "kernel_size"))


def write_evened(nodes: Iterable[Node], context: Context, number: int) -> str:
    """Which layers are given which of the arguments with which their windows overlap evenly."""
    return "write " + write_for_each(nodes, lambda node: write_setting(node.layer, evened(node, context)[number]))


def evened(node: Node, context: Context) -> list[dict[str, Any]]:
    """Arguments with which the windows of a layer overlap evenly, its output as long as it was where that can be."""
    inputs = context.facts.inputs_of(node.index)
    assert node.layer is not None and inputs is not None
    found = []
    for layer in node.layer.recentred(inputs):
        alike = layer.problem(inputs) is None and layer.output(inputs) == node.shape
        fewest, most = zip(*map(taps, layer.reach(inputs) or ()), strict=True) if alike else ((0,), (1,))
        if fewest == most:
            found.append(find_changes(layer, node.layer))
    if found:
        return found
    axes = [(axis.high - (axis.low or 0) + axis.over, axis.over) for axis in node.layer.reach(inputs) or ()]
    kernels = [-(-k // s) * s for k, s in axes], [max(1, k // s) * s for k, s in axes]
    return [{"kernel": tuple(kernel) if len(axes) > 1 else kernel[0]} for kernel in kernels]


def taps(reach: Reach) -> tuple[int, int]:
    """How many input positions an output position reads, at least and at most.

    From floor((step*i + low)/over) on these are (r + high - low)//over, r the remainder of step*i + low: it goes from
    that of low by gcd(step, over) in steps of that.
    """
    low, common = reach.low or 0, gcd(reach.step, reach.over)
    ends = low % common, low % common + reach.over - common
    fewest, most = ((rest + reach.high - low) // reach.over // reach.gap + 1 for rest in ends)
    return max(0, fewest), max(0, most)


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """Kernels that are multiples of the stride."""
    nodes, context = repair.nodes(found), repair.context
    for number in range(min([len(evened(node, context)) for node in nodes])):

        def write(some: Sequence[Node], number: int = number) -> list[Edit]:
            return repair.set(some, **evened(some[0], context)[number])

        yield repair.propose_each(lambda some, n=number: write_evened(some, context, n), nodes, write)  # type: ignore[misc]
