"""Readings from budgets: the figure is the bound at which `expect` begins to hold, found by halving."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cnnspec.base.source import Source
from cnnspec.graph import BudgetLimit
from cnnspec.layers.base import show_shape
from cnnspec.lint.budget import QUANTITIES, check_limit, is_met, measure
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import analyse
from tests.figures import text_names
from tests.figures.from_json import Unnamed
from tests.figures.readings import Reading

MOST = 2**80  # more than any figure here
ARGUMENTS = {
    "params_bytes": "(dtype=float32)",
    "training_memory": "(batch=1, optimizer=adam)",
    "peak_memory": "(batch=1)",
}
parsed: dict[str, BudgetLimit] = {}


def limit(text: str) -> BudgetLimit:
    """A budget as the language reads it; its bound may be replaced."""
    if text not in parsed:
        (network,) = analyse(Source("budget.cnn", f"input 3\nexpect {text}\n")).networks
        (parsed[text],) = network.graph.budgets
        check_limit(parsed[text])
    return parsed[text]


def readings(network: AnalysedNetwork) -> Iterator[Reading]:
    if QUANTITIES.keys() != text_names.BUDGETS.keys():
        raise Unnamed(f"text_names.BUDGETS and the budgets differ: {QUANTITIES.keys() ^ text_names.BUDGETS.keys()}")
    for quantity, figure in text_names.BUDGETS.items():
        if not figure.startswith("-"):
            found = bound(quantity, network)
            if quantity == "receptive_field" and found is not None:  # every axis must hold
                least, most = found if isinstance(found, tuple) else (found, found)
                yield Reading("rf_shortest", "", least, f"expect {quantity}")
                yield Reading("rf_longest", "", most, f"expect {quantity}")
            elif found is not None or known(network):
                yield Reading(figure, "", found, f"expect {quantity}")


def known(network: AnalysedNetwork) -> bool:
    """Whether no size depends on the input's, so that a budget has to know its figure."""
    return all(isinstance(n, int) for shape in network.facts.shapes for n in shape or (None,))


def bound(quantity: str, network: AnalysedNetwork) -> Any:
    """The figure that a budget knows, by trying bounds; None where no bound is known to hold or to break."""
    arguments = ARGUMENTS.get(quantity, "")
    if quantity == "lossless":
        asked = limit("lossless")
        figure = measure(asked, network.facts)
        return None if figure is None else is_met(figure, asked)
    if quantity == "output":
        return outputs(network)
    above, below = limit(f"{quantity}{arguments} <= 1"), limit(f"{quantity}{arguments} >= 1")
    figure = measure(above, network.facts)
    if figure is None:
        return None
    found = figure  # what is measured once, as a check does
    if quantity == "coverage":
        return halved(lambda n: is_met(found, above.replace(bound=n)), 0.0, 1.0)
    most = whole(lambda n: is_met(found, above.replace(bound=n)))
    least = -whole(lambda n: is_met(found, below.replace(bound=-n)), -MOST, 1)
    return most if most == least else (least, most)


def outputs(network: AnalysedNetwork) -> Any:
    """The shapes that `expect output ==` takes: each output's alone, or those of all."""
    shapes = [network.facts.shapes[i] for i in network.graph.outputs]
    for shape in shapes:
        figure = measure(limit("output == 3"), network.facts)
        if shape is None or figure is None or not all(isinstance(n, int) for n in shape):
            return None
        asked = limit(f"output == {show_shape(shape)}" if len(shape) > 1 else f"output == {shape[0]}")
        if len(shapes) == 1 and not is_met(figure, asked):
            return None, shape
    return tuple(shapes)


def whole(is_true: Callable[[int], bool], low: int = -1, high: int = MOST) -> int:
    """The smallest number for which something holds, and for all above."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_true(middle) else (middle, high)
    return high


def halved(is_true: Callable[[float], bool], low: float, high: float) -> float:
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if is_true(middle) else (middle, high)
    return high
