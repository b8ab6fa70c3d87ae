"""The cost of a network as a drawing: its layers from left to right, with the MACs and parameters of each as bars, and the memory
that is taken while each works, its peak marked."""

from __future__ import annotations

from cnnspec.base.percent import percent
from cnnspec.base.record import Record
from cnnspec.cost.memory import find_schedule
from cnnspec.facts.precision import memory_text
from cnnspec.pictures.captions import MARGIN, TITLE, draw_sentences, draw_title, measure_title
from cnnspec.pictures.drawing import END, MIDDLE, Drawing, Group, Look, Path, Rect, Text
from cnnspec.pictures.text_width import measure_text, shorten_text
from cnnspec.tables.assumed import write_assumptions
from cnnspec.tables.figures import round_figure, show_figure, write_unknown_macs
from cnnspec.tables.folds import fold_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnspec.base.size import Dim
    from cnnspec.cost.cost import Cost
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pictures.drawing import Shape

LEFT, LEAST, WIDEST = 70.0, 320.0, 760.0  # pixels before the bars, and along them
SLOT, THINNEST = 46.0, 1.6  # pixels of a layer where there are few, and at least
FEW, MOST = 24, 460  # layers that have their names below, and that have a bar of their own
HIGH, BETWEEN = 96.0, 30.0  # the height of a panel, and between two
TIER, TIERS = 14.0, 3  # lines of words above the bars
NAMED = 6  # bars that have words at most
LEAST_WORTH, WORTH = 0.01, 0.4  # of the largest what one of few must have for that, and one of many
LEANS = (0.5, 1.0, 0.0)  # of words the share before the middle of their bar
OVERLAP = 0.5  # pixels, so that no line is seen between bars that touch
SIZE = 10.0  # of the letters beside bars


class Bar(Record):
    """What stands for a layer, or for several behind one another: their names and where they begin and end among all."""

    name: str
    layers: tuple[int, ...]


class Panel(Record):
    """Figures of all bars, None where one is unknown: what they are, and how they are shown. `peaks`: of them the largest alone is
    named."""

    title: str
    values: tuple[int | None, ...]
    show: Callable[[int], str]
    step: int  # 2 or 10: of which powers the numbers beside it are
    color: str
    whole: int | None  # of which a share is told; None: of nothing
    peaks: bool = False


def make_drawing(network: AnalysedNetwork, cost: Cost) -> Drawing:
    """The drawing of all layers that an output depends on."""
    used = network.facts.graph.used()
    nodes = [node.index for node in network.graph.nodes if used[node.index]]
    title = f'Cost of "{network.name}"'
    shapes: list[Shape] = [draw_title(title)]
    bars = make_bars(network, nodes)
    slot = max(THINNEST, min(SLOT, WIDEST / max(1, len(bars))))
    width = max(LEAST, slot * len(bars))
    slot = width / max(1, len(bars))
    y = MARGIN + TITLE + 12
    panels = [
        make_macs_panel(network, cost, bars),
        make_parameters_panel(network, bars),
        make_memory_panel(network, cost, bars),
    ]
    for panel in panels:
        top = y
        shapes.append(Text(MARGIN, top + 12, panel.title, 12, bold=True))
        y = draw_panel(shapes, panel, bars, MARGIN + LEFT, top + 16, slot)
    y = draw_names(shapes, network, bars, MARGIN + LEFT, y, slot)
    notes, y = draw_sentences(write_notes(network, cost, bars), y, LEFT + width)
    titles = [measure_title(title), *[measure_text(panel.title, 12, True) for panel in panels]]
    return Drawing(title, round(2 * MARGIN + max(LEFT + width, *titles)), round(y + MARGIN), (*shapes, *notes))


