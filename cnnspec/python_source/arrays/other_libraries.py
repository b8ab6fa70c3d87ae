"""What other libraries make of arrays: scikit-learn's splits and scalers, files that are read."""

from __future__ import annotations

import math

from cnnspec.python_source.arrays.array_value import ArrayValue, answer
from cnnspec.python_source.arrays.reading import find_labels, get_array, is_int, is_number, read_int, to_array
from cnnspec.python_source.values import Method, Unknown, Value, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call


MOST_FOLDS = 100


# ---- scikit-learn ------------------------------------------------------------------------------------------
def split_for_test(call: Call) -> list[Any]:
    """sklearn.model_selection.train_test_split(*arrays, test_size=0.25)"""
    found: list[Any] = []
    test, train = call.find(None, "test_size"), call.find(None, "train_size")
    for given in call.arguments:
        array = to_array(given)
        if array.shape is None:
            found += [array.why or call.make_unknown("what is split is not known")] * 2
            continue
        counts = _count_parts(array.shape[0], test, train) if array.shape else (None, None)
        labels = array.labels and array.labels.replace(complete=False)
        found += [array.make_like((n, *array.shape[1:]), data=array.data, labels=labels) for n in counts]
    return found


def _count_parts(size: int | None, test: Any, train: Any) -> tuple[int | None, int | None]:
    """How many come to training and test."""
    if size is None or train is not None or isinstance(test, bool) or not (test is None or is_number(test)):
        return None, None
    count: int = math.ceil((0.25 if test is None else test) * size) if not isinstance(test, int) else test
    return (size - count, count) if 0 < count < size else (None, None)


class FoldsValue(Value):
    """Scikit-learn's cross-validation in `count` turns."""

    __slots__ = ("count",)

    def __init__(self, count: int) -> None:
        self.count = count

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name == "get_n_splits":
            return Method(name, lambda call: self.count)
        if name == "split":
            return Method(name, lambda call: [(ArrayValue((None,)), ArrayValue((None,))) for _ in range(self.count)])
        return super().get_attribute(name, machine, node)

    def describe(self) -> str:
        return "a cross-validation of scikit-learn"


def make_folds(call: Call) -> Any:
    """sklearn.model_selection.KFold(n_splits=5)"""
    given = call.find(0, "n_splits", default=5)
    count = read_int(given) if is_int(given) else None
    if count is None or not 2 <= count <= MOST_FOLDS:
        return find_unknown(given) or call.make_unknown("how many folds there are is not known")
    return FoldsValue(count)


class TransformerValue(Value):
    """A scaler or encoder of scikit-learn; `kind`: what it makes of an array: "same" shape, "binary" columns, or columns of
    a known number."""

    __slots__ = ("kind",)

    def __init__(self, kind: Any) -> None:
        self.kind = kind

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name in ("fit_transform", "transform", "inverse_transform"):
            return Method(name, lambda call: answer(self.transform, call))
        if name == "fit":
            return Method(name, lambda call: self)
        return super().get_attribute(name, machine, node)

    def transform(self, call: Call) -> Any:
        array = get_array(call, 0, "X", "y")
        if array.shape is None:
            return array.why or call.make_unknown("what is transformed is not known")
        labels = find_labels(array)
        if self.kind == "same":
            return array.make_like(array.shape, dtype="", data=array.data if array.labels is None else "")
        if self.kind == "binary":
            classes = labels.classes if labels is not None and labels.complete and labels.classes > 2 else None
            one_hot = labels.replace(one_hot=True) if labels is not None and classes else None
            return ArrayValue(
                (array.shape[0] if array.shape else None, classes), "", None, array.data if one_hot else "", one_hot
            )
        return ArrayValue((array.shape[0] if array.shape else None, self.kind))

    def describe(self) -> str:
        return "a transformer of scikit-learn"


def make_transformer(kind: Any) -> Callable[[Call], Value]:
    return lambda call: TransformerValue(kind)


def make_components(call: Call) -> Any:
    """sklearn.decomposition.PCA(n_components)"""
    given = call.find(0, "n_components")
    return TransformerValue(read_int(given) if is_int(given) else None)


def shuffle_together(call: Call) -> Any:
    """sklearn.utils.shuffle(x, y)"""
    found = [_shuffle(given) for given in call.arguments]
    return found[0] if len(found) == 1 else found


def _shuffle(given: Any) -> Any:
    array = to_array(given)
    if array.shape is None:
        return given if isinstance(given, Unknown) else array
    return array.make_like(array.shape, data=array.data, labels=array.labels)


FOLDS = (
    "KFold", "StratifiedKFold", "GroupKFold", "StratifiedGroupKFold", "TimeSeriesSplit",
)  # fmt: skip

FUNCTIONS: dict[str, Callable[[Call], Any]] = {
    **{f"sklearn.model_selection.{name}": make_folds for name in FOLDS},
    "sklearn.model_selection.train_test_split": split_for_test, "sklearn.cross_validation.train_test_split": split_for_test,
    **{
        f"sklearn.preprocessing.{name}": make_transformer("same")
        for name in ("StandardScaler", "MinMaxScaler", "RobustScaler", "Normalizer", "MaxAbsScaler", "LabelEncoder")
    },
    "sklearn.preprocessing.LabelBinarizer": make_transformer("binary"), "sklearn.decomposition.PCA": make_components,
    "sklearn.utils.shuffle": shuffle_together,
}  # fmt: skip


# ---- files -------------------------------------------------------------------------------------------------
READERS = (
    "numpy.load", "numpy.loadtxt", "numpy.genfromtxt", "numpy.fromfile", "pandas.read_csv", "pandas.read_excel",
    "pandas.read_json", "pandas.read_pickle", "h5py.File", "pickle.load", "joblib.load", "scipy.io.loadmat",
    "cv2.VideoCapture", "skimage.io.imread", "matplotlib.pyplot.imread", "matplotlib.image.imread", "imageio.imread",
    "json.load",
)  # fmt: skip


def read_any_file(name: str) -> Callable[[Call], Unknown]:
    return lambda call: call.make_unknown(f"{name} reads a file")


FUNCTIONS |= {name: read_any_file(name) for name in READERS}
