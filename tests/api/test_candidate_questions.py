"""What `sweep`, `solve` and the spaces of searchers take in Python, and the sentence for all else."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np
import pytest

import cnnspec
from cnnspec.search import make_space

TEXT = "model Net(f=4, k=3) {\n  input 8x8x1\n  conv(f, k)\n  gap -> dense(3)\n}\n"
OVER = {"f": range(2, 7), "k": [1, 3]}
WHOLE, OPTIONS = (
    "must be a whole number from",
    "over has a text for each parameter, a list of texts, or a dict of options, not",
)
REFUSED: list[tuple[Callable[..., Any], dict[str, Any], type[Exception], str]] = [
    (cnnspec.sweep, {"top": -1}, ValueError, f"top {WHOLE} 0, not -1"),
    (cnnspec.sweep, {"top": "3"}, TypeError, f"top {WHOLE} 0, not '3'"),
    (cnnspec.sweep, {"sample": 0}, ValueError, f"sample {WHOLE} 1, not 0"),
    (cnnspec.sweep, {"sample": 1.5}, TypeError, f"sample {WHOLE} 1, not 1.5"),
    (cnnspec.sweep, {"sample": inf}, TypeError, f"sample {WHOLE} 1, not inf"),
    (cnnspec.sweep, {"sample": True}, TypeError, f"sample {WHOLE} 1, not True"),
    (cnnspec.sweep, {"seed": -1}, ValueError, f"seed {WHOLE} 0, not -1"),
    (cnnspec.sweep, {"seed": None}, TypeError, f"seed {WHOLE} 0, not None"),
    (cnnspec.sweep, {"jobs": 0}, ValueError, "jobs is a number of processes, from 1, not 0"),
    (cnnspec.sweep, {"where": None}, TypeError, "where must be a str, not NoneType"),
    (cnnspec.solve, {"seconds": "a"}, TypeError, "seconds must be a finite number, not 'a'"),
    (cnnspec.solve, {"seconds": inf}, ValueError, "seconds must be a finite number, not inf"),
    (cnnspec.solve, {"gap": True}, TypeError, "gap must be a finite number, not True"),
    (cnnspec.solve, {"method": 3}, TypeError, "method must be a str, not int"),
    (cnnspec.solve, {"subject": 3}, TypeError, "subject must be a str, not int"),
    (cnnspec.solve, {"over": (), "maximize": "", "scale_to": "macs <= 1M", "multiple": 0}, ValueError, f"multiple {WHOLE} 1, not 0"),
    (make_space, {"where": 3}, TypeError, "where must be a str, not int"),
    (make_space, {"columns": None}, TypeError, "columns must be a str, not NoneType"),
    *[
        (ask, {"over": over}, TypeError, f"{OPTIONS} {over!r}")
        for ask in (cnnspec.sweep, cnnspec.solve, make_space) for over in (5, None, "f=2..6", b"f=2", [5], [("f", [1])], {5: [1]})
    ],
]  # fmt: skip


@pytest.mark.parametrize(("ask", "given", "kind", "said"), REFUSED)
def test_what_is_refused(ask: Callable[..., Any], given: dict[str, Any], kind: type[Exception], said: str) -> None:
    asked = {"over": OVER, **({"maximize": "macs"} if ask is cnnspec.solve else {}), **given}
    with pytest.raises(kind) as refused:
        ask(TEXT, **asked)
    assert str(refused.value) == said


def test_numbers_of_other_types_are_taken() -> None:
    assert len(cnnspec.sweep(TEXT, OVER, sample=3.0, seed=np.int64(4), top=np.int8(1))) == 3
    assert cnnspec.solve(TEXT, OVER, maximize="macs", seconds=np.float32(5), gap=0).status == "best"


def test_an_option_that_is_no_value_of_the_language_makes_illegal_candidates() -> None:
    for option in ({1: 2}, {}, b"x", np.nan, "relu", [1], None):
        found = cnnspec.sweep(TEXT, {"f": [option]})
        assert (len(found), "conv's filters must be a whole number from 1, not" in str(found)) == (0, True), option
