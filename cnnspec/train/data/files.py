"""A folder of class folders, or a CSV of paths and labels → which image files there are, and then the data set of those
that are sound.

    flowers/daisy/1.jpg …                    or    flowers/train/daisy/1.jpg, flowers/val/…, flowers/test/…
    path,label\\nimages/1.jpg,daisy\\n …        with an optional column `split`: train, val or test

Classes are numbered in the order of their names. Examples stand in the order of their paths (of the CSV's lines).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnnspec.layers.base import show_shape
from cnnspec.record import Record
from cnnspec.source import printable
from cnnspec.train.data.examples import Raw
from cnnspec.train.data.pictures import Pictures, is_image, scan
from cnnspec.train.failing import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cnnspec.train.data.pictures import Seen, Size

PARTS = {
    "train": "train", "training": "train", "val": "validation", "valid": "validation", "validation": "validation",
    "dev": "validation", "test": "test", "testing": "test",
}  # fmt: skip
ORDER = ("train", "validation", "test")
PATHS, LABELS, SPLITS = (
    ("path", "file", "image", "filename", "filepath"),
    ("label", "class", "target"),
    ("split", "set"),
)


class Files(Record):
    """Image files and their labels, before any is opened: {"train": [(path, label), …], "validation": …, "test": …}.

    A label is a class number where there are `names`, else a number. Paths are relative to `folder`.
    """

    name: str
    folder: str
    parts: dict[str, list[tuple[str, Any]]]
    names: tuple[str, ...] | None
    notes: tuple[str, ...] = ()

    def opened(self, size: Size, note: Callable[[str], None]) -> Raw:
        """The data set of the images that can be decoded; `note` is told how far it is. Raises TrainingFailed."""
        import numpy as np

        listed = [(part, path, label) for part, pairs in self.parts.items() for path, label in pairs]
        files = [os.path.join(self.folder, path) for _, path, _ in listed]
        seen = list(scan(files, size, note))
        notes = [*self.notes, *_broken(self.name, [(p, s.why) for (_, p, _), s in zip(listed, seen, strict=True)])]
        sound = [i for i, s in enumerate(seen) if not s.why]
        sizes = sorted({seen[i].shape for i in sound})
        if len(sizes) > 1:
            message = f"the images of {self.name} have {len(sizes)} sizes, from {show_shape(sizes[0])} to {show_shape(sizes[-1])}, and the network leaves its own open"
            raise TrainingFailed(message, f"write the size to bring them to, such as input 224x224x{size[2]}", 1)
        notes += self._resized([seen[i] for i in sound])
        notes += self._twice([(*listed[i], seen[i].digest) for i in sound])
        made = {}
        for part in self.parts:
            own = [i for i in sound if listed[i][0] == part]
            if own:
                labels = np.asarray([listed[i][2] for i in own])
                made[part] = Pictures([files[i] for i in own], [seen[i] for i in own]), labels
        if "train" not in made:
            raise TrainingFailed(f"{self.name} has no images to train on that can be read", "; ".join(notes), 2)
        return Raw(made["train"], made.get("test"), self.names, tuple(notes), made.get("validation"))

    def _resized(self, seen: list[Seen]) -> list[str]:
        sizes = sorted({s.original for s in seen}, key=lambda s: (s[0] * s[1], s))
        if not seen or sizes == [seen[0].shape[:2]]:
            return []
        span = show_shape(sizes[0]) + (f" to {show_shape(sizes[-1])}" if len(sizes) > 1 else "")
        return [f"the images of {self.name}, {span}, are resized to {show_shape(seen[0].shape)}"]

    def _twice(self, images: Iterable[tuple[str, str, Any, bytes]]) -> list[str]:
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
            notes.append(f"in {self.name}, {_images(len(labels))} with another label as well: {some(labels)}")
        if leaked:
            notes.append(
                f"in {self.name}, {_images(len(leaked))} to test or validate with and to train on: {some(leaked)}"
            )
        return notes


def _broken(name: str, found: list[tuple[str, str]]) -> list[str]:
    broken = [f"{path} ({why})" for path, why in found if why]
    return [f"left out of {name}: {_images(len(broken))} that cannot be read, {some(broken)}"] if broken else []


def some(names: Sequence[str]) -> str:
    """The first few names of many."""
    return ", ".join([printable(n) for n in names[:3]]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")


def _images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"


# ---- a folder ----------------------------------------------------------------------------------------------
def of_folder(root: str) -> Files:
    """The images in a folder's class folders, at any depth below them. Raises TrainingFailed."""
    other: list[str] = []
    loose: list[str] = []
    folders = _folders(root, root, other, loose)
    roles = {PARTS[f.lower()]: f for f in folders if f.lower() in PARTS}
    if "train" not in roles or any(is_image(n) for n in _list(os.path.join(root, roles["train"]))):
        roles = {"train": ""}
    found = {part: _classes(root, roles[part], other, loose) for part in ORDER if part in roles}
    names = sorted({name for classes in found.values() for name in classes})
    empty = [name for name in names if not any(classes.get(name) for classes in found.values())]
    names = [name for name in names if name not in empty]
    if not names:
        besides = f", and {_images(len(loose))} beside them" if loose else ""
        help = "lay them out as CLASS/IMAGE.png, a folder a class"
        raise TrainingFailed(f"{root} has no images in class folders{besides}", help, 2)
    if len(names) < 2:
        without = f" ({some(empty)} {'is' if len(empty) == 1 else 'are'} empty)" if empty else ""
        raise TrainingFailed(
            f"{root} has one class, {printable(names[0])}{without}", "a folder for each of two classes or more", 2
        )
    notes = [
        f"left out of {root}: {len(files):,} {what[0] if len(files) == 1 else what[1]}, {some(files)}"
        for files, what in (
            (empty, ("class folder without images", "class folders without images")),
            (loose, ("image in no class folder", "images in no class folder")),
            (other, ("other file", "other files")),
        )
        if files
    ]
    parts = {
        part: [(path, names.index(name)) for name in sorted(classes) for path in sorted(classes[name])]
        for part, classes in found.items()
    }
    return Files(root, root, parts, tuple(names), tuple(notes))


