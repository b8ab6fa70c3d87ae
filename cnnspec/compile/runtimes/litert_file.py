"""What is in a LiteRT file: its operations and tensors, and what is said of it in an archive behind them.

LiteRT reads a file from its beginning and ZIP from its end, so that files are kept behind the model ("associated files"): any
tool for ZIP lists them. Here they are `labels.txt`, a class a line, and `cnnspec.json`.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

from cnnspec.tables import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

METADATA = "cnnspec.json"
MOST = 2**24  # bytes of metadata that are read
# LiteRT's numbers for the types of values, with the bytes of each
SIZES = {0: 4, 1: 2, 2: 4, 3: 1, 4: 8, 6: 1, 7: 2, 9: 1, 10: 8, 12: 8, 15: 4, 16: 2, 18: 2}
INT8 = 9
ALIGNED = 16  # bytes at whose multiples an arena places tensors


def add_metadata(path: str, said: Mapping[str, str]) -> None:
    """Write metadata behind a file's model."""
    import json

    labels = {key: value for key, value in said.items() if key == "classes" or key.endswith("_classes")}
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        for key, value in labels.items():
            name = f"{key.removesuffix('classes')}labels.txt"
            archive.writestr(_date_nothing(name), "".join([f"{one}\n" for one in json.loads(value)]))
        archive.writestr(_date_nothing(METADATA), escape.json(dict(said)) + "\n")


def _date_nothing(name: str) -> zipfile.ZipInfo:
    """A member without the time at which it was written, so that the same model is the same file."""
    return zipfile.ZipInfo(name.replace("/", "_"))


def read_metadata(path: str) -> dict[str, str]:
    """What a file says of itself; nothing where it says nothing that can be read."""
    import json

    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(METADATA).file_size > MOST:
                return {}
            read = json.loads(archive.read(METADATA))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, RuntimeError, NotImplementedError, RecursionError):
        return {}
    if not isinstance(read, dict):
        return {}
    return {key: value for key, value in read.items() if isinstance(value, str)}


def read_model(data: bytes) -> Any:
    """The flatbuffer of a file, which is read as it is asked for."""
    try:
        from ai_edge_litert import schema_py_generated as schema
    except ImportError:
        from tensorflow.lite.python import schema_py_generated as schema
    return schema.Model.GetRootAs(data, 0)


def list_custom_operations(model: Any) -> list[str]:
    """The operations of a model that are not LiteRT's own; those of TensorFlow, which could read and write files, begin with Flex."""
    codes = [model.OperatorCodes(number).CustomCode() for number in range(model.OperatorCodesLength())]
    return [code.decode("utf-8", "replace") for code in codes if code]


def holds_int8(model: Any) -> bool:
    """Whether a tensor of a model is of int8."""
    graphs = [model.Subgraphs(number) for number in range(model.SubgraphsLength())]
    return any(graph.Tensors(place).Type() == INT8 for graph in graphs for place in range(graph.TensorsLength()))


def find_arena(data: bytes) -> int | None:
    """The bytes of a model's tensors, weights apart, that are needed at once for the batch that the file states (1 where it is
    open): the largest sum over its operations, in their order. None where the model calls other graphs, or a size is open.

    An arena of LiteRT takes at least these; what its kernels need to work comes on top.
    """
    model = read_model(data)
    if model.SubgraphsLength() != 1:
        return None
    graph = model.Subgraphs(0)
    last: dict[int, int] = {}
    first: dict[int, int] = dict.fromkeys(graph.InputsAsNumpy().tolist(), 0)
    count = graph.OperatorsLength()
    for step in range(count):
        operation = graph.Operators(step)
        for made in operation.OutputsAsNumpy().tolist():
            first.setdefault(made, step)
            last[made] = step
        for read in operation.InputsAsNumpy().tolist():
            last[read] = step
    last |= dict.fromkeys(graph.OutputsAsNumpy().tolist(), count)
    alive = [0] * (count + 1)
    for tensor, start in first.items():
        size = _measure_tensor(graph.Tensors(tensor))
        if size is None:
            return None
        for step in range(start, min(last.get(tensor, start), count) + 1):
            alive[step] += size
    return max(alive)


def _measure_tensor(tensor: Any) -> int | None:
    size = SIZES.get(tensor.Type())
    if any(tensor.ShapeSignature(axis) < 0 for axis in range(1, tensor.ShapeSignatureLength())):
        return None
    for axis in range(tensor.ShapeLength()):
        size = None if size is None or tensor.Shape(axis) < 0 else size * tensor.Shape(axis)
    return None if size is None else -(-size // ALIGNED) * ALIGNED
