"""ONNX models that are no networks of ours, or mean harm: one sentence, and no long wait."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from cnnspec.facts.facts import Facts
from cnnspec.layers.shape import show_shape
from cnnspec.model_files.onnx import steps
from cnnspec.model_files.onnx.model_reader import read_model
from cnnspec.model_files.onnx.to_graph import convert_model
from cnnspec.model_files.refusal import ModelRefused
from tests.model_files.onnx.onnx_models import everything, graph_model, numbers, small, value, weight
from tests.support import THOROUGH

node = helper.make_node


def chain(
    *nodes: Any, tensors: list[Any] | None = None, shape: tuple[Any, ...] = ("N", 3, 8, 8), opset: int = 17, **more: Any
) -> Any:
    """A model of nodes from x to y."""
    return graph_model(
        list(nodes), tensors or [], [value("x", *shape)], [helper.make_empty_tensor_value_info("y")], opset, **more
    )


def shapeless() -> Any:
    model = chain(node("Relu", ["x"], ["y"]))
    model.graph.input[0].type.tensor_type.ClearField("shape")
    return model


def without_opset() -> Any:
    model = chain(node("Relu", ["x"], ["y"]))
    del model.opset_import[:]
    return model


def calling(*bodies: tuple[str, list[Any]]) -> Any:
    """A model that uses the first of some functions, each p → q."""
    functions = [
        helper.make_function(
            "own", name, ["p"], ["q"], body, [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
        )
        for name, body in bodies
    ]
    return chain(node(bodies[0][0], ["x"], ["y"], "call", domain="own"), functions=functions)


def doubling(depth: int) -> Any:
    """Functions of two uses of the next each: 2^depth steps."""

    def uses(name: str) -> list[Any]:
        return [node(name, ["p"], ["m"], domain="own"), node(name, ["m"], ["q"], domain="own")]

    return calling(*[(f"f{i}", uses(f"f{i + 1}")) for i in range(depth)], (f"f{depth}", [node("Relu", ["p"], ["q"])]))


def branching(condition: str, tensors: list[Any]) -> Any:
    branch = helper.make_graph([node("Relu", ["x"], ["b"])], "b", [], [helper.make_empty_tensor_value_info("b")])
    return chain(node("If", [condition], ["y"], "if", then_branch=branch, else_branch=branch), tensors=tensors)


def giant() -> Any:
    """A weight of 10^18 numbers, none of which is there."""
    tensor = TensorProto(name="w", dims=[10**9, 3, 10**5, 10**4], data_type=1)
    return chain(node("Conv", ["x", "w"], ["y"]), tensors=[tensor])


def counting(times: int) -> Any:
    """Arithmetic on 4,096 numbers, again and again."""
    tensors = [numpy_helper.from_array(np.arange(4096), "a0")]
    nodes = [node("Add", [f"a{i}", f"a{i}"], [f"a{i + 1}"]) for i in range(times)]
    return chain(*nodes, node("Reshape", ["x", f"a{times}"], ["y"]), tensors=tensors)


def language_model() -> Any:
    tensors = [weight("table", 100, 8), weight("w", 8, 8)]
    nodes = [
        node("Gather", ["table", "x"], ["e"]), node("MatMul", ["e", "w"], ["q"]), node("Transpose", ["e"], ["t"], perm=[0, 2, 1]),
        node("MatMul", ["q", "t"], ["s"], "scores"), node("Softmax", ["s"], ["y"]),
    ]  # fmt: skip
    ids = value("x", "batch", "sequence", element=TensorProto.INT64)
    return graph_model(nodes, tensors, [ids], [helper.make_empty_tensor_value_info("y")])


W, RELU = weight("w", 4, 3, 3, 3), node("Relu", ["x"], ["y"])
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


# ---- what is right all the same ------------------------------------------------------------------------------------
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
    ("product", [node("MatMul", ["x", "x"], ["h"])], [], (8, 8, 3), 0),
    ("sum", [node("Add", ["x", "b"], ["h"])], [weight("b", 3, 8, 8)], (8, 8, 3), 192),
    ("function", [node("Erf", ["x"], ["h"])], [], (8, 8, 3), 0),
    ("part", [node("Slice", ["x", "s", "e", "a", "t"], ["h"])], [numbers("s", 0), numbers("e", 8), numbers("a", 2), numbers("t", 2)], (4, 8, 3), 0),
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


# ---- mutations -----------------------------------------------------------------------------------------------------
TRIES = 10_000 if THOROUGH else 240


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A file with some bytes changed, cut out or put in; seldom so many that it is no message any more."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(len(made))
        kind = chance.randrange(6)
        if kind == 0:
            del made[at : at + chance.randrange(1, 9)]
        elif kind == 1:
            made[at:at] = chance.randbytes(chance.randrange(1, 5))
        elif kind == 2:
            made[at] = chance.choice((0, 1, 127, 128, 255))
        else:
            made[at] ^= 1 << chance.randrange(8)
    return bytes(made)


def changed(proto: Any, chance: random.Random) -> bytes:
    """A model whose fields are changed, so that it is one still: names, numbers, shapes, the order of its nodes."""
    made = type(proto).FromString(proto.SerializeToString())
    nodes, tensors = made.graph.node, made.graph.initializer
    for _ in range(chance.choice((1, 2, 3))):
        one, other = chance.choice(nodes), chance.choice(nodes)
        kind = chance.randrange(9)
        if kind == 0 and one.input:
            one.input[chance.randrange(len(one.input))] = chance.choice([*other.input, *other.output, "", "none"])
        elif kind == 1:
            one.op_type = other.op_type
        elif kind == 2 and one.attribute:
            attribute = chance.choice(one.attribute)
            attribute.i = chance.choice((0, 1, -1, 7, 2**31, -(2**63)))
            if attribute.ints:
                attribute.ints[chance.randrange(len(attribute.ints))] = attribute.i
        elif kind == 3 and one.attribute:
            del one.attribute[chance.randrange(len(one.attribute))]
        elif kind == 4 and tensors:
            tensor = chance.choice(tensors)
            if tensor.dims:
                tensor.dims[chance.randrange(len(tensor.dims))] = chance.choice((0, 1, 2, 10**9, 2**62))
        elif kind == 5 and tensors:
            tensor = chance.choice(tensors)
            tensor.raw_data = chance.randbytes(len(tensor.raw_data))
        elif kind == 6:
            one.input.append(chance.choice([*other.input, *other.output, "x"]))
        elif kind == 7:
            nodes.insert(0, nodes.pop(chance.randrange(len(nodes))))
        else:
            dims = made.graph.input[0].type.tensor_type.shape.dim
            dims[chance.randrange(len(dims))].dim_value = chance.choice((0, 1, 5, -1, 10**9, 2**62))
    return bytes(made.SerializeToString())


def test_mutated_files_are_read_or_refused_in_one_sentence() -> None:
    """Bytes changed in one half of them, fields in the other; most of all still reach the graph's reader."""
    chance = random.Random(20)
    protos = [
        small(),
        small(11, 2),
        doubling(2),
        everything(),
        branching("t", [numpy_helper.from_array(np.array(True), "t")]),
    ]
    reached = converted = longest = 0
    for number in range(TRIES):
        proto = protos[number // 2 % len(protos)]
        data = mutated(proto.SerializeToString(), chance) if number % 2 else changed(proto, chance)
        try:
            model = read_model(data)
            reached += 1
            convert_model(model, "net")
            converted += 1
        except ModelRefused as refusal:
            longest = max(longest, len(refusal.lines))
    assert longest == 1
    assert reached > TRIES / 2
    assert converted > TRIES / 20


@pytest.mark.parametrize("batch", [2, "N"])
def test_an_opaque_output_has_its_batch_where_the_input_has_it(batch: int | str) -> None:
    """Attention has the sequence in front of the batch: 5x2x6, not 2x2x6."""
    back = node("Transpose", ["h"], ["y"], perm=[1, 0, 2])
    ahead = node("Transpose", ["x"], ["t"], perm=[1, 0, 2])
    model = chain(ahead, node("MatMul", ["t", "m"], ["h"]), back, tensors=[weight("m", 4, 6)], shape=(batch, 5, 4))
    made = convert_model(read_model(model.SerializeToString()), "net").nodes[-1]
    assert made.layer is not None and made.layer.names[0] == "opaque"
    assert sorted(made.shape or ()) == [5, 6]
