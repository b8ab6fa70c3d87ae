"""An editor's text on stdin with the name of its file: settings, `use` paths and findings are as for the file itself."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.cli.commands import run
from tests.cli.conftest import STRIDE

USES = 'use "blocks.cnn" (half)\ninput 7x7x3\nhalf\n'
HALF = "block half {\n    conv(8, 3x3, stride=3)\n}\n"
UNTIDY = "input 7x7x3\nconv(8,3x3)->bn->relu\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two folders, one of them with a configuration, and a file that is saved with another text than the editor's."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "blocks.cnn").write_text(HALF)
    (tmp_path / "nets" / "net.cnn").write_text("input 1x1x1\nrelu\n")
    (tmp_path / "nets" / "cnnspec.toml").write_text('per-file-ignores = { "old*" = ["W201"] }\n')
    return tmp_path


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """A command with a text on stdin."""

    def typed(text: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return run(capsys, *arguments)

    return typed


@pytest.mark.parametrize("name", ["nets/net.cnn", "nets/not_saved_yet.cnn", "./nets/net.cnn"])
def test_findings_are_those_of_the_file(project: Path, type_in, capsys, name: str) -> None:  # type: ignore[no-untyped-def]
    found = json.loads(
        type_in(USES + "conv(8, 3x3)\n", "check", "-", "--stdin-filename", name, "--output-format", "json")[1]
    )
    (project / name).write_text(USES + "conv(8, 3x3)\n")
    wanted = json.loads(run(capsys, "check", name, "--output-format", "json")[1])
    assert found == wanted
    assert {row["code"] for row in found} == {"W201", "E101"}


def test_the_file_itself_is_not_read_or_written(project: Path, type_in) -> None:  # type: ignore[no-untyped-def]
    before = (project / "nets" / "net.cnn").read_text()
    for command in (["format"], ["fix"], ["check", "--fix"]):
        status, out, _ = type_in(UNTIDY, *command, "-", "--stdin-filename", "nets/net.cnn")
        assert status == 0
        assert out.splitlines()[0] == "input 7x7x3" and "conv(8" in out
    assert (project / "nets" / "net.cnn").read_text() == before


def test_settings_hold_for_the_name(project: Path, type_in) -> None:  # type: ignore[no-untyped-def]
    assert type_in(STRIDE, "check", "-", "--stdin-filename", "nets/net.cnn")[0] == 1
    assert type_in(STRIDE, "check", "-", "--stdin-filename", "nets/old.cnn")[0] == 0
    assert type_in(STRIDE, "check", "-", "--stdin-filename", "old.cnn")[0] == 1, "another folder has no such setting"
    left_out = "check", "-", "--stdin-filename", "nets/net.cnn", "--exclude", "net.cnn"
    assert type_in(STRIDE, *left_out)[0] == 1, "what is named is looked at"
    assert type_in(STRIDE, *left_out, "--force-exclude")[::2] == (0, "cnnspec: nothing to do: 1 file is excluded\n")


ALONE = "--stdin-filename says what stdin brings: give - as the one PATH"
REFUSED = [
    ("", "net.cnn", ALONE),
    ("nets", "net.cnn", ALONE),
    ("- nets/net.cnn", "nets/net.cnn", ALONE),
    ("nets -", "nets/net.cnn", ALONE),
    ("-", "", '--stdin-filename takes the name of a file, not ""'),
    ("-", "nets", '--stdin-filename takes the name of a file, not "nets"'),
]


@pytest.mark.parametrize(("paths", "name", "message"), REFUSED)
@pytest.mark.parametrize("verb", ["check", "fix", "format"])
def test_a_name_that_could_be_another_files_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str], verb: str, paths: str, name: str, message: str
) -> None:
    before = (project / "nets" / "net.cnn").read_text()
    status, _, err = run(capsys, verb, *paths.split(), "--stdin-filename", name)
    assert (status, err) == (2, f"cnnspec: {message}\n")
    assert (project / "nets" / "net.cnn").read_text() == before


def test_a_file_that_is_called_like_stdin_is_a_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "<stdin>").write_text(UNTIDY)
    assert run(capsys, "format", "<stdin>") == (0, "", "cnnspec: <stdin> was formatted\n")
    assert "conv(8, 3x3)" in (project / "<stdin>").read_text()


def test_without_a_path_it_is_the_working_folder(
    three_specs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, _ = run(capsys, "check", "--output-format", "concise")
    assert status == 1
    assert [line.partition(":")[0] for line in out.splitlines()[:-1]] == ["stride.cnn", "old/branch.cnn"]
    assert (status, out) == run(capsys, "check", ".", "--output-format", "concise")[:2]
    assert run(capsys, "format", "--check")[0] == 0
    (three_specs / "old" / "branch.cnn").write_text(UNTIDY)
    assert "cnnspec: old/branch.cnn would change" in run(capsys, "fix", "--check")[2]
    assert run(capsys, "format", "--check")[2] == "cnnspec: old/branch.cnn would change\n"
    monkeypatch.chdir(three_specs / "old")
    assert run(capsys, "check", "--output-format", "concise")[1].startswith("branch.cnn:")
