"""`cnnspec draw`: its forms, what it says of what cannot be drawn, and `Network.draw`."""

from __future__ import annotations

import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

import cnnspec
from tests.cli.commands import run

TEXT = "block f(n) { conv(n, 3x3) -> relu -> conv(n, 3x3) }\ninput 32x32x3\nf(8) -> f(8) -> gap -> dense(10, softmax)\n"


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.cnn").write_text(TEXT)
    return tmp_path


BEGINNINGS = {
    "net.svg": b"<svg ",
    "NET.SVG": b"<svg ",
    "net.png": b"\x89PNG",
    "net.tex": b"% Model: ",
    "net.dot": b'digraph "net" {',
    "net.gv": b'digraph "net" {',
    "net.mermaid": b"flowchart TD",
    "net.mmd": b"flowchart TD",
}


@pytest.mark.parametrize("name", BEGINNINGS)
def test_the_ending_says_what_is_written(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "draw", "net.cnn", "-o", name) == (0, "", f"cnnspec: wrote {name}\n")
    assert BEGINNINGS[name] in Path(name).read_bytes()[:40]
    assert run(capsys, "draw", "net.cnn", "-o", name)[0] == 0, "its own picture is replaced"


def test_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    mermaid = run(capsys, "draw", "net.cnn")
    assert mermaid[1].startswith("flowchart TD\n") and mermaid[::2] == (0, "")
    assert run(capsys, "draw", "net.cnn", "-o", "-") == mermaid
    assert run(capsys, "draw", "net.cnn", "--format", "dot")[1].startswith("digraph")
    svg = run(capsys, "draw", "net.cnn", "-o", "-", "--format", "svg", "--depth", "all")[1]
    assert ElementTree.fromstring(svg).tag.endswith("svg")


SENTENCES = {
    "draw net.cnn -o net.jpg": "cnnspec: net.jpg must end in one of .svg, .pdf, .png, .tex, .html, .dot, .mermaid, .gv, .mmd, or --format say what it is",
    "draw net.cnn -o net": "cnnspec: net must end in one of .svg, .pdf, .png, .tex, .html, .dot, .mermaid, .gv, .mmd, or --format say what it is",
    "draw net.cnn --format png": "cnnspec: png is not written to stdout: give -o a name",
    "draw net.cnn -o no/such/net.svg": "cnnspec: cannot write no/such/net.svg: No such file or directory",
    "draw net.cnn -o net.cnn --format svg": "cnnspec: net.cnn is what the command reads: give the output another name",
    "draw net.cnn -o other.svg": "cnnspec: other.svg is there already, and is not what cnnspec wrote there last: give another name, or --force to replace it",
    "draw net.cnn --expand g": 'cnnspec: net has no block, module or layer "g": its blocks are f',
    "draw net.cnn -o ''": "cnnspec: -o must end in one of .svg, .pdf, .png, .tex, .html, .dot, .mermaid, .gv, .mmd, or --format say what it is",
    "diff net.cnn two.cnn -o ''": "cnnspec: -o must end in .html: an interactive page is what is written",
    "rf net.cnn -o ''": "cnnspec: -o must end in .svg, .pdf, .png, .tex or .html: that says which kind of picture it is",
    "draw net.cnn --show params,x": 'cnnspec: --show knows no "x": give some of name, shape, params, macs, rf, memory, with commas between them',
    "draw net.cnn --style volumes -o net.dot": "cnnspec: volumes are a picture: svg, pdf, png, tex, not dot",
    "draw net.cnn --style volumes --depth 1": "cnnspec: --depth, --expand and --direction are about a flow: leave them out with --style volumes",
    "draw net.cnn --style volumes --direction right -o net.svg": "cnnspec: --depth, --expand and --direction are about a flow",
    "draw net.cnn -o net.svg --format dot": "cnnspec: net.svg says another form than --format dot: give one of the two",
    "draw flat.cnn --expand g": 'cnnspec: flat has no block, module or layer "g": its layers are input1, relu1',
    "draw net.cnn --depth -1": "cnnspec: --depth must be a whole number from 0, or all, not \"-1\"",
    "draw no.cnn -o net.svg": "cnnspec: cannot read no.cnn: No such file or directory",
    "draw two.cnn -o net.svg": "cnnspec: two.cnn holds several models (A, B): choose one with --model",
}  # fmt: skip


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("other.svg").write_text("mine")
    Path("flat.cnn").write_text("input 8x8x1\nrelu\n")
    Path("two.cnn").write_text("model A { input 8x8x1 -> relu }\nmodel B { input 8x8x1 -> relu }\n")
    status, out, err = run(capsys, *shlex.split(line))
    assert (status, out) == (2, "") and SENTENCES[line] in " ".join(err.split())
    assert Path("other.svg").read_text() == "mine" and not Path("net.svg").exists()


