"""The model in an ONNX file: which fields of onnx.proto are read, by their numbers, and as what."""

from __future__ import annotations

from cnnspec.model_files.onnx.messages import (
    OnnxAttribute,
    OnnxDimension,
    OnnxEntry,
    OnnxFunction,
    OnnxGraph,
    OnnxModel,
    OnnxNode,
    OnnxOpset,
    OnnxShape,
    OnnxTensor,
    OnnxTensorType,
    OnnxType,
    OnnxValue,
)
from cnnspec.model_files.onnx.wire import (
    FIXED32,
    FIXED64,
    VARINT,
    Field,
    MessageTable,
    PackedSpan,
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

MAX_AXES = 64


# ---- the tables: onnx.proto's numbers of the fields ------------------------------------------------------------
def one(name: str, read: Any) -> Field:
    return Field(name, read.read if isinstance(read, MessageTable) else read)


def many(name: str, read: Any) -> Field:
    return Field(name, read.read if isinstance(read, MessageTable) else read, many=True)


ENTRY = MessageTable("a note", OnnxEntry, {1: one("key", read_text), 2: one("text", read_span)})
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
        13: many("external", ENTRY),
        14: one("location", read_integer),
    },
)
DIMENSION = MessageTable("a size", OnnxDimension, {1: one("number", read_integer), 2: one("name", read_text)})
SHAPE = MessageTable("a shape", OnnxShape, {1: many("dims", DIMENSION)})
TENSOR_TYPE = MessageTable("a type", OnnxTensorType, {1: one("element", read_integer), 2: one("shape", SHAPE)})
TYPE = MessageTable("a type", OnnxType, {1: one("tensor", TENSOR_TYPE)})
VALUE = MessageTable("a value", OnnxValue, {1: one("name", read_text), 2: one("type", TYPE)})
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
