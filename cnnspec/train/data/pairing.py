"""Pairs and triplets of examples, drawn from a data set with classes: what a siamese network is trained on.

    pairs      two inputs; the target is 1 for two of one class, 0 for two of different classes
    triplets   three inputs: an anchor, another of its class, one of another class; the target is 0, the least of a loss of
               distances such as relu(d(anchor, positive) - d(anchor, negative) + margin) (Schroff, Kalenichenko and Philbin
               2015, FaceNet)

The data are split first, so that no example of a pair to train on is in one that is held back. Every example is the first of
`each` pairs of one class and as many of two, or of as many triplets; its partners are drawn by the seed and are the same in
every epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.join_words import list_some
from cnnspec.train.data.examples import Examples, Raw, RawPart
from cnnspec.train.data.splitting import PURPOSES, check_apart, draw, draw_test, note_groups
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.section_words import TRIPLETS

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.train.ends import Ends
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]

PARTS = ("train", "validation", "test")


class Chosen(Examples):
    """Examples of a source at places of it, each perhaps several times."""

    def __init__(self, source: Examples, places: Array) -> None:
        self.source, self.places, self.shape = source, places, source.shape

    def __len__(self) -> int:
        return len(self.places)

    def take(self, places: Array) -> Array:
        return self.source.take(self.places[places])

    def describe_work(self) -> str:
        return self.source.describe_work()


def pair_up(raw: Raw, ends: Ends, settings: TrainSettings) -> Raw:
    """The pairs or triplets of a data set without names, for the inputs of a network in their order. Raises TrainingFailed."""
    import numpy as np

    name, rng = str(settings.data), np.random.default_rng(settings.seed)
    if "" not in raw.train.inputs or "" not in raw.train.outputs:
        raise TrainingFailed(f"{name} names its arrays, and {settings.pairing} are drawn from one with classes", "", 2)
    parts, groups = {}, {}
    for part, (examples, labels, group) in _split(raw, settings, rng).items():
        if labels.ndim != 1 or labels.dtype.kind not in "biu":
            raise TrainingFailed(
                f"{name} has no classes that {settings.pairing} could be drawn from", "give class numbers", 2
            )
        parts[part] = _draw(examples, labels, ends, settings, rng)
        if group is not None:
            groups[part] = group
    if parts.get("train") is None:
        raise TrainingFailed(f"{name} has no two examples of a class beside one of another to train on", "give more", 2)
    names = [end.name for end in ends.inputs]
    return raw.replace(
        **{part: parts.get(part) for part in PARTS}, names={},
        values=dict.fromkeys(names, raw.values.get("", (0.0, 1.0))),
        notes=(*raw.notes, *note_groups(groups, settings), _describe(parts, settings), *_note_single(raw, name)),
    )  # fmt: skip


def _split(
    raw: Raw, settings: TrainSettings, rng: np.random.Generator
) -> dict[str, tuple[Examples, Array, Array | None]]:
    """The parts of the data, split by class and group as a training splits them: examples, labels and groups."""
    check_apart({part: given.groups for part, given in raw.parts.items() if given.groups is not None}, settings)
    found = {part: (given.inputs[""], given.outputs[""], given.groups) for part, given in raw.parts.items()}
    if settings.folds is not None:
        found.pop("test", None)
    for part in [part for part in ("test", "validation") if part not in found]:
        examples, labels, groups = found["train"]
        by_class = labels.ndim == 1
        if part == "test":
            rest, away = draw_test(labels, groups, by_class, settings, rng)
        else:
            rest, away = draw(labels, groups, settings.validation, by_class, rng)
        for name, places in (("train", rest), (part, away)):
            if name == "train" or len(places):
                found[name] = Chosen(examples, places), labels[places], None if groups is None else groups[places]
    return found


def _draw(
    examples: Examples, labels: Array, ends: Ends, settings: TrainSettings, rng: np.random.Generator
) -> RawPart | None:
    """The pairs or triplets of a part; None where it has none."""
    import numpy as np

    alike = {c: np.flatnonzero(labels == c) for c in np.unique(labels)}
    firsts: list[Array] = []
    for label, own in [pair for pair in alike.items() for _ in range(settings.each)]:
        others = np.flatnonzero(labels != label)
        if len(own) < 2 or not len(others):
            continue
        shift = rng.integers(1, len(own), len(own))  # to another of the class, never the same
        positive = own[(np.arange(len(own)) + shift) % len(own)]
        firsts.append(np.stack([own, positive, rng.choice(others, len(own))]))
    if not firsts:
        return None
    anchor, positive, negative = np.concatenate(firsts, axis=1)
    if settings.pairing == TRIPLETS:
        places, target = [anchor, positive, negative], np.zeros(len(anchor), np.float32)
    else:
        places = [np.concatenate([anchor, anchor]), np.concatenate([positive, negative])]
        target = np.repeat(np.array([1, 0]), len(anchor))
    inputs: dict[str, Examples] = {
        end.name: Chosen(examples, which) for end, which in zip(ends.inputs, places, strict=True)
    }
    return RawPart(inputs, {"": target})


def _describe(parts: dict[str, RawPart | None], settings: TrainSettings) -> str:
    counts = [f"{len(part):,} to {PURPOSES[name]}" for name in PARTS if (part := parts.get(name)) is not None]
    return f"{settings.pairing} of {settings.data}: {', '.join(counts)}, drawn by the seed and the same in every epoch"


def _note_single(raw: Raw, data: str) -> list[str]:
    """A note on classes with one example to train on, which has no partner."""
    import numpy as np

    labels, counts = np.unique(raw.train.outputs[""], return_counts=True)
    names = raw.names.get("")
    single = [names[n] if names else str(n) for n in labels[counts == 1]]
    if not single:
        return []
    return [
        f"in {data}, {len(single):,} class{'es' * (len(single) != 1)} of one example, without a partner: {list_some(single)}"
    ]
