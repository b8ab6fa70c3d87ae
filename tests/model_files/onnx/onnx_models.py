"""ONNX models made with onnx itself, for tests that read, change or damage them."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def weight(name: str, *shape: int) -> Any:
    return numpy_helper.from_array(np.linspace(-1, 1, int(np.prod(shape)), dtype="float32").reshape(shape), name)


def numbers(name: str, *values: int) -> Any:
    return numpy_helper.from_array(np.array(values, "int64"), name)


def value(name: str, *shape: int | str | None, element: int = TensorProto.FLOAT) -> Any:
    return helper.make_tensor_value_info(name, element, list(shape))


def graph_model(
    nodes: list[Any], tensors: list[Any], inputs: list[Any], outputs: list[Any], opset: int = 17, **more: Any
) -> Any:
    """A model of one graph. `more`: value_info; functions."""
    functions = more.pop("functions", [])
    graph = helper.make_graph(nodes, "net", inputs, outputs, tensors, **more)
    opsets = [helper.make_opsetid("", opset), *{f.domain: helper.make_opsetid(f.domain, 1) for f in functions}.values()]
    return helper.make_model(
        graph, opset_imports=opsets, functions=functions, producer_name="tests", producer_version="1"
    )


def small(opset: int = 17, batch: int | str = "N") -> Any:
    """A convolution, a pool, and a dense layer behind a reshape whose shape is computed."""
    node = helper.make_node
    return graph_model(
        [
            node("Conv", ["x", "w", "b"], ["c"], "conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]),
            node("Relu", ["c"], ["r"], "relu"),
            node("MaxPool", ["r"], ["p"], "pool", kernel_shape=[2, 2], strides=[2, 2]),
            node("Shape", ["p"], ["s"]),
            node("Gather", ["s", "zero"], ["n"], axis=0),
            node("Concat", ["n", "rest"], ["shape"], axis=0),
            node("Reshape", ["p", "shape"], ["flat"], "flatten"),
            node("Gemm", ["flat", "v", "d"], ["y"], "head", transB=1),
        ],
        [weight("w", 4, 3, 3, 3), weight("b", 4), numbers("zero", 0), numbers("rest", -1), weight("v", 5, 64), weight("d", 5)],
        [value("x", batch, 3, 16, 16)],
        [value("y", batch, 5)],
        opset,
        value_info=[value("c", batch, 4, 8, 8), value("p", batch, 4, 4, 4)],
    )  # fmt: skip


def everything() -> Any:
    """A model with every kind of field that is read."""
    node, tensor = helper.make_node, helper.make_tensor
    yes = helper.make_graph([node("Identity", ["x"], ["a"])], "yes", [], [value("a", None, "H")])
    no = helper.make_graph([node("Relu", ["x"], ["b"])], "no", [], [value("b", 2, 3)], [weight("own", 2)])
    noted = node("If", ["t"], ["z"], "branch", then_branch=yes, else_branch=no)
    noted.metadata_props.add(key="pkg.torch.onnx.stack_trace", value="File model.py, line 3")
    other = node("Odd", ["x", "", "w"], ["o", ""], "odd", domain="my.domain", overload="second", i=-3, f=0.1, s="same", ints=[1, -2, 2**40], floats=[1.5, 1e-5], strings=["a", "ü"], t=numbers("t", 7))  # fmt: skip
    function = helper.make_function(
        "my.domain",
        "Twice",
        ["p"],
        ["q"],
        [node("Add", ["p", "p"], ["q"], "sum")],
        [helper.make_opsetid("", 17)],
        ["alpha"],
        [helper.make_attribute("beta", 0.5)],
        value_info=[value("q", 2)],
        overload="first",
    )
    function.node[0].attribute.add(name="axis", type=2, ref_attr_name="alpha")
    tensors = [
        weight("w", 2, 3),
        numbers("long", 2**62, -5),
        tensor("int32", TensorProto.INT32, [3], [1, -2, 3]),
        tensor("int64", TensorProto.INT64, [2, 1], [-(2**63), 9]),
        tensor("float", TensorProto.FLOAT, [2], [0.1, -1e-5]),
        tensor("double", TensorProto.DOUBLE, [2], [0.1, -1e-300]),
        tensor("half", TensorProto.FLOAT16, [2], np.array([0.5, -65504], "float16")),
        tensor("brain", TensorProto.BFLOAT16, [2], [0.5, -1.0]),
        tensor("bool", TensorProto.BOOL, [2], [True, False]),
        tensor("uint64", TensorProto.UINT64, [1], [2**62]),
        tensor("raw half", TensorProto.FLOAT16, [1], np.array([0.5], "float16").tobytes(), raw=True),
        tensor("scalar", TensorProto.FLOAT, [], [3.0]),
        tensor("none", TensorProto.INT64, [0], []),
        numpy_helper.from_array(np.array([True]), "t"),
    ]
    inputs = [value("x", "N", 3, None, 0), helper.make_tensor_value_info("unshaped", TensorProto.INT64, None)]
    inputs.append(helper.make_tensor_sequence_value_info("many", TensorProto.FLOAT, None))
    return graph_model(
        [noted, other], tensors, inputs, [value("z", 1, 2)], value_info=[value("o")], functions=[function]
    )


def documented() -> onnx.ModelProto:
    """The small model with fields that no table has."""
    made = small()
    made.doc_string = "A model." * 100
    made.graph.node[0].doc_string = "A node."
    made.metadata_props.add(key="k", value="v")
    return made
