"""What rests on a misspelt word is marked in every report, in JSON and in Python, and nothing is made of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cnnspec
from cnnspec.cli import main
from tests.support import unwrap

WRONG = "input 28x28x1\ncnov(8, 3x3) -> maxpool(2x2)\nflatten -> dense(10)\n"
RIGHT = WRONG.replace("cnov", "conv")
BESIDE = "input x 8x8x3\ncnov(4, 3x3) as unused\nx -> gap -> dense(2)\n"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.fixture
def wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("net.cnn")
    path.write_text(WRONG)
    return path


SENTENCE = "Assumed: conv for cnov (line 2)"
SHOWN = [
    (("summary",), SENTENCE + "; the totals rest on that"),
    (("summary", "--columns", "params"), SENTENCE),
    (("summary", "--format", "markdown"), "| Assumed |"),
    (("summary", "--format", "csv"), "conv1,Conv2D,26x26x8,80,80,0,input1,48672,3x3,1x1,0x0,2,assumed\n"),
    (("summary", "--format", "csv", "--columns", "macs"), "layer,macs,assumed\n"),
    (("cost",), SENTENCE + "; the totals rest on that"),
    (("cost", "--device", "a100"), SENTENCE),
    (("lost",), SENTENCE + "; what is lost rests on that"),
    (("rf",), SENTENCE + "; the network's field rests on that"),
    (("rf", "{}", "conv1"), "26x26x8; assumed"),
    (("rf", "--picture"), SENTENCE + "; the picture rests on that"),
    (("explain",), SENTENCE + "; the totals rest on that"),
    (("explain", "{}", "conv1"), "28x28x1 (input1) -> 26x26x8; assumed"),
    (("explain", "--format", "markdown"), SENTENCE),
    (("explain", "--format", "latex"), SENTENCE),
]


@pytest.mark.parametrize(("command", "mark"), SHOWN)
def test_every_report_marks_what_is_assumed(
    command: tuple[str, ...], mark: str, wrong: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [part.format(wrong) for part in command]
    arguments += [] if str(wrong) in arguments else [str(wrong)]
    status, out, err = run(capsys, *arguments)
    assert status == 1
    assert mark in out
    assert 'error[E010 unknown-name]: nothing is called "cnov"' in err
    wrong.write_text(RIGHT)
    status, out, err = run(capsys, *arguments)
    assert (status, err) == (0, "")
    assert "ssumed" not in out


def test_an_svg_says_it(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "rf", wrong, "-o", "rf.svg")[0] == 1
    assert SENTENCE in Path("rf.svg").read_text()


def test_a_layer_that_does_not_rest_on_it_is_explained_without(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "ssumed" not in run(capsys, "explain", wrong, "input1")[1]
    assert f"{SENTENCE}; dense1 rests on that" in run(capsys, "explain", wrong, "dense1")[1]


ASSUMED = [{"file": "net.cnn", "line": 2, "written": "cnov", "taken": "conv"}]
JSON = [("summary", "layers"), ("cost", "layers"), ("rf", "layers"), ("explain", "layers"), ("lost", "tensors")]


@pytest.mark.parametrize(("command", "parts"), JSON)
def test_json_says_it(command: str, parts: str, wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong.write_text(WRONG.replace("3x3", "4x4"))  # the pool loses a row
    data = json.loads(run(capsys, command, wrong, "--format", "json")[1])
    assert (data["assumptions"], data["assumed"]) == (ASSUMED, True)
    assert [part["name"] for part in data[parts] if part.get("assumed")] == [
        part["name"] for part in data[parts] if command == "lost" or part["name"] != "input1"
    ]
    wrong.write_text(RIGHT.replace("3x3", "4x4"))
    assert "assumed" not in run(capsys, command, wrong, "--format", "json")[1].replace("assumptions", "assumed")


def test_totals_that_leave_it_out_are_certain(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong.write_text(BESIDE)
    out = run(capsys, "summary", wrong)[1]
    assert "assumed" in out
    assert f"{SENTENCE}\n" in out
    data = json.loads(run(capsys, "summary", wrong, "--format", "json")[1])
    assert "assumed" not in data
    assert "assumed" not in data["totals"]
    assert data["assumptions"] == ASSUMED


@pytest.mark.parametrize("command", ["sizes", "compile", "train", "diff"])
def test_nothing_is_claimed_or_made_of_it(command: str, wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = {"compile": ["-o", "out.py"], "diff": [str(wrong)]}.get(command, [])
    status, out, err = run(capsys, command, wrong, *more)
    assert status == (2 if command == "diff" else 1)
    assert out == ""
    assert 'nothing is called "cnov"' in err
    assert not Path("out.py").exists()


def test_neither_fix_nor_format_writes_the_assumed_word(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "input 9x9x3\nmaxpool(2x2)\ncnov(8, 3x3) -> dropout(0)\ndropout(0) -> conv(2, 1, pading=same)\n"
    wrong.write_text(text)
    run(capsys, "fix", "--unsafe-fixes", wrong)
    run(capsys, "format", wrong)
    assert "cnov" in wrong.read_text()
    assert "pading" in wrong.read_text()


def test_used_files(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("blocks.cnn").write_text("block cbr(f) { conv(f, 3x3) -> bn -> rellu }\n")
    wrong.write_text('use "blocks.cnn" (cbrr)\ninput 8x8x3\ncbrr(4)\ncbr(4)\nconv(9, 9x9)\n')
    net = cnnspec.load(wrong)
    assert [(a.written, a.taken) for a in net.assumptions] == [("cbrr", "cbr"), ("rellu", "relu")]
    assert [(d.code, d.help) for d in net.diagnostics] == [
        ("E010", 'did you mean "relu"?'),
        ("E015", 'did you mean "cbr"?'),
    ]
    assert [layer.output_shape for layer in net.layers[1:]] == [(6, 6, 4)] * 3 + [(4, 4, 4)] * 3 + [None]
    assert all(layer.assumed for layer in net.layers[1:])
    assert "blocks.cnn, line 1)" in unwrap(run(capsys, "summary", wrong)[1])


def test_the_python_face() -> None:
    net = cnnspec.load(WRONG)
    assert net.assumed
    assert [layer.assumed for layer in net.layers] == [False, True, True, True, True]
    (made,) = net.assumptions
    assert (made.written, made.taken, made.span.text) == ("cnov", "conv", "cnov")
    assert net.params == cnnspec.load(RIGHT).params
    for refused in (net.to_keras, net.to_source, net.sizes, lambda: cnnspec.diff(net, net)):
        with pytest.raises(cnnspec.SpecError, match="cnov"):
            refused()
    right = cnnspec.load(RIGHT)
    assert (right.assumed, right.assumptions) == (False, ())
