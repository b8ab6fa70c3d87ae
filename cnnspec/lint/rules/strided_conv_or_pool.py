"""L807 strided-conv-or-pool: convolutions with a stride in a network that also pools.

Convolutions keep the size and pools reduce it; a stride is for convolutions that replace the pools, all of them.

Source: lecture 3, "stride of 1, unless CONV replaces POOL".

Bad:

    input 32x32x3
    conv(8, 3x3, stride=2, padding=same) -> maxpool(2x2)

Good:

    input 32x32x3
    conv(8, 3x3, padding=same) -> maxpool(2x2)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.finding import list_other_places, name_layers
from cnnspec.lint.sliding_layers import sliding_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context

CODE = "L807"
SEVERITY = INFO
DEFAULT = False
PROFILE = "lecture"


def check(context: Context) -> Iterator[Diagnostic]:
    pools = [layer for layer in sliding_layers(context, weighs=False) if max(layer.stride) > 1]
    strided = [layer for layer in sliding_layers(context, weighs=True) if max(layer.stride) > 1]
    if pools and strided:
        nodes = [layer.node for layer in strided]
        message = f"{name_layers(nodes)} ha{'s' if len(nodes) == 1 else 've'} a stride ({max(strided[0].stride)}), and {len(pools)} pool{'s' * (len(pools) > 1)} reduce{'s' * (len(pools) == 1)} the map too"
        yield Diagnostic(
            CODE,
            message,
            nodes[0].site.span,
            "write stride=1 and pool, or drop the pools",
            list_other_places(nodes),
            SEVERITY,
        )
