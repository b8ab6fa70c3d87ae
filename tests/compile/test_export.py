"""What is written for others computes what Keras computes: ONNX, LiteRT, SavedModel, opened by their own runtimes.

The outputs are equal to 1e-5 of the largest, with random weights, for a batch of another size than any that was seen
while the model was written. Layers that a format has no words for are named in `LACKING`, with what is said.
"""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base import installing
from cnnspec.cli import main
from cnnspec.compile import export as export_module
from cnnspec.compile.export import ExportFailed, check_place, export, format_of, prepare
from cnnspec.compile.live import import_keras, to_keras
from cnnspec.layers import CATALOGUE
from tests.example_files import EXAMPLES, networks
from tests.support import legal, outputs

tf = pytest.importorskip("tensorflow", reason="SavedModel, ONNX and LiteRT are written on TensorFlow")

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
LAYERS = [text for layer in CATALOGUE for text in (layer.example, *layer.more_examples)]
LECTURES = sorted((EXAMPLES / "lectures").glob("*.cnn"))
LACKING = {
    "onnx": {"antialias=true": "ONNX has no operation ScaleAndTranslate"},
    "litert": {
        "antialias=true": "LiteRT has no operation ScaleAndTranslate",
        "conv_transpose(4, 3, dilation=2)": "LiteRT has no operation Conv2DBackpropInput",
        "input 9x8x7x2\nmaxpool(2)": "LiteRT has no operation MaxPool3D",
        "input 9x4\nlayer_scale(1)": "LiteRT cannot run it",  # the converter mistakes its product
        "adaptive_maxpool(2)": "LiteRT has no operation MaxPool3D",
        "adaptive_avgpool(2)": "LiteRT has no operation AvgPool3D",
        "avgpool(3, padding=1)": "LiteRT has no operation AvgPool3D",
    },
    "saved_model": {},
}
NAMES = {"onnx": "model.onnx", "litert": "model.tflite", "saved_model": "model"}


@functools.cache
def ready(format: str) -> None:
    if format == "onnx":
        pytest.importorskip("tf2onnx", reason='ONNX is written with tf2onnx: pip install "cnnspec[onnx]"')
        pytest.importorskip("onnxruntime", reason="what was written is opened with onnxruntime")
    prepare(format)


def run_onnx(path: Path, model: Any, given: list[Any]) -> list[Any]:
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [value.name for value in session.get_inputs()] == [tensor.name for tensor in model.inputs]
    assert [value.name for value in session.get_outputs()] == [
        f"{n}_output" if n == "z" else n for n in model.output_names
    ]
    for value, tensor in zip(session.get_inputs(), model.inputs, strict=True):
        open_sizes = [f"{tensor.name}_{axis}" if axis else "batch" for axis in range(len(tensor.shape))]
        assert value.shape == [n or name for n, name in zip(tensor.shape, open_sizes, strict=True)]
    return list(session.run(None, {t.name: x for t, x in zip(model.inputs, given, strict=True)}))


def run_litert(path: Path, model: Any, given: list[Any]) -> list[Any]:
    return export_module.run_litert(str(path), [tensor.name for tensor in model.inputs], given)


def run_saved_model(path: Path, model: Any, given: list[Any]) -> list[Any]:
    loaded = tf.saved_model.load(str(path))
    made = loaded.serve(given if len(given) > 1 else given[0])
    return list(made) if isinstance(made, (list, tuple)) else [made]


RUN = {"onnx": run_onnx, "litert": run_litert, "saved_model": run_saved_model}


def randomised(model: Any) -> Any:
    """A model none of whose weights is zero or one by chance, and whose activations neither vanish nor explode."""
    import numpy as np

    random = np.random.default_rng(3)
    for weight in model.weights:
        if len(weight.shape) < 2 or "variance" in weight.path:
            weight.assign(random.uniform(0.5, 1.5, weight.shape))
    return model


