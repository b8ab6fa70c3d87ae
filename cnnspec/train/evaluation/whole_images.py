"""The maps of a model that was trained on windows, counted on whole images: blended of tiles (`tiles`), each place once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.train.data.examples import Shaped
from cnnspec.train.data.targets import Formed
from cnnspec.train.data.windows import Windows
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.evaluation.predict_tiles import find_tile_view
from cnnspec.train.evaluation.saved import list_outputs
from cnnspec.train.evaluation.tiles import blend_tiles

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.train.data.examples import Part
    from cnnspec.train.data.masks import View
    from cnnspec.train.evaluation.saved import Saved
    from cnnspec.train.evaluation.scores import Tally
    from cnnspec.train.evaluation.trained import Trained
    from cnnspec.train.progress import Lines

    Array = np.ndarray[Any, Any]


def find_tiled(trained: Trained, part: Part) -> dict[int, View]:
    """Where the positions of an output lie in a tile, by its number, for those that are measured on whole images: maps out of which
    windows are cut, of a model of one input."""
    if trained.settings.crop is None or len(part.inputs) > 1:
        return {}
    maps = [number for number, y in enumerate(part.outputs) if isinstance(y, Formed) and y.windows is not None]
    return {output.number: find_tile_view(trained, output) for output in trained.outputs if output.number in maps}


def count_whole(
    saved: Saved, part: Part, batch: int, tallies: dict[int, Tally], views: dict[int, View], shown: Lines
) -> None:
    """Count the whole images of a part. Raises TrainingFailed."""
    import numpy as np

    examples = part.examples
    source = examples.source if isinstance(examples, Shaped) else examples
    assert isinstance(source, Windows) and isinstance(examples, Shaped)

    def run(tiles: Array) -> list[Array]:
        outputs = list_outputs(saved.model.predict_on_batch(examples.bring(source.bring(tiles))))
        found = [outputs[number] for number in views]
        if not all(np.isfinite(one).all() for one in found):
            raise TrainingFailed(f"{saved.path} yields NaN or infinity for some examples")
        return found

    shown.begin("whole images", len(part))
    for number, place in enumerate(part.places):
        image = source.read_whole(int(place))
        targets = {output: _read_targets(part, output, int(place)) for output in views}
        for bands in blend_tiles(image, [*views.values()], run, batch):
            for output, band in zip(views, bands, strict=True):
                rows = targets[output][band.top : band.top + len(band.values)]
                tallies[output].add(rows[band.seen], band.values[band.seen])
        shown.advance(number + 1, "")


def _read_targets(part: Part, output: int, place: int) -> Array:
    targets = part.outputs[output]
    assert isinstance(targets, Formed)
    return targets.read_whole(place)
