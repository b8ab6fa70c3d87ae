"""Learning rates of their own: an optimizer that changes some variables at a multiple of its rate.

The optimizer stays one of Keras's own, which a saved model names. It is as if each group of variables had an optimizer with
its own rate, weight decay included; what an optimizer counts once for all variables is counted once.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def scale_rates(optimizer: Any, factors: Mapping[int, float]) -> None:
    """Let an optimizer multiply its rate for some variables: by the identity (`id`) of each, the factor."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if factors:
        _ScaledRates(inner, factors)


class _ScaledRates:
    """The steps of an optimizer, one group of variables with one factor after another."""

    def __init__(self, optimizer: Any, factors: Mapping[int, float]) -> None:
        self._factors, self._factor = factors, 1.0
        self._rate, self._decay = optimizer._get_current_learning_rate, optimizer._apply_weight_decay
        optimizer._get_current_learning_rate = self.get_rate
        optimizer._apply_weight_decay = self.apply_decay
        name = "_parallel_update_step" if hasattr(optimizer, "_parallel_update_step") else "_backend_update_step"
        self._update = getattr(optimizer, name)
        setattr(optimizer, name, self.update)

    def get_rate(self) -> Any:
        rate = self._rate()
        return rate if self._factor == 1 else rate * self._factor

    def apply_decay(self, variables: Any) -> None:
        for factor, numbers in self._group(variables):
            with self._at(factor):
                self._decay([variables[n] for n in numbers])

    def update(self, gradients: Any, variables: Any, rate: Any) -> None:
        for factor, numbers in self._group(variables):
            self._update([gradients[n] for n in numbers], [variables[n] for n in numbers], rate * factor)

    def _group(self, variables: Any) -> list[tuple[float, list[int]]]:
        groups: dict[float, list[int]] = {}
        for number, variable in enumerate(variables):
            groups.setdefault(self._factors.get(id(variable), 1.0), []).append(number)
        return list(groups.items())

    @contextmanager
    def _at(self, factor: float) -> Iterator[None]:
        self._factor = factor
        try:
            yield
        finally:
            self._factor = 1.0