def same(model: Any, format: str, folder: Path, batch: int = 3, size: int = 64, share: float = 1e-5) -> None:
    """Writes a model, opens it, and compares what it computes, to a share of the largest output."""
    import numpy as np

    ready(format)
    random = np.random.default_rng(7)
    shapes = [(batch, *[n or size for n in tensor.shape[1:]]) for tensor in model.inputs]
    given = [random.normal(size=shape).astype("float32") for shape in shapes]
    export(model, str(folder / NAMES[format]), format)
    found = [np.asarray(y) for y in RUN[format](folder / NAMES[format], model, given)]
    expected = outputs(model, given if len(given) > 1 else given[0])
    assert [y.shape for y in found] == [y.shape for y in expected]
    for here, there in zip(expected, found, strict=True):
        assert abs(here - there).max() <= share * abs(here).max()
        assert here.std() > 0 or here.size <= 3 or format != "onnx", "an output that says nothing"


# ---- every layer -------------------------------------------------------------------------------------------
def layer_by_layer(text: str, format: str, folder: Path) -> None:
    ready(format)
    model = randomised(to_keras(legal(text)))
    lacking = [said for part, said in LACKING[format].items() if part in text]
    if not lacking:
        same(model, format, folder)
        return
    with pytest.raises(ExportFailed) as refused:
        export(model, str(folder / NAMES[format]), format)
    assert f"this model cannot be written as {format}: {lacking[0]}" in str(refused.value)
    assert list(folder.iterdir()) == []


@pytest.mark.kernels
@pytest.mark.parametrize("text", LAYERS)
def test_every_layer_in_onnx(text: str, tmp_path: Path) -> None:
    layer_by_layer(text, "onnx", tmp_path)


@pytest.mark.skipif(not THOROUGH, reason="with HYPOTHESIS_PROFILE=thorough")
@pytest.mark.parametrize("format", ["litert", "saved_model"])
@pytest.mark.parametrize("text", LAYERS)
def test_every_layer_in_the_others(text: str, format: str, tmp_path: Path) -> None:
    layer_by_layer(text, format, tmp_path)


# ---- networks ----------------------------------------------------------------------------------------------
def legal_networks(path: Path) -> list[Any]:
    return [network.graph for network in networks(path).values() if not network.broken]


# A dense layer there adds up 871,200 products of float32, whose sum depends on their order: 1.01e-5 was seen.
LONG_SUMS = {"lecture4_dense_scaling": 4e-5}


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_the_lectures_networks_in_onnx(path: Path, tmp_path: Path) -> None:
    for graph in legal_networks(path):
        same(randomised(to_keras(graph)), "onnx", tmp_path, share=LONG_SUMS.get(path.stem, 1e-5))


SMALL = ("lectures/lecture2_text", "lectures/lecture3_deep_mnist", "zoo/MobileNetV3Small")
LARGE = (
    "unet_any_size",
    "mobilenet_v2",
    "alexnet",
    "resnet18",
    "densenet121",
    "inception_v3",
    "efficientnet_b0",
    "zoo/ConvNeXtTiny",
)


@pytest.mark.parametrize("format", NAMES)
@pytest.mark.parametrize("name", [*SMALL, *(LARGE if THOROUGH else ())])
def test_networks(name: str, format: str, tmp_path: Path) -> None:
    (graph,) = legal_networks(EXAMPLES / f"{name}.cnn")
    same(randomised(to_keras(graph)), format, tmp_path)
    import_keras().backend.clear_session()


@pytest.mark.parametrize("format", NAMES)
def test_several_inputs_and_outputs_keep_their_order_and_names(format: str, tmp_path: Path) -> None:
    text = "input z 4x4x1\ninput a 3\nz -> flatten -> dense(2) as y\na -> dense(5) as b\nconcat(y, b) as c\noutput c, y, b, z"
    same(randomised(to_keras(legal(text))), format, tmp_path)


