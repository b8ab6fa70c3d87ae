"""The effective field of one unit as a drawing: a heat map of each input, with the weights along each axis beside it."""

from __future__ import annotations

from cnnspec.pictures.captions import LINE, MARGIN, TITLE, draw_sentences, draw_title, measure_title
from cnnspec.pictures.drawing import END, MIDDLE, Drawing, Group, Look, Path, Rect, Text
from cnnspec.pictures.palette import LEVELS, name_level
from cnnspec.pictures.text_width import WIDEST_NAME, measure_text, shorten_text
from cnnspec.rf.effective import find_step, shrink_axis, shrink_map
from cnnspec.rf.effective_words import CORE, LEGEND, write_figures, write_notes, write_title
from cnnspec.tables.axis_names import name_axes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pictures.drawing import Shape
    from cnnspec.rf.effective import AxisWeights, Cells, EffectiveField, InputWeights

GAP = 40.0
LONGEST, FINEST = 360.0, 3.0  # pixels of a map's longer side, and of a cell at least
CURVE = 64.0  # pixels that the largest weight along an axis is high
FLAT = 120.0  # the same, where there is one axis alone
MOST = int(LONGEST / FINEST)  # cells along an axis


def make_drawing(network: AnalysedNetwork, field: EffectiveField) -> Drawing:
    """The drawing: the inputs side by side, and what is to be said below."""
    title = write_title(network, field)
    shapes: list[Shape] = [draw_title(title)]
    x, bottom = MARGIN, 0.0
    for one in field.inputs:
        drawn, width, end = draw_input(field, one, x, MARGIN + 2.6 * TITLE)
        shapes += drawn
        x, bottom = x + width + GAP, max(bottom, end)
    width = max(x - GAP, MARGIN + measure_title(title), MARGIN + 480)
    notes, bottom = draw_sentences((LEGEND, *write_notes(network, field)), bottom, width - MARGIN)
    return Drawing(title, round(width + MARGIN), round(bottom + MARGIN), (*shapes, *notes))


def draw_input(field: EffectiveField, one: InputWeights, left: float, top: float) -> tuple[list[Shape], float, float]:
    """One input's map, its curves, its scale and its figures; how wide they are, and where they end."""
    shapes: list[Shape] = []
    width, bottom = 0.0, top
    if one.axes:
        draw = draw_flat if len(one.axes) == 1 else draw_map
        shapes, width, bottom = draw(one, left, top)
    figures = [(f"input {one.name}", "")] * (len(field.inputs) > 1) + write_figures(field, one)
    figures = [(shorten_text(name, WIDEST_NAME, 11), words) for name, words in figures]
    names = max([measure_text(name, 11) for name, words in figures if words]) + 14
    for name, words in figures:
        bottom += LINE
        shapes += [Text(left, bottom, name, 11, "faint"), Text(left + names, bottom, words, 11)]
        width = max(width, names + measure_text(words, 11))
    return shapes, width, bottom + 10


def draw_map(one: InputWeights, left: float, top: float) -> tuple[list[Shape], float, float]:
    """A heat map, the weights along its two axes beside it, and a scale of its colors."""
    cells = shrink_map(one, MOST, MOST)
    rows, columns = one.axes[-2:]
    side = max(1, round(LONGEST / max(len(cells.rows), len(cells.rows[0]))))
    wide, high = len(cells.rows[0]) * side, len(cells.rows) * side
    x, y = left + 26, top + CURVE + 6
    pixel = side / cells.step  # of one position
    whole = [Rect(x, y, wide, high, Look(fill=name_level(0), stroke="")), *draw_levels(cells, x, y, side)]
    frame = Rect(x, y, len(columns.weights) * pixel, len(rows.weights) * pixel, Look(stroke="frame"))
    core = Rect(
        x + (columns.core[0] - columns.first) * pixel,
        y + (rows.core[0] - rows.first) * pixel,
        (columns.core[1] - columns.core[0] + 1) * pixel,
        (rows.core[1] - rows.core[0] + 1) * pixel,
        Look(stroke="series-2", width=1.5, dash=(5, 3)),
    )
    core_words = f"{CORE} along each axis: {core_size(rows)}x{core_size(columns)}"
    shapes: list[Shape] = [Group(tuple(whole), "How much each position of the input has to do with the unit"), frame]
    shapes += [Group((core,), core_words), *draw_curve(columns, cells.step, x, y - 4, pixel, CURVE - 8, False)]
    shapes += draw_curve(rows, cells.step, x + wide + 4, y, pixel, CURVE - 8, True)
    shapes += write_ends(rows, columns, x, y, wide, high)
    scale_y = y + high + 26
    shapes += draw_scale(cells, x, scale_y)
    return shapes, 26 + wide + CURVE + 4, scale_y + 34


def core_size(axis: AxisWeights) -> int:
    return axis.core[1] - axis.core[0] + 1


