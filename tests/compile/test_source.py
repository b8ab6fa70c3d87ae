"""The produced source builds the model that `to_keras` builds: same layers, same order, same arguments, same wiring.

The check here knows nothing of how source is made: both models are compared in Keras, operation by operation, and by
what they compute with the same weights.
"""

from __future__ import annotations

import glob
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from cnnspec.base.reading import read
from cnnspec.base.source import Source
from cnnspec.compile.keras_source import to_source
from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
from cnnspec.compile.keras_source.graph_match import Mismatch
from cnnspec.compile.keras_source.layer_by_layer import print_layers
from cnnspec.compile.keras_source.module_printer import ModulePrinter
from cnnspec.compile.keras_source.module_text import finish_module
from cnnspec.compile.keras_source.replay import replay
from cnnspec.compile.live import import_keras, to_keras
from cnnspec.compile.tracer import record
from cnnspec.layers import CATALOGUE
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import analyse
from tests.compile.source_cases import programs
from tests.support import cases, outputs, random_inputs, steps

ROOT = str(Path(__file__).parents[2])
ZOO = ("ResNet50", "EfficientNetB0", "NASNetMobile")  # of examples/zoo, whose other files are of the same kinds
SPECS = [
    path
    for path in sorted(glob.glob(os.path.join(ROOT, "examples", "**", "*.cnn"), recursive=True))
    if f"{os.sep}zoo{os.sep}" not in path or os.path.basename(path).removesuffix(".cnn") in ZOO
]
LARGE = ("densenet", "inception", "mobilenet", "resnet", "vgg", "alexnet", "unet", "lecture4_alexnet")
CATALOGUE_EXAMPLES = [text for layer in CATALOGUE for text in (layer.example, *layer.more_examples)]
RUFF = shutil.which("ruff") or os.path.join(os.path.dirname(sys.executable), "ruff")


def network(text: str, name: str = "net.cnn", model: str | None = None, **parameters: Any) -> AnalysedNetwork:
    (made,) = analyse(Source(name, text), parameters, model).networks
    assert not made.broken, (text, made.diagnostics)
    return made


def pretty(made: AnalysedNetwork) -> str:
    """The source with all of its structure; an error where the printer had to give some of it up."""
    trace = record(made.tree, made.graph, made.item, True)
    assert trace is not None
    text = ModulePrinter(trace, made.tree, made.item).print_module()
    replay(text, made.graph)
    return text


def layer_by_layer(made: AnalysedNetwork) -> str:
    """The source with none of its structure."""
    return finish_module(made.source, made.graph, print_layers(made.graph))


def run(text: str) -> Any:
    """The `model` that a source builds."""
    import_keras()
    scope: dict[str, Any] = {"__name__": "generated"}
    exec(compile(text, "generated.py", "exec"), scope)
    return scope["model"]


def described(model: Any) -> list[Any]:
    """Every operation of a model: its class, configuration without names, shapes, weights, and what it reads."""
    place = {id(operation): number for number, operation in enumerate(model.operations)}

    def ends(tensors: list[Any]) -> list[Any]:
        return [(place[id(t._keras_history.operation)], t._keras_history.node_index) for t in tensors]

    found: list[Any] = []
    for operation in model.operations:
        config = {} if not hasattr(operation, "count_params") else nameless(operation.get_config())
        given = (
            {k: repr(v) for k, v in vars(operation).items() if k in ("pad_width", "mode", "axis")} if not config else {}
        )
        weights = [(tuple(w.shape), w.trainable) for w in getattr(operation, "weights", [])]
        calls = [
            (ends(node.input_tensors), [tuple(t.shape) for t in node.output_tensors], constants(node))
            for node in operation._inbound_nodes
        ]
        found.append((type(operation).__name__, config, given, weights, calls))
    return [*found, ends(model.inputs), ends(model.outputs), model.name]


def constants(node: Any) -> str:
    """The arguments of a call that are no tensors."""
    return re.sub(r"<KerasTensor[^>]*>|name=\w+", "", repr((node.arguments.args, node.arguments.kwargs)))


def nameless(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: nameless(v) for k, v in value.items() if k != "name"}
    return [nameless(v) for v in value] if isinstance(value, (list, tuple)) else value


