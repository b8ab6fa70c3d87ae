"""A trained model on the rows of a .npz file: an array for each of its inputs, by name, predicted in batches."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cnnspec.train.data.arrays import read_npz
from cnnspec.train.data.examples import Shaped, unpack_single
from cnnspec.train.data_fit import match_examples
from cnnspec.train.ends import Ends, find_ends
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.evaluation.likened import bring_to_range
from cnnspec.train.evaluation.predict import answer_batch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.train.data.examples import Examples
    from cnnspec.train.evaluation.predict import Prediction
    from cnnspec.train.evaluation.question import OutputQuestion
    from cnnspec.train.evaluation.trained import Trained
    from cnnspec.train.progress import Lines


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
    ends = find_ends(trained.saved.graph, trained.settings)
    raw = read_npz(path, Ends(ends.inputs, ()), trained.settings.replace(group=None))
    raw = bring_to_range(raw, trained.inputs, path, shown)
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
    """A prediction for every row of the file, called pairs.npz[0]. Raises TrainingFailed when Keras cannot run the model."""
    import numpy as np

    count = len(rows[0])
    for start in range(0, count, batch):
        places = np.arange(start, min(start + batch, count))
        given = unpack_single([examples.take(places) for examples in rows])
        yield from answer_batch(trained, asked, given, [f"{path}[{place}]" for place in places], top)