def make_bars(network: AnalysedNetwork, nodes: Sequence[int]) -> list[Bar]:
    """A bar for each layer, or where there are too many for so many layers behind one another."""
    count = -(-len(nodes) // MOST)
    made = []
    for i in range(0, len(nodes), count or 1):
        names = [network.graph.nodes[index].name for index in nodes[i : i + count]]
        made.append(Bar(names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}", tuple(nodes[i : i + count])))
    return made


def add_known(values: Sequence[Dim | None]) -> int | None:
    """The sum of numbers; None where one is unknown."""
    total = 0
    for value in values:
        if not isinstance(value, int):
            return None
        total += value
    return total


def write_total(what: str, value: Dim | None, known: str = "") -> str:
    """ "MACs: 15,470,264,320"; `known`: what is to be said where not all is known."""
    if value is not None and not isinstance(value, int):
        return f"{what}: they depend on sizes that are not known"
    return f"{what}: {known or show_figure(value)}"


# ---- what is drawn -------------------------------------------------------------------------------------------------------
def make_macs_panel(network: AnalysedNetwork, cost: Cost, bars: Sequence[Bar]) -> Panel:
    values = tuple([add_known([cost.layers[i].macs for i in bar.layers]) for bar in bars])
    total = cost.macs if isinstance(cost.macs, int) else None
    title = write_total("MACs of one example", cost.macs, write_unknown_macs(network.facts))
    return Panel(title, values, round_figure, 10, "series-1", total)


def make_parameters_panel(network: AnalysedNetwork, bars: Sequence[Bar]) -> Panel:
    known = [None if pair is None else sum(pair) for pair in network.facts.parameters]
    values = tuple([add_known([known[i] for i in bar.layers]) for bar in bars])
    total = network.facts.total.parameters
    return Panel(write_total("Parameters", total), values, round_figure, 10, "series-4", total)


def make_memory_panel(network: AnalysedNetwork, cost: Cost, bars: Sequence[Bar]) -> Panel:
    question = cost.question
    schedule = dict(find_schedule(network.facts, question.precision, question.batch) or ())
    values: list[int | None] = []
    for bar in bars:
        alive = [value for i in bar.layers if isinstance(value := schedule.get(i), int)]
        values.append(max(alive) if len(alive) == len(bar.layers) else None)
    known = [value for value in values if value is not None]
    peak = f"{memory_text(max(known))} at most" if len(known) == len(bars) > 0 else "?"
    title = f"Activations alive while each layer works, batch {question.batch:,}, {question.precision.name}: {peak}"
    return Panel(title, tuple(values), memory_text, 2, "series-3", None, True)


def draw_panel(shapes: list[Shape], panel: Panel, bars: Sequence[Bar], x: float, y: float, slot: float) -> float:
    """The bars of a panel, numbers at their left, and words above the largest; where the panel ends."""
    known, width = [value for value in panel.values if value is not None], slot * len(bars)
    largest = max(known, default=0)
    if not largest:
        words = "not known" if len(known) < len(bars) else "none"
        shapes += [Text(x, y + 14, words, 11, "faint"), Path(((x, y + 22), (x + width, y + 22)), Look(stroke="frame"))]
        return y + 22 + BETWEEN
    placed = place_words(panel, bars, x, slot)
    top = y + 6 + TIER * max([word.tier + 1 for word in placed])
    base, scale = top + HIGH, HIGH / largest
    for line in list_lines(largest, panel.step):
        at = base - line * scale
        shapes.append(Path(((x, at), (x + width, at)), Look(stroke="group", width=1)))
        shapes.append(Text(x - 6, at + 4, panel.show(line) if line else "0", SIZE, "faint", END))
    gap = -OVERLAP if panel.peaks else min(6.0, slot * 0.25) if slot > 3 else 0.0
    for i, (bar, value) in enumerate(zip(bars, panel.values, strict=True)):
        if value:
            left, high = x + i * slot + gap / 2, value * scale
            rect = Rect(left, base - high, slot - gap, high, Look(fill=panel.color, stroke=""))
            shapes.append(Group((rect,), describe_bar(panel, bar, value), classes=("bar",)))
        elif value is None and slot > 8:
            shapes.append(Text(x + (i + 0.5) * slot, base - 4, "?", SIZE, "faint", MIDDLE))
    shapes.append(Path(((x, base), (x + width, base)), Look(stroke="frame")))
    for word in placed:
        at, tip = top - 4 - word.tier * TIER, base - (panel.values[word.bar] or 0) * scale
        shapes.append(Text(word.start, at - 2, word.words, SIZE, "ink"))
        shapes.append(Path(((word.middle, at), (word.middle, tip)), Look(stroke="line", width=0.8)))
    return base + BETWEEN


def describe_bar(panel: Panel, bar: Bar, value: int) -> str:
    """ "conv2: 240 k, 57.6 %"."""
    share = f", {percent(value / panel.whole)}" if panel.whole else ""
    return f"{bar.name}: {panel.show(value)}{share}"


def list_lines(largest: int, step: int) -> list[int]:
    """Round numbers from 0 up to the largest value, two to five."""
    unit = 1
    if step == 2:
        while unit * 4 < largest:
            unit *= 2
        return list(range(0, largest + 1, unit))
    while unit * 10 <= largest:
        unit *= 10
    for part in (2, 1):
        if unit >= 2 and largest // unit < part + 1:
            unit //= 2
    unit = unit * 2 if largest // unit > 4 else unit
    return list(range(0, largest + 1, unit))


class Word(Record):
    """Words above a bar: on which line, counted from below, from where to where, and where their line goes down."""

    bar: int
    words: str
    tier: int
    start: float
    end: float
    middle: float


def place_words(panel: Panel, bars: Sequence[Bar], x: float, slot: float) -> list[Word]:
    """Words for the largest bars, of the memory for the peak alone, where they and their lines meet no others: those over the
    middles of their bars, or else those that lean to one side, whichever tell of the most."""
    ways = [place_leaning(panel, bars, x, slot, lean) for lean in LEANS]
    return max(ways, key=lambda placed: sum([panel.values[word.bar] or 0 for word in placed]))


def place_leaning(panel: Panel, bars: Sequence[Bar], x: float, slot: float, lean: float) -> list[Word]:
    """The words, with a share of each before the middle of its bar, where the page allows it."""
    width, largest = slot * len(bars), max([value or 0 for value in panel.values])
    worth_saying = LEAST_WORTH if len(bars) <= FEW else WORTH
    order = sorted(range(len(bars)), key=lambda i: (-(panel.values[i] or 0), i))
    worth = [i for i in order if (value := panel.values[i]) and value >= worth_saying * largest]
    placed: list[Word] = []
    for i in worth[: 1 if panel.peaks else None]:
        peak = "peak at " if panel.peaks else ""
        words = shorten_text(peak + describe_bar(panel, bars[i], panel.values[i] or 0), width, SIZE)
        long, middle = measure_text(words, SIZE), x + (i + 0.5) * slot
        start = max(x, min(middle - long * lean, x + width - long))
        tried = [Word(i, words, tier, start, start + long, middle) for tier in range(TIERS)]
        free = [word for word in tried if not any([meet(word, other) for other in placed])]
        if len(placed) < NAMED:
            placed += free[:1]
    return placed


def meet(a: Word, b: Word) -> bool:
    """Whether two words, or the words of one and the line of another, lie on one another."""
    low, high = (a, b) if a.tier < b.tier else (b, a)
    if a.tier == b.tier:
        return a.start < b.end + 8 and b.start < a.end + 8
    return low.start - 3 < high.middle < low.end + 3


def draw_names(
    shapes: list[Shape], network: AnalysedNetwork, bars: Sequence[Bar], x: float, y: float, slot: float
) -> float:
    """What stands below the bars: the names of few layers, else the blocks that they are in; where that ends."""
    y -= BETWEEN - 6
    if len(bars) <= FEW:
        longest = 0.0
        for i, bar in enumerate(bars):
            words = shorten_text(bar.name, 110, SIZE)
            longest = max(longest, measure_text(words, SIZE))
            shapes.append(Text(x + (i + 0.5) * slot + 4, y + 6, words, SIZE, "ink", END, turn=-45))
        return y + 0.71 * longest + 14
    place = {index: i for i, bar in enumerate(bars) for index in bar.layers}
    for number, fold in enumerate(fold_layers(network.graph)):
        inside = [place[i] for i in range(fold.first, fold.behind) if i in place]
        if inside:
            left, right = x + inside[0] * slot, x + (inside[-1] + 1) * slot
            led = fold.summary.split(":")[0]
            look = Look(fill=f"level-{3 + 2 * (number % 2)}", stroke="")
            shapes.append(Group((Rect(left, y, max(1.0, right - left - 1), 5, look),), fold.summary))
            words = shorten_text(led, right - left - 4, SIZE)
            if measure_text(led[:4] + "…", SIZE) <= right - left - 4:
                shapes.append(Text((left + right) / 2, y + 17, words, SIZE, "faint", MIDDLE))
    room = slot * len(bars) / 2 - 4
    shapes.append(Text(x, y + 32, shorten_text(bars[0].name, room, SIZE), SIZE, "faint"))
    shapes.append(Text(x + slot * len(bars), y + 32, shorten_text(bars[-1].name, room, SIZE), SIZE, "faint", END))
    return y + 42


def write_notes(network: AnalysedNetwork, cost: Cost, bars: Sequence[Bar]) -> list[str]:
    """What the figures are."""
    question = cost.question
    most = max([len(bar.layers) for bar in bars], default=1)
    notes = [f"Each bar: up to {most} layers behind one another."] * (most > 1)
    notes.append("MACs: of convolutions and dense layers, bias not counted.")
    whole = cost.inference.bytes(question.batch)
    if isinstance(whole, int):
        weights = memory_text(cost.inference.terms[0].bytes(question.batch))
        notes.append(
            f"With the weights ({weights}) inference takes {memory_text(whole)} at least: an estimate without workspace."
        )
    return [*notes, *write_assumptions(network)]
