"""P504 big-kernel-factorise: a large kernel where several of 3x3 see as far for less.

n convolutions of 3x3 have the receptive field of one of 2n + 1 and, at equal channels, 9n weights in place of (2n + 1)^2,
with n activations in place of one. The first convolution of a network and depthwise ones are not reported.

Source: Simonyan & Zisserman, "Very Deep Convolutional Networks" (2015), section 2.3; lecture 3, on small kernels.

Bad:

    input 32x32x3
    conv(64, 3x3, padding=same, activation=relu)
    conv(64, 7x7, padding=same, activation=relu)

Good:

    input 32x32x3
    conv(64, 3x3, padding=same, activation=relu) * 4
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.base.percent import percent
from cnnspec.layers.base import product
from cnnspec.lint.finding import UNSAFE, indices, list_other_places, name_layers
from cnnspec.lint.sliding_layers import sliding_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "P504"
SEVERITY = INFO
DEFAULT = False
FIX = UNSAFE
OFFER = "{}"
ADVICE = "write several kernels of 3 one behind another"


def check(context: Context) -> Iterator[Diagnostic]:
    found = []
    for number, layer in enumerate(sliding_layers(context, weighs=True)):
        sizes = set(layer.kernel)
        macs, shape = context.facts.macs[layer.node.index], layer.node.shape
        if (
            number == 0
            or len(sizes) > 1
            or min(sizes) < 5
            or min(sizes) % 2 == 0
            or set(layer.stride) != {1}
            or not shape
        ):
            continue
        kernel, rank = min(sizes), len(layer.kernel)
        values, entering, leaving = product(shape), layer.entering[-1], shape[-1]
        if (
            not isinstance(entering, int)
            or not isinstance(leaving, int)
            or not isinstance(values, int)
            or not isinstance(macs, int)
        ):
            continue
        if macs != values * kernel**rank * entering:  # groups, or channels that do not mix
            continue
        steps = kernel // 2
        now, then = kernel**rank * entering * leaving, 3**rank * (entering + (steps - 1) * leaving) * leaving
        if then < now:
            found.append((layer.node, now, then, kernel, rank, steps))
    if found:
        nodes = [f[0] for f in found]
        node, now, then, kernel, rank, steps = found[0]
        small = "x".join(["3"] * rank)
        message = f"{name_layers(nodes)} ha{'s' if len(nodes) == 1 else 've'} a kernel of {'x'.join([str(kernel)] * rank)}: {now:,} weights in {node.name}, and {steps} convolutions of {small} see as far with {then:,} ({percent(then / now - 1, signed=True)})"
        yield Diagnostic(CODE, message, node.site.span, ADVICE, list_other_places(nodes), SEVERITY, indices(nodes))


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """Several kernels of 3x3 one behind another."""
    for node in repair.nodes(found)[:1]:
        windows = repair.context.facts.windows[node.index]
        sizes = {window.kernel for window in windows}
        size = sizes.pop()
        if sizes or size % 2 == 0:
            return
        times, end = (size - 1) // 2, node.site.node.end
        repeated = repair.editor(node.site.source).edit(end, end, f" * {times}")
        edits = [*repair.set([node], kernel=(3,) * len(windows)), repeated]
        small = "x".join(["3"] * len(windows))
        yield repair.propose(f"write {times} kernels of {small} one behind another for {node.name}", edits)
