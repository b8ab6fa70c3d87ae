"""The masks beside images → the targets of the outputs that take them, class numbers (N, H, W) in bytes."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

from cnnspec.base.join_words import list_some
from cnnspec.base.record import Record
from cnnspec.facts.precision import in_bytes
from cnnspec.layers.base import show_shape
from cnnspec.train.data.columns import is_map
from cnnspec.train.data.examples import MaskMeaning, find_free_memory
from cnnspec.train.data.framing import STRETCH, WINDOW
from cnnspec.train.data.mask_classes import MaskClasses, check_known, choose_classes, describe_classes
from cnnspec.train.data.mask_windows import MaskWindows
from cnnspec.train.data.masks import Mask, View, scan_masks
from cnnspec.train.data.targets import find_ignored
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from cnnspec.facts.facts import Facts
    from cnnspec.train.data.files import Files
    from cnnspec.train.data.pictures import Seen
    from cnnspec.train.ends import End, Ends
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


class MaskOutput(Record):
    """An output that takes masks: what it is called in the data, its end, the value that its loss ignores, the `stride` of its
    positions in the image (None: its size tells), and what values mean, where that is known from a training."""

    name: str
    end: End
    ignored: int | None = None
    stride: tuple[float, float] | None = None
    known: tuple[int, ...] | None = None

    @property
    def classes(self) -> int:
        """How many it tells apart. Raises TrainingFailed where it does not say."""
        units = self.end.shape[-1]
        if not isinstance(units, int):
            raise TrainingFailed(f"{self.end.called} yields {show_shape(self.end.shape)}", "write its channels")
        return max(units, 2)

    def view(self, image: tuple[int, int], way: str) -> View:
        """Where its positions lie in images of this size, brought to it in a way of `framing`. A size that is left open is that
        of the image."""
        height, width = [own if isinstance(own, int) else n for own, n in zip(self.end.shape[:2], image, strict=True)]
        stride = self.stride or (image[0] / height, image[1] / width)
        return View(image, (height, width), stride, way)


class MaskTargets(Record):
    """The targets of outputs by name, for all examples, what their values mean and how the classes are called; which masks cannot
    be read, by path and with the reason, and at which places; what is said; and the windows that are cut out of the masks, of all
    examples that have one."""

    targets: dict[str, Array]
    meanings: dict[str, MaskMeaning]
    names: dict[str, tuple[str, ...]]
    broken: dict[str, str]
    places_broken: frozenset[int]
    notes: tuple[str, ...]
    windows: dict[str, MaskWindows] = {}


def find_mask_outputs(files: Files, ends: Ends, settings: TrainSettings) -> list[MaskOutput]:
    """The outputs that the masks of files are for. Raises TrainingFailed for one whose size follows from the image in another way
    than by being the same."""
    found = []
    for end in ends.trained:
        if end.name not in files.masks and "" not in files.masks:
            continue
        own = end.name in files.masks
        if not is_map(end):
            message = f"{end.called} yields {show_shape(end.shape)}, and {end.data} has masks"
            raise TrainingFailed(message, "end in a map of the image's size, height x width x classes", span=end.span)
        sizes = zip(end.shape[:2], ends.inputs[0].shape[:2], strict=False)
        if any(not isinstance(own_size, int) and own_size != size for own_size, size in sizes):
            message = f"{end.called} yields {show_shape(end.shape)}, whose size follows from the image's"
            raise TrainingFailed(message, "write the size of the input", span=end.span)
        ignored = find_ignored(settings.for_output(end.name, end.data).loss, end.shape[-1])
        key = end.name if own or len(ends.trained) > 1 else ""
        ignored = ignored if ignored is not None and ignored < 256 else None  # classes are kept in bytes
        found.append(MaskOutput(key, end.with_own_data() if own else end, ignored))
    return found


def find_stride(facts: Facts, end: End) -> tuple[float, float] | None:
    """How many positions of the image lie from one of an output's to the next; None where that is not known."""
    fields = facts.fields[end.index]
    if not isinstance(fields, tuple) or len(fields) != 2:
        return None
    return float(fields[0].stride), float(fields[1].stride)


