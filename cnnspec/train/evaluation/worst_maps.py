"""The examples whose maps a model gets worst, as a picture: image, truth and prediction, a row each.

An example's figure is the mean intersection over union of the classes that it has or was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.base.source import brief
from cnnspec.train.evaluation.confusion import make_metadata
from cnnspec.train.evaluation.predicted_masks import choose_classes, make_palette
from cnnspec.train.evaluation.watched_output import WatchedOutput, find_images

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    import numpy as np

    Array = np.ndarray[Any, Any]

SHOWN = 6
NAMED = 12  # classes that have room in the legend


class Example(Record):
    """An image (H, W, C), and the classes (H, W) that stand in its target and were predicted; its figure, None where nothing counts."""

    iou: float | None
    image: Array
    true: Array
    found: Array


class WorstMaps(WatchedOutput):
    """The worst examples of the first output that was offered, of those that it was given."""

    rank = 3

    def __init__(self) -> None:
        super().__init__()
        self.examples: list[Example] = []

    def add(self, given: Any, targets: Sequence[Array], outputs: Sequence[Array]) -> None:
        """Look at a batch: what the model takes, its targets and its outputs."""
        images = find_images(given)
        if images is None or self.output is None:
            return
        number, head = self.output
        true, found = _read_classes(targets[number], len(self.names)), choose_classes(outputs[number], head)
        fresh = [
            Example(measure_overlap(t, f, len(self.names)), image, t, f)
            for image, t, f in zip(images, true, found, strict=True)
        ]
        counted = [example for example in (*self.examples, *fresh) if example.iou is not None]
        self.examples = sorted(counted, key=lambda example: example.iou or 0.0)[:SHOWN]


def _read_classes(y: Array, count: int) -> Array:
    """The classes that targets in any form stand for (N, H, W)."""
    if y.ndim == 4:
        y = y.argmax(axis=-1) if y.shape[-1] == count and count > 1 else (y[..., 0] > 0)
    return y.astype(int)


def measure_overlap(true: Array, found: Array, count: int) -> float | None:
    """The mean intersection over union of the classes that occur in a map; places of no class are left out."""
    known = true < count
    overlaps = []
    for number in range(count):
        one, other = (true == number) & known, (found == number) & known
        union = int((one | other).sum())
        if union:
            overlaps.append(int((one & other).sum()) / union)
    return sum(overlaps) / len(overlaps) if overlaps else None


def draw_worst(worst: WorstMaps, title: str, path: str | BinaryIO, ending: str) -> None:
    """Write the picture to `path` in the format of an ending in `confusion.FORMATS`. Raises ImportError without Matplotlib and
    OSError for a path that cannot be written."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    colors = make_palette()
    with rc_context({"svg.hashsalt": "cnnspec", "text.parse_math": False}):
        rows = len(worst.examples)
        figure = Figure(figsize=(6.6, 2.2 * rows + 1.1), layout="constrained")
        grid = figure.subplots(rows, 3, squeeze=False)
        for number, (row, example) in enumerate(zip(grid, worst.examples, strict=True)):
            classes = [colors.take(one, axis=0, mode="wrap") for one in (example.true, example.found)]
            shown = (show_image(example.image), *classes)
            heads = ("image", "truth", "prediction") if number == 0 else ("", "", "")
            for axes, pixels, head in zip(row, shown, heads, strict=True):
                axes.imshow(pixels, interpolation="nearest")
                axes.set_title(head, fontsize=9)
                axes.set_xticks([])
                axes.set_yticks([])
            row[0].set_ylabel(f"IoU {example.iou:.3f}", fontsize=9)
        figure.suptitle(title, fontsize=10, wrap=True)
        patches = [
            Patch(facecolor=tuple(colors[number] / 255), edgecolor="grey", label=brief(name, 18))
            for number, name in enumerate(worst.names[:NAMED])
        ]
        figure.legend(handles=patches, loc="outside lower center", ncols=min(6, len(patches)), fontsize=8)
        figure.savefig(path, format=ending.removeprefix("."), dpi=120, metadata=make_metadata(ending))


def show_image(image: Array) -> Array:
    """An image in any range as one from 0 to 1 with three channels."""
    import numpy as np

    image = image[..., None] if image.ndim == 2 else image
    low, high = (0.0, 1.0) if image.min() >= 0 and image.max() <= 1 else (float(image.min()), float(image.max()))
    return np.repeat((image - low) / (high - low or 1), 3 if image.shape[-1] == 1 else 1, axis=-1)[..., :3]
