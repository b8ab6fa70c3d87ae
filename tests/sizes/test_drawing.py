"""The picture of input sizes: its bands hold the sizes of each kind and no others, whatever part of the line it shows."""

from __future__ import annotations

import re
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from cnnspec.api import load, loads
from cnnspec.cli import main
from cnnspec.pictures.drawing import Drawing, Group, Rect, Text
from cnnspec.pictures.drawing import Path as Line
from cnnspec.pictures.text_width import measure_text
from cnnspec.sizes import find_input_sizes
from cnnspec.sizes.axis_sizes import KINDS
from cnnspec.sizes.drawing import LEFT, LONGEST, MARGIN, find_range, list_ticks, make_drawing
from cnnspec.sizes.input_sizes import InputSizes, find_asked_size
from tests.example_files import EXAMPLES

NETWORKS: dict[str, Any] = {
    "VGG16": lambda: load(EXAMPLES / "vgg16.cnn"),
    "mnist": lambda: load(EXAMPLES / "lectures" / "lecture4_mnist.cnn"),
    "unknown": lambda: loads("input ?x?x3\nconv(8, 3x3, stride=2) -> maxpool(2)\n"),
    "one axis": lambda: loads("input 900x1\nconv(8, 3, stride=3)\n"),
    "two axes": lambda: loads("input 224x160x3\nconv(4, 3x5, stride=4)\n"),
    "fixed": lambda: loads("input 40x40x1\nreshape((20, 80, 1)) -> conv(4, 3x3)\n"),
    "too small": lambda: loads("input 28x28x1\nconv(8, 5x5) -> maxpool(2) -> conv(16, 30x30) -> conv(4, 3x3)\n"),
    "asked": lambda: loads("input 40x40x1\nif in.height > 20 { maxpool(2) }\nconv(4, 3x3)\n"),
}


@cache
def find(name: str) -> tuple[InputSizes, Drawing]:
    network = NETWORKS[name]().analysed
    sizes = find_input_sizes(network)
    assert sizes is not None
    return sizes, make_drawing(network, sizes)


@pytest.mark.parametrize("name", NETWORKS)
def test_bands_hold_the_sizes_of_their_kind(name: str) -> None:
    sizes, drawing = find(name)
    bands = [shape for shape in drawing.shapes if isinstance(shape, Group)]
    axes = [axis for part in (sizes, sizes.rest) if part for axis in part.axes]
    drawn = [bands[i : i + len(KINDS)] for i in range(0, len(bands), len(KINDS))]
    assert 1 <= len(drawn) <= len(axes)
    for kinds, axis in zip(drawn, [axis for axis in axes if axis.kinds][: len(drawn)], strict=True):
        axis = next(one for one in axes if describes(kinds, one))
        first, last = find_range(axis, find_asked_size(axis, None))
        pixel = LONGEST / (last + 1 - first)
        for band, kind in zip(kinds, axis.kinds, strict=True):
            rects = [rect for rect in band.shapes if isinstance(rect, Rect)]
            for n in range(first, last + 1):
                middle = MARGIN + LEFT + (n - first + 0.5) * pixel
                inside = any([rect.x <= middle <= rect.x + rect.width for rect in rects])
                assert inside == (n in kind.sizes if kind.sizes else bool(kind.members >> n & 1)), (kind.kind, n)


def test_the_line_of_the_size_goes_through_no_words() -> None:
    _, drawing = find("one axis")
    lines = [shape.steps for shape in drawing.shapes if isinstance(shape, Line) and shape.look.dash]
    assert len(lines) == len(KINDS)
    for ((x, top), (_, bottom)), words in product(
        lines, [shape for shape in drawing.shapes if isinstance(shape, Text)]
    ):
        width = measure_text(words.words, words.size, words.bold)
        left = words.x - {"start": 0.0, "middle": width / 2, "end": width}[words.anchor]
        assert not (left < x < left + width and top < words.y < bottom + words.size / 2), words.words


def describes(kinds: list[Group], axis: Any) -> bool:
    """Whether bands are those of an axis: the words of their tooltips begin with its sets."""
    from cnnspec.sizes.axis_words import describe_kind

    asked = find_asked_size(axis, None)
    wanted = [f"{kind.kind}: {describe_kind(kind, asked, False)}" for kind in axis.kinds]
    return [band.title for band in kinds] == wanted


@pytest.mark.parametrize("name", NETWORKS)
def test_all_stands_on_the_page_and_words_do_not_meet(name: str) -> None:
    _, drawing = find(name)
    from cnnspec.pictures.text_width import measure_text

    taken: list[tuple[float, float, float, float]] = []
    for text in [shape for shape in drawing.shapes if isinstance(shape, Text)]:
        width = measure_text(text.words, text.size, text.bold)
        x = text.x - (width / 2 if text.anchor == "middle" else 0)
        box = (x, text.y - 0.8 * text.size, x + width, text.y + 0.2 * text.size)
        assert box[0] >= 0 and box[1] >= 0 and box[2] <= drawing.width and box[3] <= drawing.height, text.words
        for other in taken:
            assert box[0] >= other[2] or other[0] >= box[2] or box[1] >= other[3] or other[1] >= box[3], text.words
        taken.append(box)


@pytest.mark.parametrize(
    ("first", "last"), [(1, 32), (1, 352), (7, 9), (1, 600), (489, 1125), (1, 4000), (64, 64), (10**18, 10**18 + 600)]
)
def test_numbers_below_are_few_and_in_order(first: int, last: int) -> None:
    ticks = list_ticks(first, last)
    assert ticks == sorted(set(ticks)) and all(first <= n <= last for n in ticks) and 1 <= len(ticks) <= 14


def run(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, str, str]:
    status = main([str(a) for a in arguments])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "sizes.svg"
    status, said, told = run(capsys, "sizes", EXAMPLES / "vgg16.cnn", "--near", "230", "-o", out)
    assert (status, said) == (0, "") and "wrote" in told
    words = re.findall(r"<text[^>]*>([^<]*)</text>", out.read_text())
    assert {"asked 230", "lossless", "multiples of 32; not 230, but 224 and 256"} <= set(words)
    for arguments, message in (
        (["-o", "a.html"], "must end in .svg, .pdf, .png or .tex"),
        (["-o", "no/b.svg"], "cannot write"),
    ):
        status, said, told = run(capsys, "sizes", EXAMPLES / "vgg16.cnn", *arguments)
        assert (status, said) == (2, "") and message in told
