"""R302 unproductive-layers: many convolutions begin where every position has seen the whole image already.

Once the receptive field of each path is as large as the image, further convolutions cannot relate anything new, and
padded ones on a map no larger than their kernel see mostly padding. A network made for 224x224 on 32x32 images spends
most of its work so; without its early strides it is better, or cut short it is cheaper and as good.

Source: Richter et al., "Should You Go Deeper? Optimizing Convolutional Neural Network Architectures without Training"
(2021): ResNet-18 on 16x16 images went from 17 % to 34 % without the stride and pool of its stem.

Bad:

    input 16x16x3
    conv(8, 3x3, padding=same, activation=relu) -> maxpool(2x2)
    conv(8, 3x3, padding=same, activation=relu) -> maxpool(2x2)
    (conv(8, 3x3, padding=same, activation=relu) -> conv(8, 3x3, padding=same, activation=relu)) * 3
    gap -> dense(10)

Good:

    input 16x16x3
    conv(8, 3x3, padding=same, activation=relu) -> maxpool(2x2)
    (conv(8, 3x3, padding=same, activation=relu) -> conv(8, 3x3, padding=same, activation=relu)) * 2
    gap -> dense(10)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.finding import merge_findings, share
from cnnspec.lint.images import find_image_sizes, pointlike

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context

CODE = "R302"
SEVERITY = INFO
DEFAULT = True
SIZED = True
SHARE = 0.2  # of the convolutions larger than 1x1
LEAST = 3  # of them


def check(context: Context) -> Iterator[Diagnostic]:
    image, facts = find_image_sizes(context), context.facts
    if image is None or context.lengths is None or not all([pointlike(facts.shapes[i]) for i in context.graph.outputs]):
        return
    spatial = [node for node in context.graph.nodes if larger_than_one(node, context)]
    found = [node for node in spatial if unproductive(node, image, context)]
    if len(found) < LEAST or len(found) < SHARE * len(spatial):
        return
    macs = sum([m for node in found if isinstance(m := facts.macs[node.index], int)])
    total = facts.total.macs
    spent = f"{macs:,} MACs{share(macs, total if isinstance(total, int) else None)}"
    parameters = sum([sum(facts.parameters[node.index] or ()) for node in found])
    size = "x".join(map(str, image))
    message = f"{len(found)} of {len(spatial)} convolutions larger than 1x1 (first {found[0].name}) begin where every position has seen the {size} input, or on maps no larger than their kernel, and can relate nothing new: {spent}, {parameters:,} parameters{share(parameters, facts.total.parameters)}"
    help = "drop an early stride or pool, drop these layers, or give it a larger input"
    yield merge_findings(CODE, found, message, help, SEVERITY)


def larger_than_one(node: Node, context: Context) -> bool:
    """Whether a layer has weights and a window of more than one position."""
    return context.facts.weighty(node.index) and any(
        [window.kernel > 1 for window in context.facts.windows[node.index]]
    )


def unproductive(node: Node, image: tuple[int, ...], context: Context) -> bool:
    """Whether along each axis where its window is long all is seen before it, or its input is no longer than it."""
    inputs, lengths = context.facts.inputs_of(node.index), context.lengths
    assert inputs is not None and lengths is not None
    before = lengths[node.inputs[0]]
    if before is None or len(before) != len(image):
        return False
    for window, n, seen, whole in zip(context.facts.windows[node.index], inputs[0], before, image, strict=False):
        if window.kernel > 1 and seen.least < whole:
            padded = window.before != 0 or window.after != 0
            if not (padded and isinstance(n, int) and n <= window.kernel):
                return False
        elif window.kernel > 1 and window.output(n) == 1 == n - window.extent + 1:  # a dense layer, written so
            return False
    return True
