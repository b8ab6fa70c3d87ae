"""A trained model on image files: each decoded as in the training, predicted in batches, told in the order given.

However many images there are, a few batches of them are in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.backend import without_needless_warnings
from cnnspec.train.data.examples import scale
from cnnspec.train.data.pictures import make_pool, read_image
from cnnspec.train.data.ranges import stretch
from cnnspec.train.errors import TrainingFailed, explain_run_errors
from cnnspec.train.evaluation.only import take_only
from cnnspec.train.evaluation.saved import list_outputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from typing import TypeVar

    import numpy as np

    from cnnspec.train.evaluation.head import Head
    from cnnspec.train.evaluation.question import OutputQuestion, Question
    from cnnspec.train.evaluation.trained import Trained

    Array = np.ndarray[Any, Any]
    Read = TypeVar("Read")
    See = Callable[[Sequence[str], Array, Sequence[Array]], None]

BATCH = 32
AHEAD = 4  # batches of images that are decoded meanwhile


class Prediction(Record):
    """The prediction for an image, or for a row of arrays: the answers of each output by its name, with their values, the best
    first; or why there are none."""

    path: str
    outputs: dict[str, tuple[tuple[str, float], ...]] = {}
    why: str = ""

    @property
    def answers(self) -> tuple[tuple[str, float], ...]:
        """Those of the only output. ValueError where there are several."""
        return take_only(self.outputs) if self.outputs else ()


def predict_images(
    trained: Trained, asked: Question, paths: Iterable[str], top: int, batch: int = BATCH, see: See | None = None
) -> Iterator[Prediction]:
    """A prediction for every path, in their order; `see` is given each batch: its paths, its images and the model's outputs. Raises
    TrainingFailed when Keras cannot run the model."""
    own_sizes = None in asked.size
    waiting: list[tuple[str, Array | None, str]] = []
    found = 0
    for path, image, why in read_images(paths, asked, batch):
        waiting.append((path, image, why))
        found += image is not None
        if found == (1 if own_sizes else batch):
            yield from _predict_batch(trained, asked, waiting, top, see)
            waiting, found = [], 0
    yield from _predict_batch(trained, asked, waiting, top, see)


def read_images(paths: Iterable[str], asked: Question, batch: int) -> Iterator[tuple[str, Array | None, str]]:
    """(path, the image as the model takes it or None, why there is none)."""
    return read_ahead(paths, lambda path: _read_for_model(path, asked), AHEAD * batch)


def read_ahead(paths: Iterable[str], read: Callable[[str], Read], ahead: int) -> Iterator[Read]:
    """What is read of every path, in their order; so many are read meanwhile."""
    from collections import deque

    with make_pool() as workers:
        reading: deque[Future[Read]] = deque()
        for path in paths:
            reading.append(workers.submit(read, path))
            if len(reading) >= ahead:
                yield reading.popleft().result()
        while reading:
            yield reading.popleft().result()


def _read_for_model(path: str, asked: Question) -> tuple[str, Array | None, str]:
    import warnings

    with warnings.catch_warnings(action="ignore"):
        seen = read_image(path, asked.size, asked.way)
    return (path, None, seen.why) if seen.image is None else (path, prepare_image(seen.image, asked), "")


def prepare_image(image: Array, asked: Question, several: bool = False) -> Array:
    """A decoded image, or several of one size, as the model takes it, float32."""

    values = stretch(scale(image), asked.range)
    return values if asked.shape is None else values.reshape(*values.shape[: int(several)], *asked.shape)


def _predict_batch(
    trained: Trained, asked: Question, waiting: Sequence[tuple[str, Array | None, str]], top: int, see: See | None
) -> Iterator[Prediction]:
    import numpy as np

    images = [image for _, image, _ in waiting if image is not None]
    found: Iterator[Prediction] = iter(())
    if images:
        paths = [path for path, image, _ in waiting if image is not None]
        found = answer_batch(trained, asked.outputs, np.stack(images), paths, top, see)
    for path, image, why in waiting:
        yield Prediction(path, why=why) if image is None else next(found)


def answer_batch(
    trained: Trained, outputs: Sequence[OutputQuestion], given: Any, names: Sequence[str], top: int,
    see: See | None = None,
) -> Iterator[Prediction]:  # fmt: skip
    """The predictions for a batch, as the model takes it; `names` are those of its examples."""
    saved = trained.saved
    made = run_model(saved.model, given, saved.path, names, saved.engine)
    if see is not None:
        see(names, given, made)
    answers = [rank_answers(made[output.number], output, top) for output in outputs]
    for name, *row in zip(names, *answers, strict=True):
        yield Prediction(name, dict(zip([output.name for output in outputs], row, strict=True)))


@without_needless_warnings()
def run_model(model: Any, given: Any, path: str, images: Sequence[str], engine: str = "Keras") -> list[Array]:
    """Each output of a model for a batch, float32. `path` is the model's file and `images` are theirs, for what fails: raises
    TrainingFailed, and MemoryError."""
    import numpy as np

    with explain_run_errors(f"{engine} cannot run {path}"):
        outputs = list_outputs(model.predict_on_batch(given))
    for output in outputs:
        finite = np.isfinite(output).reshape(len(output), -1).all(axis=1)
        if not finite.all():
            raise TrainingFailed(f"{path} yields NaN or infinity for {images[int(finite.argmin())]}", "", 2)
    return outputs


def rank_answers(outputs: Array, asked: OutputQuestion, top: int) -> Iterator[tuple[tuple[str, float], ...]]:
    """For every image of a batch the answers: the best `top`, or all values in their order."""
    import numpy as np

    head, names = asked.head, asked.names
    values = head.probabilities(outputs) if asked.unit != "value" else outputs.astype(np.float64)
    for row in values:
        if asked.unit == "value":
            yield tuple(zip(names, row.reshape(-1).tolist(), strict=True))
            continue
        if asked.unit == "share":
            row = _measure_shares(row, head, len(names))
        elif head.kind == "binary":
            row = split_answer(row, head)
        yield rank_values(row, names, top)


def rank_values(values: Array, names: Sequence[str], top: int) -> tuple[tuple[str, float], ...]:
    """The names of the `top` highest values, the highest first."""
    import numpy as np

    return tuple([(names[i], float(values[i])) for i in np.argsort(-values, kind="stable")[:top]])


def split_answer(values: Array, head: Head) -> Array:
    """The one value (…, 1) of a binary head as those of both classes (…, 2)."""
    import numpy as np

    return np.concatenate([-values if head.turn is None else 1 - values, values], axis=-1)


def _measure_shares(row: Array, head: Head, count: int) -> Array:
    """The share of a map that is of every class."""
    import numpy as np

    if head.kind == "classes":
        chosen = row.reshape(-1, count).argmax(axis=1)
        return np.asarray(np.bincount(chosen, minlength=count) / len(chosen))
    share = np.asarray((row.reshape(-1, row.shape[-1]) > (0.0 if head.turn is None else 0.5)).mean(axis=0))
    return np.array([1 - share[0], share[0]]) if head.kind == "binary" else share
