"""Conditions have one meaning: what a sweep keeps, computed for arrays, and what solve finds, computed on tapes, agree."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import cnnspec

TEXT = """model Net(a=3, b=4, w=[2, 5]) {
  input 5x5x1
  conv(a, 3x3) -> relu -> conv(b, 1x1) -> gap -> dense(w[0]) -> dense(w[1])
}
"""
OVER = {"a": "1..4", "b": "2..6:2", "w[*]": "1, 3"}
NAMES = ["a", "b", "w[0]", "w[1]", "params", "macs", "receptive_field", "0", "1", "3", "2.5", "60"]
NUMBERS = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner).map(
            lambda part: f"({' '.join(part)})"
        )
        | st.tuples(st.sampled_from(["min", "max", "sum"]), inner, inner).map(
            lambda part: f"{part[0]}({part[1]}, {part[2]})"
        )
        | inner.map(lambda part: f"log2({part})")
        | inner.map(lambda part: f"(-{part})")
        | st.just("sum(w)")
    ),
    max_leaves=4,
)
COMPARISONS = st.tuples(NUMBERS, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), NUMBERS).map(" ".join)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda part: f"({' '.join(part)})")
        | inner.map(lambda part: f"(not ({part}))")
    ),
    max_leaves=3,
)


@example("sum(w) < a", "min(b, 3)")  # a number that is the place of another's expression
@example("not (log2(a - a) > 0 and b < b)", "sum(w)")
@given(condition=CONDITIONS, objective=NUMBERS)
def test_solve_and_sweep_agree(condition: str, objective: str) -> None:
    swept = cnnspec.sweep(TEXT, OVER, where=condition, top=0)
    every = cnnspec.solve(TEXT, OVER, maximize=objective, subject=condition, method="exhaustive")
    chain = cnnspec.solve(TEXT, OVER, maximize=objective, subject=condition, method="chain", gap=0)
    assert chain.status == every.status
    assert every.value is None or swept.kept > 0
    if every.value is not None:
        assert chain.value == pytest.approx(every.value, rel=1e-9)
