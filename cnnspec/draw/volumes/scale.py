"""How large the box of a shape is: one scale for all boxes of a picture.

Heights and widths of maps are to scale, linearly where the largest is at most so many times the smallest as can be drawn, else
by their square roots; so are channels, as thickness, and the lengths of vectors, as height, always by their roots.
"""

from __future__ import annotations

from math import sqrt

from cnnspec.base.record import Record
from cnnspec.draw.volumes.wiring import guess_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.draw.volumes.blocks import Block
    from cnnspec.layers.base import Shape

LINEAR = 8.0  # the largest map's side by the smallest's, up to which the scale is linear
TALLEST, LEAST = 170.0, 7.0  # pixels of the largest side, and at least
SIDE = 26.0  # pixels of the largest side by the root of its positions, at most
THICKEST, CHANNEL, THINNEST = 44.0, 6.0, 3.0  # pixels of the most channels; by their root, at most; at least
VECTOR, UNIT, SHORTEST = 150.0, 12.0, 10.0  # pixels of the longest vector; by the root of its length, at most; at least
COLUMN = 9.0  # thickness of a vector
SLANT = 0.36  # of a map's width: how far to the right, and up, its far side stands
SHEET = 4.0  # the same of a map of one axis, and of a vector
MOST_SLICES = 6  # boxes that are drawn touching for a block of several


class Extent(Record):
    """A box: its thickness, its height, and how far to the right and up its far side stands. `slices`: touching boxes."""

    thickness: float
    height: float
    depth: float
    slices: int = 1

    @property
    def width(self) -> float:
        return self.thickness + self.depth

    @property
    def top(self) -> float:
        """Of the far side, from the axis, which goes through the middle of the whole."""
        return -(self.height + self.depth) / 2

    @property
    def bottom(self) -> float:
        return (self.height + self.depth) / 2

    @property
    def left_at_axis(self) -> float:
        """Where the axis enters."""
        over = (self.depth - self.height) / 2
        return max(0.0, over)

    @property
    def right_at_axis(self) -> float:
        return self.width - max(0.0, (self.depth - self.height) / 2)


class Scale:
    """The scale of the shapes that a picture shows."""

    def __init__(self, shapes: Iterable[Shape | None], share: float = 1.0) -> None:
        """`share`: of the usual size."""
        known = [*filter(None, shapes)]
        maps = [[guess_size(size) for size in shape[:-1][-2:]] for shape in known if len(shape) > 1]
        sides = [side for sizes in maps for side in sizes if max(sizes) > 1]
        self.most = max(sides, default=1)
        self.linear = self.most <= LINEAR * min([max(sizes) for sizes in maps if max(sizes) > 1], default=1)
        self.tallest = share * min(TALLEST, SIDE * sqrt(self.most))
        channels = max([guess_size(shape[-1]) for shape in known if len(shape) > 1], default=1)
        self.channel = share * min(THICKEST / sqrt(channels), CHANNEL)
        longest = max([guess_size(shape[0]) for shape in known if len(shape) == 1], default=1)
        self.unit = share * min(VECTOR / sqrt(longest), UNIT)

    def measure_side(self, positions: int) -> float:
        """The pixels of a map's side."""
        share = positions / self.most
        return max(LEAST, self.tallest * (share if self.linear else sqrt(share)))

    def measure_channels(self, channels: int) -> float:
        return max(THINNEST, self.channel * sqrt(channels))

    def measure(self, shape: Shape | None, like: Shape | None = None, times: int = 1, whole: bool = False) -> Extent:
        """The box of a shape; of one that is not known, that of the shape before. `times`: slices of it; `whole`: they make it."""
        sizes = [guess_size(size) for size in shape or like or (1,)]
        slices = max(1, min(times, MOST_SLICES))
        if len(sizes) < 2:
            length = sizes[0] if sizes else 1
            return Extent(COLUMN * slices, max(SHORTEST, self.unit * sqrt(length)), SHEET, slices)
        thickness = self.measure_channels(sizes[-1]) * (1 if whole else slices)
        if len(sizes) == 2:
            return Extent(thickness, self.measure_side(sizes[0]), SHEET, slices)
        return Extent(thickness, self.measure_side(sizes[-3]), SLANT * self.measure_side(sizes[-2]), slices)

    def describe(self, blocks: Sequence[Block]) -> str:
        """The scale in a sentence, and what else is to be known of the boxes."""
        known = [*filter(None, [block.shape for block in blocks])]
        parts = []
        if any([len(shape) > 1 for shape in known]):
            parts.append(
                "height and width of maps to scale" if self.linear else "height and width of maps by their square roots"
            )
            parts.append("channels as thickness, by their square root")
        if any([len(shape) == 1 for shape in known]):
            parts.append("vectors as columns, by the square root of their length")
        if any([block.times > MOST_SLICES for block in blocks]):
            parts.append(f"of more than {MOST_SLICES} slices {MOST_SLICES} are drawn")
        if any([kind == "input" for block in blocks for kind, _ in block.parts]):
            parts.append("parts colored as an input are copies")
        return "; ".join(parts)
