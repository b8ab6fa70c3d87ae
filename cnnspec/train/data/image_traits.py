"""What an image file has that the network does not take as it is: colours, depth, pages; and the notes on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.train.data.files import count_images

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from cnnspec.train.data.pictures import Seen

    Array = np.ndarray[Any, Any]

BITS, PHOTOMETRIC = 258, 262  # tags of TIFF
GREY, COLOUR, DEEP, PAGES = "grey", "colour", "16 bits a colour", "pages"


def find_traits(opened: Any) -> frozenset[str]:
    """The traits of an image of Pillow's that is not decoded yet."""
    raw = [str(part) for tile in opened.tile for part in (tile.args if isinstance(tile.args, tuple) else (tile.args,))]
    found = {GREY if is_grey(opened) else COLOUR}
    if opened.mode not in ("I", "F") and not opened.mode.startswith("I;") and any(";16" in mode for mode in raw):
        found.add(DEEP)
    if opened.format == "TIFF" and opened.is_animated:
        found.add(PAGES)
    return frozenset(found)


def is_grey(opened: Any) -> bool:
    if opened.mode == "P":
        colours = opened.getpalette("RGB")
        return bool(colours[::3] == colours[1::3] == colours[2::3])
    return bool(opened.mode in ("1", "L", "LA", "La", "F") or opened.mode.startswith("I"))


def read_deep(image: Any, opened: Any) -> Array:
    """The greys of a decoded image of more than 8 bits, as shares of white (H, W) float32; `opened` is its file. Raises ValueError
    where black and white are not known."""
    import numpy as np

    bits, white_is_zero = 16, False
    if opened.format == "TIFF":
        if opened.mode in ("I", "F"):
            raise ValueError("it holds signed numbers, or of 32 bits, whose black and white are not known")
        bits, white_is_zero = opened.tag_v2.get(BITS, (bits,))[0], opened.tag_v2.get(PHOTOMETRIC) == 0
    shares = np.asarray(image, np.float32) / np.float32(2**bits - 1)
    return 1 - shares if white_is_zero else shares


SAID = {  # of one image, and of several
    DEEP: ("has 16 bits a colour, of which the higher 8 are read", "have 16 bits a colour, of which the higher 8 are read"),
    PAGES: ("has several pages, of which the first is read", "have several pages, of which the first is read"),
    COLOUR: ("is in colour, and is read as grey", "are in colour, and are read as grey"),
    GREY: ("is grey, and is read as RGB", "are grey, and are read as RGB"),
}  # fmt: skip


def note_traits(name: str, seen: Sequence[Seen], channels: int) -> list[str]:
    """Notes on images that a network of so many channels takes otherwise than they are."""
    notes = []
    for trait in (DEEP, PAGES, COLOUR if channels == 1 else GREY):
        count = sum(trait in one.traits for one in seen)
        if count:
            which = "the images" if count == len(seen) else count_images(count)
            notes.append(f"{which} of {name} {SAID[trait][which != count_images(1)]}")
    return notes
