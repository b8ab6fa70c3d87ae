"""What an ONNX file says of a model, as records: the fields of onnx.proto that tell its structure.

Fields that say nothing about it (documentation, training, devices) are not read. The numbers of tensors are left in the
file, and read when they are asked for (`OnnxTensor.read_values`).
"""

from __future__ import annotations

from math import prod
from struct import unpack

from cnnspec.base.record import Record
from cnnspec.model_files.onnx.wire import VARINT, Span, WireReader, read_integer
from cnnspec.model_files.refusal import ModelRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_VALUES = 4_096  # of a tensor that is read: shapes, scales, bounds; weights are not
MAX_ATTRIBUTE_TEXT = 4_096  # bytes of a word that an attribute is
EXTERNAL = 1  # data_location: the numbers stand in another file

# TensorProto.DataType → how the numbers stand in raw_data: the letter of `struct`, and bytes a number.
FORMATS = {1: "f", 2: "B", 3: "b", 4: "H", 5: "h", 6: "i", 7: "q", 9: "?", 10: "e", 11: "d", 12: "I", 13: "Q"}
BYTES_OF = {"f": 4, "B": 1, "b": 1, "H": 2, "h": 2, "i": 4, "q": 8, "?": 1, "e": 2, "d": 8, "I": 4, "Q": 8}
FLOAT, INT64, BOOL, FLOAT16, DOUBLE, BFLOAT16 = 1, 7, 9, 10, 11, 16
FLOATS = (FLOAT, FLOAT16, DOUBLE, BFLOAT16)


