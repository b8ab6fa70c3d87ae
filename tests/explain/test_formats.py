"""Explanations in every format, and the command."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cnnspec.api import load
from cnnspec.cli import main
from cnnspec.explain.json import SCHEMA_VERSION
from tests.explain.calculated import TEXTS

ODD = 'input 9x9x3\nconv(4, 3x3, padding=same) as under_score\nconv(4, 3x3, kernel_initializer="he_normal")  # 50 % & $\nflatten -> dense(2)'


def balanced(text: str) -> None:
    """What TeX needs: braces, environments, dollars and \\left … \\right in pairs, and no bare special character."""
    bare = re.sub(r"\\[\\{}$%&#_]", "", text)
    depth = 0
    for character in bare:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    open_: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", bare):
        if kind == "begin":
            open_.append(name)
        else:
            assert open_.pop() == name
    assert not open_
    outside, inside = bare.split("$")[::2], bare.split("$")[1::2]
    assert len(outside) == len(inside) + 1
    for math_ in inside:
        assert math_.count(r"\left") == math_.count(r"\right") and "\n" not in math_
    for words in outside:
        assert not re.search(r"[_^&%#~]", words), words


@pytest.mark.parametrize(
    "text", [ODD, *[t for n, t in TEXTS.items() if n.endswith("-0")], "input ?x?x3\nconv(2, 3x3, stride=2)"]
)
def test_latex_is_balanced_and_escaped(text: str) -> None:
    network = load(text)
    balanced(network.explain(format="latex"))
    for layer in network.layers:
        balanced(network.explain(layer.name, "latex"))


def test_latex_reads_as_the_text_does() -> None:
    shown = load(ODD).explain("under_score", "latex")
    assert r"under\_score (Conv2D)" in shown
    assert r"\item together: $\left( 3 \cdot 3 \cdot 3 + 1 \right) \cdot 4 = 112$" in shown


def test_markdown_has_its_arithmetic_in_code_spans() -> None:
    shown = load(ODD).explain("under_score", "markdown")
    assert shown.startswith(
        "## `under_score` (Conv2D)\n\n`9x9x3 (input1) -> 9x9x4`, line 2: `conv(4, 3x3, padding=same)`\n"
    )
    assert "- together: `(3*3*3 + 1)*4 = 112`\n" in shown
    assert "*" not in re.sub(r"`[^`]*`|\\\*|\*\*", "", shown)


def test_json_is_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input ?x9x3\nconv(4, 3x3, bias=false)\nbn")
    assert main(["explain", str(path), "conv1", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    (layer,) = data.pop("layers")
    assert list(data) == ["schema_version", "model", "file", "totals", "conventions"]
    assert (data["schema_version"], data["model"], data["totals"]) == (SCHEMA_VERSION, "net", None)
    sections = layer.pop("sections")
    assert layer == {
        "name": "conv1", "type": "Conv2D", "line": 2, "inputs": [{"name": "input1", "shape": ["H", 9, 3]}],
        "output_shape": ["H - 2", 7, 4],
        "used": True,
    }  # fmt: skip
    assert [section["title"] for section in sections] == ["Output size", "Parameters", "MACs", "Receptive field"]
    assert sections[0]["steps"] == [
        {"name": "height", "work": "floor((H + 2*0 - 3)/1) + 1", "value": "H - 2", "note": ""},
        {"name": "width", "work": "floor((9 + 2*0 - 3)/1) + 1", "value": 7, "note": ""},
        {"name": "channels", "work": None, "value": 4, "note": "given as filters"},
    ]
    assert json.loads(load(path).explain(format="json"))["totals"]["steps"][0] == {
        "name": "parameters", "work": "108 + 16", "value": 124, "note": "",
    }  # fmt: skip


def test_an_unknown_layer_is_told_with_what_was_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text(ODD)
    assert main(["explain", str(path), "under_scor"]) == 2
    assert capsys.readouterr().err == 'cnnspec: net has no layer "under_scor"; did you mean "under_score"?\n'
    with pytest.raises(LookupError, match="`cnnspec summary` lists its layers"):
        load(path).explain("zzz")
    with pytest.raises(ValueError, match="text, markdown, latex or json"):
        load(path).explain(format="pdf")


def test_around_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input 8x8x3\nconv(4, 3x3)\nconv(4, 9x9)\nrelu")
    for form in ("text", "markdown", "latex", "json"):
        assert main(["explain", str(path), "--format", form]) == 1
        shown = capsys.readouterr()
        assert "error[E101" in shown.err and shown.out
    assert main(["explain", str(path), "conv2"]) == 1
    assert capsys.readouterr().out.endswith(
        "6x6x4 (conv1) -> ?\n\n  unknown: this layer, or one before it, has a mistake\n"
    )
    assert main(["explain", str(path), "conv1"]) == 1
    assert "(3*3*3 + 1)*4 = 112" in capsys.readouterr().out


def test_explaining_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom cnnspec.api import load\n"
        f"load({ODD!r}).explain()\n"
        "print([m for m in ('numpy', 'rich', 'keras', 'tensorflow', 'lark', 'typing', 'dataclasses', 'json') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