def test_a_changed_weight_would_be_seen(tmp_path: Path) -> None:
    """A comparison that cannot fail is none: with one weight changed, `same` sees it."""
    import numpy as np

    ready("onnx")
    model = to_keras(legal("input 4x4x1\nconv(2, 3x3) -> flatten -> dense(3)"))
    export(model, str(tmp_path / "m.onnx"), "onnx")
    model.weights[0].assign(model.weights[0] * 1.01)
    x = np.ones((1, 4, 4, 1), "float32")
    (found,), (expected,) = run_onnx(tmp_path / "m.onnx", model, [x]), outputs(model, x)
    assert abs(expected - found).max() > 1e-5 * abs(expected).max()


# ---- where it is written -----------------------------------------------------------------------------------
ENDINGS = [
    ("m.onnx", None, "onnx"), ("m.tflite", None, "litert"), ("m.keras", None, "keras"), ("m/", None, "saved_model"),
    ("m.v2/", None, "saved_model"), ("m", "saved_model", "saved_model"), ("m.v2", "saved_model", "saved_model"),
    ("m.onnx", "onnx", "onnx"), ("a/m.onnx", None, "onnx"),
]  # fmt: skip
NOT_SAID = 'cannot tell what "{}" is to be: name it model.keras, model.onnx, model.tflite, or model/ for a SavedModel'
MISFITS = [
    ("m", None, NOT_SAID), ("m.txt", None, NOT_SAID), ("m.h5", "onnx", NOT_SAID), ("", None, NOT_SAID),
    ("m.ONNX", None, NOT_SAID), ("m.keras", "onnx", "onnx is written to a .onnx file, not to {}"),
    ("m.onnx", "saved_model", "saved_model is written into a folder, not to {}"),
    ("m/", "litert", "litert is written to a .tflite file, not to {}"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "asked", "format"), ENDINGS)
def test_the_ending_says_the_format(path: str, asked: str | None, format: str) -> None:
    assert format_of(path, asked) == format


@pytest.mark.parametrize(("path", "asked", "said"), MISFITS)
def test_an_ending_that_does_not(path: str, asked: str | None, said: str) -> None:
    with pytest.raises(ExportFailed) as refused:
        format_of(path, asked)
    assert str(refused.value) == said.format(path)


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_only_a_saved_model_is_replaced_by_one(tmp_path: Path) -> None:
    ready("saved_model")
    model = to_keras(legal("input 4\ndense(2)"))
    target = tmp_path / "model"
    for name, said in (("notes.txt", "holds something else"), ("saved_model.pb", ""), ("variables/x", "")):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text("old")
        if said:
            before = files(tmp_path)
            with pytest.raises(ExportFailed, match=said):
                export(model, str(target), "saved_model")
            assert files(tmp_path) == before
            (target / name).unlink()
    (target / "notes.txt").write_text("mine")
    with pytest.raises(ExportFailed, match=r"beside a SavedModel this folder holds notes\.txt"):
        check_place(str(target), "saved_model")
    (target / "notes.txt").unlink()
    export(model, str(target) + "/", "saved_model")
    assert "variables/x" not in files(target) and files(target)["saved_model.pb"] != b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["model"], "nothing is left beside it"
    (tmp_path / "file").write_text("x")
    for path, format, said in (
        ("file", "saved_model", "a SavedModel is a folder, and this is a file"),
        ("model", "onnx", "it is a folder"),
        ("no/m.onnx", "onnx", "its folder does not exist"),
        ("file/m.onnx", "onnx", "its folder does not exist"),
    ):
        with pytest.raises(ExportFailed, match=said):
            check_place(str(tmp_path / path), format)


