"""Models that people build by hand: what they become, what is refused and why, and files that mean harm."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnspec.compile.live import import_keras, to_keras
from cnnspec.model_files.keras.application import build_application, convert_model
from cnnspec.model_files.keras.saved_config import MAX_BYTES, read_config
from cnnspec.model_files.keras.to_graph import convert_config
from cnnspec.model_files.refusal import ModelRefused
from tests.support import legal, outputs, random_inputs

ROOT = Path(__file__).parents[2]
Build = Callable[[Any], Any]


def model(build: Build, *shapes: tuple[Any, ...]) -> Any:
    """The model of a function of (keras, its inputs)."""
    keras = import_keras()
    inputs = [keras.Input(shape, name=f"x{i}") for i, shape in enumerate(shapes or ((8, 8, 4),))]
    return keras.Model(inputs, build(keras)(*inputs))


def said(made: Any) -> list[str]:
    """What a model's layers are called in the language, in order."""
    return [node.label for node in convert_model(made).nodes]


# ---- what they become --------------------------------------------------------------------------------------
SAME: list[tuple[str, Build]] = [
    ("input add", lambda k: lambda x: x + x),
    ("input rescaling", lambda k: lambda x: x + 3.0),
    ("input rescaling", lambda k: lambda x: 1 - x),
    ("input rescaling", lambda k: lambda x: x / 4),
    ("input rescaling", lambda k: lambda x: -x),
    ("input relu multiply", lambda k: lambda x: k.ops.relu(x) * x),
    ("input maximum", lambda k: lambda x: k.ops.maximum(x, x)),
    ("input relu6", lambda k: lambda x: k.ops.relu6(x)),
    ("input sigmoid", lambda k: lambda x: k.ops.sigmoid(x)),
    ("input gelu", lambda k: lambda x: k.ops.gelu(x, approximate=False)),
    ("input softmax", lambda k: lambda x: k.ops.softmax(x)),
    ("input glu", lambda k: lambda x: k.ops.glu(x)),
    ("input slice", lambda k: lambda x: x[..., 1:3]),
    ("input slice", lambda k: lambda x: x[:, :, :, :2]),
    ("input concat", lambda k: lambda x: k.ops.concatenate([x, x], axis=3)),
    ("input reshape", lambda k: lambda x: k.ops.reshape(x, (-1, 64, 4))),
    ("input permute", lambda k: lambda x: k.ops.transpose(x, (0, 2, 1, 3))),
    ("input pad", lambda k: lambda x: k.ops.pad(x, ((0, 0), (1, 2), (1, 1), (0, 0)))),
    ("input conv", lambda k: lambda x: k.layers.Conv2D(3, 3)(k.layers.ZeroPadding2D(1)(x))),
    ("input conv", lambda k: lambda x: k.layers.Conv2D(3, 3)(k.ops.pad(x, ((0, 0), (1, 1), (2, 2), (0, 0))))),
    ("input pad conv", lambda k: lambda x: k.layers.Conv2D(3, 3, padding="same")(k.layers.ZeroPadding2D(1)(x))),
    ("input pad maxpool", lambda k: lambda x: k.layers.MaxPooling2D(3)(k.layers.ZeroPadding2D(1)(x))),
    ("input relu", lambda k: lambda x: k.layers.Activation("relu")(x)),
    ("input leaky_relu", lambda k: lambda x: k.layers.Activation("leaky_relu")(x)),
    ("input stochastic_depth", lambda k: lambda x: k.layers.Dropout(0.1, noise_shape=(None, 1, 1, 1))(x)),
    ("input dropout", lambda k: lambda x: k.layers.Dropout(0.1)(x)),
    ("input gap", lambda k: lambda x: k.layers.AdaptiveAveragePooling2D(1)(x)),
    ("input gap", lambda k: lambda x: k.layers.AdaptiveAveragePooling2D((1, 1))(x)),
    ("input adaptive_avgpool", lambda k: lambda x: k.layers.AdaptiveAveragePooling2D((2, 2))(x)),
]  # fmt: skip


@pytest.mark.parametrize(("words", "build"), SAME, ids=[f"{i}-{words}" for i, (words, _) in enumerate(SAME)])
def test_equivalent_call_is_our_layer(words: str, build: Build) -> None:
    """The labels are those, and the graph compiles to a model that computes the same."""
    import numpy as np

    made = model(build)
    graph = convert_model(made)
    assert " ".join(node.label for node in graph.nodes) == words
    graph.assign_names()
    again = to_keras(graph)
    again.set_weights(made.get_weights())
    inputs = random_inputs(graph, 2)
    np.testing.assert_allclose(outputs(again, inputs)[0], outputs(made, inputs)[0], rtol=1e-5, atol=1e-6)


