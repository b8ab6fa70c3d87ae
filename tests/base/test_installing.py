"""What to type for a part that is missing, by how cnnspec was installed: direct_url.json and INSTALLER as pip writes them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnnspec.base import installing, shell_words

ROOT = Path(__file__).resolve().parents[2]
COMMIT = "25c8a12512afcb024bb67519a70e3db9f5f32b9b"
GIT = {"vcs": "git", "commit_id": COMMIT, "requested_revision": "main"}

# What direct_url.json says, and what is to be typed behind "pip install". {here} is a folder with a space in its name.
CASES = [
    ("an index", None, '"cnnspec[keras]"'),
    ("a folder", {"url": "file://{url}", "dir_info": {}}, '"{here}[keras]"'),
    ("a checkout, editable", {"url": "file://{url}", "dir_info": {"editable": True}}, '-e "{here}[keras]"'),
    ("a folder that has gone", {"url": "file:///no/such/folder", "dir_info": {}}, '"cnnspec[keras]"'),
    (
        "a wheel in a folder with a space", {"url": "file://{url}/cnnspec-1-py3-none-any.whl", "archive_info": {"hash": "sha256=0"}},
        '"cnnspec[keras] @ file://{url}/cnnspec-1-py3-none-any.whl"',
    ),
    ("a wheel that has gone", {"url": "file:///no/cnnspec-1-py3-none-any.whl", "archive_info": {}}, '"cnnspec[keras]"'),
    (
        "an archive on the web", {"url": "https://example.org/cnnspec-1.tar.gz", "archive_info": {}},
        '"cnnspec[keras] @ https://example.org/cnnspec-1.tar.gz"',
    ),
    (
        "an archive behind a password and a token", {"url": "https://me:hunter2@example.org/c.whl?token=hunter2#hunter2", "archive_info": {}},
        '"cnnspec[keras] @ https://example.org/c.whl"',
    ),
    (
        "a repository", {"url": "https://example.org/cnnspec.git", "vcs_info": GIT},
        f'"cnnspec[keras] @ git+https://example.org/cnnspec.git@{COMMIT}"',
    ),
    (
        "a repository behind a token", {"url": "https://hunter2@example.org/cnnspec.git", "vcs_info": GIT},
        f'"cnnspec[keras] @ git+https://example.org/cnnspec.git@{COMMIT}"',
    ),
    (
        "a repository by ssh", {"url": "ssh://git@example.org/cnnspec.git", "vcs_info": GIT},
        f'"cnnspec[keras] @ git+ssh://git@example.org/cnnspec.git@{COMMIT}"',
    ),
    (
        "a folder of a repository with a space", {"url": "file://{here}", "vcs_info": GIT, "subdirectory": "python"},
        f'"git+file://{{url}}@{COMMIT}#egg=cnnspec[keras]&subdirectory=python"',
    ),
    ("what is no such file", ["https://example.org"], '"cnnspec[keras]"'),
    ("what has no place", {"url": 3}, '"cnnspec[keras]"'),
]  # fmt: skip


@pytest.mark.parametrize(("direct", "typed"), [pytest.param(*case, id=title) for title, *case in CASES])
def test_where_it_came_from(direct: object, typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "my files"
    here.mkdir()
    (here / "cnnspec-1-py3-none-any.whl").touch()
    url = here.as_uri().removeprefix("file://")
    said = None if direct is None else json.dumps(direct).replace("{url}", url).replace("{here}", str(here))
    monkeypatch.setattr(installing, "FOLDER", str(tmp_path))
    monkeypatch.setattr(installing, "distribution", lambda name: Fake(said, "pip\n"))
    monkeypatch.setattr(installing, "find_installer", lambda found: "pip install")
    command = installing.write_install_command("keras")
    assert command == "pip install " + typed.replace("{url}", url).replace("{here}", str(here))
    assert "hunter2" not in command


class Fake:
    """A distribution, as much of it as is asked."""

    def __init__(self, direct: str | None, by: str | None) -> None:
        self.files = {"direct_url.json": direct, "INSTALLER": by}

    def read_text(self, name: str) -> str | None:
        return self.files[name]


# the file in the environment, INSTALLER, whether the environment is active, whether it has pip; the words
INSTALLERS = [
    ("", "pip", True, True, "pip install"),
    ("", "pip", False, True, "{python} -m pip install"),
    ("", "pip", True, False, "pip --python {python} install"),
    ("", "uv", True, False, "uv pip install"),
    ("", "uv", False, False, "uv pip install --python {python}"),
    ("pipx_metadata.json", "pip", True, True, "pipx install --force"),
    ("uv-receipt.toml", "uv", True, False, "uv tool install --force"),
]


@pytest.mark.parametrize(("file", "by", "active", "pip", "words"), INSTALLERS)
def test_what_installed_it(
    file: str, by: str, active: bool, pip: bool, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = tmp_path / "bin"
    binary.mkdir()
    if file:
        (tmp_path / file).touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(binary / "python"))
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path) if active else "")
    monkeypatch.setattr(installing, "find_spec", lambda name: pip or None)
    monkeypatch.setattr(installing.shutil, "which", lambda name: str(binary / name) if active else "/usr/bin/pip")
    found = Fake(None, by + "\n")
    assert installing.find_installer(found) == words.format(python=binary / "python")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["a", "a b", "a$HOME b", "a`b", 'a"b', "a'b", "a!b", "a\\b", "a[b]"])
@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell is asked")
def test_a_path_stays_one_word_in_the_shell(name: str) -> None:
    word = shell_words.quote_word(f"/{name}[keras]")
    done = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, text=True, check=True)
    assert done.stdout == f"/{name}[keras]"


@pytest.mark.parametrize(
    "name",
    [
        "net.cnn",
        "a b.cnn",
        "-x.cnn",
        "~/x",
        "a'b",
        'a"b',
        "$x",
        "日本.cnn",
        "*.cnn",
        "#x",
        "a;b",
        "&",
        "(x)",
        "=1",
        "",
        "-",
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell is asked")
def test_a_path_in_a_proposed_command_is_that_path(name: str, tmp_path: Path) -> None:
    word = shell_words.quote_path(name)
    done = subprocess.run(
        ["bash", "-c", f"printf '%s|' {word}"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == ("./-x.cnn|" if name == "-x.cnn" else f"{name}|")
    assert (word == name) == (name in ("net.cnn", "日本.cnn", "-", "=1"))


def test_a_checkout_that_is_not_installed_names_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> None:
        raise installing.PackageNotFoundError(name)

    monkeypatch.setattr(installing, "distribution", nothing)
    assert installing.write_install_command("keras", "jax").endswith(f' "{ROOT}[keras]" or "{ROOT}[jax]"')


def test_nothing_of_it_is_imported_before_something_is_missing() -> None:
    code = "import sys, cnnspec.cli, cnnspec.compile.backend; print('cnnspec.base.installing' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "False\n"
