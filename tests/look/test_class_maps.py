"""Class activations against their definition, computed in other ways, and the occlusion map against a loop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.look.class_activation import find_centres, find_class_activation, spread
from cnnspec.look.classes import Choice, make_choice, measure_classes
from cnnspec.look.network_graph import drop_last_function
from cnnspec.look.occlusion import find_occlusion
from cnnspec.look.opened import OpenedNetwork
from cnnspec.trace.values import compute_network_gradients, compute_values
from tests.look.opened_models import draw_image, open_file, save_spec
from tests.support import QUICK_XLA

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.kernels
AROUND = """input 9x8x3
conv(6, 3x3, padding=same, activation=relu) -> maxpool(2x2) as x
conv(6, 3x3, padding=same) -> bn -> relu as y
add(x, y) -> conv(4, 2x2, activation=tanh) -> avgpool(2x2) -> flatten -> dense(5, relu) -> dense(3, softmax)"""
HEADS = {  # the end, the output for a class, its sign, the gradient of the last map's filters by hand
    "softmax": "gap -> dense(3, softmax)", "softmax apart": "gap -> dense(3) -> softmax", "logits": "gap -> dense(3)",
    "softmax, reshaped": "gap -> dense(3, softmax) -> reshape((3,))", "sigmoid": "gap -> dense(1, sigmoid)",
    "sigmoid apart": "gap -> dense(1) -> sigmoid", "two labels": "gap -> dense(2, sigmoid)",
}  # fmt: skip


def definition(network: OpenedNetwork, image: Any, choice: Choice) -> Any:
    """The map of a class by its definition, from the values and gradients of plain NumPy, in double precision."""
    graph = drop_last_function(network.graph, ("softmax",))
    weights = {}
    for node in graph.nodes:
        shapes: Any = graph.input_shapes(node)
        if node.layer is not None and node.layer.weights(shapes):
            names = [weight.name for weight in node.layer.weights(shapes)]
            weights[node.name] = dict(zip(names, [w.astype(float) for w in network.find_weights(node)], strict=True))
    values = compute_values(graph, [image[None].astype(float)], weights)
    outputs: Any = values[graph.outputs[0]]
    asked = np.zeros_like(outputs)
    asked[0, choice.unit] = choice.sign
    back = compute_network_gradients(graph, values, weights, {graph.outputs[0]: asked})
    assert network.last_map is not None
    gradient, map = back.values[network.last_map.index], values[network.last_map.index]
    assert gradient is not None and map is not None
    return np.maximum((map[0] * gradient[0].mean(axis=(0, 1))).sum(axis=-1), 0)


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> OpenedNetwork:
    return open_file(save_spec(AROUND, tmp_path_factory.mktemp("around") / "net.keras"))


@pytest.mark.parametrize("name", ["conv3", "x", "conv1"])
def test_a_class_activation_is_its_definition(
    around: OpenedNetwork, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of maps with and without paths around them."""
    network = open_file(Path(around.path))
    monkeypatch.setattr(network, "last_map", network.find_map(name))
    (image,) = draw_image(network)
    for number in range(3):
        choice = make_choice(network.asked, number)
        found = find_class_activation(network, image, "image", choice)
        assert found is not None
        np.testing.assert_allclose(found.map, definition(network, image, choice), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("end", HEADS.values(), ids=HEADS)
def test_the_score_is_what_enters_the_last_function(end: str, tmp_path: Path) -> None:
    """Behind a mean over positions the gradient is the weight of the dense layer, whatever function comes last."""
    network = open_file(save_spec(f"input 6x6x1\nconv(4, 3x3, activation=relu)\n{end}", tmp_path / "net.keras"))
    (image,) = draw_image(network)
    network.check(image, "image")
    dense = next(node for node in network.graph.nodes if node.name == "dense1")
    (weights, _), (map,) = network.find_weights(dense), network.compute_maps(image[None], ["image"], network.maps[:1])
    for number in range(len(network.asked.output.names)):
        choice = make_choice(network.asked, number)
        column = choice.sign * weights[:, choice.unit]
        gradient = choice.sign * network.compute_gradient(image, choice.unit)
        np.testing.assert_allclose(gradient, np.broadcast_to(column / 16, (4, 4, 4)), rtol=1e-4, atol=1e-6)
        found = find_class_activation(network, image, "image", choice)
        assert found is not None
        np.testing.assert_allclose(found.map, np.maximum(map[0] @ column / 16, 0), rtol=1e-3, atol=1e-6)


def test_an_output_of_two_classes_speaks_for_the_second(tmp_path: Path) -> None:
    text = "input 6x6x1\nconv(4, 3x3, activation=relu)\ngap -> dense({}, sigmoid)"
    two = open_file(save_spec(text.format(1), tmp_path / "two.keras"))
    labels = open_file(save_spec(text.format(2), tmp_path / "labels.keras"))
    assert [make_choice(two.asked, number) for number in range(2)] == [Choice(0, "0", 0, -1), Choice(1, "1", 0, 1)]
    assert [make_choice(labels.asked, number) for number in range(2)] == [Choice(0, "0", 0, 1), Choice(1, "1", 1, 1)]
    np.testing.assert_allclose(measure_classes(np.array([[0.3]]), two.asked), [[0.7, 0.3]])


def test_a_value_of_the_map_lies_where_its_field_has_its_centre(tmp_path: Path) -> None:
    network = open_file(save_spec("input 11x9x1\nconv(2, 3x3, stride=2)\ngap -> dense(2)", tmp_path / "net.keras"))
    rows, columns = find_centres(network, 11, 9)
    assert (rows.tolist(), columns.tolist()) == ([1, 3, 5, 7, 9], [1, 3, 5, 7])
    map = np.arange(20.0).reshape(5, 4)
    heat = spread(map, (rows, columns), (11, 9))
    assert heat.shape == (11, 9)
    np.testing.assert_array_equal(heat[1::2, 1::2], map)
    assert (heat[0, 0], heat[10, 8], heat[2, 4]) == (0, 19, map[:2, 1:3].mean())


# ---- occlusion -----------------------------------------------------------------------------------------------
def test_the_occlusion_map_is_the_mean_loss_under_all_squares(around: OpenedNetwork) -> None:
    (image,) = draw_image(around)
    found = find_occlusion(around, image, "image", 1)
    assert (found.side, found.step) == (2, 1)
    whole = measure_classes(around.model(image[None]).numpy(), around.asked)[0, 1]
    total, times, least = np.zeros((9, 8)), np.zeros((9, 8)), {}
    for y in range(8):
        for x in range(7):
            covered = image.copy()
            covered[y : y + 2, x : x + 2] = image.mean(axis=(0, 1))
            value = around.model(covered[None]).numpy()[0, 1]
            least[(y, y + 1), (x, x + 1)] = value
            total[y : y + 2, x : x + 2] += whole - value
            times[y : y + 2, x : x + 2] += 1
    np.testing.assert_allclose(found.heat, total / times, atol=1e-6)
    assert found.box == min(least, key=lambda box: least[box])
    assert (found.whole, found.least) == (pytest.approx(whole), pytest.approx(min(least.values())))


# ---- other backends ------------------------------------------------------------------------------------------
# TensorFlow is hidden: where it is installed, Keras imports it on every backend when a model is loaded.
SCRIPT = """
import json, sys
sys.modules["tensorflow"] = None
from cnnspec.compile.backend import import_keras
import_keras(sys.argv[2])
from pathlib import Path
from tests.look.opened_models import draw_image, open_file
from cnnspec.look.class_activation import find_class_activation
from cnnspec.look.classes import make_choice
network = open_file(Path(sys.argv[1]))
found = find_class_activation(network, draw_image(network)[0], "image", make_choice(network.asked, 2))
print(json.dumps(found.map.tolist()))
"""


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_finds_the_same(around: OpenedNetwork, backend: str) -> None:
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, around.path, backend], capture_output=True, text=True, check=False, cwd=root,
        env=os.environ | QUICK_XLA | {"PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    here = find_class_activation(around, draw_image(around)[0], "image", make_choice(around.asked, 2))
    assert here is not None
    np.testing.assert_allclose(json.loads(done.stdout), here.map, rtol=1e-3, atol=1e-5)
