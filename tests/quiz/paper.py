"""A question about a value answered on paper: from the text that it shows, in loops of plain Python; and its slips, too.

What a line says is read here by this file's own reading; windows are those of counting.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from typing import Any

from cnnspec.quiz.question import Question
from tests.quiz.counting import Axis, read_spec

NUMBER = r"-?\d+(?:/\d+)?"


class Paper:
    """One layer with its numbers. `bare` is what it computes before its activation."""

    def __init__(self, question: Question) -> None:
        *head, self.line = question.spec
        self.word = re.match(r"\w+", self.line)[0]  # type: ignore[index]
        self.shape = [int(n) for n in head[0].removeprefix("input ").split("x")]
        self.cells = dict(read_grid([line.removeprefix("# ") for line in head[1:]], self.shape))
        _, layers = read_spec(question.spec)
        self.axes = layers[-1][1] if layers else []
        self.relu = re.search(r"activation=relu6?\b|^relu6?\b", self.line)
        self.counts = "count_padding=true" in self.line
        self.multiplies = self.word in ("conv", "depthwise_conv", "dense")
        self.kernel = read_values(self.line, "kernel_values") or read_values(self.line, "depthwise_values")
        self.bias = read_values(self.line, "bias_values")
        asked = re.search(r" at ([\d,]+)(?: in channel (\d+))?, counted from 0\?$", question.asks)
        assert asked is not None
        numbers = [int(n) for n in asked[1].split(",")]
        rank = len(self.outputs())
        self.place = numbers[:rank]
        self.channel = int(asked[2] or (numbers[rank] if len(numbers) > rank else 0))

    # ---- what it computes ------------------------------------------------------------------------------------
    def value(self, place: list[int] | None = None, channel: int | None = None) -> Fraction | None:
        """The output at a place; None where there is none."""
        place, channel = self.place if place is None else place, self.channel if channel is None else channel
        if not all(0 <= i < n for i, n in zip(place, self.outputs(), strict=True)):
            return None
        bare = self.bare(place, channel)
        if self.relu is None:
            return bare
        above = max(bare, Fraction(0))
        return min(above, Fraction(6)) if self.relu[0].endswith("6") else above

    def outputs(self) -> list[int]:
        if self.axes:
            return [len(axis.places(n)) for axis, n in zip(self.axes, self.shape, strict=False)]
        return self.shape[:-1] if self.word in ("relu", "relu6", "dense") else []

    def bare(self, place: list[int], channel: int) -> Fraction:
        if self.multiplies:
            return sum((w * x for w, x in self.products(place, channel)), Fraction(0)) + self.offset(channel)
        seen = self.seen(place, channel)
        if self.word in ("maxpool", "gmp"):
            return max(seen)
        return seen[0] if self.word in ("relu", "relu6") else sum(seen, Fraction(0)) / self.divisor(place, channel)

    def divisor(self, place: list[int], channel: int) -> int:
        return self.area() if self.counts else len(self.seen(place, channel))

    def area(self) -> int:
        return len(list(product(*[axis.taps for axis in self.axes])))

    def offset(self, channel: int) -> Fraction:
        return flat(self.bias)[channel] if self.bias else Fraction(0)

    def channels_of(self, channel: int) -> list[int]:
        """The channels of the input that a channel of the output reads."""
        if self.word != "conv":
            return [channel]
        filters = int(re.match(r"conv\((\d+)", self.line)[1])  # type: ignore[index]
        groups = re.search(r"groups=(\d+)", self.line)
        each = self.shape[-1] // int(groups[1]) if groups else self.shape[-1]
        first = channel * (int(groups[1]) if groups else 1) // filters * each
        return list(range(first, first + each))

    def windows(self, place: list[int]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Every tap of the window, by its number along each axis, and the cell under it, which may lie in the padding."""
        rows = [axis.places(n)[i] for axis, n, i in zip(self.axes, self.shape, place, strict=False)]
        for numbers in product(*[range(len(row)) for row in rows]):
            yield numbers, tuple([row[number] for row, number in zip(rows, numbers, strict=True)])

    def seen(self, place: list[int], channel: int) -> list[Fraction]:
        """The values of a window, or of the whole map, in reading order; of the padding none."""
        if self.word in ("relu", "relu6"):
            return [self.cells[(*place, channel)]]
        cells = [cell for _, cell in self.windows(place)] if self.axes else list(product(*map(range, self.shape[:-1])))
        return [self.cells[(*cell, channel)] for cell in cells if (*cell, channel) in self.cells]

    def products(self, place: list[int], channel: int) -> Iterator[tuple[Fraction, Fraction]]:
        """Each weight and the value under it."""
        numbers, channels = flat(self.kernel), self.shape[-1]
        if self.word == "dense":
            for c in range(channels):
                yield numbers[channel * channels + c], self.cells[(*place, c)]
            return
        sizes, area = [len(axis.taps) for axis in self.axes], self.area()
        for number_of_channel, c in enumerate(self.channels_of(channel)):
            first = (channel * len(self.channels_of(channel)) + number_of_channel if self.word == "conv" else c) * area
            for tap, cell in self.windows(place):
                number = 0
                for i, n in zip(tap, sizes, strict=True):
                    number = number * n + i
                yield numbers[first + number], self.cells.get((*cell, c), Fraction(0))


