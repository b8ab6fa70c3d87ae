"""The command line: exit statuses, streams, formats, and every kind of bad input. Nothing ever shows a traceback."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import GOOD, run

ROOT = Path(__file__).parents[2]
TWO = "model A(n=2) { input 3 -> dense(n) }\nmodel B(m=2) { input 3 -> dense(m) }\n"


def test_check_is_silent_about_a_clean_file_on_stderr(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "check", good) == (0, "1 file: no mistakes found\n", "")


def test_check_shows_place_line_caret_and_help(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.cnn"
    path.write_text("input 8x8x1\nconv(4, 3x3, strid=2)\n")
    status, out, err = run(capsys, "check", path)
    assert (status, err) == (1, "")
    assert out == (
        'error[E011 bad-argument]: conv has no argument "strid"\n'
        f" --> {path}:2:14\n  |\n2 | conv(4, 3x3, strid=2)\n  |              ^^^^^\n"
        '  help: did you mean "stride"?\n\n1 error in 1 file\n'
    ).replace(" -->", "  -->")


def test_check_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.cnn"
    path.write_text("input 7x7x1\nconv(4, 3x3, stride=3)\n")
    status, out, err = run(capsys, "check", "--output-format", "json", path)
    (found,) = json.loads(out)
    assert (status, err) == (1, "")
    assert found.pop("message").startswith("(7 + 2*0 - 3)/3 + 1 = 2.33")
    assert found.pop("help").startswith("what fits: stride=4; input 6x6x1; padding=same")
    assert found.pop("fixes")[0] == {
        "message": "write stride=4",
        "applicability": "unsafe",
        "cost": "parameters, MACs and receptive field unchanged",
        "edits": [
            {
                "content": "4",
                "filename": str(path),
                "location": {"row": 2, "column": 21},
                "end_location": {"row": 2, "column": 22},
            }
        ],
    }
    assert found == {
        "code": "W201",
        "name": "illegal-stride",
        "severity": "warning",
        "filename": str(path),
        "location": {"row": 2, "column": 14},
        "end_location": {"row": 2, "column": 22},
        "notes": [],
    }


def test_check_takes_folders_and_several_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a" / ".hidden").mkdir(parents=True)
    for name in ("a/one.cnn", "a/two.cnn", "a/.hidden/three.cnn", "a/readme.txt"):
        (tmp_path / name).write_text(GOOD)
    assert run(capsys, "check", tmp_path)[1] == "2 files: no mistakes found\n"


def test_stdin(good: Path) -> None:
    for verb, shown in (("check", "1 file"), ("summary", "Total params: 55"), ("format", "input 8x8x1")):
        done = subprocess.run(
            [sys.executable, "-m", "cnnspec", verb, "-"],
            input=GOOD,
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert shown in done.stdout


def test_a_small_character_set_gets_something_readable(tmp_path: Path) -> None:
    """Windows pipes are often cp1252: no line of a table may fail there, and JSON must stay JSON."""
    spec = tmp_path / "é.cnn"
    spec.write_text("input 8x8x3\nconv(8, 3x3)")
    for encoding in ("ascii", "cp1252"):
        environment = {**os.environ, "PYTHONIOENCODING": encoding}
        command = [sys.executable, "-m", "cnnspec", "summary", str(spec)]
        table = subprocess.run(command, capture_output=True, env=environment, check=True).stdout
        assert b"\n ----" in table
        data = subprocess.run([*command, "--format", "json"], capture_output=True, env=environment, check=True).stdout
        assert json.loads(data)["model"] == "é"


def test_summary_formats_agree(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(run(capsys, "summary", good, "--format", "json")[1])
    rows = list(csv.DictReader(io.StringIO(run(capsys, "summary", good, "--format", "csv")[1])))
    assert [row["layer"] for row in rows] == [layer["name"] for layer in data["layers"]]
    assert [int(row["params"]) for row in rows] == [sum(layer["params"].values()) for layer in data["layers"]]
    text = run(capsys, "summary", good)[1]
    markdown = run(capsys, "summary", good, "--format", "markdown")[1]
    for layer in data["layers"]:
        assert f"{layer['name']} ({layer['type']})" in text
        assert f"| {layer['name']} ({layer['type']}) |" in markdown


def test_summary_json_is_the_contract(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(run(capsys, "summary", good, "--format", "json")[1])
    assert list(data) == ["schema_version", "model", "file", "inputs", "layers", "outputs", "totals", "conventions"]
    assert data["schema_version"] == 1
    assert data["model"] == "good"
    assert data["inputs"] == [{"name": "input1", "shape": [8, 8, 1]}]
    assert data["outputs"] == [{"name": "dense1", "shape": [3]}]
    assert data["layers"][1] == {
        "name": "conv1",
        "type": "Conv2D",
        "inputs": ["input1"],
        "output_shape": [6, 6, 4],
        "params": {"trainable": 40, "non_trainable": 0},
        "weights": [
            {"name": "kernel", "shape": [3, 3, 1, 4], "trainable": True},
            {"name": "bias", "shape": [4], "trainable": True},
        ],
        "macs": 1296,
        "receptive_field": {"size": [3, 3], "stride": [1, 1], "padding": [0, 0]},
        "line": 2,
    }
    assert data["layers"][2]["receptive_field"] == {"size": [8, 8], "stride": None, "padding": None}
    assert data["totals"] == {
        "params": 55,
        "trainable_params": 55,
        "non_trainable_params": 0,
        "macs": 1308,
        "flops": 2616,
        "receptive_field": {"size": [3, 3], "stride": [1, 1], "padding": [0, 0]},
    }


def test_summary_json_writes_unknown_sizes_as_text_and_unknown_figures_as_null(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input ?x?x3\nmaxpool(2x2)\nconv(8, 1x1)\n")
    data = json.loads(run(capsys, "summary", path, "--format", "json")[1])
    assert data["inputs"][0]["shape"] == ["H", "W", 3]
    assert data["layers"][1]["output_shape"] == ["H//2", "W//2", 3]
    assert data["totals"]["macs"] == "24*(H//2)*(W//2)"
    path.write_text("input 8x8x3\nxyz(8, 1x1)\nrelu\n")
    data = json.loads(run(capsys, "summary", path, "--format", "json")[1])
    assert data["layers"][1]["output_shape"] is None
    assert data["totals"]["params"] is None


def test_summary_prints_the_table_around_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input 8x8x3\nconv(4, 3x3)\nconv(8, 9x9)\nrelu\n")
    status, out, err = run(capsys, "summary", path)
    assert status == 1
    assert "conv1 (Conv2D)" in out
    assert "conv2 (Conv)" in out
    assert "relu1 (ReLU)" in out
    assert "Total params: ?" in out
    assert "E101" in err


def test_set_and_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "two.cnn"
    path.write_text(TWO)
    assert "Total params: 40" in run(capsys, "summary", path, "--model", "A", "--set", "n=10")[1]
    for arguments, said in (
        (["--set", "n=10"], "holds several models (A, B): choose one with --model"),
        (["--model", "C"], 'has no model "C": it has A, B'),
        (["--model", "A", "--set", "k=1"], 'no model has a parameter "k"; it has n'),
        (["--model", "A", "--set", "n"], '--set takes name=value, not "n"'),
        (["--model", "A", "--set", "n=("], '--set n: "(" is no value'),
    ):
        status, out, err = run(capsys, "summary", path, *arguments)
        assert (status, out) == (2, "")
        assert said in err


def test_layers(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "layers")
    assert (status, err) == (0, "")
    assert "conv_transpose" in out
    assert "hard_silu" in out
    page = run(capsys, "layers", "Conv2D")[1]
    assert page.startswith("conv\n====")
    assert "default valid" in page
    assert run(capsys, "layers", "conx")[::2] == (2, 'cnnspec: no layer is called "conx"; did you mean "conv"?\n')


def test_format_writes_checks_and_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ugly.cnn"
    ugly = "INPUT 8x8x1 => CONV(4,(3,3),activation='relu')   # keep me\n"
    path.write_text(ugly)
    assert run(capsys, "format", "--check", path)[0] == 1
    status, out, _ = run(capsys, "format", "--diff", path)
    assert status == 1
    assert "+input 8x8x1 -> conv(4, 3x3, activation=relu)  # keep me" in out
    assert path.read_text() == ugly
    assert run(capsys, "format", path)[0] == 0
    assert path.read_text() == "input 8x8x1 -> conv(4, 3x3, activation=relu)  # keep me\n"
    assert run(capsys, "format", "--check", path)[0] == 0


def test_format_leaves_a_file_with_mistakes_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.cnn"
    path.write_text("conv(8 3)\n")
    status, _, err = run(capsys, "format", path)
    assert status == 1
    assert "was left as it is" in err
    assert path.read_text() == "conv(8 3)\n"


def test_compile_to_source_and_to_a_saved_model(good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import keras

    for name in ("model.py", "model.keras"):
        status, out, err = run(capsys, "compile", good, "-o", tmp_path / name)
        assert (status, out) == (0, "")
        assert err == f"cnnspec: wrote {tmp_path / name}\n"
    scope: dict[str, object] = {"__name__": "made"}
    exec((tmp_path / "model.py").read_text(), scope)
    made, saved = scope["model"], keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    assert made.count_params() == saved.count_params() == 55  # type: ignore[attr-defined]
    assert sorted(os.listdir(tmp_path)) == ["good.cnn", "model.keras", "model.py"]


def test_compile_refuses_what_cannot_be_built(tmp_path: Path, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.cnn"
    bad.write_text("input 8x8x1\nconv(4, 9x9)\n")
    assert run(capsys, "compile", bad, "-o", tmp_path / "m.py")[0] == 1
    assert not (tmp_path / "m.py").exists()
    assert run(capsys, "compile", good, "-o", tmp_path / "m.txt")[0] == 2
    assert run(capsys, "compile", good, "-o", tmp_path / "no" / "m.py")[0] == 2
    (tmp_path / "folder.py").mkdir()
    assert run(capsys, "compile", good, "-o", tmp_path / "folder.py")[0] == 2
