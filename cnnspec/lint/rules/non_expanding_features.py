"""S703 non-expanding-features: the channels do not grow where the map is halved.

Most networks double the filters where they halve height and width, so that the cost of a layer stays the same and what is
lost in place is kept in kind.

Source: Nikanjam & Khomh, "Automatic Detection of Design Smells in Deep Learning Programs" (2021), "Non-expanding feature
map"; He et al. (2016), section 3.3.

Bad:

    input 32x32x3
    conv(32, 3x3, padding=same, activation=relu) -> maxpool(2x2)
    conv(32, 3x3, padding=same, activation=relu)

Good:

    input 32x32x3
    conv(32, 3x3, padding=same, activation=relu) -> maxpool(2x2)
    conv(64, 3x3, padding=same, activation=relu)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.finding import list_other_places, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context

CODE = "S703"
SEVERITY = INFO
DEFAULT = False


def check(context: Context) -> Iterator[Diagnostic]:
    facts, nodes = context.facts, context.graph.nodes
    pooled: list[bool] = []  # whether a pool stands between a node and the last layer with weights
    found = []
    for node in nodes:
        inputs = facts.inputs_of(node.index)
        above = len(node.inputs) == 1 and pooled[node.inputs[0]]
        if node.layer is None or inputs is None or node.shape is None or node.layer.merges:
            pooled.append(False)
        elif node.layer.counted:
            if above and len(node.shape) > 1 and isinstance(node.shape[-1], int) and node.shape[-1] <= inputs[0][-1]:  # type: ignore[operator]
                found.append(node)
            pooled.append(False)
        else:
            windows = node.layer.windows(inputs) or ()
            pooled.append(above or any(window.stride > 1 for window in windows))
    if found:
        channels = nodes[found[0].inputs[0]].shape
        shape = found[0].shape
        assert channels is not None and shape is not None
        message = f"{name_layers(found)} stand{'s' * (len(found) == 1)} behind a pool and make{'s' * (len(found) == 1)} no more channels: {shape[-1]} of {channels[-1]}"
        yield Diagnostic(
            CODE,
            message,
            found[0].site.span,
            f"{2 * channels[-1]} keep what the pool drops",
            list_other_places(found),
            SEVERITY,
        )
