"""W205 no-op-layer: a layer that leaves every value where and as it is.

A pool of 1x1, a dropout of 0, a flatten of a vector: usually left over from a change, sometimes a mistyped size.
`identity` and `linear`, which say so themselves, are not reported.

Bad:

    input 28x28x1
    conv(8, 3x3, activation=relu) -> maxpool(1x1)
    flatten -> dense(10)

Good:

    input 28x28x1
    conv(8, 3x3, activation=relu) -> maxpool(2x2)
    flatten -> dense(10)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.finding import SAFE, merge_findings, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "W205"
SEVERITY = INFO
DEFAULT = True
FIX = SAFE
OFFER = "{}, or write the size or rate that was meant"


def check(context: Context) -> Iterator[Diagnostic]:
    found: dict[str, list[Node]] = {}
    for node in context.graph.nodes:
        inputs = context.facts.inputs_of(node.index)
        if node.layer is not None and inputs is not None and node.shape is not None and node.layer.idle(inputs):
            found.setdefault(node.label, []).append(node)
    for nodes in found.values():
        message = f"{name_layers(nodes)} do{'es' * (len(nodes) == 1)} nothing: what comes out is what went in"
        yield merge_findings(CODE, nodes, message, "drop it, or write the size or rate that was meant", SEVERITY)


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The text without the layers."""
    yield repair.propose_each("drop {}", repair.nodes(found), repair.drop, safe=True)
