"""A .npz file → a data set. Nothing in it is run: pickled objects are refused.

An array that memory has room for is read at once. A larger one stays in the file and its rows are read when a batch asks
for them, which takes a member that is stored as it is (numpy.savez), not compressed.
"""

from __future__ import annotations

import math
import os
import threading
import zipfile
from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_model import MissingExtra
from cnnspec.train.data import ranges
from cnnspec.train.data.examples import Held, Raw, find_room
from cnnspec.train.data.files import list_some
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

PARTS = {"train": ("train",), "validation": ("val", "valid", "validation"), "test": ("test",)}  # as arrays are named


class Stored:
    """An array (N, …) in a file, in C order from a byte on; rows are read as an array's are, by a slice or by places."""

    def __init__(self, path: str, start: int, dtype: Any, shape: tuple[int, ...]) -> None:
        self.path, self.start, self.dtype, self.shape, self.ndim = path, start, dtype, shape, len(shape)
        self.size = math.prod(shape)
        self.row = self.dtype.itemsize * math.prod(shape[1:])
        self.file = open(path, "rb")  # noqa: SIM115
        self.lock = threading.Lock()

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | Array) -> Array:
        import numpy as np

        if isinstance(rows, slice):
            first, last, _ = rows.indices(len(self))
            runs = [(first, max(0, last - first))]
        else:
            runs = [(int(place), 1) for place in rows]
        taken = np.empty((sum(n for _, n in runs), *self.shape[1:]), self.dtype)
        into, at = memoryview(taken.reshape(-1).view(np.uint8).data), 0
        with self.lock:
            for first, count in runs:
                self.file.seek(self.start + first * self.row)
                if self.file.readinto(into[at : at + count * self.row]) != count * self.row:
                    raise TrainingFailed(f"{self.path} ends before its arrays do", "write it again", 2)
                at += count * self.row
        return taken


def read_npz(path: str) -> Raw:
    """The data set in a .npz file. Raises TrainingFailed, or MissingExtra without NumPy."""
    try:
        import numpy  # noqa: F401
    except ImportError as error:
        raise MissingExtra("numpy is not installed; training needs it", "keras") from error
    if not os.path.isfile(path):
        raise TrainingFailed(f"there is no data file {path}", "give the path of a .npz file, or data = digits", 2)
    found: dict[str, Any] = {}
    names = [f"{axis}_{word}" for words in PARTS.values() for word in words for axis in "xy"]
    try:
        with zipfile.ZipFile(path) as file:
            held = [name.removesuffix(".npy") for name in file.namelist()]
            for name in names:
                if name in held:
                    found[name] = _read_member(path, file, name)
    except TrainingFailed:
        raise
    except MemoryError:
        raise TrainingFailed(f"{path} does not fit in memory", "train on a part of it", 2) from None
    except OSError as error:
        raise TrainingFailed(f"{path} cannot be read: {error.strerror or error}", "", 2) from error
    except Exception as error:  # numpy, zipfile and zlib each have their own for a damaged file
        if "allow_pickle" in str(error):
            raise TrainingFailed(
                f"{path} holds pickled Python objects, which are not read", "save plain arrays of numbers", 2
            ) from None
        raise TrainingFailed(
            f"{path} cannot be read as a .npz file ({type(error).__name__})", "write it with numpy.savez", 2
        ) from error
    need = [n for n in ("x_train", "y_train") if n not in found]
    for x, y in [] if need else zip(names[::2], names[1::2], strict=True):
        if (x in found) != (y in found):
            need = [y if x in found else x]
    if need:
        message = f"{path} has no {' and no '.join(need)}: it has {', '.join(held) or 'nothing'}"
        raise TrainingFailed(message, f"write it with numpy.savez(…, {', '.join(f'{n}=…' for n in need)})", 2)
    raw = make_raw(path, found)
    unread = [name for name in held if name not in found]
    if not unread:
        return raw
    note = f"not read of {path}: {'array' if len(unread) == 1 else 'arrays'} {list_some(unread)}"
    return raw.replace(notes=(*raw.notes, note))


