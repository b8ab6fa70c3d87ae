"""The examples that a model gets worst: maps of classes beside the truth, or images taken for another class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.train.evaluation.worst_images import WorstImages, draw_mistakes
from cnnspec.train.evaluation.worst_maps import WorstMaps, draw_worst

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from cnnspec.train.evaluation.head import Head
    from cnnspec.train.evaluation.trained import TrainedOutput


class WorstExamples:
    """Those of the first output that yields maps, and of the first that chooses a class for an image."""

    def __init__(self) -> None:
        self.maps, self.images = WorstMaps(), WorstImages()

    def offer(self, output: TrainedOutput, head: Head, names: Sequence[str] | None) -> None:
        """An output, of which it takes what it can show."""
        self.maps.offer(output, head, names)
        self.images.offer(output, head, names)

    def add(self, given: Any, targets: Sequence[Any], outputs: Sequence[Any]) -> None:
        """A batch: what the model takes, its targets and its outputs."""
        self.maps.add(given, targets, outputs)
        self.images.add(given, targets, outputs)

    @property
    def missing(self) -> str:
        """Why there is nothing to draw, as a sentence goes on behind the model's name; "" where there is."""
        if self.maps.examples or self.images.mistakes:
            return ""
        if self.images.output is not None:
            return "takes no image for another class"
        return "chooses no class for an image, nor at every place of one"

    @property
    def output(self) -> str:
        """The name of the output that is drawn."""
        return self.maps.name if self.maps.examples else self.images.name

    def draw(self, title: str, path: str | BinaryIO, ending: str) -> None:
        """Write the picture, of maps where there are some."""
        if self.maps.examples:
            draw_worst(self.maps, title, path, ending)
        else:
            draw_mistakes(self.images.mistakes, title, path, ending)
