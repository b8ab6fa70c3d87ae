"""Where a model tells the line of the Python file in which a layer is called, a finding is shown there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.base.source import Source
from cnnspec.cli.cache import NAME
from cnnspec.cli.results import Outcome, Untold, as_data, from_data
from cnnspec.model_files import kinds
from cnnspec.model_files.places import find_below
from cnnspec.pipeline import analyse_model
from tests.cli.commands import run
from tests.model_files.lined_models import EXPORTED, KIND

SPEC = "input 7x7x3\n\nconv(8, 3x3, stride=3)\nrelu\ndropout(0.9)\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which src/model.py lies, and a model that was made of it elsewhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(kinds.KINDS, ".lined", KIND)
    monkeypatch.delenv("CNNSPEC_CACHE_DIR", raising=False)
    (tmp_path / "src").mkdir()
    (tmp_path / "src/model.py").write_text("1\n2\n3\n")
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "net.lined").write_text(SPEC)
    return tmp_path


def check(capsys: pytest.CaptureFixture[str], form: str, *options: str) -> str:
    status, out, err = run(capsys, "check", "net.lined", "--output-format", form, *options)
    assert (status, err) == (1, "")
    return out


def test_people_are_led_to_the_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    full = check(capsys, "full")
    assert " --> src/model.py:3, in conv1 (features.conv1)\n" in full
    assert " --> src/model.py:5, in dropout1 (features.dropout1)\n" in full and "net.lined" not in full
    one, two, *_ = check(capsys, "concise").splitlines()
    assert one.startswith("src/model.py:3: warning[W201 illegal-stride]: conv1 (features.conv1): (7 + 2*0 - 3)/3")
    assert two.startswith("src/model.py:5: warning[T410 dropout-rate]: dropout1 (features.dropout1): ")


def test_services_are_led_to_the_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = json.loads(check(capsys, "json"))
    assert (first["filename"], first["location"]) == ("src/model.py", {"row": 3, "column": 1})
    assert (second["location"]["row"], second["layer"]["module"]) == (5, "features.dropout1")
    result: Any = json.loads(check(capsys, "sarif"))["runs"][0]["results"][0]
    place = result["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "src/model.py"
    assert place["physicalLocation"]["region"]["startLine"] == 3
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "features.conv1"
    assert check(capsys, "github").startswith("::warning file=src/model.py,line=3,endLine=3,")
    assert 'testsuite name="src/model.py"' in check(capsys, "junit")
    assert json.loads(check(capsys, "gitlab"))[0]["location"] == {
        "path": "src/model.py",
        "lines": {"begin": 3, "end": 3},
    }


def test_a_line_of_two_models_is_told_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "twin.lined").write_text(SPEC)
    (project / "other.lined").write_text(SPEC.replace("stride=3", "stride=2"))
    files, options = ("net.lined", "twin.lined", "other.lined"), ("--output-format", "concise", "-q", "--no-cache")
    assert run(capsys, "check", *files, *options, "--jobs", "1") == (1, check(capsys, "concise", "-q"), "")


def test_a_worker_tells_a_line_as_plain_data(project: Path) -> None:
    analysis = analyse_model("net.lined")
    outcome = Outcome("net.lined", analysis.diagnostics)
    sources = [analysis.source, Source("src/model.py", "")]
    data = json.loads(json.dumps(as_data(outcome, "Outcome", sources)))
    assert from_data(data, "Outcome", sources) == outcome
    for wrong in (sources[:1], [Source("net.lined", "a text"), Source("src/model.py", "a text")]):
        with pytest.raises(Untold):
            from_data(data, "Outcome", wrong)


def test_settings_and_baselines_hold_for_the_file_that_is_shown(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "W201" not in check(capsys, "concise", "--per-file-ignores", "src/model.py:W201")
    assert "W201" not in check(capsys, "concise", "--per-file-ignores", "*.lined:W201")
    assert run(capsys, "check", "net.lined", "--write-baseline", "base.json", "-q")[2] == ""
    assert json.loads(Path("base.json").read_text())["files"] == {"src/model.py": {"T410": 1, "W201": 1}}
    assert run(capsys, "check", "net.lined", "--baseline", "base.json") == (0, "1 file: no mistakes found\n", "")


def test_what_a_python_file_is_called_is_not_cached(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "src/model.py:3" in check(capsys, "full")
    (project / "src/model.py").unlink()
    assert f" --> net.lined, in conv1 (features.conv1, called in {EXPORTED}:3)\n" in check(capsys, "full")
    row, _ = json.loads(check(capsys, "json"))
    assert (row["filename"], row["location"], row["layer"]["called"]) == ("net.lined", None, f"{EXPORTED}:3")
    assert len(list(Path(NAME).glob("*.json"))) == 2, "of the model's file alone, in two forms"


def test_the_other_verbs_know_the_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("explain", "rf"):
        assert "conv1 (Conv2D), line 3: features.conv1" in run(capsys, verb, "net.lined", "conv1")[1]
    rows = json.loads(run(capsys, "summary", "net.lined", "--format", "json")[1])["layers"]
    assert [row["line"] for row in rows] == [0, 3, 4, 5]
    assert " --> src/model.py:3, in conv1 (features.conv1)\n" in run(capsys, "summary", "net.lined")[2]
    found = cnnspec.check("net.lined")[0]
    assert found.position == (3, 1) and str(found).startswith("src/model.py:3: warning[W201] ")
    assert cnnspec.load("net.lined").text.startswith("model ")


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("/elsewhere/src/model.py", "src/model.py"),
        ("C:\\Users\\me\\src\\model.py", "src/model.py"),
        ("src/model.py", "src/model.py"),
        ("/a/model.py", ""),
        ("../src/model.py", "src/model.py"),
        ("/src/../../model.py", ""),
        ("/etc/hostname", ""),
        ("src/model.py\0", ""),
        ("", ""),
        ("/".join(["x"] * 5000), ""),
    ],
)
def test_a_python_file_is_looked_for_below_the_working_folder(project: Path, named: str, found: str) -> None:
    assert find_below(named) == found