def draw_levels(cells: Cells, x: float, y: float, side: int) -> list[Rect]:
    """What of the map is at each level or above, the lowest first, in rectangles: runs of a row, and rows alike together."""
    largest = max(map(max, cells.rows)) or 1.0
    levels = [[min(LEVELS - 1, int(weight / largest * LEVELS)) for weight in row] for row in cells.rows]
    found: list[Rect] = []
    for level in range(1, LEVELS):
        open_runs: dict[tuple[int, int], int] = {}  # first and end of a run, and the row in which it began
        for i, row in enumerate([*levels, []]):
            runs = find_runs([value >= level for value in row])
            for run in [run for run in open_runs if run not in runs]:
                start = open_runs.pop(run)
                place = (x + run[0] * side, y + start * side, (run[1] - run[0]) * side, (i - start) * side)
                found.append(Rect(*place, Look(fill=f"level-{level}", stroke="")))
            for run in runs:
                open_runs.setdefault(run, i)
    return found


def find_runs(row: list[bool]) -> list[tuple[int, int]]:
    """First and end of each run of true values."""
    edges = [i for i, (a, b) in enumerate(zip([False, *row], [*row, False], strict=True)) if a != b]
    return list(zip(edges[::2], edges[1::2], strict=True))


def draw_curve(
    axis: AxisWeights, step: int, x: float, y: float, pixel: float, height: float, down: bool
) -> list[Shape]:
    """The weights along an axis, the mean of `step` positions each, as an area: above (x, y) to the right, or with `down` to the
    right of it downwards. `pixel`: of one position."""
    weights, most = shrink_axis(axis, step), len(axis.weights)
    largest = max(weights)
    points: list[tuple[float, float]] = [(0.0, 0.0)]
    for i, weight in enumerate(weights):
        points += [(at * pixel, weight / largest * height) for at in (i * step, min(most, (i + 1) * step))]
    points.append((most * pixel, 0.0))
    placed = [(x + away, y + along) if down else (x + along, y - away) for along, away in points]
    return [Path(tuple(placed), Look(fill="level-3", stroke="series-1"), closed=True)]


def write_ends(rows: AxisWeights, columns: AxisWeights, x: float, y: float, wide: float, high: float) -> list[Shape]:
    """The numbers of the first and the last position along both axes."""
    last_row, last_column = rows.first + len(rows.weights) - 1, columns.first + len(columns.weights) - 1
    return [
        Text(x - 5, y + 9, str(rows.first), 10, "faint", END),
        Text(x - 5, y + high, str(last_row), 10, "faint", END),
        Text(x, y + high + 12, str(columns.first), 10, "faint"),
        Text(x + wide, y + high + 12, str(last_column), 10, "faint", END),
    ]


def draw_scale(cells: Cells, x: float, y: float) -> list[Shape]:
    """The colors and what they mean, and what the dashed box is."""
    box = 14.0
    shapes: list[Shape] = [Rect(x + i * box, y, box, 10, Look(fill=f"level-{i}", stroke="")) for i in range(LEVELS)]
    end = x + LEVELS * box
    most = show_weight(max(map(max, cells.rows)))
    size = "position" if cells.step == 1 else f"position, mean of {cells.step}x{cells.step}"
    shapes.append(Rect(x, y, LEVELS * box, 10, Look(stroke="frame")))
    shapes.append(Text(end + 6, y + 9, f"0 to {most} of the weight in a {size}", 10.5, "faint"))
    shapes.append(Rect(x, y + 16, 24, 10, Look(stroke="series-2", width=1.5, dash=(5, 3))))
    shapes.append(Text(x + 30, y + 25, f"{CORE} along each axis", 10.5, "faint"))
    return shapes


def show_weight(share: float) -> str:
    return f"{100 * share:.2g} %"


# ---- one axis ------------------------------------------------------------------------------------------------------------
def draw_flat(one: InputWeights, left: float, top: float) -> tuple[list[Shape], float, float]:
    """The weights along the one axis that there is."""
    (axis,) = one.axes
    pixel = LONGEST / len(axis.weights)
    base = top + FLAT
    start, width = left + (axis.core[0] - axis.first) * pixel, core_size(axis) * pixel
    shapes: list[Shape] = [
        *draw_curve(axis, find_step(-(-len(axis.weights) // MOST)), left, base, pixel, FLAT - 10, False),
        Group((Rect(start, top, width, FLAT, Look(stroke="series-2", width=1.5, dash=(5, 3))),), CORE),
        Path(((left, base), (left + LONGEST, base)), Look(stroke="frame")),
        Text(left, base + 12, str(axis.first), 10, "faint"),
        Text(left + LONGEST, base + 12, str(axis.first + len(axis.weights) - 1), 10, "faint", END),
        Text(left + LONGEST / 2, base + 12, name_axes(1)[0], 10, "faint", MIDDLE),
        Text(left + LONGEST + 8, top + 18, f"{show_weight(max(axis.weights))} at most in a position", 10.5, "faint"),
    ]
    return shapes, LONGEST + 180, base + 22
