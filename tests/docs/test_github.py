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


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("bash"), reason="the action's steps are for bash")
def test_the_action_annotates_and_writes_sarif(tmp_path: Path) -> None:
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "stride.cnn").write_text("input 7x7x1\nconv(1, 3x3, stride=3)\n", encoding="utf-8")
    (tmp_path / "clean.cnn").write_text("input 7x7x1\nconv(1, 3x3)\n", encoding="utf-8")
    command = tmp_path / "bin" / "cnnspec"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cnnspec "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "RUNNER_TEMP": str(tmp_path),
    }  # fmt: skip
    steps = steps_of(ACTION)

    def ran(step: str, paths: str, arguments: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-e", "-c", steps[step]], cwd=tmp_path, env=environment | {"PATHS": paths, "ARGS": arguments},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    found = ran("Check, with annotations", "nets clean.cnn")
    assert found.returncode == 1 and "::warning file=nets/stride.cnn,line=2" in found.stdout
    assert ran("Check, with annotations", "nets", "--ignore W201").returncode == 0
    assert ran("Check, with annotations", "clean.cnn").returncode == 0
    assert ran("Write the findings as SARIF", "nets clean.cnn", "--fail-on error").returncode == 0
    assert '"ruleId": "W201"' in (tmp_path / "cnnspec.sarif").read_text(encoding="utf-8")
