"""Mask files → the values that stand in them, at the places where an output yields: one pass, nothing resampled but by nearest
neighbour.

A value is a palette's index, a grey (of 8 or 16 bits), or a colour as one number, 0x1RRGGBB. A mask is turned as its EXIF
orientation says. It is read at the sizes of several outputs at once.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.train.data.examples import find_room
from cnnspec.train.data.framing import PAD, STRETCH, WINDOW, make_frame
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

    def sample(self, mask: Array, corner: tuple[int, int] | None = None) -> Array:
        """The nearest values of a mask (H, W) of any size, at the output's positions in a window with this corner."""
        import numpy as np

        axes = [
            np.clip(np.floor(at + 1e-6).astype(int), 0, own - 1)
            for at, own in zip(self._find_places(mask.shape, corner), mask.shape, strict=True)
        ]
        return mask[np.ix_(*axes)]

    def find_outside(self, size: tuple[int, ...]) -> Array:
        """Which of the output's positions (H, W) lie in the black around an image of this size."""
        import numpy as np

        padded = [self.way == PAD or (self.way == WINDOW and own < n) for own, n in zip(size, self.image, strict=True)]
        rows, columns = [
            ((at + 1e-6 < 0) | (at + 1e-6 >= own)) & around
            for at, own, around in zip(self._find_places(size), size, padded, strict=True)
        ]
        return np.asarray(rows[:, None] | columns)

    def _find_places(self, size: tuple[int, ...], corner: tuple[int, int] | None = None) -> list[Array]:
        """Where the output's positions lie along each axis of an image file of this size, in its pixels."""
        import numpy as np

        frame = make_frame((size[0], size[1]), self.image, self.way, corner)
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
        for axis in (0, 1):
            scale = frame.size[axis] / frame.taken[axis + 2]
            at = frame.place[axis] + (np.arange(size[axis]) + 0.5 - frame.taken[axis]) * scale
            positions, inside = self._find_positions(at, axis)
            axes.append(positions)
            seen.append(inside)
        return np.where(seen[0][:, None] & seen[1], values[np.ix_(*axes)], np.array(otherwise, values.dtype))

    def find_positions(self, axis: int) -> tuple[Array, Array]:
        """Of each place along an axis of the image that the network takes the output's nearest position, and whether it has one."""
        import numpy as np

        return self._find_positions(np.arange(self.image[axis]) + 0.5, axis)

    def _find_positions(self, at: Array, axis: int) -> tuple[Array, Array]:
        import numpy as np

        whole, own, step = self.image[axis], self.size[axis], self.stride[axis]
        positions = np.floor((at - whole / 2) / step + own / 2 + 1e-6).astype(int)
        inside = (at > -1e-6) & (at < whole + 1e-6)
        if _leaves_out(step * own, whole, step):
            inside &= (positions >= 0) & (positions < own)
        return np.clip(positions, 0, own - 1), inside


def _leaves_out(covered: float, whole: int, step: float) -> bool:
    """Whether positions that cover so much of an axis leave out a border: more than a step that does not divide it."""
    return covered < whole and whole - covered >= step


class Mask(Record):
    """A mask file that was looked at: the SHA-256 of its bytes, its own H, W, all `values` in it in order, and for each output
    the number of each position's value among these, and of every place's in the `whole` mask, where windows are cut out of it and
    memory has room; or why there is none. `blurred`: JPEG has mixed its values."""

    digest: bytes = b""
    original: tuple[int, int] = (0, 0)
    values: tuple[int, ...] = ()
    numbers: tuple[Array, ...] = ()
    blurred: bool = False
    why: str = ""
    whole: Array | None = None


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
    cut = any(view.way == WINDOW for view in views)
    whole = np.searchsorted(values, mask).astype(np.uint8) if cut else None
    height, width = mask.shape
    return Mask(sha256(content).digest(), (height, width), tuple(values.tolist()), sampled, blurred, whole=whole)


def scan_masks(paths: Sequence[str], views: Sequence[View]) -> Iterator[Mask]:
    """Every file, in order, as it was seen; whole masks for which there is no room are dropped again."""
    spare = find_room()
    with make_pool() as workers, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for start in range(0, len(paths), 64):
            for mask in workers.map(lambda path: read_mask(path, views), paths[start : start + 64]):
                spare -= 0 if mask.whole is None else mask.whole.nbytes
                yield mask if spare >= 0 else mask.replace(whole=None)
