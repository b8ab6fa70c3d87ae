"""Configuration files and baselines: which one counts, how it may be written, and what is wrong with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import run
from tests.cli.conftest import STRIDE

ROOT = Path(__file__).parents[2]


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    """The exit status and the codes of a check of all files here."""
    status, out, err = run(capsys, "check", ".", "--output-format", "jsonl", *arguments)
    assert err == "", err
    return status, [json.loads(line)["code"] for line in out.splitlines()]


def test_the_nearest_file_up_counts(three_specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (three_specs / "pyproject.toml").write_text('[tool.cnnspec]\nignore = ["W"]\n')
    assert found(capsys)[1] == []
    (three_specs / "old" / "pyproject.toml").write_text('[project]\nname = "cnnspec"\n')  # says nothing about us
    assert found(capsys)[1] == []
    (three_specs / "old" / "cnnspec.toml").write_text("")
    assert found(capsys)[1] == ["W204"]
    (three_specs / "cnnspec.toml").write_text("strict-stride = true")  # beside a pyproject.toml it counts alone
    assert sorted(set(found(capsys)[1])) == ["E113", "W201", "W204"]
    assert found(capsys, "--ignore", "W,E", "--no-strict-stride") == (0, [])  # the command line over both


SPELLINGS = [
    "[tool.cnnspec]\nignore = ['W']\n",
    "[ tool . \"cnnspec\" ]\nignore = ['W']\n",
    "[tool]\ncnnspec.ignore = ['W']\n",
    "[tool] # of all\n'cnnspec' = { ignore = ['W'] }\n",
    "tool.cnnspec.ignore = ['W']\n",
    "tool = { cnnspec = { ignore = ['W'] } }\n",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_spelling_of_the_table_is_seen(three_specs: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (three_specs / "pyproject.toml").write_text(text)
    assert found(capsys) == (0, [])


def test_patterns_of_a_file_are_relative_to_it(
    three_specs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (three_specs / "cnnspec.toml").write_text(
        'exclude = ["old/branch.cnn"]\n[per-file-ignores]\n"stride.cnn" = ["W201"]\n'
    )
    assert found(capsys) == (0, [])
    monkeypatch.chdir(three_specs / "old")
    assert run(capsys, "check", "..")[0] == 0


def test_other_commands_show_what_check_would(three_specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "W201" in run(capsys, "summary", "stride.cnn")[2]
    (three_specs / "cnnspec.toml").write_text('ignore = ["W201"]\n')
    assert run(capsys, "summary", "stride.cnn")[2] == ""
    (three_specs / "cnnspec.toml").write_text(
        "strict-stride = true\n"
    )  # what a rule finds keeps nothing from being built
    status, _, err = run(capsys, "compile", "padded.cnn", "-o", "net.py")
    assert (status, "E113" in err) == (0, True)


CONFIGURATIONS = [
    ('selct = ["W"]', 'no key is called "selct"; did you mean "select"?'),
    ('zzz = ["W"]', "known are select, ignore"),
    ('select = "W"', 'select takes a list of texts, not "W"'),
    ("select = [1]", "select takes a list of texts, not [1]"),
    ('fail-on = "warn"', 'fail-on takes one of error, warning, info, never, not "warn"'),
    ('profile = "lectures"', 'profile takes one of lecture, not "lectures"'),
    ("strict-stride = 1", "strict-stride takes true or false, not 1"),
    ('target = "tpu"', 'target takes keras, torch, onnx, gpu, not "tpu"'),
    ('per-file-ignores = ["a"]', "per-file-ignores takes a table of lists of texts"),
    ('ignore = ["W9"]', 'no rule is called "W9"'),
    ('ignore = ["E001"]', "it cannot be ignored"),
    ('[per-file-ignores]\n"*" = ["W9"]', 'no rule is called "W9"'),
    ("select = [", "is not TOML"),
    ("exclude = [2020-01-01]", "exclude takes a list of texts"),
]


@pytest.mark.parametrize(("text", "sentence"), CONFIGURATIONS, ids=[text for text, _ in CONFIGURATIONS])
def test_mistakes_in_a_configuration_are_one_sentence(
    three_specs: Path, capsys: pytest.CaptureFixture[str], text: str, sentence: str
) -> None:
    path = three_specs / "cnnspec.toml"
    path.write_text(text)
    status, out, err = run(capsys, "check", "stride.cnn")
    assert (status, out) == (2, "")
    assert sentence in err and str(path) in err and len(err.splitlines()) == 1


def test_unreadable_configurations(three_specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (three_specs / "pyproject.toml").write_bytes(b"\xff")
    assert "it is not UTF-8" in run(capsys, "check", "stride.cnn")[2]
    (three_specs / "pyproject.toml").write_text("[tool]\ncnnspec = 3\n")
    assert "tool.cnnspec must be a table, not 3" in run(capsys, "check", "stride.cnn")[2]
    (three_specs / "pyproject.toml").write_text("[tool.cnnspec\n")
    assert "is not TOML" in run(capsys, "check", "stride.cnn")[2]


def test_tomllib_is_imported_for_a_configuration_alone(three_specs: Path) -> None:
    script = "import sys; from cnnspec.cli import main; main(['check', 'padded.cnn']); print('tomllib' in sys.modules)"

    def imported() -> str:
        command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {script}"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]

    assert imported() == "False"
    (three_specs / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert imported() == "False"
    (three_specs / "pyproject.toml").write_text("[tool.cnnspec]\n")
    assert imported() == "True"


# ---- baseline ----------------------------------------------------------------------------------------------
def test_a_baseline_counts_per_file_and_rule(three_specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "check", ".", "--write-baseline", "old/base.json")
    assert (status, err) == (0, "cnnspec: old/base.json counts 2 findings in 2 files\n")
    assert out == "3 files: no mistakes found\n"
    assert json.loads((three_specs / "old/base.json").read_text()) == {
        "schema_version": 1,
        "files": {"../stride.cnn": {"W201": 1}, "branch.cnn": {"W204": 1}},
    }
    assert found(capsys, "--baseline", "old/base.json") == (0, [])
    (three_specs / "stride.cnn").write_text(f"model A {{\n{STRIDE}}}\nmodel B {{\n{STRIDE}}}\n")
    assert found(capsys, "--baseline", "old/base.json") == (1, ["W201", "W201"])
    (three_specs / "stride.cnn").write_text("input 7x7x3\ncnv(8)\n")  # never part of a baseline
    status, _, err = run(capsys, "check", "stride.cnn", "--baseline", "old/base.json")
    assert (status, err) == (
        1,
        "cnnspec: old/base.json counts a finding that is gone: write it again with --write-baseline old/base.json\n",
    )
    assert run(capsys, "check", "stride.cnn", "--write-baseline", "new.json")[0] == 1
    assert json.loads((three_specs / "new.json").read_text())["files"] == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema_version": 2, "files": {}}',
        '{"schema_version": 1, "files": {"a": {"W201": "1"}}}',
        "[" * 100_000,
        "\udcff",
    ],
)
def test_a_damaged_baseline_is_one_sentence(three_specs: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (three_specs / "base.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    status, _, err = run(capsys, "check", ".", "--baseline", "base.json")
    assert (status, err) == (2, "cnnspec: base.json is no baseline: write one with --write-baseline base.json\n")
