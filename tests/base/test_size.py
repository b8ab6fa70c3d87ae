"""Symbolic sizes: whatever the normal form makes of an expression, its value is that of plain integers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.size import Size, maximum, value
from tests.support import cases

H, W = Size.unknown("H"), Size.unknown("W")

# (symbolic, concrete) pairs, built by the same steps
Pair = tuple[Any, Any]


def pairs(h: int, w: int) -> st.SearchStrategy[Pair]:
    start = st.one_of(st.just((H, h)), st.just((W, w)), st.integers(-20, 20).map(lambda n: (n, n)))
    small = st.integers(1, 9)

    def grow(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
        return st.one_of(
            st.tuples(inner, inner).map(lambda p: (p[0][0] + p[1][0], p[0][1] + p[1][1])),
            st.tuples(inner, inner).map(lambda p: (p[0][0] - p[1][0], p[0][1] - p[1][1])),
            st.tuples(inner, inner).map(lambda p: (p[0][0] * p[1][0], p[0][1] * p[1][1])),
            st.tuples(inner, inner).map(lambda p: (maximum(p[0][0], p[1][0]), max(p[0][1], p[1][1]))),
            st.tuples(inner, small).map(lambda p: (p[0][0] // p[1], p[0][1] // p[1])),
            st.tuples(inner, small, small, st.integers(-9, 9)).map(
                lambda p: ((p[0][0] * p[1] + p[3]) // p[2], (p[0][1] * p[1] + p[3]) // p[2])
            ),
            st.tuples(inner, small).map(lambda p: (p[0][0] % p[1], p[0][1] % p[1])),
        )

    return st.recursive(start, grow, max_leaves=8)


@given(st.data(), st.integers(1, 300), st.integers(1, 300))
@cases(5)
def test_an_expression_has_the_value_of_its_steps(data: st.DataObject, h: int, w: int) -> None:
    symbolic, concrete = data.draw(pairs(h, w))
    assert value(symbolic, {"H": h, "W": w}) == concrete
    assert eval(str(symbolic), {"H": h, "W": w}) == concrete
    if isinstance(symbolic, Size):
        known = symbolic.at({"H": h})
        assert value(known, {"W": w}) == concrete
        assert not isinstance(known, Size) or known.names() <= {"W"}


@given(st.data(), st.integers(1, 300))
@cases(3)
def test_growth_is_that_of_every_size(data: st.DataObject, h: int) -> None:
    symbolic, _ = data.draw(pairs(h, 7))
    symbolic = symbolic.at({"W": 7}) if isinstance(symbolic, Size) else symbolic
    growth = symbolic.growth() if isinstance(symbolic, Size) else None
    if growth is not None:
        period, grown = growth
        assert value(symbolic, {"H": h + period}) - value(symbolic, {"H": h}) == grown


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        (H, "H"),
        (H // 2, "H//2"),
        (((H - 2) // 2 + 1 - 2) // 2 + 1, "H//4"),
        (((H + 1) // 2 + 1) // 2, "(H + 3)//4"),
        ((H // 16) * 16, "16*(H//16)"),
        (2 * H + 1, "2*H + 1"),
        (1 - H // 2 - W, "1 - W - (H//2)"),
        (4 * H // 2, "2*H"),
        (H * W * 64, "64*H*W"),
        (3 - H, "3 - H"),
        (maximum(H, H - 1), "H"),
        ((2 * H) // 4, "H//2"),
        ((6 * H + 5) // 4, "H + H//2 + 1"),
        (maximum(0, 2 * ((H + 1) // 2) - H), "2*((H + 1)//2) - H"),
        (-(-H // 2), "H - (H//2)"),
        ((H - 5) // 2 + 1, "(H - 3)//2"),
        (H // 2 - 1, "H//2 - 1"),
        (1000 * (H // 3) * W + 5 * H * W - 7, "5*H*W + 1000*(H//3)*W - 7"),
        (maximum(7, H), "max(7, H)"),
    ],
)
def test_a_person_can_read_it(expression: Any, shown: str) -> None:
    assert str(expression) == shown


def test_equal_expressions_are_equal() -> None:
    assert (H + 1) // 2 + (H + 1) // 2 == 2 * ((H + 1) // 2)
    assert hash(H + W) == hash(W + H)
    assert H // 2 != H // 3
