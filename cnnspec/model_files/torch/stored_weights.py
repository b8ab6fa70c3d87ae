"""The numbers of the weights in a `.pt2` file, read one by one when they are asked for.

Torch writes each as bytes in a member of its own, and says in a table which member, dtype, sizes and strides are whose.
Archives in which they are pickled, as older versions of torch write them, are refused, since unpickling runs what it says.
"""

from __future__ import annotations

from contextlib import contextmanager
from math import prod

from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.archive import KIND, find_program
from cnnspec.model_files.torch.read_values import DTYPES
from cnnspec.model_files.torch.typed_json import Damaged, take, take_objects, take_union
from cnnspec.model_files.views.weight_ref import widen_bfloat16
from cnnspec.model_files.zipped_json import open_archive, parse_json_object, read_member

TYPE_CHECKING = False
if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterator
    from typing import Any, Literal

MAX_REPEATED = 2**24  # numbers of a weight that repeats a few by strides of 0
KINDS = ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8")  # as NumPy calls them, too
TABLES = ("data/weights/{}_weights_config.json", "data/constants/{}_constants_config.json")
PICKLED = (
    "is pickled in this file, as older versions of torch save weights: it is not read, since unpickling runs what it says;"
    " export the module with torch 2.13"
)


class TorchArchiveWeights:
    """The weights in an open archive. `find` raises ModelRefused."""

    def __init__(self, path: str, archive: zipfile.ZipFile) -> None:
        self.path, self.archive = path, archive
        program = find_program(path, archive.namelist())
        self.root, _, last = program.rpartition("models/")
        self.names = set(archive.namelist())
        self.stored: dict[str, tuple[str, Any]] = {}  # the name of a weight → its folder in the archive, and its entry
        for table in TABLES:
            name = self.root + table.format(last.removesuffix(".json"))
            if name in self.names:
                what = f"{name} in {path}"
                entries = parse_json_object(read_member(archive, name, what), what).get("config")
                folder = name.rpartition("/")[0]
                self.stored |= (
                    {key: (folder, entry) for key, entry in entries.items()} if isinstance(entries, dict) else {}
                )
        order = f"{self.root}byteorder"
        big = order in self.names and read_member(archive, order, f"{order} in {path}", most=16) == b"big"
        self.order: Literal[">", "<"] = ">" if big else "<"

    def find(self, name: str) -> Any:
        """The array of a weight, by its name in the state dict."""
        if name not in self.stored:
            pickled = any([member.endswith(".pt") and "sample_inputs" not in member for member in self.names])
            raise ModelRefused(f"{name} {PICKLED if pickled else 'is not in this file'}")
        try:
            return self._read(name, *self.stored[name])
        except Damaged as error:
            raise ModelRefused(f"{self.path} is a damaged {KIND}: {error}") from error

    def _read(self, name: str, folder: str, entry: Any) -> Any:
        import numpy as np

        if type(entry) is not dict:
            raise Damaged(f"the entry of {name} is no object")
        if entry.get("use_pickle") is not False:
            raise ModelRefused(f"{name} {PICKLED}")
        member = f"{folder}/{take(entry, 'path_name', str, name)}"
        tensor = take(entry, "tensor_meta", dict, name)
        sizes, strides = [
            [read_count(size, name) for size in take_objects(tensor, key, name)] for key in ("sizes", "strides")
        ]
        start = read_count(tensor.get("storage_offset"), name)
        if len(sizes) != len(strides) or member not in self.names:
            raise Damaged(f"{name} has no bytes, or other sizes than strides")
        dtype = DTYPES.get(take(tensor, "dtype", int, name), "")
        if dtype != "bfloat16" and dtype not in KINDS:
            raise ModelRefused(f"{name} is of {dtype or 'an unknown kind'}, which is not carried over")
        kind = np.dtype("uint16" if dtype == "bfloat16" else dtype).newbyteorder(self.order)
        last = start + sum([(size - 1) * stride for size, stride in zip(sizes, strides, strict=True)])
        count, needed, have = prod(sizes), (last + 1) * kind.itemsize, self.archive.getinfo(member).file_size
        with self.archive.open(member) as file:
            content = file.read(needed)  # no more, whatever a member unpacks to
        if len(content) < needed or count == 0 or count > max(have, MAX_REPEATED):
            raise Damaged(f"{name} has {have} bytes, too few for its sizes")
        whole = np.frombuffer(content, kind)
        steps = [stride * kind.itemsize for stride in strides]
        array = np.lib.stride_tricks.as_strided(whole[start:], sizes, steps, writeable=False)
        return widen_bfloat16(array) if dtype == "bfloat16" else array.astype(kind.newbyteorder("="))


def read_count(saved: Any, name: str) -> int:
    """A size, stride or offset."""
    kind, count = take_union(saved, f"a size of {name}")
    if kind != "as_int" or type(count) is not int or not 0 <= count < 2**48:
        raise Damaged(f"a size of {name} is no whole number")
    return count


@contextmanager
def open_weights(path: str) -> Iterator[Callable[[str], Any]]:
    """A function that finds the array of a weight in a .pt2 file, by its name, while the file is open."""
    with open(path, "rb") as file, open_archive(path, file, KIND) as archive:
        yield TorchArchiveWeights(path, archive).find
