"""The picture of receptive fields in a terminal: frames inside one another, in characters, and a legend."""

from __future__ import annotations

from cnnspec.base.wrapping import wrap_text
from cnnspec.rf.picture import describe_place
from cnnspec.tables.page import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.rf.picture import Picture
    from cnnspec.rf.unit_field import Span

    Corners = tuple[int, int, int, int]  # top, bottom, left, right, in cells

CELL = 2  # a terminal's cell is about twice as high as wide
WIDEST, HIGHEST = 78, 28  # cells of a drawing
LINES = {False: "─│┌┐└┘═║╔╗╚╝├┤▪", True: '-|++++=H++++[]o'}  # fmt: skip


def draw_picture(picture: Picture, ascii: bool = False, width: int | None = None) -> str:
    """The picture in characters, and a legend; `width`: of the terminal."""
    room = min(WIDEST, width or WIDEST)
    lines = draw_bars(picture, ascii, room) if picture.flat else draw_frames(picture, ascii, room)
    names = max([len(box.name) for box in picture.boxes])
    sizes = max([len(box.size) for box in picture.boxes])
    page = Page(width)
    page.add_texts([picture.title, ""])
    page.add_code([line.rstrip() for line in lines])
    page.add_text()
    if not picture.flat:
        for mark, box in zip(name_boxes(picture), picture.boxes, strict=True):
            page.add_text(f"{mark}  {box.name:{names}}  {box.size:>{sizes}}  {describe_place(box)}", hanging=3)
    frame = f"{LINES[ascii][6] * 2} {picture.input}" if picture.height is not None else picture.input
    page.add_texts([frame, *([picture.note] if picture.note else [])], hanging=3)
    return page.write()


def name_boxes(picture: Picture) -> list[str]:
    """A short name for every box, the largest first: A, B, …"""
    letters = [chr(ord("A") + i % 26) for i in range(len(picture.boxes))]
    return [letter * (1 + i // 26) for i, letter in enumerate(letters)]


def draw_frames(picture: Picture, ascii: bool, width: int) -> list[str]:
    """Frames inside one another; each has its letter, and its layer where there is room, on its upper edge."""
    (top, bottom), (left, right) = picture.hull()
    scale = min((width - 1) / (right + 1 - left), CELL * (HIGHEST - 1) / (bottom + 1 - top))

    def corners(rows: Span, columns: Span) -> Corners:
        y0, y1 = round((rows[0] - top) * scale / CELL), round((rows[1] + 1 - top) * scale / CELL)
        return y0, y1, round((columns[0] - left) * scale), round((columns[1] + 1 - left) * scale)

    y1, x1 = corners((top, bottom), (left, right))[1::2]
    grid = [[" "] * (x1 + 1) for _ in range(y1 + 1)]
    signs = LINES[ascii]
    frames: list[Corners] = []
    if picture.height is not None and picture.width is not None:
        frames.append(corners((0, picture.height - 1), (0, picture.width - 1)))
        draw_frame(grid, frames[0], signs[6:12])
    taken: set[tuple[int, int]] = set()
    for mark, box in zip(name_boxes(picture), picture.boxes, strict=True):
        place = corners(box.rows, box.columns)
        inside = move_inside(place, frames)
        if inside is None:  # a letter in the middle
            y, x, label = (place[0] + place[1]) // 2, (place[2] + place[3]) // 2, mark
        else:
            draw_frame(grid, inside, signs[:6])
            frames.append(inside)
            y, x, room = inside[0], inside[2] + 1, inside[3] - inside[2]
            labels = f" {mark} {box.name} {box.size} ", f" {mark} {box.name} ", mark
            label = next((words for words in labels if len(words) < room), "")
        cells = {(y, x + i) for i in range(len(label))}
        if not cells & taken:
            taken |= cells
            grid[y][x : x + len(label)] = label
    return ["".join(row) for row in grid]


def move_inside(corners: Corners, frames: list[Corners]) -> Corners | None:
    """The corners of a box, whose sides lie on none of the frames around it; None where there is no room for that."""
    y0, y1, x0, x1 = corners
    for top, bottom, left, right in frames:
        if top <= y0 <= y1 <= bottom and left <= x0 <= x1 <= right:
            y0, y1, x0, x1 = max(y0, top + 1), min(y1, bottom - 1), max(x0, left + 1), min(x1, right - 1)
    return (y0, y1, x0, x1) if y1 > y0 and x1 > x0 + 1 else None


def draw_frame(grid: list[list[str]], corners: Corners, signs: str) -> None:
    """Draw a box: `signs` are its horizontal and vertical line and its four corners."""
    y0, y1, x0, x1 = corners
    for y in (y0, y1):
        grid[y][x0 + 1 : x1] = signs[0] * (x1 - x0 - 1)
    for y in range(y0 + 1, y1):
        grid[y][x0] = grid[y][x1] = signs[1]
    grid[y0][x0], grid[y0][x1], grid[y1][x0], grid[y1][x1] = list(signs[2:6])


def draw_bars(picture: Picture, ascii: bool, width: int) -> list[str]:
    """One axis alone: a bar a layer, the input's at the top."""
    (_, _), (left, right) = picture.hull()
    longest = max([len(box.name) for box in picture.boxes])
    names = ["input", *[f"{box.name:{longest}}  {box.size}" for box in picture.boxes]]
    room = max(map(len, names)) + 2
    above = room > width // 2  # names stand above their bars
    room = 0 if above else room
    scale = (width - room - 1) / (right + 1 - left)
    signs = LINES[ascii]

    def bar(columns: Span, line: str) -> str:
        x0, x1 = round((columns[0] - left) * scale), round((columns[1] + 1 - left) * scale)
        return " " * x0 + (signs[14] if x1 - x0 < 2 else signs[12] + line * (x1 - x0 - 1) + signs[13])

    bars = ["" if picture.width is None else bar((0, picture.width - 1), signs[6])]
    bars += [bar(box.columns, signs[0]) for box in picture.boxes]
    drawn = [(name, line) for name, line in zip(names, bars, strict=True) if line]
    if not above:
        return [f"{name:{room}}{line}" for name, line in drawn]
    return [part for name, line in drawn for part in (*wrap_text(" ".join(name.split()), width, 2), line)]
