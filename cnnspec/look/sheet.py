"""A contact sheet: pictures side by side, each shrunk to fit and with its caption, and a title above those of one image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.source import printable
from cnnspec.base.wrapping import wrap_text
from cnnspec.look.tiles import shrink
from cnnspec.train.data.pictures import import_pillow

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from cnnspec.look.pictures import Picture

    Array = np.ndarray[Any, Any]

CELL, GAP, LINE, SIZE = 280, 24, 18, 14  # pixels: of a picture at most, between two, of a line of text, of its letters
COLUMNS = 6
LETTERS = 38  # of a caption in a line
MOST_ROWS = 60  # of pictures


class Sheet:
    """A sheet that grows by groups of pictures; what would make it too long is left out, and counted."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, list[Picture]]] = []
        self.left_out = 0

    def add(self, title: str, groups: Sequence[Sequence[Picture]]) -> None:
        """Add the pictures of one image, or of none, under a title; each group begins a row."""
        rows = [group[i : i + COLUMNS] for group in groups for i in range(0, len(group), COLUMNS)]
        if self._rows and len(self._rows) + len(rows) > MOST_ROWS:
            self.left_out += 1
            return
        small = [[picture.replace(pixels=shrink(picture.pixels, CELL)) for picture in row] for row in rows]
        self._rows += [(title if number == 0 else "", row) for number, row in enumerate(small)]

    def draw(self) -> Array:
        """The pixels of the sheet."""
        import numpy as np

        pillow, _ = import_pillow()
        from PIL import ImageDraw, ImageFont

        font, heading = ImageFont.load_default(SIZE), ImageFont.load_default(SIZE + 4)
        heights = [self._measure(title, row) for title, row in self._rows]
        columns = max([len(row) for _, row in self._rows])
        sheet = pillow.new("RGB", (GAP + columns * (CELL + GAP), GAP + sum(heights)), "white")
        draw = ImageDraw.Draw(sheet)
        top = GAP
        for (title, row), height in zip(self._rows, heights, strict=True):
            below = top + (2 * LINE if title else 0)
            draw.text((GAP, top), fit_title(printable(title), heading, sheet.width - 2 * GAP), "black", heading)
            for column, picture in enumerate(row):
                left = GAP + column * (CELL + GAP)
                sheet.paste(pillow.fromarray(picture.pixels), (left, below))
                for number, line in enumerate(wrap_caption(picture)):
                    draw.text((left, below + picture.pixels.shape[0] + 6 + number * LINE), line, "black", font)
            top += height
        return np.asarray(sheet)

    def _measure(self, title: str, row: Sequence[Picture]) -> int:
        """The height of a row, with the gap below."""
        pictures: int = max([picture.pixels.shape[0] + 6 + LINE * len(wrap_caption(picture)) for picture in row])
        return pictures + GAP + (2 * LINE if title else 0)


def fit_title(title: str, font: Any, width: int) -> str:
    """A title that is as wide as that at most: of a longer one its end, which has the image's name and its class."""
    if font.getlength(title) <= width:
        return title
    starts = range(1, len(title))
    return next((fit for start in starts if font.getlength(fit := f"…{title[start:]}") <= width), "…")


def wrap_caption(picture: Picture) -> list[str]:
    return wrap_text(printable(picture.caption), LETTERS)
