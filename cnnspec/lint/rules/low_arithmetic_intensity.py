"""P503 low-arithmetic-intensity: convolutions that a GPU computes faster than it can fetch their numbers.

Arithmetic per byte (16-bit numbers, each fetched once; what `cnnspec cost --dtype float16` shows as FLOP/byte) is below
what the device needs to be busy: 153 operations a byte on an A100 (312 TFLOP/s of float16 on tensor cores over 2.04 TB/s).
Depthwise convolutions are far below it by design, so that their MACs say little about their time.

Source: NVIDIA, "GPU Performance Background User's Guide"; Ma et al., "ShuffleNet V2" (2018), guideline on memory access.

Bad:

    input 112x112x96
    depthwise_conv(3x3, padding=same)

Good:

    input 14x14x1024
    conv(1024, 3x3, padding=same)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.facts.precision import find_precision
from cnnspec.facts.roofline import find_traffic
from cnnspec.lint.finding import list_other_places, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context

CODE = "P503"
SEVERITY = INFO
DEFAULT = False
TARGETS = ("gpu",)
RIDGE = 153


def check(context: Context) -> Iterator[Diagnostic]:
    batch = context.settings.batch if context.settings else 1
    found = []
    for node, moved in zip(
        context.graph.nodes, find_traffic(context.facts, find_precision("float16"), batch), strict=True
    ):
        if not context.facts.macs[node.index] or len(node.shape or ()) == 1 or moved is None:
            continue
        if moved.intensity is not None and moved.intensity < RIDGE:
            found.append((moved.intensity, node))
    if found:
        nodes = [node for _, node in found]
        lowest, node = min(found, key=lambda pair: pair[0])
        message = (
            f"{name_layers(nodes)} wait{'s' * (len(nodes) == 1)} for memory on an A100: {lowest:.2f} operations a byte in {node.name} "
            f"at batch {batch}, where {RIDGE} are needed to be busy"
        )
        yield Diagnostic(
            CODE,
            message,
            nodes[0].site.span,
            "more channels, or a larger batch, raise it",
            list_other_places(nodes),
            SEVERITY,
        )
