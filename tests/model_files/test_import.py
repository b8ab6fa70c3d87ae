"""cnnspec import, as users meet it: the verb and `from_keras`, from Keras's models to texts that compute the same.

The judge is Keras: what the text compiles to has the original's parameters and, with its weights, its outputs.
"""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnspec
from cnnspec.compile.live import import_keras
from tests.cli.commands import run
from tests.model_files.test_zoo import Raised, copied
from tests.support import outputs

Build = Callable[[Any], Any]


# ---- models as people write them ---------------------------------------------------------------------------
def lenet(k: Any) -> Any:
    layers = k.layers
    return k.Sequential(
        [
            k.Input((28, 28, 1)),
            layers.Conv2D(6, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(84, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ],
        name="LeNet-5",
    )


def resnet(k: Any) -> Any:
    layers = k.layers
    image = x = k.Input((16, 16, 3), name="image")
    for stage, filters in enumerate((8, 16, 32)):
        for block in range(2):
            stride = 2 if stage and not block else 1
            y = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
            y = layers.ReLU()(layers.BatchNormalization()(y))
            y = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same", use_bias=False)(y))
            if not block:
                x = layers.BatchNormalization()(layers.Conv2D(filters, 1, strides=stride, use_bias=False)(x))
            x = layers.ReLU()(layers.Add()([x, y]))
    return k.Model(image, layers.Dense(10, name="logits")(layers.GlobalAveragePooling2D()(x)), name="resnet")


def unet(k: Any) -> Any:
    layers = k.layers
    image = x = k.Input((32, 32, 1))
    skips = []
    for filters in (4, 8):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    for filters, skip in ((8, skips[1]), (4, skips[0])):
        x = layers.Concatenate()([layers.Conv2DTranspose(filters, 2, strides=2)(x), skip])
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return k.Model(image, layers.Conv2D(2, 1, activation="softmax")(x), name="unet")


def pyramid(k: Any) -> Any:
    layers = k.layers
    image = x = k.Input((32, 32, 3))
    levels = []
    for filters in (4, 8, 16):
        x = layers.ReLU()(layers.Conv2D(filters, 3, strides=2, padding="same")(x))
        levels.append(x)
    top = layers.Conv2D(8, 1)(levels.pop())
    tops = [top]
    for level in reversed(levels):
        top = layers.Add()([layers.UpSampling2D()(top), layers.Conv2D(8, 1)(level)])
        tops.append(top)
    return k.Model(image, [layers.Conv2D(8, 3, padding="same")(top) for top in tops], name="fpn")


def heads(k: Any) -> Any:
    layers = k.layers
    image = x = k.Input((16, 16, 3))
    head = k.Sequential([k.Input((None, None, 4)), layers.Conv2D(4, 3, activation="relu"), layers.Conv2D(2, 1)])
    found = []
    for _ in range(3):
        x = layers.Conv2D(4, 3, padding="same")(x)
        found.append(head(x))
    return k.Model(image, found)


def siamese(k: Any) -> Any:
    layers = k.layers
    tower = k.Sequential(
        [k.Input((8, 8, 1)), layers.Conv2D(4, 3, activation="relu"), layers.Flatten(), layers.Dense(5)]
    )
    left, right = k.Input((8, 8, 1), name="left"), k.Input((8, 8, 1), name="right")
    return k.Model([left, right], layers.Dot(axes=1, normalize=True)([tower(left), tower(right)]))


def nested(k: Any) -> Any:
    """A Functional model that is the last layer, used twice: Keras counts its calls in another way than others'."""
    inner = k.Input((8, 8, 4))
    block = k.Model(inner, k.layers.Add()([inner, k.layers.Conv2D(4, 3, padding="same")(inner)]), name="block")
    x = k.Input((8, 8, 4))
    return k.Model(x, block(block(x)), name="model")


def several(k: Any) -> Any:
    layers = k.layers
    image, meta = k.Input((8, 8, 3), name="image"), k.Input((5,), name="meta")
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(image))
    both = layers.Concatenate()([x, layers.Dense(4, activation="relu")(meta)])
    ends = {"age": layers.Dense(1)(both), "class": layers.Dense(3, activation="softmax")(both)}
    return k.Model({"image": image, "meta": meta}, ends, name="faces")


def text(k: Any) -> Any:
    layers = k.layers
    words = k.Input((20,), dtype="int32", name="words")
    x = layers.Embedding(50, 8)(words)
    x = layers.Concatenate()(
        [layers.GlobalMaxPooling1D()(layers.Conv1D(4, n, activation="relu")(x)) for n in (3, 4, 5)]
    )
    return k.Model(words, layers.Dense(2, activation="softmax")(layers.Dropout(0.5)(x)))


def operators(k: Any) -> Any:
    image = x = k.Input((8, 8, 4))
    for _ in range(2):
        x = k.ops.relu(x + k.layers.Conv2D(4, 3, padding="same")(x) * 0.5)
    x = k.ops.concatenate([x - 1.0, image], axis=-1)
    return k.Model(image, x[..., 2:6] / 3)


def options(k: Any) -> Any:
    layers = k.layers
    image = k.Input((8, 8, 3))
    x = layers.Conv2D(
        4,
        3,
        kernel_regularizer=k.regularizers.L1(1e-4),
        kernel_constraint=k.constraints.MaxNorm(3.0),
        kernel_initializer=k.initializers.RandomNormal(stddev=0.02),
        trainable=False,
    )(image)
    x = layers.PReLU(shared_axes=[1, 2])(layers.SpatialDropout2D(0.2)(layers.GaussianNoise(0.1)(x)))
    return k.Model(image, layers.Dense(2, activity_regularizer="l1")(layers.Flatten()(x)))


def mobile(k: Any) -> Any:
    layers = k.layers
    image = x = k.Input((32, 32, 3))
    for expansion, filters, n, stride in ((1, 8, 1, 1), (6, 16, 2, 2), (6, 24, 3, 2)):
        for block in range(n):
            y = layers.ReLU(6.0)(layers.BatchNormalization()(layers.Conv2D(expansion * x.shape[-1], 1)(x)))
            y = layers.DepthwiseConv2D(3, strides=1 if block else stride, padding="same")(y)
            y = layers.BatchNormalization()(layers.Conv2D(filters, 1)(layers.ReLU(6.0)(layers.BatchNormalization()(y))))
            x = layers.Add()([x, y]) if block else y
    return k.Model(image, layers.GlobalAveragePooling2D()(x))


def volume(k: Any) -> Any:
    layers = k.layers
    scan = x = k.Input((None, None, 8, 1))
    for filters in (2, 4):
        x = layers.MaxPooling3D()(layers.ELU()(layers.Conv3D(filters, 3, padding="same")(x)))
    return k.Model(scan, layers.GlobalAveragePooling3D()(x))


def odd_names(k: Any) -> Any:
    x = image = k.Input((8, 8, 3), name="the-image")
    for name in ("block.1 conv", "for", "1x1", "filters", "residual", "conv"):
        x = k.layers.Add()([x, k.layers.Conv2D(3, 3, padding="same", name=name)(x)])
    return k.Model(image, x, name="residual")


MODELS: list[Build] = [
    lenet, resnet, unet, pyramid, heads, siamese, nested, several, text, operators, options, mobile, volume, odd_names,
]  # fmt: skip


def inputs_of(model: Any) -> list[Any]:
    random = np.random.default_rng(3)
    shapes = [[2, *[16 if n is None else n for n in x.shape[1:]]] for x in model.inputs]
    return [
        random.integers(0, 50, shape) if x.dtype == "int32" else random.normal(size=shape).astype("float32")
        for x, shape in zip(model.inputs, shapes, strict=True)
    ]


def answers(model: Any, values: list[Any]) -> list[Any]:
    """What a model makes of its inputs, in the order of their names where it takes or yields a dict."""
    keys = (
        [] if isinstance(model, import_keras().Sequential) or not isinstance(model.input, dict) else sorted(model.input)
    )
    found = model(dict(zip(keys, values, strict=True)) if keys else values if len(values) > 1 else values[0])
    if isinstance(found, dict):
        return [found[key] for key in sorted(found)]
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize("build", MODELS, ids=[build.__name__ for build in MODELS])
@pytest.mark.parametrize("keep_names", [False, True], ids=["folded", "names"])
def test_text_computes_what_the_model_does(build: Build, keep_names: bool) -> None:
    model = build(import_keras())
    network = cnnspec.from_keras(model, keep_names=keep_names)
    compiled = network.to_keras()
    assert network.params == compiled.count_params() == model.count_params()
    assert sum(w.shape.num_elements() for w in compiled.trainable_weights) == sum(
        w.shape.num_elements() for w in model.trainable_weights
    )
    copied(Raised(model), Raised(compiled))
    values = inputs_of(model)
    theirs = answers(model, values)
    for ours, expected in zip(outputs(compiled, values if len(values) > 1 else values[0]), theirs, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


# ---- from_keras --------------------------------------------------------------------------------------------
def test_from_keras_gives_a_network_with_its_text() -> None:
    network = cnnspec.from_keras(resnet(import_keras()))
    assert network.text == RESNET
    assert (network.name, network.outputs, network.diagnostics) == ("resnet", ((10,),), ())


def test_from_keras_names_the_layers_that_it_refuses() -> None:
    k = import_keras()
    x = k.Input((5, 4))
    model = k.Model(x, k.layers.Dense(2)(k.layers.LSTM(3, name="memory")(k.layers.Lambda(abs, name="size")(x))))
    with pytest.raises(cnnspec.SpecError) as refused:
        cnnspec.from_keras(model)
    assert str(refused.value).split("\n") == [
        "this model has 2 layers that the language cannot express:",
        "  size (Lambda): no layer of the language is Keras's Lambda",
        "  memory (LSTM): no layer of the language is Keras's LSTM",
    ]


def test_from_keras_of_a_model_that_nobody_named() -> None:
    k = import_keras()
    assert cnnspec.from_keras(k.Sequential([k.Input((4,)), k.layers.Dense(2)])).name == "Network"


def test_from_keras_takes_a_model() -> None:
    k = import_keras()
    for value, kind in (("net.keras", "str"), (k.layers.Dense(3), "Dense")):
        with pytest.raises(TypeError, match=f"a keras.Model is asked for, not {kind}"):
            cnnspec.from_keras(value)


def test_outputs_that_the_language_has_not() -> None:
    k = import_keras()
    x = k.Input((4,))
    y = k.layers.Dense(3, name="twice")(x)
    with pytest.raises(cnnspec.SpecError, match=r"twice \(Dense\): it is an output twice"):
        cnnspec.from_keras(k.Model(x, [y, y]))
    a, b = k.ops.split(x, 2, axis=-1)
    with pytest.raises(cnnspec.SpecError, match=r"split \(Split\) has several outputs"):
        cnnspec.from_keras(k.Model(x, k.ops.concatenate([b, a])))


# ---- the verb ----------------------------------------------------------------------------------------------
RESNET = """\
model resnet {
  input image 16x16x3
  for filters, stride in [(8, 1), (16, 2), (32, 2)] {
    add(
      conv(filters, 1x1, stride=stride, bias=false) -> bn,
      conv(filters, 3x3, stride=stride, padding=same, bias=false)
        -> bn
        -> relu
        -> conv(filters, 3x3, padding=same, bias=false)
        -> bn,
    )
    relu
    add(
      in,
      conv(filters, 3x3, padding=same, bias=false)
        -> bn
        -> relu
        -> conv(filters, 3x3, padding=same, bias=false)
        -> bn,
    )
    relu
  }
  gap -> dense(10) as logits
}
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a network that Keras saved in both ways, and one with a layer that the language has not."""
    folder = tmp_path_factory.mktemp("saved")
    k = import_keras()
    model = resnet(k)
    model.save(folder / "net.keras")
    (folder / "net.json").write_text(model.to_json())
    x = k.Input((4, 2))
    k.Model(x, k.layers.LSTM(2, name="memory")(x)).save(folder / "lstm.keras")
    return folder


@pytest.mark.parametrize("name", ["net.keras", "net.json"])
def test_import_to_stdout(name: str, saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "import", saved / name) == (0, RESNET, NOTE)


NOTE = "cnnspec: resnet, 50 layers in 24 lines; weights and training settings stay behind\n"


def test_import_to_a_file_that_the_other_verbs_take(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "net.cnn"
    assert run(capsys, "import", saved / "net.keras", "-o", out) == (
        0,
        "",
        NOTE.replace("resnet", f"wrote {out}: resnet"),
    )
    assert out.read_text() == RESNET
    assert run(capsys, "format", "--check", out)[0] == 0
    assert run(capsys, "diff", out, saved / "net.keras")[0] == 0


def test_import_replaces_a_file_and_keeps_its_mode(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "net.cnn"
    out.write_text("old")
    out.chmod(0o640)
    assert run(capsys, "import", saved / "net.keras", "-o", out)[0] == 0
    assert (out.read_text(), stat.S_IMODE(out.stat().st_mode)) == (RESNET, 0o640)


def test_import_of_an_application(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "import", "--application", "VGG16")
    assert status == 0 and out.startswith("model vgg16 {\n  input 224x224x3\n")
    assert "have lost their names (block1_conv1, block1_conv2, block1_pool, …)" in err


def test_names_that_are_lost_and_names_that_are_respelled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    k = import_keras()
    x = image = k.Input((16, 16, 3), name="the-image")
    for stage in (1, 2, 3):
        x = k.layers.MaxPooling2D(name=f"pool{stage}")(
            k.layers.Conv2D(8 * stage, 3, padding="same", name=f"c{stage}")(x)
        )
    path = tmp_path / "net.json"
    path.write_text(k.Model(image, k.layers.Flatten(name="été")(x), name="net").to_json())
    respelled = "cnnspec: spelled as the language has names: the-image → the_image, été → _t_\n"
    status, out, err = run(capsys, "import", path)
    assert (status, err.split("\n", 1)[1]) == (
        0, f"cnnspec: 6 layers have lost their names (c1, pool1, c2, …) in branches, blocks and loops; --keep-names keeps them\n{respelled}",
    )  # fmt: skip
    status, out, err = run(capsys, "import", path, "--keep-names")
    assert (status, err.split("\n", 1)[1]) == (0, respelled)
    assert all(f" as {name}\n" in out for name in ("c1", "pool1", "c2", "pool2", "c3", "pool3", "_t_"))


# ---- what is refused: exit 2, a sentence, nothing written -----------------------------------------------
def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """What stderr says of a command that fails."""
    status, out, err = run(capsys, "import", *arguments)
    assert (status, out) == (2, "") and "internal error" not in err and "defect" not in err
    return err


def test_one_source_is_asked_for(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = "cnnspec: give a model.keras, or --application NAME: one of the two\n"
    assert refused(capsys) == refused(capsys, saved / "net.keras", "--application", "VGG16") == asked


def test_unknown_application_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "--application", "vgg-16") == (
        'cnnspec: keras.applications has no "vgg-16": did you mean "VGG16"?\n'
    )


def test_layers_that_cannot_be_said_stand_in_lines_of_their_own(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "net.cnn"
    assert refused(capsys, saved / "lstm.keras", "-o", out) == (
        "cnnspec: this model has a layer that the language cannot express:\n"
        "cnnspec:   memory (LSTM): no layer of the language is Keras's LSTM\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_output_that_cannot_be_written(saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = saved / "net.keras"
    assert refused(capsys, model, "-o", tmp_path) == f"cnnspec: cannot write {tmp_path}: it is a folder\n"
    missing = tmp_path / "no" / "net.cnn"
    assert refused(capsys, model, "-o", missing) == f"cnnspec: cannot write {missing}: No such file or directory\n"
    assert "cannot write /proc/net.cnn: " in refused(capsys, model, "-o", "/proc/net.cnn")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_written_to_and_stays(saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no file is not replaced by one: -o /dev/null must leave the device."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert run(capsys, "import", saved / "net.keras", "-o", pipe)[0] == 0
    assert os.read(reader, 100_000).decode() == RESNET and pipe.is_fifo()
    os.close(reader)


def lambda_of(config: dict[str, Any]) -> None:
    code = {"class_name": "__lambda__", "config": {"code": "4wEAAAA="}}
    config["config"]["layers"][1].update(class_name="Lambda", config={"name": "f", "function": code})


def own_class(config: dict[str, Any]) -> None:
    config["config"]["layers"][1].update(module="os", class_name="system", registered_name="Custom>system")


HOSTILE: list[tuple[str, Callable[[Path, dict[str, Any]], Any]]] = [
    ("cannot read", lambda path, net: None),
    ("no .keras file", lambda path, net: path.write_bytes(b"hello")),
    ("a damaged .keras file", lambda path, net: path.write_bytes(archive(path, json.dumps(net)).read_bytes()[:400])),
    ("larger than 64 MiB", lambda path, net: archive(path, " " * (65 * 2**20))),
    ("without config.json", lambda path, net: archive(path, "{}", "../config.json")),
    ("no layer of the language is Keras's Lambda", lambda path, net: (lambda_of(net), archive(path, json.dumps(net)))),
    ("os.system is a class of its own", lambda path, net: (own_class(net), archive(path, json.dumps(net)))),
    ("names no class", lambda path, net: archive(path, "{}")),
    ("not JSON", lambda path, net: archive(path, "{")),
]


def archive(path: Path, config: str, name: str = "config.json") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, config)
    return path


@pytest.mark.parametrize(("why", "write"), HOSTILE, ids=[why for why, _ in HOSTILE])
def test_file_that_means_harm(
    why: str,
    write: Callable[[Path, dict[str, Any]], Any],
    saved: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "net.keras"
    write(path, json.loads((saved / "net.json").read_text()))
    before = list(tmp_path.iterdir())
    assert why in refused(capsys, path, "-o", tmp_path / "net.cnn")
    assert list(tmp_path.iterdir()) == before


def test_path_that_no_file_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "a\0b.keras") == "cnnspec: cannot read a\\x00b.keras: embedded null byte\n"


def test_control_characters_of_a_file_stay_in_their_line(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (saved / "net.json").read_text().replace("batch_normalization_", "a\\n\\u001b[31mb_")
    path = tmp_path / "net.json"
    path.write_text(text.replace("BatchNormalization", "Whitening"))
    err = refused(capsys, path)
    assert "\x1b" not in err and all(line.startswith("cnnspec: ") for line in err.splitlines())
    assert "a\\x0a\\x1b[31mb_" in err
