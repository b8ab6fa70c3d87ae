"""The meaning of targets, class numbers or quantities; and whether a loss can take their values.

A `.npz` and a CSV have numbers alone, so that the network's output and the loss decide what is meant by them: whole
numbers are classes where there is an output for each, quantities for a loss of quantities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.join_words import list_some
from cnnspec.train.data_fit import REGRESSION, find_loss_name, shapes_agree
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.section_words import MOVING, spell_term

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from cnnspec.base.size import Size
    from cnnspec.layers.argument import Term
    from cnnspec.layers.base import Shape
    from cnnspec.train.data.windows import MapWindows
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]

# the values that Keras's losses are made for; a target outside has no least loss, or another meaning without a word
SHARES, NOT_NEGATIVE, SIGNS = (0.0, 1.0), (0.0, float("inf")), (-1.0, 1.0)
RANGES = {
    "BinaryCrossentropy": SHARES, "BinaryFocalCrossentropy": SHARES, "CategoricalCrossentropy": SHARES,
    "CategoricalFocalCrossentropy": SHARES, "CategoricalGeneralizedCrossEntropy": SHARES, "KLDivergence": SHARES,
    "CategoricalHinge": SHARES, "Dice": SHARES, "Tversky": SHARES, "Hinge": SIGNS, "SquaredHinge": SIGNS,
    "Poisson": NOT_NEGATIVE, "MeanSquaredLogarithmicError": NOT_NEGATIVE,
}  # fmt: skip


def read_targets(
    given: Mapping[str, Array], output: Shape, settings: TrainSettings, by_label: bool = False
) -> tuple[dict[str, Array], int | None]:
    """The targets of all parts in one form, and one more than the highest class number if they are class numbers.

    One-hot vectors become class numbers, and an axis of one value an example or a position goes. `output` is the shape
    that the network yields. `by_label`: a vector says yes or no to each of several labels, though it be one-hot. Raises
    TrainingFailed for what are no numbers.
    """
    import numpy as np

    loss = settings.loss
    regression = loss is not None and loss.name in REGRESSION
    by_number = not by_label and (loss is None or loss.name == "SparseCategoricalCrossentropy")
    ys = list(given.values())
    for part, y in given.items():
        _check_numbers(y, part, settings, regression)
    if by_number:
        numbers = [find_one_hot_classes(y) for y in ys if y.ndim == 2 or shapes_agree(output, y.shape[1:])]
        told = [n for n in numbers if n is not None]
        if len(told) == len(ys):
            return dict(zip(given, told, strict=True)), 1 + max(int(n.max()) for n in told if n.size)
    flat = [
        y[..., 0] if y.ndim > 1 and y.shape[-1] == 1 and (y.ndim == 2 or y.ndim - 1 == len(output)) else y for y in ys
    ]
    shape = flat[0].shape[1:]
    told_apart = isinstance(output[-1], int) and output[-1] > 1 and shapes_agree(output[:-1], shape)
    whole = all(
        y.dtype.kind in "bui" or ((told_apart if loss is None else not regression) and (y == np.rint(y)).all())
        for y in flat
    )
    each = len(shape) > 0 and not told_apart and (shapes_agree(output, shape) or shapes_agree(output, (*shape, 1)))
    maps = told_apart and len(shape) > 1 and not regression
    if whole and all(y.min() >= 0 for y in flat if y.size) and not each and (by_number or not shape or maps):
        if output == (1,) and not shape and not regression:
            _check_two_labels(flat, str(settings.data))
        whole_numbers = [y if is_byte_map(y) else y.astype(np.int64) for y in flat]
        ignored = find_ignored(loss, output[-1])
        return dict(zip(given, whole_numbers, strict=True)), 1 + max(find_highest(y, ignored) for y in flat)
    ys = ys if shapes_agree(output, ys[0].shape[1:]) and ys[0].ndim > 2 else flat
    return {part: y if is_byte_map(y) else y.astype(np.float32) for part, y in zip(given, ys, strict=True)}, None


def find_ignored(loss: Term | None, units: int | Size) -> int | None:
    """The class number that a loss leaves out and that is none of an output of so many units."""
    ignored = dict(loss.keywords).get("ignore_class") if loss is not None else None
    return ignored if isinstance(units, int) and isinstance(ignored, int) and ignored >= units else None


def find_highest(y: Array, ignored: int | None) -> int:
    """The highest class number but the one that is ignored; -1 without any."""
    if not y.size:
        return -1
    highest = int(y.max())
    return highest if highest != ignored else int(y[y != ignored].max(initial=0))


def is_byte_map(y: Array) -> bool:
    """Whether targets are maps that are kept as the bytes that they are, and take their form when a batch asks for them."""
    import numpy as np

    return y.dtype == np.uint8 and y.ndim > 2


class Formed:
    """Targets in bytes (N, H, W), or any of which `windows` are cut, indexed as the array of their form."""

    def __init__(self, source: Array, targets: str, units: int, windows: MapWindows | None = None) -> None:
        self.source, self.targets, self.units, self.windows = source, targets, units, windows
        first = self[:0]
        self.shape, self.ndim, self.dtype = (len(source), *first.shape[1:]), first.ndim, first.dtype

    def __len__(self) -> int:
        return len(self.source)

    def __getitem__(self, rows: Any) -> Array:
        return self.form(self.source[rows])

    def cut(self, places: Array, corners: Array) -> Array:
        """The targets in the windows that have these corners (n, 2)."""
        assert self.windows is not None
        return self.form(read_alike(self.windows.cut(places, corners), self.source.ndim))

    def read_whole(self, place: int) -> Array:
        """The targets in the whole map of an example, (H, W, …)."""
        import numpy as np

        assert self.windows is not None
        (found,) = self.form(read_alike(self.windows.read_whole(place)[None], self.source.ndim))
        return np.asarray(found)

    def form(self, values: Array) -> Array:
        import numpy as np

        return form_targets(
            values.astype(np.int64 if self.targets in ("classes", "one-hot") else np.float32), self.targets, self.units
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        found = self[:]
        return found if dtype is None else found.astype(dtype)


def read_alike(y: Array, rank: int) -> Array:
    """More targets as `read_targets` has read others of theirs, to so many axes: one-hot vectors become class numbers, and an axis
    of one value goes."""
    if y.ndim == rank:
        return y
    found: Array = y[..., 0] if y.shape[-1] == 1 else y.argmax(axis=-1)
    return found


def _check_numbers(y: Array, part: str, settings: TrainSettings, regression: bool) -> None:
    """Raises TrainingFailed for targets that are no numbers, or negative where they would be classes."""
    import numpy as np

    data = str(settings.data)
    if y.dtype.kind not in "buif":
        raise TrainingFailed(f"the labels of {data} are {y.dtype}, not numbers", "number the classes from 0", 2)
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        raise TrainingFailed(f"the labels of {data} hold NaN or infinity", "leave those examples out", 2)
    if y.dtype.kind == "i" and y.size and y.min() < 0 and not regression:
        message = f"the label of {find_first(y < 0, part)} of {data} is {y[y < 0][0]}"
        help = f"number the classes from 0, or name a loss of quantities ({settings.spell_loss('mse')})"
        raise TrainingFailed(message, help, 2)


def _check_two_labels(ys: Sequence[Array], data: str) -> None:
    """Raises TrainingFailed for labels of two classes that are not 0 and 1."""
    import numpy as np

    met = np.unique(np.concatenate(ys))
    if len(met) == 2 and met[1] > 1:
        message = f"the labels of {data} are {met[0]:g} and {met[1]:g}, and one output tells 0 from 1"
        raise TrainingFailed(message, f"divide them by {met[1]:g}" if met[0] == 0 else "number the classes 0 and 1", 2)


def find_one_hot_classes(y: Array) -> Array | None:
    """The class numbers that one-hot vectors stand for, None where they are none."""
    one_hot = y.ndim > 1 and y.shape[-1] > 1 and ((y == 0) | (y == 1)).all() and (y.sum(axis=-1) == 1).all()
    return y.argmax(axis=-1) if one_hot else None


def find_first(true: Array, part: str) -> str:
    """The first example for which something is true of a label."""
    place = int(true.reshape(len(true), -1).any(axis=1).argmax())
    return f"example {place}" + ("" if part == "train" else f" of the {part} data")


def form_targets(y: Array, targets: str, units: int) -> Array:
    """Targets in the form (`data_fit.Fit.targets`) that the loss takes them in."""
    import numpy as np

    if targets == "one-hot":
        one_hot: Array = (y[..., None] == np.arange(units)).astype(np.float32)
        return one_hot
    return y.astype(np.float32)[..., None] if targets == "column" else y


def check_range(parts: Sequence[Array], targets: str, last: str, settings: TrainSettings) -> None:
    """Raises TrainingFailed for values that the loss is not made for; `last` is the network's last function."""
    import numpy as np

    name = find_loss_name(settings, targets, last)
    if targets in ("classes", "one-hot") or name not in RANGES:
        return
    least, most = RANGES[name]
    low, high = min(float(y.min()) for y in parts if y.size), max(float(y.max()) for y in parts if y.size)
    if least <= low and high <= most:
        return
    takes = f"{least:g} to {most:g}" if most < float("inf") else f"no value below {least:g}"
    chosen = "" if settings.loss is not None else ", the loss for such an output,"
    message = f"the targets of {settings.data} run from {low:g} to {high:g}, and {spell_term(_make_term(name))}{chosen} takes {takes}"
    met = np.unique(np.concatenate([np.unique(y)[:3] for y in parts if y.size]))
    if (least, most) == NOT_NEGATIVE:
        help = f"write {settings.spell_loss('mse')} for quantities"
    elif low == 0 and len(met) == 2:
        help = f"divide them by {high:g}"
    elif (low, high) == SIGNS:
        help = f"write 0 in place of -1, or choose {settings.spell_loss('hinge')}"
    else:
        help = f"write {settings.spell_loss('mse')} for quantities, or an output for each class (softmax) for class numbers"
    raise TrainingFailed(message, help, span=settings.span("loss") or settings.span("data"))


