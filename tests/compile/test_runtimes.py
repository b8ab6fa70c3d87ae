"""Files of ONNX that others wrote, run without Keras: which axis holds channels, what is told of them, and what is refused."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.installing import write_install_command
from cnnspec.cli import main
from cnnspec.compile.runtimes.model import RuntimeEnd, RuntimeRefused
from cnnspec.compile.runtimes.opened import open_runtime_model

np = pytest.importorskip("numpy")
onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
FLOAT, RNG = 1, np.random.default_rng(0)
KERNEL = RNG.normal(size=(2, 3, 3, 3)).astype("float32")


def write(path: str, nodes: list[Any], takes: list[Any], yields: list[Any], *weights: Any, kind: int = FLOAT) -> str:
    """Nodes ("Op input … -> output", attributes) as a file; every weight is an array by its name, or a tensor."""
    made = []
    for text, attributes in nodes:
        (operation, *read), (output,) = (side.split() for side in text.split("->"))
        made.append(onnx.helper.make_node(operation, read, [output], **attributes))
    given = [onnx.helper.make_tensor_value_info("x", kind, takes)]
    results = [onnx.helper.make_tensor_value_info(made[-1].output[0], FLOAT, yields)]
    tensors = [onnx.numpy_helper.from_array(*w) if isinstance(w, tuple) else w for w in weights]
    graph = onnx.helper.make_graph(made, "net", given, results, tensors)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    Path(path).write_bytes(model.SerializeToString())
    return path


CONV = ("Conv x k -> c", {})
POOLED = [("GlobalAveragePool c -> p", {}), ("Flatten p -> f", {})]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# ---- channels ----------------------------------------------------------------------------------------------
ORDERS = [  # the first nodes, the shape that the file takes, whether channels are first
    ([CONV], ["n", 3, 8, 9], True),
    ([CONV], ["n", 3, 5, 3], True),
    ([("Sub x m -> s", {}), ("Conv s k -> c", {})], [1, 3, 8, 9], True),
    ([("Transpose x -> t", {"perm": [0, 3, 1, 2]}), ("Conv t k -> c", {})], ["n", 8, 9, 3], False),
    ([("Transpose x -> t", {"perm": [0, 3, 1, 2]}), ("Conv t k -> c", {})], ["n", 3, 9, 3], False),
]


@pytest.mark.parametrize(("nodes", "takes", "first"), ORDERS)
def test_channels_are_where_the_graph_says(nodes: list[Any], takes: list[Any], first: bool) -> None:
    """Images are given with channels last, and the answers are those of the runtime itself for the file's own order."""
    import onnxruntime

    weights = [(KERNEL, "k"), *[(np.full((1, 3, 1, 1), 0.5, "float32"), "m")] * ("Sub" in nodes[0][0])]
    path = write("net.onnx", [*nodes, *POOLED], takes, ["n" if takes[0] == "n" else 1, 2], *weights)
    model = open_runtime_model(path)
    sizes = takes[2:] + takes[1:2] if first else takes[1:]
    assert model.inputs[0].shape == tuple(sizes) and model.batch == (1 if takes[0] == 1 else None)
    images = RNG.random((3, *sizes)).astype("float32")
    own = onnxruntime.InferenceSession(path)
    rows = [own.run(None, {"x": (np.moveaxis(image, -1, 0) if first else image)[None]})[0] for image in images]
    np.testing.assert_allclose(model.predict_on_batch(images)[0], np.concatenate(rows), atol=1e-6)


def test_maps_come_back_with_channels_last() -> None:
    model = open_runtime_model(write("net.onnx", [CONV], ["n", 3, "h", "w"], ["n", 2, "i", "j"], (KERNEL, "k")))
    assert (model.inputs[0].shape, model.outputs[0].shape) == ((None, None, 3), (None, None, 2))
    assert model.predict_on_batch(RNG.random((2, 7, 6, 3)))[0].shape == (2, 5, 4, 2)


@pytest.mark.parametrize("behind", ["Softmax f -> y", "Sigmoid f -> y", "Relu f -> y"])
def test_the_last_function_is_told(behind: str) -> None:
    path = write("net.onnx", [CONV, *POOLED, (behind, {})], [1, 3, 8, 8], [1, 2], (KERNEL, "k"))
    assert open_runtime_model(path).activations == ({"S": behind.split()[0].lower()}.get(behind[0], "linear"),)


