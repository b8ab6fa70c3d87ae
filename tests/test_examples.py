"""Every example is right, and has the figures that its header states.

A header holds tables in comments that begin with "#:". The first row names the columns, the others begin with a layer
("total" is the whole network; "Model.layer" where a file holds several models). "-" is a figure that is not stated,
and "18,496 (slide: 18,494)" one that the slide prints wrong: we must have the first, and not the second.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import agree

from cnnspec.analyses.receptive_field import Field, Whole, receptive_fields
from cnnspec.elaborate.graph import Graph, Node
from cnnspec.layers.base import show_shape
from cnnspec.pipeline import Checked, analyse, read
from cnnspec.source import Source

EXAMPLES = Path(__file__).parent.parent / "examples"
FILES = sorted(EXAMPLES.rglob("*.cnn"))


def networks(path: Path) -> dict[str, Checked]:
    """The networks of a file by name."""
    source = read(str(path))
    assert isinstance(source, Source)
    return {network.name: network for network in analyse(source).networks}


# ---- what a header states ----------------------------------------------------------------------------------
class Figure:
    """One cell of a header's table."""

    def __init__(self, layer: str, column: str, cell: str) -> None:
        self.model, _, self.layer = layer.rpartition(".")
        self.column = column
        self.right, _, rest = cell.partition(" (slide: ")
        self.wrong = rest.removesuffix(")")


def header(path: Path) -> list[Figure]:
    """The figures that a file's header states."""
    figures: list[Figure] = []
    columns: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#:"):
            continue
        cells = re.split(r" {2,}", line[2:].strip())
        if cells[0] == "layer":
            columns = cells
            continue
        assert len(cells) == len(columns), f"{line!r} has {len(cells)} cells, the table {len(columns)} columns"
        pairs = zip(columns[1:], cells[1:], strict=True)
        figures += [Figure(cells[0], column, cell) for column, cell in pairs if cell != "-"]
    return figures


# ---- what we find ------------------------------------------------------------------------------------------
def size(field: Any) -> str:
    """18 for a square receptive field, 3x5 for another, "whole" behind flatten or a global pool."""
    if field is None or isinstance(field, Whole):
        return "?" if field is None else "whole"
    sizes = {axis.size for axis in field}
    return str(sizes.pop()) if len(sizes) == 1 else show_shape(tuple([axis.size for axis in field]))


def seen(network: Checked, node: Node) -> str:
    """What one position of the network's output sees of a node."""
    part = Graph("")
    part.nodes, part.inputs = network.graph.nodes, [node.index]
    return size(receptive_fields(part, network.facts.shapes)[network.graph.outputs[0]])


def coverage(network: Checked, node: Node) -> str:
    """The share of the input that one position of a node sees, unclipped."""
    field, shape = network.facts.fields[node.index], network.graph.nodes[0].shape
    assert isinstance(field, tuple) and shape is not None
    share = 1.0
    for axis, n in zip(field, shape, strict=False):
        assert isinstance(axis, Field) and isinstance(n, int)
        share *= axis.size / n
    return f"{share:.4%}"


def stride(network: Checked, node: Node) -> str:
    field = network.facts.fields[node.index]
    assert isinstance(field, tuple)
    return "x".join(sorted({str(axis.stride) for axis in field}))


def kernel(network: Checked, node: Node) -> str:
    """The shape of the weights, without the bias."""
    assert node.layer is not None
    return show_shape(node.layer.weights(network.facts.inputs_of(node.index) or ())[0].shape)


def weights(network: Checked, node: Node) -> tuple[int, int]:
    """Trainable and frozen parameters of a node."""
    found = network.facts.parameters[node.index]
    assert found is not None
    return found


OF_LAYER: dict[str, Callable[[Checked, Node], Any]] = {
    "output": lambda network, node: show_shape(node.shape),
    "params": lambda network, node: sum(weights(network, node)),
    "macs": lambda network, node: network.facts.macs[node.index],
    "field": lambda network, node: size(network.facts.fields[node.index]),
    "stride": stride,
    "kernel": kernel,
    "seen": seen,
    "coverage": coverage,
}
OF_NETWORK: dict[str, Callable[[Checked], Any]] = {
    "params": lambda network: network.facts.total_parameters,
    "trainable": lambda network: network.facts.total_trainable,
    "frozen": lambda network: network.facts.total_frozen,
    "macs": lambda network: network.facts.total_macs,
    "field": lambda network: size(network.facts.receptive_field),
}