def agrees(made: AnalysedNetwork, text: str, compute: bool = True) -> None:
    """The source builds the same model as the graph."""
    keras = import_keras()
    keras.backend.clear_session(free_memory=False)  # names begin anew; the collector alone takes longer than a build
    expected, model = to_keras(made.graph), run(text)
    assert described(model) == described(expected), text
    if compute:
        model.set_weights([w + 0.01 * number for number, w in enumerate(expected.get_weights())])
        expected.set_weights(model.get_weights())
        given = random_inputs(made.graph, 2)
        for one, other in zip(outputs(model, given), outputs(expected, given), strict=True):
            assert (abs(one - other) <= 1e-5 * (1 + abs(other))).all(), text


def formatted(text: str) -> str:
    return subprocess.run(
        [RUFF, "format", "--isolated", "-"], input=text, capture_output=True, text=True, check=True
    ).stdout


# ---- the same model ----------------------------------------------------------------------------------------
@pytest.mark.kernels
@pytest.mark.parametrize("text", CATALOGUE_EXAMPLES)
def test_every_layer(text: str) -> None:
    made = network(text)
    assert to_source(made) == pretty(made)
    agrees(made, to_source(made))
    agrees(made, layer_by_layer(made))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: os.path.relpath(path, ROOT))
def test_every_example_keeps_its_structure(path: str) -> None:
    source = read(path)
    assert isinstance(source, Source)
    for made in analyse(source).networks:
        if not made.broken:
            assert to_source(made) == pretty(made)


@pytest.mark.parametrize("path", [p for p in SPECS if not os.path.basename(p).startswith(LARGE)], ids=os.path.basename)
def test_every_small_example(path: str) -> None:
    source = read(path)
    assert isinstance(source, Source)
    for made in analyse(source).networks:
        if not made.broken:
            agrees(made, to_source(made), compute=False)


@pytest.mark.parametrize("name", ["resnet50", "inception_v3", "mobilenet_v2", "unet", "unet_any_size"])
def test_large_example(name: str) -> None:
    source = read(os.path.join(ROOT, "examples", f"{name}.cnn"))
    assert isinstance(source, Source)
    (made,) = analyse(source).networks
    agrees(made, to_source(made), compute=False)


@cases(0.4)
@given(programs())
def test_random_programs_in_keras(text: str) -> None:
    (made,) = analyse(Source("net.cnn", text)).networks
    if not made.broken:
        agrees(made, to_source(made))


@cases(1)
@given(programs())
def test_random_programs_keep_their_structure(text: str) -> None:
    (made,) = analyse(Source("net.cnn", text)).networks
    if not made.broken:
        assert to_source(made) != layer_by_layer(made)


@cases(0.2)
@given(programs())
def test_random_programs_layer_by_layer(text: str) -> None:
    (made,) = analyse(Source("net.cnn", text)).networks
    if not made.broken:
        agrees(made, layer_by_layer(made))


