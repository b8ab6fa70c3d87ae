"""What an ONNX file says of a model, as records: the fields of onnx.proto that tell its structure.

Fields that say nothing about it (documentation, training, devices) are not read. The numbers of tensors are left in the
file, and read when they are asked for (`OnnxTensor.read_values`).
"""

from __future__ import annotations

from math import prod
from struct import unpack

from cnnspec.base.record import Record
from cnnspec.model_files.onnx.wire import (
    FIXED32,
    FIXED64,
    VARINT,
    Field,
    MessageTable,
    PackedSpan,
    Span,
    WireReader,
    read_float,
    read_floats,
    read_integer,
    read_integers,
    read_span,
    read_text,
)
from cnnspec.model_files.refusal import ModelRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.model_files.onnx.wire import Data

MAX_VALUES = 4_096  # of a tensor that is read: shapes, scales, bounds; weights are not
MAX_AXES = 64
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


# ---- the tables: onnx.proto's numbers of the fields ------------------------------------------------------------
def one(name: str, read: Any) -> Field:
    return Field(name, read.read if isinstance(read, MessageTable) else read)


def many(name: str, read: Any) -> Field:
    return Field(name, read.read if isinstance(read, MessageTable) else read, many=True)


TENSOR = MessageTable(
    "a tensor",
    OnnxTensor,
    {
        1: many("dims", read_integers),
        2: one("type", read_integer),
        4: many("floats", PackedSpan(FIXED32)),
        5: many("integers", PackedSpan(VARINT)),
        7: many("longs", PackedSpan(VARINT)),
        8: one("name", read_text),
        9: one("raw", read_span),
        10: many("doubles", PackedSpan(FIXED64)),
        11: many("unsigned", PackedSpan(VARINT)),
        14: one("location", read_integer),
    },
)
DIMENSION = MessageTable("a size", OnnxDimension, {1: one("number", read_integer), 2: one("name", read_text)})
SHAPE = MessageTable("a shape", OnnxShape, {1: many("dims", DIMENSION)})
TENSOR_TYPE = MessageTable("a type", OnnxTensorType, {1: one("element", read_integer), 2: one("shape", SHAPE)})
TYPE = MessageTable("a type", OnnxType, {1: one("tensor", TENSOR_TYPE)})
VALUE = MessageTable("a value", OnnxValue, {1: one("name", read_text), 2: one("type", TYPE)})
ENTRY = MessageTable("a note", OnnxEntry, {1: one("key", read_text), 2: one("text", read_span)})
ATTRIBUTE = MessageTable(
    "an attribute",
    OnnxAttribute,
    {
        1: one("name", read_text),
        2: one("number", read_float),
        3: one("integer", read_integer),
        4: one("text", read_span),
        5: one("tensor", TENSOR),
        7: many("numbers", read_floats),
        8: many("integers", read_integers),
        9: many("texts", read_span),
        20: one("kind", read_integer),
        21: one("reference", read_text),
    },
)
NODE = MessageTable(
    "a node",
    OnnxNode,
    {
        1: many("inputs", read_text),
        2: many("outputs", read_text),
        3: one("name", read_text),
        4: one("operator", read_text),
        5: many("attributes", ATTRIBUTE),
        7: one("domain", read_text),
        8: one("overload", read_text),
        9: many("notes", ENTRY),
    },
)
GRAPH = MessageTable(
    "a graph",
    OnnxGraph,
    {
        1: many("nodes", NODE),
        2: one("name", read_text),
        5: many("tensors", TENSOR),
        11: many("inputs", VALUE),
        12: many("outputs", VALUE),
        13: many("values", VALUE),
        14: many("quantized", read_span),
        15: many("sparse", read_span),
    },
)
ATTRIBUTE.fields[6] = one("graph", GRAPH)  # an attribute may be a graph: a branch of an If
OPSET = MessageTable("an opset", OnnxOpset, {1: one("domain", read_text), 2: one("version", read_integer)})
FUNCTION = MessageTable(
    "a function",
    OnnxFunction,
    {
        1: one("name", read_text),
        4: many("inputs", read_text),
        5: many("outputs", read_text),
        6: many("attributes", read_text),
        7: many("nodes", NODE),
        9: many("opsets", OPSET),
        10: one("domain", read_text),
        11: many("defaults", ATTRIBUTE),
        12: many("values", VALUE),
        13: one("overload", read_text),
    },
)
MODEL = MessageTable(
    "a model",
    OnnxModel,
    {
        1: one("ir_version", read_integer),
        2: one("producer", read_text),
        3: one("producer_version", read_text),
        7: many("graphs", GRAPH),
        8: many("opsets", OPSET),
        25: many("functions", FUNCTION),
    },
)


# ---- reading ---------------------------------------------------------------------------------------------------
def read_model(data: Data) -> OnnxModel:
    """The model that some bytes are. Raises ModelRefused for what is no ONNX model, or a damaged one."""
    if not len(data):
        raise ModelRefused("the file is empty")
    model: OnnxModel = WireReader(data).read_message(MODEL, 0, len(data))
    if not model.graphs:
        raise ModelRefused("this is no ONNX file: it has no graph")
    if len(model.graphs) > 1:
        raise ModelRefused("the file is damaged: it has several graphs")
    for tensor in model.graphs[0].tensors:
        if len(tensor.dims) > MAX_AXES or any(n < 0 for n in tensor.dims):
            raise ModelRefused(f"the file is damaged: the tensor {tensor.name!r} has a shape that none can have")
    return model


def read_model_file(path: str) -> OnnxModel:
    """The model in a file, whose tensors stay in the file. Raises ModelRefused."""
    from mmap import ACCESS_READ, mmap

    try:
        with open(path, "rb") as file:
            data: Data
            try:
                data = mmap(file.fileno(), 0, access=ACCESS_READ)
            except (OSError, ValueError):  # a file system that maps no files, as in a browser; or an empty file
                data = file.read()
    except IsADirectoryError:
        raise ModelRefused(f"{path} is a folder, not an .onnx file") from None
    except (OSError, ValueError) as error:  # the latter for a NUL in the path
        raise ModelRefused(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    return read_model(data)


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
