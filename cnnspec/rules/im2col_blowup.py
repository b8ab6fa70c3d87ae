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

from cnnspec.diagnostic import INFO, Diagnostic
from cnnspec.layers.base import product
from cnnspec.rules.finding import elsewhere, several
from cnnspec.rules.sliding import slid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.rules.context import Context

CODE = "P506"
DEFAULT = False
MANY, TIMES = 10_000_000, 4


def check(context: Context) -> Iterator[Diagnostic]:
    found = []
    for layer in slid(context, weighs=True):
        assert layer.node.shape is not None
        taps, positions, entering = product(layer.kernel), product(layer.node.shape[:-1]), product(layer.entering)
        channels = layer.entering[-1]
        if all(isinstance(n, int) for n in (taps, positions, entering, channels)):
            values = taps * positions * channels
            if values >= MANY and values >= TIMES * entering:  # type: ignore[operator]
                found.append((values, layer.node, taps * channels, positions, values / entering))  # type: ignore[operator]
    if found:
        nodes = [f[1] for f in found]
        values, node, rows, columns, times = max(found, key=lambda f: f[0])  # type: ignore[arg-type, return-value]
        message = (
            f"as matrix products, {several(nodes)} need{'s' * (len(nodes) == 1)} patch matrices: {node.name} one of "
            f"{rows} x {columns} = {values:,} numbers, {times:.1f} times its input"
        )
        yield Diagnostic(
            CODE,
            message,
            node.site.span,
            "compute it as an implicit GEMM, or use a stride earlier",
            elsewhere(nodes),
            INFO,
        )
