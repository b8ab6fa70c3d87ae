"""Python sources in the API: which model, what it answers, and what it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnnspec
from tests.cli.test_python_files import CELLS, NETWORK, UNKNOWN, notebook


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "net.py": NETWORK,
        "unknown.py": UNKNOWN,
        "note.ipynb": notebook(*CELLS),
        "plain.py": "x = 1\n",
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_model_of_a_file(folder: Path) -> None:
    small = cnnspec.load("net.py", model="small")
    assert [layer.name for layer in small.layers] == ["input1", "conv1", "relu1", "flatten1", "dense1"]
    assert (small.params, small.layers[1].line, small.diagnostics) == (27_090, 5, ())
    assert small.sizes().axes[0].strict.above(3) == 4 and small.lost().macs == 0
    assert (
        small.text
        == "model small {\n  input 28x28x1\n  conv(4, 3x3) -> relu\n  flatten -> dense(10, activation=softmax)\n}\n"
    )
    assert cnnspec.load("net.py", call="build(7)").outputs == ((7,),)
    assert cnnspec.diff(small, cnnspec.load("net.py", model="large")).params.difference == 513_890
    assert cnnspec.loads(NETWORK, name="text.py", model="large").outputs == ((100,),)


def test_findings(folder: Path) -> None:
    (found,) = cnnspec.check("note.ipynb")
    assert found.code == "W201" and found.span is not None and found.span.source.cell == 3
    assert cnnspec.check("note.ipynb").to_data()[0]["filename"] == "note.ipynb"
    assert not cnnspec.check("net.py") and not cnnspec.check("unknown.py") and not cnnspec.check("plain.py")


REFUSED = [
    ({"path": "net.py"}, "net.py holds several models: choose with model=, one of small, large"),
    ({"path": "net.py", "model": "smal"}, 'net.py builds no model "smal"; did you mean "small"'),
    ({"path": "net.py", "call": "bild(3)"}, "call: net.py has no function bild"),
    ({"path": "plain.py"}, "plain.py: it builds no model"),
]


@pytest.mark.parametrize(("asked", "expected"), REFUSED)
def test_what_is_refused(folder: Path, asked: dict[str, str], expected: str) -> None:
    with pytest.raises(cnnspec.SpecError, match=expected.replace("(", r"\(")):
        cnnspec.load(asked.pop("path"), **asked)


def test_what_is_not_known_whole(folder: Path) -> None:
    net = cnnspec.load("unknown.py")
    assert net.params is None and "not known whole" in repr(net)
    for ask in (net.to_keras, net.to_torch, net.trace, lambda: net.text, lambda: cnnspec.diff(net, net)):
        with pytest.raises(cnnspec.SpecError, match="could not be known"):
            ask()
    with pytest.raises(TypeError, match="a Python source has no parameter width"):
        cnnspec.load("net.py", model="small", width=3)
