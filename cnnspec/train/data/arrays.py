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

from cnnspec.base.join_words import list_some
from cnnspec.compile.keras_model import MissingExtra
from cnnspec.train.data import ranges
from cnnspec.train.data.array_names import PARTS, UNNAMED, Place, find_groups, find_places, list_class_names
from cnnspec.train.data.examples import Held, Raw, RawPart, find_room
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from cnnspec.train.data.examples import Examples
    from cnnspec.train.ends import Ends
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


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


def read_npz(path: str, ends: Ends, settings: TrainSettings) -> Raw:
    """The data set in a .npz file for these ends. Raises TrainingFailed, or MissingExtra without NumPy."""
    try:
        import numpy  # noqa: F401
    except ImportError as error:
        raise MissingExtra("numpy is not installed; training needs it", "keras") from error
    if not os.path.isfile(path):
        raise TrainingFailed(f"there is no data file {path}", "give the path of a .npz file, or data = digits", 2)
    found: dict[str, Any] = {}
    try:
        with zipfile.ZipFile(path) as file:
            held = [name.removesuffix(".npy") for name in file.namelist()]
            places = find_places(path, held, ends, settings)
            for name, place in places.items():
                found[name] = _read_member(path, file, name, place.is_input)
            groups = find_groups(path, held, {place.part for place in places.values()}, settings)
            grouped = {part: _read_member(path, file, name, False) for part, name in groups.items()}
            names = _read_class_names(file, held, ends, places)
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
    raw = _group(make_raw(path, found, places), path, grouped, groups)
    raw = raw.replace(names={end: called for end, _, called in names})
    taken = [*found, *groups.values(), *[name for _, name, _ in names]]
    unread = [name for name in held if name not in taken]
    if not unread:
        return raw
    note = f"not read of {path}: {'array' if len(unread) == 1 else 'arrays'} {list_some(unread)}"
    return raw.replace(notes=(*raw.notes, note))


def _group(raw: Raw, path: str, groups: dict[str, Any], names: dict[str, str]) -> Raw:
    """The same data set with the groups of its parts. Raises TrainingFailed where there is not one for each example."""
    for part, given in groups.items():
        examples = getattr(raw, part)
        if examples is None:
            continue
        if given.shape != (len(examples),) or given.dtype.kind not in "buiUS":
            message = (
                f"{names[part]} of {path} has the shape {given.shape} of {given.dtype}, for {len(examples):,} examples"
            )
            raise TrainingFailed(message, "give each example a number or a text, its group's", 2)
        raw = raw.replace(**{part: examples.replace(groups=given)})
    return raw


def _read_class_names(
    file: zipfile.ZipFile, held: Sequence[str], ends: Ends, places: dict[str, Place]
) -> list[tuple[str, str, tuple[str, ...]]]:
    """The names of the classes or labels of outputs: the output's name in the data, the array, and the names in it, which
    are texts, as many as there are classes."""
    import numpy as np

    found = []
    for end in ends.trained:
        own = any(place.end == end.name and not place.is_input for place in places.values())
        for name in list_class_names(ends)[end.name]:
            if name not in held or name in places:
                continue
            with file.open(f"{name}.npy") as member:
                shape, _, dtype = _read_header(member)
            if dtype.kind == "U" and shape == (2 if end.shape[-1] == 1 else end.shape[-1],):
                with file.open(f"{name}.npy") as member:
                    texts = np.lib.format.read_array(member, allow_pickle=False)
                found.append((end.name if own else "", name, tuple([str(text) for text in texts])))
                break
    return found


def _read_header(member: Any) -> tuple[tuple[int, ...], bool, Any]:
    """Shape, whether in Fortran's order, and type of an array, whose values are read from here on."""
    import numpy as np

    version = np.lib.format.read_magic(member)
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    return header(member)


def _read_member(path: str, file: zipfile.ZipFile, name: str, is_input: bool) -> Any:
    """An array of the file, in memory or (examples for which there is no room) in the file."""
    import numpy as np

    info = file.getinfo(f"{name}.npy")
    with file.open(info) as member:
        if info.file_size <= find_room():
            return np.lib.format.read_array(member, allow_pickle=False)
        shape, backwards, dtype = _read_header(member)
        start = member.tell()
    size = dtype.itemsize * math.prod(shape)
    if dtype.hasobject:
        raise ValueError("allow_pickle")
    what = f"{name} of {path} takes {size / 2**30:.1f} GiB, more than there is room for in memory"
    if not is_input:
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


def make_raw(
    name: str,
    arrays: dict[str, Any],
    places: dict[str, Place] = UNNAMED,
    pictures: Mapping[str, Mapping[str, Examples]] | None = None,
) -> Raw:
    """The data set of arrays that have these places, and of `pictures`, by part and input; `name` stands in what is said of it."""
    import numpy as np

    parts: dict[str, RawPart] = {}
    values: dict[str, dict[str, tuple[float, float]]] = {}  # by input and part
    for part in PARTS:
        own = {array: place for array, place in places.items() if place.part == part and array in arrays}
        if not own:
            continue
        _check_lengths(name, {array: arrays[array] for array in own})
        given = RawPart({**(pictures or {}).get(part, {})}, {})
        for array, place in own.items():
            read = arrays[array]
            if not place.is_input:
                given.outputs[place.end] = read
                continue
            given.inputs[place.end] = Held(read)
            if part == "train" or len(read):
                values.setdefault(place.end, {})[part] = check_values(read, array, name)
        if part == "train" or len(given):
            parts[part] = given
    notes = []
    held = {
        end: {part: x.array for part, given in parts.items() if isinstance(x := given.inputs[end], Held)}
        for end in values
    }
    if any(x.dtype == np.uint8 for of_parts in held.values() for x in of_parts.values()):
        notes.append("pixels from 0 to 255 are scaled to 0 to 1")
    for end, of_parts in held.items():
        called = f"{end} of {name}" if end else name
        shape = parts["train"].inputs[end].shape
        notes += ranges.note_ranges(called, shape, values[end], {part: x.dtype for part, x in of_parts.items()})
    if any(isinstance(x, Stored) for of_parts in held.values() for x in of_parts.values()):
        notes.append(f"{name} is larger than memory has room for: examples are read from the file")
    ranged = {end: of_parts["train"] for end, of_parts in values.items()}
    return Raw(parts["train"], parts.get("test"), {}, tuple(notes), parts.get("validation"), ranged)


def _check_lengths(name: str, arrays: dict[str, Any]) -> None:
    """Raises TrainingFailed where the arrays of a part are not of one length."""
    (first, given), *others = arrays.items()
    for other, array in others:
        if not given.shape or not array.shape or len(given) != len(array):
            message = f"{name} has {first} of shape {given.shape}, but {other} of shape {array.shape}"
            raise TrainingFailed(message, "give a row of each for every example", 2)


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
