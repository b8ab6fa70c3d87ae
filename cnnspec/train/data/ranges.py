"""The range of an image's values: what black and white are, for a network that was trained on it.

Image files and bytes become 0 to 1. Other arrays are taken as they are, so that what is predicted later has to be brought
to their range; it is told from the least and the highest value where these can mean one thing alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.train.data.examples import Examples
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import numpy as np

    Array = np.ndarray[Any, Any]
    Range = tuple[float, float]

SHARES = (0.0, 1.0)
KNOWN = (SHARES, (0.0, 255.0), (0.0, 65535.0), (-1.0, 1.0), (-0.5, 0.5))  # that are in use


def find_pixel_range(least: float, most: float) -> Range | None:
    """The range that values from `least` to `most` are pixels of; None where it is no known one, or may be several.

    They must fill more than half of it: 0 to 16, say, are no pixels up to 255.
    """
    found = [r for r in KNOWN if r[0] <= least and most <= r[1] and (most - least > (r[1] - r[0]) / 2 or r == SHARES)]
    return min(found, key=lambda r: r[1] - r[0], default=None)


def may_be_image(shape: tuple[int, ...]) -> bool:
    """Whether an example of this shape may be an image: H, W, perhaps with 1, 3 or 4 channels."""
    return len(shape) == 2 or (len(shape) == 3 and shape[-1] in (1, 3, 4))


def note_ranges(name: str, shape: tuple[int, ...], values: Mapping[str, Range], types: Mapping[str, Any]) -> list[str]:
    """Notes on images that are taken as they are, from the `values` and types of a file's arrays, by part.

    Raises TrainingFailed where one part is scaled and another is not.
    """
    import numpy as np

    least, most = values["train"]
    for part, (low, high) in values.items():
        if (
            np.uint8 in (types[part], types["train"])
            and types[part] != types["train"]
            and find_pixel_range(low, high) != find_pixel_range(least, most)
        ):
            message = (
                f"in {name} the examples to train on are {types['train']} and run, bytes scaled, from {least:g} to "
                f"{most:g}, those for the {part} are {types[part]}, from {low:g} to {high:g}"
            )
            raise TrainingFailed(message, "save both as one type", 2)
    found = find_pixel_range(least, most)
    if not may_be_image(shape) or found == SHARES:
        return []
    how = f": images to predict are brought to {show_range(found)}" if found else ""
    return [f"the examples of {name} are taken as they are, from {least:g} to {most:g}{how}"]


class Stretched(Examples):
    """Examples from 0 to 1 in another range."""

    def __init__(self, source: Examples, range: Range) -> None:
        self.source, self.range, self.shape = source, range, source.shape
        self.paths, self.digests = source.paths, source.digests

    def __len__(self) -> int:
        return len(self.source)

    def take(self, places: Array) -> Array:
        return stretch(self.source.take(places), self.range)

    def digest(self) -> bytes:
        return self.source.digest()

    def describe_work(self) -> str:
        return self.source.describe_work()


def stretch(values: Array, range: Range) -> Array:
    """Values from 0 to 1 in another range, float32."""
    import numpy as np

    low, high = range
    return values if range == SHARES else values * np.float32(high - low) + np.float32(low)


def show_range(range: Range) -> str:
    return f"{range[0]:g} to {range[1]:g}"
