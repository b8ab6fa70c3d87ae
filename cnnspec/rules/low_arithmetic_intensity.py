"""P503 low-arithmetic-intensity: convolutions that a GPU computes faster than it can fetch their numbers.

Arithmetic per byte, 2 MACs / bytes read and written (16-bit numbers, each fetched once), is below what the device needs
to be busy: 153 operations a byte on an A100 (312 TFLOP/s over 2.04 TB/s). Depthwise convolutions are far below it by
design, so that their MACs say little about their time.

Source: NVIDIA, "GPU Performance Background User's Guide"; Ma et al., "ShuffleNet V2" (2018), guideline on memory access.

Bad:

    input 112x112x96
    depthwise_conv(3x3, padding=same)

Good:

    input 14x14x1024
    conv(1024, 3x3, padding=same)
"""

from __future__ import annotations

from cnnspec.diagnostic import INFO, Diagnostic
from cnnspec.layers.base import product
from cnnspec.rules.finding import elsewhere, several

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.rules.context import Context

CODE = "P503"
DEFAULT = False
TARGETS = ("gpu",)
BYTES, RIDGE = 2, 153


def check(context: Context) -> Iterator[Diagnostic]:
    batch = context.settings.batch if context.settings else 1
    found = []
    for node in context.graph.nodes:
        inputs, macs = context.facts.inputs_of(node.index), context.facts.macs[node.index]
        if (
            node.layer is None
            or inputs is None
            or node.shape is None
            or not isinstance(macs, int)
            or not macs
            or len(node.shape) == 1
        ):
            continue
        values = product(inputs[0]) + product(node.shape)
        if isinstance(values, int):
            weights = sum(context.facts.parameters[node.index] or ())
            intensity = 2 * batch * macs / (BYTES * (batch * values + weights))
            if intensity < RIDGE:
                found.append((intensity, node))
    if found:
        nodes = [node for _, node in found]
        lowest, node = min(found, key=lambda pair: pair[0])
        message = (
            f"{several(nodes)} wait{'s' * (len(nodes) == 1)} for memory on an A100: {lowest:.1f} operations a byte in {node.name} "
            f"at batch {batch}, where {RIDGE} are needed to be busy"
        )
        yield Diagnostic(
            CODE, message, nodes[0].site.span, "more channels, or a larger batch, raise it", elsewhere(nodes), INFO
        )