# ---- constructs that random programs do not reach ----------------------------------------------------------
PROGRAMS = {
    "one block in one and in two dimensions": """
        block cbr(f) { conv(f, 3, padding=same) -> bn -> relu }
        input sound 16x2
        cbr(4) -> cbr(8) -> gap as a
        input image 8x8x3
        cbr(4) -> gap -> concat(in, a) -> dense(2)
    """,
    "a padding that is a word here and a number there": """
        block c(f, pad) { conv(f, 3x3, padding=pad) }
        input 8x8x3
        c(4, same) -> c(4, 1) -> c(4, valid) -> c(4, 1x2)
    """,
    "a layer passed by its name and called with arguments": """
        block b(norm, f) { conv(f, 1x1) -> norm(epsilon=0.01) -> norm }
        input 8x8x4
        b(bn, 4) -> b(layer_norm, 8)
    """,
    "a block passed by its name": """
        block unit(f) { conv(f, 1x1) -> relu }
        block stack(what, n) { for i in 1..n { what(2 * i) } }
        block other(f=3) { conv(f, 3x3) }
        input 8x8x4
        stack(unit, 3) -> stack(what=other, n=1)
        other
    """,
    "tensors and functions for one parameter": """
        block b(f) { add(in, f) }
        input 8x8x4
        conv(4, 1x1) as early
        b(early) -> b(conv(4, 1x1)) -> b(in) -> b(relu)
    """,
    "tensors whose sizes are asked for": """
        block fit(skip) { in as here; concat(skip -> crop((in.height - here.height) // 2), here) }
        input 10x10x4
        conv(in.channels * 2, 3x3) as a
        conv(a.channels + in.channels, 3x3) -> fit(a)
        reshape((in.height, in.width * in.channels))
        if in.rank == 1 and in.shape == (4, 40) { conv(4, 3) } else { flatten }
    """,
    "unknown sizes": """
        input ?x?x3
        conv(8, 3x3, padding=same) as a
        if a.channels == 8 and a.rank == 2 { maxpool(2x2) -> upsample(2) -> conv(8, 1x1) }
        gap -> dense(in.channels, softmax)
    """,
    "sharing": """
        block pyramid(f) {
          shared tower = (conv(f, 3x3, padding=same) -> relu) * 3 -> conv(2, 1x1)
          tower as a
          maxpool(2x2) -> conv(4, 1x1) -> tower -> upsample(2) -> add(in, a)
        }
        shared padded = maxpool(3x3, stride=1, padding=1) -> conv(4, 3x3, padding=1)
        shared residual = add(in, conv(4, 3x3, padding=same) -> relu) -> bn
        shared one = conv(4, 1x1)
        input left 8x8x4
        input right 8x8x4
        concat(residual(left), residual(right), one(left), one(right)) -> conv(4, 1x1)
        padded -> padded -> pyramid(4)
    """,
    "sharing that reads a tensor from outside": """
        input 8x8x4
        conv(4, 1x1) as base
        shared mix = add(in, base) -> conv(4, 1x1)
        mix -> relu -> mix
        output base
    """,
    "a layer whose arguments follow from its input": """
        block unit(f) { conv(f, 1x1, groups=2) -> channel_shuffle(2) -> relu }
        input 8x8x4
        unit(4) * 2 -> maxpool(2x2) -> unit(4) -> unit(8) -> unit(8)
        conv(in.height, 3x3, padding=1) -> conv(in.width + in.channels, 3x3, padding=1)
    """,
    "lists": """
        widths = [4, 8, 8] + [2] * 2
        input 8x8x4
        ways = [conv(4, 1x1), relu, in]
        concat(ways) -> conv(widths[1], 1x1)
        for w in widths { conv(w, 1x1) }
        for way in [conv(4, 1x1), bn -> relu] { way }
        conv(len(widths) * max(widths) - min(1, 2) + round(7 / 2) + floor(1.5) + ceil(1.5), 1x1) as a
        relu as b
        ends = [a, b]
        concat(ends) -> add(in, in) -> conv(widths[0], 1x1)
        for f, k in [(2, 1x1), (3, 3x3)] { conv(f, k, padding=same) }
        for f, way in [(2, bn), (3, conv(4, 1x1) -> relu)] { conv(f, 1x1) -> way }
    """,
    "whole numbers from fractions": """
        alpha = 0.5
        block c(f, stride=1) { conv(f * alpha, 1x1, stride) -> conv(f / 2, 1x1) -> dropout(f / 100) }
        input 8x8x4
        c(32) -> c(16, 2) -> conv(2^3 / 2, 1x1) -> conv((-2)^2 + -1 * -2, 1x1) -> conv(7 % 4 * 2, 1x1)
    """,
    "defaults": """
        block a(f, g = 2 * f, act = relu, skip = in, way = conv(g, 1x1)) { way -> act -> conv(skip.channels, 1x1) -> add(in, skip) }
        block b(f = 3, n = 1, widths = [2, 3]) { conv(f, 1x1) * n -> conv(widths[0], 1x1) }
        input 8x8x4
        a(4) -> a(4, g=3) -> a(4, act=gelu) -> a(4, way = bn -> conv(g = 2, 1x1)) -> b -> b(2) -> b(n=2)
    """.replace("way = bn -> conv(g = 2, 1x1)", "way = bn -> conv(4, 1x1)"),
    "loops that end in conditions": """
        input 16x16x2
        for i in 0..3 {
          conv(2 * (i + 1), 3x3, padding=same, stride = 2 if i % 2 == 1 else 1) as last
          if i == 3 { flatten -> dense(10) } else if i > 1 { relu } else { bn }
        }
        output last
        dense(3) as end
        output end
    """,
    "loops that must be unrolled": """
        input 8x8x4
        for i in 1..4 {
          conv(4, 3, padding=same)
          if i == 2 { reshape((64, 4)) }
        }
    """,
    "names that are bound again": """
        f = 4
        input 8x8x4
        conv(f, 1x1) as a
        for f in [2, 3] { conv(f, 1x1) as a }
        if f == 4 { conv(2 * f, 1x1) as c } else { conv(f, 1x1) as c }
        { conv(f, 1x1) as d
          relu as c } -> conv(f, 1x1)
        concat(in, c, a)
    """,
    "names that Keras would give, too": """
        input 8x8x3
        conv(4, 1x1) as conv2d
        conv(4, 1x1) as conv2d_1
        conv(4, 1x1) -> relu as input_layer
        conv(4, 1x1, name="stem") -> bn as keras
        conv(4, 1x1, name="block1/conv")
        flatten as print
    """,
    "pasted from Keras": """
        model = keras.Sequential()
        model.add(layers.Conv2D(8, (3, 3), activation='relu', input_shape=(28, 28, 1), name='first'))
        model.add(layers.MaxPooling2D(pool_size=(2, 2)))
        model.add(layers.Flatten())
        model.add(layers.Dense(10, activation=tf.nn.softmax, kernel_initializer=keras.initializers.HeNormal(seed=3)))
    """,
    "a pasted Sequential": """
        model = keras.Sequential([
            keras.Input(shape=(28, 28, 1)),
            layers.Conv2D(8, kernel_size=(3, 3), activation="relu"),
            layers.Concatenate()([in, relu]),
        ])
    """.replace('            layers.Concatenate()([in, relu]),\n', ""),
    "initializers and their kin": """
        block c(f, init = he_normal, penalty = none) { conv(f, 1x1, kernel_initializer=init, kernel_regularizer=penalty) }
        decay = l2(1e-4)
        input 8x8x3
        c(4) -> c(4, penalty=decay) -> c(4, penalty=l1(0.1))
        conv(2, 1x1, kernel_initializer=random_normal(stddev=0.01), bias_initializer=constant(0.5), kernel_constraint=max_norm(2))
    """,
    "nothing but an input": "input 8x8x3",
    "the same tensor twice": """
        input a 4x4x2
        input b 4x4x2
        add(a, b) as c
        output c, a, c
    """,
    "a block that reads a tensor of the network": """
        block up(f) { concat(in, early) -> conv(f, 1x1) -> deeper }
        block deeper { conv(width, 1x1) }
        width = 3
        input 8x8x2
        conv(4, 1x1) as early
        relu -> up(4) -> up(2)
    """,
    "a branch that no use takes": """
        block b(f, stride=1, deep=false) {
          if deep { conv(f, 3x3, padding=same) -> relu }
          add(conv(f, 1x1, stride), in if stride == 1 and in.channels == f else conv(f, 1x1, stride))
        }
        input 8x8x4
        b(4) * 2
    """,
}  # fmt: skip


