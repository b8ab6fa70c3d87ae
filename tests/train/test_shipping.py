"""Files that `export` writes for small devices: they answer as the model does, say what they are, and are measured.

Trained once and written in a few forms; each is opened by its own runtime, in ways that cnnspec itself does not go.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.cli import main
from cnnspec.compile.export import export
from cnnspec.compile.export_options import ExportOptions
from cnnspec.train.evaluation.trained import open_trained
from tests.support import run_eagerly
from tests.train.evaluations import command, evaluated

keras = pytest.importorskip("keras")
pytest.importorskip("tensorflow")
pytest.importorskip("tf2onnx")
onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

NET = """input 8x8x1
conv(8, 3x3, activation=relu) -> maxpool(2) -> flatten -> dense(10, softmax)
train { data = "digits.npz"; epochs = 4; batch = 64; learning_rate = 0.02; seed = 3 }
"""
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", 'ni"ne\\']
SAID = re.compile(
    r"accuracy (\S+) % as the model, (\S+) % as (\S+) \(120 test examples of digits.npz\); both say the same of (\S+) %"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The folder with the run and its files, and what was said of each."""
    from sklearn.datasets import load_digits

    at = tmp_path_factory.mktemp("shipped")
    digits = load_digits()
    x, y = (digits.images[:600, ..., None] / 16).astype("float32"), digits.target[:600]
    np.savez(at / "digits.npz", x_train=x, y_train=y, names=np.array(WORDS))
    (at / "net.cnn").write_text(NET)
    with run_eagerly():
        assert main(["train", str(at / "net.cnn"), "-q", "--run-dir", str(at / "run")]) == 0
    return {"at": at, "x": x, "model": keras.models.load_model(at / "run/best.keras")}


