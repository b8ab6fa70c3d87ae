"""S704 foldable-pad: a pad of its own in front of a layer that can pad itself.

pad(1) and a convolution with padding=valid are one convolution with padding=1: one tensor and one layer less.

Source: Keras's imported models have such pairs, for weights trained elsewhere.

Bad:

    input 28x28x3
    pad(1) -> conv(8, 3x3, stride=2)

Good:

    input 28x28x3
    conv(8, 3x3, stride=2, padding=1)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.finding import elsewhere, indices, several
from cnnspec.lint.sliding import slid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from cnnspec.lint.context import Context

CODE = "S704"
DEFAULT = False


def check(context: Context) -> Iterator[Diagnostic]:
    found = []
    for layer in slid(context, weighs=True):
        border = context.graph.nodes[layer.node.inputs[0]]
        alone = len(context.readers[border.index]) == 1 and border.index not in context.graph.outputs
        if border.layer is not None and border.layer.adds_zeros and alone and not layer.padded:
            found.append((border, getattr(border.layer, "amount", None), len(layer.windows)))
    if found:
        nodes, (amount, axes) = [node for node, _, _ in found], found[0][1:]
        message = f"{several(nodes)} can be the padding of the convolution behind"
        yield Diagnostic(
            CODE,
            message,
            nodes[0].site.span,
            f"write padding={written(amount, axes)} there",
            elsewhere(nodes),
            INFO,
            indices(nodes),
        )


def written(amount: Any, axes: int) -> str:
    """An amount of padding as an argument: 1, (1, 2), ((0, 1), (0, 1))."""
    return f"({amount},)" if axes == 1 and isinstance(amount, tuple) else str(amount)
