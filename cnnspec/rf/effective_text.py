"""The effective field of one unit as text: its extent in figures, and a map in characters."""

from __future__ import annotations

from cnnspec.rf.effective import shrink_map
from cnnspec.rf.effective_words import LEGEND, write_figures, write_notes, write_title
from cnnspec.tables.page import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.rf.effective import EffectiveField, InputWeights

SHADES = {False: " ·░▒▓█", True: " .:+*#"}  # from nothing to the largest weight
NAMES = 24  # characters before a figure
WIDEST, HIGHEST = 36, 24  # cells of a map; two characters each


def write_text(network: AnalysedNetwork, field: EffectiveField, ascii: bool = False, width: int | None = None) -> str:
    """The whole answer; `width`: of the terminal."""
    page = Page(width)
    page.add_text(write_title(network, field))
    for one in field.inputs:
        page.add_texts(
            ["", *[f"  {name:{NAMES}}{words}" for name, words in write_figures(field, one)]], hanging=NAMES + 2
        )
        if one.axes:
            page.add_text()
            page.add_code([line.rstrip() for line in draw_map(one, ascii, width)])
    page.add_text()
    page.add_text(LEGEND)
    page.add_texts(write_notes(network, field), hanging=4)
    return page.write()


def draw_map(one: InputWeights, ascii: bool, width: int | None) -> list[str]:
    """The weights along the last two axes in characters, each cell the mean of the positions in it."""
    shades = SHADES[ascii]
    cells = shrink_map(one, HIGHEST, max(4, min(WIDEST, (width or 80) // 2 - 2)))
    largest = max(map(max, cells.rows)) or 1.0
    steps = len(shades) - 1
    return [
        "  " + "".join([shades[min(steps, -int(-weight / largest * steps // 1))] * 2 for weight in row])
        for row in cells.rows
    ]
