"""Where an export is written: the ending says the format, and nothing else is replaced or left behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnnspec.compile import export as export_module
from cnnspec.compile.export import ExportFailed, check_place, export, find_format
from cnnspec.compile.keras_model import to_keras
from tests.compile.export_harness import (
    files,
    ready,
)
from tests.support import legal

ENDINGS = [
    ("m.onnx", None, "onnx"), ("m.tflite", None, "litert"), ("m.keras", None, "keras"), ("m/", None, "saved_model"),
    ("m.v2/", None, "saved_model"), ("m", "saved_model", "saved_model"), ("m.v2", "saved_model", "saved_model"),
    ("m.onnx", "onnx", "onnx"), ("a/m.onnx", None, "onnx"),
]  # fmt: skip
NOT_SAID = 'cannot tell what "{}" is to be: name it model.keras, model.onnx, model.tflite, or model/ for a SavedModel'
MISFITS = [
    ("m", None, NOT_SAID), ("m.txt", None, NOT_SAID), ("", None, NOT_SAID), ("", "onnx", NOT_SAID),
    ("", "saved_model", NOT_SAID), ("m.ONNX", None, NOT_SAID),
    *[(path, "keras", "keras is written to a .keras file, not to {}") for path in ("m", "m.txt", "m.KERAS", "m.onnx")],
    ("m.h5", "onnx", "onnx is written to a .onnx file, not to {}"),
    ("m.txt", "litert", "litert is written to a .tflite file, not to {}"),
    ("m.keras", "onnx", "onnx is written to a .onnx file, not to {}"),
    ("m.onnx", "saved_model", "saved_model is written into a folder, not to {}"),
    ("m/", "litert", "litert is written to a .tflite file, not to {}"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "asked", "format"), ENDINGS)
def test_the_ending_says_the_format(path: str, asked: str | None, format: str) -> None:
    assert find_format(path, asked) == format


@pytest.mark.parametrize(("path", "asked", "said"), MISFITS)
def test_an_ending_that_does_not(path: str, asked: str | None, said: str) -> None:
    with pytest.raises(ExportFailed) as refused:
        find_format(path, asked)
    assert str(refused.value) == said.format(path)


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
