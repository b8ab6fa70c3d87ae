"""The targets of one output: what they mean, the form in which its loss takes them, and what is said about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.base.join_words import list_some
from cnnspec.base.source import printable
from cnnspec.facts.graph_queries import find_last_function
from cnnspec.train.data import targets
from cnnspec.train.data.sampling import check_classes
from cnnspec.train.data.splitting import PURPOSES
from cnnspec.train.data.weights import weigh_labels
from cnnspec.train.data_fit import REGRESSION, Targets, match_output
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.section_words import MOVING, spell_term

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from cnnspec.graph import Graph
    from cnnspec.layers.base import Shape
    from cnnspec.train.data.examples import Raw
    from cnnspec.train.data.windows import MapWindows
    from cnnspec.train.ends import End
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


class OutputTargets:
    """The targets of an output, by part: `read` as they are, `formed` as its loss takes them (`form`, see
    `data_fit.match_output`). `by_class`: each example has one class, so that what is held back may be a share of each."""

    def __init__(self, raw: Raw, end: End, graph: Graph, settings: TrainSettings, shape: tuple[int, ...]) -> None:
        """`shape` is that of an example as the network takes it. Raises TrainingFailed for targets that do not suit the output."""
        key = end.name if end.name in raw.train.outputs else ""
        self.end = end = end.with_own_data() if key else end
        self.settings = settings = settings.for_output(end.name, end.data)
        self.names = raw.names.get(key)
        given = {part: pair.outputs[key] for part, pair in raw.parts.items()}
        self.windows = {part: pair.windows[key] for part, pair in raw.parts.items() if key in pair.windows}
        last = find_last_function(graph, end.index)
        function = last[1] if last else ""
        in_vectors = self.names is not None and all(y.ndim == 2 for y in given.values())
        by_label = in_vectors and settings.loss is None and function == "sigmoid"
        self.read, self.classes = targets.read_targets(given, end.shape, settings, by_label)
        if any(y.shape[1:] != self.read["train"].shape[1:] for y in self.read.values()):
            raise TrainingFailed(f"the training and the test data of {end.data} differ in shape", "", 2)
        met = {part: self._find_values(part) for part in self.read}  # in whole maps, not in the windows alone
        if self.classes is not None and self.windows:
            ignored = targets.find_ignored(settings.loss, end.shape[-1])
            self.classes = 1 + max([targets.find_highest(y, ignored) for y in met.values()])
        known = NAMED_DATA.get(end.data)
        self.exact = known[1] if known else self._count_names()
        # whether they say yes or no to each of several labels that have names
        self.labels = (
            in_vectors and self.classes is None and all(((y == 0) | (y == 1)).all() for y in self.read.values())
        )
        self._check_labels(end.shape)
        self.form = match_output(end, settings, shape, self._describe())
        units = end.shape[-1]
        self.units = units if isinstance(units, int) else 0
        targets.check_range(list(met.values()), self.form, function, settings)
        self.formed = {part: self._form(y, self.windows.get(part)) for part, y in self.read.items()}
        # whether they are maps that move as the image does, and what comes in from outside of it
        self.maps = len(shape) == 3 and self.read["train"].shape[1:3] == shape[:2]
        ignored = targets.find_ignored(settings.loss, self.units)
        self.outside = ignored or 0
        targets.check_ignored(met, ignored, settings)
        if self.maps:
            targets.check_moved(met, self.form, settings)
        self.quantities = self.form == "column" and settings.loss is not None and settings.loss.name in REGRESSION

    def _form(self, y: Array, windows: MapWindows | None) -> Any:
        """Targets as an array of their form, or indexed as one."""
        if targets.is_byte_map(y) or windows is not None:
            return targets.Formed(y, self.form, self.units, windows)
        return targets.form_targets(y, self.form, self.units)

    @property
    def by_class(self) -> bool:
        return self.classes is not None and self.read["train"].ndim == 1 and not self.quantities

    def _count_names(self) -> int | None:
        """The number of classes where they have names, and every label is one of them."""
        named = self.names is not None and self.classes is not None and self.classes <= len(self.names)
        return len(self.names or ()) if named else None

    def _check_labels(self, shape: Shape) -> None:
        """Raises TrainingFailed where there are not as many labels as the output has units."""
        names = self.names or ()
        if not self.labels or len(shape) != 1 or not isinstance(shape[0], int) or shape[0] == len(names):
            return
        units = count_nouns(shape[0], "output" if self.end.called == "the network" else "unit")
        message = (
            f"{self.end.data} has {count_nouns(len(names), 'label')} ({list_some(names)}), {self.end.called} {units}"
        )
        raise TrainingFailed(message, f"end with dense({len(names)}, sigmoid)", span=self.end.span)

    def _describe(self) -> Targets:
        """The targets as they are matched with the output."""
        shape = self.read["train"].shape[1:]
        if self.exact or self.classes is None:
            return Targets(shape, self.exact or self.classes, bool(self.exact))
        highest = self.classes - 1
        met = [targets.find_first(y == highest, part) for part, y in self.read.items() if (y == highest).any()]
        lowest = min(int(y.min()) for y in self.read.values() if y.size)
        return Targets(shape, self.classes, False, met[0] if met else "an example", lowest)

    def note_missing_classes(self, places: Array) -> list[str]:
        """Notes on classes that have no example among those to train on."""
        if self.classes is None or self.quantities:
            return []
        count = self.exact or (self.units if self.form != "column" else 2)
        return targets.note_missing_classes(self._find_values("train", places), count, self.names, self.end.data)

    def _find_values(self, part: str, places: Array | None = None) -> Array:
        """The targets at these places (None: all), or the values that occur in the whole maps out of which windows are cut."""
        windows, read = self.windows.get(part), self.read[part]
        if windows is not None:
            return windows.find_values(range(len(read)) if places is None else places, read.ndim)
        return read if places is None else read[places]

    def note_missing_labels(self, parts: Mapping[str, tuple[str, Array]]) -> list[str]:
        """Notes on labels that no example has, and on those that the examples of one part alone have. `parts` are where
        each part's targets stand: among which, and at which places."""
        if not self.labels:
            return []
        held = {part: self.read[source][rows].max(axis=0) > 0 for part, (source, rows) in parts.items()}
        notes, never, alone = [], [], []
        for number, name in enumerate(self.names or ()):
            having = [part for part, has in held.items() if has[number]]
            if not having:
                never.append(name)
            elif len(having) == 1 < len(held):
                alone.append(f"{printable(name)} (to {PURPOSES[having[0]]})")
        if never:
            notes.append(f"no example of {self.end.data} has the label{'s' * (len(never) > 1)} {list_some(never)}")
        if alone:
            stand = "label that stands" if len(alone) == 1 else "labels that stand"
            notes.append(f"{self.end.data} has {len(alone):,} {stand} in one part alone: {list_some(alone)}")
        return notes

    def weigh(self, places: Array) -> Array:
        """The weight of every target in the loss, by its class; `places` are those to train on."""
        labels = self.read["train"]
        moving = [spell_term(layer) for layer in self.settings.augment if layer.name in MOVING]
        if labels.ndim > 2 and (moving or self.outside or self.windows):
            why = "and crop cuts others out in each epoch" if self.windows else "and the loss ignores some"
            why = f"and {moving[0]} moves them" if moving else why
            message = f"class_weights weigh the places of masks, {why}"
            raise TrainingFailed(message, "leave one out", span=self.settings.span("class_weights"))
        return weigh_labels(self._find_labels(), places, self.units, self.names, self.settings)

    def find_classes(self) -> Array:
        """The class of each example. Raises TrainingFailed where it has none, or several."""
        return check_classes(None if self.quantities or self.labels else self._find_labels(), self.settings)

    def _find_labels(self) -> Array | None:
        """Class numbers for all targets, None where they are none."""
        labels = self.read["train"]
        return labels if self.classes is not None else targets.find_one_hot_classes(labels)


class Untrained:
    """The targets of an output without a loss, which Keras asks for and does not look at."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        import numpy as np

        self.formed = {part: np.zeros((count, 1), np.float32) for part, count in counts.items()}
