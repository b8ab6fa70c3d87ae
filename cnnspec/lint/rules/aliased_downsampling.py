"""R308 aliased-downsampling: a strided convolution or maximum takes every second position without smoothing first.

Detail finer than the new grid folds into false patterns, and a shift of the image by one pixel changes the output. A
mean over the window before, or in place of the stride, smooths first. Off by default: nearly every network does this.

Source: Zhang, "Making Convolutional Networks Shift-Invariant Again" (2019).

Bad:

    input 32x32x3
    conv(8, 3x3, stride=2, padding=same, activation=relu)

Good:

    input 32x32x3
    conv(8, 3x3, padding=same, activation=relu) -> avgpool(2x2)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.lint.finding import merge_findings, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context

CODE = "R308"
SEVERITY = WARNING
DEFAULT = False


def check(context: Context) -> Iterator[Diagnostic]:
    found, largest, sizes = [], 1, ""
    for node in context.graph.nodes:
        if node.layer is None or node.layer.affine:  # a mean is smooth
            continue
        strides = [window.stride for window in context.facts.windows[node.index]]
        if max(strides, default=1) > 1:
            found.append(node)
            sizes = sizes or "x".join(map(str, strides))
            largest = max(largest, *strides)
    if found:
        message = f"{name_layers(found)} take{'s' * (len(found) == 1)} every {largest}{'nd' if largest == 2 else 'rd' if largest == 3 else 'th'} position without smoothing first"
        help = f"write stride=1 and put avgpool({sizes}, padding=same) behind {found[0].name}"
        help += ", and so for the others" * (len(found) > 1)
        yield merge_findings(CODE, found, message, help, SEVERITY, ("stride", "strides", "s"))
