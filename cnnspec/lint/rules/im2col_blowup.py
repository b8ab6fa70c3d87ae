"""P506 im2col-blowup: a convolution whose patch matrix is many times its input.

Computed as one matrix product, a convolution first copies what each output position sees into a column: kh * kw * Cin
numbers for each position, nine times the input for 3x3. Libraries avoid the copy (implicit GEMM) where they can; on small
devices it decides what fits. Reported from ten million numbers; the largest is named.

Source: lecture 4, "im2col"; NVIDIA, CUTLASS documentation, "Implicit GEMM Convolution".

Bad:

    input 224x224x64
    conv(64, 3x3, padding=same)

Good:

    input 56x56x64
    conv(64, 3x3, padding=same)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.facts.im2col import im2col
from cnnspec.layers.base import product
from cnnspec.lint.finding import list_other_places, name_layers
from cnnspec.lint.sliding_layers import sliding_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context

CODE = "P506"
SEVERITY = INFO
DEFAULT = False
MANY, TIMES = 10_000_000, 4


def check(context: Context) -> Iterator[Diagnostic]:
    found = []
    for layer in sliding_layers(context, weighs=True):
        entering = product(layer.entering)
        for made in im2col(context.facts.operations[layer.node.index] or ()):
            values = made.values
            if isinstance(values, int) and isinstance(entering, int) and values >= max(MANY, TIMES * entering):
                found.append((values, layer.node, made, values / entering))
    if found:
        nodes = [f[1] for f in found]
        values, node, made, times = max(found, key=lambda f: f[0])
        groups = f"{made.groups} * " if made.groups != 1 else ""
        message = (
            f"as matrix products, {name_layers(nodes)} need{'s' * (len(nodes) == 1)} patch matrices: {node.name} one of "
            f"{groups}{made.window} x {made.positions} = {values:,} numbers, {times:.1f} times its input"
        )
        yield Diagnostic(
            CODE,
            message,
            node.site.span,
            "compute it as an implicit GEMM, or use a stride earlier",
            list_other_places(nodes),
            SEVERITY,
        )
