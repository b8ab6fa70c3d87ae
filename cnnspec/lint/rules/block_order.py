"""L809 block-order: layers in another order than INPUT, (CONV, RELU, BN, POOL), (FC, DO).

The first deviation is printed. The batch normalisation's own paper has it before the activation, as most networks do: the
order is the lecture's.

Source: lecture 3, "INPUT => CONV => RELU => BN => POOL => FC => DO => FC => DO".

Bad:

    input 32x32x3
    conv(8, 3x3, bias=false) -> bn -> relu -> maxpool(2x2)

Good:

    input 32x32x3
    conv(8, 3x3) -> relu -> bn -> maxpool(2x2)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.elaborate.report import trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context

CODE = "L809"
SEVERITY = INFO
DEFAULT = False
PROFILE = "lecture"
ORDER = ("CONV", "RELU", "BN", "POOL", "DO")


def check(context: Context) -> Iterator[Diagnostic]:
    places: list[int | None] = []
    for node in context.graph.nodes:
        place = placed(node, context)
        before = places[node.inputs[0]] if len(node.inputs) == 1 else None
        places.append(before if place is None else place)
        if place and before and place < before:
            message = f"{node.name}, of {ORDER[place]}, stands behind {ORDER[before]} in its block"
            yield Diagnostic(
                CODE,
                message,
                node.site.span,
                "the order is CONV, RELU, BN, POOL; FC, RELU, DO",
                trail(node.site),
                SEVERITY,
            )
            return


def placed(node: Node, context: Context) -> int | None:
    """Where in a block a layer belongs; None for one that belongs nowhere."""
    layer, inputs = node.layer, context.facts.inputs_of(node.index)
    if layer is None or inputs is None or node.shape is None or layer.merges or layer.counted:
        return 0
    if layer.windows(inputs):
        return 3
    if layer.normalizes:
        return 2
    if layer.drops():
        return 4
    return 1 if layer.in_place and layer.ends_in() not in (None, "linear", "softmax") else None