@pytest.fixture
def here(made: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(made["at"])
    return made["at"]  # type: ignore[no-any-return]


def exported(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """What is said of a file that is written."""
    status, out, err = command(capsys, "export", "run", *words)
    assert (status, out) == (0, ""), err
    return [line.removeprefix("cnnspec: ") for line in err.splitlines()]


def check_said(lines: list[str], name: str, least: float) -> None:
    """The accuracies stand within 2 % of another, and are told of the 120 that were held back."""
    (found,) = [m for line in lines if (m := SAID.fullmatch(line))]
    ours, theirs, same = float(found[1]), float(found[2]), float(found[4])
    assert found[3] == name and ours > 80 and abs(ours - theirs) <= 2 and same >= least


def run_int8(path: Path, x: Any) -> Any:
    """The probabilities of a LiteRT file of int8, by its interpreter alone, an example at a time."""
    from tensorflow.lite.python.interpreter import Interpreter

    with warnings.catch_warnings(action="ignore"):  # that it is to move to a package of its own
        interpreter = Interpreter(str(path))
    interpreter.allocate_tensors()
    (given,), (result,) = interpreter.get_input_details(), interpreter.get_output_details()
    assert given["dtype"] == result["dtype"] == np.int8
    (scale, zero), (scale_out, zero_out) = given["quantization"], result["quantization"]
    rows = []
    for one in x:
        interpreter.set_tensor(given["index"], np.clip(np.round(one / scale) + zero, -128, 127).astype(np.int8)[None])
        interpreter.invoke()
        rows.append((interpreter.get_tensor(result["index"])[0].astype(float) - zero_out) * scale_out)
    return np.array(rows)


def test_int8_for_litert(made: dict[str, Any], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from cnnspec.compile.runtimes.opened import open_runtime_model

    lines = exported(capsys, "-o", "net.tflite", "--quantize", "int8", "--batch", "1")
    assert lines[:3] == [
        "wrote net.tflite",
        "the ranges of int8 are those of 256 of the 430 examples to train on of digits.npz, drawn by seed 3",
        "it takes values from 0 to 1, as in its training",
    ]
    check_said(lines, "net.tflite", 97)
    # conv and its maxpool: 6 * 6 * 8 and 3 * 3 * 8 values of a byte, at once, as cost says too
    assert lines[-1] == "for one example its tensors, weights apart, need 368 bytes at once; cost estimates 360 bytes"
    x = made["x"][:40]
    plain = run_int8(here / "net.tflite", x)
    model = open_runtime_model("net.tflite")
    np.testing.assert_allclose(model.predict_on_batch(x)[0], plain, atol=1e-6)
    difference = abs(plain - made["model"].predict(x, verbose=0))
    assert difference.max() < 0.15 and difference.mean() < 0.01
    said = json.loads(subprocess.check_output(["unzip", "-p", "net.tflite", "cnnspec.json"]) if shutil.which("unzip") else json.dumps(model.metadata))  # fmt: skip
    assert said == dict(model.metadata) and json.loads(said["classes"]) == WORDS and said["input_range"] == "0,1"
    found = evaluated(capsys, "net.tflite", "--data", "digits.npz")
    assert found["examples"] == 600 and [one["name"] for one in found["classes"]] == WORDS
    right = (run_int8(here / "net.tflite", made["x"]).argmax(1) == np.load("digits.npz")["y_train"]).mean()
    assert found["accuracy"] == pytest.approx(right)


def test_int8_for_onnx(made: dict[str, Any], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = exported(capsys, "-o", "net.onnx", "--quantize", "int8", "--opset", "17", "--batch", "4")
    check_said(lines, "net.onnx", 97)
    proto = onnx.load("net.onnx")
    said = {entry.key: entry.value for entry in proto.metadata_props}
    assert json.loads(said["classes"]) == WORDS and said["layout"] == "channels last"
    assert said["preprocessing"].startswith("grey, resized to 8x8 (height x width; ")
    assert proto.opset_import[0].version == 17 and proto.producer_name == "cnnspec"
    onnx.checker.check_model(proto, full_check=True)
    kinds = {node.op_type for node in proto.graph.node}
    assert {"QuantizeLinear", "DequantizeLinear"} <= kinds
    assert 3 in {tensor.data_type for tensor in proto.graph.initializer if tensor.name.endswith("_quantized")}  # int8
    session = onnxruntime.InferenceSession("net.onnx")
    assert session.get_inputs()[0].shape == [4, 8, 8, 1]
    x = made["x"][:4]
    (plain,) = session.run(None, {session.get_inputs()[0].name: x})
    many = made["x"][:100]
    parts = [session.run(None, {session.get_inputs()[0].name: many[at : at + 4]})[0] for at in range(0, 100, 4)]
    answers, wanted = np.concatenate(parts), made["model"].predict(many, verbose=0)
    difference = abs(answers - wanted)  # the largest depends on the CPU that trained
    assert difference.mean() < 0.02 and np.median(difference.max(1)) < 0.06
    assert (answers.argmax(1) == wanted.argmax(1)).mean() >= 0.95
    for number, name in enumerate(("net.onnx", "run")):
        np.savez("rows.npz", x_train=x[:3])
        assert main(["predict", name, "rows.npz", "--format", "json", "--top", "10"]) == 0
        rows = json.loads(capsys.readouterr().out)
        given = [{one["name"]: one["probability"] for one in row["answers"]} for row in rows]
        told = np.array([[row[word] for word in WORDS] for row in given])
        expected = made["model"].predict(x[:3], verbose=0) if number else plain[:3]
        np.testing.assert_allclose(told, expected, atol=1e-5)


def test_float16_for_onnx(made: dict[str, Any], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is sound by ONNX's own checker, takes float32, and differs by the rounding of float16 alone."""
    check_said(exported(capsys, "-o", "half.onnx", "--quantize", "float16"), "half.onnx", 99)
    onnx.checker.check_model(onnx.load("half.onnx"), full_check=True)
    session = onnxruntime.InferenceSession("half.onnx")
    assert session.get_inputs()[0].type == session.get_outputs()[0].type == "tensor(float)"
    (plain,) = session.run(None, {session.get_inputs()[0].name: made["x"]})
    differences = abs(plain - made["model"].predict(made["x"], verbose=0))
    assert 1e-6 < differences.max() < 0.01


def test_a_c_array_is_the_file(made: dict[str, Any], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = exported(capsys, "-o", "net-1.h", "--quantize", "float16")
    check_said(lines, "net-1.h", 99)
    text = Path("net-1.h").read_text()
    assert '//   9: "ni\\"ne\\\\"' in text and '// input 0, "input1": float32, 1 x 8 x 8 x 1' in text
    data = bytes.fromhex("".join(re.findall(r"0x(..),", text)))
    assert f"net_1_tflite_len = {len(data)};" in text and data[4:8] == b"TFL3"
    if shutil.which("gcc") is None:
        pytest.skip("the array is compiled with gcc")
    main_c = '#include "net-1.h"\n#include "net-1.h"\n#include <stdio.h>\nint main(void) { return fwrite(net_1_tflite, 1, net_1_tflite_len, stdout) != net_1_tflite_len || (unsigned long)net_1_tflite % 16; }\n'
    for ending, language in (("c", "-std=c11"), ("cc", "-std=c++17")):
        Path(f"main.{ending}").write_text(main_c)
        compiler = "gcc" if ending == "c" else "g++"
        if shutil.which(compiler):
            subprocess.check_call([compiler, language, "-Wall", "-Wextra", "-Werror", "-o", "prints", f"main.{ending}"])
            assert subprocess.check_output(["./prints"]) == data


class Stub:
    """A runtime that yields an output as it is."""

    runtime = "a stub"

    def __init__(self, outputs: list[float]) -> None:
        self.outputs = np.array([outputs])

    def predict_on_batch(self, given: Any) -> list[Any]:
        return [self.outputs.repeat(len(given), axis=0)]


def test_a_file_that_always_says_zero_is_measured_so(made: dict[str, Any], here: Path) -> None:
    from cnnspec.train.errors import TrainingFailed
    from cnnspec.train.evaluation.evaluate import open_part
    from cnnspec.train.evaluation.shipping import compare
    from cnnspec.train.evaluation.trained import open_trained
    from cnnspec.train.progress import Lines

    shown = Lines(io.StringIO())
    trained, _ = open_trained("run", None)
    opened = open_part(trained, None, "test", None, shown)
    zero: Any = Stub([1.0] + [0.0] * 9)
    (kept,) = compare(trained, zero, opened, shown).outputs
    x, y = opened.part.take(slice(None))
    said = made["model"].predict(x, verbose=0).argmax(1)
    assert (kept.model, kept.file) == (pytest.approx((said == y).mean()), pytest.approx((y == 0).mean()))
    assert kept.same == pytest.approx((said == 0).mean()) and 0 < kept.same < 0.3
    zero.predict_on_batch = None
    with pytest.raises(
        TrainingFailed, match=r"^a stub cannot run the written file: 'NoneType' object is not callable$"
    ):
        compare(trained, zero, opened, shown)


def test_kernels_that_disagree_are_told_by_how_much() -> None:
    from cnnspec.train.evaluation.shipping import find_delegate_doubt

    plain: Any = Stub([0.0, 4.0, 2.0])
    for other, doubt in (([0.0, 4.0, 2.0], 0.0), ([0.0, 4.0, 1.0], 0.25), ([0.0, 0.0, 2.0], 1.0)):
        delegated: Any = Stub(other)
        assert find_delegate_doubt(plain, delegated, (np.zeros((3, 1)),)) == doubt


# ---- what is refused ---------------------------------------------------------------------------------------
REFUSED = [
    (("run", "-o", "m/", "--quantize", "int8"), "--quantize is for .tflite, .h and .onnx files, and saved_model keeps the model's own numbers"),
    (("run", "-o", "m/", "--batch", "1"), "--batch is for .tflite, .h and .onnx files, and saved_model takes any batch"),
    (("run", "-o", "m.h", "--opset", "17"), "--opset is for .onnx files"),
    (("run", "-o", "m.onnx", "--opset", "12"), "--opset takes 13 to 18, not 12"),
    (("run/best.keras", "-o", "m.h", "--quantize", "int8"), "int8 takes the ranges of all values from examples, and run/best.keras has no data of its own: give --data"),
    (("run", "-o", "m.h", "--quantize", "int8", "--data", "few.npz"), "int8 takes the ranges of all values from examples, and of few.npz 3 examples are there to train on; give --data with 10 or more"),
    (("run", "-o", "m.h", "--data", "no.npz"), "there is no data file no.npz; give the path of a .npz file, or data = digits"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"), REFUSED, ids=lambda one: " ".join(one[1:]) if isinstance(one, tuple) else ""
)
def test_what_cannot_be_shipped_is_one_sentence(
    words: tuple[str, ...], said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez("few.npz", x_train=np.zeros((3, 8, 8, 1), "float32"), y_train=np.arange(3))
    before = sorted(path.name for path in here.iterdir())
    status, out, err = command(capsys, "export", *words)
    assert (status, out, err.splitlines()[-1]) == (2, "", f"cnnspec: {said}")
    assert sorted(path.name for path in here.iterdir()) == before


def test_too_few_examples_are_told_before_keras(here: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    shutil.copytree("run", tmp_path / "small")
    record = json.loads((tmp_path / "small/run.json").read_text())
    record["data"]["train"] = 4
    (tmp_path / "small/run.json").write_text(json.dumps(record))
    (tmp_path / "small/best.keras").write_bytes(b"not looked at")
    status, _, err = command(capsys, "export", tmp_path / "small", "-o", "m.tflite", "--quantize", "int8")
    assert status == 2 and err.startswith(
        "cnnspec: int8 takes the ranges of all values from examples, and of digits.npz 4 "
    )


def test_operations_of_tensorflow_are_not_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One that could read files: TensorFlow's own interpreter would run it."""
    import flatbuffers
    from tensorflow.lite.python import schema_py_generated as schema

    assert command(capsys, "export", "run", "-o", "plain.tflite")[0] == 0
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(Path("plain.tflite").read_bytes(), 0))
    for code in model.operatorCodes:
        code.builtinCode, code.deprecatedBuiltinCode, code.customCode = 32, 32, "FlexReadFile"
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    Path("flex.tflite").write_bytes(bytes(builder.Output()))
    for name in ("flex.tflite", "cut.tflite"):
        Path("cut.tflite").write_bytes(Path("plain.tflite").read_bytes()[:3000])
        status, out, err = command(capsys, "evaluate", name, "--data", "digits.npz", "-q")
        assert (status, out, err.count("\n")) == (2, "", 1), err
        assert "FlexReadFile, which is not LiteRT's own" in err or name == "cut.tflite"


def test_a_c_array_says_its_ends_in_the_order_of_an_interpreter(here: Path) -> None:
    """LiteRT orders inputs by their names, and outputs in its own way."""
    from cnnspec.compile.runtimes.litert_model import LitertModel, import_interpreter
    from cnnspec.compile.to_header import read_header

    photo, age = keras.Input((4,), name="photo"), keras.Input((1,), name="age")
    trunk = keras.layers.Dense(5, "relu")(keras.layers.Concatenate()([photo, age]))
    model = keras.Model([photo, age], [keras.layers.Dense(3, "softmax")(trunk), keras.layers.Dense(2)(trunk)])
    said = {"inputs": '["photo", "age"]', "outputs": '["kind", "days"]'}
    export(model, "two.h", "header", ExportOptions(said, batch=1))
    data, text = read_header("two.h"), Path("two.h").read_text()
    interpreter = import_interpreter().Interpreter(model_content=data)
    sizes = {"photo": 4, "age": 1, "kind": 3, "days": 2}
    for noun, own in (("input", interpreter.get_input_details()), ("output", interpreter.get_output_details())):
        told = re.findall(rf'// {noun} \d, "(\w+)": float32, 1 x (\d)', text)
        assert [(int(size), sizes[name]) for name, size in told] == [(one["shape"][1],) * 2 for one in own]
    x = [np.ones((1, 4), np.float32), np.full((1, 1), 2, np.float32)]
    found = LitertModel("two.h", data, metadata=said).predict_on_batch(tuple(x))
    for mine, theirs in zip(found, model.predict(x, verbose=0), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-6)


def test_a_file_knows_the_columns_of_its_training(here: Path) -> None:
    from cnnspec.train.evaluation.exported import describe, open_exported

    trained = open_trained("run", None)[0]
    columns = (("path", ("photo",)), ("label", ("cat", "dog")))
    told = describe(trained.replace(settings=trained.settings.replace(columns=columns)))["columns"]
    for text, known in ((told, columns), ("{}", ()), ("[[", ()), ('{"label": 5}', ()), ("[" * 5000, ())):
        export(trained.saved.model, "told.onnx", "onnx", ExportOptions({"columns": text}))
        assert open_exported("told.onnx").settings.columns == known
