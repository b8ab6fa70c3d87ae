"""The sources of data: bundled with scikit-learn, downloaded by Keras or TensorFlow Datasets, or files."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

from cnnspec.base.did_you_mean import GIVEN, NAMED_DATA
from cnnspec.base.source_files import relative
from cnnspec.compile.keras_model import MissingExtra
from cnnspec.train.data.arrays import read_npz
from cnnspec.train.data.columns import is_map
from cnnspec.train.data.examples import Held, Raw, make_raw_part
from cnnspec.train.data.files import Files, note_outside
from cnnspec.train.data.folders import find_in_folder
from cnnspec.train.data.mask_folders import find_masks
from cnnspec.train.data.table_lines import SUFFIXES as TABLES
from cnnspec.train.data.tables import read_csv
from cnnspec.train.data.tfds import read_tfds
from cnnspec.train.ends import find_ends
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.graph import Graph
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


def load(settings: TrainSettings, graph: Graph) -> Raw | Files:
    """The data set for a network, or the image files that make it one. Raises TrainingFailed, or MissingExtra for a missing
    library."""
    assert settings.data is not None
    if settings.data == GIVEN:
        message = "the data of this training were given in Python, and are in no file"
        again = "give them again in Python, cnnspec.resume(run, x, y) or cnnspec.evaluate(run, (x, y)), or name other --data"
        raise TrainingFailed(message, again, 2)
    if settings.data == "digits":
        return _load_digits()
    if settings.data in NAMED_DATA:
        return _download(settings.data)
    if settings.data.startswith("tfds:"):
        return read_tfds(settings.data.removeprefix("tfds:"))
    path = os.path.join(_find_folder(settings), os.path.expanduser(settings.data))
    if os.path.isdir(path):
        return note_outside(_find_masks_or_classes(path, graph, settings))
    if path.lower().endswith(TABLES):
        return note_outside(read_csv(path, graph, settings))
    if path.lower().endswith(".npz"):
        return read_npz(path, find_ends(graph, settings), settings)
    raise TrainingFailed(f"there is no data folder {path}", "a folder holds a folder of images for each class", 2)


def _find_folder(settings: TrainSettings) -> str:
    """Where a path starts, as sentences name it: a run has its folder written in full."""
    folder = relative(settings.folder) if os.path.isabs(settings.folder) else settings.folder
    return "" if folder == "." else folder


def _find_masks_or_classes(path: str, graph: Graph, settings: TrainSettings) -> Files:
    """The images of a folder: with their masks for a network that yields maps, else by class. Raises TrainingFailed."""
    maps = not settings.pairing and any(is_map(end) for end in find_ends(graph, settings).trained)
    masks = find_masks(path) if maps else None
    if masks is not None:
        return masks
    try:
        return find_in_folder(path)
    except TrainingFailed:
        if not maps:
            raise
        message = f"{path} has neither a folder of images beside one of masks nor class folders"
        raise TrainingFailed(message, "lay them out as images/1.jpg and masks/1.png", 2) from None


def _load_digits() -> Raw:
    try:
        import numpy as np
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise MissingExtra(
            f"{error.name or 'scikit-learn'} is not installed; data = digits needs scikit-learn", "keras"
        ) from error
    bundled = load_digits()
    return Raw(
        make_raw_part(Held((bundled.images[..., None] / 16).astype(np.float32)), bundled.target.astype(np.int64))
    )


def _download(name: str) -> Raw:
    from cnnspec.compile.keras_model import import_keras

    keras = import_keras()
    import socket

    import numpy as np

    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(30)
    try:
        with redirect_stdout(sys.stderr):  # Keras's download bar
            (x, y), (x_test, y_test) = getattr(keras.datasets, name).load_data()
    except Exception as error:  # Keras raises a bare Exception when a download fails
        why = " ".join(str(error).split()) or type(error).__name__
        raise TrainingFailed(
            f"{name} is not on this machine and could not be downloaded ({why})",
            f"connect to the network once, put Keras's file into {_find_cache()}, or train on data = digits", 2,
        ) from error  # fmt: skip
    finally:
        socket.setdefaulttimeout(before)
    shape = NAMED_DATA[name][0]
    return Raw(
        make_raw_part(Held(x.reshape(-1, *shape)), y.ravel().astype(np.int64)),
        make_raw_part(Held(x_test.reshape(-1, *shape)), y_test.ravel().astype(np.int64)),
    )


def _find_cache() -> str:
    return os.path.join(os.environ.get("KERAS_HOME", os.path.join("~", ".keras")), "datasets")