def test_padding_with_two_readers_stays() -> None:
    def build(k: Any) -> Any:
        def apply(x: Any) -> Any:
            padded = k.layers.ZeroPadding2D(1)(x)
            return [k.layers.Conv2D(3, 3)(padded), k.layers.Conv2D(3, 1)(padded)]

        return apply

    assert said(model(build)) == ["input", "pad", "conv", "conv"]


def test_names_of_a_person_stay() -> None:
    made = model(lambda k: lambda x: k.layers.ReLU(name="last")(k.layers.Conv2D(3, 3, name="conv2d_77")(x)))
    assert [node.name for node in convert_model(made).nodes] == ["x0", "", "last"]


def tower(k: Any, inner: bool = False) -> Any:
    layers = [k.layers.Conv2D(3, 3, name="kernel"), k.layers.ReLU()]
    return k.Sequential([k.Sequential(layers, name="deep")] if inner else layers, name="tower")


@pytest.mark.parametrize("inner", [False, True])
def test_model_used_twice_shares_its_layers(inner: bool) -> None:
    def build(k: Any) -> Any:
        shared = tower(k, inner)
        return lambda x, y: k.layers.Add()([shared(x), shared(y)])

    made = model(build, (8, 8, 4), (8, 8, 4))
    graph = convert_model(made)
    assert [(n.label, n.shares, n.name) for n in graph.nodes] == [
        ("input", None, "x0"), ("input", None, "x1"), ("conv", None, "kernel"), ("relu", None, ""), ("conv", 2, ""),
        ("relu", 3, ""), ("add", None, ""),
    ]  # fmt: skip
    graph.assign_names()
    assert to_keras(graph).count_params() == made.count_params()


def test_padding_of_a_shared_convolution_is_folded_in_all_uses_or_none() -> None:
    def build(k: Any) -> Any:
        pad, conv = k.layers.ZeroPadding2D(1), k.layers.Conv2D(4, 3)
        return lambda x: conv(pad(conv(pad(x))))

    assert said(model(build)) == ["input", "conv", "conv"]

    def uneven(k: Any) -> Any:
        pad, conv = k.layers.ZeroPadding2D(1), k.layers.Conv2D(4, 3)
        return lambda x: conv(conv(pad(x)))

    assert said(model(uneven)) == ["input", "pad", "conv", "conv"]


def test_dict_of_outputs_and_of_inputs() -> None:
    keras = import_keras()
    x, y = keras.Input((4,), name="right"), keras.Input((4,), name="left")
    made = keras.Model({"b": x, "a": y}, {"sum": keras.layers.Add()([x, y]), "left": keras.layers.ReLU()(y)})
    graph = convert_model(made)
    assert [graph.nodes[i].name for i in graph.inputs] == ["left", "right"], "by their keys, as Keras orders them"
    assert [graph.nodes[i].label for i in graph.outputs] == ["relu", "add"]
    assert graph.nodes[graph.outputs[1]].name == "sum"


def test_sequential_without_an_input_layer() -> None:
    keras = import_keras()
    made = keras.Sequential([keras.layers.Dense(3), keras.layers.Softmax()])
    with pytest.raises(ModelRefused, match="before it was built"):
        convert_model(made)
    made.build((None, 5))
    assert [node.shape for node in convert_model(made).nodes] == [(5,), (3,), (3,)]


def test_frozen_base_of_transfer_learning() -> None:
    """Layers of a frozen model are frozen one by one; called with training=False it is as it is anyway."""

    def build(k: Any) -> Any:
        base = k.Sequential([k.layers.Conv2D(3, 3), k.layers.BatchNormalization()])
        base.trainable = False
        return lambda x: k.layers.Dense(2)(base(x, training=False))

    graph = convert_model(model(build))
    assert [node.layer.trainable for node in graph.nodes[1:] if node.layer] == [False, False, True]


