"""E113 fractional-output-size: a stride leaves a remainder, whatever it consists of.

The strict reading of the lecture: (N + 2P - F)/S + 1 must be a whole number. It counts remainders of padding too, so
that ResNet-50 at 224 has eight of them; illegal-stride (W201) reports those alone that lose data. Off unless asked for:
`--strict-stride`, or `strict-stride = true` in the configuration.

Source: Convolutional Neural Networks, lecture 2, "Illegal stride for input & filter size", "Fractions are illegal".

Bad:

    input 8x8x3
    conv(8, 3x3, stride=2, padding=1)

Good:

    input 9x9x3
    conv(8, 3x3, stride=2, padding=1)
"""

from __future__ import annotations

from cnnspec.diagnostic import Diagnostic
from cnnspec.elaborate.reporting import trail
from cnnspec.layers.window import POSITION_NAMES
from cnnspec.rules.illegal_stride import formula

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.layers.base import Layer
    from cnnspec.rules.context import Context

CODE = "E113"
DEFAULT = False
PROFILE = "lecture"


def check(context: Context) -> Iterator[Diagnostic]:
    shapes = context.facts.shapes
    for node in context.graph.nodes:
        entering = shapes[node.inputs[0]] if len(node.inputs) == 1 else None
        if node.layer is None or entering is None or rounds_up(node.layer):
            continue
        names = POSITION_NAMES.get(len(entering) - 1, ())
        for window, n, name in zip(node.layer.windows((entering,)) or (), entering, names, strict=False):
            if isinstance(n, int) and window.remainder(n):
                rest = window.remainder(n)
                message = f"{formula(window, n)}: no whole number, a remainder of {rest} {name}{'s' * (rest > 1)}"
                smaller = f"{n - rest} or " if n - rest + window.before + window.after >= window.extent else ""  # type: ignore[operator]
                help = f"{smaller}{n - rest + window.stride} {name}s leave none"
                yield Diagnostic(CODE, message, node.site.span, help, trail(node.site))
                break


def rounds_up(layer: Layer) -> bool:
    """Whether a layer adds what its last window lacks, by its definition."""
    return getattr(layer, "padding", None) == "same" or getattr(layer, "ceil", False)
