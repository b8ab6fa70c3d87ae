"""A state's file → its arrays and what is said about them, from a file that anybody may have written.

It is a .npz as NumPy writes it: members that are stored as they are, so that what is read is never more than the file
holds; arrays of numbers alone, whose headers say the length that the members have. Nothing is unpickled.
"""

from __future__ import annotations

import math
import os
import zipfile
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from cnnspec.train.data.examples import find_free_memory
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs import schema

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

RANDOM = {"numpy": ("uint32", (624,)), "python": ("uint64", (625,))}  # the states of their generators


def read(file: BinaryIO, name: str) -> tuple[dict[str, Array], dict[str, Any]]:
    """The arrays, and what is said. Raises TrainingFailed for a file that is no state, or for which there is no memory."""
    size, free = os.fstat(file.fileno()).st_size, find_free_memory()
    if free is not None and size > free:
        raise TrainingFailed(f"{name} has {size / 2**30:.1f} GiB, for which there is no memory", "", 2)
    try:
        arrays = _read_arrays(file, size)
        said = schema.read_checked(arrays.pop("said").tobytes(), schema.STATE)
        for key in said["dtypes"]:
            import ml_dtypes

            arrays[key] = arrays[key].view(ml_dtypes.bfloat16)
        for key, form in RANDOM.items():
            if (arrays[key].dtype.name, arrays[key].shape) != form:
                raise schema.Wrong(f"{key} is no state of a generator of random numbers")
        if arrays["python"][:-1].max() >= 2**32 or arrays["python"][-1] > 624:
            raise schema.Wrong("python is no state of a generator of random numbers")
        return arrays, said
    except MemoryError:
        raise TrainingFailed(f"{name} does not fit in memory", "", 2) from None
    except schema.Newer:
        raise TrainingFailed(f"{name} was written by a newer cnnspec", "upgrade cnnspec", 2) from None
    except schema.Wrong as wrong:
        raise TrainingFailed(f"{name} is damaged: {wrong}", "train anew", 2) from None
    except Exception as error:  # numpy, zipfile and zlib each have their own for a damaged file
        raise TrainingFailed(f"{name} is damaged ({type(error).__name__})", "train anew", 2) from None


def _read_arrays(file: BinaryIO, size: int) -> dict[str, Array]:
    arrays: dict[str, Array] = {}
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if any(member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1 for member in members):
            raise schema.Wrong("it is compressed or encrypted, which no state is")
        if len({member.filename for member in members}) < len(members) or sum(m.file_size for m in members) > size:
            raise schema.Wrong("it holds a member twice")
        for member in members:
            with archive.open(member) as content:
                arrays[member.filename.removesuffix(".npy")] = _read_array(content, member)
    return arrays


def _read_array(content: IO[bytes], member: zipfile.ZipInfo) -> Array:
    import numpy as np

    header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    shape, backwards, dtype = header[np.lib.format.read_magic(content)](content)
    if dtype.kind not in "buif" or min(shape, default=0) < 0:
        raise schema.Wrong(f"{member.filename} is no array of numbers")
    if content.tell() + dtype.itemsize * math.prod(shape) != member.file_size:
        raise schema.Wrong(f"{member.filename} has another length than it says")
    return np.frombuffer(content.read(), dtype).reshape(shape, order="F" if backwards else "C")
