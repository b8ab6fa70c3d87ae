"""Libraries: `summary` and `check` with `--input` say of each block what a network that is its call says."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

import cnnspec
from cnnspec.api import load
from cnnspec.base.source import Source
from cnnspec.compile.keras_model import to_keras
from cnnspec.elaborate.block_calls import BlockQuestion
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import analyse, analyse_blocks
from cnnspec.summary import find_summary
from cnnspec.summary.blocks import find_peak_memory
from cnnspec.summary.total_data import total_data
from cnnspec.tables.data import figure_data, shape_data
from tests.cli.commands import run
from tests.summary.libraries import CASES, LIBRARY, Case
from tests.support import unwrap

named = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@pytest.fixture
def lib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "lib.cnn"
    path.write_text(LIBRARY)
    return path


def network_of(case: Case, name: str) -> AnalysedNetwork:
    """The network that calls a block as a text writes it."""
    (network,) = analyse(Source("net.cnn", case.library + case.networks[name])).networks
    assert not network.broken, network.diagnostics
    return network


@named
def test_a_row_has_the_figures_of_the_network_that_is_the_call(
    case: Case, lib: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lib.write_text(case.library)
    options = [o for o in case.options if o != "--block" and o not in case.networks]
    status, out, _ = run(capsys, "summary", lib, *options, "--format", "json")
    rows = {row["name"]: row for row in json.loads(out)["blocks"]}
    for name in case.networks:
        network = network_of(case, name)
        graph, row = network.graph, rows[name]
        assert row["totals"] == total_data(find_summary(network).totals), name
        assert row["output_shapes"] == [shape_data(graph.nodes[i].shape) for i in graph.outputs], name
        assert row["peak_memory"] == figure_data(find_peak_memory(network)), name
        assert row["fault"] is None
        assert case.library.splitlines()[row["line"] - 1].startswith(f"block {name}")
    assert status == (1 if any(row["fault"] for row in rows.values()) else 0)


@named
def test_its_layers_are_those_of_that_network(case: Case, lib: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lib.write_text(case.library)
    options = [o for o in case.options if o != "--block" and o not in case.networks]
    for name in case.networks:
        status, out, _ = run(
            capsys, "summary", lib, *drop_unknown(case, name, options), "--block", name, "--format", "json"
        )
        (lib.parent / "net.cnn").write_text(case.library + case.networks[name])
        _, whole, _ = run(capsys, "summary", lib.parent / "net.cnn", "--format", "json")
        assert status == 0
        figures = [
            [{key: row[key] for key in row.keys() - {"name", "inputs", "line"}} for row in json.loads(text)["layers"]]
            for text in (out, whole)
        ]
        assert figures[0] == figures[1], name


def drop_unknown(case: Case, name: str, options: list[str]) -> list[str]:
    """The options without what the one block has no parameter for."""
    found = re.search(rf"block {name}\((.*?)\) {{", case.library)
    known = {part.partition("=")[0].strip() for part in (found[1] if found else "").split(",")}
    pairs = [(options[i], options[i + 1]) for i in range(0, len(options), 2)]
    return [part for o, value in pairs if "=" not in value or value.partition("=")[0] in known for part in (o, value)]


def test_parameters_are_those_of_the_built_model() -> None:
    inputs = {"": (12, 12, 8), "skip": (24, 24, 3)}
    blocks = analyse_blocks(Source("lib.cnn", LIBRARY), BlockQuestion(inputs, {"filters": 8})).blocks
    assert [block.call.name for block in blocks] == list(CASES["2-D"].networks)
    for block in blocks:
        assert block.network is not None
        total = block.network.facts.total
        if total.layers > 1:  # else it is the input alone, of which Keras makes no layer
            model = to_keras(block.network.graph)
            assert model.count_params() == total.parameters, block.call.name
            assert sum(int(w.shape.num_elements()) for w in model.trainable_weights) == total.trainable
            assert [tuple(o.shape[1:]) for o in model.outputs] == [
                block.network.graph.nodes[i].shape for i in block.network.graph.outputs
            ]


def test_every_form_says_the_same(lib: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = CASES["2-D"].options
    made = {
        form: run(capsys, "summary", lib, *options, "--format", form)[1] for form in ("text", "markdown", "csv", "json")
    }
    rows = list(csv.DictReader(io.StringIO(made["csv"])))
    blocks = json.loads(made["json"])["blocks"]
    lines = [line.split("   ") for line in made["text"].splitlines() if re.match(r" [a-z]", line)]
    marked = [line.strip("| ").split(" | ") for line in made["markdown"].splitlines() if re.match(r"\| [a-z]", line)]
    assert len(rows) == len(blocks) == len(lines) == len(marked) == 8
    for row, block, cells, others in zip(rows, blocks, lines, marked, strict=True):
        shown = [cell.strip() for cell in cells if cell.strip()]
        assert [cell.replace("\\", "") for cell in others] == shown
        assert shown[0].startswith(block["name"]) and row["block"] == block["name"] and row["call"] == shown[0]
        assert row["output_shape"] == shown[1] == "x".join(map(str, block["output_shapes"][0]))
        assert row["params"] == shown[2].replace(",", "") == str(block["totals"]["params"])
        assert row["macs"] == shown[3].replace(",", "") == str(block["totals"]["macs"])
        assert row["peak_memory"] == str(block["peak_memory"])
        field = block["totals"]["receptive_field"]
        assert row["rf_size"] == "x".join(map(str, field["size"] or ()))
        assert row["rf_stride"] == "x".join(map(str, field["stride"] or ()))


def test_json_is_the_contract(lib: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "summary", lib, "--input", "12x12x4", "--set", "filters=8", "--format", "json")
    data = json.loads(out)
    assert list(data) == ["schema_version", "file", "inputs", "blocks", "conventions"]
    assert data["inputs"] == [{"name": "in", "shape": [12, 12, 4]}]
    rows = {row["name"]: row for row in data["blocks"]}
    assert list(rows["cbr"]) == [
        "name",
        "parameters",
        "output_shapes",
        "totals",
        "peak_memory",
        "fault",
        "file",
        "line",
    ]
    assert rows["cbr"]["parameters"] == {"filters": "8", "kernel": "3x3", "stride": "1", "act": "relu"}
    assert rows["up"]["parameters"] == {"filters": "8", "skip": None} and rows["up"]["totals"] is None
    fault = rows["residual"]["fault"]
    assert (fault["code"], fault["line"], fault["message"]) == (
        "E102",
        7,
        "add of 12x12x4 and 12x12x8: the shapes differ",
    )


# ---- check -------------------------------------------------------------------------------------------------
def test_check_says_which_block_at_which_input(lib: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "check", lib, "--input", "12x12x4", "--set", "filters=8")
    assert status == 1
    assert "error[E102 merge-shape-mismatch]: add of 12x12x4 and 12x12x8: the shapes differ\n  --> " in out
    assert "note: in block residual at input 12x12x4\n" in out
    assert "info[E011 bad-argument]: skip has no value: the block up is left out" in out


def test_check_tells_a_mistake_once_however_many_blocks_lead_to_it(
    lib: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lib.write_text("block a { conv(8, 3x3, stride=0) }\nblock b { a -> relu }\nblock c { b }\n")
    status, out, _ = run(capsys, "check", lib, "--input", "12x12x4", "--output-format", "json")
    (found,) = json.loads(out)
    assert status == 1 and found["code"] == "E011"
    status, out, _ = run(capsys, "summary", lib, "--input", "12x12x4", "--format", "json")
    assert [row["fault"]["code"] for row in json.loads(out)["blocks"]] == ["E011"] * 3  # and each row says it


def test_check_tells_a_warning_once_too(lib: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lib.write_text("block a { relu }\nblock b { a -> a }\nblock c { b -> b }\n")
    status, out, _ = run(capsys, "check", lib, "--input", "8", "--output-format", "concise")
    assert status == 1 and out.count("W206") == 1


def test_check_of_a_library_says_how_its_shapes_are_checked(
    lib: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hint = "lib.cnn holds blocks and no network: --input 56x56x64 checks their shapes too\n"
    for _ in range(2):  # the second time from the cache
        assert run(capsys, "check", "lib.cnn") == (0, f"1 file: no mistakes found\n{hint}", "")
    assert run(capsys, "check", "lib.cnn", "-q") == (0, "", "")
    assert run(capsys, "check", "lib.cnn", "--output-format", "json") == (0, "[]\n", "")
    for _ in range(2):
        status, out, _ = run(capsys, "check", "lib.cnn", "--input", "12x12x4", "--set", "filters=8")
        assert status == 1 and "E102" in out and hint not in out
    (tmp_path / "more.cnn").write_text("block f { relu }\n")
    assert "\n2 files hold blocks and no network: " in run(capsys, "check", ".")[1]
    (tmp_path / "net.cnn").write_text("input 9x9x4\nconv(4, 3x3, activation=relu)\n")
    assert "blocks" not in run(capsys, "check", ".", "--no-cache")[1], "a library beside networks is theirs to check"


def test_blocks_of_other_files_are_rows_too(lib: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "user.cnn").write_text('use "lib.cnn" (cbr)\nblock pair(f) { cbr(f) * 2 }\n')
    _, out, _ = run(
        capsys, "summary", "user.cnn", "--input", "8x8x4", "--set", "f=4", "--set", "filters=4", "--format", "json"
    )
    one, two = json.loads(out)["blocks"]
    assert (one["name"], two["name"]) == ("cbr", "pair")
    assert two["totals"]["params"] == 2 * one["totals"]["params"] == 2 * (4 * 4 * 9 + 4 * 4)


def test_a_fault_in_a_used_file_is_told_with_the_file(
    lib: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "base.cnn").write_text("block g(f) {\n  conv(f, 20x20)\n}\n")
    lib.write_text('use "base.cnn" (g)\nblock pair { g(4) }\nblock own { conv(4, 20x20) }\nblock fine { relu }\n')
    asked = ("summary", "lib.cnn", "--input", "9x9x3", "--set", "f=4")
    rows = list(csv.DictReader(io.StringIO(run(capsys, *asked, "--format", "csv")[1])))
    assert [(row["block"], row["file"], row["line"]) for row in rows] == [
        ("g", "base.cnn", "1"), ("pair", "lib.cnn", "2"), ("own", "lib.cnn", "3"), ("fine", "lib.cnn", "4")
    ]  # fmt: skip
    assert [row["fault"].split(":")[0] for row in rows] == ["base.cnn, line 2", "base.cnn, line 2", "line 3", ""]
    blocks = json.loads(run(capsys, *asked, "--format", "json")[1])["blocks"]
    assert [(block["file"], block["line"]) for block in blocks] == [(row["file"], int(row["line"])) for row in rows]
    for form in ("text", "markdown"):
        out = run(capsys, *asked, "--format", form)[1]
        assert out.count("base.cnn, line 2") == 2 and out.count("line 3") == 1
    missing = run(capsys, "summary", "lib.cnn", "--input", "9x9x3", "--format", "csv")[1]
    assert '"base.cnn, line 1: ' in missing or "base.cnn, line 1: f has no value" in missing
    shown = cnnspec.blocks("lib.cnn", "9x9x3", f=4)
    assert "base.cnn, line 2" in shown.to_text() and "base.cnn, line 2" in shown.to_html()


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (
            "block g(f) { conv(f, 3x3) }\n",
            (),
            "no block was checked, since f has no value: give --set f=…, or --input f=…",
        ),
        (
            "block g(f) { conv(f, 3x3) }\n",
            ("--block", "g"),
            "the block g was not checked, since f has no value: give --set f=…",
        ),
        (
            "block g(f) { relu }\nblock h(n, f) { relu }\n",
            (),
            "since f and n have no value: give --set f=… --set n=…, or",
        ),
        (
            "block g(f) { relu }\nblock h { relu }\n",
            ("--block", "g"),
            "the block g was not checked, since f has no value",
        ),
    ],
)
def test_a_library_of_which_no_block_could_be_called_did_not_pass(
    lib: Path, capsys: pytest.CaptureFixture[str], text: str, options: tuple[str, ...], said: str
) -> None:
    lib.write_text(text)
    for _ in range(2):
        status, out, err = run(capsys, "check", "lib.cnn", "--input", "9x9x3", *options)
        assert (
            (status, out) == (2, "") and err.count("\n") == 1 and err.startswith("cnnspec: lib.cnn: ") and said in err
        )
    lib.write_text(text + "block fine { relu }\n")
    status, out, err = run(capsys, "check", "lib.cnn", "--input", "9x9x3")
    assert (status, err) == (0, "") and "is left out" in out, "some were checked"


def test_a_block_of_a_network_is_asked_by_its_name(lib: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lib.write_text("block f(n) { conv(n, 3x3) }\ninput 8x8x1\nc = in.channels\nf(4)\n")
    status, out, _ = run(capsys, "summary", "lib.cnn", "--input", "9x9x2", "--block", "f", "--set", "n=3")
    assert status == 0 and 'Block: "f" (n=3)' in out and "7x7x3" in out
    assert load(lib).params == 40  # the network is what it was


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
