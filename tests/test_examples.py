"""Every example is right, and has the figures that its header states.

A header holds tables in comments that begin with "#:". The first row names the columns, the others begin with a layer
("total" is the whole network; "Model.layer" where a file holds several models). "-" is a figure that is not stated,
and "18,496 (slide: 18,494)" one that the slide prints wrong: we must have the first, and not the second.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.diagnostic import INFO
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.facts.receptive_field import Field, Whole, compute_fields
from cnnspec.graph import Graph, Node
from cnnspec.layers.base import show_shape
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import analyse
from tests.example_files import EXAMPLES, FILES, networks, relative


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


def seen(network: AnalysedNetwork, node: Node) -> str:
    """What one position of the network's output sees of a node."""
    part = Graph("")
    part.nodes, part.inputs = network.graph.nodes, [node.index]
    return size(compute_fields(part, network.facts.shapes)[0][network.graph.outputs[0]])


def coverage(network: AnalysedNetwork, node: Node) -> str:
    """The share of the input that one position of a node sees, unclipped."""
    field, shape = network.facts.fields[node.index], network.graph.nodes[0].shape
    assert isinstance(field, tuple) and shape is not None
    share = 1.0
    for axis, n in zip(field, shape, strict=False):
        assert isinstance(axis, Field) and isinstance(n, int)
        share *= axis.size / n
    return f"{share:.4%}"


def stride(network: AnalysedNetwork, node: Node) -> str:
    field = network.facts.fields[node.index]
    assert isinstance(field, tuple)
    return "x".join(sorted({str(axis.stride) for axis in field}))


def kernel(network: AnalysedNetwork, node: Node) -> str:
    """The shape of the weights, without the bias."""
    assert node.layer is not None
    return show_shape(node.layer.weights(network.facts.inputs_of(node.index) or ())[0].shape)


def weights(network: AnalysedNetwork, node: Node) -> tuple[int, int]:
    """Trainable and frozen parameters of a node."""
    found = network.facts.parameters[node.index]
    assert found is not None
    return found


OF_LAYER: dict[str, Callable[[AnalysedNetwork, Node], Any]] = {
    "output": lambda network, node: show_shape(node.shape),
    "params": lambda network, node: sum(weights(network, node)),
    "macs": lambda network, node: network.facts.macs[node.index],
    "field": lambda network, node: size(network.facts.fields[node.index]),
    "stride": stride,
    "kernel": kernel,
    "seen": seen,
    "coverage": coverage,
}
OF_NETWORK: dict[str, Callable[[AnalysedNetwork], Any]] = {
    "params": lambda network: network.facts.total.parameters,
    "trainable": lambda network: network.facts.total.trainable,
    "frozen": lambda network: network.facts.total.frozen,
    "macs": lambda network: network.facts.total.macs,
    "field": lambda network: size(network.facts.receptive_field),
}


def found(figure: Figure, made: dict[str, AnalysedNetwork]) -> str:
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
@pytest.mark.parametrize("path", FILES, ids=relative)
def test_example_is_right(path: Path) -> None:
    """No example has a mistake, apart from what its header says that `cnnspec check` finds."""
    source = read(str(path))
    assert isinstance(source, Source)
    analysis = analyse(source)
    announced = set(re.findall(r"`cnnspec check`\s(?:# )?(?:warns|notes)\s(?:# )?\((\w+)\)", source.text))
    serious = {d.code for d in analysis.diagnostics if d.severity != INFO}  # others stand in test_precision, argued
    found_here = {d.code for d in analysis.diagnostics}
    assert serious <= announced <= found_here, [(d.code, d.message) for d in analysis.diagnostics]
    assert analysis.networks


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_figures_of_the_header(path: Path) -> None:
    made, figures = networks(path), header(path)
    assert figures, "a header states at least one figure"
    assert {f.model for f in figures} == (set(made) if len(made) > 1 else {""}), "every model has figures"
    rows = [(f"{f.model} {f.layer} {f.column}".strip(), f, found(f, made)) for f in figures]
    assert [(name, ours) for name, _, ours in rows] == [(name, f.right) for name, f, _ in rows]
    assert [name for name, f, ours in rows if ours == f.wrong] == [], "the slide is right after all"


# What torchvision publishes of its weights (the fields `num_params` and `_ops`, billions of multiply-adds). It counts
# trained parameters alone, and those of Inception's auxiliary head, which its multiply-adds and our file leave out.
TORCHVISION = {
    "resnet50.cnn": (25_557_032, 4.089),
    "vgg16.cnn": (138_357_544, 15.47),
    "mobilenet_v2.cnn": (3_504_872, 0.301),
    "efficientnet_b0.cnn": (5_288_548, 0.386),
    "densenet121.cnn": (7_978_856, 2.834),
    "inception_v3.cnn": (None, 5.713),
}


@pytest.mark.parametrize("name", TORCHVISION)
def test_figures_are_those_that_torchvision_publishes(name: str) -> None:
    (network,) = networks(EXAMPLES / name).values()
    parameters, billions = TORCHVISION[name]
    assert parameters in (None, network.facts.total.trainable)
    assert round(network.facts.total.macs / 1e9, 3) == billions  # type: ignore[operator]


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
