"""Libraries: `summary` and `check` with `--input` say of each block what a network that is its call says."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

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

named = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


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


def test_blocks_of_other_files_are_rows_too(lib: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "user.cnn").write_text('use "lib.cnn" (cbr)\nblock pair(f) { cbr(f) * 2 }\n')
    _, out, _ = run(
        capsys, "summary", "user.cnn", "--input", "8x8x4", "--set", "f=4", "--set", "filters=4", "--format", "json"
    )
    one, two = json.loads(out)["blocks"]
    assert (one["name"], two["name"]) == ("cbr", "pair")
    assert two["totals"]["params"] == 2 * one["totals"]["params"] == 2 * (4 * 4 * 9 + 4 * 4)


def test_a_block_of_a_network_is_asked_by_its_name(lib: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lib.write_text("block f(n) { conv(n, 3x3) }\ninput 8x8x1\nc = in.channels\nf(4)\n")
    status, out, _ = run(capsys, "summary", "lib.cnn", "--input", "9x9x2", "--block", "f", "--set", "n=3")
    assert status == 0 and 'Block: "f" (n=3)' in out and "7x7x3" in out
    assert load(lib).params == 40  # the network is what it was
