"""Stand-ins for the libraries that a script uses besides Keras: for plots, tables, pictures and progress."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import numpy as np

from tests.python_source.stand_in_data import labels

LIBRARIES = [
    "IPython",
    "albumentations",
    "cv2",
    "google",
    "h5py",
    "imageio",
    "imblearn",
    "joblib",
    "kaggle_datasets",
    "keras_cv",
    "keras_tuner",
    "lightgbm",
    "matplotlib",
    "librosa",
    "mlflow",
    "ml_collections",
    "nibabel",
    "omegaconf",
    "optuna",
    "pandas",
    "PIL",
    "plotly",
    "pydot",
    "requests",
    "scipy",
    "seaborn",
    "skimage",
    "sklearn",
    "tensorflow_addons",
    "tensorflow_datasets",
    "tensorflow_hub",
    "tqdm",
    "wandb",
    "yaml",
    "xgboost",
]


class Frame:
    """A table as pandas reads it: 42 rows of 785 numbers, of which one column is the label."""

    def __init__(self, values: Any = None, *args: Any, **kwargs: Any) -> None:
        self.values = np.zeros((42, 785), "int64") if values is None or isinstance(values, dict) else np.asarray(values)
        self.shape, self.columns, self.index = self.values.shape, [f"pixel{i}" for i in range(785)], range(42)

    def __getitem__(self, key: Any) -> Any:
        return Frame(np.arange(len(self.values)) % 10) if isinstance(key, str) else self

    def __setitem__(self, key: Any, value: Any) -> None: ...

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Any:
        return iter(self.values)

    def __truediv__(self, other: Any) -> Any:
        return Frame(self.values / other)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        return self.values

    def drop(self, *args: Any, **kwargs: Any) -> Any:
        return Frame(self.values[:, 1:])

    def to_numpy(self, *args: Any, **kwargs: Any) -> Any:
        return self.values

    def astype(self, kind: Any) -> Any:
        return self

    def nunique(self) -> int:
        return 10

    @property
    def iloc(self) -> Any:
        return self.values

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("__", "is_")):  # `is_tensor_like` too
            raise AttributeError(name)
        return MagicMock(name=name)


class Picture(MagicMock):
    """A picture of 200 by 150 pixels, which `resize` makes as large as it is told."""

    size = (200, 150)

    def resize(self, size: Any, *args: Any) -> Any:
        made = Picture()
        made.size = tuple(size)
        return made

    def convert(self, *args: Any) -> Any:
        return self

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        return np.zeros((self.size[1], self.size[0], 3), "uint8")


class Stored(dict[str, Any]):
    """An HDF5 file: under every name 209 pictures of 64 by 64."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def __getitem__(self, key: str) -> Any:
        if "classes" in key:
            return np.array([b"no", b"yes"])
        return labels(209, 2) if key.endswith("_y") or "label" in key else np.zeros((209, 64, 64, 3), "uint8")

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *args: Any) -> None: ...


class Encoder(MagicMock):
    """Scikit-learn's encoders and scalers: what comes in goes out, one-hot from a LabelBinarizer."""

    classes_ = np.arange(10)

    def fit_transform(self, values: Any, *args: Any) -> Any:
        return np.asarray(values)

    transform = fit_transform

    def fit(self, *args: Any) -> Any:
        return self


class Binarizer(Encoder):
    def fit_transform(self, values: Any, *args: Any) -> Any:
        return np.eye(10)[np.asarray(values).astype(int).ravel() % 10]

    transform = fit_transform


class Folds:
    """Cross-validation: the first fifth is kept back in every turn."""

    def __init__(self, n_splits: int = 5, *args: Any, **kwargs: Any) -> None:
        self.turns = n_splits

    def split(self, x: Any, *args: Any) -> Any:
        cut = len(x) // 5
        return ((np.arange(cut, len(x)), np.arange(cut)) for _ in range(self.turns))


