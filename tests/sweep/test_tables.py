"""All that is kept as a table: in order and in bounded memory; as Parquet, in pandas and in polars."""

from __future__ import annotations

import csv
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnspec
from cnnspec.cli import main
from cnnspec.sweep import sorting
from cnnspec.sweep.candidates import find_digits, find_numbers
from cnnspec.sweep.rows import Kept
from cnnspec.sweep.sorting import Sorter
from cnnspec.sweep.space import Axis, Space

# of every kind: ints, floats, words beside ints, lists, truths; figures that are not known for some (behind the second pad)
TEXT = """model Net(w=[4, 8], alpha=1.0, pad=same, act=relu, biased=true, size=9) {
  input (size, size, 3)
  conv(ceil(w[0] * alpha), 3, padding=pad, bias=biased) -> act -> conv(w[1], 3)
  if w[1] == 9 { opaque(unread, shape=(4, 4, 9)) -> conv(2, 1) }
  flatten -> dense(10)
}
"""
OVER = {
    "w[0]": range(2, 6), "w[1]": (8, 9), "alpha": (0.5, 1.0, 2), "pad": "same, valid, 1", "act": "[relu, swish]", "biased": "true, false",
    "size": (7, 8),
}  # fmt: skip
COLUMNS = "params,macs,receptive_field,coverage,lossless"


@pytest.fixture(scope="module")
def found() -> Any:
    made = cnnspec.sweep(TEXT, OVER, columns=COLUMNS)
    assert made.kept == made.legal > 400
    assert np.ma.isMaskedArray(made["macs"]) and made["macs"].mask.any() and not made["macs"].mask.all()
    return made


def read_columns(found: Any) -> dict[str, list[Any]]:
    return {name: column.tolist() for name, column in found.columns.items()}


def test_pandas_holds_all(found: Any) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = found.to_pandas()
    for name, column in read_columns(found).items():
        assert [None if value is pandas.NA or value != value else value for value in frame[name].tolist()] == column
    assert str(frame["macs"].dtype) == "Int64"
    assert str(frame["params"].dtype) in ("int64", "Int64")


def test_polars_holds_all(found: Any) -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed")
    frame = found.to_polars()
    wanted = read_columns(found)
    wanted["pad"] = [str(value) for value in wanted["pad"]]
    for name, column in wanted.items():
        assert frame[name].to_list() == column, name
    assert (frame["macs"].dtype, frame["act"].dtype, frame["lossless"].dtype) == (
        polars.Int64,
        polars.String,
        polars.Boolean,
    )


def test_parquet_holds_all(found: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    monkeypatch.chdir(tmp_path)
    Path("net.cnn").write_text(TEXT)
    over = [
        f"--over={name}={', '.join(map(str, options)) if not isinstance(options, str) else options}"
        for name, options in OVER.items()
    ]
    assert main(["sweep", "net.cnn", *over, "--columns", COLUMNS, "-o", "table.parquet", "--top", "0"]) == 0
    table = parquet.read_table("table.parquet")
    wanted = read_columns(found)
    wanted["pad"] = [str(value) for value in wanted["pad"]]
    assert table.to_pydict() == wanted
    assert {str(field.type) for field in table.schema} == {"int64", "double", "string", "bool"}


def test_parquet_and_numbers_beyond_64_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    monkeypatch.chdir(tmp_path)
    Path("net.cnn").write_text(
        "model Net("
        + ", ".join(f"w{i}=1" for i in range(8))
        + ") {\n  input 3\n"
        + "".join(f"  dense(w{i})\n" for i in range(8))
        + "}"
    )
    over = [f"--over=w{i}=1..1000" for i in range(8)]
    assert main(["sweep", "net.cnn", *over, "--sample", "50", "-o", "table.parquet", "--columns", "params"]) == 0
    assert all([int(number) < 10**24 for number in parquet.read_table("table.parquet")["number"].to_pylist()])
    Path("wide.cnn").write_text("model Net(w=1) {\n  input 3\n  dense(w) -> dense(w) -> dense(w)\n}")
    assert main(["sweep", "wide.cnn", "--over", "w=1, 3000000000", "-o", "wide.parquet"]) == 2
    assert "params has numbers beyond 64 bits, which .csv and .json can hold" in " ".join(
        capsys.readouterr().err.split()
    )
    assert not [path for path in Path().iterdir() if "wide.parquet" in path.name]


SIZES = st.lists(st.integers(1, 6), min_size=1, max_size=3)


@given(st.data())
def test_rows_are_in_order_whatever_is_set_aside(data: st.DataObject) -> None:
    sizes = data.draw(SIZES)
    count = int(np.prod(sizes))
    numbers = data.draw(st.permutations(range(count)))[: data.draw(st.integers(0, count))]
    given: list[Kept] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "HELD", data.draw(st.integers(0, 30)))
        patch.setattr(sorting, "RANGE", data.draw(st.integers(1, 30)))
        space = Space(tuple([Axis(f"a{n}", tuple(range(size))) for n, size in enumerate(sizes)]), {})
        sorter = Sorter(given.append, space, 1, count, ".")
        while numbers:
            part, numbers = numbers[:17], numbers[17:]
            sorter.keep(hold(part, sizes))
        sorter.close()
    found = [number for kept in given for number in find_numbers(kept.digits, sizes).tolist()]
    assert found == sorted(set(found))
    assert [value for kept in given for value in kept.figures[0][0].tolist()] == [-number for number in found]


def hold(numbers: list[int], sizes: list[int]) -> Kept:
    digits = zip(*[find_digits(number, sizes) for number in numbers], strict=True)
    return Kept(tuple([np.array(own) for own in digits]), ((np.ma.asarray(-np.array(numbers)),),), len(numbers))


def test_a_table_is_written_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times as many candidates take no more memory than a tenth more, on top of what one of them takes."""
    monkeypatch.chdir(tmp_path)
    Path("net.cnn").write_text(
        "model Net(a=1, b=1, c=1) {\n  input 9x9x3\n  conv(a, 3x3) -> conv(b, 3x3) -> conv(c, 1x1)\n}"
    )
    monkeypatch.setattr(sorting, "HELD", 2**13)
    monkeypatch.setattr(sorting, "RANGE", 2**13)
    peaks = []
    for last in (1, 1, 10):
        tracemalloc.start()
        command = [
            "sweep",
            "net.cnn",
            "--over=a=1..100",
            "--over=b=1..100",
            f"--over=c=1..{last}",
            "--histogram=macs,params",
        ]
        assert main([*command, "--top=3", "-o", "table.csv", "--force"]) == 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    with open("table.csv") as file:
        assert sum([1 for _ in csv.reader(file)]) == 100_001
    assert peaks[2] < 1.5 * peaks[1] + 2**21
