"""W211 misread-input: an input whose sizes seem to stand in another order, or to be a picture's without its channels.

Shapes are written without the batch and with the channels last: 32x32x3. PyTorch and many papers write 3x32x32, which is
read as 3 rows and 32 columns of 32 channels; 28x28 is read as 28 positions of 28 channels, and 1x28x28x1, with a batch
of one, as a volume. Each of them is legal, so it is found only where windows show that a picture is meant: they look along
a first axis of 1, 3 or 4 positions, with a square of at least 16x16 (or any sides from 100) behind it, or along
one side of a square from 17x17 without channels. Where no window does, as in flatten -> dense, nothing is said; neither
is where a layer is called by its number of axes, as conv1d.

Source: PyTorch, "Conv2d", input (N, C, H, W); Keras, "Conv2D", data_format "channels_last" by default.

Bad:

    input 3x32x32
    conv(16, 3x3, padding=same) -> relu -> gap -> dense(10)

Good:

    input 32x32x3
    conv(16, 3x3, padding=same) -> relu -> gap -> dense(10)
"""

from __future__ import annotations

from cnnspec.diagnostic import WARNING, Diagnostic
from cnnspec.elaborate.input_forms import LEAST, origin, other_form, place, written
from cnnspec.elaborate.reporting import trail
from cnnspec.layers.base import show_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.elaborate.graph import Node
    from cnnspec.layers.base import Shape
    from cnnspec.rules.context import Context

CODE = "W211"
DEFAULT = True


def check(context: Context) -> Iterator[Diagnostic]:
    if context.broken:  # a window that does not fit has said so
        return
    graph = context.graph
    for index in graph.inputs:
        source = graph.nodes[index]
        found = meant(source)
        if found is None:
            continue
        looking = [node for node in graph.nodes if looks_along(context, node, source)]
        if looking and not any(map(is_called_1d, looking)):
            message, help, _ = found
            yield Diagnostic(CODE, message, place(source).span, help, trail(source.site), WARNING, (index,))


def meant(source: Node) -> tuple[str, str, Shape] | None:
    """What is wrong with the sizes of an input, what to write, and the sizes that were probably meant."""
    shape = source.shape
    if (
        shape is not None
        and len(shape) == 2
        and shape[0] == shape[1]
        and isinstance(shape[0], int)
        and shape[0] > LEAST
    ):
        message = f"{written(source)} is {shape[0]} positions with {shape[1]} channels"
        gray, color = (*shape, 1), (*shape, 3)
        return message, f"for a picture write {show_shape(gray)} or {show_shape(color)}; for a sequence conv1d", gray
    return other_form(source)


def looks_along(context: Context, node: Node, source: Node) -> bool:
    """Whether a layer's window covers several positions of the first axis of an input."""
    windows = context.facts.windows[node.index]
    return bool(windows) and windows[0].kernel > 1 and origin(context.graph, node) is source


def is_called_1d(node: Node) -> bool:
    """Whether the text calls a layer one-dimensional: conv1d, Conv1D."""
    return "1d" in node.site.span.text.partition("(")[0].lower()
