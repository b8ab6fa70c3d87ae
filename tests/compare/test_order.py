"""The order of the rows of `cnnspec compare`, and their differences to the first."""

from __future__ import annotations

from typing import Any

import pytest

import cnnspec
from cnnspec.compare.columns import COLUMNS
from tests.cli.commands import run
from tests.compare.compared import Capture, data, names


def test_rows_are_sorted_those_without_a_figure_last(capsys: Capture) -> None:
    words = ["net.cnn", "any.cnn", "lossy.cnn", "vectors.cnn"]
    assert names(capsys, *words, "--sort", "params") == ["vectors", "lossy", "any", "Net"]
    assert names(capsys, *words, "--sort", "params", "--reverse") == ["Net", "any", "lossy", "vectors"]
    assert names(capsys, *words, "--sort", "macs") == ["vectors", "lossy", "Net", "any"]
    assert names(capsys, *words, "--sort", "macs", "--reverse") == ["Net", "lossy", "vectors", "any"]
    assert names(capsys, *words, "--sort", "rf")[-1] == "vectors"
    assert names(capsys, *words, "--reverse") == ["vectors", "lossy", "any", "Net"]
    said = data(capsys, "compare", *words, "--sort", "network")
    assert [one["name"] for one in said["networks"]] == ["Net", "any", "lossy", "vectors"]


def test_differences_are_those_to_the_first(capsys: Capture) -> None:
    columns = "params,macs,rf,coverage,lost,findings,output,peak_memory"
    out = run(
        capsys, "compare", "lossy.cnn", "two.cnn", "any.cnn", "--relative", "--columns", columns, "--format", "markdown"
    )[1]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in out.splitlines() if line.startswith("|")]
    table = {row[0]: row[1:] for row in cells[2:]}
    first, small = table["lossy"], table["Small"]
    nets = {name: cnnspec.load("two.cnn", model=name) for name in ("Small", "Big")} | {
        "lossy": cnnspec.load("lossy.cnn")
    }
    assert nets["Small"].params is not None and nets["lossy"].params is not None
    change = 100 * (nets["Small"].params / nets["lossy"].params - 1)
    assert (
        first[0] == f"{nets['lossy'].params:,}"
        and small[0].startswith("+")
        and abs(float(small[0][1:-2]) - change) < 0.06
    )
    assert small[2] == "-80 %" and first[2] == "25x25"
    assert table["any"][1].startswith("depends on H, W") and table["any"][3] == "?"
    assert small[6] == "10" and table["any"][6] == "2"
    assert "- Differences to lossy; pp are percentage points" in out


CHANGES = [  # column, the figure, the first one's, the cell
    ("params", 1123, 1000, "+12.3 %"), ("params", 900, 1000, "-10 %"), ("params", 5, 5, "0 %"), ("params", 0, 0, "0 %"), ("params", 3, 0, ""),
    ("params", 3, None, ""), ("coverage", 0.5, 0.25, "+25 pp"), ("coverage", 0.25, 0.252, "-0.2 pp"), ("coverage", 0.5, None, ""),
    ("lost", 0.1, 0.1, "0 pp"), ("findings", 3, 1, "+2"), ("findings", 1, 1, "0"), ("findings", 0, 2, "-2"), ("time", 2e-3, 1e-3, "+100 %"),
    ("output", ((3,),), ((2,),), ""), ("epochs", 3, None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "base", "cell"), CHANGES)
def test_a_change_is_written_in_the_column_s_own_way(name: str, value: Any, base: Any, cell: str) -> None:
    assert COLUMNS[name].change(value, base) == cell


def test_fields_grow_along_each_axis() -> None:
    def reach(*size: int) -> cnnspec.ReceptiveField:
        return cnnspec.ReceptiveField(size, None, None)

    change = COLUMNS["rf"].change
    assert change(reach(6, 6), reach(5, 5)) == "+20 %" and change(reach(6, 5), reach(5, 5)) == "+20 % x 0 %"
    assert change(reach(6), reach(5, 5)) == "" == change(reach(6, 6), None)
