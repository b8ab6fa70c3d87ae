"""R304 dilation-gridding: the rates of dilated convolutions in a row leave gaps, or share a factor.

With hybrid dilated convolution the largest gap at the second layer, M_2, must be no more than the kernel, where
M_n = r_n and M_i = max(M_{i+1} - 2 r_i, 2 r_i - M_{i+1}, r_i), the rates in ascending order; and they must have no
common factor. Off by default: DeepLab's backbones break it on purpose, behind layers that see everything; rf-holes counts what is missed.

Source: Wang et al., "Understanding Convolution for Semantic Segmentation" (2018), section 3.2.

Bad:

    input 64x64x3
    conv(8, 3x3, activation=relu) -> conv(8, 3x3, activation=relu)
    maxpool(2x2)
    conv(8, 3x3, dilation=2, activation=relu) -> conv(8, 3x3, dilation=4, activation=relu)

Good:

    input 64x64x3
    conv(8, 3x3, activation=relu) -> conv(8, 3x3, activation=relu)
    maxpool(2x2)
    conv(8, 3x3, dilation=2, activation=relu) -> conv(8, 3x3, dilation=3, activation=relu)
"""

from __future__ import annotations

from math import gcd

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.layers.window import EACH
from cnnspec.lint.finding import UNSAFE, merge_findings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.layers.window import Window
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "R304"
SEVERITY = WARNING
DEFAULT = False
FIX = UNSAFE
OFFER = "{}"
ADVICE = "write rates without a common factor in turn, such as 1, 2, 5"


def check(context: Context) -> Iterator[Diagnostic]:
    for chain in chains(context):
        for column in zip(*[windows for _, windows in chain], strict=True):
            ordered = sorted(column, key=lambda window: (window.dilation, -window.kernel))
            rates, kernel = [window.dilation for window in ordered], ordered[0].kernel
            common, gap = gcd(*rates), largest_gap(rates)
            if max(rates) == 1 or (common == 1 and gap <= kernel):
                continue
            why = f"share the factor {common}" if common > 1 else f"leave gaps of {gap} to a kernel of {kernel}"
            message = f"the rates {', '.join(map(str, rates))} of convolutions in a row {why}"
            nodes = [node for node, windows in chain if any([window.dilation > 1 for window in windows])]
            yield merge_findings(CODE, nodes, message, ADVICE, SEVERITY, ("dilation", "d"))
            break


def largest_gap(rates: list[int]) -> int:
    """M_2 of hybrid dilated convolution."""
    gap = rates[-1]
    for rate in reversed(rates[1:-1]):
        gap = max(gap - 2 * rate, 2 * rate - gap, rate)
    return gap


def chains(context: Context) -> list[list[tuple[Node, tuple[Window, ...]]]]:
    """Convolutions of stride 1 directly behind one another, two or more, each with its windows."""
    graph = context.graph
    readers = graph.consumers()
    ending: dict[int, list[tuple[Node, tuple[Window, ...]]]] = {}  # a node → the chain that ends in it
    for node in graph.nodes:
        inputs, reach = context.facts.inputs_of(node.index), context.reaches[node.index]
        if node.layer is None or inputs is None or len(inputs) != 1 or not reach:
            continue
        before = ending.get(node.inputs[0], [])
        windows = context.facts.windows[node.index] if context.facts.weighty(node.index) else ()
        if windows and all([w.stride == 1 for w in windows]) and any([w.kernel > 1 for w in windows]):
            ending[node.index] = [*before, (node, windows)] if len(before) < 64 else before
        elif before and all([axis == EACH for axis in reach]):
            ending[node.index] = before
    found = []
    for index, chain in ending.items():
        ends = not any([len(ending.get(i, ())) >= len(chain) for i in readers[index]])
        if len(chain) > 1 and ends:
            found.append(chain)
    return found


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """Rates that leave no gaps."""
    from cnnspec.lint.fix.kernel_sizes import propose_rates

    yield propose_rates(repair, repair.nodes(found))
