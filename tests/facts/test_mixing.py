"""Gates and statistics: what they mix, by the gradients of built models.

The gradient of one output position with respect to the input is 0 exactly where the position reads nothing. With the
statistics held fixed (no gradient goes through a mean, a variance, a norm or a sum) it is the structural field; without
that, all that the statistics mix.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.api import load
from cnnspec.facts.facts import Facts
from cnnspec.facts.geometry import Geometry
from cnnspec.facts.liveness import Liveness
from cnnspec.facts.positions import Positions
from cnnspec.facts.receptive_field import WHOLE
from cnnspec.graph import Graph
from cnnspec.lost.lost import find_losses
from tests.rf.webs import members
from tests.support import cases, findings, legal, network, unwrap

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

    from cnnspec.compile.keras_model import to_keras

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
    assert facts.fields[-1] != WHOLE and "1 gate left out" in unwrap(net.to_text())


MIXED = ["relu", "group_norm(2)", "layer_norm(axis=(1, 2))", "instance_norm", "softmax(axis=1)", "multiply(in, gap(keepdims=true))", "add(in, gap(keepdims=true) -> conv(4, 1x1))"]  # fmt: skip


@pytest.mark.parametrize("rates", [(1, 2, 5), (2, 4, 8)])
@pytest.mark.parametrize("layer", MIXED)
def test_what_a_gate_or_a_statistic_reads_is_no_hole(layer: str, rates: tuple[int, ...]) -> None:
    """The stride skips every second position for all; only dilation leaves what others read."""
    layers = " -> ".join([f"conv(4, 3x3, dilation={rate}, padding=same)" for rate in rates])
    text = f"input 64x64x4\n{layer} -> conv(4, 1x1, stride=2) -> {layers} -> gap -> dense(3)"
    assert [finding.code for finding in findings(text, ("R303",))] == ["R303"] * (rates != (1, 2, 5))
