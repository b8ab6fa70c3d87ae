"""Grad-CAM: where in the image the last map speaks for a class (Selvaraju et al. 2017, arXiv:1610.02391).

Each filter is weighed by the mean, over all positions, of the gradient of the class's score with respect to it; the
weighted sum of the filters, where it is positive, is the map. The score is the value before the softmax or sigmoid that
the network ends in. Each position of the map stands in the image where its receptive field has its centre; between these
it is linear.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.look.classes import Choice
    from cnnspec.look.opened import OpenedNetwork

    Array = np.ndarray[Any, Any]


class ClassActivation(Record):
    """The map (h, w) of a layer for a class, not negative, and the same over the image, `heat` (H, W)."""

    layer: str
    map: Array
    heat: Array


def find_class_activation(network: OpenedNetwork, image: Array, name: str, choice: Choice) -> ClassActivation | None:
    """The class activation of an image (as the model takes it); None for a network without maps. Raises TrainingFailed."""
    import numpy as np

    node = network.last_map
    if node is None:
        return None
    (values,) = network.compute_maps(image[None], [name], [node])
    gradient = choice.sign * network.compute_gradient(image, choice.unit)
    weights = gradient.mean(axis=(0, 1))
    map = np.maximum(values[0] @ weights, 0)
    height, width = network.image_sizes
    return ClassActivation(node.name, map, spread(map, find_centres(network, height, width), (height, width)))


def find_centres(network: OpenedNetwork, height: int, width: int) -> tuple[Array, Array]:
    """Where the rows and the columns of the last map have their centres in the image; evenly, where that is not known."""
    import numpy as np

    assert network.last_map is not None and network.last_map.shape is not None
    fields = network.facts.fields[network.last_map.index]
    centres = []
    for axis, size in enumerate((height, width)):
        count = network.last_map.shape[axis]
        assert isinstance(count, int)
        field = fields[axis] if isinstance(fields, tuple) and len(fields) == 2 and fields[axis].placed else None
        spans = [field.at(i) for i in range(count)] if field is not None else []
        middles = [(span[0] + span[1]) / 2 for span in spans if span is not None]
        even = (np.arange(count) + 0.5) * size / count - 0.5
        increasing = len(middles) == count and all([a < b for a, b in pairwise(middles)])
        centres.append(np.array(middles) if increasing else even)
    return centres[0], centres[1]


def spread(map: Array, centres: tuple[Array, Array], sizes: tuple[int, int]) -> Array:
    """A map over an image: its values at their centres, linear between them, and like the outermost beyond."""
    import numpy as np

    rows, columns = centres
    wide = np.stack([np.interp(np.arange(sizes[1]), columns, row) for row in map])
    return np.stack([np.interp(np.arange(sizes[0]), rows, column) for column in wide.T], axis=1)
