"""Windows of one size out of images of any sizes, at their own scale: in each epoch of a training others, else those in the middle.

Where an epoch cuts follows from the seed, the epoch and the place of the example in its order alone. An image, its mask and the
other images of an example are cut at the same place. Around what is smaller than a window there is black.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.train.data.examples import Examples, Shaped, scale, unpack_single
from cnnspec.train.data.framing import cut_window
from cnnspec.train.data.ranges import SHARES, stretch
from cnnspec.train.data.targets import Formed, read_alike

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence, Sized

    import numpy as np

    from cnnspec.train.data.examples import Held, Part
    from cnnspec.train.data.pictures import Pictures

    Array = np.ndarray[Any, Any]
    Range = tuple[float, float]
    Corner = tuple[int, int] | None  # the top and the left of a window, None for that in the middle

DRAWN = 0x57494E  # so that windows are drawn apart from the order of the examples


class Windows(Examples):
    """Windows of a size (H, W) out of images, those in the middle unless it is said where; `sizes` are the images' own (N, 2), and
    0 and 1 become the ends of the `range`."""

    def __init__(self, source: Pictures | WholeArray, size: tuple[int, int], range: Range = SHARES) -> None:
        import numpy as np

        self.source, self.size, self.range, self.shape = source, size, range, (*size, *source.shape[2:])
        self.sizes = np.array(source.originals)
        self.paths, self.digests = source.paths, source.digests

    def __len__(self) -> int:
        return len(self.source)

    def take(self, places: Array) -> Array:
        return self.cut(places, None)

    def cut(self, places: Array, corners: Array | None) -> Array:
        """The windows that have these corners (n, 2)."""
        import numpy as np

        taken, every = np.empty((len(places), *self.shape), np.float32), [int(place) for place in places]
        for row, window in enumerate(self.source.map(self._cut_one, every, list_corners(places, corners))):
            taken[row] = self.bring(window)
        return taken

    def bring(self, image: Array) -> Array:
        """What was cut out of an image in the range of the examples, float32."""
        return stretch(scale(image), self.range) if self.range != SHARES else scale(image)

    def _cut_one(self, place: int, corner: Corner) -> Array:
        window: Array = cut_window(self.read_whole(place), self.size, corner)
        return window

    def read_whole(self, place: int) -> Array:
        """An image as it is, (H, W, C), or (H, W) where it has no channels; to be scaled."""
        return self.source.read(place)

    def digest(self) -> bytes:
        return self.source.digest()


class WholeArray:
    """The images in an array (N, H, W) or (N, H, W, C), one by one, as `Pictures` has those in files."""

    paths: Sequence[str] = ()
    digests: Sequence[bytes] = ()

    def __init__(self, held: Held) -> None:
        self.held, self.shape = held, held.shape
        self.originals = [held.shape[:2]] * len(held)

    def __len__(self) -> int:
        return len(self.held)

    def read(self, place: int) -> Array:
        image: Array = self.held.array[place : place + 1][0]
        return image

    def map(self, step: Callable[..., Array], places: Sequence[int], *more: Sequence[Any]) -> Iterator[Array]:
        return map(step, places, *more)

    def digest(self) -> bytes:
        return self.held.digest()


def list_corners(places: Sized, corners: Array | None) -> list[Corner]:
    return [None] * len(places) if corners is None else [(int(top), int(left)) for top, left in corners]


def cut_rows(array: Any, size: tuple[int, int], places: Array, corners: Array | None) -> Array:
    """The windows out of rows (H, W, …) of an array."""
    import numpy as np

    rows = zip(array[places], list_corners(places, corners), strict=True)
    found: Array = np.stack([cut_window(row, size, corner) for row, corner in rows]) if len(places) else array[:0]
    return found


class MapWindows:
    """Windows out of the maps of examples, as the targets of an output."""

    def cut(self, places: Array, corners: Array | None) -> Array:
        """The windows that have these corners (n, 2), as they are taken for targets; None: those in the middle."""
        raise NotImplementedError

    def read_whole(self, place: int) -> Array:
        """A map as it is, (H, W, …)."""
        raise NotImplementedError

    def find_values(self, places: Iterable[int], rank: int) -> Array:
        """The values that these maps have, none twice, once they are targets of so many axes."""
        raise NotImplementedError

    def digest(self) -> bytes:
        """A SHA-256 of what the maps hold beyond the windows in the middle."""
        raise NotImplementedError


class ArrayMapWindows(MapWindows):
    """Windows out of maps in an array (N, H, W, …)."""

    def __init__(self, array: Array, size: tuple[int, int]) -> None:
        self.array, self.size = array, size

    def cut(self, places: Array, corners: Array | None) -> Array:
        return cut_rows(self.array, self.size, places, corners)

    def read_whole(self, place: int) -> Array:
        found: Array = self.array[place]
        return found

    def find_values(self, places: Iterable[int], rank: int) -> Array:
        import numpy as np

        return np.unique(np.concatenate([np.unique(read_alike(self.array[place][None], rank)) for place in places]))

    def digest(self) -> bytes:
        return b""  # the array was read whole


# ---- what an epoch cuts --------------------------------------------------------------------------------------
def find_windows(part: Part) -> Windows | None:
    """The first input of a part whose examples are windows."""
    for examples in part.inputs:
        source = examples.source if isinstance(examples, Shaped) else examples
        if isinstance(source, Windows):
            return source
    return None


def draw_corners(part: Part, places: Array, seed: int, epoch: int) -> Array | None:
    """Where an epoch cuts the examples of a part at these places, in its order: (n, 2); None where it cuts none."""
    import numpy as np

    source = find_windows(part) if part.cropped else None
    if source is None:
        return None
    spare = np.maximum(source.sizes[part.places[places]] - np.array(source.shape[:2]), 0)
    drawn = np.random.default_rng([seed, epoch, DRAWN]).random((len(places), 2))
    corners: Array = (drawn * (spare + 1)).astype(np.int64)
    return corners


def take_windows(part: Part, which: Array, corners: Array | None) -> tuple[Any, Any]:
    """Examples and targets as `Part.take` yields them, cut at these corners."""
    if corners is None:
        return part.take(which)
    places = part.places[which]
    inputs = [_cut_input(examples, places, corners) for examples in part.inputs]
    outputs = [y.cut(places, corners) if isinstance(y, Formed) and y.windows else y[places] for y in part.outputs]
    return unpack_single(inputs), unpack_single(outputs)


def _cut_input(examples: Examples, places: Array, corners: Array) -> Array:
    if isinstance(examples, Shaped) and isinstance(examples.source, Windows):
        return examples.bring(examples.source.cut(places, corners))
    return examples.take(places)
