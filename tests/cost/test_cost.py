"""Work, memory and time against what others say: TensorFlow's profiler and gradients, published figures, brute force."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.base.size import Size, value
from cnnspec.cli import main
from cnnspec.cost import memory as cost
from cnnspec.cost.flop_conventions import CONVENTIONS
from cnnspec.facts.activation_memory import peak_values
from cnnspec.facts.devices import DEVICES, device
from cnnspec.facts.im2col import im2col
from cnnspec.facts.optimizer_slots import MORE, SLOTS, slots
from cnnspec.facts.precision import precision
from cnnspec.facts.roofline import traffic
from cnnspec.facts.symbolic_max import largest
from cnnspec.layers import CATALOGUE

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import memory

EXAMPLES = Path(__file__).parents[2] / "examples"
MIXED = """model Mixed {
input 16x16x8
conv(16, 3x3, padding=1) -> bn(scale=false) -> silu -> avgpool(2x2)
add(in, depthwise_conv(3x3, padding=same) -> gelu, conv(16, 3x3, padding=same, groups=4)) -> group_norm(4)
average(in, separable_conv(16, 3x3, padding=same, activation=relu)) -> layer_norm
conv_transpose(8, 2x2, stride=2) -> prelu -> dropout(0.1)
multiply(in, gap(keepdims=true) -> conv(8, 1x1, activation=sigmoid)) -> maxpool(3x3, stride=2, padding=1)
flatten -> dense(10, softmax)
}"""


def network(name: str) -> Any:
    return cnnspec.load(str(EXAMPLES / f"{name}.cnn")) if "\n" not in name else cnnspec.load(name)


def facts(name: str) -> Any:
    return network(name).analysed.facts


def counted(tool: str, name: str) -> Any:
    return CONVENTIONS[tool].count([work for operations in facts(name).operations for work in operations])


# ---- operations --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("layer", CATALOGUE, ids=lambda layer: layer.names[0])
def test_operations_add_up_to_the_layer(layer: Any) -> None:
    """Their MACs are the layer's, their values its shapes', their weights its trainable ones."""
    for example in (layer.example, *layer.more_examples):
        found = facts("\n" + example)
        for node, operations in zip(found.graph.nodes, found.operations, strict=True):
            if node.layer is None or operations is None:
                continue
            shapes = found.inputs_of(node.index)
            assert sum(work.macs for work in operations) == node.layer.macs(shapes)
            if all(isinstance(n, int) for shape in (*shapes, node.shape) for n in shape):
                sizes = [cnnspec.layers.base.product(shape) for shape in (*shapes, node.shape)]
                assert (operations[0].inputs, operations[-1].outputs) == (sum(sizes[:-1]), sizes[-1])
            learned = sum(cnnspec.layers.base.product(w.shape) for w in node.layer.own_weights(shapes) if w.trainable)
            assert sum(work.weights for work in operations) == learned


# ---- FLOPs as tools count them -----------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["lenet5", "alexnet", "mobilenet_v2", MIXED], ids=lambda name: name.split()[-1])
def test_flops_are_those_of_tensorflow_s_profiler(name: str) -> None:
    import tensorflow as tf
    from tensorflow.python.profiler.option_builder import ProfileOptionBuilder

    net = network(name)
    model = net.to_keras()
    run = tf.function(lambda x: model(x, training=False))
    graph = run.get_concrete_function(tf.TensorSpec((1, *net.inputs[0]), "float32")).graph
    options = ProfileOptionBuilder.float_operation() | {"output": "none"}
    assert tf.compat.v1.profiler.profile(graph, options=options).total_float_ops == counted("tensorflow", name)


def test_flops_of_one_convolution() -> None:
    text = "\ninput 8x8x4\nconv(16, 3x3, padding=same)"
    assert (counted("torch", text), counted("tensorflow", text), counted("fvcore", text)) == (73_728, 74_752, 36_864)
    grouped = text.replace("same", "same, groups=2")
    assert (counted("torch", grouped), counted("tensorflow", grouped)) == (36_864, 1_024)


@pytest.mark.parametrize(
    ("tool", "name", "published"),
    [  # the tools' own manuals: ptflops 0.7.6 (backend pytorch), in G
        ("ptflops", "resnet18", 1.83), ("ptflops", "resnet50", 4.13), ("ptflops", "vgg16", 15.52),
        ("ptflops", "densenet121", 2.90), ("ptflops", "mobilenet_v2", 0.32),
    ],
)  # fmt: skip
def test_flops_are_those_that_tools_publish(tool: str, name: str, published: float) -> None:
    assert round(counted(tool, name) / 1e9, 2) == published


def test_transposed_convolutions_by_tool() -> None:
    text = "\ninput 7x7x8\nconv_transpose(4, 2x2, stride=2, bias=false)"
    macs = 7 * 7 * 8 * 4 * 4
    expected = {
        "fvcore": macs,
        "ptflops": macs,
        "thop": 4 * macs,
        "torchinfo": 4 * macs,
        "torch": 2 * macs,
        "tensorflow": 2 * macs,
    }
    assert {tool: counted(tool, text) for tool in CONVENTIONS} == expected


# ---- memory ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("lenet5", 0.001),
        ("resnet18", 0.001),
        ("mobilenet_v2", 0.001),
        (MIXED, 0.05),
    ],  # small statistics weigh in the last
    ids=["lenet5", "resnet18", "mobilenet_v2", "mixed"],
)
def test_training_keeps_what_tensorflow_keeps(name: str, error: float) -> None:
    net = network(name)
    assert memory.kept(net.to_keras(), net.inputs, 32) / memory.stated(net, 32) == pytest.approx(1, abs=error)


@pytest.mark.parametrize(
    ("name", "millions"),
    [
        ("vgg16", 6.42),
        ("resnet50", 2.41),
        ("inception_v3", 2.07),
        ("unet", 41.8),
        ("\ninput 112x112x96\nrelu6 -> pad(((0, 1), (0, 1))) -> depthwise_conv(3x3, stride=2)", 2.43),
    ],  # of MobileNetV2 in Keras
)
def test_inference_peaks(name: str, millions: float) -> None:
    peak = peak_values(facts(name))
    assert peak is not None
    assert peak[0] / 1e6 == pytest.approx(millions, abs=0.01 if millions < 10 else 0.1)


@pytest.mark.parametrize("name", ["densenet121", "mobilenet_v2", "inception_v3", "resnet50", MIXED])
def test_the_peak_is_that_of_every_moment(name: str) -> None:
    """Brute force: at each layer all tensors that are still to be read, and its own, in place of the one it takes over."""
    found = facts(name)
    graph = found.graph
    needs = []
    for node in graph.nodes:
        later = graph.nodes[node.index + 1 :]
        wanted = set(graph.outputs).union(*[other.inputs for other in later])
        before = {i for i in range(node.index) if i in wanted or i in node.inputs}
        takes = node.layer is not None and node.layer.in_place
        taken = [i for i in node.inputs if takes and i not in wanted and _size(found, i) == _size(found, node.index)]
        needs.append(sum(_size(found, i) for i in before - set(taken[:1])) + _size(found, node.index))
    assert peak_values(found)[0] == max(needs)


def _size(found: Any, index: int) -> int:
    total = 1
    for n in found.shapes[index]:
        total *= n
    return total


def test_the_largest_of_expressions_is_so_for_every_size() -> None:
    h, w = Size.unknown("H"), Size.unknown("W")
    numbers = [h * w * 64, (h // 2) * (w // 2) * 256, ((h + 1) // 2) * w * 64, (h // 4) * w * 7 + 12]
    found = largest(numbers)
    assert found is not None
    for a in range(1, 40):
        for b in range(1, 40):
            given = {"H": a, "W": b}
            assert value(found[0], given) == max(value(n, given) for n in numbers)


def test_memory_terms_and_the_largest_batch() -> None:
    found = facts("lenet5")
    memory = cost.training(found, precision("mixed_float16"), 2)
    params = found.total_parameters
    assert memory.bytes(0) == params * (4 + 2 + 4 + 8)
    for limit in (2**20, 2**24, 2**27):
        most = memory.largest_batch(limit)
        assert memory.bytes(most + 1) > limit and (most == 0 or memory.bytes(most) <= limit)
    with pytest.raises(ValueError, match="int8 has no gradients"):
        cost.training(found, precision("int8"), 2)


def test_slots_are_those_of_keras() -> None:
    import keras

    classes = {cls.lower(): getattr(keras.optimizers, cls) for cls in dir(keras.optimizers)}
    asked: list[tuple[str, dict[str, Any]]] = [(name, {}) for name in SLOTS]
    asked += [("sgd", {"momentum": 0.9}), ("adam", {"amsgrad": True}), ("rmsprop", {"centered": True, "momentum": 0.9})]
    asked += [("adam", {"use_ema": True})]
    assert {argument for _, given in asked for argument in given} == set(MORE)
    for name, given in asked:
        optimizer = classes[name](**given)
        optimizer.build([keras.Variable(keras.ops.ones((7, 11)))])
        assert sum(v.shape == (7, 11) for v in optimizer.variables) == slots(name, given), name


# ---- matrices and time -------------------------------------------------------------------------------------
def test_im2col_of_lecture_4() -> None:
    (product,) = im2col(facts("alexnet").operations[1])
    assert (product.filters, product.window, product.positions, product.groups) == (96, 363, 3025, 1)


@pytest.mark.parametrize(
    ("text", "batch", "expected"),
    [  # NVIDIA, "GPU performance background", in float16
        ("input 1024\ndense(4096, bias=false)", 512, 315), ("input 1024\ndense(4096, bias=false)", 1, 1),
        ("input 8x8x4\nrelu", 1, 0.25), ("input 1024x1024x8\nmaxpool(3x3, stride=1)", 1, 2.25),
    ],
)  # fmt: skip
def test_intensities_that_nvidia_gives(text: str, batch: int, expected: float) -> None:
    moved = traffic(facts("\n" + text), precision("float16"), batch)[1]
    assert moved is not None
    assert moved.intensity == pytest.approx(expected, rel=0.01)
    seconds, bound = moved.seconds(DEVICES["v100"], precision("float16"))  # type: ignore[misc]
    assert bound == ("compute" if expected > 139 else "memory")
    assert seconds == max(moved.flops / 125e12, moved.bytes / 900e9)


# ---- the command -------------------------------------------------------------------------------------------
def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main([str(a) for a in arguments])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_json_is_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--batch", "8", "--device", "V100", "--dtype", "float16", "--memory", "1GiB", "--flops-as", "fvcore"]
    status, out, _ = run(capsys, "cost", EXAMPLES / "lenet5.cnn", "--format", "json", *options, "--optimizer", "sgd")
    data = json.loads(out)
    assert status == 0
    assert list(data) == [
        "schema_version", "model", "file", "batch", "dtype", "optimizer", "layers", "macs", "flops", "tool", "inference",
        "training", "device", "conventions",
    ]  # fmt: skip
    assert data["tool"]["count"] == counted("fvcore", "lenet5")
    assert data["training"]["bytes"] == sum(term["bytes"] for term in data["training"]["terms"])
    assert data["device"]["seconds"] == pytest.approx(sum(layer["seconds"] for layer in data["layers"]))


def test_unknown_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input 8x8x3\nconv(4, 9x9)\nrelu\n")
    status, out, _ = run(capsys, "cost", path, "--device", "t4", "--memory", "1GiB", "--flops-as", "thop")
    assert status == 1
    assert "as thop counts them: ?" in out and "largest batch in 1.00 GiB: ?" in out and "forward: ?" in out
    path.write_text("input ?x?x3\nconv(4, 3x3, padding=same)\n")
    assert "1 * (7*H*W) * 4" in run(capsys, "cost", path)[1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--dtype", "float12"], '"float12" is no dtype: known are float64, float32'),
        (["--device", "v1"], 'no device is called "v1"; known are p100, v100'),
        (["--device", "toaster"], 'no device is called "toaster"; known are p100, v100'),
        (["--device", "a10"], 'no device is called "a10"; did you mean "a100"?; known are p100, v100'),
        (
            ["--device", "v100", "--dtype", "bfloat16"],
            "no peak in bfloat16 is known for NVIDIA V100 SXM2: choose --dtype",
        ),
        (["--optimizer", "foo"], 'no memory is known for the optimizer "foo"'),
        (["--optimizer", "3"], '--optimizer takes an optimizer, such as adam, not "3"'),
        (["--flops-as", "x"], 'no tool is called "x": known are fvcore, ptflops'),
        (["--memory", "much"], 'must be a number of bytes, such as 16GiB, not "much"'),
    ],
)
def test_bad_options_are_a_sentence(capsys: pytest.CaptureFixture[str], options: list[str], said: str) -> None:
    status, out, err = run(capsys, "cost", EXAMPLES / "lenet5.cnn", *options)
    assert (status, out) == (2, "")
    assert said in err


def test_columns(capsys: pytest.CaptureFixture[str]) -> None:
    path = EXAMPLES / "alexnet.cnn"
    text = run(capsys, "summary", path, "--columns", "params,macs,memory,im2col")[1]
    assert "96x363 * 363x3025" in text and "1.11 MiB" in text
    out = run(capsys, "summary", path, "--columns", "name,macs,memory", "--format", "csv")[1]
    assert out.splitlines()[:3] == ["name,macs,memory", "input1,0,618348", "conv1,105415200,1161600"]
    assert "| Layer | MACs |" in run(capsys, "summary", path, "--columns", "name,macs", "--format", "markdown")[1]
    status, _, err = run(capsys, "summary", path, "--columns", "name,mac")
    assert (status, 'no column is called "mac": known are layer, name' in err, 'mean "macs"' in err) == (2, True, True)


# ---- devices -----------------------------------------------------------------------------------------------
def test_every_peak_says_its_arithmetic(capsys: pytest.CaptureFixture[str]) -> None:
    """A format is computed in itself, or float32 as TF32, as the table says and the report repeats."""
    for key, row in DEVICES.items():
        for dtype, peak in row.peaks.items():
            assert peak.arithmetic.startswith(dtype) or (dtype, peak.arithmetic) == ("float32", "TF32 tensor cores")
            out = run(capsys, "cost", EXAMPLES / "lenet5.cnn", "--device", key, "--dtype", dtype)[1]
            assert f", {dtype}: {peak.flops / 1e12:,.4g} TFLOP/s ({peak.arithmetic}), " in out
    assert {key for key, d in DEVICES.items() if d.peaks["float32"].arithmetic.startswith("TF32")} == {
        "a100", "h100", "h200", "rtx4090",
    }  # fmt: skip


FIGURES = [
    ("10TFLOP/s,200GB/s", 1e13, 2e11), ("10,200", 1e13, 2e11), ("10TFLOPS,200GB/s", 1e13, 2e11), ("10 tflops, 200 gb/s", 1e13, 2e11),
    ("200GB/s,10TFLOP/s", 1e13, 2e11), ("1.5PFLOP/s,3.35TB/s", 1.5e15, 3.35e12), ("921.6GFLOPS,25.6GBps", 921.6e9, 25.6e9),
    ("1e-3,1", 1e9, 1e9), ("500MFLOPS,800MB/s", 5e8, 8e8), ("mine:10,200", 1e13, 2e11), ("my board: 10TFLOPS,200GB/s", 1e13, 2e11),
    ("1FLOP/s,1B/s", 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "flops", "bandwidth"), FIGURES)
def test_a_device_by_its_figures(text: str, flops: float, bandwidth: float, capsys: pytest.CaptureFixture[str]) -> None:
    made = device(text)
    assert made.bandwidth == pytest.approx(bandwidth)
    for dtype in ("float32", "bfloat16", "int8"):
        assert made.peak(dtype).flops == pytest.approx(flops)  # type: ignore[union-attr]
    options = ["--device", text, "--dtype", "mixed_bfloat16", "--format", "json"]
    said = json.loads(run(capsys, "cost", EXAMPLES / "lenet5.cnn", *options)[1])["device"]
    assert said["flops_per_second"] == pytest.approx(flops) and said["arithmetic"] == "as given, whatever the dtype"
    assert said["name"] == (text.partition(":")[0] if ":" in text else "the device given")


NO_FIGURES = [
    "10TFLOPS,20TFLOPS", "200GB/s,200GB/s", "1,2,3", "x:", "10,", ",10", "nan,1", "inf,1", "10parsec,3", "10TFLOPS,200Gb/s", "x:10",
    "1e1,", "ten,200", "--,1", "10TFLOP/s/200GB/s", "0x10,1", "1_0,1", "0,200", "10,0", "1e400,200", "10,1e400", "1e-30,200", "-1:1,-1",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_FIGURES)
def test_what_is_no_device_is_one_sentence(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "cost", EXAMPLES / "lenet5.cnn", f"--device={text}")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "peak and " in err


def test_a_device_of_the_configuration(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "net.cnn").write_text("input 8x8x3\nconv(4, 3x3)\n")
    (tmp_path / "cnnspec.toml").write_text(
        '[devices]\n"My Board" = "10TFLOP/s, 200GB/s"\nv100 = "14TFLOP/s,900GB/s"\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    assert "\nMy Board, float32: 10 TFLOP/s (as given" in run(capsys, "cost", "net.cnn", "--device", "my-board")[1]
    assert "v100, float32: 14 TFLOP/s" in run(capsys, "cost", "net.cnn", "--device", "V100")[1], "one's own comes first"
    assert (
        'did you mean "My Board"?; known are My Board, v100, p100'
        in run(capsys, "cost", "net.cnn", "--device", "My Bord")[2]
    )
    assert 'devices           {"My Board": ' in run(capsys, "check", ".", "--show-settings")[1]
    for text, said in (
        ('devices = ["a"]', "devices takes a table of texts, not"), ("devices = { a = 3 }", "devices takes a table of texts, not"),
        ('[devices]\na = "10"', "devices.a: a device is a peak and a bandwidth"), ('[devices]\na = "0,1"', "devices.a: a device's peak"),
    ):  # fmt: skip
        (tmp_path / "cnnspec.toml").write_text(text + "\n")
        status, _, err = run(capsys, "cost", "net.cnn", "--device", "v100")
        assert status == 2 and said in err and err.count("\n") == 1
    (tmp_path / "cnnspec.toml").unlink()
    (tmp_path / "pyproject.toml").write_text('[tool.cnnspec.devices]\nmine = "1,2"\n')
    assert "\nmine, float32: 1 TFLOP/s" in run(capsys, "cost", "net.cnn", "--device", "mine")[1]


# ---- budgets -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("lossless", "not lossless: maxpool1 leaves 1 of 7 along the height and 1 of 7 along the width unread"),
        ("params < 1KiB", "params is no number of bytes, the limit is"),
        ("macs < 2*1MB", "macs is no number of bytes, the limit is"),
        ("params", "a budget compares params with a bound: params <= …"),
        ("lossless > 2", "lossless is compared with nothing: write expect lossless"),
        ("params_bytes(dtype=int8) < 50", "params_bytes is 76 bytes, not < 50 bytes"),
        ("training_memory(optimizer=sgd(momentum=1)) < 1KiB", "training_memory is "),
        ("training_memory(dtype=int8) < 1KiB", "int8 has no gradients"),
        ("params_bytes(dtype=int8) < 77, training_memory(batch=4, optimizer=sgd) < 1MiB", None),
        ("inference_memory < 10KiB, peak_memory(batch=2) < 10000", None),
    ],
)
def test_budgets(limit: str, said: str | None) -> None:
    net = cnnspec.load(f"input 9x9x2\nconv(4, 3x3) -> maxpool(2x2)\nexpect {limit}")
    found = [d.message for d in net.diagnostics if d.severity == "error"]
    assert (not found) if said is None else (len(found) == 1 and found[0].startswith(said)), found


def test_a_lossless_network_keeps_its_promise() -> None:
    assert not cnnspec.load("input 10x10x2\nconv(4, 3x3) -> maxpool(2x2)\nexpect lossless").diagnostics
