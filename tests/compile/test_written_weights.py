"""Weights whose values are written down are those of the Keras model, whatever its precision, of its source, of the model
that is saved, cloned and imported again, and of PyTorch source."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnspec
from cnnspec.compile.torch_model import find_torch_state
from cnnspec.compile.torch_source import print_module
from tests.support import zero_weights

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.kernels
NETWORKS = {
    "image": """third = 1/3
input 5x5x1
conv(2, 3x3, kernel_values=[sobel_x, [[third, 0.1, 2/7], [1, 2, 3], [4, 5, 1/999_983]]], bias_values=[0, -1/2])
prelu(shared_axes=(1, 2), alpha_values=[1/4, 2/3])
depthwise_conv(2x2, multiplier=2, kernel_values=[[box, gaussian], [[[1, 2], [3, 4]], [[5, 6], [7, 1/11]]]])
separable_conv(3, 2x2, depthwise_values=box, pointwise_values=[[1, 2, 3, 4], [5, 6, 7, 8], [1/9, 1/8, 1/7, 1/6]])
conv_transpose(2, 2x2, stride=2, kernel_values=[[box, box, [[1, 2], [3, 4]]], [gaussian, [[1, 0], [0, 1]], [[0, 0], [0, 1/11]]]])
flatten
dense(2, kernel_values=[[1/3, 2, 3, 4, 5, 6, 7, 8], [8, 7, 6, 5, 4, 3, 2, 1]], bias_values=[1, -1])
bn(gamma_values=[1/3, 2], beta_values=[1, 2/3], moving_mean_values=[0.5, 1e-3], moving_variance_values=[1, 1/7])
layer_norm(beta_values=[1, 1/9]) -> group_norm(2, gamma_values=[2, 0.3])""".replace("999_983", "999983"),
    "text": "input 4\nembedding(3, 2, embeddings_values=[[1, 2], [3, 4], [5, 1/6]]) -> conv(1, 2, groups=1, kernel_values=[[1, 1/3], [0, -2]])",
    "affine": """input 4x3x2
affine(axis=(1, 3), gamma_values=[[1, 2], [3, 4], [5, 6], [7, 1/3]], beta_values=[[[1, 2]], [[3, 4]], [[5, 6]], [[7, 2/3]]])
affine(axis=(2, 1), center=false, gamma_values=[[1, 2, 3], [4, 5, 6], [7, 8, 9], [1/7, 1, 2]]) -> affine(gamma_values=[1, 2], beta_values=[1/9, 4])""",
    "volume": "input 3x3x3x2\nconv(2, 2, groups=2, kernel_values=[[[[1, 2], [3, 4]], [[5, 6], [7, 8/9]]], [[[0, 0], [0, 0]], [[1, 0], [0, 1]]]])",
}  # fmt: skip


def exact_weights(made: cnnspec.Network, model: Any) -> list[tuple[Any, Any]]:
    """Each variable of the model whose values are written down, and its numbers, rounded once."""
    graph, pairs = made.analysed.graph, []
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        if node.layer is None or shapes is None:
            continue
        written = node.layer.written_weights(shapes)
        for weight, variable in zip(
            node.layer.weights(shapes), model.get_layer(node.name).weights if written else (), strict=False
        ):
            if weight.name in written:
                array = written[weight.name]
                numbers = np.array([float(n) for n in array.numbers]).reshape(array.shape)
                pairs.append((variable, numbers.astype(variable.dtype)))
    return pairs


@pytest.mark.parametrize("precision", ["float32", "float64", "mixed_bfloat16"])
@pytest.mark.parametrize("name", NETWORKS)
def test_they_reach_keras_exactly(name: str, precision: str, tmp_path: Path) -> None:
    made = cnnspec.loads(NETWORKS[name])
    keras.config.set_dtype_policy(precision)
    try:
        with zero_weights():
            model = made.to_keras()
            scope: dict[str, Any] = {}
            exec(made.to_source(), scope)
        model.save(tmp_path / "net.keras")
        again = [scope["model"], keras.models.load_model(tmp_path / "net.keras"), keras.models.clone_model(model)]
    finally:
        keras.config.set_dtype_policy("float32")
    pairs = exact_weights(made, model)
    assert len(pairs) == {"image": 15, "text": 2, "affine": 5, "volume": 1}[name]
    for variable, numbers in pairs:
        assert np.array_equal(variable.numpy(), numbers), variable.path
    for other in again:
        assert all(np.array_equal(a.numpy(), b.numpy()) for a, b in zip(model.weights, other.weights, strict=True))
    if precision == "float32":
        assert cnnspec.diff(made, cnnspec.load(tmp_path / "net.keras")).same


@pytest.mark.parametrize("name", NETWORKS)
def test_they_reach_pytorch(name: str) -> None:
    """The numbers of the printed module are those of the Keras model, laid out as PyTorch's state has them."""
    made = cnnspec.loads(NETWORKS[name])
    printed = print_module(made.analysed)
    state = find_torch_state(made.analysed.graph, printed, made.to_keras())
    found = {}
    for node in ast.walk(ast.parse(printed.text)):
        if isinstance(node, ast.Assign) and "begin_with(" in ast.unparse(node.value):
            home, call = ast.unparse(node.targets[0]).removeprefix("self."), node.value
            assert isinstance(call, ast.Call)
            found |= {f"{home}.{k.arg}": np.array(eval(ast.unparse(k.value)), "float32") for k in call.keywords}
    assert len(found) == {"image": 15, "text": 2, "affine": 5, "volume": 1}[name]
    for place, numbers in found.items():
        assert np.array_equal(numbers, state[place]), place


def test_a_block_that_is_given_other_values_is_printed_with_them() -> None:
    text = """block edges(k) { conv(1, 3x3, padding=same, bias=false, kernel_values=k) -> relu }
input 5x5x1
edges(sobel_x) -> edges([[1, 2, 3], [4, 5, 6], [7, 8, 1/3]]) -> edges(sobel_x)"""
    made = cnnspec.loads(text)
    scope: dict[str, Any] = {}
    exec(made.to_source(), scope)
    for (variable, numbers), other in zip(exact_weights(made, made.to_keras()), scope["model"].weights, strict=True):
        assert np.array_equal(variable.numpy(), numbers) and np.array_equal(other.numpy(), numbers)
    assert made.to_source("torch").count("1 / 3") == 1
