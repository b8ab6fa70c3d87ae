"""The forms of findings for services, each against the fields that its documentation asks for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cnnspec.lint.index import NAMES
from tests.cli.commands import run

SPEC = (
    "input unused 7x7x3\n"
    "input 23x23x3\n"
    "block down(n) {\n"
    "  conv(n, 3x3, stride=3)\n"
    "}\n"
    "down(8)\n"
    "relu -> down(8)\n"
)  # fmt: skip
ODD = 'input 7x7x3\nconv(8, 3x3, padding="\x1b[31m\x07<&>")\nœuf(\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in: a clean spec, one with findings of each kind, one with characters that need escaping."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a folder").mkdir()
    (tmp_path / "a folder" / "näive, 100%.cnn").write_text(SPEC, encoding="utf-8")
    (tmp_path / "clean.cnn").write_text("input 8x8x3\nrelu\n")
    (tmp_path / "odd.cnn").write_text(ODD, encoding="utf-8")
    return tmp_path


def shown(capsys: pytest.CaptureFixture[str], kind: str, *more: str, path: str = ".") -> str:
    status, out, err = run(capsys, "check", path, "--output-format", kind, *more)
    assert (status, err) == (1, "")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", out), "control characters are escaped"
    return out


def test_all_forms_tell_the_same(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(shown(capsys, "json"))
    assert [json.loads(line) for line in shown(capsys, "jsonl").splitlines()] == data
    lines = shown(capsys, "concise").splitlines()
    assert lines[-1].endswith("in 3 files")
    full = shown(capsys, "full")
    results = json.loads(shown(capsys, "sarif"))["runs"][0]["results"]
    issues = json.loads(shown(capsys, "gitlab"))
    failures = ElementTree.fromstring(shown(capsys, "junit")).findall(".//testcase[failure]")
    commands = shown(capsys, "github").splitlines()
    assert len(data) == 5  # or this tests less than it seems
    for row, line, result, issue, command in zip(data, lines, results, issues, commands, strict=False):
        place = f"{row['filename']}:{row['location']['row']}:{row['location']['column']}"
        assert line.startswith(f"{place}: {row['severity']}[{row['code']} {row['name']}]: ")
        assert f"{row['severity']}[{row['code']} {row['name']}]: " in full and place in full
        assert result["ruleId"] == row["code"]
        assert issue["check_name"] == f"{row['code']} {row['name']}"
        assert issue["location"]["lines"]["begin"] == row["location"]["row"]
        assert f"title={row['code']} {row['name']}::" in command
    assert len(lines) - 1 == len(results) == len(issues) == len(failures) == len(commands) == len(data)
    notes = [note for row in data for note in row["notes"]]
    assert notes and all(set(note) == {"message", "filename", "location", "end_location"} for note in notes)


# ---- SARIF: the tables of GitHub's "SARIF support for code scanning", what is marked as required -----------------
REQUIRED: dict[str, tuple[str, ...]] = {
    "": ("$schema", "version", "runs"),
    "runs[]": ("tool.driver", "results"),
    "runs[].tool.driver": ("name", "rules"),
    "runs[].tool.driver.rules[]": ("id", "shortDescription.text", "fullDescription.text", "help.text"),
    "runs[].results[]": ("message.text", "locations", "partialFingerprints.primaryLocationLineHash"),
    "runs[].results[].locations[]": ("physicalLocation",),
    "runs[].results[].locations[].physicalLocation": (
        "artifactLocation.uri",
        "region.startLine",
        "region.startColumn",
        "region.endLine",
        "region.endColumn",
    ),
}


def reached(value: Any, path: str) -> list[Any]:
    """All values at a path such as runs[].results[]."""
    values = [value]
    for step in filter(None, path.split(".")):
        values = [v[step.removesuffix("[]")] for v in values]
        if step.endswith("[]"):
            values = [item for v in values for item in v]
    return values


def test_sarif_has_what_github_requires(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = json.loads(shown(capsys, "sarif"))
    assert log["version"] == "2.1.0"
    for holder, paths in REQUIRED.items():
        held = reached(log, holder)
        assert held, holder
        for value in held:
            for path in paths:
                (found,) = reached(value, path)
                assert found not in ("", None, 0), f"{holder}.{path} may not be empty"
    (run,) = log["runs"]
    listed = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in listed] == sorted(NAMES)
    assert len({rule["name"] for rule in listed}) == len(listed)
    for rule in listed:
        assert len(rule["shortDescription"]["text"]) <= 1024 and len(rule["fullDescription"]["text"]) <= 1024
        assert rule["defaultConfiguration"]["level"] in ("note", "warning", "error")
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")
        assert "\n    " not in rule["help"]["markdown"], "specs are fenced"
        assert rule["help"]["markdown"].count("```") % 2 == 0
    for result in run["results"]:
        assert listed[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("note", "warning", "error")
        assert len(result["locations"]) == 1
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert (
            uri == {"uri": "a%20folder/n%C3%A4ive%2C%20100%25.cnn", "uriBaseId": "%SRCROOT%"} or uri["uri"] == "odd.cnn"
        )
    hashes = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    assert len(set(hashes)) == len(hashes)
    (stride, *_) = [result for result in run["results"] if result["ruleId"] == "W201"]
    assert stride["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 4, "startColumn": 16, "endLine": 4, "endColumn": 24,
    }  # fmt: skip
    (called,) = stride["relatedLocations"]
    assert called["physicalLocation"]["region"]["startLine"] == 6


def test_paths_outside_of_the_working_folder(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here / "a folder")
    log = json.loads(shown(capsys, "sarif", path="../odd.cnn"))
    (location, *_) = reached(log, "runs[].results[].locations[].physicalLocation.artifactLocation")
    assert location == {"uri": (here / "odd.cnn").as_uri()}
    log = json.loads(shown(capsys, "sarif", path=str(here / "a folder")))
    (location, *_) = reached(log, "runs[].results[].locations[].physicalLocation.artifactLocation")
    assert location["uri"] == "n%C3%A4ive%2C%20100%25.cnn"


def test_fingerprints_stay_when_lines_move(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def marks() -> list[str]:
        return [issue["fingerprint"] for issue in json.loads(shown(capsys, "gitlab"))]

    before = marks()
    assert len(set(before)) == len(before)
    path = here / "a folder" / "näive, 100%.cnn"
    path.write_text("# moved\n\n" + SPEC, encoding="utf-8")
    assert marks() == before
    path.write_text(SPEC.replace("stride=3", "stride=3, bias=false"), encoding="utf-8")
    assert marks() != before


# ---- the others ------------------------------------------------------------------------------------------------
def test_gitlab_has_the_fields_of_a_code_quality_report(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for issue in json.loads(shown(capsys, "gitlab")):
        assert issue["description"] and issue["check_name"] and issue["fingerprint"]
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["path"] in ("a folder/näive, 100%.cnn", "odd.cnn")  # relative, without ./
        assert issue["location"]["lines"]["begin"] >= 1


def test_github_commands_are_read_back(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the rules of actions/runner: properties end at `::`, are split at commas, and are unescaped afterwards."""
    rows = json.loads(shown(capsys, "json"))
    for row, line in zip(rows, shown(capsys, "github").splitlines(), strict=True):
        match = re.fullmatch(r"::(error|warning|notice) (.*?)::(.*)", line)
        assert match
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        for code, character in (("%3A", ":"), ("%2C", ","), ("%25", "%")):
            properties = {name: value.replace(code, character) for name, value in properties.items()}
        assert properties["file"] == row["filename"].removeprefix("./")
        assert int(properties["line"]) == row["location"]["row"]
        assert int(properties["endLine"]) == row["end_location"]["row"]
        assert ("col" in properties) == (row["location"]["row"] == row["end_location"]["row"])
        assert properties["title"] == f"{row['code']} {row['name']}"
        if "\x1b" not in row["message"]:
            assert match[3].replace("%25", "%").startswith(row["message"])


