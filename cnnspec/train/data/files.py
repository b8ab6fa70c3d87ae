"""Image files and their labels → the data set of those that are sound."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.base.source import printable
from cnnspec.layers.base import show_shape
from cnnspec.train.data.examples import Raw, make_raw_part
from cnnspec.train.data.pictures import Pictures, scan_images
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cnnspec.train.data.pictures import Seen, Size

PARTS = {
    "train": "train", "training": "train", "val": "validation", "valid": "validation", "validation": "validation",
    "dev": "validation", "test": "test", "testing": "test",
}  # fmt: skip
ORDER = ("train", "validation", "test")


class Files(Record):
    """Image files and their labels, before any is opened: {"train": [(path, label), …], "validation": …, "test": …}.

    A label is a class number where there are `names`, else a number. Paths are relative to `folder`.
    """

    name: str
    folder: str
    parts: dict[str, list[tuple[str, Any]]]
    names: tuple[str, ...] | None
    notes: tuple[str, ...] = ()

    def open_images(self, size: Size, note: Callable[[str], None]) -> Raw:
        """The data set of the images that can be decoded; `note` is called with how far that is. Raises TrainingFailed."""
        import numpy as np

        listed = [(part, path, label) for part, pairs in self.parts.items() for path, label in pairs]
        files = [os.path.join(self.folder, path) for _, path, _ in listed]
        seen = list(scan_images(files, size, note))
        notes = [*self.notes, *_note_broken(self.name, [(p, s.why) for (_, p, _), s in zip(listed, seen, strict=True)])]
        sound = [i for i, s in enumerate(seen) if not s.why]
        sizes = sorted({seen[i].shape for i in sound})
        if len(sizes) > 1:
            message = f"the images of {self.name} have {len(sizes)} sizes, from {show_shape(sizes[0])} to {show_shape(sizes[-1])}, and the network leaves its own open"
            raise TrainingFailed(message, f"write the size to bring them to, such as input 224x224x{size[2]}", 1)
        notes += self._note_resized([seen[i] for i in sound])
        notes += self._note_twice([(*listed[i], seen[i].digest) for i in sound])
        made = {}
        for part in self.parts:
            own = [i for i in sound if listed[i][0] == part]
            if own:
                labels = np.asarray([listed[i][2] for i in own])
                made[part] = make_raw_part(Pictures([files[i] for i in own], [seen[i] for i in own]), labels)
        if "train" not in made:
            raise TrainingFailed(f"{self.name} has no images to train on that can be read", "; ".join(notes), 2)
        names = {} if self.names is None else {"": self.names}
        return Raw(made["train"], made.get("test"), names, tuple(notes), made.get("validation"))

    def _note_resized(self, seen: list[Seen]) -> list[str]:
        sizes = sorted({s.original for s in seen}, key=lambda s: (s[0] * s[1], s))
        if not seen or sizes == [seen[0].shape[:2]]:
            return []
        span = show_shape(sizes[0]) + (f" to {show_shape(sizes[-1])}" if len(sizes) > 1 else "")
        return [f"the images of {self.name}, {span}, are resized to {show_shape(seen[0].shape)}"]

    def _note_twice(self, images: Iterable[tuple[str, str, Any, bytes]]) -> list[str]:
        """Notes on images that stand under two labels, and on those that are held back and trained on as well."""
        first: dict[bytes, tuple[str, str, Any]] = {}
        labels, leaked = [], []
        for part, path, label, digest in images:
            was = first.setdefault(digest, (part, path, label))
            if was[2] != label:
                labels.append(f"{was[1]} and {path}")
            if was[0] != part:
                leaked.append(path)
        notes = []
        if labels:
            notes.append(f"in {self.name}, {count_images(len(labels))} with another label as well: {list_some(labels)}")
        if leaked:
            notes.append(
                f"in {self.name}, {count_images(len(leaked))} to test or validate with and to train on: {list_some(leaked)}"
            )
        return notes


def check_two_classes(files: Files) -> None:
    """Raises TrainingFailed for files of one class: there is nothing to tell apart."""
    if files.names is None or len(files.names) > 1:
        return
    help = "a folder for each of two classes or more" if os.path.isdir(files.name) else "give it two classes or more"
    without = next((f" ({note.partition(': ')[2]})" for note in files.notes if "class folder" in note), "")
    raise TrainingFailed(f"{files.name} has one class, {printable(files.names[0])}{without}", help, 2)


def _note_broken(name: str, found: list[tuple[str, str]]) -> list[str]:
    broken = [f"{path} ({why})" for path, why in found if why]
    return (
        [f"left out of {name}: {count_images(len(broken))} that cannot be read, {list_some(broken)}"] if broken else []
    )


def list_some(names: Sequence[str]) -> str:
    """The first few names of many."""
    return ", ".join([printable(n) for n in names[:3]]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")


def count_images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"


def note_outside(files: Files) -> Files:
    """The same files, with a note on those that lie outside of their folder: behind a link, or by their path."""
    root, folders = os.path.realpath(files.folder), {}
    found = []
    for pairs in files.parts.values():
        for path, _ in pairs:
            above, name = os.path.split(os.path.join(files.folder, path.replace("\0", "?")))
            if above not in folders:
                folders[above] = os.path.realpath(above)
            real = os.path.join(folders[above], name)
            real = os.path.realpath(real) if os.path.islink(real) else real
            if not real.startswith(os.path.join(root, "")):
                found.append(path)
    note = f"{count_images(len(found))} of {files.name} {'lies' if len(found) == 1 else 'lie'} outside of its folder: "
    return files.replace(notes=(*files.notes, note + list_some(found))) if found else files
