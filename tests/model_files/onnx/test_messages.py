"""The reader of ONNX's wire format, held to onnx's own parser field by field."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from onnx.backend import test as backend

from cnnspec.model_files.onnx import messages, model_reader, wire
from cnnspec.model_files.onnx.model_reader import read_model, read_model_file
from cnnspec.model_files.refusal import ModelRefused
from tests.model_files.onnx.message_forms import model_of, our_model
from tests.model_files.onnx.onnx_models import documented, everything, graph_model, small, value, weight
from tests.support import THOROUGH

ROOT = Path(__file__).parents[3]
LIGHT = sorted((Path(backend.__file__).parent / "data/light").glob("*.onnx"))


def agree(ours: Any, theirs: Any) -> None:
    """Both are equal; a float of 32 bits may be written shorter."""
    assert type(ours) is type(theirs) or isinstance(ours, (int, float)), (ours, theirs)
    if isinstance(ours, (list, tuple)):
        assert len(ours) == len(theirs), (ours, theirs)
        for a, b in zip(ours, theirs, strict=True):
            agree(a, b)
    elif isinstance(ours, float) and ours != theirs:
        assert np.float32(ours) == np.float32(theirs)
    else:
        assert ours == theirs


MADE: list[Callable[[], Any]] = [small, everything, documented]


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_a_model_is_read_as_onnx_reads_it(make: Callable[[], Any]) -> None:
    proto = make()
    agree(our_model(read_model(proto.SerializeToString())), model_of(proto))


@pytest.mark.parametrize("path", LIGHT if THOROUGH else LIGHT[:2], ids=lambda path: path.stem)
def test_a_file_is_read_as_onnx_reads_it(path: Path) -> None:
    agree(our_model(read_model_file(str(path))), model_of(onnx.load(path)))


def test_bytes_and_a_file_are_one_model(tmp_path: Path) -> None:
    data = everything().SerializeToString()
    (tmp_path / "net.onnx").write_bytes(data)
    assert our_model(read_model(data)) == our_model(read_model_file(str(tmp_path / "net.onnx")))


def test_integers_need_not_be_packed() -> None:
    """dims 2, 3 as one packed field, and as two fields."""
    packed, alone = bytes([0x0A, 2, 2, 3]), bytes([0x08, 2, 0x08, 3])
    tensors = [wire.WireReader(data).read_message(model_reader.TENSOR, 0, 4) for data in (packed, alone)]
    assert [t.dims for t in tensors] == [(2, 3), (2, 3)]


def test_a_float_is_the_shortest_that_it_may_be() -> None:
    for number in (0.1, 1e-5, 0.001, 1 / 3, 6.0, 3.4028234663852886e38, 1e-45, 0.0, -2.5):
        shown = messages.shorten_float(float(np.float32(number)))
        assert np.float32(shown) == np.float32(number)
        assert repr(shown) == repr(float(str(np.float32(number)))) or abs(number) < 1e-40
    assert str(messages.shorten_float(float("inf"))) == "inf"
    assert str(messages.shorten_float(float("nan"))) == "nan"


def test_weights_are_stepped_over(tmp_path: Path) -> None:
    """A file of two hundred megabytes, all but some hundred bytes a hole in it: no page of it is touched."""
    model = graph_model([], [weight("w", 2)], [], [])
    data = model.SerializeToString()
    model.graph.initializer[0].dims[0] = 50 * 2**20
    tensor = model.graph.initializer[0].SerializeToString()
    at = tensor.index(model.graph.initializer[0].raw_data)
    length = 200 * 2**20
    head, tail = tensor[: at - 1] + varint(length), tensor[at + 8 :]
    inner = bytes([0x2A]) + varint(len(head) + length + len(tail)) + head
    path = tmp_path / "net.onnx"
    with path.open("wb") as file:
        file.write(bytes([0x3A]) + varint(len(inner) + length + len(tail)) + inner)
        file.seek(length, 1)
        file.write(tail or b"")
        file.truncate()
    assert len(data) < 200
    found = read_model_file(str(path)).graphs[0].tensors[0]
    assert (found.count, found.read_values()) == (50 * 2**20, None)
    assert found.raw is not None and len(found.raw) == length


def varint(number: int) -> bytes:
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


def message(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def nested(depth: int) -> bytes:
    content = b""
    for _ in range(depth):
        content = message(1, message(5, message(6, content)))  # graph: node: attribute: graph
    return message(7, content)


GRAPH = message(7, b"")
DAMAGED: list[tuple[str, bytes]] = [
    ("the file is empty", b""),
    ("no ONNX file, or a damaged one: a field has the number 0", bytes([1])),
    ("no ONNX file, or a damaged one", b"hello, this is a text\n"),
    ("no ONNX file, or a damaged one", b"PK\x03\x04" + bytes(100)),
    ("no ONNX file, or a damaged one", b"\x89HDF\r\n\x1a\n"),
    ("it has no graph", message(2, b"pytorch")),
    ("several graphs", GRAPH + GRAPH),
    ("a value of 100 bytes is stated where 1 are left, at byte 2", bytes([0x3A, 100, 0])),
    ("a value of 18,446,744,073,709,551,615 bytes is stated", bytes([0x3A, *[255] * 9, 1])),
    ("a number is cut off, at byte 1", bytes([0x08])),
    ("a number is cut off, at byte 1", bytes([0x88])),
    ("a number has more than 10 bytes", bytes([0x08, *[255] * 11])),
    ("a field has wire type 3", bytes([0x0B | 64, 0x0C])),
    ("a field has wire type 4", bytes([0x0C | 64])),
    ("a field has wire type 6", bytes([0x76, 0])),
    ("a field has the number 1073741823", varint((2**30 - 1) << 3)),
    ("a value is cut off", bytes([(30 << 3 | 5) & 127 | 128, 1, 0, 0])),
    ("a value is cut off", bytes([(30 << 3 | 1) & 127 | 128, 1, 0, 0])),
    ("the ir_version of a model has wire type 2", message(1, b"ab")),
    ("the graphs of a model has wire type 0", bytes([7 << 3, 1])),
    ("the name of a graph has wire type 5", message(7, bytes([2 << 3 | 5, 0, 0, 0, 0]))),
    ("the dims of a tensor has wire type 5", message(7, message(5, bytes([1 << 3 | 5, 0, 0, 0, 0])))),
    ("the number of an attribute has wire type 0", message(7, message(1, message(5, bytes([2 << 3, 1]))))),
    ("a name is not UTF-8, at byte", message(7, message(2, b"\xff\xfe"))),
    ("a name has 7,000 bytes", message(7, message(2, b"n" * 7_000))),
    ("packed floats have no whole number of them", message(7, message(1, message(5, message(7, bytes(7)))))),
    ("messages are nested more than 100 deep", nested(200)),
    ("a shape that none can have", message(7, message(5, bytes([1 << 3]) + varint(2**64 - 1)))),
    ("a shape that none can have", message(7, message(5, message(1, bytes([1] * 65))))),
    ("more than 1,000,000 fields", message(7, bytes([2 << 3 | 2, 0]) * 1_000_001)),
    ("more than 1,000,000 fields", message(7, message(1, message(5, message(8, bytes(1_000_001)))))),
]  # fmt: skip


@pytest.mark.parametrize(("why", "data"), DAMAGED, ids=[f"{i}-{why}" for i, (why, _) in enumerate(DAMAGED)])
def test_damaged_bytes_are_refused_in_one_sentence(why: str, data: bytes) -> None:
    with pytest.raises(ModelRefused) as refused:
        read_model(data)
    assert why in str(refused.value)
    assert len(refused.value.lines) == 1 and len(refused.value.lines[0]) < 300


def test_every_beginning_of_a_file_is_refused_or_read() -> None:
    data = everything().SerializeToString()
    refused = 0
    for length in range(len(data)):
        try:
            read_model(data[:length])
        except ModelRefused:
            refused += 1
    assert refused > len(data) * 0.95


TENSORS: list[tuple[str, dict[str, Any]]] = [
    ("of 3 numbers has 4 bytes", {"dims": [3], "data_type": 1, "raw_data": bytes(4)}),
    ("of 2 numbers has 1 numbers", {"dims": [2], "data_type": 7, "int64_data": [1]}),
    ("of 1 numbers has 2 numbers", {"dims": [1], "data_type": 1, "float_data": [1, 2]}),
    ("of 1 numbers has", {"dims": [1], "data_type": 1, "float_data": [1] * 5000}),
    ("of 1 numbers has", {"dims": [1], "data_type": 6, "int32_data": [1] * 5000}),
]


@pytest.mark.parametrize(("why", "fields"), TENSORS)
def test_a_tensor_that_contradicts_itself(why: str, fields: dict[str, Any]) -> None:
    model = graph_model([], [TensorProto(name="w", **fields)], [], [])
    found = read_model(model.SerializeToString()).graphs[0].tensors[0]
    with pytest.raises(ModelRefused, match=f"the tensor 'w' {why}"):
        found.read_values()


def test_numbers_that_are_not_there_are_unknown() -> None:
    outside = TensorProto(name="w", dims=[2], data_type=1, data_location=TensorProto.EXTERNAL)
    absent = TensorProto(name="v", dims=[2], data_type=1)
    words = helper.make_tensor("s", TensorProto.STRING, [1], [b"a"])
    many = TensorProto(name="m", dims=[10**9, 10**9], data_type=1, raw_data=bytes(8))
    found = read_model(graph_model([], [outside, absent, words, many], [], []).SerializeToString()).graphs[0].tensors
    assert [t.read_values() for t in found] == [None] * 4


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    for path, why in (
        (str(tmp_path), "is a folder"),
        (f"{tmp_path}/none.onnx", "No such file"),
        ("a\0b", "cannot read"),
    ):
        with pytest.raises(ModelRefused, match=why):
            read_model_file(path)
    (tmp_path / "empty.onnx").write_bytes(b"")
    with pytest.raises(ModelRefused, match="the file is empty"):
        read_model_file(str(tmp_path / "empty.onnx"))


def test_a_file_is_read_without_onnx(tmp_path: Path) -> None:
    """Neither onnx nor protobuf, nor what else is dear to import."""
    (tmp_path / "net.onnx").write_bytes(small().SerializeToString())
    dear = {"onnx", "google", "numpy", "torch", "keras", "rich", "typing", "json", "dataclasses"}
    script = f"""import sys
from cnnspec.model_files.onnx.to_graph import read_onnx_file
print(len(read_onnx_file({str(tmp_path / "net.onnx")!r}).nodes))
print(sorted({dear} & set(sys.modules)))"""
    done = subprocess.run([sys.executable, "-S", "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split("\n")[:2] == ["6", "[]"]


def test_a_file_is_as_much_work_as_its_structure() -> None:
    """What is met of ResNet-18: some fields a node and a tensor, whatever the tensors hold."""
    data = gzip.decompress((Path(__file__).parent / "fixtures/torchvision_resnet18-script-9-1.onnx.gz").read_bytes())
    reader = wire.WireReader(data)
    model = reader.read_message(model_reader.MODEL, 0, len(data))
    met = wire.MAX_FIELDS - reader.left
    assert met < 40 * len(model.graphs[0].nodes)


def test_the_shapes_of_values() -> None:
    model = graph_model([], [], [value("x", "N", 3, None, 0)], [])
    assert read_model(model.SerializeToString()).graphs[0].inputs[0].shape == ("N", 3, None, None)
