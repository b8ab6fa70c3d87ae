"""Operators of ONNX as layers, one small graph each; onnx's own shape inference is the judge of shapes."""

from __future__ import annotations

import re
from math import prod
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper, parser

from cnnspec.facts.facts import Facts
from cnnspec.graph import Graph
from cnnspec.model_files.onnx.model_reader import read_model
from cnnspec.model_files.onnx.to_graph import convert_model
from cnnspec.spec_writer import to_text
from tests.model_files.onnx.onnx_models import graph_model, value
from tests.model_files.onnx.operator_cases import CASES


def model_of(shape: tuple[Any, ...], nodes: str, tensors: dict[str, Any], opset: int) -> Any:
    """The model of some nodes, written as onnx's parser has them."""
    random = np.random.default_rng(1)
    made = []
    for name, given in tensors.items():
        array = random.normal(size=given).astype("float32") if isinstance(given, tuple) else given
        made.append(numpy_helper.from_array(array, name))
    steps = [parser.parse_node(line.strip()) for line in nodes.split(";")]
    return graph_model(steps, made, [value("x", *shape)], [onnx.helper.make_empty_tensor_value_info("y")], opset)


def convert(model: Any) -> Graph:
    graph = convert_model(read_model(model.SerializeToString()), "net")
    graph.assign_names()
    return graph


def body(graph: Graph) -> str:
    """The text of a graph without its input, names and line ends."""
    text = to_text(graph)
    inner = text[text.index("{") + 1 : text.rindex("}")] if text.startswith("model") else text
    lines = " ".join([line.strip() for line in inner.strip().split("\n")[1:]])
    return re.sub(r" as \w+", "", lines)


@pytest.mark.parametrize(
    ("shape", "nodes", "tensors", "text", "opset"), CASES, ids=[f"{i}-{case[1][:30]}" for i, case in enumerate(CASES)]
)
def test_operators_are_layers(
    shape: tuple[Any, ...], nodes: str, tensors: dict[str, Any], text: str, opset: int
) -> None:
    model = model_of((4, *shape[1:]), nodes, tensors, opset)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph.output[0]
    sizes = [dim.dim_value for dim in inferred.type.tensor_type.shape.dim]
    for made in (model, model_of(shape, nodes, tensors, opset)):  # a batch of 4, and an open one
        graph = convert(made)
        assert body(graph) == text
        node = graph.nodes[graph.outputs[0]]
        assert node.shape is not None
        assert not all(sizes) or not sizes or 4 * prod(node.shape) == prod(sizes)  # it does not infer all
    weights = sum([np.prod(given, dtype=int) for given in tensors.values() if isinstance(given, tuple)])
    assert Facts(graph).total.parameters == weights or text == "bn"