def _read_member(path: str, file: zipfile.ZipFile, name: str) -> Any:
    """An array of the file, in memory or (examples for which there is no room) in the file."""
    import numpy as np

    info = file.getinfo(f"{name}.npy")
    with file.open(info) as member:
        if info.file_size <= find_room():
            return np.lib.format.read_array(member, allow_pickle=False)
        version = np.lib.format.read_magic(member)
        header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, backwards, dtype = header(member)
        start = member.tell()
    size = dtype.itemsize * math.prod(shape)
    if dtype.hasobject:
        raise ValueError("allow_pickle")
    what = f"{name} of {path} takes {size / 2**30:.1f} GiB, more than there is room for in memory"
    if name.startswith("y"):
        raise TrainingFailed(what, "train on a part of it", 2)
    if info.compress_type != zipfile.ZIP_STORED or backwards or info.file_size != start + size:
        how = "is compressed" if info.compress_type != zipfile.ZIP_STORED else "is not in C order"
        help = "write it with numpy.savez, of numpy.ascontiguousarray(x), to have it read piece by piece"
        raise TrainingFailed(f"{what}, and {how}", help, 2)
    return Stored(path, _find_content(path, info) + start, dtype, shape)


def _find_content(path: str, info: zipfile.ZipInfo) -> int:
    """The place in the file where a member's bytes begin: behind its own header, whose name and extra field have lengths of their own."""
    with open(path, "rb") as file:
        file.seek(info.header_offset + 26)
        name, extra = file.read(2), file.read(2)
    return info.header_offset + 30 + int.from_bytes(name, "little") + int.from_bytes(extra, "little")


def make_raw(name: str, arrays: dict[str, Any]) -> Raw:
    """The data set of x_train, y_train and perhaps x_val, y_val and x_test, y_test; `name` stands in what is said of it."""
    import numpy as np

    pairs: dict[str, tuple[Held, Array]] = {}
    values: dict[str, tuple[float, float]] = {}
    for part, words in PARTS.items():
        for word in words:
            if f"x_{word}" not in arrays:
                continue
            x, y = arrays[f"x_{word}"], arrays[f"y_{word}"]
            if not x.shape or not y.shape or len(x) != len(y):
                message = f"{name} has x_{word} of shape {x.shape}, but y_{word} of shape {y.shape}"
                raise TrainingFailed(message, "give a label for each example", 2)
            if part in pairs:
                raise TrainingFailed(f"{name} has examples for {part} twice, x_{word} too", "keep one of them", 2)
            if part == "train" or len(x):
                values[part] = check_values(x, f"x_{word}", name)
                pairs[part] = Held(x), y
    scaled = any(x.array.dtype == np.uint8 for x, _ in pairs.values())
    notes = ["pixels from 0 to 255 are scaled to 0 to 1"] if scaled else []
    notes += ranges.note_ranges(
        name, pairs["train"][0].shape, values, {part: x.array.dtype for part, (x, _) in pairs.items()}
    )
    if any(isinstance(x.array, Stored) for x, _ in pairs.values()):
        notes.append(f"{name} is larger than memory has room for: examples are read from the file")
    return Raw(pairs["train"], pairs.get("test"), None, tuple(notes), pairs.get("validation"), values["train"])


def check_values(x: Any, name: str, path: str) -> tuple[float, float]:
    """The least and the highest value of examples (N, …), once bytes are scaled. Raises TrainingFailed for what no
    network can take."""
    import numpy as np

    if x.dtype.kind not in "buif":
        raise TrainingFailed(f"{name} of {path} holds {x.dtype}, not numbers", "", 2)
    if x.ndim < 2 or not x.size:
        raise TrainingFailed(f"{name} of {path} has the shape {x.shape}: there are no examples in it", "", 2)
    if x.dtype in (np.bool_, np.uint8):
        return 0.0, 1.0
    bad, first = 0, 0
    least, most = float("inf"), float("-inf")
    step = max(1, 2**20 // max(1, x.size // len(x)))
    for start in range(0, len(x), step):
        with np.errstate(over="ignore"):
            some = x[start : start + step].astype(np.float32)
        finite = np.isfinite(some).reshape(len(some), -1).all(axis=1)
        first = first if bad or finite.all() else start + int((~finite).argmax())
        bad += int((~finite).sum())
        least, most = min(least, float(some.min())), max(most, float(some.max()))
    if bad:
        raise TrainingFailed(
            f"{bad} of {len(x)} example{'s' * (len(x) != 1)} in {name} of {path} hold{'s' * (bad == 1)} NaN or infinity, the first is {first}",
            "leave them out, or replace the values", 2,
        )  # fmt: skip
    return least, most
