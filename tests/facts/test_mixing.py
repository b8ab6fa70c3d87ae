"""Gates and statistics: what they mix, by the gradients of built models; and one receptive field wherever one is shown.

The gradient of one output position with respect to the input is 0 exactly where the position reads nothing. With the
statistics held fixed (no gradient goes through a mean, a variance, a norm or a sum) it is the structural field; without
that, all that the statistics mix.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.api import diff, load
from cnnspec.cli import main
from cnnspec.facts.facts import Facts
from cnnspec.facts.field_lengths import lengths
from cnnspec.facts.geometry import Geometry
from cnnspec.facts.liveness import Liveness, reaches_of
from cnnspec.facts.positions import Positions
from cnnspec.facts.receptive_field import WHOLE
from cnnspec.graph import Graph
from cnnspec.layers.window import UNTRACED
from cnnspec.lint.budget import QUANTITIES
from cnnspec.lost.lost import find_losses
from cnnspec.network import AnalysedNetwork
from cnnspec.rf import find_fields
from cnnspec.rf.json import write_data as write_fields
from cnnspec.summary import find_summary
from cnnspec.summary.csv import write_csv
from cnnspec.summary.json import write_data as write_summary
from cnnspec.summary.text import write_text
from cnnspec.tables.data import figure_data
from cnnspec.tables.rows import find_figures
from tests.example_files import EXAMPLES, FILES, ZOO, networks
from tests.rf.webs import members
from tests.support import cases, findings, legal, network

BOTH = ("height", "width")
MIXERS: dict[str, tuple[str, ...]] = {  # a layer, and the axes of a 6x5x4 map along which it mixes positions
    "group_norm(2)": BOTH, "group_norm(1)": BOTH, "instance_norm": BOTH, "group_norm(-1)": BOTH,
    "group_norm(4, scale=false)": BOTH, "group_norm(5, axis=2)": ("height",), "group_norm(6, axis=1)": ("width",),
    "group_norm(1, axis=1)": BOTH, "group_norm(-1, axis=-2)": ("height",), "group_norm(3, axis=1)": BOTH,
    "layer_norm": (), "layer_norm(axis=3)": (), "layer_norm(axis=1)": ("height",), "layer_norm(axis=2)": ("width",),
    "layer_norm(axis=(1, -1))": ("height",), "layer_norm(axis=(-2, 3))": ("width",), "layer_norm(axis=(1, 2))": BOTH,
    "layer_norm(axis=(1, 2, 3), center=false)": BOTH,
    "unit_normalization": (), "unit_normalization(axis=1)": ("height",), "unit_normalization(axis=(1, 2))": BOTH,
    "unit_normalization(axis=(2, -1))": ("width",),
    "rms_norm": (), "softmax": (), "softmax(axis=1)": ("height",), "softmax(axis=(1, 2))": BOTH, "softmax(axis=-2)": ("width",),
    "bn": (), "bn(axis=1)": (), "bn(renorm=true)": (), "log_softmax": (),
}  # fmt: skip


@contextmanager
def fixed() -> Iterator[None]:
    """Keras with every statistic held fixed: none lets a gradient through."""
    import keras.src as keras
    import tensorflow as tf

    def still(function: Any) -> Any:
        return lambda *a, **k: tf.nest.map_structure(tf.stop_gradient, function(*a, **k))

    logsumexp = still(keras.backend.math.logsumexp)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.ops, "moments", still(keras.ops.moments))
        patch.setattr(keras.ops.nn, "moments", still(keras.ops.nn.moments))
        patch.setattr(keras.backend.math, "rsqrt", still(keras.backend.math.rsqrt))
        patch.setattr(keras.backend.math, "logsumexp", logsumexp)
        patch.setattr(
            keras.activations, "softmax", lambda x, axis=-1: tf.exp(x - logsumexp(x, axis=axis, keepdims=True))
        )
        yield


def gradients(graph: Graph, units: list[tuple[int, ...]]) -> list[np.ndarray[Any, Any]]:
    """For some output positions, which input positions each depends on, all weights being drawn."""
    import tensorflow as tf

    from cnnspec.compile.live import to_keras

    model, random = to_keras(graph), np.random.default_rng(5)
    for variable in model.weights:
        if variable.trainable:
            variable.assign(random.uniform(0.5, 1.5, variable.shape) * random.choice([-1, 1], variable.shape))
    image = tf.constant(random.normal(size=(1, *model.inputs[0].shape[1:])).astype("float32"))
    found = []
    for unit in units:
        with tf.GradientTape() as tape:
            tape.watch(image)
            values = model(image, training=False)[(0, *unit)]
            value = tf.reduce_sum(values * random.uniform(0.5, 1.5, values.shape).astype("float32"))
        found.append(np.any(np.asarray(tape.gradient(value, image))[0] != 0, axis=-1))
    return found


def compared(text: str) -> None:
    """Compare the positions that some units read, with statistics and without, with gradients; and what is read at all."""
    graph = legal(text)
    geometry = Geometry(Facts(graph))
    index = graph.outputs[0]
    sizes, space = geometry.sizes[0], geometry.sizes[index]
    assert sizes is not None and space is not None
    units = [tuple((n - 1) // 2 for n in space), tuple(0 for _ in space), tuple(n - 1 for n in space)]
    with fixed():
        without = gradients(graph, units)
    for mixing, truth in ((False, without), (True, gradients(graph, units))):
        for unit, read in zip(units, truth, strict=True):
            assert np.array_equal(members(geometry.read(index, unit, mixing)[0], sizes), read), (text, unit, mixing)


# ---- what a layer mixes ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("layer", MIXERS)
def test_the_axes_that_a_layer_mixes_are_those_of_its_gradients(layer: str) -> None:
    graph = legal(f"input 6x5x4\n{layer}")
    over = graph.nodes[1].layer.statistics((graph.nodes[0].shape,))  # type: ignore[union-attr, arg-type]
    named = [found.axes for found in load(f"input 6x5x4\n{layer}").receptive_field_of(graph.nodes[1].name).statistics]
    assert named == ([MIXERS[layer]] if MIXERS[layer] else [])
    assert tuple(axis for axis, n in zip(BOTH, over, strict=True) if n != 1) == MIXERS[layer]
    compared(f"input 6x5x4\n{layer}")


@pytest.mark.parametrize("layer", [layer for layer in MIXERS if MIXERS[layer]])
def test_the_field_goes_on_through_what_is_mixed(layer: str) -> None:
    text = f"input 9x8x3\nconv(4, 3x3, padding=same) -> avgpool(1x2)\nconv(4, 4x1) -> {layer} -> conv(2, 3x2, padding=same)"
    if "axis=1" in layer and "group" in layer or "axis=2" in layer or "axis=-2" in layer:
        text = text.replace("9x8", "9x10")
    compared(text)
    without = load(text.replace(f" -> {layer}", ""))
    assert load(text).receptive_field == without.receptive_field


@pytest.mark.parametrize(
    ("text", "axes"),
    [
        ("input 9x3\nconv(4, 3) -> group_norm(2)", ("length",)),
        ("input 9x3\nconv(4, 3) -> layer_norm(axis=(1, 2))", ("length",)),
        ("input 4x5x6x2\nconv(2, 2x2x2) -> instance_norm", ("depth", "height", "width")),
        ("input 4x5x6x2\nconv(2, 2x2x2) -> layer_norm(axis=2)", ("height",)),
        ("input 4x5x6x2\nunit_normalization(axis=(1, 3))", ("depth", "width")),
    ],
)
def test_maps_of_one_axis_and_of_three(text: str, axes: tuple[str, ...]) -> None:
    net = load(text)
    assert [found.axes for found in net.receptive_field_of(net.layers[-1].name).statistics] == [axes]
    compared(text)


@pytest.mark.parametrize("layer", ["group_norm(4)", "layer_norm(axis=-1)", "instance_norm", "unit_normalization"])
def test_a_vector_and_a_map_of_one_position_have_nothing_to_mix(layer: str) -> None:
    for text in (f"input 8\n{layer}", f"input 1x1x8\n{layer}", f"input 5x5x8\ngap(keepdims=true) -> {layer}"):
        assert load(text).analysed.facts.left_out == ((), ())


NORMS = ["group_norm(2)", "instance_norm", "layer_norm(axis=(1, -1))", "layer_norm(axis=2)", "unit_normalization(axis=(1, 2))", "bn", "layer_norm"]  # fmt: skip


@given(st.lists(st.integers(0, 9), min_size=1, max_size=4), st.sampled_from(NORMS), st.sampled_from(NORMS))
@cases(0.15)
def test_networks_with_normalisations_read_what_their_gradients_say(steps: list[int], one: str, other: str) -> None:
    kinds = [
        "conv(4, 3x2)", "conv(4, 2x3, stride=2, padding=same)", "avgpool(2x1)", "conv(4, 2x3, padding=1)", "crop(1)",
        "conv(4, 3x3, dilation=2, padding=same)", "add(in, conv(4, 3x1, padding=same))", f"conv(4, 1x1) -> {one}",
        f"add(in, conv(4, 3x3, padding=same) -> {other})", "upsample(2)",
    ]  # fmt: skip
    text = "\n".join(["input 12x11x3", "conv(4, 1x2)", *[kinds[i] for i in steps], one, "conv(3, 2x2)"])
    if not network(text).errors:
        compared(text)


@pytest.mark.parametrize("layer", MIXERS)
def test_what_only_a_statistic_reads_is_not_lost(layer: str) -> None:
    """Of nine rows and eight columns the pool leaves the last row over: it is read where a statistic mixes the rows."""
    text = f"input 9x8x4\nconv(4, 1x1) -> {layer} -> avgpool(2x2) -> conv(1, 1x1)"
    if layer in ("group_norm(5, axis=2)", "group_norm(6, axis=1)"):
        text = text.replace("9x8", "6x5" if "axis=2" in layer else "6x9")
    graph = legal(text)
    facts, space = Facts(graph), graph.nodes[graph.outputs[0]].shape
    assert space is not None
    units = [(i, j) for i in range(space[0]) for j in range(space[1])]  # type: ignore[arg-type]
    read = np.any(gradients(graph, units), axis=0)
    found = [loss for loss in find_losses(facts).losses if loss.node == 0]
    assert np.array_equal(members(found[0].read, read.shape) if found else np.ones(read.shape, bool), read)
    live = Liveness(graph, facts.shapes).live[0]
    assert live is not None
    for axis, mask in enumerate(live):
        assert [bool(mask & Positions.run(i, i + 1)) for i in range(read.shape[axis])] == list(read.any(1 - axis))


# ---- gates -------------------------------------------------------------------------------------------------------
GATES = {
    "squeeze and excitation": "multiply(in, gap(keepdims=true) -> conv(4, 1x1, activation=sigmoid))",
    "a dense gate": "multiply(in, gap -> dense(4, sigmoid) -> reshape(1x1x4))",
    "image pooling": "concat(conv(4, 3x3, padding=same), conv(4, 1x1), gap(keepdims=true) -> upsample(8)) -> conv(4, 1x1)",
    "a global context": "add(in, gap(keepdims=true) -> conv(4, 1x1))",
    "a gate of the largest values": "multiply(in, gmp(keepdims=true) -> conv(4, 1x1, activation=sigmoid))",
}


@pytest.mark.parametrize("gate", GATES)
def test_behind_a_gate_the_field_is_that_without_it(gate: str) -> None:
    text = f"input 10x10x4\nconv(4, 3x3)\n{GATES[gate]}\nconv(4, 3x3)"
    plain = (
        text.replace(", gap(keepdims=true) -> upsample(8)", "")
        if "concat" in text
        else "input 10x10x4\nconv(4, 3x3)\nconv(4, 3x3)"
    )
    net = load(text)
    assert net.receptive_field == load(plain).receptive_field
    assert net.receptive_field_of(net.layers[-1].name).gates == (
        net.analysed.graph.nodes[min(net.analysed.facts.gates)[0]].name,
    )
    facts = net.analysed.facts
    assert facts.fields[-1] != WHOLE and "1 gate left out" in net.to_text()


# ---- one receptive field wherever one is shown -------------------------------------------------------------------
SHOWN = [*FILES, *[ZOO / f"{name}.cnn" for name in (
    "EfficientNetB0", "EfficientNetV2B0", "MobileNetV3Large", "MobileNetV3Small", "MobileNet", "MobileNetV2", "ResNet50V2",
    "DenseNet121", "ConvNeXtTiny", "NASNetMobile", "Xception", "InceptionV3", "VGG16",
)]]  # fmt: skip
TEXTS = {
    **{layer: f"input 12x10x4\nconv(4, 3x3, padding=same) -> {layer} -> conv(4, 3x3)" for layer in MIXERS if "axis=" not in layer or "layer" in layer},
    **{name: f"input 10x10x4\nconv(4, 3x3)\n{gate}\nconv(4, 3x3)" for name, gate in GATES.items()},
    "a repeated row": "input 8x8x4\nadd(in, conv(4, 1x8)) -> conv(4, 3x3)",
    "no map": "input 10\ndense(3)",
}  # fmt: skip


def shown_everywhere(net: AnalysedNetwork) -> None:
    """Every place that shows the field of a network, or of its layers, shows the same."""
    facts = net.facts
    field = facts.receptive_field
    size = None if field is None else tuple(axis.size for axis in field)
    summary = find_summary(net)
    told = write_summary(net, summary)
    assert (told["totals"]["receptive_field"]["size"] or None) == (size and list(size))
    layers = write_fields(net, find_fields(net))["layers"]
    assert [layer["size"] for layer in layers] == [layer["receptive_field"]["size"] for layer in told["layers"]]
    assert [layer["size"] for layer in layers] == [
        None if row.receptive_field is None or row.receptive_field.size is None else list(map(figure_data, row.receptive_field.size))
        for row in find_figures(net)
    ]  # fmt: skip
    written = [line["rf_size"] for line in csv.DictReader(io.StringIO(write_csv(net, summary)))]
    assert written == ["x".join(map(str, layer["size"] or ())) for layer in layers]
    promised = QUANTITIES["receptive_field"][0](facts, {})
    assert (promised and promised.values) == size
    if size is not None:
        said = "x".join(map(str, size))
        assert f"Receptive field: {said} (" in write_text(net, summary)
    reaches = reaches_of(net.graph, facts.shapes, untraced=UNTRACED)
    largest = Geometry(facts).routes(True)
    for node, length in enumerate(lengths(net.graph, facts.shapes, reaches) or ()):
        own, routes = facts.fields[node], largest[node]
        if own is not None and facts.shapes[node] is not None and len(facts.shapes[node] or ()) > 1:
            assert (length is None) == (own == WHOLE), node
        if length is not None and own is not None:  # shifted branches see more together than each path alone
            assert isinstance(own, tuple) and routes is not None
            assert [axis.most for axis in length] == [route.field.size for route in routes], node
            assert all(axis.most <= field.size for axis, field in zip(length, own, strict=True)), node


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.relative_to(EXAMPLES).as_posix())
def test_one_receptive_field_wherever_a_file_shows_it(path: Path) -> None:
    for net in networks(path).values():
        shown_everywhere(net)


@pytest.mark.parametrize("name", TEXTS)
def test_one_receptive_field_wherever_a_text_shows_it(name: str) -> None:
    net = load(TEXTS[name])
    shown_everywhere(net.analysed)
    field = net.receptive_field
    assert diff(TEXTS[name], TEXTS[name]).a.receptive_field == field


def test_efficientnet_sees_851_in_every_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = EXAMPLES / "efficientnet_b0.cnn"
    for arguments, words in (
        (["summary", path], "Receptive field: 851x851 (of the last layer before the whole input is mixed; 16 gates left out)"),
        (["rf", path], "The network: 851x851 (silu33), 100 % of the input"),
        (["explain", path], "receptive field       851x851, that of silu33"),
        (["rf", path, "conv65"], "16 layers) mix in what has seen the whole input"),
        (["diff", path, EXAMPLES / "mobilenet_v2.cnn"], "851x851"),
    ):  # fmt: skip
        main([str(a) for a in arguments])
        assert words in capsys.readouterr().out
    net = load(path)
    assert net.receptive_field is not None and net.receptive_field.size == (851, 851)
    promise = tmp_path / "promise.cnn"
    promise.write_text(
        "input 12x12x4\nconv(4, 3x3, bias=false) -> instance_norm\nmultiply(in, gap(keepdims=true)) -> conv(4, 3x3)\nexpect receptive_field >= 5, coverage > 0.17, coverage < 0.18\n"
    )
    assert main(["check", str(promise), "-q"]) == 0, capsys.readouterr().out
    promise.write_text(promise.read_text().replace(">= 5", ">= 6"))
    assert main(["check", str(promise), "-q"]) == 1 and "5x5" in capsys.readouterr().out


@pytest.mark.parametrize(
    "norm", ["bn", "group_norm(4)", "layer_norm(axis=(1, -1))", "instance_norm", "layer_norm(axis=(1, 2, 3))"]
)
def test_the_rule_says_the_field_that_rf_shows(norm: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "small.cnn"
    path.write_text(
        f"input 64x64x3\n(conv(8, 3x3) -> {norm} -> relu) * 3\nmultiply(in, gap(keepdims=true) -> conv(8, 1x1, activation=sigmoid)) -> gap -> dense(10)\n"
    )
    main(["check", str(path), "--select", "R301"])
    assert "multiply1, the last map, sees 7x7 of 64x64" in capsys.readouterr().out
    net = load(path)
    assert net.receptive_field is not None and net.receptive_field.size == (7, 7)


def test_the_json_names_what_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input 9x9x4\nconv(4, 3x3) -> layer_norm(axis=(1, -1)) -> group_norm(2)\nconv(4, 3x3)")
    assert main(["rf", str(path), "conv2", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    statistics = [{"layer": "layer_norm1", "axes": ["height"]}, {"layer": "group_norm1", "axes": ["height", "width"]}]
    (unit,) = found["units"]
    assert found["gates"] == unit["gates"] == [] and found["statistics"] == unit["statistics"] == statistics
    assert (unit["inputs"][0]["read"], unit["with_mixing"][0]["read"]) == (25, 81)


MIXED = ["relu", "group_norm(2)", "layer_norm(axis=(1, 2))", "instance_norm", "softmax(axis=1)", "multiply(in, gap(keepdims=true))", "add(in, gap(keepdims=true) -> conv(4, 1x1))"]  # fmt: skip


@pytest.mark.parametrize("rates", [(1, 2, 5), (2, 4, 8)])
@pytest.mark.parametrize("layer", MIXED)
def test_what_a_gate_or_a_statistic_reads_is_no_hole(layer: str, rates: tuple[int, ...]) -> None:
    """The stride skips every second position for all; only dilation leaves what others read."""
    layers = " -> ".join([f"conv(4, 3x3, dilation={rate}, padding=same)" for rate in rates])
    text = f"input 64x64x4\n{layer} -> conv(4, 1x1, stride=2) -> {layers} -> gap -> dense(3)"
    assert [finding.code for finding in findings(text, ("R303",))] == ["R303"] * (rates != (1, 2, 5))
