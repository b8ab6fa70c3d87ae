"""W201 illegal-stride: a stride leaves rows or columns that carry data unread.

The output size (N + 2P - F)/S + 1 is no whole number, the size is rounded down, and the last rows or columns of the
layer's input are in no window. The lecture calls the stride illegal; frameworks say nothing. It is reported when what
is left over carries data of the input and no other layer reads it either: a remainder of padding alone is harmless,
as in ResNet-50 at 224.

Source: Convolutional Neural Networks, lecture 2, "Illegal stride for input & filter size", "Fractions are illegal";
Stanford CS231n, "Constraints on strides".

Bad:

    input 7x7x3
    conv(8, 3x3, stride=3)

Good:

    input 7x7x3
    conv(8, 3x3, stride=2)
"""

from __future__ import annotations

from cnnspec.analyses.left_over import left_over, losses, uncovered
from cnnspec.analyses.liveness import Liveness, full, sizes_known
from cnnspec.analyses.places import listed
from cnnspec.diagnostic import WARNING, Diagnostic
from cnnspec.elaborate.reporting import trail
from cnnspec.layers.argument import show
from cnnspec.layers.window import POSITION_NAMES
from cnnspec.limits import TooLong
from cnnspec.percent import percent
from cnnspec.rules.finding import place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.elaborate.graph import Node
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.layers.window import Window
    from cnnspec.rules.context import Context

CODE = "W201"
DEFAULT = True
MAX_TRIED = 6000  # nodes, summed over the findings of a network, up to which repairs are searched for


def check(context: Context) -> Iterator[Diagnostic]:
    graph, shapes = context.graph, context.facts.shapes
    if not left_over(graph, shapes):
        return
    lost = losses(graph, shapes, context.liveness)
    for number, (index, counts) in enumerate(lost.items(), 1):
        yield finding(graph.nodes[index], counts, set(lost), context, number * len(graph.nodes) <= MAX_TRIED)


def finding(node: Node, lost: list[int], losing: set[int], context: Context, repaired: bool) -> Diagnostic:
    shapes = context.facts.shapes
    entering = shapes[node.inputs[0]]
    assert node.layer is not None and entering is not None
    windows = node.layer.windows((entering,))
    assert windows is not None
    axis = next(i for i, count in enumerate(lost) if count)
    message = f"{formula(windows[axis], entering[axis])}: the stride does not fit, {unread(lost)} never read"  # type: ignore[arg-type]
    message += effect_on_input(node, context)
    helps = repairs(context, node, lost, losing) if repaired else []
    help = "what fits: " + "; ".join(helps) if helps else ""
    return Diagnostic(CODE, message, place(node, "stride", "strides", "s"), help, trail(node.site), WARNING)


def formula(window: Window, n: int) -> str:
    """The output size with its numbers, as the lecture writes it: (7 + 2*0 - 3)/3 + 1 = 2.33."""
    before, after = window.before, window.after
    padding = f"2*{before}" if before == after else f"{before} + {after}"
    exact = (n + before + after - window.extent) / window.stride + 1  # type: ignore[operator]
    return f"({n} + {padding} - {window.extent})/{window.stride} + 1 = {exact:.2f}"


def unread(lost: list[int]) -> str:
    """ "the last row and column are", "the last 2 rows are"."""
    names = POSITION_NAMES[len(lost)]
    parts = [(count, name) for count, name in zip(lost, names, strict=True) if count]
    counts = {count for count, _ in parts}
    if len(counts) == 1:
        count = counts.pop()
        words = " and ".join(name + "s" * (count > 1) for _, name in parts)
        number = f" {count}" if count > 1 else ""
        return f"the last{number} {words} {'are' if count > 1 or len(parts) > 1 else 'is'}"
    words = " and ".join(f"{count} {name}{'s' * (count > 1)}" for count, name in parts)
    return f"the last {words} are"


