"""Numbers that remember how they were worked out, and the arithmetic that is written of them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.size import Size
from cnnspec.explain.traced_numbers import Leaf, carry_tree, trace, tree_of
from cnnspec.explain.written_arithmetic import LATEX, TEXT, write_tree
from cnnspec.layers.base import product
from tests.explain.calculated import calculated, number


@given(st.integers(0, 40), st.integers(1, 9), st.integers(0, 9))
def test_formulas_run_on_traced_numbers_as_on_others(n: int, s: int, p: int) -> None:
    a, b, c = trace((n, s, p), "size")
    plain, shown = formulas(n, s, p), formulas(a, b, c)
    assert shown == plain
    assert [calculated(write_tree(tree_of(figure), TEXT)) for figure in shown] == plain
    height = trace(Size.unknown("H"), "height")
    symbolic = formulas(Size.unknown("H"), s, p)
    assert formulas(height, b, c) == symbolic
    assert [calculated(write_tree(tree_of(f), TEXT)) for f in formulas(height, b, c)] == [number(f) for f in symbolic]


def formulas(n: Any, s: Any, p: Any) -> list[Any]:
    return [
        (n + p + p - s) // s + 1,
        (n + s - 1) // s,
        0 + n,
        1 * n * (p + 2),
        (n - p) % s,
        product((n, s, 1, p)),
        p - n,
    ]


def test_arithmetic_has_the_parentheses_that_it_needs_and_no_more() -> None:
    a, b, c = (carry_tree(n, Leaf(n)) for n in (7, 3, 2))
    for figure, text in [
        (a - (b - c), "7 - (3 - 2)"), (a - b + c, "7 - 3 + 2"), ((a + b) * c, "(7 + 3)*2"), (a * b + c, "7*3 + 2"),
        (a // (b * c), "floor(7/(3*2))"), ((a * b) // c, "floor(7*3/2)"), ((a - b) // c, "floor((7 - 3)/2)"), (trace(8, "n") // c, "8/2"),
        (b * (trace(8, "n") // c), "3*(8/2)"), ((a * b) * (b * c), "7*3 * 3*2"), ((a + b) % c, "(7 + 3) mod 2"),
    ]:  # fmt: skip
        assert write_tree(tree_of(figure), TEXT) == text
        assert calculated(text) == figure
    assert write_tree(tree_of((a - b) // c + 9216), LATEX) == r"\left\lfloor \frac{7 - 3}{2} \right\rfloor + 9{,}216"
