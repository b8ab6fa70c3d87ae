"""The data sets of keras.datasets: their shapes, dtypes and numbers of classes.

Source: the load_data of keras/src/datasets, and the pages of the sets.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.python_source.arrays.array_value import ArrayValue, DatasetValue, Labels
from cnnspec.python_source.arrays.reading import is_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.values import Call


class KerasDataset(Record):
    """Examples for training and testing; the shapes of an example and its label; the number of classes, 0 for quantities."""

    training: int
    testing: int
    example: tuple[int, ...]
    label: tuple[int, ...]
    classes: int
    dtype: str = "uint8"
    label_dtype: str = "uint8"


DATASETS = {
    "mnist": KerasDataset(60000, 10000, (28, 28), (), 10),
    "fashion_mnist": KerasDataset(60000, 10000, (28, 28), (), 10),
    "cifar10": KerasDataset(50000, 10000, (32, 32, 3), (1,), 10),
    "cifar100": KerasDataset(50000, 10000, (32, 32, 3), (1,), 100, label_dtype="int64"),
    "imdb": KerasDataset(25000, 25000, (), (), 2, "object", "int64"),
    "reuters": KerasDataset(8982, 2246, (), (), 46, "object", "int64"),
    "boston_housing": KerasDataset(404, 102, (13,), (), 0, "float64", "float64"),
    "california_housing": KerasDataset(16512, 4128, (8,), (), 0, "float32", "float32"),
}
SUPERCLASSES = 20  # of CIFAR-100, label_mode="coarse"
SPLIT_AT = {"boston_housing": 1, "california_housing": 2, "reuters": 4}  # the position of test_split
MAXLEN_AT = {"imdb": 3, "reuters": 3}
RARE = ("reuters",)  # sets of whose classes some may not occur among the test's
SMALL = KerasDataset(480, 120, (8,), (), 0, "float32", "float32")  # california_housing, version="small"


def make_loader(name: str) -> Callable[[Call], Any]:
    """keras.datasets.mnist.load_data: ((x_train, y_train), (x_test, y_test))."""

    def load(call: Call) -> Any:
        known = DATASETS[name]
        version = call.find(0, "version", default="large") if name == "california_housing" else "large"
        known, version_known = SMALL if version == "small" else known, version in ("small", "large")
        if name == "cifar100" and (mode := call.find(0, "label_mode", default="fine")) != "fine":
            known = known.replace(classes=SUPERCLASSES if mode == "coarse" else 0)
        sizes: tuple[int | None, int | None] = (known.training, known.testing)
        if name in SPLIT_AT:
            total, share = known.training + known.testing, call.find(SPLIT_AT[name], "test_split", default=0.2)
            first = int(total * (1 - share)) if is_number(share) and 0 <= share <= 1 and version_known else None
            sizes = (first, None if first is None else total - first)
        if name in MAXLEN_AT and call.find(MAXLEN_AT[name], "maxlen") is not None:  # longer texts are left out
            sizes = (None, None)
        if call.machine.channels_first and len(known.example) == 3:
            known = known.replace(example=(known.example[-1], *known.example[:-1]))
        return tuple([_make_part(name, known, size, train=i == 0) for i, size in enumerate(sizes)])

    return load


def _make_part(name: str, known: KerasDataset, size: int | None, train: bool) -> tuple[ArrayValue, ArrayValue]:
    usual = size in (known.training, known.testing)
    complete = usual and (train or name not in RARE)
    labels = Labels(known.classes, complete) if known.classes else None
    data = "" if labels is None or known.classes == SUPERCLASSES else name
    return (
        ArrayValue((size, *known.example), known.dtype, data=data),
        ArrayValue((size, *known.label), known.label_dtype, data=data, labels=labels),
    )


# ---- tensorflow_datasets -----------------------------------------------------------------------------------
IMAGES = ("mnist", "fashion_mnist", "cifar10", "cifar100")


def load_tfds(call: Call) -> Any:
    """tfds.load(name, split="train", as_supervised=True): the sets of images that are known here; their grey images have an
    axis of channels there."""
    name, split = call.find(0, "name"), call.find(1, "split")
    known, supervised = DATASETS.get(name) if name in IMAGES else None, call.find(None, "as_supervised", default=False)
    size, info = call.find(None, "batch_size"), call.find(None, "with_info", default=False)
    if known is None or supervised is not True or size is not None or not isinstance(info, bool):
        found: Any = call.make_unknown("what the data set holds is not known")
        return (found, found) if info is True else found
    example = known.example if len(known.example) == 3 else (*known.example, 1)
    element = (
        ArrayValue(example, "uint8", data=name),
        ArrayValue((), "int64", data=name, labels=Labels(known.classes)),
    )
    if isinstance(split, (tuple, list)):
        found = [DatasetValue(element) for _ in split]
    else:
        found = {part: DatasetValue(element) for part in ("train", "test")} if split is None else DatasetValue(element)
    return (found, call.make_unknown("what the data set tells of itself is not known")) if info else found
