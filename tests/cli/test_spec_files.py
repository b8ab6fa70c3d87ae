"""The specs that a folder stands for, beside what git itself says of the same folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cnnspec.cli.spec_files import LEFT_OUT, find_specs

FILES = (
    "net.cnn", "draft.cnn", "models/net.cnn", "models/old/net.cnn", "models/old/keep.cnn", "out/net.cnn", "a b/net.cnn",
    "models/out/net.cnn", "#odd.cnn", "notes.txt",
)  # fmt: skip
IGNORED = {  # a name → the text of each .gitignore
    "none": {},
    "a file": {"": "draft.cnn\n"},
    "a file anywhere": {"": "net.cnn\n"},
    "a file at the top": {"": "/net.cnn\n"},
    "a folder": {"": "out/\n"},
    "a folder at the top": {"": "/out/\n"},
    "a folder by a path": {"": "models/old\n"},
    "all but one": {"": "*.cnn\n!draft.cnn\n"},
    "all but a folder": {"": "/*\n!/models/\n"},
    "a folder but one file": {"": "models/old/*\n!models/old/keep.cnn\n"},
    "a file cannot come back into a folder that is out": {"": "models/old/\n!models/old/keep.cnn\n"},
    "stars": {"": "**/old/**\n"},
    "a letter of several": {"": "[dn]*.cnn\n"},
    "a comment and a blank": {"": "# draft.cnn\n\n   \ndraft.cnn   \n"},
    "an escaped sign": {"": "\\#odd.cnn\n"},
    "a folder with a space": {"": "a b/\n"},
    "one further down": {"models": "net.cnn\n"},
    "one further down decides": {"": "net.cnn\n", "models": "!net.cnn\n", "models/old": "net.cnn\n"},
    "what a folder says does not hold beside it": {"models": "*.cnn\n"},
    "no UTF-8": {"": "draft.cnn\n\udcff\n"},
    "a byte-order mark": {"": "\ufeffdraft.cnn\n"},
    "line ends of Windows": {"": "draft.cnn\r\nout/\r\n"},
    "signs that end a line elsewhere": {"": "a\x0bnet.cnn\na\u2028draft.cnn\n"},
    "what git cannot use": {"": "!\n\\\n/\n[\n[z-a]raft.cnn\ndraft.cnn\\\n[[:no:]]*\n"},
    "a class": {"": "[[:alpha:]]*.cnn\n"},
    "all but a class": {"": "[!d]*.cnn\n"},
    "all but a class, as in shells": {"": "[^d]*.cnn\n"},
    "a bracket in a class": {"": "[]d]raft.cnn\n"},
    "signs and a range in a class": {"": "[-a-f.]raft.cnn\n"},
    "an escape in a class": {"": "[\\d]raft.cnn\n"},
    "an escaped letter": {"": "\\draft.cnn\n"},
    "a space that stays": {"": "a\\ b/\ndraft.cnn\\ \n"},
    "a question": {"": "?raft.cnn\n"},
    "two stars in a name": {"": "**raft.cnn\n"},
    "folders between": {"": "models/**/keep.cnn\n"},
    "folders before": {"": "**/old/net.cnn\n"},
    "all folders come back, no file does": {"": "*\n!*/\n"},
    "a folder comes back, and not for its files": {"": "**\n!models\n"},
    "what is ignored as a name comes back as a folder": {"": "models\n!models/\n"},
}


def make_tree(top: Path, ignored: dict[str, str]) -> None:
    for name in FILES:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text("input 8\n")
    for folder, text in ignored.items():
        (top / folder / ".gitignore").write_text(text, encoding="utf-8", errors="surrogateescape")


def list_specs(top: Path, by_git: bool = True) -> list[str]:
    return sorted(
        Path(found).relative_to(top).as_posix() for found in find_specs(str(top), by_git) if isinstance(found, str)
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("ignored", IGNORED.values(), ids=IGNORED)
def test_git_ignores_the_same(ignored: dict[str, str], tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    make_tree(tmp_path, ignored)
    command = ["git", "-C", tmp_path, "ls-files", "-z", "--others", "--exclude-standard"]
    listed = subprocess.run(
        command, check=True, capture_output=True, env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    )
    wanted = sorted(name for name in listed.stdout.decode().split("\0") if name.endswith(".cnn"))
    assert list_specs(tmp_path) == wanted
    for folder in ("models", "models/old"):  # as part of the same repository
        below = [name.removeprefix(f"{folder}/") for name in wanted if name.startswith(f"{folder}/")]
        if below:
            assert list_specs(tmp_path / folder) == below


def test_a_folder_that_is_named_is_looked_into_though_git_ignores_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    make_tree(tmp_path, {"": "models/\n", "models": "keep.cnn\n"})
    assert list_specs(tmp_path / "models") == ["net.cnn", "old/net.cnn", "out/net.cnn"]
    assert list_specs(tmp_path / "models", by_git=False) == ["net.cnn", "old/keep.cnn", "old/net.cnn", "out/net.cnn"]


@pytest.mark.parametrize("name", [*LEFT_OUT, ".hidden", "my_env"])
def test_folders_of_other_peoples_files_are_left_out_unless_named(name: str, tmp_path: Path) -> None:
    make_tree(tmp_path / "project", {})
    make_tree(tmp_path / "project" / name, {})
    (tmp_path / "project" / "my_env").mkdir(exist_ok=True)
    (tmp_path / "project" / "my_env" / "pyvenv.cfg").touch()
    specs = sorted(name for name in FILES if name.endswith(".cnn"))
    assert list_specs(tmp_path / "project") == specs
    assert list_specs(tmp_path / "project" / name) == specs


def test_no_pattern_takes_long(tmp_path: Path) -> None:
    """With stars that are tried again and again this would take years."""
    (tmp_path / ".gitignore").write_text("*a*a*a*a*a*a*a*a*a*a*b\n" + "**/" * 30 + "b\n")
    (tmp_path / ("a" * 200 + ".cnn")).write_text("input 8\n")
    assert len(list_specs(tmp_path)) == 1


def test_a_gitignore_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    make_tree(tmp_path, {})
    (tmp_path / ".gitignore").mkdir()
    (tmp_path / "models" / ".gitignore").symlink_to(tmp_path / "nowhere")
    assert list_specs(tmp_path) == list_specs(tmp_path, by_git=False)


def test_an_empty_folder_says_what_is_left_out(tmp_path: Path) -> None:
    make_tree(tmp_path / "project" / "build", {})
    (found,) = find_specs(str(tmp_path / "project"), True)
    assert not isinstance(found, str)
    assert found.message == f"there is no .cnn file in {tmp_path}/project (left out: {tmp_path}/project/build)"
