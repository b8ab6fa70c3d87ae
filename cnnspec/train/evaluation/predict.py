"""A trained model on image files: each decoded as in the training, predicted in batches, told in the order given.

However many images there are, a few batches of them are in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.base.record import Record
from cnnspec.layers.base import show_shape
from cnnspec.train.data.examples import scale
from cnnspec.train.data.pictures import make_pool, read_image
from cnnspec.train.data.ranges import SHARES, show_range, stretch
from cnnspec.train.errors import TrainingFailed, first_line
from cnnspec.train.evaluation.head import Head, find_head
from cnnspec.train.evaluation.saved import list_outputs
from cnnspec.train.evaluation.scores import name_classes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from typing import TypeVar

    import numpy as np

    from cnnspec.train.data.pictures import Size
    from cnnspec.train.evaluation.trained import Trained

    Array = np.ndarray[Any, Any]
    Read = TypeVar("Read")

BATCH = 32
AHEAD = 4  # batches of images that are decoded meanwhile


class Prediction(Record):
    """The prediction for one image: answers with their values, the best first; or why there are none."""

    path: str
    answers: tuple[tuple[str, float], ...] = ()
    why: str = ""


class Question(Record):
    """The way in which a model is asked: the `size` of images, their `shape` for the model (None: as they are), what its
    outputs mean, and the names of the answers. `unit` is what an answer's value is: a "probability", a "score", a "share"
    of a map, a "value"."""

    size: Size
    shape: tuple[int, ...] | None
    head: Head
    names: tuple[str, ...]
    unit: str
    range: tuple[float, float] = SHARES


def make_question(trained: Trained, names: Sequence[str] | None, range: tuple[float, float] | None = None) -> Question:
    """The question for a model. `range` is what black and white become, None: as in the training. Raises TrainingFailed."""
    saved, output = trained.saved, trained.output
    head = find_head(output.tensor, output.loss, output.targets)
    units = output.yields[-1] if output.yields else None
    if units is None:
        raise TrainingFailed(f"{saved.path} does not say how many outputs it has", "", 2)
    count = 2 if head.kind == "binary" else units
    if names and len(names) != count:
        given = "1 name is" if len(names) == 1 else f"{len(names)} names are"
        raise TrainingFailed(f"{given} given, and the model has {count} {_find_noun(head, count)}", "", 2)
    if len(output.yields) > 1 and head.kind in ("quantities", "other"):
        what = show_shape(output.yields)
        raise TrainingFailed(f"{saved.path} yields {what} numbers for an image, no answer that fits a line", "call the model's own predict in Python", 2)  # fmt: skip
    size, shape = find_input(trained)
    called = tuple(name_classes(names or output.names, count))
    return Question(size, shape, head, called, _find_unit(head, len(output.yields) > 1), range or trained.pixel_range)


def describe_assumptions(asked: Question, given: str, ranged: bool) -> list[str]:
    """What is taken for granted about the images and the model that is `given`; `ranged`: their range was asked for."""
    said = []
    if not ranged and asked.range != SHARES:
        said.append(f"images are brought to {show_range(asked.range)}, as in the training")
    if asked.head.assumed:
        said.append(f"{given} does not say what it yields: its outputs are taken for logits of classes")
    return said


def _find_noun(head: Head, count: int) -> str:
    nouns = {"quantities": ("output", "outputs"), "other": ("output", "outputs"), "labels": ("label", "labels")}
    return nouns.get(head.kind, ("class", "classes"))[count != 1]


def _find_unit(head: Head, maps: bool) -> str:
    if head.kind in ("quantities", "other"):
        return "value"
    return "share" if maps else "score" if head.turn is None else "probability"


def find_input(trained: Trained) -> tuple[Size, tuple[int, ...] | None]:
    """The size of images (H, W, channels), and the shape that they are given in."""
    takes, run = trained.input.takes, trained.input.shape
    if run is not None and len(run) == len(takes):  # sizes that are open are the training's
        takes = tuple([r if t is None else t for t, r in zip(takes, run, strict=True)])
    if len(takes) == 3 and takes[2] in (1, 3):
        return (takes[0], takes[1], takes[2]), None
    sizes = tuple([n for n in takes if n is not None])
    if len(sizes) == len(takes) == 2:
        return (sizes[0], sizes[1], 1), sizes
    images = NAMED_DATA.get(trained.data, ((0, 0, 0), 0))[0]
    if sizes == (images[0] * images[1] * images[2],):
        return images, sizes
    shape = show_shape(takes)
    message = f"{trained.saved.path} takes {shape}, which is no image"
    raise TrainingFailed(message, "an image is height x width x 1 or 3 channels", 2)


def predict_images(trained: Trained, asked: Question, paths: Iterable[str], top: int, batch: int = BATCH) -> Iterator[Prediction]:  # fmt: skip
    """A prediction for every path, in their order. Raises TrainingFailed when Keras cannot run the model."""
    own_sizes = None in asked.size
    waiting: list[tuple[str, Array | None, str]] = []
    found = 0
    for path, image, why in read_images(paths, asked, batch):
        waiting.append((path, image, why))
        found += image is not None
        if found == (1 if own_sizes else batch):
            yield from _predict_batch(trained, asked, waiting, top)
            waiting, found = [], 0
    yield from _predict_batch(trained, asked, waiting, top)


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
        seen = read_image(path, asked.size)
    return (path, None, seen.why) if seen.image is None else (path, prepare_image(seen.image, asked), "")


def prepare_image(image: Array, asked: Question) -> Array:
    """A decoded image as the model takes it, float32."""

    values = stretch(scale(image), asked.range)
    return values if asked.shape is None else values.reshape(asked.shape)


def _predict_batch(
    trained: Trained, asked: Question, waiting: Sequence[tuple[str, Array | None, str]], top: int
) -> Iterator[Prediction]:
    import numpy as np

    images = [image for _, image, _ in waiting if image is not None]
    rows: Iterator[tuple[tuple[str, float], ...]] = iter(())
    if images:
        paths = [path for path, image, _ in waiting if image is not None]
        (outputs,) = run_model(trained.saved.model, np.stack(images), trained.saved.path, paths)
        rows = rank_answers(outputs, asked, top)
    for path, image, why in waiting:
        yield Prediction(path, (), why) if image is None else Prediction(path, next(rows))


def run_model(model: Any, given: Any, path: str, images: Sequence[str]) -> list[Array]:
    """Each output of a Keras model for a batch, float32. `path` is the model's file and `images` are theirs, for what fails: raises
    TrainingFailed, and MemoryError."""
    import numpy as np

    try:
        outputs = list_outputs(model.predict_on_batch(given))
    except Exception as error:
        if type(error).__name__ == "ResourceExhaustedError":
            raise MemoryError from error
        raise TrainingFailed(f"Keras cannot run {path}: {first_line(error)}", "", 2) from error
    for output in outputs:
        finite = np.isfinite(output).reshape(len(output), -1).all(axis=1)
        if not finite.all():
            raise TrainingFailed(f"{path} yields NaN or infinity for {images[int(finite.argmin())]}", "", 2)
    return outputs


def rank_answers(outputs: Array, asked: Question, top: int) -> Iterator[tuple[tuple[str, float], ...]]:
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
        best = np.argsort(-row, kind="stable")[:top]
        yield tuple([(names[i], float(row[i])) for i in best])


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
