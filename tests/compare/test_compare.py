"""`cnnspec compare`: which networks have a row, what that is called, and what has none."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import cnnspec
from tests.cli.commands import run
from tests.compare.compared import VECTORS, Capture, data, names, rows

# ---- which networks, and what they are called --------------------------------------------------------------------
LINES = {  # what is typed, and what the rows are called
    "two.cnn": "Small|Big",
    "two.cnn:Big net.cnn train.py": "Big|Net|model",
    "net.cnn sub/net.cnn lossy.cnn": "net.cnn|sub/net.cnn|lossy",
    "net.cnn net.cnn": "Net|Net",
    "net.cnn net.cnn --set width=4": "Net (width=8)|Net (width=4)",
    "net.cnn --set width=4 lossy.cnn": "Net (width=4)|lossy",
    "net.cnn --set=width=4 --sort network net.cnn --set width=2": "Net (width=2)|Net (width=4)",
    "net.cnn --se=width=4 lossy.cnn net.cnn": "Net (width=4)|lossy|Net (width=8)",
    "--set width=2 net.cnn two.cnn lossy.cnn": "Net (width=2)|Small (width=2)|Big (width=2)|lossy",
    "--set classes=5 two.cnn net.cnn": "Small (classes=5)|Big|Net",
    "--set width=2 net.cnn net.cnn --set width=3": "Net (width=2)|Net (width=3)",
    "two.cnn:Small --set width=2 --set classes=3 two.cnn:Small": "Small (width=2, classes=3)|Small (width=4, classes=10)",
    "train.py --call build(classes=7)": "build",
}  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_rows_are_called_so_that_they_are_told_apart(line: str, capsys: Capture) -> None:
    assert "|".join(names(capsys, *line.split())) == LINES[line]


def test_a_value_counts_for_its_own_network_alone(capsys: Capture) -> None:
    found = rows(capsys, "net.cnn", "--set", "width=2", "net.cnn", "--sort", "params", "net.cnn", "--set", "width=1")
    expected = [str(cnnspec.load("net.cnn", width=width).params) for width in (1, 2, 8)]
    assert [row["params"] for row in found] == expected


def test_stdin_and_a_saved_model_are_networks(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(VECTORS.encode())

    monkeypatch.setattr("sys.stdin", Input())
    model = str(Path(__file__).parents[1] / "model_files/weighted/rows.pt2")
    piped, saved = rows(capsys, "-", model, "--columns", "params")
    assert piped == {"network": "network", "params": "27"}
    assert int(saved["params"]) == data(capsys, "summary", model)["totals"]["params"]


# ---- what has no row ---------------------------------------------------------------------------------------------
LEFT_OUT = [  # a word, why it has no row, the exit status
    ("broken.cnn", "broken.cnn has mistakes: `cnnspec check broken.cnn` shows them", 1),
    ("none.cnn", "cannot read none.cnn: No such file or directory: check the path", 2),
    ("empty", "empty is a folder without runs: name the specs in it, as in empty/*.cnn", 2),
    ("blocks.cnn", "blocks.cnn holds no network, but blocks (f): `cnnspec summary` with --input 56x56x64 shows what each costs", 2),
    ("lossy.cnn --set width=3", 'lossy.cnn: no model has a parameter "width"; it has none; before all networks --set is for every one that has it', 2),
    ("net.cnn:Other", 'net.cnn has no model "Other": it has Net', 2),
]  # fmt: skip


@pytest.mark.parametrize(("word", "why", "status"), LEFT_OUT)
def test_the_others_are_shown(word: str, why: str, status: int, capsys: Capture) -> None:
    words = word.split()
    got, out, err = run(capsys, "compare", "lossy.cnn", *words, "--width", "200")
    assert (got, err) == (status, "") and "\n lossy " in out and out.endswith(f"Left out: {why}\n")
    got, out, err = run(capsys, "compare", "lossy.cnn", *words, "--format", "csv")
    assert (got, err, len(out.splitlines())) == (status, f"cnnspec: {why}\n", 2)
    got, out, err = run(capsys, "compare", *words)
    assert (got, out, err) == (status, "", f"cnnspec: {why.partition('; before')[0]}\n")
    said = data(capsys, "compare", "lossy.cnn", *words)
    assert said["left_out"] == [{"name": words[0], "why": why}]


REFUSED = {  # a command line, and what is said
    "net.cnn --set widht=2": 'no model has a parameter "widht"; it has width; did you mean "width"?',
    "--set widht=2 net.cnn": 'no network has a parameter "widht" for --set; did you mean "width"?',
    "net.cnn --set width": '--set takes name=value, not "width"',
    "net.cnn --columns time": "--columns: the column time needs a device, whose time it is",
    "net.cnn --columns params,training_memory --dtype int8": "--columns: the column training_memory needs gradients, which int8 does not have",
    "net.cnn --columns prams": 'did you mean "params"?',
    "net.cnn --columns ,": "--columns: columns are names with commas between: known are layers,",
    "net.cnn --sort prams": '--sort: no column is called "prams": known are network, layers,',
    "net.cnn --sort prams --format json": '--sort: no column is called "prams"',
    "net.cnn --columns params --format json": "--columns is for tables: the JSON form has a fixed set of fields",
    "net.cnn --relative --format csv": "--relative is for tables that people read: csv has the figures themselves",
    "net.cnn --dtype int9": '"int9" is no dtype',
    "net.cnn --device toaster": 'no device is called "toaster"',
    "net.cnn --call build()": "--call calls a function of a Python source: give one, without a model's name",
    "- -": "stdin can be one network only: give the others as files",
    "": "what is missing: NETWORK",
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_cannot_be_is_refused_in_a_sentence(line: str, capsys: Capture) -> None:
    status, out, err = run(capsys, "compare", *line.split())
    assert (status, out) == (2, "") and REFUSED[line] in err and err.count("\n") == 1
