"""The first output of a model that chooses one of several classes, and the images that stand beside it in every batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.train.data.ranges import may_be_image
from cnnspec.train.evaluation.scores import name_classes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from cnnspec.train.evaluation.head import Head
    from cnnspec.train.evaluation.trained import TrainedOutput

    Array = np.ndarray[Any, Any]


class WatchedOutput:
    """It yields values of `rank` axes for an example: 1 for a class of the whole, 3 for one at every place of an image."""

    rank: int

    def __init__(self) -> None:
        self.output: tuple[int, Head] | None = None  # its number among the model's
        self.name = ""
        self.names: list[str] = []

    def offer(self, output: TrainedOutput, head: Head, names: Sequence[str] | None) -> None:
        """Take an output, where it is one; `names` are those of its classes."""
        if self.output is None and len(output.yields) == self.rank and head.kind in ("classes", "binary"):
            self.output, self.name = (output.number, head), output.name
            self.names = name_classes(names, 2 if head.kind == "binary" else output.yields[-1] or 0)


def find_images(given: Any) -> Array | None:
    """The images (N, H, W, C) of a batch, as the model takes it; None where it has none."""
    inputs = given if isinstance(given, tuple) else (given,)
    return next((x for x in inputs if may_be_image(x.shape[1:])), None)