# ---- numbers -----------------------------------------------------------------------------------------------
ENDS = [  # the end, values, what the file has for them
    (RuntimeEnd("x", (2,), "int8", 0.5, -3), [[0.0, 1.0], [100.0, -100.0]], [[-3, -1], [127, -128]]),
    (RuntimeEnd("x", (2,), "uint8", 0.25, 10), [[0.0, -2.5], [0.1, 0.13]], [[10, 0], [10, 11]]),
    (RuntimeEnd("x", (2,), "int64"), [[0.0, 2.0], [2.6, -1.0]], [[0, 2], [3, -1]]),
    (RuntimeEnd("x", (2,), "bool"), [[0.0, 1.0], [0.6, 0.4]], [[False, True], [True, False]]),
    (RuntimeEnd("x", (2,), "float16"), [[0.5, 1.0], [2.0, 4.0]], [[0.5, 1.0], [2.0, 4.0]]),
]


@pytest.mark.parametrize(("end", "values", "stored"), ENDS, ids=lambda one: getattr(one, "dtype", ""))
def test_numbers_are_those_of_the_file(end: RuntimeEnd, values: list[Any], stored: list[Any]) -> None:
    encoded = end.encode(np.array(values, "float32"))
    assert encoded.dtype == end.dtype and encoded.tolist() == stored
    again = end.decode(encoded)
    inside = (np.array(stored) > -128) & (np.array(stored) < 127)
    rounding = end.scale / 2 if end.scale else 0.5
    assert again.dtype == "float32" and (abs(again - np.array(values)) <= rounding + 1e-6)[inside].all()


@pytest.mark.parametrize("kind", [7, 10, 11])  # int64, float16, double
def test_a_file_takes_its_own_numbers(kind: int) -> None:
    path = write("net.onnx", [("Cast x -> y", {"to": FLOAT})], ["n", 4], ["n", 4], kind=kind)
    assert open_runtime_model(path).predict_on_batch(np.ones((2, 4)))[0].tolist() == [[1.0] * 4] * 2


# ---- what is refused ---------------------------------------------------------------------------------------
def external(location: str) -> Any:
    tensor = onnx.TensorProto(name="w", data_type=FLOAT, dims=[4], data_location=onnx.TensorProto.EXTERNAL)
    for key, value in (("location", location), ("offset", "0"), ("length", "16")):
        tensor.external_data.add(key=key, value=value)
    return tensor


