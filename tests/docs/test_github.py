"""The workflows and the action: pinned, without secrets, and their commands run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.diff.repository import git, make_repository
from tests.docs.blocks import DOCS, ROOT

ACTION = ROOT / "action.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
PINNED = re.compile(r"^[\w.-]+(?:/[\w.-]+)+@(?:v\d+\.\d+\.\d+|[0-9a-f]{40})$")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def steps_of(path: Path) -> dict[str, str]:
    """The scripts of a file's named steps."""
    found = re.findall(
        r"- name: ([^\n]+)\n(?:(?!\s*- )[^\n]*\n)*?\s+run: \|\n((?:\s{8,}[^\n]*\n)+)", path.read_text(encoding="utf-8")
    )
    return {name: textwrap.dedent(script) for name, script in found}


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=named)
def test_actions_are_pinned_to_versions(path: Path) -> None:
    used = re.findall(r"^\s*-?\s*uses: (\S+)", path.read_text(encoding="utf-8"), re.M)
    assert used and all(PINNED.match(name) for name in used), used


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_workflows_say_what_they_may_and_hold_no_secret(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "\npermissions:\n  contents: read\n" in text
    assert "secrets." not in text and "password" not in text


@pytest.mark.parametrize("path", [*WORKFLOWS, *FORMS, ACTION], ids=named)
def test_files_are_yaml(path: Path) -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with the extra docs")
    assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)


def test_the_manual_names_every_input_of_the_action() -> None:
    inputs = re.findall(
        r"^  ([a-z-]+):$", ACTION.read_text(encoding="utf-8").partition("\nruns:")[0].partition("inputs:")[2], re.M
    )
    manual = (DOCS / "checking.md").read_text(encoding="utf-8").partition("## On GitHub")[2].partition("\n## ")[0]
    assert inputs == re.findall(r"^\| `([a-z-]+)`", manual, re.M)


BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")  # as GitHub calls it
NO_BASH = pytest.mark.skipif(
    sys.platform == "win32" or not shutil.which("bash"), reason="the action's steps are for bash"
)


def call_cnnspec(folder: Path) -> dict[str, str]:
    """An environment in which `cnnspec` is this one, and RUNNER_TEMP a folder."""
    command = folder / "bin" / "cnnspec"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cnnspec "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return os.environ | {
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "RUNNER_TEMP": str(folder),
    }  # fmt: skip


@NO_BASH
def test_the_action_annotates_and_writes_sarif(tmp_path: Path) -> None:
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "stride.cnn").write_text("input 7x7x1\nconv(1, 3x3, stride=3)\n", encoding="utf-8")
    (tmp_path / "clean.cnn").write_text("input 7x7x1\nconv(1, 3x3)\n", encoding="utf-8")
    environment = call_cnnspec(tmp_path)
    steps = steps_of(ACTION)

    def ran(step: str, paths: str, arguments: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*BASH, steps[step]], cwd=tmp_path, env=environment | {"PATHS": paths, "ARGS": arguments},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    found = ran("Check, with annotations", "nets clean.cnn")
    assert found.returncode == 1 and "::warning file=nets/stride.cnn,line=2" in found.stdout
    assert ran("Check, with annotations", "nets", "--ignore W201").returncode == 0
    assert ran("Check, with annotations", "clean.cnn").returncode == 0
    assert ran("Write the findings as SARIF", "nets clean.cnn", "--fail-on error").returncode == 0
    assert '"ruleId": "W201"' in (tmp_path / "cnnspec.sarif").read_text(encoding="utf-8")


GH = """#!/bin/sh
echo "$@" >> "$RUNNER_TEMP/calls.txt"
case "$*" in *--paginate*) cat "$RUNNER_TEMP/old.txt" ;; esac
"""