def effect_on_input(node: Node, context: Context) -> str:
    """What of the network's input is never read."""
    graph, shapes, liveness = context.graph, context.facts.shapes, context.liveness
    if len(graph.inputs) != 1 or context.broken:
        return ""
    index = graph.inputs[0]
    live, shape = liveness.live[index], shapes[index]
    if live is None or shape is None:
        return ""
    read = total = 1
    missing = []
    for mask, n in zip(live, shape, strict=False):
        assert isinstance(n, int)
        missing.append(full(n) - mask)
        read, total = read * (n - missing[-1].size), total * n
    if read == total:
        return ""
    share = percent((total - read) / total)
    if node.inputs[0] == index:
        return f" ({share} of the input)"
    return f"; of the {'x'.join(map(str, shape[:-1]))} input, {listed(missing)} never reach the output ({share} of it)"


# ---- what would fit ----------------------------------------------------------------------------------------
def repairs(context: Context, node: Node, lost: list[int], losing: set[int]) -> list[str]:
    """The smallest changes after which the whole network is still legal and this loss is gone, each tried."""
    if None in context.facts.shapes:
        return []
    found = other_inputs(context, lost)
    found += [text for text, layer in other_layers(node) if clears(context, node, layer, losing)]
    return found[:4]


def clears(context: Context, node: Node, layer: Layer, losing: set[int]) -> bool:
    """Whether, with another layer in a node's place, the network is legal, the layer fits, and no other loses anew."""
    graph, layers = context.graph, {node.index: layer}
    shapes = context.what_if.shapes(layers=layers)
    if shapes is None or not fits(layer, shapes[node.inputs[0]]):
        return False
    try:
        return losses(graph, shapes, Liveness(graph, shapes, layers), layers).keys() <= losing - {node.index}
    except TooLong:
        return False


def fits(layer: Layer, entering: Shape) -> bool:
    """Whether a layer's windows end with their input: no remainder, or padding=same or ceil, which add what is missing."""
    windows = layer.windows((entering,)) or ()
    pairs = [(w, n) for w, n in zip(windows, entering, strict=False) if isinstance(n, int)]
    if getattr(layer, "padding", None) == "same" or getattr(layer, "ceil", False):
        return all(uncovered(window, n) == 0 for window, n in pairs)
    return all(window.remainder(n) == 0 for window, n in pairs)


def other_inputs(context: Context, lost: list[int]) -> list[str]:
    """The nearest smaller and larger input, along the axes at fault, for which no stride anywhere loses anything."""
    graph = context.graph
    if len(graph.inputs) != 1:
        return []
    shape = graph.nodes[graph.inputs[0]].shape
    if shape is None or not sizes_known(shape) or len(shape) - 1 != len(lost):
        return []
    found = ["x".join(map(str, sizes)) for sizes in context.what_if.fitting([count > 0 for count in lost])]
    return [f"an input of {' or '.join(found)}"] if found else []


def other_layers(node: Node) -> Iterator[tuple[str, Layer]]:
    """Changes of the layer itself, the gentlest first."""
    layer = node.layer
    assert layer is not None
    given = {name: getattr(layer, name, None) for name in ("stride", "padding", "kernel")}
    if "ceil" in layer.arguments and not isinstance(given["padding"], str):  # which padding=same would replace
        yield "ceil=true", layer.replace(ceil=True)
    yield "padding=same", layer.replace(padding="same")
    if isinstance(given["padding"], (int, str)):
        start = given["padding"] if isinstance(given["padding"], int) else 0
        for amount in range(start + 1, start + 4):
            yield f"padding={amount}", layer.replace(padding=amount)
    stride = given["stride"] if given["stride"] is not None else given["kernel"]
    if isinstance(stride, tuple) and len(set(stride)) == 1:
        stride = stride[0]
    if isinstance(stride, int):
        for other in (stride - 1, stride + 1):
            if other >= 1:
                yield f"stride={other}", layer.replace(stride=other)
    kernel = given["kernel"]
    sizes = kernel if isinstance(kernel, tuple) else (kernel,)
    if all(isinstance(k, int) for k in sizes) and isinstance(stride, int):
        for change in (1, -1):
            other_kernel = tuple([k + change for k in sizes])
            if min(other_kernel) >= stride:  # a smaller one would skip positions
                value = other_kernel if isinstance(kernel, tuple) else other_kernel[0]
                yield f"kernel={show(value)}, stride={stride}", layer.replace(kernel=value, stride=stride)
