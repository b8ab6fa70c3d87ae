"""S701 norm-order-mix: normalisation stands before the activation here and behind it there.

Both orders are in use: the paper has it before, lecture 3 behind. Which is better is open; one network should have one.

Source: Ioffe & Szegedy, "Batch Normalization" (2015), section 3.2; lecture 3, "RELU => BN".

Bad:

    input 16x16x3
    conv(8, 3x3, bias=false) -> bn -> relu
    conv(8, 3x3) -> relu -> bn

Good:

    input 16x16x3
    conv(8, 3x3, bias=false) -> bn -> relu
    conv(8, 3x3, bias=false) -> bn -> relu
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.finding import list_other_places, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context

CODE = "S701"
SEVERITY = INFO
DEFAULT = False


def check(context: Context) -> Iterator[Diagnostic]:
    nodes = context.graph.nodes
    before, behind = [], []
    for node in nodes:
        if node.layer is None or not node.layer.normalizes:
            continue
        source = nodes[node.inputs[0]].layer
        if source is not None and source.ends_in() not in (None, "linear"):
            behind.append(node)
        elif (
            source is not None
            and source.counted
            and any(activates(reader, context) for reader in context.readers[node.index])
        ):
            before.append(node)
    if before and behind:
        fewer = min(before, behind, key=len)
        message = f"normalisations before an activation: {len(before)}, behind one: {len(behind)} ({name_layers(fewer).removesuffix(',')})"
        yield Diagnostic(
            CODE, message, fewer[0].site.span, "use one order throughout", list_other_places(fewer), SEVERITY
        )


def activates(index: int, context: Context) -> bool:
    layer = context.graph.nodes[index].layer
    return layer is not None and layer.in_place and layer.ends_in() not in (None, "linear")
