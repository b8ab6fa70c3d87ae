"""Sides of a diff that hold many networks: folders, revisions of git, and files as revisions have them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.commands import run
from tests.diff.repository import BASE, HEAD, make_repository

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git has the revisions")
OUTCOME = {  # of each network: what happened to it, and whether that is within --max-params +5%
    ("nets/after.cnn", "B"): ("changed", True),
    ("nets/broken.cnn", ""): ("unread", False),
    ("nets/comment.cnn", "comment"): ("same", True),
    ("nets/mended.cnn", "mended"): ("added", True),
    ("nets/moved.cnn", "moved"): ("same", True),
    ("nets/new.cnn", "new"): ("added", True),
    ("nets/small.cnn", "small"): ("changed", False),
    ("nets/two.cnn", "Small"): ("same", True),
    ("nets/two.cnn", "Large"): ("changed", False),
    ("nets/two.cnn", "New"): ("added", True),
    ("nets/uses.cnn", "uses"): ("changed", False),
    ("nets/gone.cnn", "gone"): ("removed", True),
    ("nets/two.cnn", "Old"): ("removed", True),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture
def repository(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(made)
    return made


def outcome(text: str) -> dict[tuple[str, str], tuple[str, bool]]:
    """What a report in JSON says of each network."""
    found = {}
    for network in json.loads(text)["networks"]:
        side = network["b"] or network["a"]
        file = network["name"].rpartition(":")[2].removeprefix("old/").removeprefix("new/")
        found[file, side["model"] if side else ""] = (network["status"], not network["failed"])
    return found


@pytest.mark.parametrize("sides", ["HEAD~1 HEAD", "HEAD~1 .", "HEAD~1:nets nets", "HEAD~1 nets", "COMMIT HEAD:nets"])
def test_all_that_changed_is_told(repository: Path, sides: str, capsys: pytest.CaptureFixture[str]) -> None:
    commit = subprocess.run(["git", "rev-parse", "HEAD~1"], capture_output=True, text=True, check=True).stdout.strip()
    arguments = sides.replace("COMMIT", commit).split()
    status, out, err = run(capsys, "diff", *arguments, "--max-params", "+5%", "--format", "json")
    assert (status, err) == (1, "")
    assert outcome(out) == {(f, m.replace("B", "after")): said for (f, m), said in OUTCOME.items()}
    status, out, _ = run(capsys, "diff", *arguments, "--format", "markdown")
    assert status == 1 and all(f"/{file.rpartition('/')[2]}" in out for file, _ in OUTCOME)
    told = {line.rpartition("/")[2] for line in out.splitlines() if line.startswith("### ")}
    assert "small.cnn" in told and not told & {"comment.cnn", "moved.cnn", "two.cnn (Small)"}
    assert commit not in out and (commit[:10] in out) == ("COMMIT" in sides)


def test_two_folders_are_compared_without_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, files in (("old", BASE), ("new", HEAD)):
        for name, text in files.items():
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).write_text(text)
    (tmp_path / "cnnspec.toml").write_text("")  # the project's root: its files may use one another
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    status, out, _ = run(capsys, "diff", "old", "new", "--max-params", "+5%", "--format", "json")
    assert status == 1 and outcome(out) == {(f, m.replace("B", "after")): said for (f, m), said in OUTCOME.items()}
    assert run(capsys, "diff", "new", "new") == (0, "No network changed from new to new\n", "")
    assert (
        run(capsys, "diff", "HEAD", "new")[2]
        == 'cnnspec: "HEAD" is no file, no folder and no revision of a git repository: there is no git to ask\n'
    )


LINES = """
diff HEAD~1 HEAD                                | 1 | 4 changed, 3 new, 2 gone, 3 the same, 1 with mistakes
diff HEAD HEAD                                  | 0 | No network changed from HEAD to HEAD
diff HEAD~1 nets/small.cnn                      | 1 | A: HEAD~1:nets/small.cnn
diff HEAD~1:nets/small.cnn HEAD                 | 1 | B: HEAD:nets/small.cnn
diff HEAD~1:./nets/small.cnn nets/small.cnn     | 1 | filters 16 -> 20
diff HEAD~1 HEAD:nets/two.cnn:Large             | 1 | units 9 -> 12
diff HEAD~1:nets/two.cnn:Small HEAD             | 0 | are the same network
diff HEAD~1 nets/uses.cnn                       | 1 | kernel 3x3 -> 5x5
diff HEAD~1 nets/new.cnn --max-macs 5           | 1 | broken: macs is 43,230, not <= 5
diff HEAD~1 nets/new.cnn --max-macs +2%         | 0 | skipped: there is nothing that it would have changed from
diff HEAD~1:nets/gone.cnn HEAD                  | 1 | is gone: 3 layers, 7,850 parameters
diff HEAD~1 nets --max-params -1%               | 1 | outside of the budget
diff HEAD nets/broken.cnn                       | 2 | HEAD:nets/broken.cnn:2:9
diff HEAD nets/no.cnn                           | 2 | HEAD has no nets/no.cnn
diff HEAD:small.cnn nets/small.cnn              | 2 | HEAD has no small.cnn
diff mian HEAD                                  | 2 | "mian" is no file, no folder and no revision
diff HEAD -                                     | 2 | give HEAD:FILE
diff nets nets/small.cnn                        | 2 | nets is a folder, and nets/small.cnn is a file
diff HEAD~1 HEAD --set n=1                      | 2 | --set is for two networks
diff HEAD~1 HEAD -o page.html                   | 2 | -o is for two networks
diff HEAD /                                     | 2 | / lies outside of the repository of HEAD
diff HEAD:nets/net.keras nets/small.cnn         | 2 | of a revision only texts are read
diff --output=x HEAD HEAD                       | 2 | must end in .html
"""


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_sides_of_git(repository: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    command, status, said = (part.strip() for part in line.split("|"))
    found, out, err = run(capsys, *command.split(), "--width", "200")
    assert (found, said in out + err) == (int(status), True), out + err
    assert bool(err) == (found == 2)
    assert not (repository / "page.html").exists()


def test_a_revision_is_read_from_a_folder_below(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository / "nets")
    for side in ("HEAD~1", "HEAD~1:./small.cnn", "HEAD~1:nets/small.cnn"):
        assert "A: HEAD~1:nets/small.cnn\nB: small.cnn\n" in run(capsys, "diff", side, "small.cnn")[1]
    assert "did you mean HEAD:./small.cnn?" in run(capsys, "diff", "HEAD:small.cnn", "small.cnn")[2]
    assert "4 changed, 3 new, 2 gone, 3 the same" in run(capsys, "diff", "HEAD~1", ".", "--width", "100")[1]


def test_what_is_excluded_or_ignored_is_left_out(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        Path("cnnspec.toml").write_text('exclude = ["nets/small.cnn", "nets/broken.cnn"]\n')
        Path(".gitignore").write_text("nets/untracked.cnn\nnets/new.cnn\n")
        Path("nets/untracked.cnn").write_text("input 3\n")
        Path("nets/link.cnn").symlink_to("small.cnn")  # in a revision it is no file
        _, out, _ = run(capsys, "diff", "HEAD~1", ".", "--format", "json")
        assert run(capsys, "diff", "HEAD", ".")[1] == "No network changed from HEAD to the working folder\n"
    finally:
        for name in ("cnnspec.toml", ".gitignore", "nets/untracked.cnn", "nets/link.cnn"):
            os.remove(name)
    files = {file for file, _ in outcome(out)}
    assert not files & {"nets/small.cnn", "nets/broken.cnn", "nets/untracked.cnn"} and "nets/uses.cnn" in files


def test_no_program_of_a_repository_is_run(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a filter nor a converter that its attributes name, nor a hook or a monitor of its settings."""
    spy = repository / "spy"
    settings = {
        "filter.spy.smudge": f"touch {spy}", "filter.spy.clean": f"touch {spy}", "diff.spy.textconv": f"touch {spy}",
        "diff.spy.command": f"touch {spy}", "diff.external": f"touch {spy}", "core.fsmonitor": f"touch {spy}", "core.pager": f"touch {spy}",
    }  # fmt: skip
    try:
        for name, command in settings.items():
            subprocess.run(["git", "config", name, command], check=True)
        Path(".git/info/attributes").write_text("*.cnn filter=spy diff=spy\n")
        assert run(capsys, "diff", "HEAD~1", ".")[0] == run(capsys, "diff", "HEAD~1", "HEAD")[0] == 1
        assert run(capsys, "diff", "HEAD~1", "nets/small.cnn")[0] == 1
        assert not spy.exists()
    finally:
        os.remove(".git/info/attributes")
        for name in settings:
            subprocess.run(["git", "config", "--unset", name], check=True)
