"""What a look found, as pictures: each with a name and a caption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.look.tiles import (
    draw_frame,
    enlarge,
    find_times,
    lay_out,
    lay_over,
    make_pixels,
    scale_around_zero,
    scale_between,
    shrink,
)
from cnnspec.look.wording import MOST_FILTERS, describe_drop, write_number, write_share

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from cnnspec.look.class_activation import ClassActivation
    from cnnspec.look.image_look import Explained, ImageLook
    from cnnspec.look.kernels import Kernels
    from cnnspec.look.patches import FilterPatches, Patch
    from cnnspec.look.responses import Box, Response, Unit

    Array = np.ndarray[Any, Any]

SIDE = 256  # of an image at least
TILE = 56  # of a map, a kernel or a patch at least, and twice that at most
MOST_TILES = 64
BEYOND = (170, 185, 210)  # an image: no grey, and no color of a photograph


class Picture(Record):
    """`name` is that of its file, without the image's and the ending; `layer` "" where it is of none."""

    name: str
    layer: str
    caption: str
    pixels: Array


def draw_kernels(found: Kernels) -> Picture:
    """The kernels of a layer, each with its own scale: 0 is grey in the middle."""
    filters = found.filters[:MOST_TILES]
    tiles = [fit_tile(make_pixels(scale_around_zero(kernel))) for kernel in filters]
    height, width = found.filters.shape[1:3]
    caption = f"{found.layer}: {write_share(len(tiles), len(found.filters), 'kernel')}, {height}x{width}"
    if found.averaged:
        caption += f", means over {found.averaged} channels"
    return Picture("kernels", found.layer, caption, lay_out(tiles))


def draw_look(look: ImageLook) -> list[list[Picture]]:
    """The pictures of one image in groups: the image and what speaks for the class, what the strongest units see, responses."""
    image = look.image
    assert image is not None
    height, width = image.shape[:2]
    first = [Picture("image", "", f"{height}x{width}, as the network sees it", enlarge(make_pixels(image), SIDE))]
    if look.explained is not None and look.explained.activation is not None:
        first.append(draw_activation(image, look.explained, look.explained.activation))
    if look.explained is not None:
        first.append(draw_occlusion(image, look.explained))
    strongest = [response.strongest for response in look.responses]
    seen = [draw_unit(image, unit, unit.box) for unit in strongest if unit.box is not None]
    return [first, seen, [draw_response(response) for response in look.responses]]


def draw_activation(image: Array, explained: Explained, found: ClassActivation) -> Picture:
    some = float(found.heat.max()) > 0
    caption = f"class activation: {'where' if some else 'nothing in'} {found.layer} speaks for {explained.name}"
    return Picture("class-activation", found.layer, caption, draw_heat(image, found.heat))


def draw_occlusion(image: Array, explained: Explained) -> Picture:
    caption = f"occlusion: {describe_drop(explained)}"
    return Picture("occlusion", "", caption, draw_heat(image, explained.occlusion.heat))


def draw_heat(image: Array, heat: Array) -> Array:
    """Heat over an image; the highest value is the lightest, and what is not above 0 the darkest."""
    import numpy as np

    highest = float(heat.max())
    shares = np.clip(heat / highest, 0, 1) if highest > 0 else np.zeros_like(heat)
    return enlarge(lay_over(make_pixels(image), shares), SIDE)


def draw_unit(image: Array, unit: Unit, box: Box) -> Picture:
    """The image with what a unit sees in a frame."""
    pixels = enlarge(make_pixels(image), SIDE)
    times = find_times(image.shape, SIDE)
    (top, bottom), (left, right) = [(first * times, (last + 1) * times - 1) for first, last in box]
    caption = f"{unit.layer}: its strongest unit, of filter {unit.filter}, {write_number(unit.value)}"
    return Picture("strongest", unit.layer, caption, draw_frame(pixels, top, bottom, left, right))


def draw_response(found: Response) -> Picture:
    """The maps of a layer, of one scale."""
    low, high = float(found.map.min()), float(found.map.max())
    count = min(found.map.shape[2], MOST_TILES)
    tiles = [fit_tile(make_pixels(scale_between(found.map[..., i], low, high))) for i in range(count)]
    caption = (
        f"{found.layer}: {write_share(count, found.map.shape[2], 'response')}, {found.map.shape[0]}x{found.map.shape[1]}, "
        f"black {write_number(low)}, white {write_number(high)}"
    )
    return Picture("responses", found.layer, caption, lay_out(tiles))


def fit_tile(pixels: Array) -> Array:
    return shrink(enlarge(pixels, TILE), 2 * TILE)


# ---- patches -------------------------------------------------------------------------------------------------
def draw_patches(found: FilterPatches, images: Mapping[str, Array | None]) -> Picture:
    """The patches of a layer, a row a filter, cut out of the images of these names; what lies beyond an image is pale blue."""
    import numpy as np

    rows = found.filters[:MOST_FILTERS]
    cut = [[cut_out(images[patch.image], patch) for patch in patches] for patches in rows]
    sides = [max([piece.shape[axis] for row in cut for piece in row]) for axis in (0, 1)]
    tiles = []
    for row in cut:
        for piece in row:
            tile = np.full((*sides, 3), BEYOND, np.uint8)
            tile[: piece.shape[0], : piece.shape[1]] = piece
            tiles.append(fit_tile(tile))
    columns = max(map(len, rows))
    caption = f"{found.layer}: what excites {write_share(len(rows), len(found.filters), 'filter')} most, a row each"
    return Picture("patches", found.layer, caption, lay_out(tiles, columns))


def cut_out(image: Array | None, patch: Patch) -> Array:
    """What a unit sees of an image, pale blue beyond it; along an axis of which it sees as much as there is, all of that."""
    import numpy as np

    if image is None:  # it is gone meanwhile
        return np.full((1, 1, 3), BEYOND, np.uint8)
    pixels = make_pixels(image)
    if patch.seen is None:
        return pixels
    (top, bottom), (left, right) = [
        span if span[1] - span[0] + 1 < size else (0, size - 1)
        for span, size in zip(patch.seen, pixels.shape[:2], strict=True)
    ]
    made = np.full((bottom - top + 1, right - left + 1, 3), BEYOND, np.uint8)
    y, x = max(top, 0), max(left, 0)
    inside = pixels[y : bottom + 1, x : right + 1]
    made[y - top : y - top + inside.shape[0], x - left : x - left + inside.shape[1]] = inside
    return made