@NO_BASH
@pytest.mark.skipif(not shutil.which("git"), reason="git has the revisions")
def test_the_action_compares_a_pull_request_with_what_it_goes_into(tmp_path: Path) -> None:
    """A clone as actions/checkout makes it: the merge alone, of whose parents only the numbers are there."""
    origin, clone = make_repository(make_folder(tmp_path / "origin")), tmp_path / "clone"
    git(origin, "checkout", "-q", "-b", "change")
    git(origin, "branch", "-f", "main", "HEAD~1")
    git(origin, "checkout", "-q", "main")
    git(origin, "merge", "-q", "--no-ff", "-m", "merge", "change")
    base = git(origin, "rev-parse", "HEAD^1")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{origin}", "clone")
    environment = call_cnnspec(tmp_path)
    (tmp_path / "bin" / "gh").write_text(GH, encoding="utf-8")
    (tmp_path / "bin" / "gh").chmod(0o755)
    (tmp_path / "old.txt").write_text("", encoding="utf-8")
    summary, steps = tmp_path / "summary.md", steps_of(ACTION)
    environment |= {
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_REPOSITORY": "anna/nets",
        "NUMBER": "7",
        "GH_TOKEN": "",
    }

    def ran(step: str, **given: str) -> int:
        given = {"BASE": "", "BUDGET": "", "TARGET": ""} | given
        return subprocess.run([*BASH, steps[step]], cwd=clone, env=environment | given, check=False).returncode

    assert ran("Compare with the base", TARGET="0" * 40) == 0  # which the merge knows better
    told = summary.read_text(encoding="utf-8")
    assert told.startswith(
        f"## ✗ Networks\n\nFrom {base[:10]} to HEAD: 4 changed, 3 new, 2 gone, 3 the same, 1 with mistakes."
    )
    assert ran("Compare with the base", BUDGET="params <= +500%, macs <= +500%") == 1  # of the one with mistakes
    assert summary.read_text(encoding="utf-8").count("1 outside of the budget") == 1  # behind the first
    assert ran("Compare with the base", BASE="HEAD", BUDGET="params <= +0") == 0
    assert ran("Compare with the base", BASE=base, BUDGET="params <= +5%") == 1
    assert ran("Compare with the base", BASE="change", BUDGET="params <= +0") == 0  # a branch that is fetched
    assert ran("Compare with the base", BUDGET="prams <= 3") == 2
    assert ran("Comment on the pull request") == 0 and not (tmp_path / "calls.txt").exists()  # nothing was compared
    assert ran("Compare with the base", BUDGET="params <= +5%") == 1
    assert ran("Comment on the pull request") == 0
    (tmp_path / "old.txt").write_text("41\n42\n", encoding="utf-8")
    assert ran("Comment on the pull request") == 0
    comment = tmp_path / "comment.md"
    assert comment.read_text(encoding="utf-8").startswith("<!-- cnnspec diff -->\n## ✗ Networks\n")
    assert [
        line for line in (tmp_path / "calls.txt").read_text(encoding="utf-8").splitlines() if "--method" in line
    ] == [
        f"api --silent --method POST repos/anna/nets/issues/7/comments -F body=@{comment}",
        f"api --silent --method PATCH repos/anna/nets/issues/comments/41 -F body=@{comment}",
    ]

    (tmp_path / "bin" / "gh").write_text(
        "#!/bin/sh\necho 'HTTP 403: Resource not accessible by integration' >&2\nexit 1\n"
    )
    denied = subprocess.run(
        [*BASH, steps["Comment on the pull request"]],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )  # of a fork
    assert denied.returncode == 0 and denied.stdout.startswith("::warning::cnnspec could not comment, ")
    git(clone, "fetch", "-q", "--depth=1", "origin", "change")
    git(clone, "checkout", "-q", "FETCH_HEAD")  # the pull request itself, without what it goes into
    summary.write_text("", encoding="utf-8")
    assert ran("Compare with the base", TARGET=base, BUDGET="params <= +5%") == 1
    assert f"From {base[:10]} to HEAD: 4 changed" in summary.read_text(encoding="utf-8")
    assert ran("Compare with the base", BASE="no-such-branch") == 2


def make_folder(path: Path) -> Path:
    path.mkdir()
    return path
