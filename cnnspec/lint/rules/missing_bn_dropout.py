"""L808 missing-bn-dropout: a network of convolutions without a normalisation, or without dropout.

Source: lecture 3, "BN and DO should be applied if possible".

Bad:

    input 32x32x3
    conv(8, 3x3, activation=relu) -> flatten -> dense(10, softmax)

Good:

    input 32x32x3
    conv(8, 3x3) -> relu -> bn -> flatten -> dropout(0.5) -> dense(10, softmax)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.sliding_layers import sliding_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context

CODE = "L808"
SEVERITY = INFO
DEFAULT = False
PROFILE = "lecture"
HELP = {"normalisation": "put bn behind each activation", "dropout": "dropout(0.5) before the last dense layer"}


def check(context: Context) -> Iterator[Diagnostic]:
    layers = [(node, node.layer) for node in context.graph.nodes if node.layer is not None]
    first = next(iter(sliding_layers(context, weighs=True)), None)
    missing = []
    if not any(layer.normalizes for _, layer in layers):
        missing.append("normalisation")
    if not any(layer.drops() for _, layer in layers):
        missing.append("dropout")
    if first is not None and missing:
        if len(layers) == 1:
            message = f"the network's one layer is no {' and no '.join(missing)}"
        else:
            message = f"none of the network's {len(layers)} layers is a {' or a '.join(missing)}"
        help = " and ".join([HELP[word] for word in missing])
        yield Diagnostic(CODE, message, first.node.site.span, help, (), SEVERITY)
