"""Batches one behind another → arrays: in memory, or in a file where memory has no room for them.

The file has no name, and ends with the process. `disk_folder` says where it lies.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from cnnspec.train.errors import TrainingFailed, first_line

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    Array = np.ndarray[Any, Any]


class Pile:
    """The values of batches, alike in form: an array, or a dict or tuple of them, each with a row for each example."""

    def __init__(self, first: Any) -> None:
        self._form = change_arrays(first, _Rows)
        self._rows: dict[Any, _Rows] = unfold(self._form)

    @property
    def bytes(self) -> int:
        return sum([rows.bytes for rows in self._rows.values()])

    def add(self, value: Any) -> None:
        """Raises TrainingFailed for a value of another form."""
        given = unfold(value)
        for name, rows in self._rows.items():
            rows.add(given.get(name))

    def move_to_file(self, folder: str) -> None:
        """Keep what was added, and what will be, in a file in a folder. Raises TrainingFailed."""
        for rows in self._rows.values():
            rows.move_to_file(folder)

    def join(self) -> Any:
        """The arrays, in the form of the values."""
        return change_arrays(self._form, _Rows.join)


class _Rows:
    """Rows of an array that come by and by."""

    def __init__(self, first: Array) -> None:
        self.bytes = 0
        self._shape, self._dtype, self._count = first.shape[1:], first.dtype, 0
        self._kept: list[Array] = []
        self._file: IO[bytes] | None = None
        self._folder = ""

    def add(self, array: Array | None) -> None:
        import numpy as np

        if (
            array is None
            or array.shape[1:] != self._shape
            or (self._file and not np.can_cast(array.dtype, self._dtype))
        ):
            raise TrainingFailed(
                "the batches differ in shape, or in what they hold", "yield batches of examples alike", 2
            )
        self._count += len(array)
        self.bytes += array.nbytes
        if self._file is None:
            self._kept.append(array)
        else:
            self._write(array)

    def move_to_file(self, folder: str) -> None:
        import tempfile

        import numpy as np

        self._dtype, self._folder = np.result_type(*self._kept), folder
        try:
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        except OSError as error:
            raise _unwritten(folder, error) from None
        kept, self._kept = self._kept, []
        for array in kept:
            self._write(array)

    def _write(self, array: Array) -> None:
        import numpy as np

        assert self._file is not None
        try:
            self._file.write(np.ascontiguousarray(array, self._dtype).tobytes())
        except OSError as error:
            raise _unwritten(self._folder, error) from None

    def join(self) -> Array:
        import numpy as np

        if self._file is None:
            return np.concatenate(self._kept)
        try:
            self._file.flush()
            return np.memmap(self._file, self._dtype, "r", shape=(self._count, *self._shape))
        except OSError as error:
            raise _unwritten(self._folder, error) from None


def find_free_disk(folder: str) -> int:
    """Bytes that a folder has room for. Raises TrainingFailed."""
    from shutil import disk_usage

    try:
        return disk_usage(folder).free
    except OSError as error:
        raise _unwritten(folder, error) from None


def _unwritten(folder: str, error: OSError) -> TrainingFailed:
    help = "let TMPDIR name a folder with room"
    return TrainingFailed(
        f"the batches do not fit in memory, and {folder} cannot be written: {first_line(error)}", help, 2
    )


def unfold(value: Any) -> dict[Any, Any]:
    """The arrays of a value of a batch by their names, or places."""
    return value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, tuple) else {"": value}


def change_arrays(value: Any, change: Callable[[Any], Any]) -> Any:
    """A value of the same form, each of its arrays changed."""
    changed = {name: change(array) for name, array in unfold(value).items()}
    return changed if isinstance(value, dict) else tuple(changed.values()) if isinstance(value, tuple) else changed[""]
