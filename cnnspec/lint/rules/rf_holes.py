"""R303 rf-holes: one output position reads its receptive field with holes: pixels in it that it never sees.

Dilated convolutions whose rates share a factor read a grid: what lies between is seen by the neighbours alone, and
never together. Positions that nothing reads at all are skipped-positions' matter.

Source: Wang et al., "Understanding Convolution for Semantic Segmentation" (2018), "gridding".

Bad:

    input 64x64x3
    conv(8, 3x3, dilation=2, activation=relu)
    conv(8, 3x3, dilation=4, activation=relu)
    conv(8, 3x3, dilation=8, activation=relu)

Good:

    input 64x64x3
    conv(8, 3x3, dilation=1, activation=relu)
    conv(8, 3x3, dilation=2, activation=relu)
    conv(8, 3x3, dilation=5, activation=relu)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.layers.window import POSITION_NAMES, on_each
from cnnspec.lint.finding import UNSAFE, merge_findings
from cnnspec.lint.rules.dilation_gridding import in_turn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.facts.receptive_field import NodeField
    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "R303"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("a gap between positions",)
FIX = UNSAFE
MAX_ENDS = 8  # maps that are looked at; each takes a walk through the network


def check(context: Context) -> Iterator[Diagnostic]:
    graph = context.graph
    gapped = [node for node in graph.nodes if any([axis.gap > 1 for axis in context.reaches[node.index] or ()])]
    if not gapped:
        return
    for end in ends(context)[:MAX_ENDS]:
        before = context.geometry.before(end.index)
        dilated = [node for node in gapped if node.index in before]
        holes = seen_of_field(end, context) if dilated else None
        if holes is not None:
            axis, seen, length, hole = holes
            name = POSITION_NAMES[len(end.shape or ()) - 1][axis]
            message = f"one {name} of {end.name} reads {seen} of the {length} {name}s in its field: those between are never seen together with them"
            rates = ", ".join(map(str, dict.fromkeys([context.reaches[node.index][axis].gap for node in dilated])))  # type: ignore[index]
            kernel = min(
                [context.facts.windows[n.index][axis].kernel for n in dilated if context.facts.windows[n.index]],
                default=3,
            )
            help = f"rates of {rates} leave gaps: write rates of {in_turn(kernel)} in turn"
            first = dilated[0]
            jump = step_of(context.facts.fields[first.inputs[0]], axis)
            if jump is not None:
                size = -(-(hole + 1) // jump) | 1
                help += f", or put a convolution of {on_each(size, len(end.shape or ()) - 1)} without dilation before {first.name}"
            yield merge_findings(CODE, dilated, message, help, SEVERITY, ("dilation", "d"))
            return


def ends(context: Context) -> list[Node]:
    """The maps at which the network ends, or behind which all of the image is mixed."""
    graph = context.graph
    outputs, readers, used = set(graph.outputs), graph.consumers(), graph.used()
    return [
        node
        for node in graph.nodes
        if used[node.index]
        and node.layer is not None
        and context.reaches[node.index] is not None
        and (node.index in outputs or any([context.reaches[i] is None for i in readers[node.index]]))
    ]


def step_of(field: NodeField, axis: int) -> int | None:
    """How many input positions a map's neighbours lie apart; None where that is no whole number."""
    stride = field[axis].stride if isinstance(field, tuple) else None
    return stride if isinstance(stride, int) and stride > 0 else None


def seen_of_field(end: Node, context: Context) -> tuple[int, int, int, int] | None:
    """The first axis with holes, how much of its field the middle position reads, the field's length, and that of the
    longest hole."""
    from cnnspec.facts.positions import Positions
    from cnnspec.facts.regions import project_region

    shape = end.shape
    if shape is None or len(shape) < 2:
        return None
    middle = tuple([n // 2 for n in shape[:-1] if isinstance(n, int)])
    if len(middle) < len(shape) - 1:
        return None
    together = context.geometry.read(end.index, None)
    for index, region in context.geometry.read(end.index, middle).items():
        others = together[index]
        if not region or not others:
            continue
        rank = len(region[0])
        for axis, (mask, read) in enumerate(
            zip(project_region(region, rank), project_region(others, rank), strict=True)
        ):
            missing = (read - mask) & Positions.run(mask.first, mask.last)
            if missing:
                longest = max([end - start for start, end in missing.runs()])
                return axis, mask.size, mask.last - mask.first + 1, longest
    return None


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """Rates of 1, 2 and 5 in turn."""
    from cnnspec.lint.fix.kernel_sizes import propose_rates

    yield propose_rates(repair, repair.nodes(found))