def apart(files: Files) -> Files:
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
    note = f"{_images(len(found))} of {files.name} {'lies' if len(found) == 1 else 'lie'} outside of its folder: "
    return files.replace(notes=(*files.notes, note + some(found))) if found else files


def _list(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        raise TrainingFailed(f"{folder} cannot be read: {error.strerror}", "", 2) from None


def _folders(root: str, folder: str, other: list[str], loose: list[str]) -> list[str]:
    """The folders in a folder; files beside them go to the lists, relative to the root."""
    made = []
    for name in _list(folder):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            if not name.startswith((".", "__")):
                made.append(name)
        else:
            (loose if is_image(name) else other).append(os.path.relpath(path, root))
    return made


def _classes(root: str, part: str, other: list[str], loose: list[str]) -> dict[str, list[str]]:
    """The images of every class folder, relative to the root; a link that leads back up is not followed."""
    base = os.path.join(root, part)
    up = _up(os.path.realpath(base))
    found: dict[str, list[str]] = {}
    for name in _folders(root, base, other if part else [], loose if part else []):
        found[name] = []
        waiting = [(os.path.join(base, name), up)]
        while waiting:
            folder, above = waiting.pop()
            real = os.path.realpath(folder)
            if real in above:
                continue
            for inner in _list(folder):
                path = os.path.join(folder, inner)
                if inner.startswith("."):
                    other.append(os.path.relpath(path, root))
                elif os.path.isdir(path):
                    waiting.append((path, above | {real}))
                else:
                    (found[name] if is_image(inner) else other).append(os.path.relpath(path, root))
    return found


def _up(folder: str) -> frozenset[str]:
    """A folder and all that it lies in."""
    found: list[str] = []
    while not found or folder != found[-1]:
        found.append(folder)
        folder = os.path.dirname(folder)
    return frozenset(found)


# ---- a CSV -------------------------------------------------------------------------------------------------
def of_csv(path: str) -> Files:
    """The images that the lines of a CSV name, relative to its folder. Raises TrainingFailed."""
    rows = _rows(path)
    first = [cell.strip().lower() for cell in rows[0][1]]
    columns = [next((first.index(n) for n in names if n in first), None) for names in (PATHS, LABELS, SPLITS)]
    if None not in columns[:2]:
        rows = rows[1:]
    elif len(first) == 2 and is_image(first[0]):
        columns = [0, 1, None]
    else:
        message = f"the first line of {path} names no column of paths and no column of labels: {some(rows[0][1])}"
        raise TrainingFailed(message, "write path,label", 2)
    parts: dict[str, list[tuple[str, Any]]] = {"train": []}
    for number, row in rows:
        cells = ["" if c is None or c >= len(row) else row[c].strip() for c in columns]
        if not cells[0] or not cells[1]:
            raise TrainingFailed(f"line {number} of {path} has no {'label' if cells[0] else 'path'}", "", 2)
        part = PARTS.get(cells[2].lower(), "") if cells[2] else "train"
        if not part:
            raise TrainingFailed(
                f'line {number} of {path} has the split "{printable(cells[2])}"', "train, val or test", 2
            )
        parts.setdefault(part, []).append((cells[0], cells[1]))
    if not parts["train"]:
        raise TrainingFailed(f"{path} has no examples to train on", "", 2)
    read, names = _numbered([label for pairs in parts.values() for _, label in pairs])
    if names is not None and len(names) < 2:
        raise TrainingFailed(f"{path} has one class, {printable(names[0])}", "give it two classes or more", 2)
    parts = {part: [(image, read[label]) for image, label in parts[part]] for part in ORDER if part in parts}
    return Files(path, os.path.dirname(path), parts, names)


def _rows(path: str) -> list[tuple[int, list[str]]]:
    """(line, cells) of every line that is not empty."""
    import csv

    if not os.path.isfile(path):
        raise TrainingFailed(f"there is no data file {path}", "give the path of a CSV, or data = digits", 2)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except OSError as error:
        raise TrainingFailed(f"{path} cannot be read: {error.strerror}", "", 2) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise TrainingFailed(f"{path} is no CSV in UTF-8 ({error})", "", 2) from None
    if not rows:
        raise TrainingFailed(f"{path} is empty", "write lines of path,label", 2)
    return rows


def _numbered(labels: Iterable[str]) -> tuple[dict[str, Any], tuple[str, ...] | None]:
    """What each written label stands for: its number where all are numbers, else its place among the sorted names."""
    written = set(labels)
    for kind in (int, float):
        try:
            return {label: kind(label) for label in written}, None
        except (ValueError, OverflowError):
            continue
    names = tuple(sorted(written))
    return {name: number for number, name in enumerate(names)}, names
