"""Which files and lines make a data set, before any image is opened: what folders and tables are read to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnnspec.base.join_words import list_some
from cnnspec.base.record import Record
from cnnspec.base.source import printable
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".gif", ".webp", ".tif", ".tiff")  # of images
PARTS = {
    "train": "train", "training": "train", "val": "validation", "valid": "validation", "validation": "validation",
    "dev": "validation", "test": "test", "testing": "test",
}  # fmt: skip
ORDER = ("train", "validation", "test")


def is_image(path: str) -> bool:
    """Whether a path is named as an image, and not hidden."""
    return path.lower().endswith(SUFFIXES) and not os.path.basename(path).startswith(".")


class Files(Record):
    """The examples of a folder or a table before any image is opened: of each input the paths of its `images`, from `folder`
    on, or its `numbers` (N, …), of each output its `targets` (N, …) or the paths of its `masks`.

    They go by the names of the network's inputs and outputs, "" where the data have no names. `parts` are the places of the
    examples to train on, to validate and to test with, `names` those of the classes or labels, by output; `groups` what
    stays together in one part.
    """

    name: str
    folder: str
    parts: dict[str, list[int]]
    images: dict[str, Sequence[str]]
    targets: dict[str, Any]
    names: dict[str, tuple[str, ...]] = {}
    numbers: dict[str, Any] = {}
    groups: Sequence[str] | None = None
    notes: tuple[str, ...] = ()
    masks: dict[str, Sequence[str]] = {}


def check_two_classes(files: Files) -> None:
    """Raises TrainingFailed for files of one class: there is nothing to tell apart."""
    for output, names in files.names.items():
        if len(names) == 1:
            help = (
                "a folder for each of two classes or more"
                if os.path.isdir(files.name)
                else "give it two classes or more"
            )
            without = next((f" ({note.partition(': ')[2]})" for note in files.notes if "class folder" in note), "")
            called = f"{output} of {files.name}" if output else files.name
            raise TrainingFailed(f"{called} has one class, {printable(names[0])}{without}", help, 2)


def count_images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"


def note_outside(files: Files) -> Files:
    """The same files, with a note on those that lie outside of their folder: behind a link, or by their path."""
    root, folders = os.path.realpath(files.folder), {}
    found = []
    for path in dict.fromkeys([path for paths in (*files.images.values(), *files.masks.values()) for path in paths]):
        above, name = os.path.split(os.path.join(files.folder, path.replace("\0", "?")))
        if above not in folders:
            folders[above] = os.path.realpath(above)
        real = os.path.join(folders[above], name)
        real = os.path.realpath(real) if os.path.islink(real) else real
        if not real.startswith(os.path.join(root, "")):
            found.append(path)
    note = f"{count_images(len(found))} of {files.name} {'lies' if len(found) == 1 else 'lie'} outside of its folder: "
    return files.replace(notes=(*files.notes, note + list_some(found))) if found else files
