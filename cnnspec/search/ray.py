"""Ray Tune on the candidates of a spec: a search space, and a filter of searchers, that let what fits through alone.

Ray Tune starts whatever configuration it is given. `fitting` draws candidates for its random search, and `KeepFitting` stands
between it and a searcher that learns: what does not fit is told to the searcher as failed, and it is asked again.
"""

from __future__ import annotations

from cnnspec.api.argument_checks import take_count
from cnnspec.compile.backend import MissingExtra
from cnnspec.layers.argument import show
from cnnspec.search.space import SearchSpace

try:
    from ray import tune
    from ray.tune.search import Searcher
except ImportError:
    raise MissingExtra('Ray Tune is not installed: pip install "ray[tune]"') from None

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from cnnspec.api.network import Network

PATIENCE = 100  # proposals that do not fit, until one is led to a candidate that does


def fitting(space: SearchSpace, seed: int = 0) -> dict[str, Any]:
    """A `param_space` whose configurations are candidates that fit, each as likely as another: a key for each axis.

    Words are as the language writes them; `load` makes the network of a configuration. Raises NothingFits.
    """
    drawing = Drawing(space, take_count(seed, "seed", 0))
    return {axis.name: tune.sample_from(drawing.of(axis.name)) for axis in space.axes}


def choices(space: SearchSpace) -> dict[str, Any]:
    """A `param_space` of all options, for a searcher within `KeepFitting`."""
    return {axis.name: tune.choice([write_option(option) for option in axis.options]) for axis in space.axes}


def settle(space: SearchSpace, config: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration that fits in the place of one that may not; one that fits stays as it is, and so do its other keys."""
    return {**config, **space.name_options(space.settle(space.find_digits(config)))}


def load(space: SearchSpace, config: Mapping[str, Any]) -> Network:
    """The network of a configuration."""
    return space.load(space.judge(space.find_digits(config)).parameters)


class KeepFitting(Searcher):  # type: ignore[misc]
    """A searcher of which the configurations alone that fit are let through.

    One that does not fit is told to `searcher` as failed, and never becomes a trial; after `patience` of them in a row, the next
    is led to one that fits. What became of a trial is told as it is.
    """

    def __init__(self, searcher: Any, space: SearchSpace, patience: int = PATIENCE) -> None:
        """Raises NothingFits."""
        super().__init__(searcher.metric, searcher.mode)
        self.searcher, self.space, self.patience = searcher, space, patience
        self._names: dict[str, str] = {}  # of trials, and what the searcher calls them
        self.refused = 0  # proposals that did not fit
        _ = space.fitting

    def set_search_properties(self, metric: str | None, mode: str | None, config: dict[str, Any], **spec: Any) -> bool:
        self._metric, self._mode = metric or self.metric, mode or self.mode
        return bool(self.searcher.set_search_properties(metric, mode, config, **spec))

    def suggest(self, trial_id: str) -> Any:
        """The next configuration; None, or FINISHED, where the searcher says so."""
        for attempt in range(self.patience + 1):
            own = trial_id if attempt == self.patience else f"{trial_id}-{attempt}"
            config = self.searcher.suggest(own)
            if config is None or config == Searcher.FINISHED:
                return config
            if self.space.judge(self.space.find_digits(config)).fits:
                self._names[trial_id] = own
                return config
            self.refused += 1
            if attempt < self.patience:
                self.searcher.on_trial_complete(own, error=True)
        self._names[trial_id] = own
        return settle(self.space, config)

    def on_trial_result(self, trial_id: str, result: dict[str, Any]) -> None:
        self.searcher.on_trial_result(self._names.get(trial_id, trial_id), result)

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        self.searcher.on_trial_complete(self._names.pop(trial_id, trial_id), result, error)

    def get_state(self) -> dict[str, Any]:
        """What Ray Tune keeps of the filter itself; `save` keeps the searcher."""
        return {"names": dict(self._names), "refused": self.refused}

    def set_state(self, state: dict[str, Any]) -> None:
        self._names, self.refused = state["names"], state["refused"]

    def save(self, checkpoint_path: str) -> None:
        self.searcher.save(checkpoint_path)

    def restore(self, checkpoint_path: str) -> None:
        self.searcher.restore(checkpoint_path)


class Drawing:
    """Candidates that are drawn, one for each configuration that Ray Tune resolves: its keys are asked for one after the other."""

    def __init__(self, space: SearchSpace, seed: int) -> None:
        import numpy as np

        self.space, self.random = space, np.random.default_rng(seed)
        self.drawn: dict[str, Any] = {}
        _ = space.fitting

    def of(self, name: str) -> Callable[[Any], Any]:
        """What Ray Tune calls for the value of a key."""

        def take(spec: Any) -> Any:
            if name not in self.drawn:  # the next configuration begins
                self.drawn = self.space.name_options(self.space.fitting.draw(self.random))
            return self.drawn.pop(name)

        return take


def write_option(option: Any) -> Any:
    """An option as a configuration has it."""
    return option if type(option) in (int, float) else show(option)
