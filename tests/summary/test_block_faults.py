"""Blocks that cannot be asked about, and those that have faults at an input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commands import run
from tests.support import unwrap

REFUSED = [
    (["lib.cnn"], "lib.cnn holds no network, but blocks (cbr, residual, up, stage, gate, head, nothing, two): `cnnspec summary` with --input"),
    (["lib.cnn", "--block", "cbr"], "--block asks what a block does with an input: write, for example, --input 56x56x64"),
    (["lib.cnn", "--input", "0x1x1"], '"0x1x1" is no shape: an input\'s shape is made of whole numbers from 1'),
    (["lib.cnn", "--input", "axbxc"], '"axbxc" is no shape: nothing is called "axbxc"; names of unknown sizes are in upper case: AxBxC'),
    (["lib.cnn", "--input", "-3x4x4"], "--input"),
    *[
        (["lib.cnn", "--input", word], f'"{word}" is no shape: nothing is called "{word}"; write, for example, 28x28x1; ?')
        for word in ("abc", "relu", "rellu")
    ],
    (["lib.cnn", "--input", ""], '"" is no shape: write, for example, --input 56x56x64'),
    (["lib.cnn", "--input", "8x8x3 -> relu"], "is no shape: write"),
    (["lib.cnn", "--input", "8x8x3\nrelu"], "is no shape: write"),
    (["lib.cnn", "--input", "x 8x8x3"], "is no shape: write"),
    (["lib.cnn", "--input", "8x8x8x8x3"], "an input has at most 3 spatial axes"),
    (["lib.cnn", "--input", "3x?x?"], "the channels of an input must be known"),
    (["lib.cnn", "--input", "8x8x8", "--input", "4x4x4"], "two shapes without a name: a further tensor has that of its parameter"),
    (["lib.cnn", "--input", "skip=8x8x8"], "no shape to the tensor that a block is called on"),
    (["lib.cnn", "--input", "8x8x8", "--input", "skip=4x4x4", "--input", "skip=4x4x4"], "a shape for skip twice"),
    (["lib.cnn", "--input", "8x8x8", "--input", "a b=4x4x4"], '--input takes a shape, or name=shape, not "a b=4x4x4"'),
    (["lib.cnn", "--input", "8x8x8", "--input", "skib=4x4x4"], 'no block has a parameter "skib"; there are act, filters, kernel, n, ratio, skip, stride; did you mean "skip"?'),
    (["lib.cnn", "--input", "8x8x8", "--set", "filter=4"], 'no block has a parameter "filter"; there are'),
    (["lib.cnn", "--input", "8x8x8", "--set", "skip=4", "--input", "skip=4x4x4"], "skip has a shape and a value"),
    (["lib.cnn", "--input", "8x8x8", "--block", "cbrr"], 'there is no block "cbrr"; it has cbr, residual, up, stage, gate, head, nothing, two; did you mean "cbr"?'),
    (["lib.cnn", "--input", "8x8x8", "--model", "cbr"], "--input is for blocks: choose one with --block"),
    (["net.cnn", "--input", "8x8x8"], "net.cnn: it holds a network, whose text has its inputs; --input is for blocks: choose one with --block"),
    (["none.cnn", "--input", "8x8x8"], "none.cnn: it holds no block; --input is for blocks"),
    (["gone.cnn", "--input", "8x8x8"], "gone.cnn"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), REFUSED, ids=[" ".join(a[1:])[:40] or "nothing" for a, _ in REFUSED])
def test_what_cannot_be_asked_is_refused(
    lib: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (tmp_path / "net.cnn").write_text("block f { relu }\ninput 8x8x3\nf\n")
    (tmp_path / "none.cnn").write_text("n = 3\n")
    for verb in ("summary", "check") if arguments != ["lib.cnn"] else ("summary",):
        status, out, err = run(capsys, verb, *arguments)
        assert (status, out) == (2, ""), verb
        assert said in err and err.count("\n") == 1, (verb, err)


def test_options_that_do_not_go_together(lib: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in (
        (["summary", "lib.cnn", "--input", "8x8x8", "--columns", "params"], "--columns is for layers"),
        (["check", "lib.cnn", "--input", "8x8x8", "--fix"], "--fix and --diff mend networks"),
        (["check", "lib.cnn", "--input", "8x8x8", "--diff"], "--fix and --diff mend networks"),
    ):
        status, _, err = run(capsys, *arguments)
        assert status == 2 and said in err


FAULTS = [  # a library, an input, and what the row of each block says; "" for no fault
    ("block f { conv(4, 3x3) }", "28x28", "28x28 has one spatial axis and 28 channels, but a layer for two spatial axes follows"),
    ("block f { conv(4, 3x3) }", "64", "conv needs LxC or HxWxC or DxHxWxC, got a vector of 64"),
    ("block f { conv(4, 9x9) }\nblock g { conv(4, 3x3) }", "8x8x3", "conv's kernel 9 does not fit into 8 positions"),
    ("block f { cnov(4, 3x3) }\nblock g { relu }", "8x8x3", 'nothing is called "cnov"'),
    ("block f { f }\nblock g { relu }", "8x8x3", "the block f calls itself, which no block may"),
    ("block f { conv(4, 3x3 }\nblock g { relu }", "8x8x3", 'this "(" is never closed'),
    ("block f(a) { conv(a, 3x3) }\nblock g { relu }", "8x8x3", "a has no value: the block f is left out"),
    ("block f { conv(-n, 3x3) }\nblock g { relu }\nn = 3", "8x8x3", "conv's filters must be"),
    ("block f { skip -> relu }\nblock g { relu }", "8x8x3", 'nothing is called "skip"'),
    ("block f(a=b, b=2) { conv(a, 3x3) }\nblock g { relu }", "8x8x3", "conv's filters must be"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shape", "said"), FAULTS, ids=[text[:30] for text, _, _ in FAULTS])
def test_a_fault_stands_in_its_row_alone(
    lib: Path, capsys: pytest.CaptureFixture[str], text: str, shape: str, said: str
) -> None:
    lib.write_text(text + "\n")
    status, out, err = run(capsys, "summary", lib, "--input", shape, "--format", "json")
    first, *others = json.loads(out)["blocks"]
    assert status == 1 and said in first["fault"]["message"], first["fault"]
    assert said in unwrap(err)  # a sentence may be wrapped
    assert all(row["fault"] is None and row["totals"]["params"] is not None for row in others)
    table = run(capsys, "summary", lib, "--input", shape)[1]
    assert said.split(":")[0] in next(line for line in table.splitlines() if line.startswith(" f"))


def test_a_block_that_asks_for_too_many_layers_is_refused_at_once(
    lib: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doubled = "".join([f"block b{i} {{ b{i - 1} -> b{i - 1} }}\n" for i in range(1, 40)])
    lib.write_text("block b0 { relu }\n" + doubled)
    status, out, _ = run(capsys, "summary", lib, "--input", "8", "--block", "b39")
    assert (status, out) == (1, "") or "relu" in out
    _, out, _ = run(capsys, "summary", lib, "--input", "8", "--max-layers", "100", "--format", "json")
    rows = json.loads(out)["blocks"]
    assert (
        [row["fault"] is None for row in rows]
        == [row["totals"] is not None for row in rows]
        == [2**i <= 100 for i in range(40)]
    )
    _, out, _ = run(capsys, "check", lib, "--input", "8", "--max-layers", "100", "--output-format", "concise")
    assert "at most 100 are allowed" in out


def test_the_layers_of_a_block_say_what_is_wrong_as_a_network_does(
    lib: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "summary", lib, "--input", "11x11x8", "--block", "head")
    assert status == 0 and out.startswith('Block: "head"\n')
    assert "warning[W201 illegal-stride]" in err and "note: in block head at input 11x11x8" in err
    status, out, err = run(capsys, "summary", lib, "--input", "12x12x8", "--block", "up")
    assert (status, out) == (1, "") and "filters and skip have no value: the block up is left out" in " ".join(
        err.split()
    )
