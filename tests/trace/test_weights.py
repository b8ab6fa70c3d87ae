"""The weights that a network is computed with: written ones, those of files, and what training would begin with; with where they
come from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnspec
from cnnspec.base.record import Record
from cnnspec.compile.keras_model import to_keras
from cnnspec.model_files import read_graph
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.reference.arrays import is_exact
from cnnspec.trace.values import compute_values
from cnnspec.trace.weights import find_weights
from tests.support import legal, sample
from tests.trace.reference.drawing import differ

WEIGHTED = Path(__file__).parents[1] / "model_files/weighted"
FILES = sorted([*WEIGHTED.glob("*.pt2"), *WEIGHTED.glob("*-script.onnx")])


# ---- written and drawn -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("text", "origin"), [
    ("conv(1, 1x1, kernel_values=[1/3], bias_values=[2])", "written in the spec"),
    ("conv(1, 1x1, kernel_values=[1/3])", "kernel written in the spec; bias filled with zeros"),
    ("conv(1, 1x1)", "kernel drawn by glorot_uniform, seed 7; bias filled with zeros"),
    ("conv(1, 1x1, bias=false)", "drawn by glorot_uniform, seed 7"),
    ("dense(2, kernel_initializer=he_normal(seed=3), bias_initializer=constant(0.1))", "kernel drawn by he_normal, seed 3; bias filled with 0.1"),
    ("dense(2, kernel_initializer=random_normal(stddev=2), bias_initializer=constant([1, 2]))", "kernel drawn by random_normal(stddev=2), seed 7; bias written in the spec"),
    ("bn", "gamma and moving_variance filled with ones; beta and moving_mean filled with zeros"),
    ("layer_scale", "filled with 1e-06"),
])  # fmt: skip
def test_it_is_said_where_weights_come_from(text: str, origin: str) -> None:
    found = find_weights(legal(f"input 4x4x1\n{text} as layer"), None, 7)
    assert found.origins == {"layer": origin}
    for array in found.weights["layer"].values():
        assert is_exact(array) or "drawn" in origin


def test_written_weights_are_exact_and_lie_as_in_keras() -> None:
    found = find_weights(legal("input 2\ndense(1, kernel_values=[1/3, 0.1], bias=false) as d"), None, 1)
    assert [[str(n) for n in row] for row in found.weights["d"]["kernel"]] == [["1/3"], ["1/10"]]


def test_a_weight_depends_on_no_other_layer() -> None:
    whole = legal("input 4\ndense(4) as a -> dense(4) as b\ndense(4) as c")
    found, other = find_weights(whole, None, 1), find_weights(legal("input 9\ndense(4)\ndense(4) as c"), None, 1)
    assert np.array_equal(found.weights["c"]["kernel"], other.weights["c"]["kernel"])
    assert not np.array_equal(found.weights["b"]["kernel"], found.weights["c"]["kernel"])
    assert find_weights(whole, None, 1, [2]).weights.keys() == {"a", "b"}
    assert np.array_equal(find_weights(whole, None, 1, [2]).weights["b"]["kernel"], found.weights["b"]["kernel"])
    assert not np.array_equal(find_weights(whole, None, 2).weights["b"]["kernel"], found.weights["b"]["kernel"])


def test_shared_weights_stand_once_and_belong_to_the_first_use() -> None:
    shared = legal("input a 4\ninput b 4\nshared f = dense(4)\nadd(a -> f, b -> f as second) -> dense(1) as last")
    first = next(node for node in shared.nodes if node.layer is not None)
    assert find_weights(shared, None, 1).weights.keys() == {first.name, "last"}
    second = next(node for node in shared.nodes if node.shares is not None)
    assert find_weights(shared, None, 1, [second.index]).weights.keys() == {first.name}


@pytest.mark.parametrize(("text", "sentence"), [
    ("input 8\ndense(4, bias_initializer=orthogonal) as d", "the bias of d: orthogonal begins no weight of one axis: choose another initializer for it"),
    ("input 200000\ndense(20000) as d", "the weights are 4,000,020,000 numbers, and at most 268,435,456 are drawn: choose an earlier layer"),
])  # fmt: skip
def test_weights_that_are_not_drawn(text: str, sentence: str) -> None:
    assert refuse(legal(text)) == sentence
    assert find_weights(legal(text), None, 1, [0]).weights == {}


def test_a_layer_that_is_not_known_has_none() -> None:
    found = find_weights(legal('input 4\nopaque("fft", 4, params=3) as f -> dense(2) as d'), None, 1)
    assert found.weights.keys() == {"d"}


def refuse(graph: Any, path: str | None = None) -> str:
    with pytest.raises(NoTrace) as refused:
        find_weights(graph, path, 1)
    return str(refused.value)


# ---- files of PyTorch and ONNX -----------------------------------------------------------------------------------
@pytest.mark.parametrize("path", sample(FILES, FILES[:2]), ids=lambda path: path.name)
def test_the_outputs_are_those_of_torch(path: Path) -> None:
    graph, name = cnnspec.load(path).analysed.graph, path.stem.partition("-")[0]
    found = find_weights(graph, str(path), 1)
    assert set(found.origins.values()) == {f"from {path}"}
    with np.load(WEIGHTED / "answers.npz") as told:
        x, wanted = told[f"{name}_x"].transpose(0, 2, 3, 1), told[f"{name}_y"]
    wanted = wanted.transpose(0, 2, 3, 1) if wanted.ndim == 4 else wanted
    assert not differ(compute_values(graph, [x], found.weights)[graph.outputs[0]], wanted, 1e-5)


# ---- files of Keras ----------------------------------------------------------------------------------------------
TEXT = "input 6x6x2\nconv(3, 3x3, padding=1, activation=relu) as conv -> bn as bn -> flatten -> dense(2, kernel_values=[[1/3] * 108, [2] * 108]) as d"


class Saved(Record):
    """A folder with files of models, the spec's network, and outputs of both for one input."""

    folder: Path
    graph: Any
    x: Any
    wanted: Any
    nested: Any


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """The spec's model, as a file, as weights and as a run; and one within which a model stands, with other names."""
    import keras

    folder, graph, random = tmp_path_factory.mktemp("saved"), legal(TEXT), np.random.default_rng(1)
    model, x = to_keras(graph), random.normal(size=(1, 6, 6, 2))
    for name, weight in [(weight.path, weight) for weight in model.weights if "d/" not in weight.path]:
        weight.assign(random.uniform(0.5, 1, weight.shape) * (1 if "variance" in name else 0.3))
    (folder / "run").mkdir()
    model.save(folder / "net.keras")
    model.save(folder / "run/best.keras")
    model.save_weights(folder / "net.weights.h5")
    layers = keras.layers
    inner = keras.Sequential([keras.Input((6, 6, 2)), layers.ZeroPadding2D(1), layers.Conv2D(3, 3, activation="relu"), layers.BatchNormalization()], name="inner")  # fmt: skip
    given = keras.Input((6, 6, 2))
    outer = keras.Model(given, layers.SpectralNormalization(layers.Dense(2))(layers.Flatten()(inner(given))))
    outer.save(folder / "nested.keras")
    return Saved(folder, graph, x, model(x).numpy(), outer(x).numpy())


