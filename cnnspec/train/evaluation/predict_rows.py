"""A trained model on the rows of arrays, of a .npz file or given in Python: one for each of its inputs, predicted in batches."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cnnspec.base.did_you_mean import GIVEN
from cnnspec.train.data.arrays import read_npz
from cnnspec.train.data.cropping import cut_windows
from cnnspec.train.data.examples import Shaped, unpack_single
from cnnspec.train.data.given import Given, read_given
from cnnspec.train.data.windows import Windows
from cnnspec.train.data_fit import match_examples
from cnnspec.train.ends import Ends, find_ends
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.evaluation.likened import bring_to_range
from cnnspec.train.evaluation.predict import Prediction, answer_batch
from cnnspec.train.evaluation.predict_tiles import answer_maps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    import numpy as np

    from cnnspec.train.data.examples import Examples, Raw
    from cnnspec.train.evaluation.question import OutputQuestion
    from cnnspec.train.evaluation.trained import Trained
    from cnnspec.train.progress import Lines

    Array = np.ndarray[Any, Any]


def is_arrays(paths: Sequence[str]) -> bool:
    """Whether what is given is a .npz file. Raises TrainingFailed where it is one among others."""
    found = [path for path in paths if path.lower().endswith(".npz")]
    if found and len(paths) > 1:
        raise TrainingFailed(f"{found[0]} is given with others", "give one .npz alone, or images", 2)
    return bool(found)


def open_rows(trained: Trained, path: str, shown: Lines) -> list[Examples]:
    """The examples for each input, in their order: of a file with a test part, as a training takes one, those. Raises
    TrainingFailed."""
    if not os.path.isfile(path):
        raise TrainingFailed(f"there is no file {path}", "", 2)
    raw = _cut_rows(trained, read_npz(path, _find_inputs(trained), trained.settings.replace(group=None)))
    return _fit_rows(trained, bring_to_range(raw, trained.inputs, path, shown), path)


def open_arrays(trained: Trained, x: Any, shown: Lines) -> list[Examples]:
    """The examples for each input of arrays given in Python, as `Network.train` takes them. Raises TrainingFailed."""
    nothing: dict[str, Any] = {}
    raw = read_given(Given({"train": (x, nothing)}), _find_inputs(trained), trained.settings.replace(group=None))
    raw = _cut_rows(trained, raw)
    return _fit_rows(trained, bring_to_range(raw, trained.inputs, GIVEN, shown), GIVEN)


def _find_inputs(trained: Trained) -> Ends:
    return Ends(find_ends(trained.saved.graph, trained.settings).inputs, ())


def _cut_rows(trained: Trained, raw: Raw) -> Raw:
    """Rows that are images of any size, of a model of one input that was trained on windows of them."""
    ends = _find_inputs(trained)
    return cut_windows(raw, ends, trained.settings) if len(ends.inputs) == 1 else raw


def _fit_rows(trained: Trained, raw: Raw, path: str) -> list[Examples]:
    """The examples as each input takes them."""
    ends = _find_inputs(trained)
    found: list[Examples] = []
    for end in ends.inputs:
        key = end.name if end.name in raw.train.inputs else ""
        examples = (raw.test or raw.train).inputs[key]
        called = "the model" if len(ends.inputs) == 1 else end.called
        try:
            fit = match_examples(
                end.replace(called=called, data=f"{key or 'x'} of {path}"), examples.shape, images=False
            )
        except TrainingFailed as error:
            raise TrainingFailed(error.message, "give other data", 2) from None
        found.append(Shaped(examples, fit))
    return found


def predict_rows(
    trained: Trained, asked: Sequence[OutputQuestion], path: str, rows: Sequence[Examples], top: int, batch: int
) -> Iterator[Prediction]:
    """A prediction for every row, called after what they are of: pairs.npz[0]. Raises TrainingFailed when Keras cannot run the model."""
    import numpy as np

    count = len(rows[0])
    maps = any(output.unit == "share" for output in asked)
    if maps and isinstance(rows[0], Shaped) and isinstance(rows[0].source, Windows):
        yield from _predict_whole(trained, asked, path, rows[0], rows[0].source, top, batch)
        return
    for start in range(0, count, batch):
        places = np.arange(start, min(start + batch, count))
        given = unpack_single([examples.take(places) for examples in rows])
        yield from answer_batch(trained, asked, given, [f"{path}[{place}]" for place in places], top)


def _predict_whole(
    trained: Trained, asked: Sequence[OutputQuestion], path: str, rows: Shaped, source: Windows, top: int, batch: int
) -> Iterator[Prediction]:
    """Predictions for whole images, whose windows the model was trained on: maps of tiles, one answer for that in the middle."""
    import numpy as np

    single = tuple([output for output in asked if output.unit != "share"])

    def prepare(tiles: Array) -> Array:
        return rows.bring(source.bring(tiles))

    for place in range(len(rows)):
        name = f"{path}[{place}]"
        answers = answer_maps(trained, asked, source.read_whole(place), prepare, name, batch)
        found = {answer.output.name: answer.rank(top) for answer in answers}
        if single:
            (middle,) = answer_batch(trained, single, rows.take(np.array([place])), [name], top)
            found |= middle.outputs
        yield Prediction(name, {output.name: found[output.name] for output in asked})
