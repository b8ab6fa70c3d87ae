"""Weights of a PyTorch or ONNX model in the Keras model of the same network: the outputs are torch's."""

from __future__ import annotations

import json
import os
import shutil
import struct
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy
import pytest

import cnnspec
from cnnspec.cli import main
from cnnspec.model_files import read_graph
from cnnspec.model_files.kinds import open_model
from cnnspec.model_files.model_weights import ModelWeights
from cnnspec.model_files.onnx.messages import OnnxTensor
from cnnspec.model_files.onnx.model_reader import read_model
from cnnspec.model_files.onnx.stored_weights import OnnxWeights
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.program import ProgramNode, Value
from cnnspec.model_files.torch.stored_weights import open_weights
from cnnspec.model_files.torch.weight_views import follow_view
from cnnspec.model_files.views.weight_ref import WeightRef, find_array
from tests.support import sample

WEIGHTED = Path(__file__).parent / "weighted"
FILES = sorted([*WEIGHTED.glob("*.pt2"), *WEIGHTED.glob("*.onnx")])
SCRIPTS = sorted(WEIGHTED.glob("*-script.onnx"))  # torch's older exporter, whose kin is the newer one


@cache
def answers() -> dict[str, Any]:
    with numpy.load(WEIGHTED / "answers.npz") as arrays:
        return dict(arrays)


def find_distance(model: Any, name: str) -> float:
    """How far the outputs of a Keras model are from torch's for the same input, of the largest."""
    told = answers()
    wanted, made = told[f"{name}_y"], numpy.asarray(model(told[f"{name}_x"].transpose(0, 2, 3, 1), training=False))
    made = made.transpose(0, 3, 1, 2) if made.ndim == 4 else made
    assert made.shape == wanted.shape
    return float(abs(made - wanted).max() / abs(wanted).max())


# ---- outputs ---------------------------------------------------------------------------------------------------
@pytest.mark.kernels
@pytest.mark.parametrize("path", sample(FILES, SCRIPTS), ids=lambda path: path.name)
def test_the_outputs_are_those_of_torch(path: Path) -> None:
    model = cnnspec.load(path).to_keras(weights=path)
    assert find_distance(model, path.stem.partition("-")[0]) < 1e-5


@pytest.mark.kernels
@pytest.mark.parametrize("name", sample(["windows", "rows", "last_axis", "views"], ["windows", "last_axis"]))
def test_the_spec_of_a_model_takes_its_weights(name: str) -> None:
    path = WEIGHTED / f"{name}.pt2"
    text = cnnspec.load(path).text
    assert find_distance(cnnspec.loads(text).to_keras(weights=str(path)), name) < 1e-5


@pytest.mark.kernels
def test_the_command_writes_a_model_with_weights(tmp_path: Path, capsys: Any) -> None:
    import keras

    target = tmp_path / "net.keras"
    path = str(WEIGHTED / "rows.pt2")
    assert main(["compile", path, "--weights", path, "-o", str(target)]) == 0
    assert capsys.readouterr().err == f"cnnspec: wrote {target}\n"
    assert find_distance(keras.models.load_model(target), "rows") < 1e-5


@pytest.mark.parametrize("name", ["last_axis", "views"])  # of which exporters merge nothing
def test_all_files_of_a_model_have_as_many_parameters(name: str) -> None:
    counts = {path.name: cnnspec.load(path).params for path in FILES if path.name.startswith(name)}
    assert len(counts) == 3 and len(set(counts.values())) == 1, counts


def test_parts_of_one_weight_are_no_shared_layer() -> None:
    graph = read_graph(str(WEIGHTED / "views.pt2"))
    shared = [(node.name, graph.nodes[node.shares].name) for node in graph.nodes if node.shares is not None]
    assert len(shared) == 1, "the two halves of a kernel are two layers; a layer that is called twice is one"
    assert shared[0][1] in ("again", "")


# ---- refusals --------------------------------------------------------------------------------------------------
def copy_archive(name: str, path: Path, change: Any) -> Path:
    """A .pt2 file whose members are changed: `change` gives the bytes of a member, None to leave it out."""
    with zipfile.ZipFile(WEIGHTED / f"{name}.pt2") as old, zipfile.ZipFile(path, "w") as new:
        for member in old.namelist():
            content = change(member.partition("/")[2], old.read(member))
            if content is not None:
                new.writestr(member, content)
    return path


def change_entry(**changes: Any) -> Any:
    """A change of what the table says of the dense layer's bias."""

    def change(member: str, content: bytes) -> bytes:
        if not member.endswith("weights_config.json"):
            return content
        table = json.loads(content)
        entry = table["config"]["dense.bias"]
        for key, value in changes.items():
            (entry["tensor_meta"] if key in entry["tensor_meta"] else entry)[key] = value
        return json.dumps(table).encode()

    return change


