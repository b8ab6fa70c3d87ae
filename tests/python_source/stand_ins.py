"""Stand-ins for what a script needs besides Keras: data sets, libraries for plots and tables, training itself."""

from __future__ import annotations

import builtins
import importlib
import importlib.abc
import importlib.machinery
import os
import sys
from collections import defaultdict
from collections.abc import Callable
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import keras
import numpy as np
import tensorflow as tf

from tests.python_source.recorder import Recorder, compile_told

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
    "nibabel",
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


# ---- arrays that cost no memory ----


class Zeros(np.ndarray):
    """An array of zeros of any size that occupies one number, and stays so when it is scaled, cast or reshaped."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        plain = [value.view(np.ndarray) if isinstance(value, Zeros) else value for value in inputs]
        if method != "__call__" or any(np.ndim(v) for v, w in zip(inputs, plain, strict=True) if v is w):
            return getattr(ufunc, method)(*plain, **options)
        shape = np.broadcast_shapes(*(np.shape(value) for value in plain))
        with np.errstate(all="ignore"):
            return zeros(shape, ufunc(*(v.flat[0] if np.ndim(v) else v for v in plain), **options).dtype)

    def astype(self, dtype: Any, *args: Any, **options: Any) -> Any:
        return zeros(self.shape, dtype)

    def reshape(self, *shape: Any, **options: Any) -> Any:
        wanted = shape[0] if len(shape) == 1 and not np.isscalar(shape[0]) else shape
        known = int(np.prod([size for size in wanted if size != -1]))
        if known and self.size % known or -1 not in wanted and known != self.size:
            raise ValueError(f"cannot reshape array of size {self.size} into shape {tuple(wanted)}")
        return zeros(tuple(self.size // known if size == -1 else int(size) for size in wanted), self.dtype)


def zeros(shape: Any, dtype: Any = "uint8") -> Any:
    return np.broadcast_to(np.zeros((), dtype), shape).view(Zeros)


def labels(count: int, classes: int, shape: tuple[int, ...] = ()) -> Any:
    return (np.arange(count) % classes).astype("uint8").reshape(count, *shape)


def images(
    sizes: tuple[int, int], image: tuple[int, ...], classes: int, label: tuple[int, ...] = ()
) -> Callable[..., Any]:
    return lambda *args, **kwargs: tuple((zeros((n, *image)), labels(n, classes, label)) for n in sizes)


def words(sizes: tuple[int, int], classes: int) -> Callable[..., Any]:
    def load(*args: Any, **kwargs: Any) -> Any:
        sentence = [1, 14, 22, 16]
        parts = []
        for size in sizes:
            x = np.empty(size, dtype=object)
            x[:] = [sentence] * size
            parts.append((x, labels(size, classes)))
        return tuple(parts)

    return load


DATASETS = {
    "mnist": images((60000, 10000), (28, 28), 10),
    "fashion_mnist": images((60000, 10000), (28, 28), 10),
    "cifar10": images((50000, 10000), (32, 32, 3), 10, (1,)),
    "cifar100": images((50000, 10000), (32, 32, 3), 100, (1,)),
    "imdb": words((25000, 25000), 2),
    "reuters": words((8982, 2246), 46),
    "california_housing": images((16512, 4128), (8,), 5),
    "boston_housing": images((404, 102), (13,), 50),
}


# ---- libraries ----


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


SPECIAL: dict[str, dict[str, Any]] = {
    "IPython": {"get_ipython": MagicMock()},
    "PIL.Image": {"open": lambda *args: Picture()},
    "cv2": {"imread": lambda *args: np.zeros((150, 200, 3), "uint8"), "resize": resized, "cvtColor": lambda p, c: p},
    "h5py": {"File": Stored},
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


# ---- training ----


class History:
    """What `fit` returns: two epochs of every curve."""

    def __init__(self) -> None:
        self.epoch = [0, 1]
        self.history: Any = defaultdict(lambda: [0.5, 0.5])
        for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
            self.history[name] = [0.5, 0.5]


def spec_of(x: Any) -> Any:
    """Symbolic tensors like what is given to `fit`, where its shape can be told."""
    if isinstance(x, tf.data.Dataset):
        first = x.element_spec[0] if isinstance(x.element_spec, tuple) else x.element_spec
        return keras.tree.map_structure(lambda t: keras.KerasTensor(tuple(t.shape), dtype=t.dtype.name), first)
    if isinstance(x, (list, tuple)):
        found = [spec_of(item) for item in x]
        return None if any(item is None for item in found) else found
    if isinstance(x, dict):
        return {key: spec_of(value) for key, value in x.items()}
    return keras.KerasTensor((None, *x.shape[1:])) if isinstance(x, (np.ndarray, tf.Tensor)) else None


def fit(recorder: Recorder) -> Callable[..., Any]:
    def fit(model: Any, x: Any = None, y: Any = None, batch_size: int | None = None, *args: Any, **kwargs: Any) -> Any:
        told: dict[str, Any] = {}
        if isinstance(batch_size, int):
            told["batch_size"] = batch_size
        if isinstance(x, (np.ndarray, tf.Tensor)):
            told["x"] = list(map(int, x.shape))
        recorder.fitted[id(model)] = told
        tensors = spec_of(x)
        if not model.built and tensors is not None:
            model(tensors)
        return History()

    return fit


def predict(model: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
    first = x[0] if isinstance(x, (list, tuple)) else x
    rows = len(first) if isinstance(first, np.ndarray) else 8
    try:
        shapes = model.output_shape
    except (AttributeError, ValueError):
        shapes = (None, 10)
    several = isinstance(shapes, (list, dict)) or isinstance(shapes[0], (list, tuple))
    made = [
        np.zeros((rows, *(size or 1 for size in shape[1:])), "float32") for shape in (shapes if several else [shapes])
    ]
    return made if several else made[0]


def one_batch(original: Callable[..., Any]) -> Callable[..., Any]:
    """A `fit` that is real, on the first rows alone: what it raises is what Keras raises."""

    def fit(model: Any, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        rows = 4
        if isinstance(x, tf.data.Dataset):
            return original(model, x.take(1), epochs=1, verbose=0)
        x, y = (keras.tree.map_structure(lambda part: np.array(part[:rows]), part) for part in (x, y))
        return original(model, x, y, batch_size=rows, epochs=1, verbose=0)

    return fit


def folder_dataset(
    *args: Any, label_mode: Any = "int", batch_size: Any = 32, image_size: Any = (256, 256), **options: Any
) -> Any:
    channels = {"grayscale": 1, "rgba": 4}.get(options.get("color_mode", "rgb"), 3)
    batch: list[Any] = [tf.TensorSpec((None, *image_size, channels), tf.float32)]
    if label_mode is not None:
        kind = tf.int32 if label_mode == "int" else tf.float32
        batch.append(tf.TensorSpec({"int": (None,), "binary": (None, 1)}.get(label_mode, (None, 5)), kind))
    signature = tuple(batch) if len(batch) > 1 else batch[0]
    made = tf.data.Dataset.from_generator(lambda: iter(()), output_signature=signature)
    made.class_names = ["daisy", "dandelion", "roses", "sunflowers", "tulips"]
    made.file_paths = []
    return made


class Flow(MagicMock):
    """Pictures out of folders as ImageDataGenerator reads them: five classes."""

    class_indices = {name: index for index, name in enumerate("abcde")}
    num_classes, samples, n, batch_size = 5, 100, 100, 32

    def __len__(self) -> int:
        return 4


# ---- all together ----


def bindings(replaced: dict[int, Any]) -> None:
    """Put replacements wherever Keras's modules hold the originals."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "keras" or name.startswith("tensorflow.keras"):
            for key, value in list(vars(module).items()):
                if id(value) in replaced:
                    setattr(module, key, replaced[id(value)])