def found(figure: Figure, made: dict[str, Checked]) -> str:
    """Our figure, as a header writes it (a share with as many digits as the header has)."""
    network = made[figure.model] if figure.model else next(iter(made.values()))
    if figure.layer == "total":
        value = OF_NETWORK[figure.column](network)
    else:
        (node,) = [node for node in network.graph.nodes if node.name == figure.layer]
        value = OF_LAYER[figure.column](network, node)
    if figure.right.endswith("%"):
        digits = len(figure.right.partition(".")[2]) - 1
        return f"{float(value.removesuffix('%')):.{digits}f}%"
    return f"{value:,}" if isinstance(value, int) else str(value)


# ---- tests -------------------------------------------------------------------------------------------------
def relative(path: Path) -> str:
    return path.relative_to(EXAMPLES).as_posix()


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_example_is_right(path: Path) -> None:
    """No example has a mistake, apart from what its header says that `cnnspec check` finds."""
    source = read(str(path))
    assert isinstance(source, Source)
    analysis = analyse(source)
    announced = set(re.findall(r"`cnnspec check`\s(?:# )?warns\s(?:# )?\((\w+)\)", source.text))
    assert {d.code for d in analysis.diagnostics} == announced, [(d.code, d.message) for d in analysis.diagnostics]
    assert analysis.networks


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_figures_of_the_header(path: Path) -> None:
    made, figures = networks(path), header(path)
    assert figures, "a header states at least one figure"
    assert {f.model for f in figures} == (set(made) if len(made) > 1 else {""}), "every model has figures"
    rows = [(f"{f.model} {f.layer} {f.column}".strip(), f, found(f, made)) for f in figures]
    assert [(name, ours) for name, _, ours in rows] == [(name, f.right) for name, f, _ in rows]
    assert [name for name, f, ours in rows if ours == f.wrong] == [], "the slide is right after all"


def test_every_slide_error_of_a_table_is_named() -> None:
    for path in FILES:
        if any(figure.wrong for figure in header(path)):
            text = path.read_text(encoding="utf-8")
            assert re.search(r"Slide errors?:|of one neuron", text), path


# ---- the slides' own code and words ------------------------------------------------------------------------
PASTED = {
    "lecture3_mnist.cnn": """
model = keras.Sequential([
    layers.Conv2D(64, (3, 3), activation='relu', input_shape=(28, 28, 1)),
    layers.MaxPooling2D((2, 2)),
    layers.Conv2D(64, (3, 3), activation='relu'),
    layers.MaxPooling2D((2, 2)),
    layers.Flatten(),
    layers.Dense(10, activation='softmax')
])
""",
    "lecture4_mnist_base.cnn": """
model = models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
""",
    "lecture4_mnist.cnn": """
model = models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.Flatten())
model.add(layers.Dense(64, activation='relu'))
model.add(layers.Dense(10, activation='softmax'))
""",
    "lecture3_prototypes.cnn": """
INPUT 28x28x1 => CONV(32, 3x3, padding=same) => RELU => BN =>
POOL(2x2) => FLATTEN => FC(128, relu) => DO(0.5) => FC(64, relu) => DO(0.5) => FC(10, softmax)
""",
}


@pytest.mark.parametrize("name", PASTED)
def test_the_slide_pasted_is_the_same_network(name: str) -> None:
    (pasted,) = analyse(Source("pasted.cnn", PASTED[name])).networks
    *_, example = networks(EXAMPLES / "lectures" / name).values()
    assert [d.code for d in pasted.diagnostics if d.code != "W201"] == []
    assert [(n.layer, n.inputs, n.shape) for n in pasted.graph.nodes] == [
        (n.layer, n.inputs, n.shape) for n in example.graph.nodes
    ]


