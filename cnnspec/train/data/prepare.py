"""A data set → what the network takes: scaled, resized, labelled and split.

What is held back (for the test, where the data bring none, and for validation) is
drawn with the seed, the same share of every class.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.base.record import Record
from cnnspec.facts.graph_queries import find_last_function
from cnnspec.layers.base import show_shape
from cnnspec.train.data import targets
from cnnspec.train.data.examples import Part, Shaped, hold_resized
from cnnspec.train.data.files import Files, check_two_classes, count_images, list_some
from cnnspec.train.data.weights import weigh_labels
from cnnspec.train.data_fit import REGRESSION, Targets, find_ends, find_image_size, match_data
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.memory import find_memory_notes

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from cnnspec.train.data.examples import Examples, Raw
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


class Data(Record):
    """The data of a training. Validation and test are None where nothing is held back.

    `targets` is `data_fit.Fit.targets`; `names` are those of the classes, where the data name them; `notes` say in
    sentences what was done to the data; `fingerprint` is that of the data set (`Raw.fingerprint`), however it is split;
    `values` are the least and the highest of the examples.
    """

    train: Part
    validation: Part | None
    test: Part | None
    targets: str
    names: tuple[str, ...] | None
    notes: tuple[str, ...]
    fingerprint: str
    values: tuple[float, float] = (0.0, 1.0)


# ---- from a data set to what the network takes --------------------------------------------------------------
def prepare(raw: Raw | Files, plan: TrainingPlan, note: Callable[[str], None] = lambda text: None) -> Data:
    """The data as the plan's network takes them, split. Raises TrainingFailed when they do not suit it.

    `note` is called with how far the reading of image files is.
    """
    import numpy as np

    graph, settings = plan.graph, plan.settings
    name = str(settings.data)
    if isinstance(raw, Files):
        check_two_classes(raw)
        size = find_image_size(graph, name)
        if raw.names is not None:
            shape = tuple([n or 1 for n in size])
            match_data(graph, settings, shape, Targets((), len(raw.names), True), images=False)
        raw = raw.open_images(size, note)
    known = settings.data in NAMED_DATA
    parts = {"train": raw.train, "validation": raw.validation, "test": raw.test}
    given = {part: pair for part, pair in parts.items() if pair is not None and len(pair[0])}
    ys, classes = targets.read_targets(given, find_ends(graph)[1], settings)
    shape = raw.train[0].shape
    if any(x.shape != shape for x, _ in given.values()) or any(y.shape[1:] != ys[0].shape[1:] for y in ys):
        raise TrainingFailed(f"the training and the test data of {name} differ in shape", "", 2)
    exact = NAMED_DATA[name][1] if known else None if raw.names is None else len(raw.names)
    told = Targets(ys[0].shape[1:], exact or classes, bool(exact))
    if not exact and classes is not None:
        met = [
            targets.find_first(y == classes - 1, part)
            for part, y in zip(given, ys, strict=True)
            if (y == classes - 1).any()
        ]
        told = told.replace(highest=met[0], lowest=min(int(y.min()) for y in ys if y.size))
    how = plan.fit or match_data(graph, settings, shape, told, images=known)
    notes = [*raw.notes, *find_memory_notes(plan)]
    if how.resized:
        notes.append(f"the images of {name}, {show_shape(shape)}, are resized to {show_shape(how.shape)}")
    elif how.shape != shape:
        notes.append(f"examples of {show_shape(shape)} are read as {show_shape(how.shape)}")
    units = graph.nodes[graph.outputs[0]].shape[-1]  # type: ignore[index]
    outputs = units if isinstance(units, int) else 0
    last = find_last_function(graph, graph.outputs[0])
    targets.check_range(ys, how.targets, last[1] if last else "", settings)
    whole = {
        part: Part(
            hold_resized(Shaped(given[part][0], how)), targets.form_targets(y, how.targets, outputs), np.arange(len(y))
        )
        for part, y in zip(given, ys, strict=True)
    }
    quantities = how.targets == "column" and settings.loss is not None and settings.loss.name in REGRESSION
    train, validation, test = _split_parts(
        whole, ys[0], classes is not None and ys[0].ndim == 1 and not quantities, settings
    )
    notes += _note_copies(
        raw.train[0],
        [part.places for part in (train, validation, test) if part and part.examples is whole["train"].examples],
        name,
    )
    if classes is not None and not quantities:
        notes += targets.note_missing_classes(
            ys[0][train.places], exact or (outputs if how.targets != "column" else 2), raw.names, name
        )
    if validation is None and settings.validation:
        notes.append(f"no class of {name} has examples enough to hold back {settings.validation:g} of for validation")
    if settings.class_weights is not None:
        classed = ys[0] if classes is not None else targets.find_one_hot_classes(ys[0])
        train = train.replace(weights=weigh_labels(classed, train.places, outputs, raw.names, settings))
    train = train.replace(augment=settings.augment)
    return Data(train, validation, test, how.targets, raw.names, tuple(notes), raw.fingerprint(), raw.values)


def _note_copies(examples: Examples, drawn: list[Array], data: str) -> list[str]:
    """A note on files that are held back and whose very bytes are trained on in another file."""
    if not examples.digests:
        return []
    trained = {examples.digests[place]: place for place in drawn[0]}
    both = [(trained[d], place) for held in drawn[1:] for place in held if (d := examples.digests[place]) in trained]
    if not both:
        return []
    folder = os.path.commonpath([os.path.dirname(examples.paths[place]) for pair in both for place in pair])
    names = [" and ".join([os.path.relpath(examples.paths[place], folder) for place in pair]) for pair in both]
    return [
        f"in {data}, {count_images(len(both))} to test or validate with, of which a copy is trained on: {list_some(names)}"
    ]


def _split_parts(
    whole: dict[str, Part], label: Array, by_class: bool, settings: TrainSettings
) -> tuple[Part, Part | None, Part | None]:
    """The parts to train on, to validate and to test with; the last two are None where nothing is held back."""
    import numpy as np

    rng = np.random.default_rng(settings.seed)
    train, test = whole["train"], whole.get("test")
    if test is None:
        rest, away = draw_share(label, settings.test, by_class, rng)
        test = _choose_places(train, away)
        train, label = train.replace(places=rest), label[rest]
    if "validation" in whole:
        return train, whole["validation"], test
    rest, away = draw_share(label, settings.validation, by_class, rng)
    if not len(rest):
        raise TrainingFailed(f"{settings.data} has no examples left to train on", "hold back less", 2)
    return train.replace(places=train.places[rest]), _choose_places(train, away), test


def _choose_places(part: Part, which: Array) -> Part | None:
    return part.replace(places=part.places[which]) if len(which) else None


def draw_share(labels: Array, share: float, by_class: bool, rng: np.random.Generator) -> tuple[Array, Array]:
    """Two sets of indices, the rest and those held back: a share of every class, or of the whole, rounded; both in order."""
    import numpy as np

    groups = [np.flatnonzero(labels == c) for c in np.unique(labels)] if by_class else [np.arange(len(labels))]
    held = np.concatenate([rng.permutation(group)[: round(share * len(group))] for group in groups])
    kept = np.ones(len(labels), bool)
    kept[held] = False
    return np.flatnonzero(kept), np.sort(held)
