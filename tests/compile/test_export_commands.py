"""`cnnspec compile --weights` and `cnnspec export`, as users meet them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base import installing
from cnnspec.cli import main
from cnnspec.compile.keras_model import import_keras, to_keras
from tests.compile.export_harness import (
    files,
    randomised,
    ready,
    run_onnx,
)
from tests.support import legal, outputs

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
    (("compile", "net.cnn"), "say what to make: -o model.onnx, or --to with one of py, torch, keras, saved_model, onnx, litert, pt2"),
    (("compile", "net.cnn", "-o", "-", "--to", "onnx"), "onnx is not written to stdout: give -o a name"),
    (("compile", "net.cnn", "-o", "m.onnx", "--to", "py"), "py is written to a .py file, not to m.onnx"),
    (("compile", "net.cnn", "-o", "m.txt", "--to", "py"), "py is written to a .py file, not to m.txt"),
    (("compile", "net.cnn", "-o", "net.cnn", "--to", "py"), "py is written to a .py file, not to net.cnn"),
    (("export", "bad.keras", "-o", "m", "--to", "onnx"), "onnx is written to a .onnx file, not to m"),
    (("compile", "net.cnn", "-o", "m.py", "--weights", "x.keras"),
     "source holds no weights: --weights goes with the other formats"),
    (("compile", "net.cnn", "-o", "m.keras", "--weights", "no.keras"), "cannot read no.keras: there is no such file"),
    (("compile", "net.cnn", "-o", "m.keras", "--weights", "net.cnn"),
     "net.cnn holds no weights: a .keras, .weights.h5, .pt2 or .onnx file does, or the folder of a run"),
    (("compile", "net.cnn", "-o", "m.keras", "--weights", "bad.keras"),
     "cannot read the weights in bad.keras: it is damaged, or something else"),
    (("compile", "net.cnn", "-o", "m.keras", "--weights", "bad.weights.h5"),
     "cannot read the weights in bad.weights.h5: it is damaged, or something else"),
    (("compile", "net.cnn", "-o", "m.keras", "--weights", "."), ". is a folder without best.keras or last.keras: cnnspec runs lists the runs that there are"),
    (("export", "no.keras", "-o", "m.onnx"), "cannot read no.keras: there is no such file"),
    (("export", "bad.keras", "-o", "m/"), "bad.keras is no .keras file, or a damaged one"),
    (("export", "net.cnn", "-o", "m/"), "net.cnn is no saved model: a .keras file is, or the folder of a run; cnnspec compile takes a spec"),
    (("export", ".", "-o", "m/"), ". is a folder without best.keras or last.keras: cnnspec runs lists the runs that there are"),
    (("export", "bad.keras"), "say what to make: -o model.onnx, or --to with one of saved_model, onnx, litert, header"),
    (("export", "bad.keras", "-o", "m.keras"),
     'cannot tell what "m.keras" is to be: name it model.onnx, model.tflite, model.h, or model/ for a SavedModel'),
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
    assert "is not installed; ONNX needs it" in err and installing.write_install_command("onnx") in err
    assert files(here).keys() == {"net.cnn"}
