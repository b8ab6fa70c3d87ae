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
OFFER = "{}"
ADVICE = (
    "write rates without a common factor in turn, such as 1, 2, 5, or put a convolution without dilation before them"
)
MAX_ENDS = 8  # maps that are looked at; each takes a walk through the network


def check(context: Context) -> Iterator[Diagnostic]:
    found = find_holes(context)
    if found is not None:
        dilated, end, (axis, seen, length, _) = found
        name = POSITION_NAMES[len(end.shape or ()) - 1][axis]
        message = f"one {name} of {end.name} reads {seen} of the {length} {name}s in its field: those between are never seen together with them"
        yield merge_findings(CODE, dilated, message, ADVICE, SEVERITY, ("dilation", "d"))


def find_holes(context: Context) -> tuple[list[Node], Node, tuple[int, int, int, int]] | None:
    """The dilated layers before the first map with holes in its field, that map, and what is seen of its field."""
    nodes = context.graph.nodes
    gapped = [node for node in nodes if any([axis.gap > 1 for axis in context.reaches[node.index] or ()])]
    for end in ends(context)[:MAX_ENDS] if gapped else ():
        before = context.geometry.before(end.index)
        dilated = [node for node in gapped if node.index in before]
        holes = seen_of_field(end, context) if dilated else None
        if holes is not None:
            return dilated, end, holes
    return None


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
    """Rates that leave no gaps; a kernel without gaps before them, as wide as the longest hole."""
    from cnnspec.lint.fix.kernel_sizes import propose_rates

    yield propose_rates(repair, repair.nodes(found))
    holes = find_holes(repair.context)
    if holes is not None:
        (first, *_), _, (axis, _, _, hole) = holes
        jump, channels = step_of(repair.context.facts.fields[first.inputs[0]], axis), repair.inputs(first)[0][-1]
        if jump is not None:
            size = on_each(-(-(hole + 1) // jump) | 1, len(repair.inputs(first)[0]) - 1)
            layer = f"conv({channels}, {size}, padding=same, activation=relu)"
            yield repair.propose(f"put {layer} before {first.name}", repair.before([first], layer))