# ---- keras.applications ------------------------------------------------------------------------------------
APPLICATIONS = {
    "vgg16.cnn": "VGG16",
    "resnet50_keras.cnn": "ResNet50",
    "inception_v3.cnn": "InceptionV3",
    "mobilenet_v2.cnn": "MobileNetV2",
    "densenet121.cnn": "DenseNet121",
}
# What a layer computes, apart from its weights' values.
COMPUTES = (
    "kernel_size", "strides", "padding", "dilation_rate", "groups", "depth_multiplier", "use_bias", "activation", "units",
    "pool_size", "axis", "epsilon", "momentum", "scale", "center", "rate", "max_value", "negative_slope", "threshold",
)  # fmt: skip
NUMBERS: dict[Any, int] = {}


def describe(model: Any) -> tuple[list[Any], list[tuple[str, Any, int]]]:
    """A Keras model as nested descriptions, and the flat (class, output shape, parameters) of each layer.

    The description of a layer holds those of the layers before it, as a number that equal descriptions share; so two
    models with equal descriptions of their outputs are the same graph, whatever order their layers stand in.
    Activation('relu') and ReLU() are the same layer.
    """
    by_layer: dict[int, int] = {}
    flat, deep = [], []
    for layer in model.layers:
        kind, config = type(layer).__name__, layer.get_config()
        computes = {name: float(v) if type(v := config[name]) is int else v for name in COMPUTES if name in config}
        if "axis" in computes:
            computes["axis"] %= len(layer.output.shape)  # -1 and 3 are the channels
        if set(config.get("kernel_size", ())) == {1}:
            computes["padding"] = "valid"  # a 1x1 kernel is never padded
        if kind == "ReLU" and computes == {"max_value": None, "negative_slope": 0, "threshold": 0}:
            kind, computes = "Activation", {"activation": "relu"}
        output = tuple(layer.output.shape[1:])
        flat.append((kind, output, layer.count_params()))
        (node,) = layer._inbound_nodes
        operations = [tensor._keras_history.operation for tensor in node.input_tensors]
        before = [by_layer[id(operation)] for operation in operations if operation is not layer]  # an input is its own
        if kind == "Add":
            before.sort()
        key = (*flat[-1], repr(sorted(computes.items())), tuple(before))
        by_layer[id(layer)] = NUMBERS.setdefault(key, len(NUMBERS))
        deep.append(by_layer[id(layer)])
    return deep, flat


@pytest.fixture(scope="module", params=APPLICATIONS, ids=APPLICATIONS.get)
def pair(request: pytest.FixtureRequest) -> Any:
    """(our network, our Keras model, the described Keras application), built once."""
    keras = pytest.importorskip("keras")
    theirs = describe(getattr(keras.applications, APPLICATIONS[request.param])(weights=None))
    from cnnspec.compile.live import to_keras

    (network,) = networks(EXAMPLES / request.param).values()
    yield network, to_keras(network.graph), theirs
    keras.backend.clear_session()


def test_layers_are_those_of_keras_applications(pair: Any) -> None:
    """Each layer in Keras's order: its class, output shape and parameters, how it is set, and what it is joined to."""
    _, model, (deep, flat) = pair
    our_deep, our_flat = describe(model)
    assert our_flat == flat
    assert our_deep == deep, "the same layers, joined or set otherwise"


def test_figures_are_those_of_the_built_application(pair: Any) -> None:
    network, model, _ = pair
    agree(model, network.graph)
    agree_in_total(model, network)


def agree_in_total(model: Any, network: Checked) -> None:
    """The totals are those of the built model."""
    assert network.facts.total_parameters == model.count_params()
    trainable = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    assert network.facts.total_trainable == trainable


@pytest.mark.parametrize("path", [path for path in FILES if path.name not in APPLICATIONS], ids=relative)
def test_figures_are_those_of_the_built_model(path: Path) -> None:
    """Every layer's output shape and weights, and the totals, are those of the Keras layers that it becomes."""
    keras = pytest.importorskip("keras")
    from cnnspec.compile.live import to_keras

    for network in networks(path).values():
        model = to_keras(network.graph)
        agree(model, network.graph)
        agree_in_total(model, network)
    keras.backend.clear_session()