def dedented(text: str) -> str:
    return re.sub(r"^ {8}", "", text, flags=re.M).strip("\n") + "\n"


@pytest.mark.parametrize("name", PROGRAMS)
def test_construct(name: str) -> None:
    made = network(dedented(PROGRAMS[name]))
    text = to_source(made)
    assert text == pretty(made)
    agrees(made, text, compute="unknown" not in name)


def test_parameters_are_given() -> None:
    text = "model Net(blocks = [1, 2], classes = 10, act = relu) {\ninput 8x8x3\nfor n in blocks { conv(n, 1x1) }\ngap -> dense(classes)\n}"
    assert "\nmodel = net()\n" in to_source(network(text))
    made = network(text, classes=3)
    assert "\nmodel = net(classes=3)\n" in to_source(made)
    agrees(made, to_source(made))
    made = network(text, blocks=[2], classes=10)
    assert "\nmodel = net(blocks=[2])\n" in to_source(made)
    agrees(made, to_source(made))


def test_one_of_several_models() -> None:
    text = "block c(f) { conv(f, 1x1) }\nblock other { relu }\nmodel A { input 8x8x3\nc(2) }\nmodel B { input 8x8x3\nc(3) -> other }"
    made = network(text, model="A")
    assert "other" not in to_source(made)
    agrees(made, to_source(made))


