"""A CSV of paths and labels → which image files there are.

    path,label
    images/1.jpg,daisy        with an optional column `split`: train, val or test

Examples stand in the order of the lines; classes that are named are numbered in the order of their names.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnnspec.base.source import printable
from cnnspec.train.data.files import ORDER, PARTS, Files, list_some
from cnnspec.train.data.pictures import is_image
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Iterable

PATHS, LABELS, SPLITS = (
    ("path", "file", "image", "filename", "filepath"),
    ("label", "class", "target"),
    ("split", "set"),
)


def read_csv(path: str) -> Files:
    """The images that the lines of a CSV name, relative to its folder. Raises TrainingFailed."""
    rows = _read_rows(path)
    first = [cell.strip().lower() for cell in rows[0][1]]
    columns = [next((first.index(n) for n in names if n in first), None) for names in (PATHS, LABELS, SPLITS)]
    if None not in columns[:2]:
        rows = rows[1:]
    elif len(first) == 2 and is_image(first[0]):
        columns = [0, 1, None]
    else:
        message = f"the first line of {path} names no column of paths and no column of labels: {list_some(rows[0][1])}"
        raise TrainingFailed(message, "write path,label", 2)
    parts: dict[str, list[tuple[str, Any]]] = {"train": []}
    width = len(first)
    for number, row in rows:
        if any(cell.strip() for cell in row[width:]):
            message = f"line {number} of {path} has {len(row)} cells, the first line {width}"
            raise TrainingFailed(message, 'write a cell with a comma in it in quotes: "a,b"', 2)
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
    read, names = _number_labels([label for pairs in parts.values() for _, label in pairs])
    parts = {part: [(image, read[label]) for image, label in parts[part]] for part in ORDER if part in parts}
    unread = [name for place, name in enumerate(first) if name and place not in columns]
    note = f"not read of {path}: {'column' if len(unread) == 1 else 'columns'} {list_some(unread)}"
    return Files(path, os.path.dirname(path), parts, names, (note,) if unread else ())


def _read_rows(path: str) -> list[tuple[int, list[str]]]:
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


def _number_labels(labels: Iterable[str]) -> tuple[dict[str, Any], tuple[str, ...] | None]:
    """The value of each label: its number where all labels are numbers, else its place among the sorted names."""
    written = set(labels)
    for kind in (int, float):
        try:
            if any("_" in label for label in written):  # which Python takes for a number, and nobody else
                break
            return {label: kind(label) for label in written}, None
        except (ValueError, OverflowError):
            continue
    names = tuple(sorted(written))
    return {name: number for number, name in enumerate(names)}, names
