"""T410 dropout-rate: a dropout that drops more than half.

The rate is the share that is dropped. In older texts, and in TensorFlow 1, the number was the share that is kept: 0.8
meant to drop 20 %. From 0.8 on it is a warning.

Source: lecture 0, "0.6 probability that element will be kept: rate=0.4"; Schoop et al., "UMLAUT" (CHI 2021).

Bad:

    input 128
    dense(64, relu) -> dropout(0.9) -> dense(10, softmax)

Good:

    input 128
    dense(64, relu) -> dropout(0.1) -> dense(10, softmax)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, WARNING, Diagnostic
from cnnspec.base.percent import percent
from cnnspec.lint.finding import UNSAFE, indices, list_other_places, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "T410"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("dropout",)
FIX = UNSAFE
OFFER = "{}"
ADVICE = "if this is the share to keep, write the share to drop"
HALF, MOST = 0.5, 0.8


def check(context: Context) -> Iterator[Diagnostic]:
    by_rate: dict[float, list[Node]] = {}
    for node in context.graph.nodes:
        rate = node.layer.drops() if node.layer is not None else 0
        if rate > HALF:
            by_rate.setdefault(rate, []).append(node)
    for rate, nodes in by_rate.items():
        message = f"{name_layers(nodes)} drop{'s' * (len(nodes) == 1)} {percent(rate)} of the values"
        severity = WARNING if rate >= MOST else INFO
        yield Diagnostic(CODE, message, nodes[0].site.span, ADVICE, list_other_places(nodes), severity, indices(nodes))


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The share to drop where that to keep was written."""
    nodes = repair.nodes(found)
    for share in {round(1 - node.layer.drops(), 6) for node in nodes if node.layer is not None}:
        yield repair.propose(
            f"write rate={share:g}, if {1 - share:.3g} is the share to keep", repair.set(nodes, rate=share)
        )