# ---- what is refused ---------------------------------------------------------------------------------------
REFUSED: list[tuple[str, Build]] = [
    ("lambda (Lambda): no layer of the language is Keras's Lambda", lambda k: lambda x: k.layers.Lambda(abs, name="lambda")(x)),
    ("masking", lambda k: lambda x: k.layers.Masking()(k.layers.Reshape((64, 4))(x))),
    ("(LSTM): no layer", lambda k: lambda x: k.layers.LSTM(3)(k.layers.Reshape((64, 4))(x))),
    ("data_format=channels_first", lambda k: lambda x: k.layers.Conv2D(3, 3, data_format="channels_first")(x)),
    ("its dtype is float16", lambda k: lambda x: k.layers.ReLU(dtype="float16")(x)),
    ("training=True", lambda k: lambda x: k.layers.Dropout(0.5)(x, training=True)),
    ("training=False", lambda k: lambda x: k.layers.BatchNormalization()(x, training=False)),
    ("noise_shape must begin", lambda k: lambda x: k.layers.Dropout(0.5, noise_shape=(1, 1, 1, 4))(x)),
    ("the operation mean", lambda k: lambda x: k.ops.mean(x, axis=(1, 2))),
    ("only channels can be sliced", lambda k: lambda x: x[:, 1:3]),
    ("divides by a tensor", lambda k: lambda x: 1.0 / x),
    ("the operation gelu", lambda k: lambda x: k.ops.gelu(x)),
    ("rms_scaling=true", lambda k: lambda x: k.layers.LayerNormalization(rms_scaling=True)(x)),
    ("its activation=threshold must be an activation", lambda k: lambda x: k.layers.Dense(2, activation="threshold")(x)),
    ("its kernel_initializer must be an object that the language knows", lambda k: lambda x: k.layers.Dense(2, kernel_initializer=k.initializers.Identity())(x)),
]  # fmt: skip


@pytest.mark.parametrize(("why", "build"), REFUSED, ids=[why for why, _ in REFUSED])
def test_what_cannot_be_said_is_refused_by_name(why: str, build: Build) -> None:
    with pytest.raises(ModelRefused) as refused:
        convert_model(model(build))
    assert why in str(refused.value)
    assert len(str(refused.value).split("\n")) == 2


def test_all_refusals_are_listed() -> None:
    made = model(
        lambda k: lambda x: k.layers.Lambda(abs, name="b")(k.layers.Conv2D(3, 3)(k.layers.Lambda(abs, name="a")(x)))
    )
    with pytest.raises(ModelRefused) as refused:
        convert_model(made)
    head, *lines = str(refused.value).split("\n  ")
    assert "2 layers" in head
    assert [line.split(" ")[0] for line in lines] == ["a", "b"]


def test_class_of_its_own_is_refused_with_its_module() -> None:
    keras = import_keras()

    class Conv2D(keras.layers.Conv2D):  # type: ignore[misc, name-defined]
        pass

    with pytest.raises(ModelRefused, match=f"{__name__}.Conv2D is a class of its own"):
        convert_model(model(lambda k: Conv2D(3, 3)))


def test_subclassed_model_is_refused() -> None:
    keras = import_keras()

    class Net(keras.Model):  # type: ignore[misc, name-defined]
        def call(self, x: Any) -> Any:
            return x

    with pytest.raises(ModelRefused, match="Net is a class of its own"):
        convert_model(Net())


def test_fixed_batch_and_integer_inputs() -> None:
    keras = import_keras()
    x = keras.Input(batch_shape=(2, 4))
    with pytest.raises(ModelRefused, match="batch is fixed at 2"):
        convert_model(keras.Model(x, keras.layers.ReLU()(x)))
    words = keras.Input((9,), dtype="int32")
    assert said(keras.Model(words, keras.layers.Embedding(5, 2)(words))) == ["input", "embedding"]
    with pytest.raises(ModelRefused, match="its dtype is int32"):
        convert_model(keras.Model(words, keras.layers.Rescaling(2.0)(words)))


def test_unknown_application() -> None:
    with pytest.raises(ModelRefused, match='did you mean "ResNet50"'):
        build_application("ResNet5O")


# ---- files -------------------------------------------------------------------------------------------------
def small() -> dict[str, Any]:
    config: dict[str, Any] = json.loads(model(lambda k: lambda x: k.layers.Conv2D(3, 3, name="c")(x)).to_json())
    return config


def changed(change: Callable[[dict[str, Any]], Any]) -> Any:
    config = small()
    return change(config) or config


def layer(config: dict[str, Any]) -> Any:
    return config["config"]["layers"][1]


