"""Files of git that are named oddly, are links, or lie in repositories of their own; and repositories that are not whole."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.cli.commands import run
from tests.diff.repository import git

pytestmark = [
    pytest.mark.skipif(not shutil.which("git"), reason="git has the revisions"),
    pytest.mark.skipif(sys.platform == "win32", reason="there, few of these names can be had"),
]
TEXT = "input 8x8x1\nconv({}, 3x3)\n"
NAMES = (
    "a/b c/net one.cnn", "ünï/nét.cnn", "-x.cnn", ":(top)x.cnn", ":(exclude)x.cnn", ":!x.cnn", ":/x.cnn", ":x.cnn", "*.cnn", "?.cnn", "[a].cnn",
    "a:b.cnn", 'q"uote.cnn', "back\\slash.cnn", "new\nline.cnn", " space .cnn", "x.cnn", "real/r.cnn", "d:e/f.cnn", "@{1}.cnn", "^x.cnn",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A revision with all names, and links; then every file has other filters. `sub` is a submodule; `old` was a folder."""
    top = tmp_path_factory.mktemp("odd")
    (sub := top / "inner").mkdir()
    git(sub, "init", "-q", "-b", "main")
    (sub / "s.cnn").write_text(TEXT.format(4))
    git(sub, "add", "-A")
    git(sub, "commit", "-q", "-m", "one")
    (root := top / "whole").mkdir()
    git(root, "init", "-q", "-b", "main")
    for name in (*NAMES, "old/net.cnn", "lib/blocks.cnn"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(TEXT.format(4))
    (root / "lib" / "blocks.cnn").write_text("block b(n) { conv(n, 3x3) }\n")
    (root / "uses.cnn").write_text('use "lib/blocks.cnn" (b)\ninput 8x8x1\nb(4)\n')
    for name, target in (("link", "real/r"), ("nowhere", "none"), ("loop", "loop"), ("out", "/etc/passwd")):
        (root / f"{name}.cnn").symlink_to(f"{target}.cnn" if name != "out" else target)
    (root / "linked").symlink_to("real")
    git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(sub), "sub")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "one")
    git(root, "commit", "-q", "--allow-empty", "-m", "two")
    for name in NAMES:
        (root / name).write_text(TEXT.format(8))
    (root / "lib" / "blocks.cnn").write_text("block b(n) { conv(2 * n, 3x3) }\n")
    (root / "sub" / "s.cnn").write_text(TEXT.format(8))
    shutil.rmtree(root / "old")
    (root / "old").symlink_to("real")
    return root


@pytest.fixture
def odd(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(made)
    return made


@pytest.mark.parametrize("name", [*NAMES, "link.cnn", "linked/r.cnn", "old/net.cnn"])
@pytest.mark.parametrize("side", ["HEAD", "HEAD:{}", "HEAD:./{}"])
def test_a_name_is_a_name(odd: Path, name: str, side: str, capsys: pytest.CaptureFixture[str]) -> None:
    other = "./x.cnn" if name == "old/net.cnn" else f"./{name}"
    if side == "HEAD" and name == "old/net.cnn":
        pytest.skip("it is there no more")
    status, out, err = run(capsys, "diff", side.format(name), other)
    assert (status, err) == (1, "") and "filters 4 -> 8" in out


@pytest.mark.parametrize("wanted", ["GLOB", "NOGLOB", "ICASE"])
def test_what_git_is_set_to_make_of_paths_is_no_matter(
    odd: Path, wanted: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"GIT_{wanted}_PATHSPECS", "1")
    assert run(capsys, "diff", "HEAD", "[a].cnn")[0] == 1


LINES = """
HEAD uses.cnn                  | 1 | filters 4 -> 8
HEAD~1:uses.cnn HEAD:uses.cnn  | 0 | are the same network
HEAD nowhere.cnn               | 2 | HEAD:nowhere.cnn is a symbolic link to what is not there
HEAD:loop.cnn x.cnn            | 2 | HEAD:loop.cnn is a symbolic link that leads back to itself
HEAD out.cnn                   | 2 | HEAD:out.cnn is a symbolic link to /etc/passwd, which is none of the repository's files
HEAD:linked linked             | 1 | filters 4 -> 8
HEAD linked                    | 1 | filters 4 -> 8
HEAD:. HEAD~1                  | 0 | No network changed
HEAD:real/ real/               | 1 | filters 4 -> 8
HEAD:real//../x.cnn x.cnn      | 1 | filters 4 -> 8
HEAD:x.cnn/y.cnn x.cnn         | 2 | HEAD has no x.cnn/y.cnn
HEAD sub                       | 2 | HEAD:sub is not read: sub is a submodule, a repository of its own; compare in there
HEAD sub/s.cnn                 | 2 | HEAD:sub/s.cnn is not read: sub is a submodule
HEAD:sub/s.cnn sub/s.cnn       | 2 | HEAD:sub/s.cnn is not read: sub is a submodule
HEAD~9:x.cnn x.cnn             | 2 | HEAD~9, of HEAD~9:x.cnn, is no revision of a git repository
no.cnn:Model x.cnn             | 2 | cannot read no.cnn
"""


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_links_submodules_and_what_is_none(odd: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    command, status, said = (part.strip() for part in line.split("|"))
    found, out, err = run(capsys, "diff", *command.split(), "--width", "200")
    assert (found, said in out + err) == (int(status), True), out + err


def test_a_folder_is_compared_without_the_repositories_in_it(odd: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "diff", "HEAD", ".", "--width", "200")
    assert (status, err) == (1, "") and "sub/s.cnn" not in out
    assert out.endswith(f"From HEAD to the working folder: {len(NAMES) + 1} changed, 1 gone\n")


def test_repositories_that_are_cut_short_bare_or_none(
    odd: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{odd}", "short")
    git(tmp_path, "clone", "-q", "--bare", str(odd), "bare")
    monkeypatch.chdir(tmp_path / "short")
    for sides in (("HEAD~1", "HEAD"), ("HEAD~1:x.cnn", "x.cnn")):
        status, _, err = run(capsys, "diff", *sides)
        assert status == 2 and ": this one is cut short, and git fetch --unshallow brings the rest" in err
    monkeypatch.chdir(tmp_path / "bare")
    assert run(capsys, "diff", "HEAD~1", "HEAD")[:2] == (0, "No network changed from HEAD~1 to HEAD\n")
    assert run(capsys, "diff", "HEAD~1:uses.cnn", "HEAD:uses.cnn")[0] == 0
    assert "filters" not in run(capsys, "diff", "main:x.cnn", "HEAD:x.cnn")[1]
    monkeypatch.chdir(tmp_path)
    Path("x.cnn").write_text(TEXT.format(4))
    for sides in (("HEAD", "x.cnn"), ("HEAD:x.cnn", "x.cnn"), ("HEAD~1", "HEAD")):
        status, _, err = run(capsys, "diff", *sides)
        assert status == 2 and "is no revision of a git repository" in err.replace("no file, no folder and no", "is no")
        assert err.endswith("and the working folder lies in none\n") and "Traceback" not in err
