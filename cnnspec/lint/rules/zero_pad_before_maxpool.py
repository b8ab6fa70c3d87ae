"""N603 zero-pad-before-maxpool: zeros around a map of signed values in front of a max pool.

A zero beats every negative value: at the border the maxima are cut off at 0. A max pool's own padding never wins.
Keras's ResNet50V2 does this. Behind a relu it makes no difference.

Source: Keras 3, `applications.resnet_v2` (pool1_pad); ONNX, MaxPool, whose padding is minus infinity.

Bad:

    input 32x32x3
    conv(8, 3x3) -> pad(1) -> maxpool(3x3, stride=2)

Good:

    input 32x32x3
    conv(8, 3x3) -> maxpool(3x3, stride=2, padding=1)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.facts.graph_queries import find_last_function
from cnnspec.lint.finding import UNSAFE, indices, list_other_places, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Edit
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "N603"
SEVERITY = INFO
DEFAULT = False
FIX = UNSAFE
ADVICE = "give the pool the padding: it never wins there"
TARGETS = ("torch", "onnx")
NEVER_NEGATIVE = ("relu", "sigmoid", "softmax", "softplus", "exponential", "hard_sigmoid")


def check(context: Context) -> Iterator[Diagnostic]:
    found = []
    for node in context.graph.nodes:
        if node.layer is None or not node.layer.takes_largest or len(node.inputs) != 1:
            continue
        border = context.graph.nodes[node.inputs[0]]
        if border.layer is None or border.layer.zeros_around() is None:
            continue
        signed = find_last_function(context.graph, border.inputs[0])
        normalized = context.graph.nodes[border.inputs[0]].layer
        if signed is None or signed[1] not in NEVER_NEGATIVE or normalized is not None and normalized.normalizes:
            found.append(border)
    if found:
        message = f"{name_layers(found)} put{'s' * (len(found) == 1)} zeros around values that may be negative, and the max pool behind takes them"
        yield Diagnostic(
            CODE,
            message,
            found[0].site.span,
            ADVICE,
            list_other_places(found),
            SEVERITY,
            indices(found),
        )


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The padding of the pool behind, where it is minus infinity."""
    borders = {node.index for node in repair.nodes(found)}
    pools = repair.sites([n for n in repair.graph.nodes if n.inputs and n.inputs[0] in borders])
    edits: list[Edit] = []
    for pool in pools:
        border = repair.graph.nodes[pool.inputs[0]]
        amount = border.layer.zeros_around() if border.layer else 0
        edits += [*repair.drop([border]), *repair.set([pool], padding=amount)]
    yield repair.propose(f"give the padding to {name_layers(pools)}", edits)
