"""The targets of one output: what they mean, the form in which its loss takes them, and what is said about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.facts.graph_queries import find_last_function
from cnnspec.train.data import targets
from cnnspec.train.data.weights import weigh_labels
from cnnspec.train.data_fit import REGRESSION, Targets, match_output
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from cnnspec.graph import Graph
    from cnnspec.train.data.examples import Raw
    from cnnspec.train.ends import End
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


class OutputTargets:
    """The targets of an output, by part: `read` as they are, `formed` as its loss takes them (`form`, see
    `data_fit.match_output`). `by_class`: each example has one class, so that what is held back may be a share of each."""

    def __init__(self, raw: Raw, end: End, graph: Graph, settings: TrainSettings, shape: tuple[int, ...]) -> None:
        """`shape` is that of an example as the network takes it. Raises TrainingFailed for targets that do not suit the output."""
        named = end.name in raw.train.outputs
        self.end = end = end.with_own_data() if named else end
        self.settings = settings = settings.for_output(end.name, end.data)
        self.names = raw.names.get(end.name if named else "")
        given = {part: pair.outputs[end.name if named else ""] for part, pair in raw.parts.items()}
        self.read, self.classes = targets.read_targets(given, end.shape, settings)
        if any(y.shape[1:] != self.read["train"].shape[1:] for y in self.read.values()):
            raise TrainingFailed(f"the training and the test data of {end.data} differ in shape", "", 2)
        known = NAMED_DATA.get(end.data)
        self.exact = known[1] if known else None if self.names is None else len(self.names)
        self.form = match_output(end, settings, shape, self._describe())
        units = end.shape[-1]
        self.units = units if isinstance(units, int) else 0
        last = find_last_function(graph, end.index)
        targets.check_range(list(self.read.values()), self.form, last[1] if last else "", settings)
        self.formed = {part: targets.form_targets(y, self.form, self.units) for part, y in self.read.items()}
        self.quantities = self.form == "column" and settings.loss is not None and settings.loss.name in REGRESSION

    @property
    def by_class(self) -> bool:
        return self.classes is not None and self.read["train"].ndim == 1 and not self.quantities

    def _describe(self) -> Targets:
        """The targets as they are matched with the output."""
        shape = self.read["train"].shape[1:]
        if self.exact or self.classes is None:
            return Targets(shape, self.exact or self.classes, bool(self.exact))
        highest = self.classes - 1
        met = [targets.find_first(y == highest, part) for part, y in self.read.items() if (y == highest).any()]
        lowest = min(int(y.min()) for y in self.read.values() if y.size)
        return Targets(shape, self.classes, False, met[0], lowest)

    def note_missing_classes(self, places: Array) -> list[str]:
        """Notes on classes that have no example among those to train on."""
        if self.classes is None or self.quantities:
            return []
        count = self.exact or (self.units if self.form != "column" else 2)
        return targets.note_missing_classes(self.read["train"][places], count, self.names, self.end.data)

    def weigh(self, places: Array) -> Array:
        """The weight of every target in the loss, by its class; `places` are those to train on."""
        labels = self.read["train"]
        classed = labels if self.classes is not None else targets.find_one_hot_classes(labels)
        return weigh_labels(classed, places, self.units, self.names, self.settings)


class Untrained:
    """The targets of an output without a loss, which Keras asks for and does not look at."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        import numpy as np

        self.formed = {part: np.zeros((count, 1), np.float32) for part, count in counts.items()}