def split_data(*arrays: Any, test_size: float = 0.25, train_size: float | None = None, **options: Any) -> list[Any]:
    parts = []
    for array in arrays:
        values = array.values if isinstance(array, Frame) else array
        kept = test_size if isinstance(test_size, int) else round(len(values) * test_size)
        parts += [values[kept:], values[:kept]]
    return parts


def subplots(rows: int = 1, columns: int = 1, *args: Any, **kwargs: Any) -> Any:
    shape = tuple(size for size in (rows, columns) if size > 1)
    axes = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        axes[index] = MagicMock()
    return MagicMock(), axes if shape else MagicMock()


def resized(picture: Any, size: Any, *args: Any, **kwargs: Any) -> Any:
    return np.zeros((size[1], size[0], *np.shape(picture)[2:]), "uint8")


def first_argument(value: Any = (), *args: Any, **kwargs: Any) -> Any:
    return value


class Settings(dict[str, Any]):
    """OmegaConf's and ml_collections' dictionary: its keys are attributes too."""

    def __init__(self, values: Any = (), **options: Any) -> None:
        super().__init__(values)
        for key, value in self.items():
            self[key] = Settings(value) if isinstance(value, dict) else value

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    @staticmethod
    def merge(*parts: Any) -> Settings:
        made = Settings()
        for part in parts:
            for key, value in part.items():
                old = made.get(key)
                made[key] = Settings.merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        return Settings(made)


def find_default(name: str, least: Any = False, *_: Any, default: Any = None, **options: Any) -> Any:
    """What a hyperparameter of KerasTuner has outside of a search."""
    least = options.get("min_value", options.get("values", options.get("value", least)))
    least = least[0] if isinstance(least, (list, tuple)) else least
    return least if default is None else default


def make_hyperparameters() -> Any:
    return SimpleNamespace(**dict.fromkeys(("Int", "Float", "Choice", "Boolean", "Fixed"), find_default))


SPECIAL: dict[str, dict[str, Any]] = {
    "IPython": {"get_ipython": MagicMock()},
    "PIL.Image": {"open": lambda *args: Picture()},
    "cv2": {"imread": lambda *args: np.zeros((150, 200, 3), "uint8"), "resize": resized, "cvtColor": lambda p, c: p},
    "h5py": {"File": Stored},
    "keras_tuner": {"HyperParameters": make_hyperparameters},
    "ml_collections": {"ConfigDict": Settings},
    "omegaconf": {"OmegaConf": MagicMock(create=Settings, merge=Settings.merge)},
    "matplotlib.pyplot": {"subplots": subplots},
    "pandas": {"read_csv": lambda *args, **kwargs: Frame(), "DataFrame": Frame, "Series": Frame},
    "sklearn.model_selection": {"train_test_split": split_data, "KFold": Folds, "StratifiedKFold": Folds},
    "sklearn.preprocessing": {"LabelEncoder": Encoder, "StandardScaler": Encoder, "LabelBinarizer": Binarizer},
    "sklearn.utils": {"shuffle": lambda *arrays, **options: arrays},
    "tqdm": {"tqdm": first_argument, "trange": lambda *args, **kwargs: range(*args)},
    "tqdm.auto": {"tqdm": first_argument},
    "tqdm.notebook": {"tqdm": first_argument},
}


class StandIn(ModuleType):
    """A library that is not there: it has every name."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if f"{self.__name__}.{name}" in SPECIAL:
            return importlib.import_module(f"{self.__name__}.{name}")
        value = SPECIAL.get(self.__name__, {}).get(name)
        return MagicMock(name=f"{self.__name__}.{name}") if value is None else value


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name.split(".")[0] in LIBRARIES:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> ModuleType:
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None: ...


def install_libraries() -> None:
    """From now on a script that imports one of these libraries gets its stand-in, whether it is there or not."""
    sys.meta_path.insert(0, Finder())
    for name in [name for name in sys.modules if name.split(".")[0] in LIBRARIES]:
        del sys.modules[name]
