"""Answers by brute force: positions are marked, windows laid down one by one.

Sizes come from the text that a question shows, by a reading of its own.
"""

from __future__ import annotations

import re
from math import prod

from cnnspec.quiz.question import Question


def answer_by_counting(question: Question) -> tuple[int, ...]:
    """The answer to the other questions: positions are marked, windows laid down one by one. Sizes come from the text that
    the question shows, by this test's own reading of it."""
    shape, layers = read_spec(question.spec)
    if question.kind == "field":
        return tuple([count_seen(layers, axis) for axis in range(len(shape) - 1)])
    _, window = layers[-1]
    if question.kind == "stride" and question.closed:
        fitting = [
            s for s in range(2, 9) if all(ends(n, w.with_stride(s)) for n, w in zip(shape, window, strict=False))
        ]
        return question.answer if question.answer[0] in fitting else ()
    if question.kind == "stride":
        return (count_uncovered(shape[0], window[0]),)
    raise AssertionError(question.kind)


class Axis:
    """A window along one axis, read from a line of a spec."""

    def __init__(self, kernel: int, stride: int, dilation: int, padding: str) -> None:
        self.taps = [dilation * i for i in range(kernel)]
        self.stride, self.padding = stride, padding

    def with_stride(self, stride: int) -> Axis:
        made = Axis(1, stride, 1, self.padding)
        made.taps = self.taps
        return made

    def sides(self, n: int) -> tuple[int, int]:
        if self.padding == "valid":
            return 0, 0
        if self.padding == "same":
            outputs = -(-n // self.stride)
            both = max(0, (outputs - 1) * self.stride + self.taps[-1] + 1 - n)
            return both // 2, both - both // 2
        return int(self.padding), int(self.padding)

    def places(self, n: int) -> list[list[int]]:
        """What each position of the output reads, padding included."""
        before, after = self.sides(n)
        starts = range(-before, n + after - self.taps[-1], self.stride)
        return [[start + tap for tap in self.taps] for start in starts]


def read_spec(lines: tuple[str, ...]) -> tuple[list[int], list[tuple[str, list[Axis]]]]:
    """The sizes of the input (40 for an unknown one), and the windows of each layer that has some."""
    shape = [int(n) if n.isdecimal() else 40 for n in lines[0].removeprefix("input ").split("x")]
    rank, found = len(shape) - 1, []
    for line in lines[1:]:
        kernel = re.search(r"\((?:\d+, )?(?:kernel=)?(\d+(?:x\d+)*)[,)]", line)
        if kernel and "stride=" in line:
            sizes = [int(n) for n in kernel[1].split("x")]
            stride = int(re.search(r"stride=(\d+)", line)[1])  # type: ignore[index]
            dilation = re.search(r"dilation=(\d+)", line)
            padding = re.search(r"padding=(\w+)", line)[1]  # type: ignore[index]
            found.append(
                (
                    line,
                    [
                        Axis(k, stride, int(dilation[1]) if dilation else 1, padding)
                        for k in sizes * (1 if len(sizes) > 1 else rank)
                    ],
                )
            )
    return shape, found


def count_seen(layers: list[tuple[str, list[Axis]]], axis: int) -> int:
    """How many positions of a long line lie from the first to the last that one position of the last layer depends on."""
    seen = {0}
    for _, windows in reversed(layers):
        window = windows[axis]
        seen = {position * window.stride + tap for position in seen for tap in window.taps}
    return max(seen) - min(seen) + 1


def count_uncovered(n: int, window: Axis) -> int:
    read = {position for place in window.places(n) for position in range(min(place), max(place) + 1)}
    return len([position for position in range(n) if position not in read])


def ends(n: int, window: Axis) -> bool:
    """Whether the last window ends where the padded input does."""
    return window.places(n)[-1][-1] == n - 1 + window.sides(n)[1]


def count_macs(question: Question) -> int:
    """Multiplications of a convolution or a dense layer, window by window and filter by filter."""
    shape, layers = read_spec(question.spec)
    filters = int(re.search(r"\((\d+)", question.spec[1])[1])  # type: ignore[index]
    groups = re.search(r"groups=(\d+)", question.spec[1])
    total = 0
    if not layers:
        return shape[-1] * filters * prod(shape[:-1])
    places = [window.places(n) for window, n in zip(layers[-1][1], shape, strict=False)]
    for _ in range(prod(map(len, places))):
        total += (
            filters
            * prod(len(window.taps) for window in layers[-1][1])
            * shape[-1]
            // (int(groups[1]) if groups else 1)
        )
    return total
