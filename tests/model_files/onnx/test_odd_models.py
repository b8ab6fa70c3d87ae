"""ONNX models that are right all the same: training graphs, functions, branches, open sizes, shared weights, operators
without a layer; and what is remarked of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from cnnspec.facts.facts import Facts
from cnnspec.layers.shape import show_shape
from cnnspec.model_files.onnx.model_reader import read_model
from cnnspec.model_files.onnx.to_graph import convert_model
from cnnspec.model_files.refusal import ModelRefused
from tests.model_files.onnx.model_parts import (
    RELU,
    W,
    chain,
    doubling,
    node,
)
from tests.model_files.onnx.onnx_models import numbers, value, weight


def labels(model: Any) -> list[str]:
    return [n.label for n in convert_model(read_model(model.SerializeToString()), "net").nodes]


def test_a_training_mode_graph_has_the_same_layers() -> None:
    stats = [weight(name, 3) for name in "sbmv"]
    trained = node("BatchNormalization", ["x", *"sbmv"], ["n", "m2", "v2"], training_mode=1)
    yes, half = numpy_helper.from_array(np.array(True), "t"), numpy_helper.from_array(np.array(0.5, "float32"), "r")
    assert labels(chain(trained, node("Dropout", ["n", "r", "t"], ["y", "mask"]), tensors=[*stats, yes, half])) == [
        "input",
        "bn",
        "dropout",
    ]


def test_what_no_output_needs_may_be_anything() -> None:
    assert labels(chain(RELU, node("Frobnicate", ["x"], ["z"]))) == ["input", "relu"]


def test_functions_of_the_file_are_what_they_are_made_of() -> None:
    assert labels(doubling(2)) == ["input", *["relu"] * 4]


def test_a_function_has_its_callers_attributes() -> None:
    body = node("LeakyRelu", ["p"], ["q"])
    body.attribute.add(name="alpha", type=onnx.AttributeProto.FLOAT, ref_attr_name="slope")
    function = helper.make_function("own", "Leaky", ["p"], ["q"], [body], [helper.make_opsetid("", 17)], ["slope"])
    model = chain(node("Leaky", ["x"], ["y"], domain="own", slope=0.3), functions=[function])
    made = convert_model(read_model(model.SerializeToString()), "net").nodes[1]
    assert made.layer is not None and made.layer.argument_values() == {"negative_slope": 0.3}


@pytest.mark.parametrize("chosen", [True, False])
def test_a_branch_is_chosen_where_its_condition_is_known(chosen: bool) -> None:
    branches = {}
    for key, operator in (("then_branch", "Relu"), ("else_branch", "Tanh")):
        ends = [helper.make_empty_tensor_value_info(operator)]
        branches[key] = helper.make_graph([node(operator, ["x"], [operator])], key, [], ends)
    shape, rank = node("Shape", ["x"], ["s"]), node("Size", ["s"], ["r"])
    equal = node("Equal", ["r", "n"], ["c"])
    tensors = [numpy_helper.from_array(np.array(4 if chosen else 3), "n")]
    assert labels(chain(shape, rank, equal, node("If", ["c"], ["y"], **branches), tensors=tensors)) == [
        "input",
        "relu" if chosen else "tanh",
    ]


def test_a_map_of_any_size_is_read_at_two() -> None:
    """Where the layers are the same at both, they are those of every size."""
    model = chain(
        node("Conv", ["x", "w"], ["c"], strides=[2, 2]),
        node("Relu", ["c"], ["y"]),
        tensors=[W],
        shape=("N", 3, "H", "W"),
    )
    graph = convert_model(read_model(model.SerializeToString()), "net")
    assert [show_shape(n.shape) for n in graph.nodes if n.shape] == [
        "HxWx3",
        "((H - 1)//2)x((W - 1)//2)x4",
        "((H - 1)//2)x((W - 1)//2)x4",
    ]


def test_layers_that_are_made_for_one_size_have_none_at_any() -> None:
    half = [node("Shape", ["x"], ["s"], start=2), node("Div", ["s", "two"], ["q"]), node("Sub", ["q", "two"], ["m"])]
    cut = node("Slice", ["x", "m", "big", "axes"], ["y"])
    tensors = [numbers("two", 2), numbers("big", 2**31, 2**31), numbers("axes", 2, 3)]
    with pytest.raises(ModelRefused, match="the model makes layers for one size of its input, and that is open"):
        labels(chain(*half, cut, tensors=tensors, shape=("N", 3, "H", "W")))


def test_an_open_number_of_channels_is_refused() -> None:
    with pytest.raises(
        ModelRefused, match=r"an input's shape is \?x\?x8x8: it must be a batch and 1 to 4 sizes, each known"
    ):
        labels(chain(RELU, shape=("N", "C", 8, 8)))


def test_a_reduction_over_no_axes() -> None:
    """A sum of one number is that number; of a length, runtimes make the number or its absolute value."""
    relu = node("Relu", ["x"], ["r"])
    assert labels(chain(relu, node("ReduceSum", ["r"], ["y"], noop_with_empty_axes=1), opset=18)) == ["input", "relu"]
    with pytest.raises(ModelRefused, match="the length over no axes"):
        labels(chain(relu, node("ReduceL2", ["r"], ["y"], noop_with_empty_axes=1), opset=18))


@pytest.mark.parametrize(("size", "word"), [(3, "lrn"), (4, "opaque")])
def test_a_response_over_an_even_window_has_no_layer(size: int, word: str) -> None:
    model = chain(node("Relu", ["x"], ["r"]), node("LRN", ["r"], ["y"], size=size))
    last = convert_model(read_model(model.SerializeToString()), "net").nodes[-1]
    assert last.layer is not None and last.layer.names[0] == word


def test_weights_that_two_nodes_read_are_shared() -> None:
    twice = chain(
        node("Conv", ["x", "w"], ["a"]),
        node("Conv", ["z", "w"], ["b"]),
        node("Add", ["a", "b"], ["y"]),
        node("Relu", ["x"], ["z"]),
        tensors=[W],
    )
    twice.graph.node.insert(1, twice.graph.node.pop())
    made = convert_model(read_model(twice.SerializeToString()), "net").nodes
    assert [n.shares for n in made if n.label == "conv"] == [None, 1]


def test_ones_and_zeros_that_two_nodes_read_are_not() -> None:
    """Exporters keep one of the arrays that are alike, and at their beginning all scales are."""
    one, zero = [numpy_helper.from_array(np.full(3, n, "float32"), name) for name, n in (("one", 1), ("zero", 0))]
    nodes = [node("BatchNormalization", [a, "one", "zero", "zero", "one"], [b]) for a, b in (("x", "h"), ("h", "y"))]
    made = convert_model(read_model(chain(*nodes, tensors=[one, zero]).SerializeToString()), "net").nodes
    assert [n.shares for n in made] == [None] * 3


# ---- remarks --------------------------------------------------------------------------------------------------------
def remark(model: Any) -> str:
    return convert_model(read_model(model.SerializeToString()), "net").remark


def test_weights_that_no_node_reads_are_named_with_their_sum() -> None:
    tensors = [weight(f"w{i}", 10, i) for i in range(1, 6)]
    assert remark(chain(RELU, tensors=tensors)) == "150 parameters belong to no layer: w1, w2, w3 and 2 more"


def test_a_factor_and_an_offset_of_each_channel_are_said_to_be_a_batch_norm() -> None:
    tensors = [weight(name, 3, 1, 1) for name in "sb"]
    said = remark(chain(node("Mul", ["x", "s"], ["m"]), node("Add", ["m", "b"], ["y"]), tensors=tensors))
    assert (
        said
        == "1 batch norm written as a factor and an offset of each channel: moving averages are counted for them, which are not in the file"
    )


def test_a_map_that_is_flattened_channels_first_is_said() -> None:
    tensors = [weight("v", 192, 5)]
    assert "flattened channels first" in remark(
        chain(node("Flatten", ["x"], ["f"]), node("MatMul", ["f", "v"], ["y"]), tensors=tensors)
    )


# ---- operators without a layer ------------------------------------------------------------------------------------
OPAQUE: list[tuple[str, list[Any], list[Any], tuple[Any, ...], int]] = [  # nodes, tensors, the shape, parameters
    ("product", [node("MatMul", ["x", "b"], ["h"])], [weight("b", 3, 8, 8)], (8, 8, 3), 192),
    ("difference", [node("Sub", ["x", "b"], ["h"])], [weight("b", 3, 8, 8)], (8, 8, 3), 192),
    ("function", [node("Erf", ["x"], ["h"])], [], (8, 8, 3), 0),
    ("part", [node("Slice", ["x", "s", "e", "a", "t"], ["h"])], [numbers("s", 7), numbers("e", -9), numbers("a", 2), numbers("t", -2)], (4, 8, 3), 0),
    ("softmax", [node("Softmax", ["x"], ["h"], axis=0)], [], (8, 8, 3), 0),
    ("stated", [node("Deform", ["x", "w"], ["h"], domain="com.acme")], [weight("w", 4, 3, 3, 3)], (6, 6, 4), 108),
]  # fmt: skip


@pytest.mark.parametrize(
    ("nodes", "tensors", "shape", "parameters"), [case[1:] for case in OPAQUE], ids=[case[0] for case in OPAQUE]
)
def test_an_operator_without_a_layer_is_opaque_where_its_shape_is_known(
    nodes: list[Any], tensors: list[Any], shape: tuple[int, ...], parameters: int
) -> None:
    """Stated in the file, or worked out as of constants; analysis goes on behind it."""
    stated = [value("h", "N", 4, 6, 6)] if nodes[0].domain else []
    model = chain(*nodes, node("Relu", ["h"], ["y"]), tensors=tensors, value_info=stated)
    graph = convert_model(read_model(model.SerializeToString()), "net")
    (made,) = [n for n in graph.nodes if n.layer is not None and n.layer.names[0] == "opaque"]
    assert made.shape == graph.nodes[-1].shape == shape
    assert Facts(graph).total.parameters == parameters
    assert graph.remark.startswith(f"without a layer of the language: h ({nodes[0].op_type}): ")


def test_an_operator_without_a_layer_and_without_a_shape_is_refused() -> None:
    with pytest.raises(ModelRefused, match=r"h \(Deform\): no layer of the language is ONNX's Deform of com.acme"):
        labels(chain(node("Deform", ["x"], ["h"], domain="com.acme"), node("Relu", ["h"], ["y"])))


@pytest.mark.parametrize("batch", [2, "N"])
def test_an_opaque_output_has_its_batch_where_the_input_has_it(batch: int | str) -> None:
    """Attention has the sequence in front of the batch: 5x2x6, not 2x2x6."""
    back = node("Transpose", ["h"], ["y"], perm=[1, 0, 2])
    ahead = node("Transpose", ["x"], ["t"], perm=[1, 0, 2])
    model = chain(ahead, node("MatMul", ["t", "m"], ["h"]), back, tensors=[weight("m", 4, 6)], shape=(batch, 5, 4))
    made = convert_model(read_model(model.SerializeToString()), "net").nodes[-1]
    assert made.layer is not None and made.layer.names[0] == "opaque"
    assert sorted(made.shape or ()) == [5, 6]