def read_masks(
    files: Files, images: Mapping[int, Seen], outputs: Sequence[MaskOutput], way: str = STRETCH,
    crop: tuple[int, int] | None = None,
) -> MaskTargets:  # fmt: skip
    """The targets of the outputs for the examples that have these `images`, all sound, brought to their size in a way of
    `framing`, or in the middle window of `crop`. Raises TrainingFailed."""
    import numpy as np

    targets: dict[str, Array] = {}
    meanings: dict[str, MaskMeaning] = {}
    names: dict[str, tuple[str, ...]] = {}
    broken: dict[str, str] = {}
    places: set[int] = set()
    notes: list[str] = []
    part_of = {place: part for part, places in files.parts.items() for place in places}
    count = sum(map(len, files.parts.values()))
    size = next((crop or seen.shape[:2] for seen in images.values()), None)
    windows: dict[str, MaskWindows] = {}
    for key, paths in files.masks.items() if size else ():
        own = [output for output in outputs if output.name == key or (key == "" and output.name not in files.masks)]
        views = [output.view(size, way) for output in own]  # type: ignore[arg-type]
        _check_memory(files.name, count * sum(math.prod(view.size) for view in views))
        read = dict(zip(images, scan_masks([os.path.join(files.folder, paths[i]) for i in images], views), strict=True))
        broken |= {paths[place]: mask.why for place, mask in read.items() if mask.why}
        places |= {place for place, mask in read.items() if mask.why}
        read = {place: mask for place, mask in read.items() if not mask.why}
        _check_sizes(files, paths, images, read)
        trained = [mask for place, mask in read.items() if part_of[place] == "train"]
        for number, (output, view) in enumerate(zip(own, views, strict=True)):
            if not trained:
                continue
            classes = (
                choose_classes(trained, output.end, output.classes, output.ignored)
                if output.known is None
                else MaskClasses(output.known, output.ignored)
            )
            given = {paths[place]: (part_of[place], mask) for place, mask in read.items()}
            check_known(classes, given, output.end, output.known is not None)
            made = targets[output.name] = np.zeros((count, *view.size), np.uint8)
            for place, mask in read.items():
                outside = view.find_outside(mask.original)
                made[place] = np.where(outside, output.ignored or 0, classes.number(mask, number))
            if crop is not None:
                held = [os.path.join(files.folder, path) for path in paths]
                masks = [read.get(place, Mask()) for place in range(count)]
                windows[output.name] = MaskWindows(held, masks, view, classes, output.ignored or 0)
            meanings[output.name] = MaskMeaning(classes.values, view.stride)
            if classes.names:
                names[output.name] = classes.names
            notes += _describe(output, classes, view, [*read.values()])
    return MaskTargets(targets, meanings, names, broken, frozenset(places), tuple(dict.fromkeys(notes)), windows)


def _check_memory(data: str, needed: int) -> None:
    free = find_free_memory()
    if free is not None and needed > free // 2:
        message = (
            f"the masks of {data} take {in_bytes(needed)} as the network takes them, and {in_bytes(free)} are free"
        )
        raise TrainingFailed(message, "train on a part of them, or on smaller images", 2)


def _check_sizes(files: Files, paths: Sequence[str], images: Mapping[int, Seen], masks: Mapping[int, Mask]) -> None:
    """Raises TrainingFailed for masks of another size than their images."""
    other = [place for place, mask in masks.items() if mask.original != images[place].original]
    if other:
        image = next(iter(files.images.values()))[other[0]]
        mask, whole = masks[other[0]].original, images[other[0]].original
        message = f"{paths[other[0]]} of {files.name} is {show_shape(mask)}, and its image {image} {show_shape(whole)}"
        more = f"; so are {len(other) - 1:,} more of other sizes" if len(other) > 1 else ""
        raise TrainingFailed(message + more, "bring each mask to the size of its image, by nearest neighbour", 2)


def _describe(output: MaskOutput, classes: MaskClasses, view: View, masks: Sequence[Mask]) -> list[str]:
    said = [describe_classes(classes, output.end, any(mask.blurred for mask in masks))]
    sizes = sorted({mask.original for mask in masks}, key=lambda size: (size[0] * size[1], size))
    span = list_some([show_shape(size) for size in (sizes[0], sizes[-1])[: len(sizes)]]).replace(", ", " to ")
    what = f"the masks of {output.end.data}, {span},"
    if view.cut:
        said.append(f"{what} are cut to the {show_shape(view.size)} in the middle that {output.end.called} yields")
    elif view.way == WINDOW and view.size != view.image:
        said.append(
            f"of the masks of {output.end.data}, windows are brought to {show_shape(view.size)} by nearest neighbour"
        )
    elif sizes != [view.size] and view.way != WINDOW:
        said.append(f"{what} are brought to {show_shape(view.size)} by nearest neighbour")
    return said
