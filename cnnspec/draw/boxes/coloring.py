"""What the colors of boxes mean: the kind of layer, or how much of the work, the receptive field or the loss is theirs."""

from __future__ import annotations

from cnnspec.base.percent import percent
from cnnspec.base.record import Record
from cnnspec.draw.boxes.kinds import sort_kinds
from cnnspec.pictures.palette import name_level
from cnnspec.tables.figures import round_figure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.boxes.figures import BoxFigures
    from cnnspec.draw.outline.outline import SeenBox
    from cnnspec.network import AnalysedNetwork

COLORINGS = ("kind", "cost", "rf", "lost", "none")


class Scale(Record):
    """A legend of levels: what is shown, and the words at its ends; `most` is "" where there is nothing of it."""

    words: str
    least: str
    most: str


class Coloring(Record):
    """The color of each box, "" for what is not known, and the legend: kinds that occur, or a scale, or neither."""

    colors: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    scale: Scale | None = None


def find_coloring(
    network: AnalysedNetwork,
    boxes: Sequence[SeenBox],
    figures: Sequence[BoxFigures],
    kinds: Sequence[str],
    asked: str,
) -> Coloring:
    """The colors of boxes, whose figures and kinds are known, by one of COLORINGS."""
    if asked == "kind":
        return Coloring(tuple(kinds), sort_kinds(kinds))
    if asked == "none":
        return Coloring(("input",) * len(boxes))
    if asked == "cost":
        values = [float(one.macs) if isinstance(one.macs, int) else None for one in figures]
        most = max([value for value in values if value is not None], default=0.0)
        return scale_colors(values, most, "MACs of one example", round_figure(int(most)))
    if asked == "rf":
        values = [measure_last_field(one) for one in figures]
        most = max([value for value in values if value is not None], default=0.0)
        return scale_colors(values, most, "receptive field", f"{most:g} positions along an axis")
    values = find_shares_lost(network, boxes)
    most = max([value for value in values if value is not None], default=0.0)
    return scale_colors(values, most, "positions that are never read", percent(most))


def scale_colors(values: Sequence[float | None], most: float, words: str, at_most: str) -> Coloring:
    """The levels of some values between 0 and the largest of them."""
    colors = ["" if value is None else name_level(value / most if most else 0.0) for value in values]
    return Coloring(tuple(colors), scale=Scale(words, "0", at_most if most else ""))


def measure_last_field(figures: BoxFigures) -> float | None:
    """The longest axis of the receptive field of a box's last layer; None where it is unknown. A layer without a field, as an
    input, has one position."""
    field = figures.fields[-1]
    if field is None:
        return None
    sizes = [size for size in field.size or () if isinstance(size, int)]
    return float(max(sizes, default=1))


def find_shares_lost(network: AnalysedNetwork, boxes: Sequence[SeenBox]) -> list[float | None]:
    """Of each box, the largest share of positions that a layer of it loses; None where what is lost is unknown."""
    from cnnspec.lost import find_lost

    lost = find_lost(network)
    shares = {loss.node: loss.share for loss in lost.losses}
    unknown = {*lost.unknown}
    return [
        None if unknown.intersection(box.layers) else max([shares.get(index, 0.0) for index in box.layers], default=0.0)
        for box in boxes
    ]
