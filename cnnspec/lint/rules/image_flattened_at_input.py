"""W209 image-flattened-at-input: an image goes straight into a hidden dense layer.

Flattened, an image has no neighbourhoods: every pixel has a weight of its own to every unit, and what was learned in
one place is unknown in another. A few convolutions first need far fewer parameters. A single dense layer on the pixels,
the linear classifier that others are measured against, and images of fewer than 400 values are left alone.

Source: Convolutional Neural Networks, lecture 0 ("really bad idea"); Nikanjam & Khomh, "Design smells in deep learning
programs" (2021), "losing local correlation".

Bad:

    input 28x28x1
    flatten -> dense(300, relu) -> dense(10)

Good:

    input 28x28x1
    conv(32, 3x3, padding=same, activation=relu) -> maxpool(2x2)
    conv(32, 3x3, padding=same, activation=relu) -> maxpool(2x2) -> gap -> dense(10)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.elaborate.report import trail
from cnnspec.layers.base import product, show_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context

CODE = "W209"
SEVERITY = INFO
DEFAULT = True
LOOKS_AT = ("a hidden dense layer",)
LEAST = 400  # values of an image


def check(context: Context) -> Iterator[Diagnostic]:
    if context.broken:  # what could not be understood may be what is missed
        return
    graph, kernels = context.graph, context.facts.kernels
    images = [i for i in graph.inputs if large(context.facts.shapes[i])]
    if not images:
        return
    raw = [node.index in images for node in graph.nodes]  # whether it holds the image's values, moved at most
    for node in graph.nodes:
        if node.layer is not None:
            raw[node.index] = all([raw[i] for i in node.inputs]) and not context.facts.weighty(node.index)
            raw[node.index] = raw[node.index] and bool(moved(node, context))
    readers = graph.consumers()
    for node in graph.nodes:
        kernel = kernels[node.index]
        if (
            kernel is None
            or node.shares is not None
            or not kernel.dense
            or not raw[node.inputs[0]]
            or len(node.shape or ()) != 1
        ):
            continue
        if kernel.entering < LEAST or not any([kernels[i] is not None for i in behind(node, readers)]):
            continue
        parameters = sum(context.facts.parameters[node.index] or ())
        image = show_shape(context.facts.shapes[images[0]])
        message = f"the {image} image goes straight into {node.name}, as {kernel.entering:,} values: {parameters:,} parameters, and no neighbourhoods"
        yield Diagnostic(CODE, message, node.site.span, "begin with convolutions and pools", trail(node.site), SEVERITY)


def large(shape: tuple[object, ...] | None) -> bool:
    return shape is not None and len(shape) > 2 and all([isinstance(n, int) and n > 1 for n in shape[:-1]])


def moved(node: Node, context: Context) -> bool:
    """Whether a layer without weights moves the values of a map, or pools some of them."""
    inputs = context.facts.inputs_of(node.index)
    if inputs is None or node.shape is None or len(inputs) != 1:
        return False
    return context.reaches[node.index] is not None or product(inputs[0]) == product(node.shape)


def behind(node: Node, readers: list[list[int]]) -> set[int]:
    """All nodes that depend on a node."""
    found, waiting = set(), [node.index]
    while waiting:
        for index in readers[waiting.pop()]:
            if index not in found:
                found.add(index)
                waiting.append(index)
    return found