DAMAGED = "net.pt2 is a damaged .pt2 file: "
KINDS = {
    "none at all": (lambda member, content: None if member.startswith("data/") else content, "conv.weight is not in this file"),
    "pickled": (change_entry(use_pickle=True), "dense.bias is pickled in this file, as older versions of torch save weights"),
    "too few bytes": (change_entry(storage_offset={"as_int": 9}), f"{DAMAGED}dense.bias has 16 bytes, too few"),
    "a huge stride": (change_entry(strides=[{"as_int": 2**40}]), f"{DAMAGED}dense.bias has 16 bytes, too few"),
    "more numbers than bytes": (change_entry(sizes=[{"as_int": 2**40}], strides=[{"as_int": 0}]), f"{DAMAGED}dense.bias has 16 bytes, too few"),
    "a size below 0": (change_entry(sizes=[{"as_int": -4}]), f"{DAMAGED}a size of dense.bias is no whole number"),
    "more sizes than strides": (change_entry(strides=[]), f"{DAMAGED}dense.bias has no bytes, or other sizes"),
    "another member": (change_entry(path_name="../../x"), f"{DAMAGED}dense.bias has no bytes"),
    "another shape": (change_entry(sizes=[{"as_int": 2}]), "the file is damaged: dense.bias has another shape where its numbers stand"),
    "of complex numbers": (change_entry(dtype=10), "dense.bias is of complex64, which is not carried over"),
    "of an unknown kind": (change_entry(dtype=99), "dense.bias is of an unknown kind"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_weights_that_are_not_there_are_one_sentence(kind: str, tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    change, sentence = KINDS[kind]
    copy_archive("rows", Path("net.pt2"), change)
    assert main(["compile", "net.pt2", "--weights", "net.pt2", "-o", "net.keras"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("cnnspec: the weights are not carried over: net.pt2") and sentence in said, said
    assert said.count("\n") == 1 and not Path("net.keras").exists()


def test_another_network_is_refused_whole() -> None:
    net = cnnspec.load(WEIGHTED / "rows.pt2")
    with pytest.raises(ValueError, match="the network of these weights is another than rows: cnnspec diff shows where"):
        net.to_keras(weights=WEIGHTED / "views.pt2")
    with pytest.raises(FileNotFoundError, match=r"there is no such file: none\.pt2"):
        net.to_keras(weights="none.pt2")


def test_a_weight_that_is_computed_of_others_is_refused() -> None:
    source = read_graph(str(WEIGHTED / "rows.pt2"))
    computed = {node.index: (WeightRef("w", (1,)),) * 4 for node in source.nodes}
    with pytest.raises(ModelRefused, match=r"is computed of others in the model|has no weights for"):
        list(ModelWeights(source, computed, numpy.zeros).find_arrays(source))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "net.pt2")
    with pytest.raises(ModelRefused, match="is a pipe: weights are read from a file"):
        open_model(str(tmp_path / "net.pt2"))


# ---- weights that are made of others --------------------------------------------------------------------------
def test_rows_that_are_repeated_and_folded_are_no_view() -> None:
    """A column that is repeated and then folded is a row for each output, not a column."""
    column = WeightRef("w", (2, 1), "w")
    for target, whole, made, wanted in [
        ("view", (2, 2, 1), (2, 2), []),
        ("squeeze.dims", (2, 2, 1), (2, 2), []),
        ("view", (2, 2), (2, 2), [column]),
        ("view", (2, 1), (1, 2), [column.reshape((1, 2))]),
    ]:
        name = target if "." in target else f"{target}.default"
        node = ProgramNode(f"aten.{name}", {}, (Value("y", made),), ("y",))
        assert follow_view(node, column, whole, {}) == wanted


def open_chain(onnx: Any, path: Path, nodes: list[str], opset: int = 17, **tensors: Any) -> list[tuple[str, list[Any]]]:
    """The weights of the layers of an ONNX model, by the names of the layers."""
    text = (
        f'<ir_version: 8, opset_import: ["": {opset}]> g (float[N, 4, 6, 6] x) => (float[N] z) {{ {" ".join(nodes)} }}'
    )
    proto = onnx.parser.parse_model(text)
    proto.graph.initializer.extend([onnx.numpy_helper.from_array(array, name) for name, array in tensors.items()])
    proto.graph.output[0].type.tensor_type.ClearField("shape")
    onnx.save(proto, path)
    opened = open_model(str(path))
    assert opened is not None
    with opened as given:
        return [(node.label, arrays) for node, arrays in given.find_arrays(given.graph)]


@pytest.mark.parametrize("made", ["Neg(w)", "Mul(w, v)", "Gather(w, i)", "Add(w, w)"])
def test_what_is_worked_out_of_a_weight_is_another_weight(made: str, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    numbers = numpy.random.default_rng(1)
    w, v = [numbers.standard_normal(shape, numpy.float32) for shape in ((4, 4, 1, 1), (4, 1, 1, 1))]
    i = numpy.array([2, 0, 3, 1])
    nodes = [f"u = {made}", "y = Conv(x, w)", "z = Conv(y, u)"]
    (_, first), (_, second) = open_chain(onnx, tmp_path / "net.onnx", nodes, w=w, v=v, i=i)
    wanted = {"Neg(w)": -w, "Mul(w, v)": w * v, "Gather(w, i)": w[i], "Add(w, w)": w + w}[made]
    assert numpy.allclose(first[0], w.transpose(2, 3, 1, 0))
    assert numpy.allclose(second[0], wanted.transpose(2, 3, 1, 0))


def test_branches_may_have_weights_of_one_name(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    kernels = [numpy.full((4, 4, 1, 1), value, numpy.float32) for value in (1, 2)]
    nodes = []
    for source, target, kernel in zip("xy", "yz", kernels, strict=True):
        inner = onnx.helper.make_node("Conv", [source, "w"], [f"{target}_in"])
        out = onnx.helper.make_tensor_value_info(f"{target}_in", 1, None)
        branch = onnx.helper.make_graph([inner], "b", [], [out], [onnx.numpy_helper.from_array(kernel, "w")])
        nodes.append(onnx.helper.make_node("If", ["c"], [target], then_branch=branch, else_branch=branch))
    values = [onnx.helper.make_tensor_value_info(name, 1, ["N", 4, 6, 6]) for name in "xz"]
    tensors = [onnx.numpy_helper.from_array(numpy.array(True), "c")]
    onnx.save(
        onnx.helper.make_model(onnx.helper.make_graph(nodes, "g", values[:1], values[1:], tensors)),
        tmp_path / "net.onnx",
    )
    opened = open_model(str(tmp_path / "net.onnx"))
    assert opened is not None
    with opened as given:
        assert [arrays[0].max() for _, arrays in given.find_arrays(given.graph)] == [1, 2]


# ---- what Keras computes otherwise ----------------------------------------------------------------------------
RESIZES = [  # how, the factor, whether Keras computes the same
    ('mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"', 2, True),
    ('mode="nearest", coordinate_transformation_mode="asymmetric"', 2, True),
    ('mode="nearest", coordinate_transformation_mode="asymmetric"', 3, False),
    ('mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="ceil"', 2, False),
    ('mode="nearest"', 2, True),
    ('mode="nearest", nearest_mode="floor"', 2, False),
    ('mode="nearest", nearest_mode="round_prefer_ceil"', 1.5, True),
    ('mode="nearest"', 1.5, False),
    ('mode="linear"', 1.5, True),
    ('mode="linear"', 1.7, False),
    ('mode="cubic"', 2, False),
]  # fmt: skip


@pytest.mark.parametrize(("how", "factor", "alike"), RESIZES)
def test_a_resize_that_keras_computes_otherwise_is_refused(
    how: str, factor: float, alike: bool, tmp_path: Path
) -> None:
    onnx = pytest.importorskip("onnx")
    tensors = {"w": numpy.ones((4, 4, 1, 1), numpy.float32), "s": numpy.array([1, 1, factor, factor], numpy.float32)}
    nodes = ["y = Conv(x, w)", f"z = Resize<{how}>(y, , s)"]
    if alike:
        assert len(open_chain(onnx, tmp_path / "net.onnx", nodes, **tensors)) == 1
        return
    with pytest.raises(ModelRefused, match=r"resize from 6x6 to \d+x\d+ is computed otherwise in Keras"):
        open_chain(onnx, tmp_path / "net.onnx", nodes, **tensors)


def test_groups_of_a_row_are_those_of_the_model(tmp_path: Path) -> None:
    """Which channels are a group is not reordered with weights: the row is, before it."""
    onnx = pytest.importorskip("onnx")
    tensors = {key: numpy.ones(144, numpy.float32) for key in "so"} | {"a": numpy.array([2])}
    nodes = ["f = Flatten(x)", "u = Unsqueeze(f, a)", "z = GroupNormalization<num_groups=2>(u, s, o)"]
    open_chain(onnx, tmp_path / "net.onnx", nodes, opset=21, **tensors)
    labels = [node.label for node in read_graph(str(tmp_path / "net.onnx")).nodes]
    assert labels[-3:] == ["permute", "reshape", "group_norm"]


# ---- where numbers stand: ONNX ---------------------------------------------------------------------------------
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


# ---- where numbers stand: .pt2 ---------------------------------------------------------------------------------
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


# ---- steps -----------------------------------------------------------------------------------------------------
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


def test_pickled_weights_are_said_to_be(tmp_path: Path) -> None:
    def change(member: str, content: bytes) -> bytes | None:
        return None if "_config" in member else content

    path = copy_archive("rows", tmp_path / "net.pt2", change)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("rows/data/weights/model.pt", b"")
    with open_weights(str(path)) as find, pytest.raises(ModelRefused, match=r"conv\.weight is pickled in this file"):
        find("conv.weight")
