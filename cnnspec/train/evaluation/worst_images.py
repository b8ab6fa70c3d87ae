"""The images that a model is most surely wrong about: those whose own class it gives the least probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.base.source import brief
from cnnspec.train.evaluation.confusion import make_metadata
from cnnspec.train.evaluation.predict import split_answer
from cnnspec.train.evaluation.watched_output import WatchedOutput, find_images
from cnnspec.train.evaluation.worst_maps import show_image

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    import numpy as np

    Array = np.ndarray[Any, Any]

SHOWN, COLUMNS = 12, 4


class Mistake(Record):
    """An image (H, W, C), the class that it has and the one it was taken for, and the value of each, a probability where
    the model yields some."""

    image: Array
    true: str
    found: str
    of_true: float
    of_found: float


class WorstImages(WatchedOutput):
    """The worst images of the first output that was offered, of those that it was given."""

    rank = 1

    def __init__(self) -> None:
        super().__init__()
        self.mistakes: list[Mistake] = []

    def add(self, given: Any, targets: Sequence[Array], outputs: Sequence[Array]) -> None:
        """Look at a batch: what the model takes, its targets and its outputs."""
        import numpy as np

        images = find_images(given)
        if images is None or self.output is None:
            return
        number, head = self.output
        values = head.probabilities(outputs[number])
        values = split_answer(values, head) if head.kind == "binary" else values
        true, rows = read_classes(targets[number], values.shape[-1]), np.arange(len(values))
        found = values.argmax(axis=-1)
        fresh = [
            Mistake(
                images[i],
                self.names[true[i]],
                self.names[found[i]],
                float(values[i, true[i]]),
                float(values[i, found[i]]),
            )
            for i in rows[found != true]
        ]
        self.mistakes = sorted([*self.mistakes, *fresh], key=lambda one: one.of_true - one.of_found)[:SHOWN]


def read_classes(targets: Array, count: int) -> Array:
    """The class numbers (N,) that targets in any form stand for."""
    if targets.ndim > 1 and targets.shape[-1] == count > 1:
        classes: Array = targets.argmax(axis=-1)
        return classes
    return targets.reshape(len(targets)).round().astype(int)


def draw_mistakes(mistakes: Sequence[Mistake], title: str, path: str | BinaryIO, ending: str) -> None:
    """Write the images to `path`, each below its class and what it was taken for, in the format of an ending in
    `confusion.FORMATS`. Raises ImportError without Matplotlib and OSError for a path that cannot be written."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.hashsalt": "cnnspec", "text.parse_math": False}):
        rows = -(-len(mistakes) // COLUMNS)
        figure = Figure(figsize=(1.9 * COLUMNS, 2.35 * rows + 0.6), layout="constrained")
        grid = [*figure.subplots(rows, COLUMNS, squeeze=False).flat]
        for axes in grid:
            axes.set_axis_off()
        for axes, one in zip(grid, mistakes, strict=False):
            axes.imshow(show_image(one.image), interpolation="nearest")
            heads = [f"{brief(one.true, 16)} {one.of_true:.2g}", f"taken for {brief(one.found, 16)} {one.of_found:.2g}"]
            axes.set_title("\n".join(heads), fontsize=8)
        figure.suptitle(title, fontsize=10, wrap=True)
        figure.savefig(path, format=ending.removeprefix("."), dpi=120, metadata=make_metadata(ending))
