"""Arithmetic on constants: what onnx's own reference implementation makes of the same node, and bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from cnnspec.base.limits import TooLong, Work
from cnnspec.model_files.onnx import attribute_defaults
from cnnspec.model_files.onnx.call import Call, Computed, read_attributes
from cnnspec.model_files.onnx.constant import Constant, make_constant
from cnnspec.model_files.onnx.constants import FOLDS, KEEPING_SHAPE, fold_constants
from cnnspec.model_files.onnx.model_reader import read_model
from cnnspec.model_files.refusal import ModelRefused
from tests.model_files.onnx.onnx_models import graph_model, value


def ints(*values: int) -> Any:
    return np.array(values, "int64")


def floats(*values: float) -> Any:
    return np.array(values, "float32")


MAP = np.arange(24, dtype="int64").reshape(2, 3, 4)
TRUE, FALSE = np.array(True), np.array(False)
BIG = 2**63 - 1
# operator, inputs, attributes, opset
CASES: list[tuple[str, list[Any], dict[str, Any], int]] = [
    ("Add", [ints(1, 2), ints(10)], {}, 17),
    ("Add", [floats(1, 2), floats(0.5, 0.25)], {}, 17),
    ("Sub", [ints(1, 2), np.array(5)], {}, 17),
    ("Mul", [MAP, ints(1, -1, 2, 0)], {}, 17),
    ("Div", [ints(7, -7, 7, -7), ints(2, 2, -2, -2)], {}, 17),
    ("Div", [floats(1, 3), floats(4, 2)], {}, 17),
    ("Mod", [ints(7, -7, 7), ints(3, 3, -3)], {}, 17),
    ("Mod", [floats(7.5, -7.5), floats(2, 2)], {"fmod": 1}, 17),
    ("Pow", [ints(2, 3), ints(3, 2)], {}, 17),
    ("Pow", [floats(2, 4), floats(0.5, 2)], {}, 17),
    ("Max", [ints(1, 5), ints(3, 3), ints(0, 9)], {}, 17),
    ("Min", [floats(1, 5), floats(3, 3)], {}, 17),
    ("Neg", [ints(3, -4)], {}, 17),
    ("Abs", [ints(3, -4)], {}, 17),
    ("Sqrt", [floats(4, 9)], {}, 17),
    ("Reciprocal", [floats(4, 2)], {}, 17),
    ("Floor", [floats(1.5, -1.5)], {}, 17),
    ("Ceil", [floats(1.5, -1.5)], {}, 17),
    ("Round", [floats(0.5, 1.5, -2.5, 2.6)], {}, 17),
    ("Exp", [floats(0, 1)], {}, 17),
    ("Log", [floats(1, 2)], {}, 17),
    ("Sigmoid", [floats(0, 2)], {}, 17),
    ("Tanh", [floats(0, 2)], {}, 17),
    ("Softplus", [floats(0, 2)], {}, 17),
    ("Erf", [floats(0, 0.5)], {}, 17),
    ("Sign", [ints(-3, 0, 3)], {}, 17),
    ("Clip", [floats(0, 2, 5), np.array(1, "float32"), np.array(3, "float32")], {}, 17),
    ("Clip", [floats(0, 2, 5)], {"max": 3.0}, 9),
    ("Sin", [floats(0, 2)], {}, 17),
    ("Cos", [floats(0, 2)], {}, 17),
    ("Equal", [ints(1, -1), ints(-1)], {}, 17),
    ("Less", [ints(1, 2), ints(2, 2)], {}, 17),
    ("LessOrEqual", [ints(1, 2), ints(2, 2)], {}, 17),
    ("Greater", [ints(1, 3), ints(2, 2)], {}, 17),
    ("GreaterOrEqual", [ints(1, 2), ints(2, 2)], {}, 17),
    ("And", [np.array([True, False]), TRUE], {}, 17),
    ("Or", [np.array([True, False]), FALSE], {}, 17),
    ("Not", [np.array([True, False])], {}, 17),
    ("Where", [np.array([True, False]), ints(1, 2), ints(9)], {}, 17),
    ("Cast", [floats(1.9, -1.9)], {"to": 7}, 17),
    ("Cast", [ints(0, 2)], {"to": 9}, 17),
    ("Cast", [ints(0, 2)], {"to": 1}, 17),
    ("CastLike", [floats(1.5), ints(1)], {}, 19),
    ("Identity", [ints(1, 2)], {}, 17),
    ("Shape", [MAP], {}, 13),
    ("Shape", [MAP], {"start": 1}, 17),
    ("Shape", [MAP], {"start": -2, "end": -1}, 17),
    ("Size", [MAP], {}, 17),
    ("Reshape", [MAP, ints(4, -1)], {}, 17),
    ("Reshape", [MAP, ints(0, 0, 2, 2)], {}, 17),
    ("Reshape", [np.zeros((0, 3), "int64"), ints(3, 0)], {"allowzero": 1}, 17),
    ("Flatten", [MAP], {}, 17),
    ("Flatten", [MAP], {"axis": 0}, 17),
    ("Flatten", [MAP], {"axis": -1}, 17),
    ("Squeeze", [MAP[:1, :, :1]], {"axes": [0]}, 11),
    ("Squeeze", [MAP[:1, :, :1], ints(-1)], {}, 13),
    ("Squeeze", [MAP[:1, :, :1]], {}, 13),
    ("Unsqueeze", [MAP], {"axes": [0, 2]}, 11),
    ("Unsqueeze", [MAP, ints(-1, 0)], {}, 13),
    ("Transpose", [MAP], {"perm": [2, 0, 1]}, 17),
    ("Transpose", [MAP], {}, 17),
    ("Slice", [MAP], {"starts": [0, 1], "ends": [1, BIG], "axes": [0, 2]}, 9),
    ("Slice", [MAP], {"starts": [1], "ends": [-1]}, 9),
    ("Slice", [MAP, ints(-2), ints(BIG), ints(2)], {}, 10),
    ("Slice", [MAP, ints(3), ints(-BIG), ints(2), ints(-2)], {}, 13),
    ("Slice", [MAP, ints(-100, 1), ints(100, 2), ints(-1, 1)], {}, 13),
    ("Slice", [MAP, ints(2), ints(1), ints(1)], {}, 13),
    ("Gather", [ints(5, 6, 7), np.array(1)], {}, 17),
    ("Gather", [ints(5, 6, 7), ints(-1, 0)], {}, 17),
    ("Gather", [MAP, np.array([[0, 2], [3, -1]])], {"axis": 2}, 17),
    ("Gather", [MAP, np.array(1)], {"axis": -2}, 17),
    ("Concat", [ints(1), ints(2, 3), ints()], {"axis": 0}, 17),
    ("Concat", [MAP, MAP[:, :1]], {"axis": 1}, 17),
    ("Concat", [MAP, MAP], {"axis": -1}, 17),
    ("Split", [MAP], {"axis": 2}, 11),
    ("Split", [MAP], {"axis": 1, "split": [1, 2]}, 11),
    ("Split", [MAP, ints(1, 3)], {"axis": -1}, 13),
    ("Split", [MAP], {"axis": 1, "num_outputs": 2}, 18),
    ("Expand", [ints(1, 2), ints(3, 1)], {}, 17),
    ("Expand", [MAP[:, :1], ints(1, 3, 4)], {}, 17),
    ("Tile", [MAP[0], ints(2, 3)], {}, 17),
    ("ConstantOfShape", [ints(2, 3)], {}, 17),
    ("ConstantOfShape", [ints(2)], {"value": numpy_helper.from_array(ints(7))}, 17),
    ("ConstantOfShape", [ints()], {"value": numpy_helper.from_array(ints(7))}, 17),
    ("Range", [np.array(2), np.array(9), np.array(3)], {}, 17),
    ("Range", [np.array(9), np.array(2), np.array(-3)], {}, 17),
    ("Range", [np.array(2), np.array(1), np.array(1)], {}, 17),
    ("NonZero", [np.array([[1, 0], [2, 3]])], {}, 17),
    ("ReduceProd", [MAP[1]], {}, 17),
    ("ReduceProd", [ints(2, 3)], {"keepdims": 0, "axes": [0]}, 17),
    ("ReduceSum", [MAP, ints(0, -1)], {}, 17),
    ("ReduceSum", [MAP], {"noop_with_empty_axes": 1}, 17),
    ("ReduceSum", [MAP, ints(1)], {"keepdims": 0}, 17),
    ("ReduceMax", [MAP], {"axes": [1], "keepdims": 0}, 17),
    ("ReduceMin", [MAP], {"axes": [2]}, 17),
    ("ReduceMean", [floats(1, 2)], {}, 17),
    ("Constant", [], {"value": numpy_helper.from_array(MAP)}, 17),
    ("Constant", [], {"value_int": -4}, 17),
    ("Constant", [], {"value_ints": [1, 2]}, 17),
    ("Constant", [], {"value_float": 0.5}, 17),
    ("Constant", [], {"value_floats": [0.5, 2.0]}, 17),
]  # fmt: skip


def call_of(operator: str, inputs: list[Any], attributes: dict[str, Any], opset: int, outputs: int = 1) -> Call:
    """The call that the reader makes of a node, whose inputs are tensors of the file."""
    names = [f"i{number}" for number in range(len(inputs))]
    node = helper.make_node(operator, names, [f"o{number}" for number in range(outputs)], "n", **attributes)
    tensors = [numpy_helper.from_array(array, name) for array, name in zip(inputs, names, strict=True)]
    graph = read_model(graph_model([node], tensors, [], [], opset).SerializeToString()).graphs[0]
    return Call(graph.nodes[0], opset, tuple(map(make_constant, graph.tensors)), read_attributes(graph.nodes[0]))


@pytest.mark.parametrize(
    ("operator", "inputs", "attributes", "opset"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)]
)
def test_an_operator_makes_what_onnx_makes(
    operator: str, inputs: list[Any], attributes: dict[str, Any], opset: int
) -> None:
    outputs = 2 if operator == "Split" else 1
    call = call_of(operator, inputs, attributes, opset, outputs)
    found = fold_constants(call, Work())
    node = helper.make_node(operator, list(call.node.inputs), list(call.node.outputs), **attributes)
    ends = [helper.make_tensor_value_info(name, onnx.TensorProto.INT64, None) for name in call.node.outputs]
    starts = [
        value(name, *array.shape, element=helper.np_dtype_to_tensor_dtype(array.dtype))
        for name, array in zip(call.node.inputs, inputs, strict=True)
    ]
    reference = ReferenceEvaluator(graph_model([node], [], starts, ends, opset))
    expected: Any = reference.run(None, dict(zip(call.node.inputs, inputs, strict=True)))
    assert found is not None and len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.shape == np.shape(theirs)
        assert ours.values is not None
        np.testing.assert_allclose(np.array(ours.values, theirs.dtype), theirs.ravel(), rtol=1e-6)
        assert helper.tensor_dtype_to_np_dtype(ours.element) == theirs.dtype or operator == "Where"


def test_every_operator_is_tried() -> None:
    assert {case[0] for case in CASES} == FOLDS.keys() - {"MatMul", "Affine", "Standardize", *KEEPING_SHAPE}


# ---- weights, whose values are not read ------------------------------------------------------------------------------
W = Constant((64, 3, 7, 7), None, 1, "w")
AXES = Constant((3,), (1, 2, 3))
SHAPES: list[tuple[str, list[Any], dict[str, Any], tuple[int, ...]]] = [
    ("Reshape", [W, Constant((2,), (64, -1))], {}, (64, 147)),
    ("Transpose", [W], {"perm": (2, 3, 1, 0)}, (7, 7, 3, 64)),
    ("Slice", [W, Constant((1,), (0,)), Constant((1,), (32,))], {}, (32, 3, 7, 7)),
    ("Sub", [W, Constant((64, 1, 1, 1), None, 1, "m")], {}, (64, 3, 7, 7)),
    ("ReduceMean", [W, AXES], {}, (64, 1, 1, 1)),
    ("Cast", [W], {"to": 10}, (64, 3, 7, 7)),
    ("Concat", [W, W], {"axis": 0}, (128, 3, 7, 7)),
    ("Split", [W], {"axis": 0}, (64, 3, 7, 7)),
    ("Tile", [W, Constant((4,), (1, 9, 1, 1))], {}, (64, 27, 7, 7)),
    ("Expand", [Constant((1, 8), None, 1, "w"), Constant((2,), (1000, 8))], {}, (1000, 8)),
    ("BatchNormalization", [W, W, W, W, W], {}, (64, 3, 7, 7)),
    ("MatMul", [Constant((5, 6), None, 1, "w"), Constant((6, 4), None, 1, "v")], {}, (5, 4)),
    ("Gather", [W, Constant((2, 2), None, 7, "i")], {}, (2, 2, 3, 7, 7)),
    ("ConstantOfShape", [Constant((2,), (100, 100))], {}, (100, 100)),
    ("Range", [Constant((), (0,)), Constant((), (10**9,)), Constant((), (1,))], {}, (10**9,)),
]  # fmt: skip


def call_on(operator: str, inputs: list[Any], attributes: dict[str, Any]) -> Call:
    return Call(call_of(operator, [], {}, 17).node, 17, tuple(inputs), attributes)


@pytest.mark.parametrize(("operator", "inputs", "attributes", "shape"), SHAPES, ids=[case[0] for case in SHAPES])
def test_the_shape_of_a_weight_that_is_not_read(
    operator: str, inputs: list[Any], attributes: dict[str, Any], shape: tuple[int, ...]
) -> None:
    found = fold_constants(call_on(operator, inputs, attributes), Work())
    assert found is not None
    assert [(c.shape, c.values, c.name) for c in found] == [(shape, None, inputs[0].name)]


WRONG: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("Div", [ints(1), ints(0)], {}),
    ("Div", [floats(1), floats(0)], {}),
    ("Mod", [ints(1), ints(0)], {}),
    ("Add", [ints(1, 2), ints(1, 2, 3)], {}),
    ("Pow", [ints(2), ints(10**9)], {}),
    ("Exp", [floats(1e9)], {}),
    ("Sqrt", [floats(-1)], {}),
    ("Cast", [floats(np.inf)], {"to": 7}),
    ("Reshape", [MAP, ints(5, -1)], {}),
    ("Reshape", [MAP, ints(-1, -1)], {}),
    ("Reshape", [MAP, ints(-24)], {}),
    ("Reshape", [MAP, ints(0, 0, 0, 0)], {}),
    ("Reshape", [MAP], {}),
    ("Squeeze", [MAP, ints(0)], {}),
    ("Squeeze", [MAP, ints(7)], {}),
    ("Unsqueeze", [MAP], {}),
    ("Unsqueeze", [MAP, ints(9)], {}),
    ("Transpose", [MAP], {"perm": [0, 0, 1]}),
    ("Slice", [MAP], {}),
    ("Slice", [MAP, ints(0), ints(1, 2)], {}),
    ("Slice", [MAP, ints(0), ints(1), ints(8)], {}),
    ("Slice", [MAP, ints(0), ints(1), ints(0), ints(0)], {}),
    ("Gather", [MAP, ints(2)], {}),
    ("Gather", [MAP], {}),
    ("Concat", [MAP, MAP[:, :, 0]], {"axis": 0}),
    ("Concat", [], {"axis": 0}),
    ("Split", [MAP, ints(1, 2)], {}),
    ("Split", [MAP, ints(-1, 3)], {}),
    ("Split", [MAP], {"num_outputs": 0}),
    ("Expand", [MAP, ints(5, 5, 5)], {}),
    ("Expand", [MAP, ints(-1, -1, -1)], {}),
    ("Expand", [ints(1), ints(10**9, 10**9, 10**9)], {}),
    ("Tile", [MAP, ints(1)], {}),
    ("Tile", [MAP, ints(1, 1, -1)], {}),
    ("ConstantOfShape", [ints(-1)], {}),
    ("ConstantOfShape", [ints(10**9, 10**9, 10**9)], {}),
    ("Range", [np.array(1), np.array(2), np.array(0)], {}),
    ("Shape", [], {}),
    ("ReduceMax", [np.zeros((0, 2), "int64")], {"axes": [0]}),
    ("ReduceSum", [MAP, ints(3)], {}),
    ("MatMul", [MAP, MAP], {}),
    ("Cast", [ints(1)], {}),
    ("Concat", [MAP, MAP], {}),
    ("Flatten", [MAP], {"axis": 4}),
    ("Flatten", [MAP], {"axis": 0.5}),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "inputs", "attributes"), WRONG, ids=[f"{c[0]}-{i}" for i, c in enumerate(WRONG)])
def test_what_cannot_be_worked_out_is_refused(operator: str, inputs: list[Any], attributes: dict[str, Any]) -> None:
    with pytest.raises(ModelRefused) as refused:
        fold_constants(call_of(operator, inputs, attributes, 17), Work())
    assert f"n ({operator})" in str(refused.value)


def test_numbers_stay_short() -> None:
    """A product of large numbers is cut at the largest that arithmetic comes to."""
    found = fold_constants(call_of("Mul", [ints(2**62), ints(-(2**62))], {}, 17), Work())
    assert found is not None and found[0].values == (-(10**18),)
    found = fold_constants(call_of("ReduceProd", [np.full(4096, 2**62)], {}, 17), Work())
    assert found is not None and found[0].values == (10**18,)
    found = fold_constants(call_of("Cast", [floats(1e30)], {"to": 7}, 17), Work())
    assert found is not None and found[0].values == (10**18,)


def test_work_is_counted() -> None:
    work = Work(10_000)
    for _ in range(2):
        fold_constants(call_of("Add", [np.zeros(4000), np.zeros(4000)], {}, 17), work)
    with pytest.raises(TooLong):
        fold_constants(call_of("Add", [np.zeros(4000), np.zeros(4000)], {}, 17), work)


def test_what_is_computed_or_absent_is_said() -> None:
    with pytest.raises(Computed, match="its shape is not in the file"):
        fold_constants(call_on("Reshape", [W, Constant((2,), None)], {}), Work())
    with pytest.raises(Computed, match="its shape is computed"):
        fold_constants(call_on("Reshape", [W, object()], {}), Work())
    assert fold_constants(call_on("Loop", [W], {}), Work()) is None


# ---- defaults --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operator", attribute_defaults.DEFAULTS)
def test_defaults_are_those_of_the_documentation(operator: str) -> None:
    """In every opset that is read: each attribute with a default has ours."""
    seen: set[str] = set()
    for opset in range(9, onnx.defs.onnx_opset_version() + 1):
        try:
            schema = onnx.defs.get_schema(operator, opset, "")
        except onnx.defs.SchemaError:
            continue
        for name, attribute in schema.attributes.items():
            if not attribute.default_value.name:
                continue
            theirs = helper.get_attribute_value(attribute.default_value)
            theirs = theirs.decode() if isinstance(theirs, bytes) else theirs
            ours = attribute_defaults.find_default(operator, name, opset)
            assert ours == (pytest.approx(theirs) if isinstance(theirs, float) else theirs), (opset, name)
            seen.add(name)
    extra = set(attribute_defaults.DEFAULTS[operator]) - seen
    assert not extra, f"{extra} have no default in the documentation"


def test_an_attribute_of_another_kind_is_refused() -> None:
    for attributes, ask in (({"axis": 0.5}, Call.integer), ({"axis": "x"}, Call.number), ({"axis": 3}, Call.word)):
        with pytest.raises(ModelRefused, match=r"n \(Relu\): its attribute axis is"):
            ask(call_of("Relu", [], attributes, 17), "axis")
    with pytest.raises(ModelRefused, match=r"its attribute axis is None"):
        call_of("Relu", [], {}, 17).integer("axis")
    node = call_of("Relu", [], {"axis": 1}, 17).node
    with pytest.raises(ModelRefused, match=r"it states its attribute axis twice"):
        read_attributes(node.replace(attributes=node.attributes * 2))
