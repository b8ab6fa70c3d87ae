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

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context

CODE = "R308"
SEVERITY = WARNING
DEFAULT = False


def check(context: Context) -> Iterator[Diagnostic]:
    found: dict[tuple[int, ...], list[Node]] = {}
    for node in context.graph.nodes:
        if node.layer is None or node.layer.affine:  # a mean is smooth
            continue
        strides = tuple([window.stride for window in context.facts.windows[node.index]])
        if max(strides, default=1) > 1:
            found.setdefault(strides, []).append(node)
    for strides, nodes in found.items():
        takes = "takes" if len(nodes) == 1 else "take"
        message = f"{name_layers(nodes)} {takes} every {ordinal(max(strides))} position without smoothing first"
        size = "x".join(map(str, strides))
        help = f"write stride=1 and put avgpool({size}, padding=same) behind {nodes[0].name}"
        help += ", and so for the others" * (len(nodes) > 1)
        yield merge_findings(CODE, nodes, message, help, SEVERITY, ("stride", "strides", "s"))


def ordinal(number: int) -> str:
    """ "2nd", "3rd", "12th"."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else endings.get(number % 10, 'th')}"