class OnnxTensor(Record):
    """A TensorProto: a weight, or a constant. Its numbers stand in one of five places, or in another file."""

    name: str = ""
    dims: tuple[int, ...] = ()
    type: int = 0
    location: int = 0
    raw: Span | None = None
    floats: tuple[Span, ...] = ()
    integers: tuple[Span, ...] = ()  # int32_data: also of the smaller kinds, and of the bits of a half
    longs: tuple[Span, ...] = ()
    doubles: tuple[Span, ...] = ()
    unsigned: tuple[Span, ...] = ()
    external: tuple[OnnxEntry, ...] = ()  # which file, and where in it

    # Each is its own: branches have tensors of one name, and where the numbers stand is not compared.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    def count(self) -> int:
        return prod(self.dims)

    def read_values(self) -> tuple[Any, ...] | None:
        """The numbers, row by row; None where the file does not have them, or has too many to be read."""
        if self.count > MAX_VALUES or self.location == EXTERNAL:
            return None
        found: list[Any] = []
        if self.raw is not None:
            letter = FORMATS.get(self.type)
            if letter is None:
                return None
            if len(self.raw) != self.count * BYTES_OF[letter]:
                raise self._contradiction(f"{len(self.raw)} bytes")
            found += unpack(f"<{self.count}{letter}", self.raw.read())
        for spans, letter in ((self.floats, "f"), (self.doubles, "d")):
            for span in spans:
                count, rest = divmod(len(span), BYTES_OF[letter])
                if rest or count > MAX_VALUES:
                    raise self._contradiction(f"{len(span)} bytes")
                found += unpack(f"<{count}{letter}", span.read())
        for span in (*self.integers, *self.longs, *self.unsigned):
            reader = WireReader(span.data)
            at = span.start
            while at < span.stop and len(found) <= MAX_VALUES:
                value, at = read_integer(reader, at, span.stop, VARINT)
                found.append(value)
        if not found and self.count:
            return None
        if len(found) != self.count:
            raise self._contradiction(f"{len(found)} numbers")
        if self.raw is None and self.type == FLOAT16:
            found = [unpack("<e", (bits & 0xFFFF).to_bytes(2, "little"))[0] for bits in found]
        elif self.raw is None and self.type == BFLOAT16:
            found = [unpack("<f", ((bits & 0xFFFF) << 16).to_bytes(4, "little"))[0] for bits in found]
        return tuple(map(shorten_float, found) if self.type == FLOAT else found)

    def is_uniform(self) -> bool:
        """Whether its numbers stand in the file and are all the same; only of those that may be read."""
        if self.count > MAX_VALUES or self.location == EXTERNAL:
            return False
        return any(
            [
                len({*zip(*[iter(data)] * max(1, len(data) // self.count), strict=True)}) == 1
                for data in self._read_bytes()
            ]
        )

    def _read_bytes(self) -> list[bytes]:
        """The bytes of its numbers, where each has as many."""
        spans = [self.raw] if self.raw is not None else [*self.floats, *self.doubles]
        return [span.read() for span in spans if len(span) and len(span) % self.count == 0]

    def _contradiction(self, have: str) -> ModelRefused:
        return ModelRefused(f"the file is damaged: the tensor {self.name!r} of {self.count} numbers has {have}")


class OnnxDimension(Record):
    """A size of a shape: a number, or a name, or neither where it is not known."""

    number: int | None = None
    name: str = ""

    @property
    def size(self) -> int | str | None:
        """The number or the name; 0 and less are a way of some exporters to say that a size is open."""
        return self.number if self.number is not None and self.number > 0 else self.name or None


class OnnxShape(Record):
    dims: tuple[OnnxDimension, ...] = ()


class OnnxTensorType(Record):
    element: int = 0
    shape: OnnxShape | None = None


class OnnxType(Record):
    """A TypeProto; `tensor` is None for a sequence, a map and an optional value."""

    tensor: OnnxTensorType | None = None


class OnnxValue(Record):
    """A ValueInfoProto: what the file states about a value that passes between nodes."""

    name: str = ""
    type: OnnxType | None = None

    @property
    def element(self) -> int:
        """Its data type; 0 for what is no tensor."""
        return self.type.tensor.element if self.type is not None and self.type.tensor is not None else 0

    @property
    def shape(self) -> tuple[int | str | None, ...] | None:
        """Its sizes, with names for open ones; None where the file states none."""
        if self.type is None or self.type.tensor is None or self.type.tensor.shape is None:
            return None
        return tuple([dimension.size for dimension in self.type.tensor.shape.dims])


class OnnxEntry(Record):
    """One note about a node. `text`: where it stands."""

    key: str = ""
    text: Span | None = None


class OnnxAttribute(Record):
    """An AttributeProto. `reference`: in a function, the name of the caller's attribute that has its value."""

    name: str = ""
    kind: int = 0
    reference: str = ""
    number: float = 0.0
    integer: int = 0
    text: Span | None = None
    tensor: OnnxTensor | None = None
    graph: OnnxGraph | None = None
    numbers: tuple[float, ...] = ()
    integers: tuple[int, ...] = ()
    texts: tuple[Span, ...] = ()

    @property
    def value(self) -> Any:
        """The value, by its kind; None for kinds that no translated operator has."""
        if self.kind == 1:
            return shorten_float(self.number)
        if self.kind == 2:
            return self.integer
        if self.kind == 3:
            return read_word(self.text)
        if self.kind == 4:
            return self.tensor
        if self.kind == 5:
            return self.graph
        if self.kind == 6:
            return tuple(map(shorten_float, self.numbers))
        if self.kind == 7:
            return self.integers
        return tuple(map(read_word, self.texts)) if self.kind == 8 else None


class OnnxNode(Record):
    """A NodeProto: one use of an operator."""

    name: str = ""
    operator: str = ""
    domain: str = ""
    overload: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    attributes: tuple[OnnxAttribute, ...] = ()
    notes: tuple[OnnxEntry, ...] = ()


class OnnxGraph(Record):
    """A GraphProto: nodes, each behind those that it reads."""

    name: str = ""
    nodes: tuple[OnnxNode, ...] = ()
    tensors: tuple[OnnxTensor, ...] = ()
    inputs: tuple[OnnxValue, ...] = ()
    outputs: tuple[OnnxValue, ...] = ()
    values: tuple[OnnxValue, ...] = ()
    sparse: tuple[Span, ...] = ()
    quantized: tuple[Span, ...] = ()


class OnnxOpset(Record):
    domain: str = ""
    version: int = 0


class OnnxFunction(Record):
    """A FunctionProto: an operator that the file itself makes of others."""

    name: str = ""
    domain: str = ""
    overload: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()  # that a caller gives
    defaults: tuple[OnnxAttribute, ...] = ()
    nodes: tuple[OnnxNode, ...] = ()
    opsets: tuple[OnnxOpset, ...] = ()
    values: tuple[OnnxValue, ...] = ()


class OnnxModel(Record):
    """A ModelProto."""

    ir_version: int = 0
    producer: str = ""
    producer_version: str = ""
    graphs: tuple[OnnxGraph, ...] = ()
    opsets: tuple[OnnxOpset, ...] = ()
    functions: tuple[OnnxFunction, ...] = ()


def read_word(span: Span | None) -> str:
    """A text of an attribute; "" for one that is too long to be a word."""
    return "" if span is None or len(span) > MAX_ATTRIBUTE_TEXT else span.read().decode("utf-8", "replace")


def shorten_float(value: float) -> float:
    """The number with the fewest digits that a float of 32 bits stands for: 1e-05, not 9.999999747378752e-06."""
    from struct import error, pack

    for digits in (6, 7, 8):
        short = float(f"{value:.{digits}g}")
        try:
            if pack("<f", short) == pack("<f", value):
                return short
        except (OverflowError, error):
            break
    return value
