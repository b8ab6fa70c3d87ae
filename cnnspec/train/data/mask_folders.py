"""A folder of images and their masks → which belong together.

    cells/images/1.jpg, cells/masks/1.png
    cells/train/images/…, cells/train/masks/…, cells/val/…, cells/test/…        or        cells/images/train/…, cells/masks/train/…

A mask has the name of its image, without the ending; `_mask`, `_seg` and the like may stand behind it. Examples stand in the
order of the images' paths.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.join_words import list_some
from cnnspec.train.data.files import ORDER, PARTS, Files, is_image
from cnnspec.train.data.folders import list_names, note_other_files
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

IMAGES = ("images", "image", "imgs", "img", "jpegimages")
MASKS = ("masks", "mask", "labels", "segmentationclass")
BEHIND = re.compile(r"[_-]((?i:masks?|seg|segmentation|labels?|gt)|L)$")  # the name of an image, in that of its mask


def find_masks(root: str) -> Files | None:
    """The images and masks in a folder, None where it has no folders of both. Raises TrainingFailed for some of which none fit."""
    folders = [name for name in list_names(root) if os.path.isdir(os.path.join(root, name))]
    sides = _find_sides(root, folders)
    parts = {PARTS[f.lower()]: _find_sides(os.path.join(root, f)) for f in folders if f.lower() in PARTS}
    if sides is None and parts.get("train") is None:
        return None
    other: list[str] = []
    if sides is not None:
        used = [*sides]
        found = _split_sides(root, sides, other)
    else:
        both = {part: own for part in ORDER if (own := parts.get(part)) is not None}
        used = [os.path.dirname(own[0]) for own in both.values()]
        found = {part: tuple([_list_images(root, side, other) for side in own]) for part, own in both.items()}
    files = _make_files(root, found, other)
    unused = [name for name in folders if os.path.join(root, name) not in used and not name.startswith((".", "__"))]
    return files.replace(notes=(*files.notes, *_note_folders(root, unused)))


def _note_folders(root: str, unused: Sequence[str]) -> list[str]:
    """A note on folders that hold no images beside masks."""
    if not unused:
        return []
    return [
        f"left out of {root}: {count_nouns(len(unused), 'folder')} without images beside masks, {list_some(unused)}"
    ]


def _find_sides(folder: str, names: Sequence[str] | None = None) -> tuple[str, str] | None:
    """The folders of images and of masks in a folder."""
    inside = {name.lower(): os.path.join(folder, name) for name in (list_names(folder) if names is None else names)}
    sides = [next((inside[word] for word in words if word in inside), "") for words in (IMAGES, MASKS)]
    return (sides[0], sides[1]) if all(sides) and all(os.path.isdir(side) for side in sides) else None


def _split_sides(root: str, sides: tuple[str, str], other: list[str]) -> dict[str, tuple[dict[str, str], ...]]:
    """Images and masks by part, where folders of parts lie in both; else all are to train on."""
    parts: list[dict[str, str]] = []
    for side in sides:
        names = [name for name in list_names(side) if os.path.isdir(os.path.join(side, name))]
        parts.append({PARTS[name.lower()]: os.path.join(side, name) for name in names if name.lower() in PARTS})
    if not all("train" in own for own in parts):
        parts = [{"train": side} for side in sides]
    return {
        part: tuple([_list_images(root, own[part], other) if part in own else {} for own in parts])
        for part in ORDER
        if any(part in own for own in parts)
    }


def _list_images(root: str, folder: str, other: list[str]) -> dict[str, str]:
    """The images in a folder and below, their paths from the root on, by their paths in the folder; other files go to the list."""
    found = {}
    for above, folders, names in os.walk(folder):
        folders[:] = sorted([name for name in folders if not name.startswith((".", "__"))])
        for name in sorted(names):
            path = os.path.join(above, name)
            if is_image(name):
                found[os.path.relpath(path, folder)] = os.path.relpath(path, root)
            else:
                other.append(os.path.relpath(path, root))
    return found


def _make_files(root: str, found: Mapping[str, tuple[dict[str, str], ...]], other: list[str]) -> Files:
    images: list[str] = []
    masks: list[str] = []
    parts: dict[str, list[int]] = {}
    alone: list[str] = []
    spare: list[str] = []
    for part, (own, theirs) in found.items():
        pairs = _pair(root, own, theirs)
        parts[part] = [*range(len(images), len(images) + len(pairs))]
        images += pairs
        masks += pairs.values()
        alone += [path for path in own.values() if path not in pairs]
        spare += sorted({*theirs.values()} - {*pairs.values()})
    if not parts["train"]:
        raise _refuse_none(root, found, alone, spare)
    notes = [
        f"left out of {root}: {count_nouns(len(paths), noun)} without {what}, {list_some(paths)}"
        for paths, noun, what in ((alone, "image", "a mask"), (spare, "mask", "an image"))
        if paths
    ]
    notes += note_other_files(root, other)
    return Files(root, root, parts, {"": images}, {}, notes=tuple(notes), masks={"": masks})


def _pair(root: str, images: Mapping[str, str], masks: Mapping[str, str]) -> dict[str, str]:
    """The mask of each image that has one. Raises TrainingFailed where two would have one, or one has two."""
    by_name: dict[str, list[str]] = {}
    for path in masks:
        by_name.setdefault(os.path.splitext(path)[0], []).append(path)
    shorter: dict[str, list[str]] = {}
    for name, paths in by_name.items():
        if (short := BEHIND.sub("", name)) != name:
            shorter.setdefault(short, []).extend(paths)
    found: dict[str, str] = {}
    taken: dict[str, str] = {}
    for path, image in images.items():
        name = os.path.splitext(path)[0]
        fitting = [masks[one] for one in by_name.get(name) or shorter.get(name, [])]
        if len(fitting) > 1:
            raise TrainingFailed(f"{image} of {root} has {len(fitting)} masks: {list_some(fitting)}", "keep one", 2)
        if fitting and fitting[0] in taken:
            message = f"{fitting[0]} of {root} is the mask of two images, {taken[fitting[0]]} and {image}"
            raise TrainingFailed(message, "give each image a name of its own", 2)
        if fitting:
            found[image] = fitting[0]
            taken[fitting[0]] = image
    return found


def _refuse_none(
    root: str, found: Mapping[str, tuple[dict[str, str], ...]], alone: list[str], spare: list[str]
) -> TrainingFailed:
    images, masks = found["train"]
    if images and masks:
        message = (
            f"no image of {root} has a mask of its name: {next(iter(images.values()))}, {next(iter(masks.values()))}"
        )
        return TrainingFailed(message, "name a mask as its image, such as images/1.jpg and masks/1.png", 2)
    return TrainingFailed(
        f"{root} has {count_nouns(len(images), 'image')} to train on and {count_nouns(len(masks), 'mask')}",
        "lay them out as images/1.jpg and masks/1.png", 2,
    )  # fmt: skip
