"""The picture of a network's cost: its bars are its figures, its peak the one of the report, its words apart."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cnnspec.api import load, loads
from cnnspec.api.network import Network
from cnnspec.cli import main
from cnnspec.cost import find_cost
from cnnspec.cost.drawing import HIGH, MOST, list_lines, make_drawing
from cnnspec.cost.memory import find_schedule
from cnnspec.cost.question import make_question
from cnnspec.facts.precision import memory_text
from cnnspec.pictures.drawing import Drawing, Group, Rect, Text
from cnnspec.pictures.drawing import Path as Line
from cnnspec.pictures.text_width import measure_text
from tests.example_files import EXAMPLES

NETWORKS: dict[str, Any] = {
    "LeNet": lambda: load(EXAMPLES / "lenet5.cnn"),
    "ResNet-50": lambda: load(EXAMPLES / "resnet50_keras.cnn"),
    "DenseNet-121": lambda: load(EXAMPLES / "densenet121.cnn"),
    "unknown": lambda: loads("input ?x?x3\nconv(8, 3x3) -> maxpool(2)\n"),
    "vectors": lambda: loads("input 20\ndense(3)\n"),
    "nothing": lambda: loads("input 20x20x1\nmaxpool(2)\n"),
    "broken": lambda: loads("input 8x8x1\nconv(4, 3x3) -> conv(4, 9x9) -> conv(4, 3x3)\n"),
    "long": lambda: loads("input 16x16x3\n" + "conv(4, 3x3, padding=same)\nrelu\n" * 400 + "upsample(2)\nmaxpool(2)\n"),
    "two inputs": lambda: loads("input a 8x8x1\ninput b 8x8x1\nadd(a, b) -> conv(4, 3x3)\n"),
}


@cache
def find(name: str) -> tuple[Network, Drawing]:
    network = NETWORKS[name]()
    analysed = network.analysed
    return network, make_drawing(
        analysed, find_cost(analysed, make_question(analysed, 4, "float16", None, None, None, None))
    )


def bars(drawing: Drawing, color: str) -> dict[str, Rect]:
    """The bars of a panel by the words of their tooltips."""
    groups = [shape for shape in drawing.shapes if isinstance(shape, Group) and "bar" in shape.classes]
    found = {group.title: rect for group in groups for rect in group.shapes if isinstance(rect, Rect)}
    return {title: rect for title, rect in found.items() if rect.look.fill == color}


@pytest.mark.parametrize("name", ["LeNet", "ResNet-50", "DenseNet-121", "two inputs"])
def test_bars_are_as_high_as_the_figures(name: str) -> None:
    network, drawing = find(name)
    figures = {layer.name: layer.macs for layer in network.layers if layer.macs}
    drawn = bars(drawing, "series-1")
    assert {title.split(":")[0] for title in drawn} == figures.keys()
    for title, rect in drawn.items():
        assert rect.height == pytest.approx(HIGH * figures[title.split(":")[0]] / max(figures.values()))
    assert [rect.x for rect in drawn.values()] == sorted([rect.x for rect in drawn.values()])
    parameters = {layer.name: layer.params for layer in network.layers if layer.params}
    assert {title.split(":")[0] for title in bars(drawing, "series-4")} == parameters.keys()


@pytest.mark.parametrize("name", ["LeNet", "ResNet-50", "DenseNet-121", "vectors", "nothing", "long"])
def test_the_peak_is_that_of_the_report(name: str) -> None:
    network, drawing = find(name)
    analysed = network.analysed
    cost = find_cost(analysed, make_question(analysed, 4, "float16", None, None, None, None))
    term = cost.inference.terms[1]
    assert term.at is not None
    peak, size = analysed.graph.nodes[term.at].name, memory_text(term.bytes(4))
    words = [shape.words for shape in drawing.shapes if isinstance(shape, Text)]
    assert any([word.startswith("peak at ") and peak in word and word.endswith(f": {size}") for word in words])
    schedule = dict(find_schedule(analysed.facts, cost.question.precision, 4) or ())
    assert max(schedule.values()) == schedule[term.at] == term.bytes(4)  # type: ignore[type-var]


@pytest.mark.parametrize("name", NETWORKS)
def test_all_stands_on_the_page_and_words_do_not_meet(name: str) -> None:
    _, drawing = find(name)
    taken: list[tuple[float, float, float, float]] = []
    for text in [shape for shape in drawing.shapes if isinstance(shape, Text) and not shape.turn]:
        width = measure_text(text.words, text.size, text.bold)
        x = text.x - {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
        box = (x, text.y - 0.7 * text.size, x + width, text.y + 0.2 * text.size)
        assert box[0] >= 0 and box[1] >= 0 and box[2] <= drawing.width and box[3] <= drawing.height, text.words
        for other in taken:
            assert box[0] >= other[2] or other[0] >= box[2] or box[1] >= other[3] or other[1] >= box[3], text.words
        taken.append(box)
    for line in [shape for shape in drawing.shapes if isinstance(shape, Line) and shape.look.stroke == "line"]:
        (x, top), (_, bottom) = line.steps
        assert top <= bottom
        assert not [box for box in taken if box[0] < x < box[2] and top + 3 < box[3] and box[1] < bottom - 3], x
    for group in [shape for shape in drawing.shapes if isinstance(shape, Group)]:
        for rect in group.shapes:
            assert isinstance(rect, Rect) and rect.x >= 0 and rect.x + rect.width <= drawing.width


def test_the_largest_are_named_and_what_is_next_to_nothing_is_not() -> None:
    analysed = load(EXAMPLES / "vgg16.cnn").analysed
    drawing = make_drawing(analysed, find_cost(analysed, make_question(analysed, 1, "float32", None, None, None, None)))
    words = {shape.words for shape in drawing.shapes if isinstance(shape, Text)}
    assert {"dense1: 102.8 M, 74.3 %", "dense2: 16.8 M, 12.1 %", "dense3: 4.1 M, 2.96 %"} <= words
    assert {f"conv{number}: 1.8 G, 12.0 %" for number in (2, 4, 6, 7, 9, 10)} <= words
    assert not [word for word in words if word.startswith("conv6: 590")]


def test_many_layers_share_bars() -> None:
    _, drawing = find("long")
    drawn = bars(drawing, "series-1")
    assert 2 < len(drawn) <= MOST
    words = [shape.words for shape in drawing.shapes if isinstance(shape, Text)]
    assert "Each bar: up to 2 layers behind one another." in words


def test_a_broken_network_is_drawn_as_far_as_it_is_known() -> None:
    _, drawing = find("broken")
    words = [shape.words for shape in drawing.shapes if isinstance(shape, Text)]
    assert "conv1: 1.3 k" in words and not [word for word in words if word.startswith("peak")] and words.count("?") == 4


def test_what_is_not_known_is_said() -> None:
    _, drawing = find("unknown")
    words = [shape.words for shape in drawing.shapes if isinstance(shape, Text)]
    assert "MACs of one example: they depend on sizes that are not known" in words
    assert "Parameters: 224" in words and words.count("not known") == 2


@pytest.mark.parametrize("step", [2, 10])
@pytest.mark.parametrize("largest", [1, 2, 3, 7, 10, 99, 100, 416_520, 2_359_296, 10**12, 10**18])
def test_numbers_beside_bars_are_few_and_round(largest: int, step: int) -> None:
    lines = list_lines(largest, step)
    assert lines[0] == 0 and 2 <= len(lines) <= 6 and largest / 2 <= lines[-1] <= largest


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "cost.svg"
    assert main(["cost", str(EXAMPLES / "lenet5.cnn"), "--batch", "64", "-o", str(out)]) == 0
    said = capsys.readouterr()
    assert said.out == "" and "wrote" in said.err and "batch 64, float32" in out.read_text()
    assert main(["cost", str(EXAMPLES / "lenet5.cnn"), "-o", "cost.html"]) == 2
    assert "must end in .svg, .pdf, .png or .tex" in capsys.readouterr().err
