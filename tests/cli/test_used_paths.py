"""A file that others use has one name in all that is said of it, whoever leads to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commands import run
from tests.support import sample

BLOCK = "block f {\n  conv(4, 3x3, padding=same)\n  nosuch\n}\n"
USER = 'use "b.cnn" (f)\ninput 8x8x3\nf\n'
PLACE = "lib/b.cnn:3:3: error[E010 unknown-name]"
NAMINGS = [
    ".",
    "",
    "lib",
    "./lib",
    "lib/",
    "lib/c.cnn lib/b.cnn",
    "lib/b.cnn ./lib/c.cnn",
    "lib//c.cnn",
    "lib/../lib/c.cnn",
    "{}",
    "{}/lib/c.cnn lib",
]
WAYS = [(), ("--no-cache",), ("--jobs", "2", "--no-cache")]
CASES = [(naming, options) for naming in NAMINGS for options in WAYS]
# Whichever process checks a file, one names it: of processes that are started by default some names.
DEAR = [(naming, options) for naming, options in CASES if "--jobs" in options and naming not in (".", "lib//c.cnn")]
ANSWERS = {
    "github": "::error file=lib/b.cnn,",
    "gitlab": '"path": "lib/b.cnn"',
    "sarif": '"uri": "lib/b.cnn"',
    "json": '"filename": "lib/b.cnn"',
}


@pytest.fixture
def used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with files in lib/ of which two use the third."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "pyproject.toml").touch()
    for name, text in (("a", USER), ("b", BLOCK), ("c", USER)):
        (tmp_path / "lib" / f"{name}.cnn").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", sample(CASES, DEAR))
def test_a_mistake_in_a_used_file_is_told_once(
    used: Path, capsys: pytest.CaptureFixture[str], case: tuple[str, tuple[str, ...]]
) -> None:
    naming, options = case
    paths = naming.format(used).split()
    for _ in range(2):  # the second time from the cache
        status, out, err = run(capsys, "check", *paths, "--output-format", "concise", "-q", *options)
        assert (status, len(out.splitlines()), err) == (1, 1, "") and PLACE in out, out
        assert out.startswith(PLACE) or str(used) in naming.format(used)
    assert "1  E010" in run(capsys, "check", *paths, "--statistics", *options)[1]


@pytest.mark.parametrize(("form", "said"), ANSWERS.items())
def test_every_format_has_the_relative_name(
    used: Path, capsys: pytest.CaptureFixture[str], form: str, said: str
) -> None:
    status, out, _ = run(capsys, "check", "--output-format", form)
    assert status == 1 and out.count(said) == 1 and str(used) not in out


def test_a_file_outside_of_the_working_folder_keeps_its_name(
    used: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (used / "elsewhere").mkdir()
    monkeypatch.chdir(used / "elsewhere")
    out = run(capsys, "check", str(used / "lib"), "--output-format", "concise", "-q")[1]
    assert out.startswith(f"{used}/{PLACE}") and out.count("\n") == 1
    monkeypatch.chdir(used / "lib")  # another name, from the same cache
    assert run(capsys, "check", str(used / "lib"), "--output-format", "concise", "-q")[1].startswith("b.cnn:3:3: ")


def test_a_file_that_cannot_be_read_is_called_as_it_was_written(used: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (used / "lib" / "c.cnn").write_text('use "../a" (f)\ninput 8x8x3\nf\n')
    out = run(capsys, "check", "lib/c.cnn", "--output-format", "concise", "-q")[1]
    assert "lib/c.cnn:1:5: error[E015 bad-use]: cannot read ../a: No such file" in out


def test_configuration_comments_repairs_and_baselines_know_the_used_file(
    used: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wasteful = "block f {\n  conv(4, 3x3, padding=same)\n  relu\n  relu\n}\n"
    (used / "lib" / "b.cnn").write_text(wasteful)
    concise = ("check", ".", "--output-format", "concise", "-q", "--select", "W")
    status, out, _ = run(capsys, *concise)
    codes = {line.split("[")[1].split()[0] for line in out.splitlines()}
    assert status == 1 and codes and all(line.startswith("lib/b.cnn:") for line in out.splitlines())
    ignored = [word for code in sorted(codes) for word in ("--per-file-ignores", f"lib/b.cnn:{code}")]
    assert run(capsys, *concise, *ignored)[:2] == (0, "")
    run(capsys, *concise, "--write-baseline", "known.json")
    assert list(json.loads((used / "known.json").read_text())["files"]) == ["lib/b.cnn"]
    assert run(capsys, *concise, "--baseline", "known.json") == (0, "", "")
    run(capsys, *concise, "--fix")
    assert (used / "lib" / "b.cnn").read_text() == wasteful.replace("  relu\n", "", 1)
    mark = f"  # cnnspec: ignore[{','.join(sorted(codes))}]"
    marked = "".join([line + mark + "\n" if line == "f" else line + "\n" for line in USER.splitlines()])
    (used / "lib" / "b.cnn").write_text(wasteful)
    for name in ("a", "c"):
        (used / "lib" / f"{name}.cnn").write_text(marked)
    assert run(capsys, *concise)[:2] == (0, "")
