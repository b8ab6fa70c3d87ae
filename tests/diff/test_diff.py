"""`cnnspec diff`: the reports of reports.md, the figures that must add up, the options, what is refused.

`python -m tests.diff.test_diff` writes the reports as they are today into the cases.
"""

from __future__ import annotations

import io
import itertools
import json
import re
import sys
from pathlib import Path

import pytest

import cnnspec
from cnnspec.cli import main
from cnnspec.diff.difference import gain_of_macs, gain_of_params
from cnnspec.diff.rows import group_layers
from cnnspec.diff.text import write_text
from cnnspec.facts.isomorphism import View

FOLDER = Path(__file__).parent
EXAMPLES = Path(__file__).parents[2] / "examples"
CASE = re.compile(r"^## (.+?)\n+```cnn\n(.*?)^```\n+```cnn\n(.*?)^```\n+```\n(.*?)^```", re.M | re.S)
A, B = "input 8x8x1\nconv(4, 3x3) -> gap -> dense(3)\n", "input 8x8x1\nconv(8, 3x3) -> gap -> dense(3)\n"
TWO = "model Small(n=2) { input 3 -> dense(n) }\nmodel Large(n=9) { input 3 -> dense(n) }\n"


def cases() -> list[tuple[str, str, str, str]]:
    found = []
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        matches = CASE.findall(text)
        assert len(matches) == len(re.findall("^## ", text, re.M)), f"a case of {path.name} is not of the form"
        found += matches
    return found


def report(a: str, b: str) -> str:
    return cnnspec.diff(cnnspec.load(a), cnnspec.load(b)).to_text()


@pytest.mark.parametrize(("a", "b", "expected"), [pytest.param(*case[1:], id=case[0]) for case in cases()])
def test_report(a: str, b: str, expected: str) -> None:
    assert report(a, b) == expected


# ---- figures -----------------------------------------------------------------------------------------------
PAIRS = [
    *itertools.combinations(["vgg16", "resnet18", "resnet50", "resnet50_keras", "mobilenet_v2", "unet", "digits"], 2)
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_what_the_lines_say_adds_up_to_what_the_summaries_say(first: str, second: str) -> None:
    a, b = (cnnspec.load(EXAMPLES / f"{name}.cnn") for name in (first, second))
    found = cnnspec.diff(a, b)
    assert not found.same
    shown = group_layers(found)
    for name, gain in (("params", gain_of_params), ("macs", gain_of_macs)):
        assert sum([gain(layer) for line in shown for layer in line.layers]) == getattr(b, name) - getattr(a, name)
        assert getattr(found, name).difference == getattr(b, name) - getattr(a, name)
    listed = [layer for line in shown for layer in line.layers]
    assert len(listed) == len(found.layers) - len(found.of("same"))
    views = [View(side.analysed.graph) for side in (a, b)]
    names = [[view.nodes[i].name for i in view.live] for view in views]
    assert [len(view.live) + len(view.joined) for view in views] == [len(side.layers) for side in (a, b)]
    assert sorted(d.a.name for d in found.layers if d.a) == sorted(names[0])
    assert [d.b.name for d in found.layers if d.b] == names[1]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.cnn")), ids=lambda path: path.stem)
def test_a_network_is_the_same_as_itself(path: Path) -> None:
    network = cnnspec.load(path)
    found = cnnspec.diff(network, path)
    assert found.same
    assert {layer.status for layer in found.layers} == {"same"}


def test_values() -> None:
    found = cnnspec.diff(A, B)
    (changed,) = found.changed
    assert changed.a is not None and changed.b is not None
    assert (changed.a.name, changed.b.params - changed.a.params) == ("conv1", 40)  # type: ignore[operator]
    assert [(c.name, c.old, c.new) for c in changed.arguments] == [("filters", 4, 8)]
    assert [layer.b.name for layer in found.of("reshaped") if layer.b] == ["gap1", "dense1"]
    assert (found.params.difference, found.macs.a, found.added, found.removed) == (52, 1308, (), ())
    assert repr(found) == "<cnnspec.Difference <text>, <text>: 0 added, 0 removed, 1 changed>"
    assert str(found) == found.to_text()
    with pytest.raises(cnnspec.SpecError, match="cannot be compared"):
        cnnspec.diff(A, "input 8x8x1\nconv(4, 9x9)\n")


def test_a_figure_that_depends_on_the_input_is_an_expression() -> None:
    found = cnnspec.diff("input ?x?x1\nconv(2, 1x1)", "input ?x?x1\nconv(3, 1x1)")
    assert str(found.macs.difference) == "H*W"
    assert "H*W" in found.to_text()


# ---- the command -------------------------------------------------------------------------------------------
@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("a.cnn", A), ("b.cnn", B), ("two.cnn", TWO), ("bad.cnn", "input 3\ndense(x)\nrelu(\n")):
        Path(name).write_text(text)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["diff", *arguments])
    shown = capsys.readouterr()
    assert "Traceback" not in shown.out + shown.err
    assert "internal error" not in shown.err
    return status, shown.out, shown.err


