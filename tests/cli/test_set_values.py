"""A mistake in a value of --set is one of the option; nothing is said to stand in a file that nobody wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnnspec.cli import main
from tests.cli.commands import run

TEXT = """model M(layer=relu, n=4) {
  input 8x8x3
  conv(n, 3x3, activation=relu)
  layer
  flatten
  dense(10)
}
"""
WRONG = {
    "layer=nosuch": 'layer=nosuch: nothing is called "nosuch"; `cnnspec layers` lists the layers',
    "layer=relux": 'layer=relux: nothing is called "relux"; did you mean "relu"?',
    "layer=conv(3)": "layer=conv(3): conv needs kernel; write, for example, conv(32, 3x3, activation=relu)",
    "layer=dropout(2)": "layer=dropout(2): dropout's rate must be a share from 0 up to, not including, 1, not 2",
    "layer=conv(4, 20x20)": "layer=conv(4, 20x20): conv's kernel 20 does not fit into 6 positions",
    " layer = nosuch": 'layer = nosuch: nothing is called "nosuch"',
    "layer=relu(": 'layer: "relu(" is no value: this "(" is never closed',
    "layer=": 'layer: "" is no value',
}
VERBS = ("check", "check --fix", "check --output-format github", "check --output-format json", "fix", "summary",
         "summary --format json", "explain", "rf", "cost", "sizes", "compile -o made.py", "train --epochs 1")  # fmt: skip


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.cnn").write_text(TEXT)
    return tmp_path


@pytest.mark.parametrize(("given", "said"), WRONG.items(), ids=WRONG)
def test_a_wrong_value_is_a_sentence_about_the_option(
    spec: Path, capsys: pytest.CaptureFixture[str], given: str, said: str
) -> None:
    for more in ((), ("--set", "n=5")):
        status, out, err = run(capsys, "check", "net.cnn", *more, "--set", given)
        assert (status, out) == (2, "") and err.startswith("cnnspec: --set ") and said in " ".join(err.split())


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_says_it(spec: Path, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    name, *words = verb.split()
    for _ in range(2):  # nothing comes from the cache
        status, out, err = run(capsys, name, "net.cnn", *words, "--set", "layer=nosuch")
        assert (status, out) == (2, "") and err.startswith(f"cnnspec: --set {next(iter(WRONG.values()))}")
    assert (spec / "net.cnn").read_text() == TEXT and not (spec / "made.py").exists()


def test_one_of_a_block_too(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (spec / "lib.cnn").write_text("block f(act) { act }\n")
    for verb in ("check", "summary"):
        for more in ((), ("--block", "f")):
            status, out, err = run(capsys, verb, "lib.cnn", "--input", "8x8x3", *more, "--set", "act=nosuch")
            assert (status, out) == (2, "") and 'cnnspec: --set act=nosuch: nothing is called "nosuch"' in err


def test_advice_on_a_value_stands_at_the_parameter(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("check", "net.cnn", "--set", "layer=relu -> relu")
    for _ in range(2):
        status, out, _ = run(capsys, *asked, "--output-format", "json")
        found = json.loads(out)
        assert status == 1 and found and {row["filename"] for row in found} == {"net.cnn"}
        assert any(row["location"] == {"row": 1, "column": 9} for row in found)
        assert "given by --set layer=relu -> relu" in out
    assert "file=--set" not in run(capsys, *asked, "--output-format", "github")[1]


def test_mistakes_of_the_file_stay_its_own(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "check", "net.cnn", "--set", "n=-1")
    assert status == 1 and "net.cnn:3:8" in out and err == ""


@pytest.mark.parametrize("value", ["{", "}", "#"])
def test_no_bracket_is_told_that_nobody_wrote(spec: Path, capsys: pytest.CaptureFixture[str], value: str) -> None:
    assert main(["summary", "net.cnn", "--set", f"layer={value}"]) == 2
    assert capsys.readouterr().err == f'cnnspec: --set layer: "{value}" is no value\n'


def test_a_value_that_is_none_of_those_that_make_sense_is_a_warning(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (spec / "net.cnn").write_text(TEXT.replace("n=4", "n=4 in 4..16:4"))
    assert "W216" not in "".join(map(str, run(capsys, "check", "net.cnn", "--set", "n=8")))
    _, out, _ = run(capsys, "check", "net.cnn", "--set", "n=9")
    assert "n is set to 9, which is none of its values: 4..16:4" in " ".join(out.split()) and "error" not in out
    status, out, err = run(capsys, "summary", "net.cnn", "--set", "n=9")
    assert status == 0 and "6x6x9" in out and "W216" in err


def test_a_hole_is_filled(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (spec / "net.cnn").write_text(TEXT.replace("conv(n, 3x3", "conv(?n, ?"))
    status, out, _ = run(capsys, "summary", "net.cnn", "--set", "?n=9", "--set", "?1=3")
    assert status == 0 and "6x6x9" in out
    for wrong in ("?=3", "?n", "??n=3", "?m=3", "?n="):
        status, out, err = run(capsys, "summary", "net.cnn", "--set", wrong)
        assert (status, out) == (2, "") and err.count("\n") <= 2
