"""Weights in ONNX and PyTorch that are made of others, have one name, or whose layers Keras computes otherwise, are told apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest

from cnnspec.model_files import read_graph
from cnnspec.model_files.kinds import open_model
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.program import ProgramNode, Value
from cnnspec.model_files.torch.weight_views import follow_view
from cnnspec.model_files.views.weight_ref import WeightRef


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


def test_groups_of_a_row_are_those_of_the_model(tmp_path: Path) -> None:
    """Which channels are a group is not reordered with weights: the row is, before it."""
    onnx = pytest.importorskip("onnx")
    tensors = {key: numpy.ones(144, numpy.float32) for key in "so"} | {"a": numpy.array([2])}
    nodes = ["f = Flatten(x)", "u = Unsqueeze(f, a)", "z = GroupNormalization<num_groups=2>(u, s, o)"]
    open_chain(onnx, tmp_path / "net.onnx", nodes, opset=21, **tensors)
    labels = [node.label for node in read_graph(str(tmp_path / "net.onnx")).nodes]
    assert labels[-3:] == ["permute", "reshape", "group_norm"]


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
