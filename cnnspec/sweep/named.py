"""What conditions speak of, by its name: the parameters and figures of candidates."""

from __future__ import annotations

import numpy as np

from cnnspec.sweep.met import Met, Options
from cnnspec.sweep.structure import Parameter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from cnnspec.sweep.sweep import Request


def check_conditions(request: Request) -> None:
    """Work the conditions out for a candidate that may be none, so that what makes no sense is told at once: BadCondition."""
    one = np.ma.MaskedArray(np.ones(1, np.int64))
    true = np.ma.MaskedArray(np.ones(1, bool))
    figures = {quantity: [true if quantity.is_flag else one] for quantity in request.question.quantities}
    digits = [np.zeros(1, np.intp)] * len(request.space.axes)
    met = Met({**name_parameters(request, digits), **name_figures(figures)}, 1, list_parameters(request))
    for condition in request.conditions:
        met.meets(condition)


def list_parameters(request: Request) -> Sequence[str]:
    """The names of the parameters that conditions may speak of."""
    axes = [axis.parameter for axis in request.space.axes]
    derived = [quantity.name for quantity in request.question.quantities if isinstance(quantity, Parameter)]
    return [*dict(request.constants), *request.space.fixed, *axes, *derived]


def name_parameters(request: Request, digits: Sequence[NDArray[np.intp]]) -> dict[Any, Any]:
    """The parameters of candidates by their names."""
    space = request.space
    constants = {**dict(request.constants), **space.fixed}
    found: dict[Any, Any] = {name: Options((value,), None) for name, value in constants.items()}
    for axis, own in zip(space.axes, digits, strict=True):
        if axis.element is None:
            found[axis.parameter] = Options(axis.options, own)
        else:
            elements = found[axis.parameter]
            if isinstance(elements, Options):
                elements = tuple([Options((part,), None) for part in elements.options[0]])
            found[axis.parameter] = (
                *elements[: axis.element],
                Options(axis.options, own),
                *elements[axis.element + 1 :],
            )
    return found


def name_figures(figures: Mapping[Any, Any]) -> dict[Any, Any]:
    """Figures by what they are of; a parameter by its name."""
    return {key.name if isinstance(key, Parameter) else key: columns for key, columns in figures.items()}