def test_blocks_of_other_files_come_along(tmp_path: Any) -> None:
    (tmp_path / "cnnspec.toml").write_text("")
    (tmp_path / "blocks.cnn").write_text(
        "block cbr(f) { conv(f, 3x3, padding=same) -> norm }\nblock norm { bn -> relu }\n"
    )
    (tmp_path / "net.cnn").write_text(
        'use "blocks.cnn" (cbr)\nblock norm { layer_norm }\ninput 8x8x3\ncbr(4) -> norm -> cbr(8)\n'
    )
    source = read(str(tmp_path / "net.cnn"))
    assert isinstance(source, Source)
    (made,) = analyse(source).networks
    text = to_source(made)
    assert text == pretty(made)
    assert "def cbr(x, f):" in text
    assert text.count("def norm") == 2
    agrees(made, text)


# ---- how it looks ------------------------------------------------------------------------------------------
EXPECTED = '''"""Net in Keras 3, made by cnnspec from net.cnn."""

import keras
from keras import layers


def cbr(x, filters, kernel, stride=1):
    x = layers.Conv2D(filters, kernel, strides=stride, padding="same", use_bias=False)(
        x
    )
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(x)


# He et al. 2015, figure 5
def bottleneck(x, filters, stride=1):
    y = cbr(x, filters, (1, 1), stride)
    y = cbr(y, filters, (3, 3))
    y = layers.Conv2D(4 * filters, (1, 1))(y)
    y = layers.BatchNormalization()(y)
    shortcut = x
    if x.shape[-1] != 4 * filters or stride != 1:
        shortcut = layers.Conv2D(4 * filters, (1, 1), strides=stride)(x)
        shortcut = layers.BatchNormalization()(shortcut)
    x = layers.Add()([y, shortcut])
    return layers.ReLU()(x)


def net(blocks=(1, 2), classes=10):
    image = keras.Input(shape=(32, 32, 3), name="image")
    x = layers.ZeroPadding2D(3)(image)
    x = layers.Conv2D(16, (7, 7), strides=2)(x)
    x = keras.ops.pad(
        x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=float("-inf")
    )
    x = layers.MaxPooling2D((3, 3), strides=2)(x)

    for i in range(2):
        x = bottleneck(x, 4 * 2**i, stride=1 if i == 0 else 2)
        for _ in range(blocks[i] - 1):
            x = bottleneck(x, 4 * 2**i)
    x = layers.GlobalAveragePooling2D()(x)
    logits = layers.Dense(classes, name="logits")(x)
    return keras.Model(image, logits, name="Net")


model = net()

if __name__ == "__main__":
    model.summary()
'''
SPEC = """
block cbr(filters, kernel, stride=1) {
  conv(filters, kernel, stride, padding=same, bias=false) -> bn -> relu
}

# He et al. 2015, figure 5
block bottleneck(filters, stride=1) {
  add(
    cbr(filters, 1x1, stride) -> cbr(filters, 3x3) -> conv(4 * filters, 1x1) -> bn,
    in if in.channels == 4 * filters and stride == 1 else conv(4 * filters, 1x1, stride) -> bn,
  ) -> relu
}

model Net(blocks = [1, 2], classes = 10) {
  input image 32x32x3
  conv(16, 7x7, stride=2, padding=3)
  maxpool(3x3, stride=2, padding=1)

  for i in 0..1 {
    bottleneck(4 * 2^i, stride = 1 if i == 0 else 2)
    bottleneck(4 * 2^i) * (blocks[i] - 1)
  }
  gap -> dense(classes) as logits
  expect params < 26M
}
"""


def test_it_reads_as_a_person_would_have_written_it() -> None:
    assert to_source(network(SPEC)) == EXPECTED


def test_it_is_formatted() -> None:
    texts = [to_source(network(dedented(text))) for text in PROGRAMS.values()]
    for path in SPECS:
        source = read(path)
        assert isinstance(source, Source)
        texts += [to_source(made) for made in analyse(source).networks if not made.broken]
    for text in texts:
        assert formatted(text) == text


@cases(0.2)
@given(programs())
def test_random_programs_are_formatted(text: str) -> None:
    (made,) = analyse(Source("net.cnn", text)).networks
    if not made.broken:
        text = to_source(made)
        assert formatted(text) == text


