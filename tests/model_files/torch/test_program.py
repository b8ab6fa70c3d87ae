"""The program in an archive: what the records say, and what of a damaged one is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.program import (
    OpenAxis,
    Program,
    ProgramNode,
    ProgramWeight,
    Reference,
    Subprogram,
    Value,
)
from cnnspec.model_files.torch.read_nodes import read_modules
from cnnspec.model_files.torch.read_program import read_program
from cnnspec.model_files.torch.source_lines import SourceLine, find_source_line
from tests.model_files.torch.archives import FIXTURES, find_node, read_json

SOURCE = "/project/tests/model_files/torch/sample_models.py"


def program(name: str) -> Program:
    return read_program(f"{name}.pt2", read_json(name))


def test_a_program() -> None:
    made = program("tiny")
    assert made.inputs == (Value("x", (2, 3, 32, 32), "float32"),)
    assert made.outputs == ("linear",)
    assert made.weights["p_conv_weight"] == ProgramWeight(
        "conv.weight", "parameter", Value("p_conv_weight", (8, 3, 3, 3), "float32")
    )
    assert {weight.kind for weight in made.weights.values()} == {"parameter", "buffer"}
    assert [node.target for node in made.nodes] == [
        f"aten.{name}"
        for name in ("conv2d.default", "batch_norm.default", "relu.default", "chunk.default", "cat.default", "mean.dim", "linear.default")
    ]  # fmt: skip
    first, chunk = made.nodes[0], made.nodes[3]
    assert first.arguments == {
        "input": Reference("x"),
        "weight": Reference("p_conv_weight"),
        "bias": Reference("p_conv_bias"),
        "stride": (2, 2),
        "padding": (1, 1),
    }
    assert (first.module, first.names) == ("conv", ("conv2d",))
    assert chunk.outputs == tuple(Value(name, (2, 4, 16, 16), "float32") for name in ("getitem", "getitem_1"))


def test_a_node_knows_the_line_of_the_model() -> None:
    lines = (FIXTURES.parent / "sample_models.py").read_text(encoding="utf-8").split("\n")
    nodes = program("illegal_stride").nodes
    assert {node.place.file for node in nodes if node.place} == {SOURCE}
    found = [lines[node.place.line - 1].strip() for node in nodes if node.place]
    assert found == [
        "x = torch.relu(self.stem(x))",
        "x = torch.relu(self.stem(x))",
        "x = self.down(x)",
        "return torch.relu(x).mean((2, 3))",
        "return torch.relu(x).mean((2, 3))",
    ]


def test_an_open_batch_and_an_open_height() -> None:
    made = program("tiny_open")
    assert made.inputs[0].sizes == (None, 3, 32, 32)
    assert made.open_axes == (OpenAxis("x", 2, 32),)
    assert [node.outputs[0].sizes[0] for node in made.nodes if node.outputs[0]] == [None] * 7


def test_a_graph_within() -> None:
    inner = program("no_gradient").nodes[0].arguments["1"]
    assert isinstance(inner, Subprogram)
    assert [node.target for node in inner.nodes] == ["aten.conv2d.default", "aten.relu.default"]
    assert inner.outputs == ("relu",)


def test_changes_of_buffers_are_no_outputs() -> None:
    assert program("tiny_training_core").outputs == ("addmm",)


def test_every_fixture_is_read() -> None:
    for path in FIXTURES.glob("*.pt2"):
        made = program(path.stem)
        assert made.nodes and made.outputs and made.inputs
        assert all(isinstance(node, ProgramNode) for node in made.nodes)


TRACES = [
    ("", None),
    ('File "/home/me/model.py", line 3, in forward\n    x', SourceLine("/home/me/model.py", 3)),
    ('File "/a/train.py", line 3, in f\n  x\n  File "/a/block.py", line 9, in g\n  y', SourceLine("/a/block.py", 9)),
    ('File "/a/net.py", line 3, in f\n  File "/v/lib/python3.12/site-packages/timm/x.py", line 9, in g', SourceLine("/a/net.py", 3)),
    ('File "/usr/lib/python3/dist-packages/net.py", line 3, in f', None),
    ('File "/usr/lib/python3.11/contextlib.py", line 3, in f', None),
    ('File "C:\\me\\net.py", line 3, in f\n  File "C:\\v\\Lib\\site-packages\\torch\\nn\\x.py", line 1, in g', SourceLine("C:\\me\\net.py", 3)),
    ('File "/src/pytorch/torch/nn/modules/conv.py", line 3, in f', None),
    ('File "/me/torch/net.py", line 3, in f', SourceLine("/me/torch/net.py", 3)),
    ('File "<string>", line 1, in f\n  File "<eval_with_key>.1", line 2, in g', None),
    ('File "/tmp/ipykernel_7/123.py", line 5, in f', SourceLine("/tmp/ipykernel_7/123.py", 5)),
    ('File "/a.py", line 99999999999999999999, in f', None),
    ('say "File" and File "/a.py", line 3', None),
]  # fmt: skip


@pytest.mark.parametrize(("trace", "place"), TRACES, ids=[str(i) for i in range(len(TRACES))])
def test_the_innermost_line_of_the_users_own(trace: str, place: SourceLine | None) -> None:
    assert find_source_line(trace) == place


@pytest.mark.parametrize(
    ("saved", "path"),
    [
        ("L__self__,,net.Net;L__self__layer1.0.conv1,layer1.0.conv1,torch.nn.modules.conv.Conv2d", "layer1.0.conv1"),
        ('L__self__,,n.N;getattr(L__self___layer1, "0"),layer1.0,n.B', "layer1.0"),
        ("L__self__,,net.Net", ""),
        ("L__self__,,net.Net;L__self__conv@1,conv@1,torch.nn.Conv2d", "conv"),
        ("", ""),
        (";;;,", ""),
        (None, ""),
        ({"a": 1}, ""),
    ],
)
def test_path_of_a_module(saved: Any, path: str) -> None:
    modules = read_modules(saved)
    assert (modules[-1][0] if modules else "") == path


def graph(saved: dict[str, Any]) -> Any:
    return saved["graph_module"]["graph"]


def signature(saved: dict[str, Any]) -> Any:
    return saved["graph_module"]["signature"]


DAMAGED: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("graph_module of the file is missing", lambda s: s.pop("graph_module")),
    ("graph of the graph module is null", lambda s: s["graph_module"].update(graph=None)),
    ("signature of the graph module is a list", lambda s: s["graph_module"].update(signature=[])),
    ("nodes of the graph is an object", lambda s: graph(s).update(nodes={})),
    ("nodes of the graph holds a whole number", lambda s: graph(s)["nodes"].append(3)),
    ("tensor_values of the graph is missing", lambda s: graph(s).pop("tensor_values")),
    ("x of tensor_values is missing", lambda s: graph(s)["tensor_values"].pop("x")),
    ("sizes of x is a text", lambda s: graph(s)["tensor_values"]["x"].update(sizes="3")),
    ("a size of x is not a whole number from 0", lambda s: graph(s)["tensor_values"]["x"].update(sizes=[{"as_int": -1}])),
    ("a size of x is not a whole number from 0", lambda s: graph(s)["tensor_values"]["x"].update(sizes=[{"as_int": 2**70}])),
    ("a size of x has 2 entries", lambda s: graph(s)["tensor_values"]["x"].update(sizes=[{"as_int": 1, "as_expr": 2}])),
    ("x has 17 axes", lambda s: graph(s)["tensor_values"]["x"].update(sizes=[{"as_int": 1}] * 17)),
    ("axis 1 of input x is open", lambda s: graph(s)["tensor_values"]["x"].update(sizes=[{"as_int": 1}, {"as_expr": {"expr_str": "u0", "hint": None}}])),
    ("target of a node is true or false", lambda s: find_node(s, "cat.default").update(target=True)),
    ("two arguments dim", lambda s: find_node(s, "cat.default")["inputs"].append(find_node(s, "cat.default")["inputs"][1])),
    ("has 0 entries", lambda s: find_node(s, "cat.default")["inputs"][1].update(arg={})),
    ("dim of aten.cat.default is null", lambda s: find_node(s, "cat.default")["inputs"][1].update(arg=None)),
    ("dim of aten.cat.default is a text", lambda s: find_node(s, "cat.default")["inputs"][1].update(arg={"as_int": "1"})),
    ("dim of aten.cat.default is of kind as_nonsense", lambda s: find_node(s, "cat.default")["inputs"][1].update(arg={"as_nonsense": 1})),
    ("is later, which no input is and no node before it computes", lambda s: find_node(s, "relu.default")["inputs"][0].update(arg={"as_tensor": {"name": "later"}})),
    ("is linear, which no input is", lambda s: find_node(s, "relu.default")["inputs"][0].update(arg={"as_tensor": {"name": "linear"}})),
    ("is relu, which no input is", lambda s: find_node(s, "relu.default")["inputs"][0].update(arg={"as_tensor": {"name": "relu"}})),
    ("conv2d is computed twice", lambda s: find_node(s, "relu.default")["outputs"][0].update(as_tensor={"name": "conv2d"})),
    ("x is computed twice", lambda s: find_node(s, "relu.default")["outputs"][0].update(as_tensor={"name": "x"})),
    ("an output is nowhere, which nothing computes", lambda s: signature(s)["output_specs"][0].update(user_output={"arg": {"as_tensor": {"name": "nowhere"}}})),
    ("two inputs are called p_conv_weight", lambda s: signature(s)["input_specs"].append(signature(s)["input_specs"][0])),
    ("two inputs have one name", lambda s: signature(s)["input_specs"].append(signature(s)["input_specs"][-1])),
    ("an input is of kind custom_obj", lambda s: signature(s)["input_specs"].append({"custom_obj": {"arg": {}}})),
    ("a parameter is missing", lambda s: signature(s)["input_specs"][0]["parameter"]["arg"].clear()),
]  # fmt: skip


@pytest.mark.parametrize(("why", "change"), DAMAGED, ids=[f"{i}-{why[:40]}" for i, (why, _) in enumerate(DAMAGED)])
def test_a_damaged_program(why: str, change: Callable[[dict[str, Any]], Any]) -> None:
    saved = read_json("tiny")
    change(saved)
    with pytest.raises(ModelRefused) as refused:
        read_program("net.pt2", saved)
    assert "net.pt2 is a damaged .pt2 file: " in str(refused.value)
    assert why in str(refused.value) and "\n" not in str(refused.value)
