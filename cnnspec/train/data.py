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
from cnnspec.train.match import REGRESSION, Targets, TrainingFailed, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from cnnspec.elaborate.graph import Graph
    from cnnspec.train.examples import Raw
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
    """Examples in the shapes that the network takes, split. Raises TrainingFailed when they cannot be brought there."""
    import numpy as np

    name = str(settings.data)
    known = settings.data in NAMED_DATA
    parts = [raw.train] if raw.test is None or not len(raw.test[0]) else [raw.train, raw.test]
    ys, classes = _labels([y for _, y in parts], settings)
    shape = parts[0][0].shape
    if any(x.shape != shape for x, _ in parts) or any(y.shape[1:] != ys[0].shape[1:] for y in ys):
        raise TrainingFailed(f"the training and the test data of {name} differ in shape", "", 2)
    targets = Targets(ys[0].shape[1:], NAMED_DATA[name][1] if known else classes, known)
    how = fit(graph, settings, shape, targets, images=known)
    notes = list(raw.notes)
    if how.resized:
        notes.append(f"the images of {name}, {show_shape(shape)}, are resized to {show_shape(how.shape)}")
    elif how.shape != shape:
        notes.append(f"examples of {show_shape(shape)} are read as {show_shape(how.shape)}")
    units = graph.nodes[graph.outputs[0]].shape[-1]  # type: ignore[index]
    whole = [
        Part(held(Shaped(x, how)), _form(y, how.targets, units if isinstance(units, int) else 0), np.arange(len(y)))
        for (x, _), y in zip(parts, ys, strict=True)
    ]
    train, validation, test = _split(whole, ys, classes is not None and ys[0].ndim == 1, settings)
    return Data(train, validation, test, how.targets, raw.names, tuple(notes), raw.fingerprint())


def _form(y: Array, targets: str, units: int) -> Array:
    import numpy as np

    if targets == "one-hot":
        one_hot: Array = (y[..., None] == np.arange(units)).astype(np.float32)
        return one_hot
    return y.astype(np.float32)[:, None] if targets == "column" else y


def _split(
    whole: list[Part], labels: list[Array], by_class: bool, settings: TrainSettings
) -> tuple[Part, Part | None, Part | None]:
    """What is trained on, and what is held back for validation and for the test."""
    import numpy as np

    rng = np.random.default_rng(settings.seed)
    train, label = whole[0], labels[0]
    test = whole[1] if len(whole) > 1 else None
    if test is None:
        rest, away = draw(label, settings.test, by_class, rng)
        test = _chosen(train, away)
        train, label = train.replace(places=rest), label[rest]
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
