"""Where data come from: bundled with scikit-learn, downloaded by Keras, or a .npz file.

Nothing in a file is run: pickled objects are refused.
"""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

from cnnspec.compile.live import MissingExtra
from cnnspec.names import NAMED_DATA
from cnnspec.record import Record
from cnnspec.train.match import TrainingFailed

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


class Raw(Record):
    """A data set as it comes: examples and their targets, which are class numbers (N,) where the set has a name."""

    train: tuple[Array, Array]
    test: tuple[Array, Array] | None = None


def load(settings: TrainSettings) -> Raw:
    """Reads the data set. Raises TrainingFailed, or MissingExtra for a library that is not installed."""
    assert settings.data is not None
    if settings.data == "digits":
        return _digits()
    if settings.data in NAMED_DATA:
        return _downloaded(settings.data)
    return _npz(os.path.join(settings.folder, settings.data))


def _digits() -> Raw:
    try:
        import numpy as np
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise MissingExtra(
            f'{error.name or "scikit-learn"} is not installed; data = digits needs scikit-learn: pip install "cnnspec[keras]"'
        ) from error
    bundled = load_digits()
    return Raw(((bundled.images[..., None] / 16).astype(np.float32), bundled.target.astype(np.int64)))


def _downloaded(name: str) -> Raw:
    from cnnspec.compile.live import import_keras

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
            f"connect to the network once, put Keras's file into {_cache()}, or train on data = digits", 2,
        ) from error  # fmt: skip
    finally:
        socket.setdefaulttimeout(before)
    shape = NAMED_DATA[name][0]
    return Raw(
        (x.reshape(-1, *shape), y.ravel().astype(np.int64)),
        (x_test.reshape(-1, *shape), y_test.ravel().astype(np.int64)),
    )


def _cache() -> str:
    return os.path.join(os.environ.get("KERAS_HOME", os.path.join("~", ".keras")), "datasets")


_ARRAYS = ("x_train", "y_train", "x_test", "y_test")


def _npz(path: str) -> Raw:
    try:
        import numpy as np
    except ImportError as error:
        raise MissingExtra('numpy is not installed; training needs it: pip install "cnnspec[keras]"') from error
    if not os.path.isfile(path):
        raise TrainingFailed(f"there is no data file {path}", "give the path of a .npz file, or data = digits", 2)
    found: dict[str, Array] = {}
    try:
        with np.load(path, allow_pickle=False) as file:
            held = list(file.files)
            for name in _ARRAYS:
                if name in held:
                    found[name] = file[name]
    except MemoryError:
        raise TrainingFailed(f"{path} does not fit in memory", "train on a part of it", 2) from None
    except Exception as error:  # numpy, zipfile and zlib each have their own for a damaged file
        if "allow_pickle" in str(error):
            raise TrainingFailed(
                f"{path} holds pickled Python objects, which are not read", "save plain arrays of numbers", 2
            ) from None
        raise TrainingFailed(
            f"{path} cannot be read as a .npz file ({type(error).__name__})", "write it with numpy.savez", 2
        ) from error
    need = [n for n in ("x_train", "y_train") if n not in found]
    if not need and ("x_test" in found) != ("y_test" in found):
        need = ["y_test" if "x_test" in found else "x_test"]
    if need:
        raise TrainingFailed(f"{path} has no {' and no '.join(need)}: it has {', '.join(held) or 'nothing'}", "", 2)
    test = (found["x_test"], found["y_test"]) if "x_test" in found else None
    return Raw((found["x_train"], found["y_train"]), test)