def test_saved_model_is_read_without_keras(tmp_path: Path) -> None:
    made = model(lambda k: lambda x: k.layers.Conv2D(3, 3)(x))
    made.save(tmp_path / "net.keras")
    (tmp_path / "net.json").write_text(made.to_json())
    script = (
        "import sys; from cnnspec.model_files.keras.saved_config import read_config; from cnnspec.model_files.keras.to_graph import convert_config\n"
        f"for name in ('net.keras', 'net.json'): print(len(convert_config(read_config({str(tmp_path)!r} + '/' + name), 'n').nodes))\n"
        "print(sorted({'keras', 'tensorflow', 'numpy', 'rich', 'lark'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split("\n")[:3] == ["2", "2", "[]"]


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


FILES: list[tuple[str, Callable[[Path], Any]]] = [
    ("no .keras file", lambda p: p.write_bytes(b"hello")),
    ("no .keras file", lambda p: p.write_bytes(b"")),
    ("a damaged .keras file", lambda p: p.write_bytes(b"PK\x03\x04 and so on")),
    ("HDF5 file: load it with Keras 3", lambda p: p.write_bytes(b"\x89HDF\r\n\x1a\n....")),
    ("a folder, not a .keras file", lambda p: p.mkdir()),
    ("No such file", lambda p: None),
    ("without config.json", lambda p: zipped(p, {"model.weights.h5": b""})),
    ("without config.json", lambda p: zipped(p, {"../config.json": b"{}", "/etc/config.json": b"{}"})),
    ("larger than 64 MiB", lambda p: zipped(p, {"config.json": b" " * (MAX_BYTES + 1)})),
    ("not JSON", lambda p: zipped(p, {"config.json": b"{'a': 1}"})),
    ("it is a JSON list", lambda p: zipped(p, {"config.json": b"[]"})),
    ("nested", lambda p: zipped(p, {"config.json": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"})),
    ("nested more than", lambda p: zipped(p, {"config.json": b'{"a":' + b"[" * 300 + b"]" * 300 + b"}"})),
    ("a number that is too long", lambda p: p.write_text('{"class_name": ' + "9" * 5000 + "}")),
    ("packed in a way that Keras does not use", lambda p: zipped(p, {"config.json": b"{}"}, zipfile.ZIP_LZMA)),
    ("written by Keras 2.15.0", lambda p: zipped(p, {"config.json": b"{}", "metadata.json": b'{"keras_version": "2.15.0"}'})),
]  # fmt: skip


@pytest.mark.parametrize(("why", "write"), FILES, ids=[f"{i}-{why}" for i, (why, _) in enumerate(FILES)])
def test_file_that_is_no_model(why: str, write: Callable[[Path], Any], tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    write(path)
    with pytest.raises(ModelRefused) as refused:
        read_config(path)
    assert why in str(refused.value) and "\n" not in str(refused.value)


def test_truncated_file(tmp_path: Path) -> None:
    path = zipped(tmp_path / "net.keras", {"config.json": json.dumps(small()).encode()})
    whole = path.read_bytes()
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelRefused):
            read_config(path)


def test_size_that_an_archive_states_is_not_believed(tmp_path: Path) -> None:
    """A zip bomb that says it is small: no more is read than the bound."""
    path = zipped(tmp_path / "net.keras", {"config.json": b" " * (MAX_BYTES + 1)})
    path.write_bytes(path.read_bytes().replace((MAX_BYTES + 1).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(ModelRefused):
        read_config(path)


def reference(config: dict[str, Any]) -> list[Any]:
    history: list[Any] = layer(config)["inbound_nodes"][0]["args"][0]["config"]["keras_history"]
    return history


DAMAGED: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("depends on its own output", lambda c: reference(c).__setitem__(0, "c")),
    ("a layer 'nowhere' that it does not have", lambda c: reference(c).__setitem__(0, "nowhere")),
    ("x0 (InputLayer) has several outputs", lambda c: reference(c).__setitem__(2, 7)),
    ("refers to no tensor", lambda c: reference(c).__setitem__(1, "x")),
    ("has no config", lambda c: c["config"]["layers"].append(3)),
    ("names no class", lambda c: {}),
    ("names no class", lambda c: {"class_name": ["x"]}),
    ("its output is 6x6x3 by our formula", lambda c: c["config"]["layers"].append(relu([None, 5, 5, 3])) or end(c)),
    ("it was built for", lambda c: layer(c).__setitem__("build_config", {"input_shape": [None, 9, 8, 4]})),
    ("os.system is a class of its own", lambda c: layer(c).update(module="os", class_name="system")),
    ("the form of Keras 2", lambda c: layer(c).update(inbound_nodes=[[["x0", 0, 0, {}]]])),
    ("no output depends on it", lambda c: c["config"]["layers"].append({**relu([None, 5]), "name": "lost"})),
    ("kernel_size=(3, true)", lambda c: layer(c)["config"].update(kernel_size=[3, True])),
    ("filters=-3", lambda c: layer(c)["config"].update(filters=-3)),
    ("trainable is 'yes'", lambda c: layer(c)["config"].update(trainable="yes")),
    ("are called c", lambda c: c["config"]["layers"].append(layer(c))),
    ("has no list of layers", lambda c: c["config"].update(layers={})),
    ("alpha is infinite", lambda c: layer(c).update(class_name="ELU", config={"name": "c", "alpha": float("inf")})),
    ("its new_option=1 has no argument in conv", lambda c: layer(c)["config"].update(new_option=1)),
]  # fmt: skip


def relu(shape: list[Any]) -> dict[str, Any]:
    tensor = {"class_name": "__keras_tensor__", "config": {"shape": shape, "keras_history": ["c", 0, 0]}}
    nodes = [{"args": [tensor], "kwargs": {}}]
    return {
        "module": "keras.layers",
        "class_name": "ReLU",
        "config": {"name": "r"},
        "name": "r",
        "inbound_nodes": nodes,
    }


def end(config: dict[str, Any]) -> None:
    config["config"]["output_layers"] = [["r", 0, 0]]


@pytest.mark.parametrize(("why", "change"), DAMAGED, ids=[f"{i}-{why}" for i, (why, _) in enumerate(DAMAGED)])
def test_damaged_config(why: str, change: Callable[[dict[str, Any]], Any]) -> None:
    config = small()
    result = change(config)
    with pytest.raises(ModelRefused) as refused:
        convert_config(result if isinstance(result, dict) else config, "net")
    assert why in str(refused.value)


def test_nothing_of_a_file_runs(tmp_path: Path) -> None:
    """A class whose import, and a Lambda whose code, would leave a trace."""
    trace = tmp_path / "trace"
    (tmp_path / "harm.py").write_text(f"open({str(trace)!r}, 'w').close()\nclass Harm: pass\n")
    config = small()
    layer(config).update(module="harm", class_name="Harm", registered_name="harm>Harm")
    layer(config)["config"]["kernel_initializer"] = {"module": "harm", "class_name": "Harm", "config": {}}
    path = zipped(tmp_path / "net.keras", {"config.json": json.dumps(config).encode()})
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from cnnspec.model_files.keras.saved_config import read_config; from cnnspec.model_files.keras.to_graph import convert_config\n"
        f"convert_config(read_config({str(path)!r}), 'net')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert "Refused: this model has a layer" in done.stderr and "harm.Harm is a class of its own" in done.stderr
    assert not trace.exists()


def test_models_that_double_are_bounded() -> None:
    """Thirty models, each of which uses the next twice: a billion calls, refused before they are made."""
    config = small()
    for number in range(30):
        config = doubled(config, f"m{number}")
    with pytest.raises(ModelRefused, match="more than 2,000 times"):
        convert_config(config, "net")


def doubled(inner: dict[str, Any], name: str) -> dict[str, Any]:
    tensor = {"class_name": "__keras_tensor__", "config": {"shape": [None, 8, 8, 4], "keras_history": ["x", 0, 0]}}
    node = {"args": [tensor], "kwargs": {}}
    x = {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 8, 8, 4], "name": "x"}}
    layers = [{**x, "name": "x", "inbound_nodes": []}, {**inner, "name": "inner", "inbound_nodes": [node, node]}]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["inner", 1, 0], ["inner", 2, 0]]}
    return {"module": "keras", "class_name": "Functional", "config": {"name": name, "layers": layers, **ends}}


# ---- every place of a file, with every kind of nonsense ----------------------------------------------------
NONSENSE = [None, -1, 0, "x", [], {}, [1, 2], True, 1.5, {"class_name": "L2"}, [[["a"]]], 10**30, {"class_name": {}}]
WHOLE = """input 12x12x4
add(in, channel_shuffle(2)) -> conv(6, 3, padding=1, kernel_regularizer=l2(0.1)) -> maxpool(3, stride=1, padding=1)
dropout(0.1) -> avgpool(3x4, stride=3, padding=1, ceil=true) -> slice(1, 3) -> conv_transpose(3, 3, padding=1) -> layer_scale
"""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*path, key))


def test_nonsense_anywhere_is_refused_or_harmless() -> None:
    whole = to_keras(legal(WHOLE)).to_json()
    for number, path in enumerate(places(json.loads(whole))):
        config = json.loads(whole)
        inner = config
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = NONSENSE[number % len(NONSENSE)]
        with contextlib.suppress(ModelRefused):
            convert_config(config, "net")