def test_junit_counts_what_it_lists(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = ElementTree.fromstring(shown(capsys, "junit"))
    suites = root.findall("testsuite")
    assert root.tag == "testsuites" and len(suites) == 3
    assert [suite.get("name") for suite in suites] == ["clean.cnn", "odd.cnn", "a folder/näive, 100%.cnn"]
    for counted, cases in [
        (root, root.findall(".//testcase")),
        *[(suite, suite.findall("testcase")) for suite in suites],
    ]:
        assert int(counted.get("tests", "")) == len(cases)
        assert int(counted.get("failures", "")) == len([case for case in cases if case.find("failure") is not None])
        assert counted.get("errors") == "0"
    assert suites[0].get("failures") == "0" and suites[0].find("testcase") is not None
    for case in root.findall(".//testcase"):
        assert case.get("name") and case.get("classname")
        for failure in case.findall("failure"):
            assert failure.get("message") and failure.get("type") in ("error", "warning", "info") and failure.text


FAILING = ["error", "warning", "info", "never"]


@pytest.mark.parametrize("least", FAILING)
def test_junit_fails_what_fails_the_run(here: Path, capsys: pytest.CaptureFixture[str], least: str) -> None:
    command = "check", "clean.cnn", "odd.cnn", "a folder", "--select", "ALL", "--fail-on", least
    found = json.loads(run(capsys, *command, "--output-format", "json")[1])
    assert {row["severity"] for row in found} == {"error", "warning", "info"}
    status, out, _ = run(capsys, *command, "--output-format", "junit")
    failing = [row for row in found if FAILING.index(row["severity"]) <= FAILING.index(least) and least != "never"]
    assert status == bool(failing)
    assert int(ElementTree.fromstring(out).get("failures", "")) == len(failing)
    root = ElementTree.fromstring(out)
    failures, others = root.findall(".//failure"), root.findall(".//system-out")
    assert (len(failures), len(others)) == (len(failing), len(found) - len(failing))
    assert sorted(failure.get("type", "") for failure in failures) == sorted(row["severity"] for row in failing)
    assert all(said.text for said in (*failures, *others))


@pytest.mark.parametrize("kind", ["json", "jsonl", "sarif", "github", "junit", "gitlab"])
def test_a_clean_file_has_an_empty_form_of_each(here: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    status, out, err = run(capsys, "check", "clean.cnn", "--output-format", kind)
    assert (status, err) == (0, "")
    assert out == "" or out.endswith("\n")
    if kind in ("json", "gitlab"):
        assert json.loads(out) == []
    elif kind == "sarif":
        assert json.loads(out)["runs"][0]["results"] == []
    elif kind == "junit":
        assert ElementTree.fromstring(out).get("failures") == "0"
    else:
        assert out == ""
