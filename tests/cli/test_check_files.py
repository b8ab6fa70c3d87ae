"""What `check` is told: which rules, which files, what fails; configuration files; baselines; the pages of the rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnnspec.cli import main
from cnnspec.lint import index
from cnnspec.lint.index import NAMES
from cnnspec.lint.rules import default_codes
from cnnspec.lint.selection import Selection
from tests.cli.commands import run
from tests.cli.conftest import PADDED, STRIDE
from tests.support import unwrap

ROOT = Path(__file__).parents[2]


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    """The exit status and the codes of a check of all files here."""
    status, out, err = run(capsys, "check", ".", "--output-format", "jsonl", *arguments)
    assert err == "", err
    return status, [json.loads(line)["code"] for line in out.splitlines()]


# ---- which rules -------------------------------------------------------------------------------------------
THUMBS = ["L801", "L802", "L802", "L802", "L802", "L806", "L808", "L808"]  # the lectures' rules of thumb on all files
CHOICES = [
    ("", ["W201", "W204"]),
    ("--select W201", ["W201"]),
    ("--select W", ["W201", "W204", "W210"]),
    ("--select w20", ["W201", "W204"]),
    ("--select illegal-stride,E113", ["E113", "E113", "W201"]),
    ("--select W --ignore W201", ["W204", "W210"]),
    ("--select W201 --ignore W", ["W201"]),
    ("--select W201 --ignore W201", []),
    ("--select ALL --ignore W2", ["E113", "E113", *THUMBS, "P503", "P503", "R308", "R308"]),
    ("--ignore ALL", []),
    ("--ignore ALL --extend-select W204", ["W204"]),
    ("--extend-select E113", ["E113", "E113", "W201", "W204"]),
    ("--strict-stride", ["E113", "E113", "W201", "W204"]),
    ("--strict-stride --no-strict-stride", ["W201", "W204"]),
    ("--strict-stride --ignore E113", ["W201", "W204"]),
    ("--profile lecture", ["E113", "E113", *THUMBS, "W201", "W204"]),
    ("--profile lecture --select W204", ["E113", "E113", *THUMBS, "W204"]),
    ("--target torch", ["W201", "W204"]),
    ("--ignore W201 --ignore W204", []),
    ("--per-file-ignores *.cnn:W201", ["W204"]),
    ("--per-file-ignores old:W", ["W201"]),
    ("--per-file-ignores ./old/*:W204 --per-file-ignores stride.cnn:illegal-stride", []),
    ("--exclude old", ["W201"]),
    ("--exclude stride.cnn,old/branch.cnn", []),
    ("--exclude str*", ["W204"]),
    ("--exclude ld", ["W201", "W204"]),
]


@pytest.mark.parametrize(("options", "codes"), CHOICES, ids=[options or "nothing" for options, _ in CHOICES])
def test_what_runs(three_specs: Path, capsys: pytest.CaptureFixture[str], options: str, codes: list[str]) -> None:
    status, shown = found(capsys, *options.split())
    assert (status, sorted(shown)) == (1 if codes else 0, codes)


def test_rules_for_targets_and_profiles(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {
        "NAMES": {code: f"made-up-{code.lower()}" for code in ("W201", "N601", "T404", "L801")},
        "RULES": dict.fromkeys(("W201", "N601", "T404", "L801"), ()),
        "ON_REQUEST": frozenset({"N601", "L801"}),
        "TARGETS": {"N601": ("torch", "onnx"), "T404": ("keras",)},
        "PROFILES": {"L801": "lecture"},
    }
    for name, table in made.items():
        monkeypatch.setattr(index, name, table)
    for asked, codes in (
        (Selection(), None),
        (Selection(target=("torch",)), {"W201", "N601"}),
        (Selection(target=("keras",)), {"W201", "T404"}),
        (Selection(target=("gpu", "onnx")), {"W201", "N601"}),
        (Selection(profile="lecture"), {"W201", "T404", "L801"}),
        (Selection(select=("L8",)), {"L801"}),
        (Selection(profile="lecture", ignore=("L",)), {"W201", "T404"}),
    ):
        assert asked.codes() == codes, asked


def test_errors_of_the_language_always_run(three_specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (three_specs / "stride.cnn").write_text("input 7x7x3\ncnv(8)\nexpect params < 1\n")
    assert found(capsys, "--select", "T402")[1] == ["E010"]
    (three_specs / "stride.cnn").write_text("input 7x7x3\ndense(8)\nexpect params < 1\n")
    assert found(capsys, "--ignore", "ALL", "--fail-on", "never") == (0, ["E021"])


MISTAKES = [
    ("--select W9", 'no rule is called "W9"'),
    ("--select ilegal-stride", 'did you mean "illegal-stride"?'),
    ("--ignore E101", "E101 empty-output is an error of the language: it cannot be ignored"),
    ("--extend-select X", "`cnnspec rules` lists them"),
    ("--per-file-ignores W201", "--per-file-ignores takes GLOB:RULES"),
    ("--per-file-ignores *:W9", 'no rule is called "W9"'),
    ("--target tensorrt", "--target takes keras, torch, onnx, gpu"),
    ("--baseline a --write-baseline b", "give one of them"),
    ("--baseline missing.json", "cannot read the baseline missing.json: No such file"),
    ("--baseline stride.cnn", "stride.cnn is no baseline"),
    ("--write-baseline no/where.json", "cannot write no/where.json"),
    ("--statistics --output-format sarif", "--statistics has no form for --output-format sarif"),
]


@pytest.mark.parametrize(("options", "sentence"), MISTAKES, ids=[options for options, _ in MISTAKES])
def test_mistakes_in_options_are_one_sentence(
    three_specs: Path, capsys: pytest.CaptureFixture[str], options: str, sentence: str
) -> None:
    status, out, err = run(capsys, "check", "stride.cnn", *options.split())
    assert (status, out) == (2, "")
    assert sentence in err and len(err.splitlines()) == 1


# ---- what fails, what is said ------------------------------------------------------------------------------
def test_what_fails(three_specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for options, status in (("", 1), ("--fail-on warning", 1), ("--fail-on info", 1), ("--fail-on error", 0),
                            ("--fail-on never", 0), ("--exit-zero", 0), ("--fail-on error --strict-stride", 1)):  # fmt: skip
        assert found(capsys, *options.split())[0] == status, options
    assert run(capsys, "check", "missing.cnn", "--exit-zero")[0] == 2


def test_quiet_color_statistics_settings(three_specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "check", "padded.cnn", "-q") == (0, "", "")
    assert "1 warning in" not in run(capsys, "check", "stride.cnn", "-q")[1]
    assert "\x1b[1;35mwarning" in run(capsys, "check", "stride.cnn", "--color", "always")[1]
    assert "\x1b" not in run(capsys, "check", "stride.cnn", "--color", "never")[1]
    (three_specs / "more.cnn").write_text(STRIDE)
    status, out, _ = run(capsys, "check", ".", "--statistics")
    assert (status, out) == (1, "2  W201  warning  illegal-stride\n1  W204  warning  unused-branch\n")
    data = json.loads(run(capsys, "check", ".", "--statistics", "--output-format", "json")[1])
    assert data[0] == {"code": "W201", "name": "illegal-stride", "severity": "warning", "count": 2}
    (three_specs / "cnnspec.toml").write_text('ignore = ["W201"]\n')
    status, out, _ = run(capsys, "check", ".", "--show-settings", "--fail-on", "error")
    assert status == 0
    assert f'["W201"]  ({three_specs / "cnnspec.toml"})' in out
    assert '"error"  (command line)' in out
    assert "force-exclude     false  (default)" in out
    assert out.splitlines()[-1].split() == [
        "rules",
        "that",
        "run",
        *", ".join(sorted(default_codes() - {"W201"})).split(),
    ]


def test_excluded_files_that_are_named(three_specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "1 warning in 1 file" in run(capsys, "check", "stride.cnn", "--exclude", "*.cnn")[1]
    status, out, err = run(capsys, "check", "stride.cnn", "--exclude", "*.cnn", "--force-exclude")
    assert (status, out, err) == (0, "", "cnnspec: nothing to do: 1 file is excluded\n")
    (three_specs / "cnnspec.toml").write_text('exclude = ["stride.cnn"]\nforce-exclude = true\n')
    (three_specs / "stride.cnn").write_text("input 7x7x3\nconv(8,3x3)\n")
    assert run(capsys, "format", "stride.cnn", "--check")[0] == 0
    assert run(capsys, "format", "stride.cnn", "--check", "--no-force-exclude")[0] == 1


# ---- pages -------------------------------------------------------------------------------------------------
def test_rules_and_their_pages(capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(run(capsys, "rules", "--format", "json")[1])
    assert data["schema_version"] == 1
    rows = {row["code"]: row for row in data["rules"]}
    assert list(rows) == sorted(NAMES)
    assert rows["W201"] == {
        "code": "W201",
        "name": "illegal-stride",
        "severity": "warning",
        "runs": "on",
        "fix": "unsafe",
        "title": "A stride leaves rows or columns that carry data unread",
    }
    assert rows["E113"]["runs"] == "off; on with --strict-stride or --profile lecture"
    assert {row["runs"] for code, row in rows.items() if code.startswith("E0")} == {"always"}
    text = run(capsys, "rules")[1]
    for row in data["rules"]:
        assert f"{row['code']}  {row['name']}: {row['severity']}; " in text
        by_code, by_name = (run(capsys, "rule", row[key]) for key in ("code", "name"))
        assert by_code == by_name and by_code[0] == 0
        assert row["title"] in unwrap(by_code[1])
    page = run(capsys, "rule", "w201")[1]
    assert "\nBad:\n\n    input 7x7x3\n" in page and "Severity: warning. Runs: on." in page
    status, _, err = run(capsys, "rule", "illegal-strid")
    assert (status, err) == (2, 'cnnspec: no rule is called "illegal-strid"; did you mean "illegal-stride"?\n')


# ---- pre-commit --------------------------------------------------------------------------------------------
def hooks() -> list[dict[str, str]]:
    """The hooks of .pre-commit-hooks.yaml, which is a list of flat mappings."""
    found: list[dict[str, str]] = []
    for line in (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8").splitlines():
        if line.startswith("- "):
            found.append({})
        if not line.startswith("#"):
            key, _, value = line[2:].partition(": ")
            found[-1][key] = value
    return found


def test_pre_commit_hooks(three_specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check, python, layout, mend = hooks()
    assert (check["id"], layout["id"], mend["id"]) == ("cnnspec", "cnnspec-format", "cnnspec-fix")
    assert python["id"] == "cnnspec-python" and python["types_or"] == "[python, jupyter]"
    assert python["entry"] == check["entry"]
    for hook in (check, layout, mend):
        assert hook.keys() == {"id", "name", "description", "entry", "language", "files"}
        assert hook["language"] == "python" and hook["files"] == r"\.cnn$"
        assert hook["entry"].startswith("cnnspec ")
    (three_specs / "cnnspec.toml").write_text('exclude = ["old"]\n')

    def hooked(hook: dict[str, str], *files: str) -> int:
        return run(capsys, *hook["entry"].split()[1:], *files)[0]

    assert hooked(check, "stride.cnn", "padded.cnn") == 1
    assert hooked(check, "old/branch.cnn", "padded.cnn") == 0
    (three_specs / "padded.cnn").write_text(PADDED.replace(", ", ","))
    assert hooked(layout, "padded.cnn") == 0  # pre-commit sees by itself that the file has changed
    assert (three_specs / "padded.cnn").read_text() == PADDED
    assert main(["check", "padded.cnn"]) == 0
    (three_specs / "padded.cnn").write_text(PADDED.replace(", ", ","))
    assert hooked(mend, "old/branch.cnn", "padded.cnn") == 0
    assert (three_specs / "padded.cnn").read_text() == PADDED


def test_the_manual_names_every_key(three_specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manual = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    (three_specs / "cnnspec.toml").write_text(manual.partition("```toml\n")[2].partition("```")[0])
    assert run(capsys, "check", "stride.cnn")[0] == 1
    settings = run(capsys, "check", ".", "--show-settings")[1]
    assert "(default)" not in settings
    hook = manual.partition("## pre-commit\n\n")[2].partition("\n\n")[0]
    assert all(f"`{name['id']}`" in hook for name in hooks())
