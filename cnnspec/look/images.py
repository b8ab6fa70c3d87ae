"""The images that are looked at, one after another: of files, or the examples of a data set that a run held back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from warnings import catch_warnings

from cnnspec.base.record import Record
from cnnspec.train.data.examples import scale
from cnnspec.train.data.pictures import read_image
from cnnspec.train.data.ranges import find_pixel_range
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.evaluation.evaluate import open_part
from cnnspec.train.evaluation.predict import read_ahead

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from cnnspec.train.data.examples import Part
    from cnnspec.train.evaluation.question import Question
    from cnnspec.train.evaluation.trained import Trained
    from cnnspec.train.progress import Lines

    Array = np.ndarray[Any, Any]

AHEAD = 32
SHOWN = 4  # examples of a data set, where each is looked at


class SeenImage(Record):
    """An image (H, W, channels) as the network sees it, of the shares 0 to 1 of its white; None where `why` says why not."""

    name: str
    shares: Array | None
    why: str = ""


class ImageFiles:
    """Image files, all brought to one size. `asked` has that size: a network that takes any gets that of the first image that can
    be read, which is `first`."""

    def __init__(self, paths: Sequence[str], asked: Question) -> None:
        """Raises TrainingFailed where none can be read."""
        self._paths = paths
        first = next((seen for path in paths if (seen := read_file(path, asked)).shares is not None), None)
        if first is None or first.shares is None:
            raise TrainingFailed("no image could be read", f"{paths[0]}: {read_file(paths[0], asked).why}", 2)
        self.asked, self.first = asked.replace(size=first.shares.shape), first

    def __len__(self) -> int:
        return len(self._paths)

    def __iter__(self) -> Iterator[SeenImage]:
        return read_ahead(self._paths, lambda path: read_file(path, self.asked), AHEAD)

    def find(self, name: str) -> SeenImage:
        """The image of this name."""
        return read_file(name, self.asked)


class Examples:
    """Examples of a data set, named by their files or, without any, by its name and their numbers in it; the first `most` of
    them, None: all. `held` are the values of their black and white."""

    def __init__(self, part: Part, name: str, asked: Question, most: int | None, held: tuple[float, float]) -> None:
        self._part, self._count, self._held = part, min(len(part), most or len(part)), held
        height, width, channels = asked.size
        sizes = part.examples.shape
        self.asked = asked.replace(size=(height or sizes[0], width or sizes[1], channels))
        paths, places = part.examples.paths, part.places[: self._count].tolist()
        names = [paths[place] if paths else f"{name.rstrip('/')} {place}" for place in places]
        self._places = {name: number for number, name in enumerate(names)}
        self.first = self.find(names[0])

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[SeenImage]:
        return map(self.find, self._places)

    def find(self, name: str) -> SeenImage:
        """The example of this name."""
        number = self._places[name]
        (values,), _ = self._part.take(slice(number, number + 1))
        low, high = self._held
        return SeenImage(name, (values.reshape(self.asked.size) - low) / (high - low))


Images = ImageFiles | Examples


def read_file(path: str, asked: Question) -> SeenImage:
    """An image file in the size that is asked for, where it is."""
    with catch_warnings(action="ignore"):
        seen = read_image(path, asked.size, asked.way)
    return SeenImage(path, None if seen.image is None else scale(seen.image), seen.why)


def open_examples(
    trained: Trained, data: str | None, asked: Question, most: int | None, shown: Lines, ranged: bool
) -> Examples:
    """The test examples of a run's data, or of others; where there are none those to validate, else to train on. The network
    takes their values as they are, unless it was asked for a range (`ranged`). Raises TrainingFailed."""
    opened = open_part(trained, data, "train", None, shown)
    parts = (opened.data.test, opened.data.validation, opened.part)
    held = find_pixel_range(*(trained.input.values or opened.data.values[0])) or asked.range
    asked = asked if ranged else asked.replace(range=held)
    return Examples(next(part for part in parts if part is not None), opened.name, asked, most, held)
