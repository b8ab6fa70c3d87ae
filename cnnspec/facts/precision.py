"""Number formats: the bytes of a value, and what a policy holds in which format while it runs and while it trains.

mixed_float16 is Keras's policy: weights, gradients and optimizer state are float32; while training, each weight also
has a float16 copy, with which float16 activations are computed.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.recording import for_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Dim

BYTES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1,
}  # fmt: skip
TRAINABLE = ("float64", "float32", "float16", "bfloat16")
MIXED = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}
POLICIES = (*BYTES, *MIXED)


class Precision(Record):
    """Bytes of a weight, of an activation, and of the copy of a weight that mixed training computes with (0: none)."""

    name: str
    weight: int
    activation: int
    copy: int = 0

    @property
    def computes(self) -> str:
        """The format that is computed in."""
        return MIXED.get(self.name, self.name)

    @property
    def trains(self) -> bool:
        """Whether gradients exist in it: not in integers."""
        return self.computes in TRAINABLE


def find_precision(name: str) -> Precision:
    """A policy by its name. ValueError, with those that there are, for another name."""
    if name in MIXED:
        size = BYTES[MIXED[name]]
        return Precision(name, 4, size, size)
    if name not in BYTES:
        raise ValueError(f'"{name}" is no dtype: known are {", ".join(POLICIES)}')
    return Precision(name, BYTES[name], BYTES[name])


def memory_text(size: Dim | None) -> str:
    """Bytes for people: 1.88 KiB; an expression as it is, "?" for unknown."""
    return in_bytes(size) if isinstance(size, int) else "?" if size is None else f"{size} bytes"


@for_words
def in_bytes(number: float) -> str:
    """A number of bytes for people: 1.88 KiB."""
    for unit, size in (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if number >= size:
            return f"{number / size:,.2f} {unit}"
    return f"{number:,}".removesuffix(".0") + (" byte" if number == 1 else " bytes")
