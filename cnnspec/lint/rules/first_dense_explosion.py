"""P501 first-dense-explosion: the dense layer behind flatten holds most of the network's parameters.

It has a weight for every unit and every position of the map. Taking the mean of each channel first (gap) leaves a weight
for every unit and channel; one more pool leaves a quarter. Reported from a million parameters that are more than half of
all.

Source: lecture 1, on global average pooling; Lin et al., "Network in Network" (2014); VGG16 has 74 % of its parameters
there, AlexNet 60 %.

Bad:

    input 28x28x1
    conv(64, 3x3, padding=same, activation=relu) -> maxpool(4x4)
    flatten -> dense(1024, relu) -> dense(10, softmax)

Good:

    input 28x28x1
    conv(64, 3x3, padding=same, activation=relu) -> maxpool(4x4)
    gap -> dense(1024, relu) -> dense(10, softmax)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.base.percent import percent
from cnnspec.elaborate.report import trail
from cnnspec.facts.graph_queries import find_flattened
from cnnspec.layers.base import show_shape
from cnnspec.lint.finding import SHOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "P501"
SEVERITY = INFO
DEFAULT = True
LOOKS_AT = ("a layer of a million parameters",)
FIX = SHOWN
OFFER = "{}"
ADVICE = "write gap in the place of what flattens the map"
MANY = 1_000_000


def check(context: Context) -> Iterator[Diagnostic]:
    graph, facts = context.graph, context.facts
    heavy = [n for n in graph.nodes if n.layer and len(n.inputs) == 1 and sum(facts.parameters[n.index] or ()) > MANY]
    total = facts.total.parameters if heavy else None
    for node in heavy:
        own = sum(facts.parameters[node.index] or ())
        source = find_flattened(graph, node.inputs[0], facts.shapes)
        if not total or own * 2 <= total or source is None or source.layer is None:
            continue
        shape = facts.shapes[source.index]
        assert node.layer is not None and shape is not None
        weights = node.layer.own_weights(((shape[-1],),))
        pooled = sum([_count(w.shape) for w in weights])
        message = (
            f"{node.name} reads {show_shape(shape)} flattened: {own:,} of the network's {total:,} parameters "
            f"({percent(own / total)}); behind a global average pool it would have {pooled:,}"
        )
        yield Diagnostic(CODE, message, node.site.span, ADVICE, trail(node.site), SEVERITY)


def _count(shape: tuple[object, ...]) -> int:
    total = 1
    for size in shape:
        assert isinstance(size, int)
        total *= size
    return total


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """gap in the place of flatten."""
    from cnnspec.lint.fix.flattening import pool_instead

    return pool_instead(repair, repair.nodes(found)[:1])