@pytest.mark.kernels
@pytest.mark.parametrize("name", ["net.keras", "net.weights.h5", "run"])
def test_the_weights_of_keras_are_found(saved: Saved, name: str) -> None:
    path = str(saved.folder / name)
    found = find_weights(saved.graph, path, 1)
    assert found.origins == dict.fromkeys(("conv", "bn", "d"), f"from {path}")
    assert not differ(compute_values(saved.graph, [saved.x], found.weights)[-1], saved.wanted, 1e-5)
    assert is_exact(found.weights["d"]["kernel"])  # as it is written: a third, and not the number nearest to it
    assert not is_exact(found.weights["conv"]["kernel"])


@pytest.mark.kernels
def test_a_trained_weight_counts_more_than_the_one_that_is_written(saved: Saved) -> None:
    other = legal(TEXT.replace("[2] * 108", "[3] * 108"))
    found = find_weights(other, str(saved.folder / "net.keras"), 1)
    assert found.weights["d"]["kernel"][0].tolist() == [np.float32(1 / 3), 2]


@pytest.mark.kernels
def test_a_model_within_a_model_is_found(saved: Saved) -> None:
    path = str(saved.folder / "nested.keras")
    imported = read_graph(path)
    imported.assign_names()
    written = legal(
        "input 6x6x2\nconv(3, 3x3, padding=1, activation=relu) -> bn -> flatten -> dense(2, spectral_norm=1)"
    )
    for graph in (imported, written):
        made = compute_values(graph, [saved.x], find_weights(graph, path, 1).weights)[-1]
        assert not differ(made, saved.nested, 1e-5)


def test_files_that_are_not_of_the_network(saved: Saved, monkeypatch: Any) -> None:
    monkeypatch.chdir(saved.folder)
    Path("damaged.keras").write_bytes(b"hello")
    other, wider = legal("input 6x6x2\nconv(4, 3x3) as conv"), legal("input 6x6x2\nconv(3, 3x3, gain=true) as conv")
    pt2 = str(WEIGHTED / "rows.pt2")
    for graph, path, sentence in [
        (other, "net.keras", "the weights in net.keras are of another network: conv takes 3x3x2x4 + 4, and conv there has 3x3x2x3 + 3"),
        (other, "nested.keras", "the weights in nested.keras are of another network: it has none for conv"),
        (wider, "net.keras", "net.keras holds the weights of a Keras model, and the network becomes none: conv with gain=true becomes no Keras layer: Keras's kernels are used as they are"),
        (other, pt2, "the network of these weights is another than net: cnnspec diff shows where they differ"),
        (other, "none.keras", "cannot read none.keras: there is no such file"),
        (other, "damaged.keras", "cannot read the weights in damaged.keras: it is damaged, or something else"),
        (other, ".", ". is a folder without best.keras or last.keras: cnnspec runs lists the runs that there are"),
        (other, "/dev/zero", "/dev/zero is a pipe or a device: weights are read from a file"),
    ]:  # fmt: skip
        assert refuse(graph, path) == sentence
