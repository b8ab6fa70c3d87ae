"""The image that a network takes, for rules about classifiers of images."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.layers.base import Shape
    from cnnspec.lint.context import Context


def find_image_sizes(context: Context) -> tuple[int, ...] | None:
    """The sizes of the network's only input; None where there are several, one is unknown, or it is no image."""
    if len(context.graph.inputs) != 1 or context.broken:
        return None
    shape = context.facts.shapes[context.graph.inputs[0]]
    if shape is None or len(shape) < 3:
        return None
    sizes = [n for n in shape[:-1] if isinstance(n, int)]
    return tuple(sizes) if len(sizes) == len(shape) - 1 else None


def pointlike(shape: Shape | None) -> bool:
    """Whether a tensor has one position alone, or is a vector."""
    return shape is not None and all([n == 1 for n in shape[:-1]])
