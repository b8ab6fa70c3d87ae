"""A model that was trained on windows of images, on whole ones: maps are blended of tiles (`tiles`), and what is one answer for an
image is that for the window in its middle.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from cnnspec.train.data.masks import View
from cnnspec.train.data.pictures import read_image
from cnnspec.train.evaluation.predict import (
    Prediction,
    answer_batch,
    predict_images,
    prepare_image,
    rank_values,
    read_images,
    run_model,
)
from cnnspec.train.evaluation.predicted_masks import UNSEEN, choose_classes
from cnnspec.train.evaluation.tiles import blend_tiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import numpy as np

    from cnnspec.train.evaluation.predicted_masks import MaskFiles
    from cnnspec.train.evaluation.question import OutputQuestion, Question
    from cnnspec.train.evaluation.tiles import Band
    from cnnspec.train.evaluation.trained import Trained, TrainedOutput

    Array = np.ndarray[Any, Any]
    See = Callable[[str, dict[str, Array]], None]


def predict_paths(
    trained: Trained, asked: Question, paths: Iterable[str], top: int, batch: int, files: MaskFiles | None = None
) -> Iterator[Prediction]:
    """A prediction for every image, in their order, and its masks in the `files`. Raises TrainingFailed when the model cannot be
    run."""
    if trained.settings.crop is not None and any(output.unit == "share" for output in asked.outputs):
        return predict_tiles(trained, asked, paths, top, batch, None if files is None else files.write_whole)
    return predict_images(trained, asked, paths, top, batch, None if files is None else files.write)


def find_tile_view(trained: Trained, output: TrainedOutput) -> View:
    """Where an output's positions lie in a tile, as in the training."""
    tile = trained.settings.crop
    assert tile is not None
    size = tuple([n if n is not None else side for n, side in zip(output.yields[:2], tile, strict=True)])
    stride = output.masks.stride if output.masks is not None else (tile[0] / size[0], tile[1] / size[1])
    return View(tile, (size[0], size[1]), stride, trained.settings.way)


class MapAnswer:
    """The answer of an output that is a map for a whole image (H, W): the share of each class, and which it chooses at every place."""

    def __init__(self, output: OutputQuestion, size: tuple[int, int]) -> None:
        import numpy as np

        self.output = output
        self.counts, self.places = np.zeros(len(output.names)), 0
        self.classes = np.full(size, UNSEEN, np.min_scalar_type(max(UNSEEN, len(output.names))))

    def add(self, band: Band) -> None:
        import numpy as np

        head = self.output.head
        self.places += int(band.seen.sum())
        if head.kind == "labels":
            self.counts += (band.values[band.seen] > head.threshold).sum(axis=0)
            return
        chosen = choose_classes(band.values, head)
        self.counts += np.bincount(chosen[band.seen], minlength=len(self.counts))
        self.classes[band.top : band.top + len(chosen)] = np.where(band.seen, chosen, UNSEEN)

    def rank(self, top: int) -> tuple[tuple[str, float], ...]:
        """The `top` largest shares."""
        return rank_values(self.counts / max(1, self.places), self.output.names, top)


def answer_maps(
    trained: Trained, outputs: Sequence[OutputQuestion], image: Array, prepare: Callable[[Array], Array], name: str, batch: int
) -> list[MapAnswer]:  # fmt: skip
    """The answers of those of the outputs that are maps for a whole image (H, W, …); `prepare` brings tiles of it to what the model
    takes. Raises TrainingFailed when the model cannot be run."""
    saved, known = trained.saved, {output.name: output for output in trained.outputs}
    maps = [output for output in outputs if output.unit == "share"]

    def run(tiles: Array) -> list[Array]:
        made = run_model(saved.model, prepare(tiles), saved.path, [name] * len(tiles), saved.engine)
        return [made[output.number] for output in maps]

    answers = [MapAnswer(output, (image.shape[0], image.shape[1])) for output in maps]
    views = [find_tile_view(trained, known[output.name]) for output in maps]
    for bands in blend_tiles(image, views, run, batch):
        for answer, band in zip(answers, bands, strict=True):
            answer.add(band)
    return answers


def predict_tiles(
    trained: Trained, asked: Question, paths: Iterable[str], top: int, batch: int, see: See | None = None
) -> Iterator[Prediction]:
    """A prediction for every image, in their order; `see` is given each path, and the classes (H, W) that the maps choose in it, by
    output. Raises TrainingFailed when the model cannot be run."""
    single = tuple([output for output in asked.outputs if output.unit != "share"])
    for path in paths:
        seen = read_image(path, (None, None, asked.size[2]))
        if seen.image is None:
            yield Prediction(path, why=seen.why)
            continue
        prepare = partial(prepare_image, asked=asked, several=True)
        answers = answer_maps(trained, asked.outputs, seen.image, prepare, path, batch)
        if see is not None:
            see(path, {answer.output.name: answer.classes for answer in answers})
        found = {answer.output.name: answer.rank(top) for answer in answers}
        if single:
            found |= _ask_middle(trained, asked, single, path, top)
        yield Prediction(path, {output.name: found[output.name] for output in asked.outputs})


def _ask_middle(
    trained: Trained, asked: Question, outputs: Sequence[OutputQuestion], path: str, top: int
) -> dict[str, tuple[tuple[str, float], ...]]:
    """The answers for the window in the middle of an image."""
    ((_, window, _),) = read_images([path], asked, 1)
    assert window is not None
    (found,) = answer_batch(trained, outputs, window[None], [path], top)
    return found.outputs
