"""`cnnspec sweep` and `cnnspec.sweep`: what they print, write and refuse, and that a sweep can be stopped."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnspec
from cnnspec.base.source import Source
from cnnspec.cli import main
from cnnspec.sweep.candidates import ROWS, find_numbers
from cnnspec.sweep.question import make_request
from cnnspec.sweep.rows import Kept
from cnnspec.sweep.sweep import run_sweep
from cnnspec.syntax.parse import parse

TEXT = """model Net(size=12, w=[4, 8], k=3, act=relu) {
  input (size, size, 3)
  conv(w[0], k) -> act -> maxpool(2) -> conv(w[1], k)
  gap -> dense(10)
}
"""
OVER = ["--over", "size=4..20:4", "--over", "w[1]=8, 16", "--over", "act=[relu, tanh]"]


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("net.cnn").write_text(TEXT)
    return "net.cnn"


def test_the_text_says_what_is_legal_and_why_not_what_is_kept_and_the_best(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [
        "--where",
        "macs < 100k and size != 12",
        "--by",
        "macs",
        "--top",
        "2",
        "--pareto",
        "params,-receptive_field",
    ]
    assert main(["sweep", spec, *OVER, *options]) == 0
    assert (
        capsys.readouterr().out
        == """\
Candidates of "Net": 20 candidates on 3 axes

 Candidates   Number   Share
 ──────────────────────────────────────────────
 legal            16    80 %
 illegal           4    20 %
 of these         16    80 %   with macs < 100k
 of these         12    60 %   with size != 12

Illegal, because for example
  4: net.cnn:3:52: conv's kernel 3 does not fit into 1 position, and needs a
    height of 3 and a width of 3; with size=4, w[1]=8, act=relu

The first 2 by macs
 Number   size   w[1]    act   params    macs   receptive_field
 ──────────────────────────────────────────────────────────────
      4      8      8   relu      498   4,256               8x8
      5      8      8   tanh      498   4,256               8x8

Beaten by no other in params and -receptive_field: 1
 Number   size   w[1]    act   params    macs   receptive_field
 ──────────────────────────────────────────────────────────────
      4      8      8   relu      498   4,256               8x8
