"""Examples that are read when a batch asks for them, so that a data set may be larger than the memory.

A source of data (an array, a folder of images, …) is an `Examples`; what a network takes is a view of one: scaled,
reshaped, resized, or a choice of places. Everything is float32 from `take` on.
"""

from __future__ import annotations

from contextlib import suppress
from mmap import mmap
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.train.data.framing import STRETCH
from cnnspec.train.data.images import resize

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from cnnspec.layers.argument import Term
    from cnnspec.train.data.windows import MapWindows
    from cnnspec.train.data_fit import Fit

    Array = np.ndarray[Any, Any]

HELD_BYTES = 2 * 2**30  # of examples are kept in memory at the most


def find_room() -> int:
    """Bytes that examples may take in memory: a quarter of what is free, at most HELD_BYTES.

    What has no room is read or computed again, to the same values, so that a training does not depend on it.
    """
    free = find_free_memory()
    return HELD_BYTES if free is None else min(HELD_BYTES, free // 4)


def find_free_memory() -> int | None:
    """Bytes of memory that are free, or could be freed at once, on the machine and in its container; None where the
    system does not say."""
    found = []
    with suppress(OSError, ValueError), open("/proc/meminfo", encoding="ascii") as file:
        found += [1024 * int(line.split()[1]) for line in file if line.startswith("MemAvailable:")]
    group = "/sys/fs/cgroup/memory."
    with suppress(OSError, ValueError), open(group + "max") as most, open(group + "current") as used:
        found.append(max(0, int(most.read()) - int(used.read())))
    return min(found, default=None)


def scale(values: Array) -> Array:
    """Values as float32. Bytes are pixels from 0 to 255 and become 0 to 1."""
    import numpy as np

    if values.dtype == np.uint8:
        return values.astype(np.float32) / np.float32(255)
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(values, np.float32)


class Examples:
    """Examples of one shape (without the batch)."""

    shape: tuple[int, ...]
    paths: Sequence[str] = ()  # of the files that they are in, and the SHA-256 of each file's bytes
    digests: Sequence[bytes] = ()

    def __len__(self) -> int:
        raise NotImplementedError

    def take(self, places: Array) -> Array:
        """The examples at these places, whole numbers from 0: (n, *shape) float32."""
        raise NotImplementedError

    def digest(self) -> bytes:
        """A SHA-256 of what the examples hold, in their order; where they lie and when they were written is no part."""
        raise NotImplementedError

    def describe_work(self) -> str:
        """What is done anew each time that these are taken, and what would take less, in words; "" where they are at hand."""
        return ""


class Held(Examples):
    """Examples in an array (N, *shape), or in what is indexed as one (`arrays.Stored`); see `scale`."""

    def __init__(self, array: Any) -> None:
        self.array = array
        self.shape = array.shape[1:]

    def __len__(self) -> int:
        return len(self.array)

    def take(self, places: Array) -> Array:
        return scale(self.array[places])

    def digest(self) -> bytes:
        return hash_array(self.array)

    def describe_work(self) -> str:
        import numpy as np

        if isinstance(self.array, np.ndarray) and not isinstance(self.array.base, (np.memmap, mmap)):
            return ""
        return "the examples are read from a file in every epoch"


class Shaped(Examples):
    """Examples in the shape that a network takes: (H, W, C) resized in one of the ways of `framing`, or the same numbers in
    another shape; those with their channels first, as PyTorch has them, are channels last from here on."""

    def __init__(self, source: Examples, fit: Fit, way: str = STRETCH) -> None:
        self.source, self.fit, self.shape, self.paths, self.way = source, fit, fit.shape, source.paths, way

    def __len__(self) -> int:
        return len(self.source)

    def take(self, places: Array) -> Array:
        return self.bring(self.source.take(places))

    def bring(self, taken: Array) -> Array:
        """What is taken from the source (n, …) in the shape of the network."""
        if self.fit.moved:
            import numpy as np

            return np.ascontiguousarray(np.moveaxis(taken, 1, -1))
        if self.fit.resized:
            return resize(taken, self.shape[:2], self.way)
        return taken.reshape(len(taken), *self.shape)

    def digest(self) -> bytes:
        return self.source.digest()

    def describe_work(self) -> str:
        if self.fit.resized:
            return "images are resized in every epoch (those of the network's own size are not)"
        return self.source.describe_work()


def hold_resized(examples: Shaped) -> Examples:
    """Examples held in memory where they are resized and there is room; all others are at hand in their source."""
    import numpy as np

    if not examples.fit.resized or 4 * len(examples) * int(np.prod(examples.shape)) > find_room():
        return examples
    whole = np.empty((len(examples), *examples.shape), np.float32)
    for start in range(0, len(examples), 256):
        places = np.arange(start, min(start + 256, len(examples)))
        whole[places] = examples.take(places)
    return Held(whole)


class Part(Record):
    """A part of a data set: the examples at `places` of each input, and the targets of all examples (N, …) of each output
    as its loss takes them, in the network's order.

    For training alone: `weights` of all examples (one a target of the only output) in the loss, None for 1; `classes` of all
    examples, where an epoch draws each equally often; `augment`, the Keras layers that change its batches (`batches` applies
    them), as Terms; `maps`, the outputs by number whose targets change as the image does, and the class that comes in from
    outside of it; `cropped`: each epoch cuts other windows out of its images (`windows`).
    """

    inputs: tuple[Examples, ...]
    outputs: tuple[Array, ...]
    places: Array
    weights: Array | None = None
    classes: Array | None = None
    augment: tuple[Term, ...] = ()
    maps: tuple[tuple[int, int], ...] = ()
    cropped: bool = False

    def __len__(self) -> int:
        return len(self.places)

    @property
    def examples(self) -> Examples:
        """Those of the only input."""
        (only,) = self.inputs
        return only

    @property
    def targets(self) -> Array:
        """Those of the only output."""
        (only,) = self.outputs
        return only

    def take(self, which: Array | slice) -> tuple[Any, Any]:
        """Examples and targets of these of the part's places, counted from 0: an array where there is one, else a tuple of
        them in the network's order, as Keras takes them."""
        places = self.places[which]
        return unpack_single([x.take(places) for x in self.inputs]), unpack_single([y[places] for y in self.outputs])


def unpack_single(values: Sequence[Any]) -> Any:
    """The only value, else all in a tuple."""
    return values[0] if len(values) == 1 else tuple(values)


class RawPart(Record):
    """Examples and targets as they come, by the names of the network's inputs and outputs; by "" where the data have one
    of them and no names. `groups` (N,) say which examples belong together, None where each stands for itself; `windows` are
    those out of the maps that are some outputs' targets."""

    inputs: dict[str, Examples]
    outputs: dict[str, Array]
    groups: Array | None = None
    windows: dict[str, MapWindows] = {}

    def __len__(self) -> int:
        return len(next(iter(self.inputs.values())))

    def digest(self) -> bytes:
        """What `Raw.fingerprint` takes of it."""
        digests = [(name, x.digest()) for name, x in self.inputs.items()]
        digests += [(name, hash_array(y)) for name, y in self.outputs.items()]
        digests += [(name, windows.digest()) for name, windows in self.windows.items()]
        digests += [] if self.groups is None else [("", hash_array(self.groups))]
        return b"".join([name.encode() + digest for name, digest in digests])


def make_raw_part(examples: Examples, targets: Array) -> RawPart:
    """Examples and targets without names."""
    return RawPart({"": examples}, {"": targets})


class MaskMeaning(Record):
    """What masks are to an output: the value in them of each class, in their order, and how many positions of the image lie from
    one of the output's to the next."""

    values: tuple[int, ...]
    stride: tuple[float, float]


class Raw(Record):
    """A data set as it comes. Targets are class numbers (N,), or maps of them (N, H, W), where their classes have names.

    `names` are those of the classes, by output; `notes` say in sentences what was found in it; `values` are the least and
    the highest of the examples to train on, by input; `masks` is what they mean, by output that has some.
    """

    train: RawPart
    test: RawPart | None = None
    names: dict[str, tuple[str, ...]] = {}
    notes: tuple[str, ...] = ()
    validation: RawPart | None = None
    values: dict[str, tuple[float, float]] = {}
    masks: dict[str, MaskMeaning] = {}

    @property
    def parts(self) -> dict[str, RawPart]:
        """The parts that there are and that have examples."""
        found = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: part for name, part in found.items() if part is not None and len(part)}

    def change_parts(self, change: Callable[[RawPart], RawPart]) -> Raw:
        """The same data set with each of its parts changed."""
        parts = {name: change(part) for name in ("train", "test", "validation") if (part := getattr(self, name))}
        return self.replace(**parts)

    def fingerprint(self) -> str:
        """A SHA-256 of all examples and targets in their order, 64 hexadecimal digits: the same for a copy elsewhere."""
        from hashlib import sha256

        whole = sha256(repr(self.names.get("", self.names or None)).encode())
        for part in (self.train, self.validation, self.test):
            whole.update(b"-" if part is None else part.digest())
        return whole.hexdigest()


def hash_array(array: Any) -> bytes:
    """A SHA-256 of an array's type, shape and values."""
    from hashlib import sha256

    import numpy as np

    found = sha256(f"{array.dtype.str} {array.shape}".encode())
    rows = max(1, 2**22 // max(1, array.dtype.itemsize * array.size // max(1, len(array))))
    for start in range(0, len(array), rows):
        found.update(np.ascontiguousarray(array[start : start + rows]).data)
    return found.digest()
