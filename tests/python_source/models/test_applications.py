"""keras.applications in a Python source: each is what the zoo has of it, known beforehand or read out of the installed Keras's
own sources, and what Keras builds of other sizes and without its head. CNNSPEC_WHOLE_ZOO=1 tries all of them."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.source import Source
from cnnspec.graph import Graph
from cnnspec.pipeline import analyse
from cnnspec.python_source import read_python
from cnnspec.python_source.found import PythonNetwork
from tests.example_files import SMALLEST, ZOO
from tests.python_source.comparing import count_all, list_calls, list_shapes, read_file

ALL = os.environ.get("CNNSPEC_WHOLE_ZOO")
FILES = sorted(ZOO.glob("*.cnn")) if ALL else SMALLEST
# How a model is made that is not the usual one: an odd size, no head, another pooling; fewer classes of images of any size.
OTHERS = (
    'include_top=False, input_shape=(203, 187, 3), pooling="avg"',
    "classes=7, classifier_activation=None, input_shape=(160, 192, 3)",
    'include_top=False, pooling="max"',
)
BUILT = [path.stem for path in FILES] if ALL else ["MobileNetV2", "ConvNeXtTiny"]


def read(name: str, arguments: str = "", installed: bool = False) -> PythonNetwork:
    text = f"import keras\nmodel = keras.applications.{name}({', '.join(filter(None, ['weights=None', arguments]))})\n"
    reading = read_python(Source("net.py", text), read_file, "", installed)
    assert reading.found == ()
    assert installed or reading.unknowns == ()
    (network,) = [network for network in reading.networks if not network.inner]
    assert network.whole
    return network


def list_layers(graph: Graph) -> Counter[str]:
    """The Keras layers of a network, by their classes: the zoo has a padding and a convolution in one, and a LayerScale as the
    EinsumDense that does the same."""
    calls = [call for node in graph.nodes if node.layer is not None for call in list_calls(graph, node)]
    return Counter(["einsumdense" if call == "layerscale" else call for call in calls])


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
@pytest.mark.parametrize("installed", [False, True], ids=["known", "its sources"])
def test_the_same_as_in_the_zoo(path: Path, installed: bool) -> None:
    (other,) = analyse(Source(path.name, path.read_text(encoding="utf-8"))).networks
    graph = read(path.stem, installed=installed).graph
    assert list_layers(graph) == list_layers(other.graph)
    assert list_shapes(graph, graph.outputs) == list_shapes(other.graph, other.graph.outputs)
    for trainable in (False, True):
        assert count_all(graph, trainable) == count_all(other.graph, trainable)


@pytest.mark.parametrize(
    "call",
    [
        "MobileNet(alpha=0.5, classes=7)",
        "EfficientNetV2B0(include_preprocessing=False)",
        "MobileNetV3Small(minimalistic=True)",
    ],
)
def test_options_that_the_sources_alone_tell(call: str) -> None:
    import keras

    name, _, rest = call.partition("(")
    model = eval(f"keras.applications.{name}(weights=None, {rest}", {"keras": keras})
    graph = read(name, rest.removesuffix(")"), installed=True).graph
    assert count_all(graph) == model.count_params()
    assert list_shapes(graph, graph.outputs) == [list(model.output_shape[1:])]


@pytest.mark.parametrize("name", BUILT)
@pytest.mark.parametrize("arguments", OTHERS if ALL else OTHERS[:1])
def test_the_same_as_keras_builds(name: str, arguments: str) -> None:
    import keras

    if name.startswith("NASNet") and "input_shape" not in arguments:
        return  # whose layers hang on the sizes
    options: dict[str, Any] = eval(f"dict({arguments})")
    model = getattr(keras.applications, name)(weights=None, **options)
    graph = read(name, arguments).graph
    assert count_all(graph) == model.count_params()
    assert list_shapes(graph, graph.outputs) == [list(model.output_shape[1:])]
    shapes = {layer.name: list(layer.output.shape[1:]) for layer in model.layers}
    for node in graph.nodes:
        if node.name in shapes and node.index not in graph.inputs:
            assert list_shapes(graph, [node.index]) == [shapes[node.name]], node.name
    assert {node.name for node in graph.nodes} & set(shapes)
