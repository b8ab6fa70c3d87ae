"""A folder of class folders → which image files there are.

    flowers/daisy/1.jpg …        or        flowers/train/daisy/1.jpg, flowers/val/…, flowers/test/…

Classes are numbered in the order of their names. Examples stand in the order of their paths.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cnnspec.base.join_words import list_some
from cnnspec.train.data.files import ORDER, PARTS, Files, count_images, is_image
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

OTHER = ("other file", "other files")
UNREAD = {
    ".heic": "HEIC", ".heif": "HEIC", ".avif": "AVIF", ".jp2": "JPEG 2000", ".jxl": "JPEG XL",
    ".dcm": "DICOM", ".nii": "NIfTI", ".svg": "SVG", ".ppm": "PPM", ".pgm": "PGM", ".pbm": "PBM", ".tga": "TGA", ".ico": "ICO",
    ".psd": "Photoshop", ".exr": "OpenEXR",
}  # fmt: skip


def find_in_folder(root: str) -> Files:
    """The images in a folder's class folders, at any depth below them. Raises TrainingFailed."""
    other: list[str] = []
    loose: list[str] = []
    folders = _list_folders(root, root, other, loose)
    roles = {PARTS[f.lower()]: f for f in folders if f.lower() in PARTS}
    if "train" not in roles or any(is_image(n) for n in list_names(os.path.join(root, roles["train"]))):
        roles = {"train": ""}
    found = {part: _find_classes(root, roles[part], other, loose) for part in ORDER if part in roles}
    names = sorted({name for classes in found.values() for name in classes})
    empty = [name for name in names if not any(classes.get(name) for classes in found.values())]
    names = [name for name in names if name not in empty]
    if not names:
        besides = f", and {count_images(len(loose))} beside them" if loose else ""
        help = "lay them out as CLASS/IMAGE.png, a folder a class"
        unread = [(len(files), what) for files, what in _sort_by_kind(other) if what != OTHER]
        if unread and not loose:
            besides = " but " + ", ".join([f"{n:,} {what[n > 1]}" for n, what in unread])
            help = "write them anew as PNG or JPEG"
        raise TrainingFailed(f"{root} has no images in class folders{besides}", help, 2)
    notes = [
        f"left out of {root}: {len(files):,} {what[0] if len(files) == 1 else what[1]}, {list_some(files)}"
        for files, what in (
            (empty, ("class folder without images", "class folders without images")),
            (loose, ("image in no class folder", "images in no class folder")),
        )
        if files
    ]
    notes += note_other_files(root, other)
    listed = [
        (part, path, names.index(name))
        for part, classes in found.items()
        for name in sorted(classes)
        for path in sorted(classes[name])
    ]
    parts = {part: [place for place, one in enumerate(listed) if one[0] == part] for part in found}
    paths, labels = [path for _, path, _ in listed], [label for _, _, label in listed]
    return Files(root, root, parts, {"": paths}, {"": labels}, {"": tuple(names)}, notes=tuple(notes))


def note_other_files(root: str, other: Sequence[str]) -> list[str]:
    """Notes on files that are no images that are read, by what they are."""
    return [
        f"left out of {root}: {len(files):,} {what[0] if len(files) == 1 else what[1]}, {list_some(files)}"
        for files, what in _sort_by_kind(other)
    ]


def _sort_by_kind(files: Sequence[str]) -> list[tuple[list[str], tuple[str, str]]]:
    """Files by what they are: images of kinds that are not read, each with its name, and others."""
    found: dict[tuple[str, str], list[str]] = {}
    for path in files:
        kind = UNREAD.get(os.path.splitext(path)[1].lower())
        what = (f"{kind} image, a kind that is not read", f"{kind} images, a kind that is not read") if kind else OTHER
        found.setdefault(what, []).append(path)
    return [(paths, what) for what, paths in sorted(found.items(), key=lambda pair: pair[0] == OTHER)]


def list_names(folder: str) -> list[str]:
    """What lies in a folder, in order. Raises TrainingFailed."""
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        raise TrainingFailed(f"{folder} cannot be read: {error.strerror}", "", 2) from None


def _list_folders(root: str, folder: str, other: list[str], loose: list[str]) -> list[str]:
    """The folders in a folder; files beside them go to the lists, relative to the root."""
    made = []
    for name in list_names(folder):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            if not name.startswith((".", "__")):
                made.append(name)
        else:
            (loose if is_image(name) else other).append(os.path.relpath(path, root))
    return made


def _find_classes(root: str, part: str, other: list[str], loose: list[str]) -> dict[str, list[str]]:
    """The images of every class folder, relative to the root; a link that leads back up is not followed."""
    base = os.path.join(root, part)
    up = _list_above(os.path.realpath(base))
    found: dict[str, list[str]] = {}
    for name in _list_folders(root, base, other if part else [], loose if part else []):
        found[name] = []
        waiting = [(os.path.join(base, name), up)]
        while waiting:
            folder, above = waiting.pop()
            real = os.path.realpath(folder)
            if real in above:
                continue
            for inner in list_names(folder):
                path = os.path.join(folder, inner)
                if inner.startswith("."):
                    other.append(os.path.relpath(path, root))
                elif os.path.isdir(path):
                    waiting.append((path, above | {real}))
                else:
                    (found[name] if is_image(inner) else other).append(os.path.relpath(path, root))
    return found


def _list_above(folder: str) -> frozenset[str]:
    """A folder and all that it lies in."""
    found: list[str] = []
    while not found or folder != found[-1]:
        found.append(folder)
        folder = os.path.dirname(folder)
    return frozenset(found)
