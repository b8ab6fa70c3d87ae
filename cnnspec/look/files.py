"""The files of a look: PNG pictures in a folder, named by the image, the layer and what they show."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.record import Record
from cnnspec.look.sheet import Sheet
from cnnspec.train.data.files import SUFFIXES
from cnnspec.train.data.pictures import import_pillow

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from cnnspec.look.pictures import Picture

    Array = np.ndarray[Any, Any]

SHEET = "sheet.png"
UNSAFE = re.compile(r"[^\w.+-]+")  # in a part of a file's name
LONGEST = 80


class WrittenPicture(Record):
    """A picture that was written: its file, what it shows and of which layer and image, "" for none, and its caption."""

    file: str
    shows: str
    layer: str
    image: str
    caption: str


class PictureFolder:
    """Writes pictures into a folder that is there, and a sheet of them all at the end. Raises OSError."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.sheet = Sheet()
        self.written: list[WrittenPicture] = []
        self._taken = {os.path.splitext(SHEET)[0]}

    def add(self, title: str, image: str, groups: Sequence[Sequence[Picture]]) -> None:
        """Write the pictures of an image ("" for those of the network itself), in groups that stand together on the sheet."""
        stem = self._take_name(clean(find_stem(image)) or "image") if image else ""
        for picture in [picture for group in groups for picture in group]:
            name = self._take_name("-".join(filter(None, (stem, clean(picture.layer), picture.name))))
            self._save(f"{name}.png", picture.pixels)
            self.written.append(WrittenPicture(f"{name}.png", picture.name, picture.layer, image, picture.caption))
        self.sheet.add(title, groups)

    def finish(self) -> None:
        """Write the sheet."""
        self._save(SHEET, self.sheet.draw())
        left_out = self.sheet.left_out
        caption = f"all of them but those of {count_nouns(left_out, 'image')}" if left_out else "all of them"
        self.written.append(WrittenPicture(SHEET, "sheet", "", "", caption))

    def _take_name(self, name: str) -> str:
        """A name, or where it is taken one with a number: digit, digit-2."""
        number, chosen = 1, name
        while chosen.lower() in self._taken:
            number += 1
            chosen = f"{name}-{number}"
        self._taken.add(chosen.lower())
        return chosen

    def _save(self, name: str, pixels: Array) -> None:
        pillow, _ = import_pillow()
        path = os.path.join(self.path, name)
        beside = os.path.join(self.path, f".{name}.{os.getpid()}.tmp")
        try:
            pillow.fromarray(pixels).save(beside, "PNG")
            os.replace(beside, path)
        finally:
            if os.path.exists(beside):
                os.unlink(beside)


def find_stem(image: str) -> str:
    """The name of an image without its folder and ending; an example of data ("digits.npz 3") has none."""
    name, ending = os.path.splitext(os.path.basename(image))
    return name if ending.lower() in SUFFIXES else name + ending


def clean(name: str) -> str:
    """A name as a part of a file's, of LONGEST bytes at most."""
    safe = UNSAFE.sub("_", name).encode("utf-8", "ignore")[:LONGEST].decode("utf-8", "ignore")
    return safe.strip("._-")