def test_volumes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "draw", "net.cnn", "--style", "volumes", "-o", "net.svg")[0] == 0
    assert run(capsys, "draw", "net.cnn", "--style", "volumes")[1] == Path("net.svg").read_text()
    assert cnnspec.load("net.cnn").draw(style="volumes").to_svg() == Path("net.svg").read_text()
    assert run(capsys, "draw", "net.cnn")[1] != Path("net.svg").read_text()


def test_one_of_several_models(capsys: pytest.CaptureFixture[str]) -> None:
    Path("flat.cnn").write_text("input 8x8x1\nrelu\n")
    Path("two.cnn").write_text("model A { input 8x8x1 -> relu }\nmodel B { input 8x8x1 -> tanh }\n")
    assert 'n1["tanh"]' in run(capsys, "draw", "two.cnn", "--model", "B")[1]


def test_a_broken_network_is_drawn_and_its_errors_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("net.cnn").write_text("input 8x8x1\nconv(8, 9x9)\n")
    status, _, err = run(capsys, "draw", "net.cnn", "-o", "net.svg")
    assert status == 1 and "cnnspec: wrote net.svg" in err and "error[E101" in err
    assert ">E101</text>" in Path("net.svg").read_text()


# ---- in Python -----------------------------------------------------------------------------------------------------
def test_a_picture_shows_and_saves_itself(capsys: pytest.CaptureFixture[str]) -> None:
    net = cnnspec.load("net.cnn")
    picture = net.draw("net.svg", depth=0, show="params", direction="right")
    run(capsys, "draw", "net.cnn", "-o", "again.svg", "--depth", "0", "--show", "params", "--direction", "right")
    assert picture._repr_svg_() == Path("net.svg").read_text() == Path("again.svg").read_text()
    assert (
        net.draw(depth="all", expand=["f"]).to_text("dot")
        == run(capsys, "draw", "net.cnn", "--depth", "all", "--format", "dot")[1]
    )
    for name in ("net.gv", "net.png", "net.tex"):
        picture.save(Path(name))
        assert BEGINNINGS[name] in Path(name).read_bytes()[:40]
    assert repr(picture).startswith('<cnnspec.Picture Model: "net", ')


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"depth": -1}, ValueError, "depth must be a whole number from 0, not -1"),
        ({"show": "x"}, ValueError, 'show knows no "x": name, shape, params, macs, rf, memory'),
        ({"color": "red"}, ValueError, 'color knows no "red": kind, cost, rf, lost, none'),
        ({"direction": 3}, TypeError, "direction must be a str, not int"),
        ({"expand": ["g"]}, LookupError, 'net has no block, module or layer "g"'),
        ({"style": "volumes", "depth": 1}, ValueError, 'leave them out with style="volumes"'),
        ({"path": "net.jpg"}, ValueError, "net.jpg must end in one of .svg, .pdf, .png, .tex, .html"),
        ({"path": ""}, FileNotFoundError, "an empty path names no file"),
    ],
)
def test_what_cannot_be_drawn(asked: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error) as refused:
        cnnspec.load("net.cnn").draw(**asked)  # type: ignore[arg-type]
    assert words in str(refused.value)
