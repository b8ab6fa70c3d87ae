"""A data set → what the network takes: scaled, resized, labelled and split.

What is held back (for the test, where the data bring none, and for validation) is
drawn with the seed, the same share of every class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.layers.base import show_shape
from cnnspec.names import NAMED_DATA
from cnnspec.record import Record
from cnnspec.train.examples import Part, Shaped, held
from cnnspec.train.failing import TrainingFailed
from cnnspec.train.files import Files, some
from cnnspec.train.match import REGRESSION, Targets, fit, image_size
from cnnspec.train.memory import memory_notes
from cnnspec.train.weights import weigh

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from cnnspec.elaborate.graph import Graph
    from cnnspec.train.examples import Examples, Raw
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


class Data(Record):
    """What a training takes. Validation and test are None where nothing is held back.

    `targets` is `match.Fit.targets`; `names` are those of the classes, where the data name them; `notes` say in
    sentences what was done to the data; `fingerprint` is that of the data set (`Raw.fingerprint`), however it is split.
    """

    train: Part
    validation: Part | None
    test: Part | None
    targets: str
    names: tuple[str, ...] | None
    notes: tuple[str, ...]
    fingerprint: str


# ---- targets ------------------------------------------------------------------------------------------------
def _labels(given: dict[str, tuple[Examples, Array]], settings: TrainSettings) -> tuple[list[Array], int | None]:
    """Targets in one form, and the number of classes if they are class numbers: one-hot rows become numbers."""
    import numpy as np

    path, loss = settings.data, settings.loss
    ys = [y for _, y in given.values()]
    for part, y in zip(given, ys, strict=True):
        if y.dtype.kind not in "buif":
            raise TrainingFailed(f"the labels of {path} are {y.dtype}, not numbers", "number the classes from 0", 2)
        if y.dtype.kind == "f" and not np.isfinite(y).all():
            raise TrainingFailed(f"the labels of {path} hold NaN or infinity", "leave those examples out", 2)
        if y.dtype.kind == "i" and y.size and y.min() < 0 and (loss is None or loss.name not in REGRESSION):
            message = f"the label of {_where(y < 0, part)} of {path} is {y[y < 0][0]}"
            raise TrainingFailed(message, "number the classes from 0, or name a loss of quantities (loss = mse)", 2)
    ys = [y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y for y in ys]
    regression = loss is not None and loss.name in REGRESSION
    by_number = loss is None or loss.name == "SparseCategoricalCrossentropy"
    numbers = [_numbers(y) for y in ys] if by_number else [None]
    told = [n for n in numbers if n is not None]
    ys = told if len(told) == len(ys) else ys
    whole = all(y.dtype.kind in "bui" or (loss is not None and not regression and (y == np.rint(y)).all()) for y in ys)
    if whole and all(y.min() >= 0 for y in ys if y.size) and not (ys[0].ndim > 1 and not by_number):
        return [y.astype(np.int64) for y in ys], 1 + max(int(y.max()) for y in ys if y.size)
    return [y.astype(np.float32) for y in ys], None


def _where(true: Array, part: str) -> str:
    """The first example for which something is true of a label."""
    place = int(true.reshape(len(true), -1).any(axis=1).argmax())
    return f"example {place}" + ("" if part == "train" else f" of the {part} data")


# ---- from a data set to what the network takes --------------------------------------------------------------
def prepare(
    raw: Raw | Files, graph: Graph, settings: TrainSettings, note: Callable[[str], None] = lambda text: None
) -> Data:
    """Examples in the shapes that the network takes, split. Raises TrainingFailed when they cannot be brought there.

    `note` is told how far the reading of image files is.
    """
    import numpy as np

    name = str(settings.data)
    if isinstance(raw, Files):
        size = image_size(graph, name)
        if raw.names is not None:
            shape = tuple([n or 1 for n in size])
            fit(graph, settings, shape, Targets((), len(raw.names), True), images=False)
        raw = raw.opened(size, note)
    known = settings.data in NAMED_DATA
    parts = {"train": raw.train, "validation": raw.validation, "test": raw.test}
    given = {part: pair for part, pair in parts.items() if pair is not None and len(pair[0])}
    ys, classes = _labels(given, settings)
    shape = raw.train[0].shape
    if any(x.shape != shape for x, _ in given.values()) or any(y.shape[1:] != ys[0].shape[1:] for y in ys):
        raise TrainingFailed(f"the training and the test data of {name} differ in shape", "", 2)
    exact = NAMED_DATA[name][1] if known else None if raw.names is None else len(raw.names)
    highest = ""
    if not exact and classes is not None:
        met = [_where(y == classes - 1, part) for part, y in zip(given, ys, strict=True) if (y == classes - 1).any()]
        highest = met[0]
    how = fit(graph, settings, shape, Targets(ys[0].shape[1:], exact or classes, bool(exact), highest), images=known)
    notes = [*raw.notes, *memory_notes(graph, settings)]
    if how.resized:
        notes.append(f"the images of {name}, {show_shape(shape)}, are resized to {show_shape(how.shape)}")
    elif how.shape != shape:
        notes.append(f"examples of {show_shape(shape)} are read as {show_shape(how.shape)}")
    units = graph.nodes[graph.outputs[0]].shape[-1]  # type: ignore[index]
    outputs = units if isinstance(units, int) else 0
    whole = {
        part: Part(held(Shaped(given[part][0], how)), _form(y, how.targets, outputs), np.arange(len(y)))
        for part, y in zip(given, ys, strict=True)
    }
    train, validation, test = _split(whole, ys[0], classes is not None and ys[0].ndim == 1, settings)
    if classes is not None:
        notes += _one_sided(ys[0][train.places], exact or (outputs if how.targets != "column" else 2), raw.names, name)
    if validation is None and settings.validation:
        notes.append(f"no class of {name} has examples enough to hold back {settings.validation:g} of for validation")
    if settings.class_weights is not None:
        classed = ys[0] if classes is not None else _numbers(ys[0])
        train = train.replace(weights=weigh(classed, train.places, outputs, raw.names, settings))
    train = train.replace(augment=settings.augment)
    return Data(train, validation, test, how.targets, raw.names, tuple(notes), raw.fingerprint())


def _form(y: Array, targets: str, units: int) -> Array:
    import numpy as np

    if targets == "one-hot":
        one_hot: Array = (y[..., None] == np.arange(units)).astype(np.float32)
        return one_hot
    return y.astype(np.float32)[:, None] if targets == "column" else y


def _numbers(y: Array) -> Array | None:
    """The class numbers that one-hot rows stand for, None where they are none."""
    import numpy as np

    one_hot = y.ndim == 2 and ((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all()
    return np.asarray(y.argmax(axis=1)) if one_hot else None


def _one_sided(labels: Array, classes: int, names: tuple[str, ...] | None, data: str) -> list[str]:
    """Notes on classes that have no example to train on."""
    import numpy as np

    met = np.unique(labels)
    if len(met) == 1:
        return [f"all examples of {data} to train on are of one class, {met[0]}: there is nothing to tell apart"]
    missing = np.setdiff1d(np.arange(classes), met)
    if not len(missing):
        return []
    listed = some([names[i] if names else str(i) for i in missing])
    return [f"{len(missing):,} of {classes:,} classes have no example of {data} to train on: {listed}"]


def _split(
    whole: dict[str, Part], label: Array, by_class: bool, settings: TrainSettings
) -> tuple[Part, Part | None, Part | None]:
    """What is trained on, and what is held back for validation and for the test."""
    import numpy as np

    rng = np.random.default_rng(settings.seed)
    train, test = whole["train"], whole.get("test")
    if test is None:
        rest, away = draw(label, settings.test, by_class, rng)
        test = _chosen(train, away)
        train, label = train.replace(places=rest), label[rest]
    if "validation" in whole:
        return train, whole["validation"], test
    rest, away = draw(label, settings.validation, by_class, rng)
    if not len(rest):
        raise TrainingFailed(f"{settings.data} has no examples left to train on", "hold back less", 2)
    return train.replace(places=train.places[rest]), _chosen(train, away), test


def _chosen(part: Part, which: Array) -> Part | None:
    return part.replace(places=part.places[which]) if len(which) else None


def draw(labels: Array, share: float, by_class: bool, rng: np.random.Generator) -> tuple[Array, Array]:
    """Indices (rest, held back), each in order: of every class, or of the whole, the share rounded."""
    import numpy as np

    groups = [np.flatnonzero(labels == c) for c in np.unique(labels)] if by_class else [np.arange(len(labels))]
    held = np.concatenate([rng.permutation(group)[: round(share * len(group))] for group in groups])
    kept = np.ones(len(labels), bool)
    kept[held] = False
    return np.flatnonzero(kept), np.sort(held)
