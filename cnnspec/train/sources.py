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
from cnnspec.train.examples import Held, Raw
from cnnspec.train.match import TrainingFailed

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


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
    return Raw((Held((bundled.images[..., None] / 16).astype(np.float32)), bundled.target.astype(np.int64)))


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
        (Held(x.reshape(-1, *shape)), y.ravel().astype(np.int64)),
        (Held(x_test.reshape(-1, *shape)), y_test.ravel().astype(np.int64)),
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
    return of_arrays(path, found)


def of_arrays(name: str, arrays: dict[str, Array]) -> Raw:
    """The data set of x_train, y_train and perhaps x_test, y_test; `name` stands in what is said of it."""
    import numpy as np

    pairs = []
    for part in ("train", "test")[: len(arrays) // 2]:
        x, y = arrays[f"x_{part}"], arrays[f"y_{part}"]
        if not x.shape or not y.shape or len(x) != len(y):
            message = f"{name} has x_{part} of shape {x.shape}, but y_{part} of shape {y.shape}"
            raise TrainingFailed(message, "a label an example", 2)
        if part == "train" or len(x):
            check_array(x, f"x_{part}", name)
            pairs.append((Held(x), y))
    scaled = any(x.array.dtype == np.uint8 for x, _ in pairs)
    notes = ("pixels from 0 to 255 are scaled to 0 to 1",) if scaled else ()
    return Raw(pairs[0], pairs[1] if len(pairs) > 1 else None, None, notes)


def check_array(x: Array, name: str, path: str) -> None:
    """Raises TrainingFailed for examples (N, …) that no network can take."""
    import numpy as np

    if x.dtype.kind not in "buif":
        raise TrainingFailed(f"{name} of {path} holds {x.dtype}, not numbers", "", 2)
    if x.ndim < 2 or not x.size:
        raise TrainingFailed(f"{name} of {path} has the shape {x.shape}: there are no examples in it", "", 2)
    if x.dtype.kind != "f":
        return
    bad, first = 0, 0
    for start in range(0, len(x), 1024):
        with np.errstate(over="ignore"):
            finite = np.isfinite(x[start : start + 1024].astype(np.float32)).reshape(-1, x[0].size).all(axis=1)
        first = first if bad or finite.all() else start + int((~finite).argmax())
        bad += int((~finite).sum())
    if bad:
        raise TrainingFailed(
            f"{bad} of {len(x)} examples in {name} of {path} hold NaN or infinity, the first is {first}",
            "leave them out, or replace the values", 2,
        )  # fmt: skip
