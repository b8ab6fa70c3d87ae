"""Windows that are cut out of images, and the sizes that a network has: whether it takes them, and what it leaves open."""

from __future__ import annotations

from cnnspec.base.size import Size
from cnnspec.layers.base import show_shape
from cnnspec.train.errors import TrainingFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnspec.graph import Graph
    from cnnspec.layers.base import Shape
    from cnnspec.train.ends import End, Ends
    from cnnspec.train.settings import TrainSettings


def find_cut_sizes(graph: Graph, settings: TrainSettings) -> dict[str, int]:
    """The sizes that a network leaves open, by name, where images are cut to windows."""
    found: dict[str, int] = {}
    for index in graph.inputs if settings.crop is not None else ():
        shape = graph.nodes[index].shape or ()
        for size, side in zip(shape, settings.crop or (), strict=False) if len(shape) == 3 else ():
            if isinstance(size, Size) and size.is_atom():
                found |= dict.fromkeys(size.names(), side)
    return found


def fix_sizes(shape: Shape, sizes: Mapping[str, int]) -> Shape:
    """A shape with these sizes, where it follows from them."""
    return tuple([n.at(sizes) if isinstance(n, Size) and n.names() <= set(sizes) else n for n in shape])


def check_crop(graph: Graph, ends: Ends, settings: TrainSettings) -> None:
    """Raises TrainingFailed where the windows that are cut out of images are not what the inputs take."""
    if settings.crop is None:
        return
    span, size = settings.span("crop"), show_shape(settings.crop)
    images = [end for end in ends.inputs if len(end.shape) == 3]
    if not images:
        end = ends.inputs[0]
        message = f"crop cuts windows out of images, and {end.called} takes {show_shape(end.shape)}"
        raise TrainingFailed(message, f"write input {size}x3, or leave crop out", span=span)
    other = next((end for end in images if end.shape[:2] != settings.crop), None)
    if other is not None:
        message = f"crop is {size}, and {other.called} takes {show_shape(other.shape)}"
        more = [end.shape[:2] for end in images if end.shape[:2] != other.shape[:2]]
        help = (
            f"give crop the size of the input, {show_shape(other.shape[:2])}"
            if not more
            else "give all images one size"
        )
        raise TrainingFailed(message, help, span=span)
    sizes = find_cut_sizes(graph, settings)
    for node in graph.nodes if sizes else ():
        shapes = [fix_sizes(graph.nodes[i].shape or (), sizes) for i in node.inputs]
        joined = [] if node.layer is None or len(shapes) < 2 else node.layer.agreements(tuple(shapes))
        empty = [n for n in fix_sizes(node.shape or (), sizes) if isinstance(n, int) and n < 1]
        if empty or any(a != b for a, b in joined):
            message = f"the network does not take windows of {size}: {node.name} would "
            message += "yield nothing" if empty else f"join {' and '.join(map(show_shape, shapes))}"
            raise TrainingFailed(message, "`cnnspec sizes` tells which it takes", span=span)


def find_window(end: End, shape: tuple[int, ...], settings: TrainSettings) -> tuple[int, ...]:
    """The shape of what is cut out of examples of this shape for an input. Raises TrainingFailed for those that are no images."""
    if settings.crop is None or len(end.shape) != 3:
        return shape
    if len(shape) == 3 and end.shape[2] in (shape[2], None) or len(shape) == 2 and end.shape[2] == 1:
        return (*settings.crop, *shape[2:])
    message = f"crop cuts windows out of images, and an example of {end.data} is {show_shape(shape)}"
    raise TrainingFailed(message, f"give images height x width x {end.shape[2]}", span=settings.span("crop"))