@pytest.mark.parametrize("format", ["keras", "saved_model"])
@pytest.mark.parametrize("when", ["while it is written", "while it is moved"])
def test_a_failure_leaves_the_old_output(
    format: str, when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / ("m.keras" if format == "keras" else "m")
    model = to_keras(legal("input 4\ndense(2)"))
    export(model, str(target), format)
    before = files(tmp_path)

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    if when == "while it is written":
        monkeypatch.setattr(type(model), "save", fail)
        monkeypatch.setattr(type(model), "export", fail)
    else:
        monkeypatch.setattr(export_module.os, "replace", fail)
        rename, asked = os.rename, []

        def second(*paths: str) -> None:
            asked.append(paths)
            fail() if len(asked) == 2 else rename(*paths)

        monkeypatch.setattr(export_module.os, "rename", second)
    with pytest.raises(ExportFailed, match=r"cannot write .*: No space left on device"):
        export(model, str(target), format)
    monkeypatch.undo()
    assert files(tmp_path) == before
    assert os.listdir(tmp_path) == [target.name]


# ---- the commands ------------------------------------------------------------------------------------------
SPEC = "input 6x6x2\nconv(3, 3x3) as features -> relu -> flatten -> dense(4, softmax)\n"


def command(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, str, str]:
    status = main([str(a) for a in arguments])
    made = capsys.readouterr()
    return status, made.out, made.err


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.cnn").write_text(SPEC)
    return tmp_path


def test_trained_weights_go_from_file_to_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A model's weights, taken from a .keras file, its weights, or a run's folder, and put into the spec's model."""
    import numpy as np

    keras = import_keras()
    trained = randomised(to_keras(legal(SPEC)))
    trained.compile(optimizer="adam", loss="categorical_crossentropy")
    x = np.random.default_rng(1).normal(size=(5, 6, 6, 2)).astype("float32")
    trained.fit(
        x, np.eye(4, dtype="float32")[[0, 1, 2, 3, 0]], verbose=0
    )  # so that the file has an optimizer's weights
    trained.save("trained.keras")
    trained.save_weights("trained.weights.h5")
    (here / "run").mkdir()
    trained.save("run/last.keras")
    for source in ("trained.keras", "trained.weights.h5", "run"):
        assert command(capsys, "compile", "net.cnn", "--weights", source, "-o", "new.keras") == (
            0, "", "cnnspec: wrote new.keras\n",
        )  # fmt: skip
        made = keras.models.load_model("new.keras", safe_mode=True)
        np.testing.assert_array_equal(outputs(made, x)[0], outputs(trained, x)[0])
    to_keras(legal(SPEC)).save("run/last.keras")
    trained.save("run/best.keras")
    ready("onnx")
    for arguments in (("compile", "net.cnn", "--weights", "run"), ("export", "run"), ("export", "trained.keras")):
        assert command(capsys, *arguments, "-o", "new.onnx")[0] == 0
        np.testing.assert_allclose(run_onnx(here / "new.onnx", trained, [x])[0], outputs(trained, x)[0], atol=1e-5)
    assert command(capsys, "export", "trained.keras", "--to", "saved_model") == (0, "", "cnnspec: wrote trained/\n")
    assert command(capsys, "export", "run/", "--to", "onnx") == (0, "", "cnnspec: wrote run.onnx\n")
    assert command(capsys, "compile", "net.cnn", "--to", "py") == (0, "", "cnnspec: wrote net.py\n")


# another network's weights, and what is said of them
OTHERS = [
    ("-> relu -> flatten -> dense(4, softmax) -> dense(2)", "it has some for dense2, which the spec does not have"),
    ("-> relu -> flatten", "it has none for dense1"),
    ("-> relu -> flatten -> dense(5)", "dense1 takes 48x4 + 4, and dense1 there has 48x5 + 5"),
    ("-> relu -> flatten -> dense(4, bias=false)", "dense1 takes 48x4 + 4, and dense1 there has 48x4"),
    ("-> bn -> flatten -> dense(4)", "it has some for bn1, which the spec does not have"),
]


@pytest.mark.parametrize(("rest", "said"), OTHERS)
@pytest.mark.parametrize("ending", [".keras", ".weights.h5"])
def test_other_weights_are_refused(
    rest: str, said: str, ending: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = to_keras(legal(f"input 6x6x2\nconv(3, 3x3) as features {rest}"))
    other.save("other.keras") if ending == ".keras" else other.save_weights("other.weights.h5")
    status, out, err = command(capsys, "compile", "net.cnn", "--weights", f"other{ending}", "-o", "m.keras")
    assert (status, out) == (2, "")
    assert err == f"cnnspec: the weights in other{ending} are of another network: {said}\n"
    assert not (here / "m.keras").exists()


USAGE = [
    (("compile", "net.cnn"), "say what to make: -o model.onnx, or --to with one of py, keras, saved_model, onnx, litert"),
    (("compile", "net.cnn", "-o", "-", "--to", "onnx"), "onnx is not written to stdout: give -o a name"),
    (("compile", "net.cnn", "-o", "m.onnx", "--to", "py"), "py is written to a .py file, not to m.onnx"),
    (("compile", "net.cnn", "-o", "m.py", "--weights", "x.keras"),
     "source holds no weights: --weights goes with the other formats"),
    (("compile", "net.cnn", "-o", "m.keras", "--weights", "no.keras"), "cannot read no.keras: there is no such file"),
    (("compile", "net.cnn", "-o", "m.keras", "--weights", "net.cnn"),
     "net.cnn holds no weights: a .keras or .weights.h5 file does, or the folder of a run"),
    (("compile", "net.cnn", "-o", "m.keras", "--weights", "bad.keras"),
     "cannot read the weights in bad.keras: it is damaged, or something else"),
    (("compile", "net.cnn", "-o", "m.keras", "--weights", "bad.weights.h5"),
     "cannot read the weights in bad.weights.h5: it is damaged, or something else"),
    (("compile", "net.cnn", "-o", "m.keras", "--weights", "."), ". is a folder without best.keras or last.keras: cnnspec runs lists the runs that there are"),
    (("export", "no.keras", "-o", "m.onnx"), "cannot read no.keras: there is no such file"),
    (("export", "bad.keras", "-o", "m/"), "bad.keras is no .keras file, or a damaged one"),
    (("export", "net.cnn", "-o", "m/"), "net.cnn is no saved model: a .keras file is, or the folder of a run; cnnspec compile takes a spec"),
    (("export", ".", "-o", "m/"), ". is a folder without best.keras or last.keras: cnnspec runs lists the runs that there are"),
    (("export", "bad.keras"), "say what to make: -o model.onnx, or --to with one of saved_model, onnx, litert"),
    (("export", "bad.keras", "-o", "m.keras"),
     'cannot tell what "m.keras" is to be: name it model.onnx, model.tflite, or model/ for a SavedModel'),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), USAGE)
def test_what_cannot_be_done_is_one_sentence(
    arguments: tuple[str, ...], said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("bad.keras", "bad.weights.h5"):
        (here / name).write_bytes(b"PK\3\4 cut off")
    before = files(here)
    assert command(capsys, *arguments) == (2, "", f"cnnspec: {said}\n")
    assert files(here) == before


def test_a_model_that_carries_code_is_not_loaded(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keras = import_keras()
    keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x + 1)]).save("code.keras")
    status, _, err = command(capsys, "export", "code.keras", "-o", "m/")
    assert status == 2 and err.startswith("cnnspec: Keras cannot load code.keras: ") and err.count("\n") == 1
    assert "Lambda" in err or "lambda" in err


def test_without_tf2onnx_there_is_one_sentence(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    monkeypatch.setitem(sys.modules, "tf2onnx.convert", None)
    status, out, err = command(capsys, "compile", "net.cnn", "-o", "m.onnx")
    assert (status, out) == (2, "")
    assert "is not installed; ONNX needs it" in err and installing.command("onnx") in err
    assert files(here).keys() == {"net.cnn"}