def check_ignored(given: Mapping[str, Array], ignored: int | None, settings: TrainSettings) -> None:
    """Raises TrainingFailed where the loss ignores some of the targets, and Keras's accuracy counts them as wrong."""
    if ignored is None or not any((y == ignored).any() for y in given.values()):
        return
    words = ["accuracy"] if settings.metrics is None else [spell_term(metric) for metric in settings.metrics]
    wrong = next((word for word in words if word.endswith("accuracy")), None)
    if wrong is not None:
        message = f"{wrong} counts what is labelled {ignored} as wrong, and the loss ignores it"
        raise TrainingFailed(
            message, "write metrics = mean_iou", span=settings.span("metrics") or settings.span("loss")
        )


def check_moved(given: Mapping[str, Array], form: str, settings: TrainSettings) -> None:
    """Raises TrainingFailed for maps of quantities whose images move: what moves is a class, or a share from 0 to 1."""
    moving = [spell_term(layer) for layer in settings.augment if layer.name in MOVING]
    if (
        moving
        and form not in ("classes", "one-hot")
        and any(y.min() < 0 or y.max() > 1 for y in given.values() if y.size)
    ):
        message = (
            f"{moving[0]} would move what is in images and not in the targets of {settings.data}, which are no classes"
        )
        raise TrainingFailed(message, "leave it out", span=settings.span("augment"))


def _make_term(name: str) -> Term:
    from cnnspec.layers.argument import Term

    return Term(name, (), (), "losses")


def find_values(y: Array) -> Array:
    """The values that occur, in order; of maps without a copy of all."""
    import numpy as np

    if y.ndim < 3:
        return np.unique(y)
    return np.unique(np.concatenate([np.unique(some) for some in y]))


def note_missing_classes(labels: Array, classes: int, names: tuple[str, ...] | None, data: str) -> list[str]:
    """Notes on classes that have no example to train on."""
    import numpy as np

    met = find_values(labels)
    if len(met) == 1:
        return [f"all examples of {data} to train on are of one class, {met[0]}: there is nothing to tell apart"]
    missing = np.setdiff1d(np.arange(classes), met)
    if not len(missing):
        return []
    if names is None and missing.tolist() == [0]:
        return [
            f"no label of {data} is 0: they run from {met[0]} to {met[-1]}, and the first output never learns; "
            "classes are numbered from 0"
        ]
    listed = list_some([names[i] if names else str(i) for i in missing])
    return [
        f"{len(missing):,} of {classes:,} classes ha{'s' if len(missing) == 1 else 've'} no example of {data} to train on: {listed}"
    ]
