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
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.installing import command
from cnnspec.cli import VERBS, main
from tests.support import cases

ROOT = Path(__file__).parents[2]
GOOD = "input 8x8x1\nconv(4, 3x3, activation=relu) -> gap -> dense(3, softmax)\n"
TWO = "model A(n=2) { input 3 -> dense(n) }\nmodel B(m=2) { input 3 -> dense(m) }\n"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.cnn"
    path.write_text(GOOD)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Exit status, stdout, stderr of a command."""
    status = main([str(a) for a in arguments])
    shown = capsys.readouterr()
    assert "Traceback" not in shown.out + shown.err
    return status, shown.out, shown.err


# ---- what each verb does -----------------------------------------------------------------------------------
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


# ---- bad input ---------------------------------------------------------------------------------------------
BAD = {
    "empty": b"",
    "blank": b"\n\n  \n",
    "not utf-8": b"input 8x8x1\n\xff\xfe\n",
    "utf-16": "input 8x8x1\n".encode("utf-16"),
    "NUL": b"input 8x8x1\0\n",
    "one line of a megabyte": b"conv(" * 200_000,
    "one name of a megabyte": b"a" * 1_000_000,
    "a hundred thousand brackets": b"(" * 100_000,
    "a hundred thousand pairs": b"[" * 100_000 + b"]" * 100_000,
    "a hundred thousand braces": b"{" * 100_000 + b"}" * 100_000,
    "a block that calls itself": b"block f() { f }\ninput 3\nf\n",
    "too many layers": b"input 3\nrelu * 1000000000\n",
    "too many layers in a loop": b"input 3\nfor i in 1..1000 { for j in 1..1000 { for k in 1..1000 { relu } } }\n",
    "an endless loop of nothing": b"input 3\nfor i in 1..999999 { for j in 1..999999 { x = 3 } }\n",
    "a number of 5000 digits": b"input 3\ndense(" + b"9" * 5000 + b")\n",
    "a power tower": b"input 3\ndense(9^9^9^9^9)\n",
    "many unary signs": b"input 3\ndense(" + b"-" * 100_000 + b"3)\n",
    "many ternaries": b"x = " + b"1 if true else " * 50_000 + b"2\n",
    "a file outside the project": b'use "../../etc/passwd" (root)\ninput 3\nroot\n',
    "a file that is not there": b'use "nothing.cnn" (f)\ninput 3\nf\n',
    "itself": b'use "bad.cnn" (f)\ninput 3\nf\n',
    "huge sizes": b"input 99999999x99999999x3\nconv(999999, 99999x99999, padding=99999999)\nflatten -> dense(9999999)\n",
    "control characters": b"input 3\n\x1b[31mred\x07 = 3\n",
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_any_bytes_get_a_sentence(data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.cnn"
    path.write_bytes(data)
    for verb in ("check", "summary", "format"):
        status, out, err = run(capsys, verb, path)
        assert status in (0, 1, 2)
        assert status == 0 or out + err
        assert "internal error" not in err
        assert "\x1b" not in out + err


@given(st.binary(max_size=200))
@cases(1)
def test_random_bytes_get_a_sentence(data: bytes) -> None:
    import contextlib
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bad.cnn")
        path.write_bytes(data)
        for verb in ("check", "summary", "format"):
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                status = main([verb, str(path)])
            assert status in (0, 1, 2)
            assert "internal error" not in err.getvalue()


def test_missing_files_and_folders_without_specs(
    tmp_path: Path, good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "check", tmp_path / "no.cnn", good)
    assert status == 2
    assert "cannot read" in err
    assert "1 file: no mistakes found" in out
    (tmp_path / "empty").mkdir()
    status, _, err = run(capsys, "check", tmp_path / "empty")
    assert (status, "there is no .cnn file in" in err) == (2, True)
    for verb in ("summary", "compile", "train"):
        extra = ["-o", str(tmp_path / "x.py")] if verb == "compile" else []
        assert run(capsys, verb, tmp_path / "no.cnn", *extra)[0] == 2


def test_a_file_of_blocks_alone_is_fine_to_check_but_has_no_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "blocks.cnn"
    path.write_text("block f(n) { conv(n, 3x3) }\n")
    assert run(capsys, "check", path)[0] == 0
    status, _, err = run(capsys, "summary", path)
    assert (status, "holds no network" in err) == (2, True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_file(tmp_path: Path, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o500)
    try:
        assert run(capsys, "compile", good, "-o", tmp_path / "m.py")[0] == 2
    finally:
        tmp_path.chmod(0o700)


def test_an_output_that_cannot_be_written_is_a_sentence(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for target in ("/proc/model.py", "/dev/null/model.py", "/proc/model.keras"):
        status, _, err = run(capsys, "compile", good, "-o", target)
        assert status == 2
        assert "cannot write" in err


def test_a_write_that_fails_leaves_the_old_file(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "model.py"
    target.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    status, _, err = run(capsys, "compile", good, "-o", target)
    assert (status, "No space left" in err) == (2, True)
    assert target.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["good.cnn", "model.py"]


def test_without_keras_there_is_one_sentence_with_the_command(good: Path, tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('keras', 'tensorflow'): raise ModuleNotFoundError(name=name.split('.')[0])\n"
        "sys.meta_path.insert(0, Block())\n"
        "from cnnspec.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    for arguments in (
        ["compile", str(good), "-o", str(tmp_path / "m.keras")],
        ["train", str(ROOT / "examples" / "digits.cnn")],
    ):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        assert done.returncode == 2, done.stderr
        assert any(command(extra) in done.stderr for extra in ("keras", "jax", "torch")), "the backend that is there"
        assert "Traceback" not in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    source = subprocess.run(
        [sys.executable, "-c", script, "compile", str(good), "-o", "-"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert (source.returncode, source.stderr) == (0, "")
    assert "Conv2D" in source.stdout


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        [],
        ["check"],
        ["check", "a", "--max-layers", "-1"],
        ["nothing"],
        ["summary"],
        ["summary", "a", "--format", "xml"],
    ):
        assert run(capsys, *arguments)[0] == 2
    assert run(capsys, "--version")[0] == 0
    for verb in VERBS:
        status, out, _ = run(capsys, verb, "--help")
        assert (status, out.startswith(f"usage: cnnspec {verb}")) == (0, True)


def test_a_reader_that_goes_away(good: Path) -> None:
    command = f"{sys.executable} -m cnnspec summary {ROOT / 'examples' / 'resnet50.cnn'} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stderr == ""
    assert done.stdout.startswith('Model: "')


def test_no_color_unless_a_terminal_wants_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.cnn"
    path.write_text("input 8x8x1\ncnv(4)\n")
    assert "\x1b" not in run(capsys, "check", path)[1]
    script = f"import pty, sys; sys.exit(pty.spawn([{sys.executable!r}, '-m', 'cnnspec', 'check', {str(path)!r}]) >> 8)"
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"}
    colored = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        cwd=ROOT,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert b"\x1b[1;31merror" in colored.stdout
    plain = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        cwd=ROOT,
        env=environment | {"NO_COLOR": "1"},
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert b"\x1b[1;31m" not in plain.stdout


def test_checking_imports_nothing_heavy(good: Path) -> None:
    script = (
        "import sys; from cnnspec.cli import main; status = main(sys.argv[1:]);"
        "print([m for m in ('numpy', 'rich', 'keras', 'tensorflow', 'lark', 'sklearn') if m in sys.modules])"
    )
    for verb, file in (("check", ROOT / "examples" / "resnet50.cnn"), ("format", good), ("summary", good)):
        command = [sys.executable, "-c", script, verb, str(file)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
        assert done.stdout.splitlines()[-1] == "[]"


# ---- wrong command lines ------------------------------------------------------------------------------------
WRONG = [
    ("trian first.cnn", 'there is no command "trian"; did you mean "train"?'),
    ("xyz", 'there is no command "xyz"; cnnspec --help shows how it is called'),
    ("--foo", "cnnspec has no option --foo; cnnspec --help shows how it is called"),
    ("train", "what is missing: FILE; cnnspec train --help shows how it is called"),
    ("train net.cnn --epochs", "--epochs takes a value; cnnspec train --help shows how it is called"),
    ("train net.cnn --batchs=3", 'cnnspec train has no option --batchs; did you mean "--batch"?'),
    (
        "train net.cnn --batch ten",
        '--batch must be a whole number from 1, not "ten"; cnnspec train --help shows how it is called',
    ),
    ("train a.cnn b.cnn", '"b.cnn" is one argument too many; cnnspec train --help shows how it is called'),
    (
        "evaluate run --split tests",
        '--split must be test, validation or train, not "tests"; did you mean "test"?',
    ),
    (
        "check --jobs 0 .",
        '--jobs must be a whole number from 1, not "0"; cnnspec check --help shows how it is called',
    ),
    (
        "sizes net.cnn --near 3xx",
        '--near must be a size, such as 670 or 670x512, not "3xx"; cnnspec sizes --help shows how it is called',
    ),
    (
        "rf net.cnn conv1 --at x",
        '--at must be a position, such as 3,4, not "x"; cnnspec rf --help shows how it is called',
    ),
]


@pytest.mark.parametrize(("line", "message"), WRONG)
def test_a_wrong_command_line_gets_one_sentence(line: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, *line.split()) == (2, "", f"cnnspec: {message}\n")
