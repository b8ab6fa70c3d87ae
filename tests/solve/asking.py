"""Requests as the tests make them, and the same answered by loading every candidate by itself."""

from __future__ import annotations

from functools import cache
from math import inf, log2
from typing import Any

import cnnspec
from cnnspec.base.source import Source
from cnnspec.layers.argument import Term
from cnnspec.solve.answer import Search
from cnnspec.solve.question import Request, make_solve_request
from cnnspec.sweep.candidates import find_digits
from cnnspec.sweep.structure import Quantity
from cnnspec.syntax.parse import parse
from tests.solve.families import FAMILIES, Asked

FIGURES = {
    "params": Quantity("params"), "macs": Quantity("macs"), "receptive_field": Quantity("receptive_field"),
    "coverage": Quantity("coverage"), "lossless": Quantity("lossless"),
    "peak_memory": Quantity("peak_memory", (("dtype", Term("int8")),)),
}  # fmt: skip
SIGN = {True: 1, False: -1}


def ask(asked: Asked, **more: Any) -> Request:
    """The request of a family; it wants the best, whatever time that takes."""
    smallest = asked.objective.startswith("-")
    objective = {"minimize" if smallest else "maximize": asked.objective.removeprefix("-")}
    parsed = parse(Source("net.cnn", asked.text))
    assert not parsed.diagnostics, parsed.diagnostics
    return make_solve_request(
        parsed, None, {}, asked.over, subject=asked.subject, **{**objective, "gap": 0.0, "seconds": 300.0, **more}
    )


@cache
def find_by_loading(name: str) -> float:
    """The best objective of a family, the largest: by `load` and Python alone. -inf where nothing fits."""
    asked = FAMILIES[name]
    space = ask(asked).space
    best = -inf
    for number in range(space.count):
        given = space.candidate(find_digits(number, space.sizes))
        network = cnnspec.loads(asked.text, **given)
        if any([found.severity == "error" for found in network.analysed.diagnostics]):
            continue
        names: dict[str, Any] = {key.replace("?", "hole_"): value for key, value in given.items()}
        for key, quantity in FIGURES.items():
            values = quantity.measure(network.analysed.facts)
            names[key] = None if values is None else min(values)
        if eval(asked.condition, {"log2": log2}, names):
            best = max(best, eval(asked.python, {"log2": log2, **names}))
    return best


def signed(request: Request, number: Any) -> float:
    """An objective, or its bound, as one that is to be the largest."""
    return SIGN[request.objective.is_largest] * float(number)


def agrees(request: Request, search: Search, best: float) -> bool:
    """Whether a search found the best, and says that it is."""
    if best == -inf:
        return search.digits is None and search.is_whole
    found = signed(request, search.value)
    return (
        search.is_whole and not search.trouble and abs(found - best) <= 1e-9 * (1 + abs(best)) and near(request, search)
    )


def near(request: Request, search: Search) -> bool:
    """Whether a bound is the value, but for the last digits."""
    beyond = signed(request, search.bound) - signed(request, search.value)
    return 0 <= beyond <= 1e-9 * (1 + abs(search.value))