def missing(original: Callable[..., Any], otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """A reader of files or folders that, where there is none, gives something all the same."""

    def read(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
        there = not isinstance(path, (str, os.PathLike)) or os.path.exists(path)
        return original(path, *args, **kwargs) if there else otherwise()

    return read


def install(recorder: Recorder, real_fit: bool = False) -> None:
    import keras.src.applications
    import keras.src.datasets

    replaced: dict[int, Any] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("keras.src.applications."):
            for value in vars(module).values():
                code = getattr(value, "__code__", None)
                if (
                    code
                    and value.__module__.startswith("keras.src.applications")
                    and "weights" in code.co_varnames[: code.co_argcount]
                ):
                    replaced[id(value)] = recorder.application(value)
    for name, load in DATASETS.items():
        replaced[id(getattr(keras.datasets, name).load_data)] = load
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    for name in ("flow_from_directory", "flow_from_dataframe", "flow"):
        setattr(ImageDataGenerator, name, lambda *args, **kwargs: Flow())
    ImageDataGenerator.fit = lambda *args, **kwargs: None
    utils = keras.utils
    replaced[id(utils.plot_model)] = lambda *args, **kwargs: None
    replaced[id(utils.get_file)] = lambda fname=None, *args, **kwargs: str(fname)
    replaced[id(utils.image_dataset_from_directory)] = folder_dataset
    replaced[id(utils.load_img)] = lambda path, color_mode="rgb", target_size=(150, 200), **k: np.zeros(
        (*target_size, 3)
    )
    replaced[id(keras.models.load_model)] = lambda *args, **kwargs: MagicMock()
    bindings(replaced)

    model = keras.Model
    original_compile, original_fit = model.compile, model.fit

    def compile(self: Any, optimizer: Any = "rmsprop", loss: Any = None, *args: Any, **kwargs: Any) -> Any:
        recorder.compiled[id(self)] = compile_told({"loss": loss, **kwargs})
        return original_compile(self, optimizer, loss, *args, **kwargs)

    model.compile = compile
    model.fit = one_batch(original_fit) if real_fit else fit(recorder)
    model.evaluate = lambda self, *args, **kwargs: [0.5, 0.5]
    model.predict = predict
    model.train_on_batch = model.test_on_batch = lambda self, *args, **kwargs: [0.5, 0.5]
    for name in ("save", "save_weights", "load_weights", "export"):
        setattr(model, name, lambda self, *args, **kwargs: None)
    iterate = tf.data.Dataset.__iter__
    for kind in {tf.data.Dataset, *tf.data.Dataset.__subclasses__()}:
        if "__iter__" in vars(kind):
            kind.__iter__ = lambda self: iter(list(iterate(self.take(1))))
    np.load = missing(np.load, lambda: np.zeros((120, 64, 64, 3), "float32"))
    os.listdir = missing(os.listdir, lambda: ["cat.0.jpg", "cat.1.jpg", "dog.0.jpg"])
    builtins.display = lambda *args, **kwargs: None
    builtins.get_ipython = MagicMock()
    sys.meta_path.insert(0, Finder())
    for name in [name for name in sys.modules if name.split(".")[0] in LIBRARIES]:
        if name.split(".")[0] not in ("h5py", "PIL"):  # which Keras itself holds
            del sys.modules[name]
    for name in ("h5py", "PIL", "PIL.Image"):
        sys.modules.pop(name, None)
