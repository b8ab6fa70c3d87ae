"""ONNX models that are no networks of ours, or mean harm: one sentence, and no long wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, numpy_helper

from cnnspec.model_files.onnx import steps
from cnnspec.model_files.onnx.model_reader import read_model
from cnnspec.model_files.onnx.to_graph import convert_model
from cnnspec.model_files.refusal import ModelRefused
from tests.model_files.onnx.model_parts import (
    RELU,
    W,
    branching,
    calling,
    chain,
    counting,
    doubling,
    giant,
    language_model,
    node,
    shapeless,
    without_opset,
)
from tests.model_files.onnx.onnx_models import graph_model, numbers, value

BAD: list[tuple[str, Callable[[], Any]]] = [
    ("the input x has no shape in this file", shapeless),
    ("the model does not state the opset of its operators", without_opset),
    ("this model is of opset 8, and opsets 9 to 28 are read", lambda: chain(RELU, opset=8)),
    ("this model is of opset 99", lambda: chain(RELU, opset=99)),
    ("this model has no input", lambda: graph_model([node("Relu", ["w"], ["y"])], [W], [], [value("y", 1)])),
    ("this model has no output", lambda: graph_model([RELU], [], [value("x", 1, 2)], [])),
    ("output is 'y', which nothing makes", lambda: chain(node("Relu", ["x"], ["z"]))),
    ("output is 'y', which does not depend on its input", lambda: chain(node("Identity", ["w"], ["y"]), tensors=[W])),
    ("an input's shape is 1: it must", lambda: chain(RELU, shape=(1,))),
    ("an input's shape is a single value", lambda: chain(RELU, shape=())),
    ("y (Relu): it reads 'q', which nothing before it makes", lambda: chain(node("Relu", ["q"], ["y"]))),
    ("b (Relu): it reads 'a', which nothing before it makes", lambda: chain(node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["a"]), node("Add", ["b", "x"], ["y"]))),
    ("this model is quantised (QLinearConv): read the model that it was made from", lambda: chain(node("QLinearConv", ["x"] * 8, ["y"]))),
    ("this model is quantised (DequantizeLinear)", lambda: chain(node("DequantizeLinear", ["x", "w"], ["y"]), tensors=[W])),
    ("this model is quantised (ConvInteger)", lambda: chain(node("ConvInteger", ["x", "w"], ["y"]), tensors=[W])),
    ("no layer of the language is ONNX's Frobnicate", lambda: chain(node("Frobnicate", ["x"], ["y"]))),
    ("no layer of the language is ONNX's Conv of com.acme", lambda: chain(node("Conv", ["x", "w"], ["y"], domain="com.acme"), tensors=[W])),
    ("an input's shape is ?x?", language_model),
    ("functions use functions more than 50 deep in this file, or themselves", lambda: calling(("f", [node("f", ["p"], ["q"], domain="own")]))),
    ("functions use functions more than 50 deep", lambda: calling(("f", [node("g", ["p"], ["q"], domain="own")]), ("g", [node("f", ["p"], ["q"], domain="own")]))),
    ("this model has more than 20,000 nodes", lambda: doubling(30)),
    ("this model has more than 20,000 nodes", lambda: chain(*[node("Relu", ["x"], [f"y{i}"]) for i in range(steps.MAX_STEPS)], RELU)),
    ("which branch is taken depends on the network's input", lambda: branching("x", [])),
    ("if (If): it reads 'c', which", lambda: branching("c", [])),
    ("y (Conv): ", giant),
    ("the shapes in this model take too long to be worked out", lambda: counting(1000)),
    ("y (Conv): its output is ?x4x6x6 by our formula and Nx4x7x7 in the file: one of the two is wrong", lambda: graph_model([node("Conv", ["x", "w"], ["y"])], [W], [value("x", "N", 3, 8, 8)], [value("y", "N", 4, 7, 7)])),
    ("y (Conv): its output is ?x4x6x6 by our formula and Nx4 in the file", lambda: graph_model([node("Conv", ["x", "w"], ["y"])], [W], [value("x", "N", 3, 8, 8)], [value("y", "N", 4)])),
    ("y (Conv): its weight is for 3 channels, its input is", lambda: chain(node("Conv", ["x", "w"], ["y"]), tensors=[W], shape=("N", 5, 8, 8))),
    ("y (Conv): its second input is left out", lambda: chain(node("Conv", ["x"], ["y"]))),
    ("y (Conv): its second input is computed, and no weight", lambda: chain(node("Conv", ["x", "x"], ["y"]))),
    ("y (Conv): its strides are (0, 1)", lambda: chain(node("Conv", ["x", "w"], ["y"], strides=[0, 1]), tensors=[W])),
    ("y (Conv): its pads are (-1, 0, 0, 0)", lambda: chain(node("Conv", ["x", "w"], ["y"], pads=[-1, 0, 0, 0]), tensors=[W])),
    ("y (Conv): its pads are (1, 1)", lambda: chain(node("Conv", ["x", "w"], ["y"], pads=[1, 1]), tensors=[W])),
    ("y (Conv): its attribute group is 0.5", lambda: chain(node("Conv", ["x", "w"], ["y"], group=0.5), tensors=[W])),
    ("y (Conv): its kernel has 2 axes, its input 1", lambda: chain(node("Conv", ["x", "w"], ["y"]), tensors=[W], shape=("N", 3, 8))),
    ("y (Conv): its auto_pad is SOME", lambda: chain(node("Conv", ["x", "w"], ["y"], auto_pad="SOME"), tensors=[W])),
    ("y (MaxPool): its kernel_shape is None", lambda: chain(node("MaxPool", ["x"], ["y"]))),
    ("y (Squeeze): axis 1 of ?x3x9x9 is not of size 1", lambda: chain(node("Squeeze", ["x", "a"], ["y"]), tensors=[numbers("a", 1)], shape=("N", 3, 9, 9))),
    ("an input would have 4611686018427387904x8x3 =", lambda: chain(node("Relu", ["x"], ["y"]), shape=(1, 3, 2**62, 8))),
    ("a tensor has at most 9,223,372,036,854,775,807", lambda: chain(node("Conv", ["x", "w"], ["y"], pads=[2**40] * 4), tensors=[W])),
    ("y (Reshape): its shape is computed from the network's input", lambda: chain(node("Reshape", ["x", "x"], ["y"]))),
    ("y (Reshape): its shape is not in the file", lambda: chain(node("Reshape", ["x", "s"], ["y"]), tensors=[TensorProto(name="s", dims=[2], data_type=7)])),
    ("it mixes the examples of a batch with other axes", lambda: chain(node("Reshape", ["x", "s"], ["y"]), tensors=[numbers("s", -1)])),
    ("it mixes the examples of a batch with other axes", lambda: chain(node("Transpose", ["x"], ["y"], perm=[1, 0, 2, 3]), node("Relu", ["y"], ["z"]))),
    ("y (Concat): it joins the examples of batches", lambda: chain(node("Concat", ["x", "x"], ["y"], axis=0))),
    ("y (Resize): a resize that is antialiased", lambda: chain(node("Resize", ["x", "", "s"], ["y"], antialias=1, mode="linear"), tensors=[numpy_helper.from_array(np.array([1, 1, 2, 2], "float32"), "s")], opset=18)),
    ("the tensor 's' of 2 numbers has 4 bytes", lambda: chain(node("Reshape", ["x", "s"], ["y"]), tensors=[TensorProto(name="s", dims=[2], data_type=7, raw_data=bytes(4))])),
]  # fmt: skip


@pytest.mark.parametrize(("why", "make"), BAD, ids=[f"{i}-{why[:40]}" for i, (why, _) in enumerate(BAD)])
def test_a_bad_model_is_refused_in_one_sentence(why: str, make: Callable[[], Any]) -> None:
    model = read_model(make().SerializeToString())
    with pytest.raises(ModelRefused) as refused:
        convert_model(model, "net")
    assert why in str(refused.value)
    assert len(refused.value.lines) == 1 and len(refused.value.lines[0]) < 400


def test_a_sparse_weight_is_refused() -> None:
    model = chain(RELU)
    model.graph.sparse_initializer.add(dims=[4]).values.name = "w"
    with pytest.raises(ModelRefused, match="quantised or has sparse weights"):
        convert_model(read_model(model.SerializeToString()), "net")
