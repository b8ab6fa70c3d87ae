"""Inputs in another form than the language's: channels first, without the channels, or with the batch.

Sizes alone do not tell, so a form is looked at only where a layer's window shows that it is not meant.
"""

from __future__ import annotations

from cnnspec.layers.base import show_shape
from cnnspec.layers.window import UNTRACED
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Problem
    from cnnspec.graph import Graph, Node, Site
    from cnnspec.layers.base import Layer, Shape

COLORS = (1, 3, 4)  # channels of a picture: gray, color, color with a mask
LEAST = 16  # the side of a square picture
LARGE = 100  # the sides of any other
AXES = ("no spatial axis", "one spatial axis", "two spatial axes", "three spatial axes")


def channels_last(shape: Shape) -> Shape | None:
    """32x32x3 for 3x32x32, 16000x1 for 1x16000; None where the channels do not seem to stand first."""
    first, *sides = shape
    whole = [n for n in sides if isinstance(n, int)]
    if first not in COLORS or len(whole) < max(1, len(sides)) or whole[-1] in COLORS:
        return None
    picture = whole[-2:]  # of a volume its height and width
    if len(picture) == 1:
        seen = first == 1 and picture[0] >= LEAST
    else:
        seen = min(picture) >= (LEAST if picture[0] == picture[1] else LARGE)
    return (*sides, first) if seen else None


def without_batch(shape: Shape) -> Shape | None:
    """28x28x1 for 1x28x28x1; None where no picture seems to stand behind a batch of one."""
    if len(shape) != 4 or shape[0] != 1 or shape[-1] not in COLORS or shape[1] != shape[2]:
        return None
    return shape[1:] if isinstance(shape[1], int) and shape[1] >= LEAST else None


def find_likely_sizes(source: Node) -> tuple[str, str, Shape] | None:
    """What is wrong with the sizes of an input that windows look along, what to write, and the sizes."""
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
        return message, write_picture(source, gray, color), gray
    return find_other_form(source)


def write_sizes(source: Node, shape: Shape) -> str:
    """The sizes of an input as they are written where it stands: 32x32x3, in a Python source (32, 32, 3)."""
    return str(shape) if source.site.in_python else show_shape(shape)


def write_picture(source: Node, gray: Shape, color: Shape) -> str:
    """What to write for a picture, or for a sequence."""
    sequence = "Conv1D" if source.site.in_python else "conv1d"
    return f"for a picture write {write_sizes(source, gray)} or {write_sizes(source, color)}; for a sequence {sequence}"


def find_other_form(source: Node) -> tuple[str, str, Shape] | None:
    """What is wrong with the sizes of an input whose first axis windows look along, what to write, and the sizes."""
    shape = source.shape
    if shape is None:
        return None
    moved, alone = channels_last(shape), without_batch(shape)
    if moved is not None:
        return (
            f"{written(source)} has {shape[-1]} channels: they are written last",
            f"write {write_sizes(source, moved)}",
            moved,
        )
    if alone is not None:
        message = f"{written(source)} is a volume one slice deep: the batch is not written"
        return message, f"write {write_sizes(source, alone)}", alone
    return None


def keeps_axes(graph: Graph, node: Node) -> bool:
    """Whether a layer's output has the axes of what enters it."""
    entering = graph.input_shapes(node)
    return node.layer is not None and entering is not None and node.layer.reach(entering) not in (None, UNTRACED)


def find_layers_below(graph: Graph, source: Node) -> Iterator[Node]:
    """The layers that work along the axes of an input."""
    having = {source.index}
    for node in graph.nodes:
        if node.inputs and node.inputs[0] in having:
            yield node
            if keeps_axes(graph, node):
                having.add(node.index)


def find_origin_input(graph: Graph, node: Node) -> Node | None:
    """The input whose axes the tensor of a node has."""
    while node.index not in graph.inputs:
        if not keeps_axes(graph, node):
            return None
        node = graph.nodes[node.inputs[0]]
    return node


def list_layers_between(graph: Graph, node: Node) -> Iterator[Layer]:
    """The layers from a node up to the input whose axes its tensor has."""
    while node.layer is not None:
        yield node.layer
        node = graph.nodes[node.inputs[0]]


def find_misread_input(graph: Graph, layer: Layer, entering: Node, problem: Problem) -> tuple[Node, str, str] | None:
    """The input at fault where a layer takes no tensor of such axes, or of so few positions; what is wrong, and what to
    write."""
    source = find_origin_input(graph, entering)
    shape = source.shape if source is not None else None
    if source is None or shape is None or entering.shape is None or len(entering.shape) != len(shape):
        return None
    if problem.code == "E101":
        found = find_other_form(source)
        return (source, *found[:2]) if found is not None else None
    if len(shape) < 2:
        return None
    channels = f"{shape[-1]} channel{'s' * (shape[-1] != 1)}"
    message = f"{written(source)} has {AXES[len(shape) - 1]} and {channels}, but a layer for {{}} follows"
    above = [layer, *list_layers_between(graph, entering)]
    if len(shape) < 4 and shape[-1] not in COLORS and all([takes_axes(each, (*entering.shape, 1)) for each in above]):
        forms = " or ".join([show_shape((*shape, channels)) for channels in (1, 3)])
        return source, message.format(AXES[len(shape)]), f"channels are written too: {forms}; else {problem.help}"
    cube = shape[0] == shape[1]  # which no batch of pictures is by chance
    if len(shape) > 2 and not cube and all([takes_axes(each, entering.shape[1:]) for each in above]):
        form = show_shape(channels_last(shape[1:]) or shape[1:])
        return source, message.format(AXES[len(shape) - 2]), f"the batch is not written: {form}"
    return None


def takes_axes(layer: Layer, shape: Shape) -> bool:
    """Whether a layer takes a tensor of so many axes."""
    found = layer.problem((shape,))
    return found is None or found.code != "E106"


def place(source: Node) -> Site:
    """Where the shape of an input is written."""
    item = source.site.node
    shape = item.shape if isinstance(item, tree.Input) else None
    return source.site.replace(node=shape) if shape is not None else source.site


def written(source: Node) -> str:
    """The shape of an input, as its text has it where that is a shape."""
    shape = place(source)
    plain = isinstance(shape.node, (tree.Dims, tree.Name)) and "x" in shape.span.text
    return shape.span.text if plain else show_shape(source.shape)