"""
    )


def test_one_candidate_is_the_first(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", spec, *OVER, "--top", "1"]) == 0
    assert "\nThe first by params\n" in capsys.readouterr().out


def test_json_has_the_same(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["sweep", spec, *OVER, "--where", "macs < 20k", "--columns", "params,lossless", "--format", "json"]) == 0
    )
    data = json.loads(capsys.readouterr().out)
    assert (data["space"], data["done"], data["legal"], data["kept"]) == (20, 20, 16, 8)
    assert data["reasons"][0]["candidates"] == 4
    assert data["reasons"][0]["example"] == {"w": [4, 8], "size": 4, "act": "relu"}
    best = data["best"][0]
    assert best["figures"] == {"params": 498, "lossless": True, "macs": 4256}


def test_all_that_is_kept_is_written_while_it_is_found(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", spec, *OVER, "-o", "table.csv", "--top", "0"]) == 0
    rows = [*csv.DictReader(Path("table.csv").read_text().splitlines())]
    assert len(rows) == 16
    assert rows[0] == {
        "number": "4",
        "size": "8",
        "w[1]": "8",
        "act": "relu",
        "params": "498",
        "macs": "4256",
        "receptive_field": "8",
    }
    assert main(["sweep", spec, *OVER, "-o", "table.json", "--top", "0"]) == 0
    assert [row["figures"]["macs"] for row in json.loads(Path("table.json").read_text())] == [
        int(row["macs"]) for row in rows
    ]
    assert sorted(path.name for path in Path().iterdir()) == ["net.cnn", "table.csv", "table.json"]
    Path("table.csv").write_text("mine")
    assert main(["sweep", spec, *OVER, "-o", "table.csv"]) == 2
    assert Path("table.csv").read_text() == "mine"


BAD = {
    "--over": "takes a value",
    "": "there is nothing to go over: name a parameter and its options, --over width=16..128:8",
    "--over size=4 --over size=8": "size is given twice",
    "--over w=[[4,8]] --over w[0]=4": "w[0] is given twice",
    "--over size=4 --set size=8": "size has a value already",
    "--over size=1..99999 --over k=1..99999": "the space has 9,999,800,001 candidates, more than the 1,000,000,000 that are gone through",
    "--over size=4 --by act": "act is no axis of the space",
    "--over size=4 --by w[0]": "w[0] is no axis of the space",
    "--over act=[relu,tanh] --by act": "act is no number, by which candidates could be compared",
    "--over size=4 --columns foo": 'nothing is called "foo"',
    "--over size=4 --pareto params,foo": 'nothing is called "foo"',
    "--over size=4 --columns params<3": "is no quantity",
    "--over size=4 --sample 0.5": "--sample is a number of candidates, such as 1e6, not 0.5",
    "--over size=4 --top -1": "",
    "--over size=4 -o table.txt": "a table is written as .csv, .json or .parquet, not as table.txt",
    "--over size=4 -o no/table.csv": "cannot write no/table.csv: its folder does not exist",
    "--over size=4 -o net.cnn": "a table is written as",
    "--over size=4 --model Other": 'net.cnn has no model "Other": it has Net',
    "--over size=4 --set foo=3": 'no model has a parameter "foo"',
    "--over size=4 --where parms<5": 'nothing is called "parms"; did you mean "params"?',
}


@pytest.mark.parametrize("options", BAD)
def test_what_makes_no_sense_is_told_in_a_sentence(options: str, spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", spec, *options.split()]) == 2
    shown = capsys.readouterr()
    assert BAD[options] in " ".join(shown.err.split())
    assert not shown.out
    assert sorted(path.name for path in Path().iterdir()) == ["net.cnn"]


def test_nothing_kept_is_a_finding(spec: str) -> None:
    assert main(["sweep", spec, "--over", "size=8", "--where", "params < 5"]) == 1


def test_python_gets_arrays(spec: str) -> None:
    found = cnnspec.sweep(spec, {"size": range(4, 21, 4), "w[1]": "8, 16", "act": ["relu", "tanh"]}, where="macs < 20k")
    assert found["number"].tolist() == [4, 5, 6, 7, 8, 9, 10, 11]
    assert found["act"].tolist() == ["relu", "tanh"] * 4
    assert (found["params"].dtype, found["params"][0], len(found)) == (np.int64, 498, 8)
    for number, params, macs in zip(*[found[name] for name in ("number", "params", "macs")], strict=True):
        network = cnnspec.load(spec, **found.candidate(number))
        assert (network.params, network.macs) == (params, macs)
    assert str(found).startswith('Candidates of "Net": 20 candidates on 3 axes')
    with pytest.raises(IndexError, match="the space has 20 candidates"):
        found.candidate(20)


def ask(over: list[str], **asked: Any) -> Any:
    return make_request(parse(Source("net.cnn", TEXT)), None, {}, over, **asked)


MANY = ["w[0]=1..400", "w[1]=1..300"]


def test_ctrl_c_keeps_what_is_done() -> None:
    done = []

    def stop(count: int) -> None:
        done.append(count)
        if len(done) == 2:
            raise KeyboardInterrupt

    found = run_sweep(ask(MANY), stop)
    assert found.done == 2 * ROWS < found.asked == 120_000
    assert found.best.count == 10


def test_a_sample_is_drawn_by_its_seed_and_has_no_candidate_twice() -> None:
    def draw(**asked: Any) -> list[int]:
        numbers: list[int] = []

        def keep(kept: Kept) -> None:
            numbers.extend(find_numbers(kept.digits, (400, 300)).tolist())

        run_sweep(ask(MANY, **asked), keepers=[keep])
        return numbers

    few, others = draw(sample=2000), draw(sample=2000, seed=1)
    assert len(set(few)) == len(few) == 2000
    assert few == draw(sample=2000) != others
    assert len(set(draw(sample=60_000))) == 60_000
    assert len(draw(sample=200_000)) == 120_000


def test_a_space_beyond_64_bits_can_be_drawn_from() -> None:
    text = (
        "model Net("
        + ", ".join(f"w{i}=1" for i in range(8))
        + ") {\n  input 3\n"
        + "".join(f"  dense(w{i})\n" for i in range(8))
        + "}"
    )
    request = make_request(
        parse(Source("net.cnn", text)), None, {}, [f"w{i}=1..1000" for i in range(8)], sample=100, top=3
    )
    found = run_sweep(request)
    assert (found.done, found.legal, request.space.count) == (100, 100, 10**24)
    assert found.best.count == 3


def test_what_cannot_be_followed_is_computed_one_by_one_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnspec.sweep import engine
    from cnnspec.sweep.text import write_text

    def refuse(*asked: Any) -> None:
        raise TypeError("a number on a tape is none")

    wanted = run_sweep(ask(["size=8..20:4"]))
    monkeypatch.setattr(engine, "trace", refuse)
    found = run_sweep(ask(["size=8..20:4"]))
    assert found.singly == 4
    assert [column.tolist() for columns in found.best.figures for column in columns] == [
        column.tolist() for columns in wanted.best.figures for column in columns
    ]
    assert (
        "4 candidates were computed one by one, as one could not be followed (TypeError: a number on a tape is none)"
        in " ".join(write_text(found, "Net").split())
    )


def test_the_first_are_written_as_specs_of_their_own(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", spec, *OVER, "--by=-params,size", "--top", "2", "--write", "best"]) == 0
    assert "cnnspec: wrote 2 specs to best" in capsys.readouterr().err
    found = cnnspec.sweep(spec, ["size=4..20:4", "w[1]=8, 16", "act=[relu, tanh]"], by="-params,size", top=2)
    for number, row in enumerate(found.to_rows(), 1):
        network = cnnspec.load(f"best/net-{number}.cnn")
        assert (network.params, network.macs) == (row["figures_params"], row["figures_macs"])
        assert network.analysed.graph.parameters["w"] == [4, 16]
    assert main(["sweep", spec, *OVER, "--write", "no/best"]) == 2
    Path("size.cnn").write_text("input HxWx3\nconv(8, 3x3) -> gap -> dense(2)\n")
    assert main(["sweep", "size.cnn", "--over", "input=16,32", "--top", "1", "--write", "best"]) == 0
    assert Path("best/size-1.cnn").read_text() == "input 16x16x3\nconv(8, 3x3) -> gap -> dense(2)\n"


def test_what_a_spec_uses_is_found_from_another_folder_of_its_project(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("blocks.cnn").write_text("block twice(n) { conv(n, 3x3) -> conv(n, 3x3) }\n")
    Path("user.cnn").write_text('use "blocks.cnn" (twice)\nmodel Net(n) {\n  input 9x9x3\n  twice(n)\n}\n')
    assert main(["sweep", "user.cnn", "--over", "n=2..4", "--top", "1", "--write", "best"]) == 2
    assert "lies outside the project" in capsys.readouterr().err
    Path(".git").mkdir()
    assert main(["sweep", "user.cnn", "--over", "n=2..4", "--top", "1", "--write", "best"]) == 0
    assert Path("best/user-1.cnn").read_text().startswith('use "../blocks.cnn" (twice)\nmodel Net(n=2) {')


def test_the_front_is_drawn(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = ["sweep", spec, *OVER, "--plot", "front.svg", "--top", "0"]
    assert main([*drawn, "--pareto", "macs"]) == 2
    assert "--plot draws a front: give --pareto two keys" in capsys.readouterr().err
    assert main([*drawn, "--pareto", "macs,-coverage,params"]) == 0
    assert "saved front.svg" in capsys.readouterr().err
    text = Path("front.svg").read_text()
    assert all([f"<!-- {word} -->" in text for word in ("macs", "coverage", "kept", "beaten by no other")])
    assert "<!-- Net: 16 candidates kept, 1 beaten by no other -->" in text
    assert main([*drawn, "--force", "--pareto", "peak_memory(dtype=int8),coverage"]) == 0
    assert re.search(r"<!-- [\d,]+ bytes -->", Path("front.svg").read_text())
