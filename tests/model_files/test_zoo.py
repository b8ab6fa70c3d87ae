"""All of keras.applications, there and back: imported, written as text, read again, compiled, the weights copied over."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from cnnspec.compile.keras_model import import_keras, to_keras
from cnnspec.facts.isomorphism import View, isomorphism
from cnnspec.graph import Node
from cnnspec.model_files.keras.application import build_application, list_applications
from cnnspec.model_files.keras.saved_calls import SavedCalls
from cnnspec.model_files.keras.to_graph import KerasGraphBuilder
from tests.example_files import EXAMPLES, ZOO, networks
from tests.model_files.keras_configs import by_path, config_of
from tests.support import THOROUGH, sample, weights, zero_weights
from tests.test_examples import found, header

sys.path.insert(0, str(EXAMPLES.parent / "benchmarks"))
import zoo

SPECS = sorted(ZOO.glob("*.cnn"))
# The smallest of each family, whose larger kin have the same layers; three families are built in
# tests/compile/test_examples_keras.py. By default every second is compared, but for Inception-ResNet, which is large;
# in the thorough profile all forty.
FAMILIES = (
    "ConvNeXtTiny", "DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "InceptionResNetV2", "InceptionV3", "MobileNetV3Small",
    "MobileNet", "NASNetMobile", "ResNet50V2", "Xception",
)  # fmt: skip
TOO_LARGE = {path.stem for path in SPECS} - {*FAMILIES[::2]} | {"InceptionResNetV2"}  # to be built by default
RUN = ("MobileNetV3Small",)  # whose outputs are compared, too; in the thorough profile those of all


class Raised:
    """A built model's graph; for each node the Keras layers with weights that it came from, and that it ends with."""

    def __init__(self, model: Any) -> None:
        raising = KerasGraphBuilder(SavedCalls(config_of(model)), model.name)
        self.graph = raising.graph
        found = dict(by_path(model))
        left = set(found)
        self.layers: dict[int, list[Any]] = {node.index: [] for node in self.graph.nodes}
        self.ends: list[tuple[Node, Any]] = []
        for index, step in enumerate(raising.steps):
            node, layer = raising.nodes[index], found.get(step.call.name)  # a Sequential does not list its input
            if layer is None:
                assert node.layer is None, "a layer that Keras's model does not have"
                continue
            left.discard(step.call.name)
            if getattr(layer, "weights", None):
                self.layers[node.index].append(layer)
            if step.last and (index not in raising.next or raising.nodes[raising.next[index]] is not node):
                self.ends.append((node, layer))
        assert not left, "a layer of Keras's model became nothing"


def copied(here: Raised, there: Raised) -> None:
    """Copies the weights of one model to another of the same network."""
    mapping = isomorphism(View(here.graph), View(there.graph))
    assert mapping, "the compiled text is another network"
    for index, layers in here.layers.items():
        for source, target in zip(layers, there.layers[mapping[index]], strict=True):
            target.set_weights(
                [w.reshape(t.shape) for w, t in zip(source.get_weights(), target.get_weights(), strict=True)]
            )


def images(model: Any) -> Any:
    shape = [96 if n is None else n for n in model.input_shape[1:]]
    return (
        np.random.default_rng(0)
        .uniform(0, 255 if "rescaling" in str(model.layers[1].name) else 1, (1, *shape))
        .astype("float32")
    )


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    import_keras().backend.clear_session(free_memory=False)  # names begin anew; the collector takes longer than a build


def test_zoo_has_all_applications() -> None:
    assert [path.stem for path in SPECS] == list_applications()
    assert len(SPECS) == 40


@pytest.mark.slow
@pytest.mark.parametrize("name", sample([path.stem for path in SPECS], TOO_LARGE))
def test_application_is_its_spec(name: str) -> None:
    """Layers, shapes and parameters one by one and in total, and outputs: Keras's model and that of our text."""
    path = ZOO / f"{name}.cnn"
    (network,) = networks(path).values()
    computed = name in RUN or THOROUGH
    with contextlib.nullcontext() if computed else zero_weights():
        model = build_application(name)
    raised = Raised(model)
    compare(raised, model)
    assert isomorphism(View(raised.graph), View(network.graph)), "the spec is another network"
    frozen = sum([math.prod(w.shape) for w in model.non_trainable_weights])
    stated = {figure.column: figure for figure in header(path)}
    assert (stated["params"].right, stated["frozen"].right) == (f"{model.count_params():,}", f"{frozen:,}")
    assert all(found(figure, {network.name: network}) == figure.right for figure in stated.values())
    if computed:
        with zero_weights():
            compiled = to_keras(network.graph)
        copied(raised, Raised(compiled))
        x = images(model)
        expected = np.asarray(model(x))
        np.testing.assert_allclose(compiled(x), expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


def compare(raised: Raised, model: Any) -> None:
    """Every layer of a built model against the node that it became: shape, parameters, and the totals."""
    for node, layer in raised.ends:
        assert tuple([n if isinstance(n, int) else None for n in node.shape or ()]) == tuple(layer.output.shape[1:])
    parameters = {index: sum([layer.count_params() for layer in layers]) for index, layers in raised.layers.items()}
    ours = {node.index: sum([math.prod(w.shape) for w in weights(raised.graph, node)]) for node in raised.graph.nodes}
    assert ours == parameters
    assert sum(ours.values()) == model.count_params()


@pytest.mark.parametrize("name", ["MobileNetV2", *(["ResNet50", "DenseNet121"] if THOROUGH else [])])
def test_import_writes_what_stands_in_the_zoo(name: str) -> None:
    with zero_weights():
        assert zoo.spec(name) == (ZOO / f"{name}.cnn").read_text(encoding="utf-8")


def test_table_of_the_zoo() -> None:
    assert zoo.table() == (ZOO / "README.md").read_text(encoding="utf-8")


def test_lines_of_resnet50() -> None:
    lines = (ZOO / "ResNet50.cnn").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 60