# ---- without Keras, and when all else fails ----------------------------------------------------------------
def test_no_keras_is_needed() -> None:
    code = (
        "import sys; from cnnspec.pipeline import analyse; from cnnspec.base.source import Source\n"
        "from cnnspec.compile.keras_source import to_source\n"
        "to_source(analyse(Source('net.cnn', 'input 8x8x3; conv(4, 3x3)')).networks[0])\n"
        "assert not {'keras', 'tensorflow', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_checking_does_not_import_the_printer() -> None:
    code = (
        "import sys; from cnnspec.pipeline import analyse; from cnnspec.base.source import Source\n"
        "analyse(Source('net.cnn', 'input 8x8x3; conv(4, 3x3)'))\n"
        "assert not any(name.startswith('cnnspec.compile') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("filters, kernel, strides", "filters + 1, kernel, strides"),
        ("use_bias=False", "use_bias=True"),
        ('padding="same", ', ""),
        ("[y, shortcut]", "[shortcut, y]"),
        ("range(2)", "range(1)"),
        ("shortcut = x\n", "shortcut = y\n"),
        ("return layers.ReLU()(x)", "return x"),
        ("keras.Model(image, logits", "keras.Model(image, x"),
        ("ZeroPadding2D(3)", "ZeroPadding2D(2)"),
        ('name="logits"', 'name="image"'),
        ("shape=(32, 32, 3)", "shape=(32, 32, 1)"),
        ("ReLU()", "Softmax()"),
        ('float("-inf")', "0"),
        ('name="Net"', 'name="Not"'),
        ("def net(", "def net(extra, "),
        ("for i in range(2):", "while True:"),
        ("x = layers.GlobalAveragePooling2D()(x)", "x = open(x)"),
    ],
)
def test_replay_sees_what_is_wrong(before: str, after: str) -> None:
    made = network(SPEC)
    assert before in EXPECTED
    replay(EXPECTED, made.graph)
    with pytest.raises(Mismatch):
        replay(EXPECTED.replace(before, after), made.graph)


def test_replay_knows_that_a_local_variable_hides_a_global_one() -> None:
    made = network("input 8x8x3\nconv(4, 3x3)")
    text = to_source(made)
    before = "def build_model():\n"
    replay(text.replace(before, f"n = 1\n\n\n{before}    k = n\n"), made.graph)
    with pytest.raises(Mismatch):
        replay(text.replace(before, f"n = 1\n\n\n{before}    k = n\n    n = 2\n"), made.graph)


def test_layers_made_once_are_told_from_layers_made_twice() -> None:
    made = network("shared f = conv(3, 1x1)\ninput 8x8x3\nf -> f")
    text = to_source(made)
    replay(text, made.graph)
    again = text.replace("x = f(inputs)", "x = f(inputs)\n    f = layers.Conv2D(3, (1, 1))")
    assert again != text
    with pytest.raises(Mismatch):
        replay(again, made.graph)


def test_a_wrong_print_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExpressionPrinter, "print_opposite", lambda self, node, place: self.print(node, place))
    made = network(SPEC)
    text = to_source(made)
    assert "def bottleneck" not in text
    agrees(made, text)


@pytest.mark.parametrize("depth", [15, 40])
def test_loops_nested_deeper_than_python_allows(depth: int) -> None:
    text = "input 8x8x3\n" + "for i in 1..1 {\n" * depth + "conv(3, 1x1)" + "\n}" * depth
    made = network(text)
    compile(to_source(made), "generated.py", "exec")
    agrees(made, to_source(made))


def test_a_long_text_takes_no_long_time() -> None:
    """The work grows with the text, not with its square: named lines are printed, read back and laid out."""
    work = []
    for count in (200, 800):
        lines = "\n".join(f"conv(4, 1x1) -> relu as step{i}" for i in range(count))
        made = network(f"input 8x8x4\n{lines}")
        work.append(steps(lambda: to_source(made)))  # noqa: B023
        assert to_source(made).count("layers.Conv2D") == count
    assert work[1] < 4 * 1.5 * work[0]


def test_module_can_be_imported(tmp_path: Any) -> None:
    path = tmp_path / "net.py"
    path.write_text(to_source(network("input 8x8x3\nconv(4, 3x3) -> flatten -> dense(2)")))
    spec = importlib.util.spec_from_file_location("net", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.model.output_shape == (None, 2)


def test_odd_names_do_no_harm() -> None:
    made = network("input 8x8x3\nconv(4, 3x3)", name='a "quoted"\\\n.cnn')
    compile(to_source(made), "generated.py", "exec")
    agrees(made, to_source(made))
