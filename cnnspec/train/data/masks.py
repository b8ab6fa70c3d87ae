"""Mask files → the values that stand in them, at the places where an output yields: one pass, nothing resampled but by nearest
neighbour.

A value is a palette's index, a grey (of 8 or 16 bits), or a colour as one number, 0x1RRGGBB. A mask is turned as its EXIF
orientation says. It is read at the sizes of several outputs at once.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.train.data.framing import PAD, STRETCH, make_frame
from cnnspec.train.data.pictures import Broken, import_pillow, make_pool, open_image, read_content

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    Array = np.ndarray[Any, Any]

COLOUR = 1 << 24  # of a value: it is a colour
MOST_VALUES = 256  # in one mask: what has more is a photograph


class View(Record):
    """Where an output's positions lie in an image, both as the network has them: the `size` of the image (H, W), that of the
    output, and how many positions of the image lie from one of the output's to the next; the output's lie in the middle. An
    image file came to that size in a `way` of `framing`.

    So the mask of a network of unpadded convolutions is cut to what it yields, and that of a strided one made smaller.
    """

    image: tuple[int, int]
    size: tuple[int, int]
    stride: tuple[float, float]
    way: str = STRETCH

    @property
    def cut(self) -> bool:
        """Whether the output leaves out a border of the image."""
        sides = zip(self.stride, self.size, self.image, strict=True)
        return any(_leaves_out(step * own, whole, step) for step, own, whole in sides)

    def sample(self, mask: Array) -> Array:
        """The nearest values of a mask (H, W) of any size, at the output's positions."""
        import numpy as np

        axes = [
            np.clip(np.floor(at + 1e-6).astype(int), 0, own - 1)
            for at, own in zip(self._find_places(mask.shape), mask.shape, strict=True)
        ]
        return mask[np.ix_(*axes)]

    def find_outside(self, size: tuple[int, ...]) -> Array:
        """Which of the output's positions (H, W) lie in the black around a padded image of this size."""
        import numpy as np

        rows, columns = [
            (at + 1e-6 < 0) | (at + 1e-6 >= own) for at, own in zip(self._find_places(size), size, strict=True)
        ]
        return np.asarray((rows[:, None] | columns) & (self.way == PAD))

    def _find_places(self, size: tuple[int, ...]) -> list[Array]:
        """Where the output's positions lie along each axis of an image file of this size, in its pixels."""
        import numpy as np

        frame = make_frame((size[0], size[1]), self.image, self.way)
        places = []
        for axis, (whole, own, step) in enumerate(zip(self.image, self.size, self.stride, strict=True)):
            at = whole / 2 + (np.arange(own) + 0.5 - own / 2) * step - frame.place[axis]
            places.append(frame.taken[axis] + at * (frame.taken[axis + 2] / frame.size[axis]))
        return places

    def spread(self, values: Array, size: tuple[int, ...], otherwise: int) -> Array:
        """The values of an output's positions (H, W) over an image of any size, by nearest neighbour; `otherwise` in the border
        that the output leaves out."""
        import numpy as np

        frame = make_frame((size[0], size[1]), self.image, self.way)
        axes, seen = [], []
        for axis, (whole, own, step) in enumerate(zip(self.image, self.size, self.stride, strict=True)):
            scale = frame.size[axis] / frame.taken[axis + 2]
            at = frame.place[axis] + (np.arange(size[axis]) + 0.5 - frame.taken[axis]) * scale
            places = np.floor((at - whole / 2) / step + own / 2 + 1e-6).astype(int)
            axes.append(np.clip(places, 0, own - 1))
            inside = (at > -1e-6) & (at < whole + 1e-6)
            left_out = _leaves_out(step * own, whole, step)
            seen.append(inside & (places >= 0) & (places < own) if left_out else inside)
        return np.where(seen[0][:, None] & seen[1], values[np.ix_(*axes)], np.array(otherwise, values.dtype))


def _leaves_out(covered: float, whole: int, step: float) -> bool:
    """Whether positions that cover so much of an axis leave out a border: more than a step that does not divide it."""
    return covered < whole and whole - covered >= step


class Mask(Record):
    """A mask file that was looked at: the SHA-256 of its bytes, its own H, W, all `values` in it in order, and for each output
    the number of each position's value among these; or why there is none. `blurred`: JPEG has mixed its values."""

    digest: bytes = b""
    original: tuple[int, int] = (0, 0)
    values: tuple[int, ...] = ()
    numbers: tuple[Array, ...] = ()
    blurred: bool = False
    why: str = ""


def decode_mask(content: bytes) -> tuple[Array, bool]:
    """The values in a file's bytes (H, W), and whether they are blurred. Raises Broken."""
    import numpy as np

    _, operations = import_pillow()
    with open_image(content) as opened:
        blurred = opened.format == "JPEG"
        image = operations.exif_transpose(opened)
        if image.mode in ("LA", "PA", "RGBA", "La", "RGBa", "RGBX"):
            if image.mode != "RGBX" and image.getchannel(image.getbands()[-1]).getextrema() != (255, 255):
                raise Broken("it is transparent, and a mask has a value at every place")
            image = image.convert("L" if image.mode in ("LA", "La") else "RGB")
        elif image.mode not in ("1", "L", "P", "RGB") and not image.mode.startswith("I"):
            image = image.convert("RGB")
        if blurred:
            image = image.convert("L")
        values: Array = np.asarray(image)
    if values.ndim == 3:
        red, green, blue = (values[..., band] for band in range(3))
        values = red.astype(np.int32) << 16 | green.astype(np.int32) << 8 | blue | COLOUR
    return values.astype(np.uint8) if values.dtype == np.bool_ else values, blurred


def read_mask(path: str, views: Sequence[View]) -> Mask:
    """Read one file to its end."""
    from hashlib import sha256

    import numpy as np

    try:
        content = read_content(path)
        mask, blurred = decode_mask(content)
    except Broken as broken:
        return Mask(why=str(broken))
    values = np.flatnonzero(np.bincount(mask.ravel())) if mask.dtype == np.uint8 else np.unique(mask)
    if len(values) > MOST_VALUES:
        return Mask(why=f"it has {len(values):,} values, and is no mask")
    sampled = tuple([np.searchsorted(values, view.sample(mask)).astype(np.uint8) for view in views])
    height, width = mask.shape
    return Mask(sha256(content).digest(), (height, width), tuple(values.tolist()), sampled, blurred)


def scan_masks(paths: Sequence[str], views: Sequence[View]) -> Iterator[Mask]:
    """Every file, in order, as it was seen."""
    with make_pool() as workers, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for start in range(0, len(paths), 64):
            yield from workers.map(lambda path: read_mask(path, views), paths[start : start + 64])
