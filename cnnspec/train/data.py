"""A data set → arrays that the network takes: scaled, resized, labelled and split.

Pixels become float32 from 0 to 1. What is held back (for the test, where the data bring none, and for validation) is
drawn with the seed, the same share of every class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.layers.base import show_shape
from cnnspec.names import NAMED_DATA
from cnnspec.record import Record
from cnnspec.train.images import MAX_BYTES, resize
from cnnspec.train.match import REGRESSION, Fit, Targets, TrainingFailed, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from cnnspec.elaborate.graph import Graph
    from cnnspec.train.settings import TrainSettings
    from cnnspec.train.sources import Raw

    Array = np.ndarray[Any, Any]


class Data(Record):
    """What a training takes. Examples (N, *shape) float32; validation and test are None where nothing is held back.

    `targets` is `match.Fit.targets`; `notes` say in sentences what was done to the data.
    """

    x: Array
    y: Array
    validation: tuple[Array, Array] | None
    test: tuple[Array, Array] | None
    targets: str
    notes: tuple[str, ...]


# ---- what a file may hold -----------------------------------------------------------------------------------
def _examples(x: Array, name: str, path: str) -> tuple[Array, str]:
    """Examples as float32, and what was done to them."""
    import numpy as np

    if x.dtype.kind not in "buif":
        raise TrainingFailed(f"{name} of {path} holds {x.dtype}, not numbers", "", 2)
    if x.ndim < 2 or not x.size:
        raise TrainingFailed(f"{name} of {path} has the shape {x.shape}: there are no examples in it", "", 2)
    note = ""
    if x.dtype == np.uint8:
        x, note = x.astype(np.float32) / np.float32(255), "pixels from 0 to 255 are scaled to 0 to 1"
    with np.errstate(over="ignore"):
        x = np.ascontiguousarray(x, np.float32)
    bad = ~np.isfinite(x.reshape(len(x), -1)).all(axis=1)
    if bad.any():
        raise TrainingFailed(
            f"{int(bad.sum())} of {len(x)} examples in {name} of {path} hold NaN or infinity, the first is {int(bad.argmax())}",
            "leave them out, or replace the values", 2,
        )  # fmt: skip
    return x, note


def _labels(ys: Sequence[Array], settings: TrainSettings) -> tuple[list[Array], int | None]:
    """Targets in one form, and the number of classes if they are class numbers: one-hot rows become numbers."""
    import numpy as np

    path, loss = settings.data, settings.loss
    for y in ys:
        if y.dtype.kind not in "buif":
            raise TrainingFailed(f"the labels of {path} are {y.dtype}, not numbers", "number the classes from 0", 2)
        if y.dtype.kind == "f" and not np.isfinite(y).all():
            raise TrainingFailed(f"the labels of {path} hold NaN or infinity", "leave those examples out", 2)
    ys = [y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y for y in ys]
    regression = loss is not None and loss.name in REGRESSION
    by_number = loss is None or loss.name == "SparseCategoricalCrossentropy"
    if by_number and all(y.ndim == 2 and ((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all() for y in ys):
        ys = [y.argmax(axis=1) for y in ys]
    whole = all(y.dtype.kind in "bui" or (loss is not None and not regression and (y == np.rint(y)).all()) for y in ys)
    if whole and all(y.min() >= 0 for y in ys if y.size) and not (ys[0].ndim > 1 and not by_number):
        return [y.astype(np.int64) for y in ys], 1 + max(int(y.max()) for y in ys if y.size)
    return [y.astype(np.float32) for y in ys], None


# ---- from a data set to what the network takes --------------------------------------------------------------
def prepare(raw: Raw, graph: Graph, settings: TrainSettings) -> Data:
    """Arrays in the shapes that the network takes, split. Raises TrainingFailed when they cannot be brought there."""
    name = str(settings.data)
    known = settings.data in NAMED_DATA
    parts = [raw.train] if raw.test is None or not len(raw.test[0]) else [raw.train, raw.test]
    notes, xs = [], []
    for (x, y), part in zip(parts, ("train", "test"), strict=False):
        if not x.shape or not y.shape or len(x) != len(y):
            raise TrainingFailed(
                f"{name} has x_{part} of shape {x.shape}, but y_{part} of shape {y.shape}", "a label an example", 2
            )
        examples, note = _examples(x, f"x_{part}", name)
        xs.append(examples)
        if note and not known and note not in notes:
            notes.append(note)
    ys, classes = _labels([y for _, y in parts], settings)
    shape = xs[0].shape[1:]
    if any(x.shape[1:] != shape for x in xs) or any(y.shape[1:] != ys[0].shape[1:] for y in ys):
        raise TrainingFailed(f"the training and the test data of {name} differ in shape", "", 2)
    targets = Targets(ys[0].shape[1:], NAMED_DATA[name][1] if known else classes, known)
    how = fit(graph, settings, shape, targets, images=known)
    if how.resized:
        notes.append(f"the images of {name}, {show_shape(shape)}, are resized to {show_shape(how.shape)}")
    elif how.shape != shape:
        notes.append(f"examples of {show_shape(shape)} are read as {show_shape(how.shape)}")
    xs = [_shaped(x, how, name) for x in xs]
    units = graph.nodes[graph.outputs[0]].shape[-1]  # type: ignore[index]
    final = [_form(y, how.targets, units if isinstance(units, int) else 0) for y in ys]
    return _split(xs, ys, final, classes is not None and ys[0].ndim == 1, settings, how.targets, tuple(notes))


def _shaped(x: Array, how: Fit, name: str) -> Array:
    if not how.resized:
        return x.reshape(len(x), *how.shape)
    size = 4 * len(x) * how.shape[0] * how.shape[1] * how.shape[2]
    if size > MAX_BYTES:
        needs = f"{len(x):,} images of {name} take {size / 2**30:.0f} GiB of memory as {show_shape(how.shape)}"
        raise TrainingFailed(needs, f"give the network a smaller input; at most {MAX_BYTES >> 30} GiB are used")
    return resize(x, how.shape[:2])


def _form(y: Array, targets: str, units: int) -> Array:
    import numpy as np

    if targets == "one-hot":
        one_hot: Array = (y[..., None] == np.arange(units)).astype(np.float32)
        return one_hot
    return y.astype(np.float32)[:, None] if targets == "column" else y


def _split(
    xs: list[Array],
    labels: list[Array],
    ys: list[Array],
    by_class: bool,
    settings: TrainSettings,
    targets: str,
    notes: tuple[str, ...],
) -> Data:
    import numpy as np

    rng = np.random.default_rng(settings.seed)
    test = (xs[1], ys[1]) if len(xs) > 1 else None
    x, y, label = xs[0], ys[0], labels[0]
    if test is None:
        rest, held = draw(label, settings.test, by_class, rng)
        if len(held):
            test = (x[held], y[held])
        x, y, label = x[rest], y[rest], label[rest]
    rest, held = draw(label, settings.validation, by_class, rng)
    validation = (x[held], y[held]) if len(held) else None
    if not len(rest):
        raise TrainingFailed(f"{settings.data} has no examples left to train on", "hold back less", 2)
    return Data(x[rest], y[rest], validation, test, targets, notes)


def draw(labels: Array, share: float, by_class: bool, rng: np.random.Generator) -> tuple[Array, Array]:
    """Indices (rest, held back), each in order: of every class, or of the whole, the share rounded."""
    import numpy as np

    groups = [np.flatnonzero(labels == c) for c in np.unique(labels)] if by_class else [np.arange(len(labels))]
    held = np.concatenate([rng.permutation(group)[: round(share * len(group))] for group in groups])
    kept = np.ones(len(labels), bool)
    kept[held] = False
    return np.flatnonzero(kept), np.sort(held)
