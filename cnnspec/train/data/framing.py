"""How an image of one size comes to another: stretched, with black around it (pad), or its middle alone (crop).

It is resized as `images.resize` does in these cases: bilinear, antialiased. Pad and crop keep its aspect. A window is cut out
of it at its own scale, with black around an image that is smaller.
"""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STRETCH, PAD, CROP = WAYS = ("stretch", "pad", "crop")
WINDOW = "window"  # the way of the setting `crop`, not one of `resize`
SAID = {
    STRETCH: "",
    PAD: ", their aspect kept, with black around",
    CROP: ", their aspect kept, what stands over cut off",
}


class Frame(Record):
    """What of an image is taken, (top, left, height, width) in its pixels, the size that this becomes, and where it lies in
    an image of the `wanted` size, black otherwise."""

    taken: tuple[float, float, float, float]
    size: tuple[int, int]
    place: tuple[int, int]
    wanted: tuple[int, int]


def make_frame(
    own: tuple[int, int], wanted: tuple[int, int], way: str = STRETCH, at: tuple[int, int] | None = None
) -> Frame:
    """The frame in which an image of its own (H, W) comes to the wanted one. A window lies `at` (top, left), or in the middle."""
    height, width = own
    if way == WINDOW:
        size = (min(height, wanted[0]), min(width, wanted[1]))
        top, left = at or ((height - size[0]) // 2, (width - size[1]) // 2)
        return Frame((top, left, *size), size, ((wanted[0] - size[0]) // 2, (wanted[1] - size[1]) // 2), wanted)
    scales = wanted[0] / height, wanted[1] / width
    if way == PAD:
        least = min(scales)
        size = (min(wanted[0], max(1, round(height * least))), min(wanted[1], max(1, round(width * least))))
        return Frame((0, 0, height, width), size, ((wanted[0] - size[0]) // 2, (wanted[1] - size[1]) // 2), wanted)
    if way == CROP:
        most = max(scales)
        taken = min(height, wanted[0] / most), min(width, wanted[1] / most)
        return Frame(((height - taken[0]) / 2, (width - taken[1]) / 2, *taken), wanted, (0, 0), wanted)
    return Frame((0, 0, height, width), wanted, (0, 0), wanted)


def frame_image(image: Any, wanted: tuple[int, int], way: str, pillow: Any) -> Any:
    """Pillow's image brought to a size (H, W)."""
    if (image.height, image.width) == wanted:
        return image
    frame = make_frame((image.height, image.width), wanted, way)
    top, left, height, width = frame.taken
    box = (left, top, left + width, top + height)
    made = image.crop(box) if way == WINDOW else image.resize(frame.size[::-1], pillow.Resampling.BILINEAR, box)
    if frame.size == wanted:
        return made
    whole = pillow.new(image.mode, wanted[::-1])
    whole.paste(made, frame.place[::-1])
    return whole


def cut_window(image: Any, wanted: tuple[int, int], at: tuple[int, int] | None = None) -> Any:
    """The window of a size (H, W) out of an array (H, W, …), zeros around one that is smaller."""
    import numpy as np

    frame = make_frame(image.shape[:2], wanted, WINDOW, at)
    top, left, height, width = map(int, frame.taken)
    taken = image[top : top + height, left : left + width]
    if frame.size == wanted:
        return taken
    whole = np.zeros((*wanted, *image.shape[2:]), image.dtype)
    whole[frame.place[0] : frame.place[0] + height, frame.place[1] : frame.place[1] + width] = taken
    return whole