def test_layers_are_written_as_the_language_has_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An opaque layer is called by its operator, but written by its word, with the operator in quotes."""
    (tmp_path / "a.cnn").write_text("input 8x8x4\nrelu\n")
    (tmp_path / "b.cnn").write_text('input 8x8x4\nrelu -> opaque("roll", 8x8x4, params=3)\n')
    main(["diff", str(tmp_path / "a.cnn"), str(tmp_path / "b.cnn")])
    assert ' opaque("roll", 8x8x4, params=3), output ' in capsys.readouterr().out


def test_exit_status(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "a.cnn", "b.cnn")
    assert (status, err) == (1, "")
    assert "filters 4 -> 8" in out
    said = "a.cnn and a.cnn are the same network: 4 layers, 55 parameters, 1,308 MACs\n"
    assert run(capsys, "a.cnn", "a.cnn") == (0, said, "")
    for sides in (("a.cnn", "bad.cnn"), ("bad.cnn", "a.cnn")):
        status, out, err = run(capsys, *sides)
        assert (status, out) == (2, "")
        assert "bad.cnn:2:7" in err
    for arguments, said in (
        (("a.cnn", "no.cnn"), "cannot read no.cnn"),
        (("-", "-"), "stdin can be one side only"),
        (("a.cnn", "two.cnn"), "holds several models (Small, Large)"),
        (("a.cnn", "two.cnn:Tiny"), 'has no model "Tiny"'),
        (("two.cnn:Small", "two.cnn:Large", "--set-b", "k=1"), 'no model has a parameter "k"'),
        (("a.cnn", "net.keras", "--set-b", "k=1"), "net.keras is a model file, which has no parameters to set"),
        (("a.cnn",), ""),
    ):
        status, out, err = run(capsys, *arguments)
        assert (status, out) == (2, "")
        assert said in err


def test_models_and_parameters_of_either_side(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ("two.cnn:Small", "two.cnn:Large"),
        ("two.cnn", "two.cnn", "--model", "Small", "--set-b", "n=9"),
        ("two.cnn:Small", "two.cnn:Small", "--set", "n=2", "--set-b", "n=9"),
        ("two.cnn:Large", "two.cnn:Large", "--set-a", "n=2"),
    ):
        status, out, err = run(capsys, *arguments)
        assert (status, err) == (1, "")
        assert "units 2 -> 9" in out
    assert run(capsys, "two.cnn:Small", "two.cnn:Large", "--set", "n=4")[0] == 0
    Path("odd:Name").write_text(A)
    assert run(capsys, "odd:Name", "a.cnn")[0] == 0


def test_stdin_is_a_side(files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments, said in ((("-", "b.cnn"), "filters 4 -> 8"), (("b.cnn", "-"), "filters 8 -> 4")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(A.encode())))
        status, out, _ = run(capsys, *arguments)
        assert (status, said in out, "<stdin>" in out) == (1, True, True)


def test_json_is_the_contract(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "a.cnn", "b.cnn", "--format", "json")
    found = json.loads(out)
    assert status == 1
    assert list(found) == [
        "schema_version", "same", "a", "b", "layers", "inputs_differ", "outputs_differ", "totals", "conventions",
    ]  # fmt: skip
    assert (found["schema_version"], found["same"]) == (1, False)
    assert found["b"] == {
        "model": "b", "file": "b.cnn", "parameters": {}, "layers": 4, "inputs": ["input1"], "outputs": ["dense1"],
        "receptive_field": {"size": [3, 3], "stride": [1, 1], "padding": [0, 0]},
    }  # fmt: skip
    conv = found["layers"][0]
    summary = cnnspec.load("a.cnn").to_text("json")
    assert conv["a"] == {"call": "conv(4, 3x3)", **json.loads(summary)["layers"][1]}
    del conv["a"], conv["b"]
    assert conv == {
        "status": "changed", "arguments": [{"name": "filters", "old": "4", "new": "8"}], "rewired": False, "shared": None,
        "params": 40, "macs": 1296,
    }  # fmt: skip
    assert [layer["status"] for layer in found["layers"]] == ["changed", "reshaped", "reshaped"]
    assert found["totals"]["params"] == {"a": 55, "b": 107, "difference": 52}
    assert json.loads(run(capsys, "a.cnn", "a.cnn", "--format", "json")[1])["layers"] == []


def test_a_terminal_gets_colors(files: Path) -> None:
    found = cnnspec.diff("a.cnn", "b.cnn")
    colored = write_text(found, color=True)
    assert "\x1b[35m ~   conv1:2" in colored
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == found.to_text()


def test_a_saved_model_is_a_side(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cnnspec.load(B).to_keras().save("net.keras")
    assert run(capsys, "b.cnn", "net.keras")[0] == 0
    status, out, _ = run(capsys, "a.cnn", "net.keras")
    assert status == 1
    assert re.search(r"conv1:2 +conv1 +filters 4 -> 8", out)
    assert run(capsys, "a.cnn", "no.keras") == (2, "", "cnnspec: cannot read no.keras: No such file or directory\n")


if __name__ == "__main__":
    for file in sorted(FOLDER.glob("*.md")):

        def today(match: re.Match[str]) -> str:
            shown = report(match[2], match[3])
            return match[0][: match.start(4) - match.start()] + shown + "```"

        file.write_text(CASE.sub(today, file.read_text(encoding="utf-8")), encoding="utf-8")
