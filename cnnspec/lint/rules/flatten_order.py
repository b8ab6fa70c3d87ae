"""N605 flatten-order: a map flattened, channels last, in front of a layer with weights.

Flatten lays HxWxC out with the channels fastest; PyTorch and ONNX have the channels first, and lay them out slowest. The
weights behind it, carried over as they are, meet other values. The mean of each channel (gap) has no order.

Source: PyTorch, "Channels last memory format"; ONNX, Flatten.

Bad:

    input 8x8x16
    flatten -> dense(10)

Good:

    input 8x8x16
    gap -> dense(10)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.facts.graph_queries import find_flattened
from cnnspec.layers.base import show_shape
from cnnspec.lint.finding import list_other_places, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context

CODE = "N605"
SEVERITY = INFO
DEFAULT = False
TARGETS = ("torch", "onnx")


def check(context: Context) -> Iterator[Diagnostic]:
    found = []
    for node in context.graph.nodes:
        if node.layer is None or not node.layer.counted or len(node.inputs) != 1:
            continue
        source = find_flattened(context.graph, node.inputs[0], context.facts.shapes)
        if source is not None and source.shape is not None and source.shape[-1] != 1:
            found.append((node, source))
    if found:
        nodes, source = [node for node, _ in found], found[0][1]
        message = f"{name_layers(nodes)} read{'s' * (len(nodes) == 1)} {show_shape(source.shape)} flattened channels last, which PyTorch and ONNX lay out channels first"
        help = "reorder the rows of its kernel when weights are carried over"
        yield Diagnostic(CODE, message, nodes[0].site.span, help, list_other_places(nodes), SEVERITY)