@pytest.mark.parametrize("location", ["../secret.bin", "{}/secret.bin", "link.bin", "/dev/zero", "", "gone.bin"])
def test_weights_elsewhere_are_not_read(location: str, tmp_path: Path) -> None:
    os.mkdir("in")
    Path("secret.bin").write_bytes(np.arange(4, dtype="float32").tobytes())
    os.symlink(tmp_path / "secret.bin", "in/link.bin")
    path = write("in/net.onnx", [("Add x w -> y", {})], ["n", 4], ["n", 4], external(location.format(tmp_path)))
    with pytest.raises(RuntimeRefused, match=r"^in/net.onnx keeps the weights w in .* which is no file in its folder$"):
        open_runtime_model(path)
    Path("in/own.bin").write_bytes(Path("secret.bin").read_bytes())
    beside = write("in/net.onnx", [("Add x w -> y", {})], ["n", 4], ["n", 4], external("own.bin"))
    assert open_runtime_model(beside).predict_on_batch(np.zeros((1, 4)))[0].tolist() == [[0, 1, 2, 3]]


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command says that refuses."""
    assert main(list(words)) == 2
    done = capsys.readouterr()
    assert done.err.count("\n") == 1 and "Traceback" not in done.err and not done.out
    return done.err.removeprefix("cnnspec: ").rstrip("\n")


def test_what_is_no_model_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    for ending, what in (("onnx", "no ONNX file, or a damaged one"), ("tflite", "no LiteRT file")):
        bad = f"bad.{ending}"
        Path(bad).write_bytes(b"not a model")
        assert asked(capsys, "evaluate", bad, "--data", "digits") == f"{bad} is {what}"
        assert asked(capsys, "predict", f"no.{ending}", bad) == f"cannot read no.{ending}: No such file or directory"
    os.mkfifo("pipe.onnx")
    assert asked(capsys, "evaluate", "pipe.onnx", "--data", "digits") == "cannot read pipe.onnx: it is no file"


def test_what_a_file_asks_for_may_be_refused(capsys: pytest.CaptureFixture[str]) -> None:
    own = write("own.onnx", [("Mine x -> y", {"domain": "mine"})], ["n", 4], ["n", 4])
    assert asked(capsys, "evaluate", own, "--data", "digits").startswith("onnxruntime cannot open own.onnx: ")
    text = write("text.onnx", [("Cast x -> y", {"to": FLOAT})], ["n", 4], ["n", 4], kind=8)
    assert "text.onnx has x of type tensor(string)" in asked(capsys, "evaluate", text, "--data", "digits")
    either = write("either.onnx", [("Relu x -> y", {})], ["n", 1, 8, 1], ["n", 1, 8, 1])
    assert asked(capsys, "evaluate", either, "--data", "digits") == (
        "either.onnx does not say which axis of its input x holds the channels: write it with channels last, and 'layout' = "
        "'channels last' in its metadata"
    )
    net = write("net.onnx", [CONV, *POOLED], ["n", 3, 8, 8], ["n", 2], (KERNEL, "k"))
    assert asked(capsys, "evaluate", net, "-q") == "net.onnx does not say what it was trained on; give --data"
    assert asked(capsys, "evaluate", net, "--data", "digits", "--backend", "jax") == (
        "--backend chooses what Keras computes with, and net.onnx is computed by onnxruntime; leave it out"
    )


def test_without_onnxruntime_there_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("net.onnx", [CONV, *POOLED], ["n", 3, 8, 8], ["n", 2], (KERNEL, "k"))
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    said = asked(capsys, "evaluate", path, "--data", "digits")
    assert said == f"onnxruntime is not installed; ONNX files need it: {write_install_command('onnx')}"


@pytest.mark.parametrize("takes", [["n", 3, 10**6, 10**6], [10**9, 3, 64, 64]])
def test_an_input_without_room_is_refused(takes: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    path = write("net.onnx", [CONV, *POOLED], takes, ["n", 2], (KERNEL, "k"))
    assert "net.onnx has x of " in asked(capsys, "predict", path, path)


def test_a_size_without_room_is_a_memory_error() -> None:
    path = write(
        "net.onnx", [("ConstantOfShape s -> b", {}), ("ReduceSum b -> r", {}), ("Add x r -> y", {})], ["n", 1], None,
        (np.array([10**6, 10**6, 100]), "s"),
    )  # fmt: skip
    with pytest.raises((MemoryError, RuntimeRefused)):
        open_runtime_model(path).predict_on_batch(np.zeros((1, 1)))


def test_an_image_is_told_by_a_file_of_somebody_else(capsys: pytest.CaptureFixture[str]) -> None:
    """Without metadata the names and the range are given, as for a .keras file; the answers are NumPy's own."""
    image = pytest.importorskip("PIL.Image")
    pixels = RNG.integers(0, 256, (8, 9, 3)).astype("uint8")
    image.fromarray(pixels).save("one.png")
    path = write("net.onnx", [CONV, *POOLED, ("Softmax f -> y", {})], ["n", 3, 8, 9], ["n", 2], (KERNEL, "k"))
    assert main(["predict", path, "one.png", "--names", "cat,dog", "--range=0,255", "--format", "csv"]) == 0
    out = capsys.readouterr().out.split("\n")[1].split(",")
    windows = np.lib.stride_tricks.sliding_window_view(np.moveaxis(pixels, -1, 0).astype(float), (3, 3, 3))[0]
    scores = np.einsum("hwcij,kcij->k", windows, KERNEL.astype(float)) / windows.shape[0] / windows.shape[1]
    powers = np.exp(scores - scores.max())
    best = int(scores.argmax())
    assert out[1] == ("cat", "dog")[best]
    assert float(out[2]) == pytest.approx(powers[best] / powers.sum(), rel=1e-4)
