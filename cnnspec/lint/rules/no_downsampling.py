"""L813 no-downsampling: a network of convolutions in which no stride and no pool makes the map smaller.

Its receptive field grows by a few positions a layer, and all layers work at full size.

Source: lecture 4, "Why pooling is a must".

Bad:

    input 28x28x1
    conv(8, 3x3, activation=relu) -> conv(8, 3x3, activation=relu)

Good:

    input 28x28x1
    conv(8, 3x3, activation=relu) -> maxpool(2x2) -> conv(8, 3x3, activation=relu)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.layers.window import on_each
from cnnspec.lint.sliding_layers import sliding_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context

CODE = "L813"
SEVERITY = INFO
DEFAULT = False
PROFILE = "lecture"


def check(context: Context) -> Iterator[Diagnostic]:
    layers = list(sliding_layers(context))
    if not any(layer.weighs for layer in layers) or any(max(layer.stride) > 1 for layer in layers):
        return
    field, first = context.facts.receptive_field, layers[0].node
    seen = f" and one position sees {'x'.join([str(axis.size) for axis in field])} at most" if field else ""
    working = "1 layer works" if len(layers) == 1 else f"{len(layers)} layers work"
    message = f"nothing makes the map smaller: {working} at full size{seen}"
    pool = f"maxpool({on_each(2, len(layers[0].kernel))})"
    yield Diagnostic(CODE, message, first.site.span, f"{pool} behind every one or two convolutions", (), SEVERITY)
