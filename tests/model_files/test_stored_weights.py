"""Where the numbers of weights stand in a file, and how they become those of a layer."""

from __future__ import annotations

import json
import shutil
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy
import pytest

from cnnspec.model_files.onnx.messages import OnnxTensor
from cnnspec.model_files.onnx.model_reader import read_model
from cnnspec.model_files.onnx.stored_weights import OnnxWeights
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.stored_weights import open_weights
from cnnspec.model_files.views.weight_ref import WeightRef, find_array

WEIGHTED = Path(__file__).parent / "weighted"


def read_tensor(proto: Any) -> OnnxTensor:
    """What our reader makes of one tensor of onnx's own."""
    from onnx import helper

    graph = helper.make_graph([helper.make_node("Identity", ["w"], ["y"])], "g", [], [], [proto])
    (tensor,) = read_model(helper.make_model(graph).SerializeToString()).graphs[0].tensors
    return tensor


@pytest.mark.parametrize("raw", [True, False])
@pytest.mark.parametrize("kind", ["FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"])
def test_numbers_of_every_kind_are_those_that_onnx_reads(kind: str, raw: bool) -> None:
    onnx = pytest.importorskip("onnx")
    values = numpy.linspace(-3, 3, 24).reshape(2, 3, 4)
    element = getattr(onnx.TensorProto, kind)
    dtype = onnx.helper.tensor_dtype_to_np_dtype(element)
    given = values.astype(dtype).tobytes() if raw else values.ravel().tolist()
    proto = onnx.helper.make_tensor("w", element, (2, 3, 4), given, raw=raw)
    found = OnnxWeights("net.onnx").find(read_tensor(proto))
    assert numpy.array_equal(found, onnx.numpy_helper.to_array(proto).astype(found.dtype)) and found.shape == (2, 3, 4)


def make_external(onnx: Any, **said: str) -> OnnxTensor:
    proto = onnx.TensorProto(name="w", data_type=onnx.TensorProto.FLOAT, dims=[3], data_location=1)
    for key, value in said.items():
        proto.external_data.add(key=key, value=value)
    return read_tensor(proto)


def test_numbers_may_stand_in_a_file_beside_the_model(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    (tmp_path / "net.data").write_bytes(struct.pack("<6f", *range(6)))
    tensor = make_external(onnx, location="net.data", offset="8", length="12")
    assert OnnxWeights(str(tmp_path / "net.onnx")).find(tensor).tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"location": "none.data"}, "none.data, which is not read: No such file"),
        ({"location": "../net.data"}, "it lies outside of the folder"),
        ({"location": "/etc/passwd"}, "it lies outside of the folder"),
        ({"location": "link.data"}, "it is a link"),
        ({"location": "net.data", "offset": "x"}, "which is not read: invalid literal"),
        ({"location": "net.data", "offset": "-4"}, "which is not read: "),
        ({"location": "net.data", "offset": "16"}, "of 3 numbers has 2"),
        ({"location": ""}, "a file without a name, which is not read"),
    ],
)
def test_a_file_beside_the_model_that_is_not_read_is_one_sentence(said: Any, why: str, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    (tmp_path / "model").mkdir()
    for place in (tmp_path, tmp_path / "model"):
        (place / "net.data").write_bytes(struct.pack("<6f", *range(6)))
    (tmp_path / "model/link.data").symlink_to(tmp_path / "net.data")
    with pytest.raises(ModelRefused) as refused:
        OnnxWeights(str(tmp_path / "model/net.onnx")).find(make_external(onnx, **said))
    assert why in str(refused.value) and "\n" not in str(refused.value)


def test_strides_offsets_and_halves_are_followed(tmp_path: Path) -> None:
    bits = numpy.array([0x3F80, 0x4000, 0x4040, 0x4080, 0x40A0, 0x40C0], "<u2")  # 1 to 6 as bfloat16
    counts = {"sizes": [2, 2], "strides": [1, 3], "storage_offset": 1}
    table = {"w": {"path_name": "w0", "use_pickle": False, "tensor_meta": {"dtype": 13}}}
    for key, found in counts.items():
        table["w"]["tensor_meta"][key] = (
            [{"as_int": n} for n in found] if isinstance(found, list) else {"as_int": found}
        )  # type: ignore[index]
    path = tmp_path / "net.pt2"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("net/archive_format", "pt2")
        archive.writestr("net/models/model.json", "{}")
        archive.writestr("net/data/weights/model_weights_config.json", json.dumps({"config": table}))
        archive.writestr("net/data/weights/w0", bits.tobytes())
    with open_weights(str(path)) as find:
        assert find("w").tolist() == [[2, 5], [3, 6]]
        with pytest.raises(ModelRefused, match="other is not in this file"):
            find("other")


def test_a_reference_has_the_shape_of_what_its_steps_make() -> None:
    stored = numpy.arange(24).reshape(2, 3, 4)
    start = WeightRef("w", (2, 3, 4), "w")
    for made, wanted in [
        (start.permute((2, 0, 1)), stored.transpose(2, 0, 1)),
        (start.reshape((6, 4)).cut_out(0, range(5, 0, -2)), stored.reshape(6, 4)[5:0:-2]),
        (start.cut_out(2, range(3, -1, -1)), stored[:, :, ::-1]),
        (start.reorder(2, (2, 2), (1, 0)), stored[:, :, [0, 2, 1, 3]]),
        (start.cut_out(1, range(1)).repeat((2, 5, 4)), stored[:, :1].repeat(5, 1)),
        (start.reshape((24, 1)).fit((1, 24, 1)), stored.reshape(1, 24, 1)),
    ]:
        assert made is not None and made.shape == wanted.shape
        assert numpy.array_equal(find_array(made, stored), wanted)
    assert start.fit((3, 2, 4)) is None and start.repeat((2, 3, 5)) is None


def test_a_copy_of_a_file_is_read_from_any_folder(tmp_path: Path) -> None:
    path = shutil.copy(WEIGHTED / "rows.pt2", tmp_path / "other name.pt2")
    with open_weights(str(path)) as find:
        assert find("dense.weight").shape == (4, 45)
