"""Image files, and the numbers and labels that stand with them → the data set of the examples whose images are sound."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.join_words import list_some
from cnnspec.layers.base import show_shape
from cnnspec.train.data.array_names import Place
from cnnspec.train.data.arrays import make_raw
from cnnspec.train.data.files import count_images
from cnnspec.train.data.framing import SAID, STRETCH, WINDOW
from cnnspec.train.data.image_traits import note_traits
from cnnspec.train.data.mask_targets import read_masks
from cnnspec.train.data.pictures import Pictures, scan_images
from cnnspec.train.data.windows import Windows
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnnspec.train.data.examples import Examples, Raw
    from cnnspec.train.data.files import Files
    from cnnspec.train.data.mask_targets import MaskOutput
    from cnnspec.train.data.pictures import Seen, Size


def open_files(
    files: Files, sizes: Mapping[str, Size], way: str | None, note: Callable[[str], None],
    masks: Sequence[MaskOutput] = (), crop: tuple[int, int] | None = None,
) -> Raw:  # fmt: skip
    """The data set of the examples whose images (and masks, for these outputs) can be decoded, each input's brought to its size
    in a way of `framing`, or windows of `crop` out of them; `note`
    is called with how far that is. Raises TrainingFailed."""
    import numpy as np

    if crop is not None:
        sizes = {name: (None, None, size[2]) for name, size in sizes.items()}
    way = WINDOW if crop is not None else way or STRETCH
    order = [place for places in files.parts.values() for place in places]
    seen = {name: _scan(files, paths, order, sizes[name], way, note) for name, paths in files.images.items()}
    notes = [*files.notes]
    for name, images in seen.items():
        broken = {files.images[name][i]: images[i].why for i in order if images[i].why}
        notes += _note_broken(files, count_images(len(broken)), broken)
    sound = [i for i in order if not any(images[i].why for images in seen.values())]
    for name, images in seen.items():
        called, seen_well = f"{name} of {files.name}" if name else files.name, [images[i] for i in sound]
        notes += [] if crop is not None else _note_sizes(called, seen_well, sizes[name], way)
        notes += [*note_traits(called, seen_well, sizes[name][2])]
    read = read_masks(files, {i: next(iter(seen.values()))[i] for i in sound} if files.masks else {}, masks, way, crop)
    notes += [*_note_broken(files, count_nouns(len(read.broken), "mask"), read.broken), *read.notes]
    sound = [i for i in sound if i not in read.places_broken]
    targets = {name: np.asarray(values) for name, values in files.targets.items()} | read.targets
    notes += _note_twice(files, seen, targets, sound)
    pictures: dict[str, dict[str, Examples]] = {}
    arrays: dict[str, Any] = {}
    where: dict[str, Place] = {}
    groups, windows, whole = {}, {}, {*sound}
    for part, places in files.parts.items():
        own = [i for i in places if i in whole]
        if not own:
            continue
        pictures[part] = {
            name: _make_pictures(files, name, images, own, sizes[name], way, crop) for name, images in seen.items()
        }
        for is_input, side in ((True, files.numbers), (False, targets)):
            for name, values in side.items():
                key = (
                    f"{name or ('the numbers' if is_input else 'the labels')}{'' if part == 'train' else f' ({part})'}"
                )
                arrays[key], where[key] = values[own], Place(is_input, name, part)
        windows[part] = {name: cut.choose(own) for name, cut in read.windows.items()}
        groups[part] = None if files.groups is None else np.asarray(files.groups)[own]
    if "train" not in pictures:
        raise TrainingFailed(f"{files.name} has no images to train on that can be read", "; ".join(notes), 2)
    raw = make_raw(files.name, arrays, where, pictures)
    return raw.replace(
        names={**files.names, **read.names},
        masks=read.meanings,
        notes=(*notes, *raw.notes),
        **{part: given.replace(groups=groups[part], windows=windows[part]) for part, given in raw.parts.items()},
    )


def _note_broken(files: Files, counted: str, broken: Mapping[str, str]) -> list[str]:
    """A note on files that cannot be decoded, each with the reason."""
    listed = list_some([f"{path} ({why})" for path, why in broken.items()])
    return [f"left out of {files.name}: {counted} that cannot be read, {listed}"] if broken else []


def _scan(
    files: Files, paths: Sequence[str], order: Sequence[int], size: Size, way: str, note: Callable[[str], None]
) -> dict[int, Seen]:
    """Every image of an input as it was seen, by its place in the files; one that stands in several lines is read once."""
    once = list(dict.fromkeys([paths[i] for i in order]))
    read = scan_images([os.path.join(files.folder, path) for path in once], size, way, note)
    seen = dict(zip(once, read, strict=True))
    return {i: seen[paths[i]] for i in order}


def _make_pictures(
    files: Files, name: str, images: Mapping[int, Seen], own: Sequence[int], size: Size, way: str,
    crop: tuple[int, int] | None,
) -> Examples:  # fmt: skip
    paths = [os.path.join(files.folder, files.images[name][i]) for i in own]
    pictures = Pictures(paths, [images[i] for i in own], size, way)
    return pictures if crop is None else Windows(pictures, crop)


def _note_sizes(name: str, seen: Sequence[Seen], size: Size, way: str) -> list[str]:
    """A note on images that are resized. Raises TrainingFailed for those of several sizes, where the network leaves its own
    open."""
    shapes = sorted({s.shape for s in seen})
    if len(shapes) > 1:
        message = f"the images of {name} have {len(shapes)} sizes, from {show_shape(shapes[0])} to {show_shape(shapes[-1])}, and the network leaves its own open"
        raise TrainingFailed(message, f"write the size to bring them to, such as input 224x224x{size[2]}", 1)
    sizes = sorted({s.original for s in seen}, key=lambda s: (s[0] * s[1], s))
    if not seen or sizes == [seen[0].shape[:2]]:
        return []
    span = show_shape(sizes[0]) + (f" to {show_shape(sizes[-1])}" if len(sizes) > 1 else "")
    return [f"the images of {name}, {span}, are resized to {show_shape(seen[0].shape)}{SAID[way]}"]


def _note_twice(
    files: Files, seen: Mapping[str, Mapping[int, Seen]], targets: Mapping[str, Any], sound: Sequence[int]
) -> list[str]:
    """Notes on examples that stand under two labels, and on those that are held back and trained on as well."""
    if not seen:
        return []
    part_of = {i: part for part, places in files.parts.items() for i in places}
    paths = next(iter(files.images.values()))
    first: dict[tuple[bytes, ...], tuple[str, str, tuple[bytes, ...]]] = {}
    labels, leaked = [], []
    for i in sound:
        key = (
            *[images[i].digest for images in seen.values()],
            *[x[i : i + 1].tobytes() for x in files.numbers.values()],
        )
        label = tuple([y[i : i + 1].tobytes() for y in targets.values()])
        was = first.setdefault(key, (part_of[i], paths[i], label))
        if was[2] != label:
            labels.append(f"{was[1]} and {paths[i]}")
        if was[0] != part_of[i]:
            leaked.append(paths[i])
    single = len(seen) + len(files.numbers) == 1
    notes = []
    for found, what in ((labels, "with another label as well"), (leaked, "to test or validate with and to train on")):
        if found:
            count = count_images(len(found)) if single else count_nouns(len(found), "example")
            notes.append(f"in {files.name}, {count} {what}: {list_some(found)}")
    return notes
