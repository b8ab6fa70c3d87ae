"""Every fault that is injected into a sound network is caught, or argued to be none: tests/lint/mutation.md holds the figures.

A sample by default, drawn by a seed; with HYPOTHESIS_PROFILE=thorough every place of every network.
"""

from __future__ import annotations

import pytest

from tests.lint.faults import FAULTS, Fault
from tests.lint.mutation import TABLE, row, rows, sample, sound, tally, told
from tests.support import THOROUGH


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_caught_or_argued(fault: Fault) -> None:
    found = sample(fault)
    assert not found.missed, "\n\n".join(found.missed)
    assert found.injected > 0
    assert told(found) == rows()[fault.name][-1]


@pytest.mark.slow
@pytest.mark.skipif(not THOROUGH, reason="three minutes; HYPOTHESIS_PROFILE=thorough runs it")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_whole_table(fault: Fault) -> None:
    found = tally(fault, sound())
    assert not found.missed, "\n\n".join(found.missed)
    assert row(fault, found, sample(fault)) in TABLE.read_text(encoding="utf-8")


def test_the_table_has_a_row_for_every_fault() -> None:
    assert list(rows())[1:] == [fault.name for fault in FAULTS]
    assert TABLE.read_text(encoding="utf-8").endswith(", 0 missed.\n")


def test_a_linter_that_sees_nothing_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reasons do not excuse everything: without rules, what they catch counts as missed."""
    monkeypatch.setattr("cnnspec.lint.rules.check", lambda *given: [])
    names = ("dropped activation", "odd input", "longer stride", "dense on a map", "bias before bn", "sigmoid for relu")
    for fault in FAULTS:
        if fault.name in names:
            assert sample(fault).missed, fault.name


def test_the_manual_quotes_the_table() -> None:
    """Its figures are the sums of the table's columns."""
    cells = list(rows().values())[1:]
    injected, caught = [sum(int(row[i].replace(",", "")) for row in cells) for i in (2, 3)]
    manual = " ".join((TABLE.parents[2] / "docs" / "checking.md").read_text(encoding="utf-8").split())
    said = f"injects {len(FAULTS)} kinds of mistake, {injected:,} in all, into the networks of `examples/` that are clean: "
    assert f"{said}{caught:,} are caught, and for each of the other {injected - caught:,} a reason" in manual
