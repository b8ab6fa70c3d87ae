"""What rules find in a saved model: the same as in a text, at a layer, with advice and without edits."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cnnspec.base.source import LayerPlace, Source
from cnnspec.cli.cache import NAME
from cnnspec.compile.keras_model import to_keras
from cnnspec.facts.facts import find_keras_problems
from cnnspec.lint import rules
from cnnspec.pipeline import analyse, analyse_model
from tests.cli.commands import run
from tests.lint.rule_files import RULE_FILES
from tests.lint.test_rules import example
from tests.model_files.saved_models import faulty, save_model

OF_TEXTS = {  # rules that look at what only a text has
    "E021": "a budget",
    "E112": "a parameter",
    "S704": "a pad, which is the convolution's in a model",
    "S710": "a comment",
    "S711": "a comment",
    "W204": "an unused layer, which Keras does not build",
    "W212": "how a number is written",
    "W213": "a binding",
    "W214": "a binding",
    "W216": "the values of a parameter",
    **dict.fromkeys(("T402", "T403", "T404", "T406", "T412", "P505"), "a train section"),
}


@pytest.mark.parametrize("rule", RULE_FILES, ids=lambda rule: rule.CODE)
def test_a_rule_finds_in_a_model_what_it_finds_in_a_text(rule: ModuleType, tmp_path: Path) -> None:
    codes = rules.default_codes() | {rule.CODE}
    (network,) = analyse(Source("net.cnn", example(rule, "Bad")), codes=codes).networks
    if any(find_keras_problems(network.facts)):
        assert rule.CODE in ("E104", "E116"), "whose examples Keras cannot compute"
        return
    path = tmp_path / "net.json"
    path.write_text(to_keras(network.graph).to_json())
    found = [one for one in analyse_model(str(path), codes=codes).diagnostics if one.code == rule.CODE]
    if rule.CODE in OF_TEXTS:
        assert not found
        return
    (before,) = [one for one in network.diagnostics if one.code == rule.CODE]
    (after,) = found
    assert (after.message, after.severity) == (before.message, before.severity)
    assert after.help and not after.repairs
    places = [after.span, *[note.span for note in after.notes]]
    names = [node.name for node in network.graph.nodes]
    assert all(isinstance(place, LayerPlace) and place.layer in names for place in places if place)


FORMS = ("full", "concise", "json", "jsonl", "sarif", "github", "junit", "gitlab")


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CNNSPEC_CACHE_DIR", raising=False)
    (tmp_path / "pyproject.toml").touch()
    return save_model(faulty, tmp_path).relative_to(tmp_path)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_names_the_layer_and_its_path(form: str, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "check", model, "--output-format", form)
    assert (status, err) == (1, "")
    assert "odd" in out and ("encoder/idle" in out or form == "gitlab")
    assert out.count("faulty.keras") >= 4
    again = run(capsys, "check", model, "--output-format", form)
    assert again == (status, out, err), "as the cache has it"


def test_the_forms_for_people(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "check", model, "--ignore", "W201,T401,T410,T407")
    assert out == (
        "info[W205 no-op-layer]: idle does nothing: what comes out is what went in\n"
        " --> faulty.keras, in idle (encoder/idle)\n"
        "  help: drop it, or write the size or rate that was meant\n\n"
        "1 note in 1 file\n"
    )
    _, out, _ = run(capsys, "check", model, "--select", "T407")
    assert "  help: leave it out: bias=False in PyTorch, use_bias=False in Keras\n" in out
    _, out, _ = run(capsys, "check", model, "--select", "W205", "--output-format", "concise", "-q")
    said = "idle does nothing: what comes out is what went in"
    assert out == f"faulty.keras: info[W205 no-op-layer]: idle (encoder/idle): {said}\n"


def test_the_forms_for_services(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def tell(form: str) -> Any:
        return json.loads(run(capsys, "check", model, "--select", "W205", "--output-format", form)[1])

    (row,) = tell("json")
    assert (row["location"], row["layer"]) == (None, {"name": "idle", "module": "encoder/idle", "called": None})
    (result,) = tell("sarif")["runs"][0]["results"]
    assert result["message"]["text"].startswith("idle (encoder/idle): idle does nothing")
    (at,) = result["locations"]
    assert at["logicalLocations"] == [{"name": "idle", "fullyQualifiedName": "encoder/idle", "kind": "object"}]
    assert at["physicalLocation"]["region"]["startLine"] == 1


def test_fingerprints_are_those_of_layers(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(run(capsys, "check", model, "--output-format", "gitlab")[1])
    marks = [row["fingerprint"] for row in rows]
    assert len({*marks}) == len(marks) > 3
    assert [
        row["fingerprint"] for row in json.loads(run(capsys, "check", model, "--output-format", "gitlab")[1])
    ] == marks


def test_a_baseline_counts_a_models_findings(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = len(json.loads(run(capsys, "check", model, "--output-format", "json")[1]))
    said = f"cnnspec: base.json counts {count} findings in 1 file\n"
    assert run(capsys, "check", model, "--write-baseline", "base.json", "-q")[2] == ""
    assert run(capsys, "check", model, "--write-baseline", "base.json")[2] == said
    assert run(capsys, "check", model, "--baseline", "base.json") == (0, "1 file: no mistakes found\n", "")
    counts = json.loads(Path("base.json").read_text())
    counts["files"]["faulty.keras"].pop("W201")
    Path("base.json").write_text(json.dumps(counts))
    status, out, _ = run(capsys, "check", model, "--baseline", "base.json", "-q", "--output-format", "concise")
    assert status == 1 and out.startswith("faulty.keras: warning[W201 illegal-stride]: odd: ") and out.count("\n") == 1


def test_ignore_and_configuration_hold_for_models(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quiet = (0, "1 file: no mistakes found\n", "")
    assert run(capsys, "check", model, "--ignore", "W,T") == quiet
    assert run(capsys, "check", model, "--per-file-ignores", "*.keras:W,T") == quiet
    Path("cnnspec.toml").write_text('ignore = ["W", "T"]\n')
    assert run(capsys, "check", model) == quiet
    status, out, err = run(capsys, "check", model, "--exclude", "*.keras", "--force-exclude")
    assert (status, out, err) == (0, "", "cnnspec: nothing to do: 1 file is excluded\n")


def test_the_cache_knows_a_model_by_its_bytes(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = run(capsys, "check", model)
    (entry,) = Path(NAME).glob("*.json")
    text = entry.read_text()
    assert run(capsys, "check", model) == before and entry.read_text() == text
    entry.write_text(text.replace('"conv', '"cont'))
    assert run(capsys, "check", model) == before, "a damaged entry is as none"
    model.write_bytes(model.read_bytes() + b"\0")
    run(capsys, "check", model)
    assert entry.read_text() != text


def test_a_large_model_is_checked_anew(
    model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnnspec.cli import check_files

    monkeypatch.setattr(check_files, "MAX_BYTES", 1000)
    assert run(capsys, "check", model)[0] == 1
    assert not os.path.exists(NAME)


def test_workers_check_models_too(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(3):
        Path(f"copy{number}.keras").write_bytes(model.read_bytes())
    Path("bad.keras").write_text("no model")
    files = [*map(str, sorted(Path().glob("*.keras")))]
    told = [run(capsys, "check", *files, "--no-cache", "--jobs", jobs) for jobs in ("1", "3")]
    assert told[0] == told[1] and told[0][0] == 2
    assert told[0][2] == "cnnspec: bad.keras is no .keras file (a zip archive) and no JSON\n"


def test_a_folder_is_checked_for_specs_alone(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "cnnspec: there is no .cnn file in .: a model is checked where it is named, as ./faulty.keras\n"
    assert run(capsys, "check") == (2, "", said)
    Path("net.cnn").write_text("input 8x8x1\nconv(4, 3x3) -> relu\n")
    assert run(capsys, "check") == (0, "1 file: no mistakes found\n", "")
    assert run(capsys, "check", ".", model)[0] == 1
