"""Of many images the patches that excite a filter most: what each filter of a layer has learned to look for.

An image counts once for each filter, by its strongest unit; the patch is what that unit sees.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.look.image_look import ImageLook
from cnnspec.look.network_graph import find_sizes
from cnnspec.train.evaluation.predict import prepare_image

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from cnnspec.graph import Node
    from cnnspec.look.images import Images
    from cnnspec.look.opened import OpenedNetwork

    Array = np.ndarray[Any, Any]
    Span = tuple[int, int]

MOST_BYTES = 2**28  # of maps at once
BATCH = 32


class Patch(Record):
    """A unit's value and position, and the image in which it is that. `seen` are the rows and columns that it sees, which may lie
    beyond the image; None where that cannot be told."""

    value: float
    image: str
    at: tuple[int, int]
    seen: tuple[Span, Span] | None


class FilterPatches(Record):
    """For every filter of a layer, in order, its patches, the strongest first."""

    layer: str
    filters: tuple[tuple[Patch, ...], ...]

    def list_images(self) -> list[str]:
        """The images with a patch, each once."""
        return list(dict.fromkeys([patch.image for patches in self.filters for patch in patches]))


class FoundPatches(Record):
    """The patches of some layers over so many images, and those that could not be read."""

    layers: tuple[FilterPatches, ...]
    images: int
    broken: tuple[ImageLook, ...]


def find_patches(network: OpenedNetwork, images: Images, layers: Sequence[Node], top: int) -> FoundPatches:
    """The `top` patches of every filter of some layers over all images. Raises TrainingFailed."""
    import numpy as np

    best = [Strongest(top) for _ in layers]
    names: list[str] = []
    broken: list[ImageLook] = []
    for batch in group_images(images, choose_batch(layers), broken):
        given = np.stack([prepare_image(image, network.asked) for _, image in batch])
        found = network.compute_maps(given, [name for name, _ in batch], layers)
        for kept, values in zip(best, found, strict=True):
            kept.add(values, len(names))
        names += [name for name, _ in batch]
    made = [
        FilterPatches(node.name, tuple([make_patches(network, node, column, names) for column in kept.list_filters()]))
        for node, kept in zip(layers, best, strict=True)
    ]
    return FoundPatches(tuple(made), len(names), tuple(broken))


def choose_batch(layers: Sequence[Node]) -> int:
    """How many images at once: as many as have room for the maps of all layers."""
    each = sum([4 * prod(find_sizes(node)) for node in layers])
    return max(1, min(BATCH, MOST_BYTES // each))


def group_images(images: Images, size: int, broken: list[ImageLook]) -> Iterator[list[tuple[str, Array]]]:
    """The images that could be read, so many at once; the others are added to `broken`."""
    batch: list[tuple[str, Array]] = []
    for seen in images:
        if seen.shares is None:
            broken.append(ImageLook(seen.name, why=seen.why))
            continue
        batch.append((seen.name, seen.shares))
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


class Strongest:
    """The strongest units of every filter of a layer, each of another image, as (rank, filter) arrays."""

    def __init__(self, top: int) -> None:
        self.top = top
        self.kept: tuple[Array, ...] | None = None  # values, numbers of images, positions

    def add(self, maps: Array, first: int) -> None:
        """Take the maps (N, H, W, filters) of images, the first of which has this number."""
        import numpy as np

        flat = maps.reshape(len(maps), -1, maps.shape[-1])
        places = flat.argmax(axis=1)
        values = np.take_along_axis(flat, places[:, None], axis=1)[:, 0]
        numbers = np.broadcast_to(np.arange(first, first + len(maps))[:, None], values.shape)
        given: tuple[Array, ...] = (values, numbers, np.stack(np.unravel_index(places, maps.shape[1:3]), axis=-1))
        if self.kept is not None:
            given = tuple([np.concatenate(pair) for pair in zip(self.kept, given, strict=True)])
        order = np.argsort(-given[0], axis=0, kind="stable")[: self.top]
        columns = np.arange(values.shape[1])
        self.kept = (given[0][order, columns], given[1][order, columns], given[2][order, columns])

    def list_filters(self) -> list[list[tuple[float, int, tuple[int, int]]]]:
        """For every filter (value, number of the image, position), the strongest first."""
        if self.kept is None:
            return []
        values, numbers, places = self.kept
        return [
            [(float(v), int(n), (int(y), int(x))) for v, n, (y, x) in zip(values[:, f], numbers[:, f], places[:, f], strict=True)]
            for f in range(values.shape[1])
        ]  # fmt: skip


def make_patches(
    network: OpenedNetwork, node: Node, found: list[tuple[float, int, tuple[int, int]]], names: Sequence[str]
) -> tuple[Patch, ...]:
    return tuple([Patch(value, names[number], at, find_seen(network, node, at)) for value, number, at in found])


def find_seen(network: OpenedNetwork, node: Node, at: tuple[int, int]) -> tuple[Span, Span] | None:
    """The rows and columns that a position sees, not clipped to the image: of all positions as many, where nothing upsamples."""
    fields = network.facts.fields[node.index]
    if not isinstance(fields, tuple) or len(fields) != 2:
        return None
    rows, columns = [field.at(place) if field.placed else None for field, place in zip(fields, at, strict=True)]
    return None if rows is None or columns is None else (rows, columns)
