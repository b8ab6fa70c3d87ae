"""Keras without training, files and downloads: what builds a network is real, what takes long is not."""

from __future__ import annotations

import builtins
import inspect
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import MagicMock

import keras
import keras.src.applications
import numpy as np
import tensorflow as tf
from keras.src.legacy.preprocessing.image import ImageDataGenerator

from tests.python_source.recorder import Recorder, compile_told
from tests.python_source.stand_in_data import DATASETS

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


def compiled(recorder: Recorder, original: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(original)

    def compile(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        recorder.compiled[id(given["self"])] = compile_told(given)
        return original(*args, **kwargs)

    return compile


def fit(recorder: Recorder) -> Callable[..., Any]:
    def fit(model: Any, x: Any = None, y: Any = None, batch_size: int | None = None, *args: Any, **kwargs: Any) -> Any:
        told: dict[str, Any] = {}
        if isinstance(batch_size, int):
            told["batch_size"] = batch_size
        if isinstance(x, (np.ndarray, tf.Tensor)):
            told["x"] = list(map(int, x.shape))
        recorder.fitted[id(model)] = told
        tensors = spec_of(x)
        if not model.built and tensors is not None and type(model).call is not keras.Model.call:
            model(tensors, **({"training": True} if model._call_has_training_arg else {}))
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


def picture(path: Any, color_mode: str = "rgb", target_size: Any = (150, 200), **options: Any) -> Any:
    return np.zeros((*target_size, 3))


class Flow(MagicMock):
    """Pictures out of folders as ImageDataGenerator reads them: five classes."""

    class_indices = {name: index for index, name in enumerate("abcde")}
    num_classes, samples, n, batch_size = 5, 100, 100, 32

    def __len__(self) -> int:
        return 4


# ---- in place of Keras's own ----


def install_keras(recorder: Recorder, real_fit: bool) -> None:
    replace_functions(recorder)
    replace_methods(recorder, real_fit)
    replace_files()


def replace_functions(recorder: Recorder) -> None:
    """Applications, data sets and readers of files, wherever Keras's modules hold them."""
    replaced: dict[int, Any] = {id(function): recorder.application(function) for function in applications()}
    replaced |= {id(getattr(keras.datasets, name).load_data): load for name, load in DATASETS.items()}
    replaced |= {
        id(keras.utils.plot_model): lambda *args, **kwargs: None,
        id(keras.utils.get_file): lambda fname=None, *args, **kwargs: str(fname),
        id(keras.utils.image_dataset_from_directory): folder_dataset,
        id(keras.utils.load_img): picture,
        id(keras.models.load_model): lambda *args, **kwargs: MagicMock(),
    }
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "keras" or name.startswith("tensorflow.keras"):
            for key, value in list(vars(module).items()):
                if id(value) in replaced:
                    setattr(module, key, replaced[id(value)])


def applications() -> Iterator[Any]:
    """The functions of keras.applications that may download weights."""
    for name, module in list(sys.modules.items()):
        if name.startswith("keras.src.applications."):
            for value in vars(module).values():
                if inspect.isfunction(value) and value.__module__.startswith("keras.src.applications."):
                    if "weights" in inspect.signature(value).parameters:
                        yield value


def replace_methods(recorder: Recorder, real_fit: bool) -> None:
    """What models, generators and data sets do with data."""
    model, generator = keras.Model, ImageDataGenerator
    model.compile = compiled(recorder, model.compile)
    model.fit = one_batch(model.fit) if real_fit else fit(recorder)
    model.predict = predict
    for name in ("evaluate", "train_on_batch", "test_on_batch"):
        setattr(model, name, lambda self, *args, **kwargs: [0.5, 0.5])
    for name in ("save", "save_weights", "load_weights", "export"):
        setattr(model, name, lambda self, *args, **kwargs: None)
    generator.flow = generator.flow_from_directory = generator.flow_from_dataframe = lambda *args, **kwargs: Flow()
    generator.fit = lambda *args, **kwargs: None
    iterate = tf.data.Dataset.__iter__
    tf.data.Dataset.__iter__ = lambda self: iterate(self.take(1))


def replace_files() -> None:
    """Files and folders that are not there are there all the same; a notebook's own functions."""
    np.load = missing(np.load, lambda: np.zeros((120, 64, 64, 3), "float32"))
    os.listdir = missing(os.listdir, lambda: ["cat.0.jpg", "cat.1.jpg", "dog.0.jpg"])
    builtins.display = lambda *args, **kwargs: None
    builtins.get_ipython = MagicMock()


def missing(original: Callable[..., Any], otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """A reader of files or folders that, where there is none, gives something all the same."""

    def read(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
        there = not isinstance(path, (str, os.PathLike)) or os.path.exists(path)
        return original(path, *args, **kwargs) if there else otherwise()

    return read
