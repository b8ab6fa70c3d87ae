"""A data set → what the network takes: scaled, resized, labelled and split.

What is held back (for the test, where the data bring none, and for validation) is
drawn with the seed, the same share of every class.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.base.join_words import join_words, list_some
from cnnspec.base.record import Record
from cnnspec.layers.base import show_shape
from cnnspec.train.data.cropping import cut_windows
from cnnspec.train.data.examples import Part, Shaped, hold_resized
from cnnspec.train.data.files import Files, check_two_classes, count_images
from cnnspec.train.data.folds import note_rare_classes
from cnnspec.train.data.framing import SAID
from cnnspec.train.data.given import read_given
from cnnspec.train.data.mask_targets import find_mask_outputs, find_stride
from cnnspec.train.data.opened import open_files
from cnnspec.train.data.outputs import OutputTargets, Untrained
from cnnspec.train.data.pairing import pair_up
from cnnspec.train.data.sampling import describe_sampling
from cnnspec.train.data.sources import load
from cnnspec.train.data.splitting import note_groups, split_parts
from cnnspec.train.data_fit import Targets, check_inputs, find_image_sizes, match_examples, match_output
from cnnspec.train.ends import find_ends
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.memory import find_memory_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeVar

    import numpy as np

    from cnnspec.train.data.examples import Examples, MaskMeaning, Raw
    from cnnspec.train.ends import End, Ends
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]
    Value = TypeVar("Value")


class PreparedOutput(Record):
    """What the targets of an output are: its name and its number among the network's, from 0, their form
    (`data_fit.match_targets`), the names of the classes, where the data name them, and what `masks` mean, if they are some."""

    name: str
    number: int
    targets: str
    names: tuple[str, ...] | None
    masks: MaskMeaning | None = None


class Data(Record):
    """The data of a training. Validation and test are None where nothing is held back.

    `input_names` are those of the network's inputs, `values` the least and the highest of the examples of each; `outputs`
    are those that are trained; `notes` say in sentences what was done to the data; `fingerprint` is that of the data set
    (`Raw.fingerprint`), however it is split.
    """

    train: Part
    validation: Part | None
    test: Part | None
    input_names: tuple[str, ...]
    outputs: tuple[PreparedOutput, ...]
    notes: tuple[str, ...]
    fingerprint: str
    values: tuple[tuple[float, float], ...]

    @property
    def targets(self) -> str:
        """The form of those of the only output."""
        (only,) = self.outputs
        return only.targets

    @property
    def names(self) -> tuple[str, ...] | None:
        """The classes of the only output."""
        (only,) = self.outputs
        return only.names


# ---- from a data set to what the network takes --------------------------------------------------------------
def read_raw(plan: TrainingPlan, note: Callable[[str], None] = lambda text: None) -> Raw:
    """The plan's data set, images opened. `note` is called with how far the reading of image files is. Raises TrainingFailed, or
    MissingExtra for a missing library."""
    if plan.given is not None:
        return read_given(plan.given, find_ends(plan.graph, plan.settings), plan.settings)
    raw = load(plan.settings, plan.graph)
    return _open_files(raw, find_ends(plan.graph, plan.settings), plan, note) if isinstance(raw, Files) else raw


def prepare(raw: Raw | Files, plan: TrainingPlan, note: Callable[[str], None] = lambda text: None) -> Data:
    """The data as the plan's network takes them, split. Raises TrainingFailed when they do not suit it.

    `note` is called with how far the reading of image files is.
    """
    import numpy as np

    settings, ends = plan.settings, find_ends(plan.graph, plan.settings)
    if isinstance(raw, Files):
        raw = _open_files(raw, ends, plan, note)
    fingerprint = raw.fingerprint()
    if settings.pairing:
        raw = pair_up(raw, ends, settings)
    elif all(not name for name in raw.train.inputs):
        check_inputs(ends, settings)
    raw = cut_windows(raw, ends, settings)
    notes = [*raw.notes, *_note_untrained(ends), *find_memory_notes(plan)]
    inputs = [_prepare_input(raw, end, settings, notes) for end in ends.inputs]
    shape = next(iter(inputs[0].values())).shape
    counts = {part: len(given) for part, given in raw.parts.items()}
    trained = [OutputTargets(raw, end, plan.graph, settings, shape) for end in ends.trained]
    own = {output.end.index: output for output in trained}
    outputs = [own.get(end.index) or Untrained(counts) for end in ends.outputs]
    whole = {
        part: Part(tuple([x[part] for x in inputs]), tuple([y.formed[part] for y in outputs]), np.arange(count))
        for part, count in counts.items()
    }
    first = next((output for output in trained if output.by_class), trained[0])
    groups = {part: given.groups for part, given in raw.parts.items() if given.groups is not None}
    shares = (
        settings.replace(test=0.0, validation=0.0, folds=None, fold=None) if settings.pairing else settings
    )  # pairs are drawn of each part
    train, validation, test = split_parts(whole, first.read["train"], first.by_class, groups, shares)
    name = str(settings.data)
    held = {"train": train, "validation": validation, "test": test}
    places = {part: ("train" if x.inputs is whole["train"].inputs else part, x.places) for part, x in held.items() if x}
    notes += note_groups({part: groups[source][rows] for part, (source, rows) in places.items() if groups}, settings)
    notes += _note_folds(raw, first, settings) if settings.folds is not None and not settings.pairing else []
    notes += _note_copies(
        [*raw.train.inputs.values()], [rows for source, rows in places.values() if source == "train"], name
    )
    for output in trained:
        notes += [*output.note_missing_classes(train.places), *output.note_missing_labels(places)]
    if validation is None and settings.validation and not groups:
        notes.append(f"no class of {name} has examples enough to hold back {settings.validation:g} of for validation")
    if settings.class_weights is not None:
        train = train.replace(weights=trained[0].weigh(train.places))
    if settings.windows is not None:  # each image so often in an epoch
        notes.append(
            f"each epoch cuts {count_nouns(settings.windows, 'window')} out of each of {count_images(len(train))} to train on"
        )
        train = train.replace(places=np.repeat(train.places, settings.windows))
    if settings.sampling is not None:
        classes = trained[0].find_classes()
        notes.append(describe_sampling(classes[train.places], trained[0].names, name))
        train = train.replace(classes=classes)
    maps = [
        (number, own[end.index].outside)
        for number, end in enumerate(ends.outputs)
        if end.index in own and own[end.index].maps
    ]
    train = train.replace(augment=settings.augment, maps=tuple(maps), cropped=settings.crop is not None)
    made = tuple(
        [
            PreparedOutput(
                end.name, number, own[end.index].form, own[end.index].names, find_named(raw.masks, end, None)
            )
            for number, end in enumerate(ends.outputs)
            if end.trained
        ]
    )
    values = tuple([find_named(raw.values, end, (0.0, 1.0)) for end in ends.inputs])
    names = tuple([end.name for end in ends.inputs])
    return Data(train, validation, test, names, made, tuple(notes), fingerprint, values)


def _note_folds(raw: Raw, first: OutputTargets, settings: TrainSettings) -> list[str]:
    """Notes on classes that are too rare for the folds, and on a test part that the data bring."""
    notes = note_rare_classes(first.read["train"], first.names, settings) if first.by_class else []
    if "test" in raw.parts:
        count = count_nouns(len(raw.parts["test"]), "example")
        notes.append(
            f"the test part of {settings.data}, {count}, is in no fold: train without folds to be tested on it"
        )
    return notes


def _note_untrained(ends: Ends) -> list[str]:
    left = [end.name for end in ends.outputs if not end.trained]
    outputs = "output" if len(left) == 1 else "outputs"
    return (
        [f"the {outputs} {join_words(left)} ha{'s' if len(left) == 1 else 've'} no loss: not trained"] if left else []
    )


def find_named(values: Mapping[str, Value], end: End, otherwise: Value) -> Value:
    """What a data set has for an end: by its name, else without one."""
    return values.get(end.name, values.get("", otherwise))


def _open_files(files: Files, ends: Ends, plan: TrainingPlan, note: Callable[[str], None]) -> Raw:
    """The data set of files, images in the size that the network takes, masks in that which it yields."""
    import numpy as np

    settings = plan.settings
    check_two_classes(files)
    if settings.pairing or not any((*files.images, *files.numbers)):
        check_inputs(ends, settings)
    sizes = find_image_sizes(files.images, ends)
    for end in ends.trained if not settings.pairing else ():
        names, values = find_named(files.names, end, None), find_named(files.targets, end, ())
        if names is not None and np.ndim(values) == 1 and sizes:
            shape = tuple([n or 1 for n in next(iter(sizes.values()))])
            match_output(end, settings, shape, Targets((), len(names), True))
    masks = [
        output.replace(stride=find_stride(plan.facts, output.end))
        for output in find_mask_outputs(files, ends, settings)
    ]
    for output in masks:
        size = tuple([n or 1 for n in next(iter(sizes.values()))])
        positions = [n if isinstance(n, int) else size[axis] for axis, n in enumerate(output.end.shape[:2])]
        classes = output.classes if output.end.shape[-1] != 1 else None
        match_output(output.end, settings, size, Targets(tuple(positions), classes, True))
    return open_files(files, sizes, settings.resize, note, masks, settings.crop)


def _prepare_input(raw: Raw, end: End, settings: TrainSettings, notes: list[str]) -> dict[str, Examples]:
    """The examples of an input, by part, as it takes them; adds to the notes what is done to them. Raises TrainingFailed."""
    key = end.name if end.name in raw.train.inputs else ""
    end = end.with_own_data() if key else end
    shape = raw.train.inputs[key].shape
    if any(given.inputs[key].shape != shape for given in raw.parts.values()):
        raise TrainingFailed(f"the training and the test data of {end.data} differ in shape", "", 2)
    way = settings.way
    fit = match_examples(end, shape, images=settings.data in NAMED_DATA)
    if fit.resized:
        notes.append(
            f"the images of {end.data}, {show_shape(shape)}, are resized to {show_shape(fit.shape)}{SAID[way]}"
        )
    elif fit.moved:
        notes.append(f"the channels of {end.data}, {show_shape(shape)}, come first and are moved to the end")
    elif fit.shape != shape:
        examples = f"examples of {end.data}, {show_shape(shape)}," if key else f"examples of {show_shape(shape)}"
        notes.append(f"{examples} are read as {show_shape(fit.shape)}")
    return {part: hold_resized(Shaped(given.inputs[key], fit, way)) for part, given in raw.parts.items()}


def _note_copies(inputs: Sequence[Examples], drawn: list[Array], data: str) -> list[str]:
    """A note on images that are held back and whose very bytes are trained on in other files; of several inputs, where all
    of an example are."""
    if not all(examples.digests for examples in inputs):
        return []
    digests = [b"".join(one) for one in zip(*[examples.digests for examples in inputs], strict=True)]
    paths = inputs[0].paths
    trained = {digests[place]: place for place in drawn[0]}
    both = [(trained[d], place) for held in drawn[1:] for place in held if (d := digests[place]) in trained]
    if not both:
        return []
    folder = os.path.commonpath([os.path.dirname(paths[place]) for pair in both for place in pair])
    names = [" and ".join([os.path.relpath(paths[place], folder) for place in pair]) for pair in both]
    count = count_images(len(both)) if len(inputs) == 1 else count_nouns(len(both), "example")
    return [f"in {data}, {count} to test or validate with, of which a copy is trained on: {list_some(names)}"]