# ---- reading ---------------------------------------------------------------------------------------------------
def read_values(line: str, name: str) -> Any:
    """The numbers of an argument, in lists; None where the line has none."""
    start = line.find(f"{name}=[")
    if start < 0:
        return None
    start += len(name) + 1
    depth = 0
    for end in range(start, len(line)):
        depth += {"[": 1, "]": -1}.get(line[end], 0)
        if depth == 0:
            return eval(re.sub(NUMBER, lambda n: f"Fraction('{n[0]}')", line[start : end + 1]), {"Fraction": Fraction})
    raise AssertionError(line)


def flat(values: Any) -> list[Fraction]:
    return [n for part in values for n in flat(part)] if isinstance(values, list) else [values]


def read_grid(lines: list[str], shape: list[int]) -> Iterator[tuple[tuple[int, ...], Fraction]]:
    """Every cell, its channel last, from the rows that the question shows."""
    if len(shape) == 2:
        for channel, line in enumerate(lines):
            row = line.partition(": ")[2] if shape[1] > 1 else line
            yield from [((i, channel), Fraction(n)) for i, n in enumerate(row.split())]
        return
    if len(shape) == 1:
        yield from [((i,), Fraction(n)) for i, n in enumerate(lines[0].split())]
        return
    rows = lines[1:] if shape[-1] > 1 else lines
    for y, line in enumerate(rows):
        for number, n in enumerate(line.split()):
            channel, x = divmod(number, shape[1])
            yield (y, x, channel), Fraction(n)


# ---- slips -----------------------------------------------------------------------------------------------------
def changed(change: Callable[[Paper], None]) -> Callable[[Paper], Fraction | None]:
    """What a layer computes when something of it is another."""

    def compute(paper: Paper) -> Fraction | None:
        change(paper)
        return paper.value()

    return compute


def reverse(paper: Paper) -> None:
    numbers, area = flat(paper.kernel), paper.area()
    paper.kernel = [n for start in range(0, len(numbers), area) for n in reversed(numbers[start : start + area])]


def transpose(paper: Paper) -> None:
    numbers, side = flat(paper.kernel), len(paper.axes[0].taps)
    paper.kernel = [
        numbers[start + x * side + y]
        for start in range(0, len(numbers), side * side)
        for y in range(side)
        for x in range(side)
    ]


def each_axis(change: Callable[[Axis], None]) -> Callable[[Paper], None]:
    def change_all(paper: Paper) -> None:
        for axis in paper.axes:
            change(axis)

    return change_all


def without_stride(axis: Axis) -> None:
    axis.stride = 1


def without_padding(axis: Axis) -> None:
    axis.padding = "valid"


def without_dilation(axis: Axis) -> None:
    axis.taps = list(range(len(axis.taps)))


def set_kernel(change: Callable[[Fraction], Fraction]) -> Callable[[Paper], None]:
    def change_kernel(paper: Paper) -> None:
        paper.kernel = [change(n) for n in flat(paper.kernel)]

    return change_kernel


def drop_channels(paper: Paper) -> None:
    paper.cells = {place: n if place[-1] == 0 else Fraction(0) for place, n in paper.cells.items()}


def repeat_bias(paper: Paper) -> None:
    times = len(list(paper.products(paper.place, paper.channel)))
    paper.bias = [n * times for n in flat(paper.bias)]


def other_channel(paper: Paper) -> Fraction | None:
    filters = re.match(r"(?:conv|dense)\((\d+)", paper.line)
    return paper.value(channel=(paper.channel - 1) % (int(filters[1]) if filters else paper.shape[-1]))


def from_1(paper: Paper) -> Fraction | None:
    if not paper.place:
        return paper.value(channel=paper.channel - 1) if paper.channel else None
    return paper.value([i - 1 for i in paper.place])


def of_seen(reckon: Callable[[list[Fraction]], Fraction]) -> Callable[[Paper], Fraction]:
    return lambda paper: reckon(paper.seen(paper.place, paper.channel))


def bare(paper: Paper) -> Fraction:
    return paper.bare(paper.place, paper.channel)


SLIPS: dict[str, Callable[[Paper], Fraction | None]] = {
    "kernel flipped": changed(reverse),
    "kernel transposed": changed(transpose),
    "stride forgotten": changed(each_axis(without_stride)),
    "padding forgotten": changed(each_axis(without_padding)),
    "dilation forgotten": changed(each_axis(without_dilation)),
    "bias forgotten": changed(lambda paper: setattr(paper, "bias", None)),
    "bias for each product": changed(repeat_bias),
    "channel forgotten": changed(drop_channels),
    "weights forgotten": changed(set_kernel(lambda n: Fraction(1))),
    "signs forgotten": changed(set_kernel(abs)),
    "row and column swapped": lambda paper: paper.value(paper.place[::-1]),
    "counted from 1": from_1,
    "another channel": other_channel,
    "another unit": other_channel,
    "activation forgotten": bare,
    "sign dropped": lambda paper: abs(bare(paper)),
    "mean for maximum": of_seen(lambda seen: sum(seen, Fraction(0)) / len(seen)),
    "sum for maximum": of_seen(lambda seen: sum(seen, Fraction(0))),
    "smallest value": of_seen(min),
    "first value": of_seen(lambda seen: seen[0]),
    "maximum for mean": of_seen(max),
    "sum for mean": of_seen(lambda seen: sum(seen, Fraction(0))),
    "padding left out": of_seen(lambda seen: sum(seen, Fraction(0)) / len(seen)),
    "padding counted": lambda paper: sum(paper.seen(paper.place, paper.channel), Fraction(0)) / paper.area(),
}
