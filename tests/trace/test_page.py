"""The page of a trace: whole by itself, and each step of a slider is the arithmetic of that value, marked where it was read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnnspec.trace import draw_board, stepping
from cnnspec.trace.formats import write_trace
from cnnspec.trace.formula import write_formula, write_number
from cnnspec.trace.forward import write_out
from tests.trace.boards import trace_text
from tests.trace.page import Page

TEXTS = (
    "input 5x5x2\nconv(3, 3x3, padding=same, activation=relu)\nmaxpool(2)\nflatten\ndense(4, softmax)\n",
    "input 7x2\nconv(2, 3, dilation=2)\nupsample(2)\ngap\n",
    "input 3x2x2x2\nconv(2, 2x1x2)\navgpool(1x2x1)\n",
    "input a 2x3x2\ninput b 2x3x1\nconcat(a, b)\ndepthwise_conv(2x2, multiplier=2)\n",
    "input 4x4x2\nseparable_conv(2, 3x3, padding=1)\nlayer_norm\n",
    "input 2x2x1\nconv_transpose(2, 2x2, stride=2)\nadd(in, in)\n",
    "input 3\ndense(2, bias=false)\nrelu\n",
)


def page_of(text: str, layers: tuple[str, ...] = (), place: Any = None, decimals: bool = False) -> tuple[Any, Page]:
    trace = trace_text(text, None, layers, place)
    return trace, Page(write_trace(trace, draw_board(trace), "html", decimals))


@pytest.mark.parametrize("text", TEXTS)
def test_each_step_is_the_arithmetic_of_its_value(text: str) -> None:
    """For each layer: a step for every value, its line, the cells that it reads with their numbers, the cell that it is in."""
    trace, page = page_of(text)
    layers = [index for index in trace.shown if trace.network.graph.nodes[index].layer is not None]
    assert len(page.data) == len(layers)
    for data, index in zip(page.data, layers, strict=True):
        node = trace.network.graph.nodes[index]
        value = trace.values[index][0]
        entering, output = page.tables(index, "entering"), page.tables(index, "output")
        assert len(data["lines"]) == value.size == max(1, len(data["channels"])) * len(data["positions"])
        seen = set()
        for step, (grid, row, column) in enumerate(data["cells"]):
            position = [
                int(word) for word in data["positions"][step % len(data["positions"])].replace(",", "").split()[1::2]
            ]
            channel = data["channels"][step // len(data["positions"])] if data["channels"] else None
            place = (*position,) if channel is None else (*position, channel)
            formula, found = write_out(trace, node, place)
            seen.add(place)
            assert data["lines"][step] == [*write_formula(formula)]
            assert output[grid][1][row][column] == write_number(value[place])
            reads = [tuple(data["reads"][step][at : at + 4]) for at in range(0, len(data["reads"][step]), 4)]
            wanted = [] if found is None else found.reads
            assert [entering[g][1][r][c] for g, r, c, _ in reads] == [write_number(read.value) for read in wanted]
            for (*_, factor), read in zip(reads, wanted, strict=True):
                assert read.factor in (0, 1) if factor < 0 else data["factors"][factor] == write_number(read.factor)
        assert len(seen) == value.size


def test_the_window_of_the_first_value_stands_there_without_a_script() -> None:
    _, page = page_of(TEXTS[0])
    for table in page.tables(1, "entering"):
        assert table[2] == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert [table[2] for table in page.tables(1, "output")] == [{(0, 0)}, set(), set()]
    assert "5 of the window's 9 cells lie in the padding" in page.texts[1]
    assert any(text.startswith("conv1[0,0,0] = 0*") for text in page.texts[1])


def test_the_slider_begins_at_the_place_that_is_asked_for() -> None:
    trace, page = page_of(TEXTS[0], ("conv1",), (2, 3, 1))
    (data,) = page.data
    assert data["lines"][data["start"]] == [
        *write_formula(write_out(trace, trace.network.graph.nodes[1], (2, 3, 1))[0])
    ]
    assert [table[2] for table in page.tables(0, "output")] == [set(), {(2, 3)}, set()]


PARTS = {
    "input 3x3x2\nconv(3, 2x2)": {1: [[2, 2, None, None], [6, 1, 0, 1]]},
    "input 3x3x2\ndepthwise_conv(2x2, multiplier=2)": {2: [[2, 1, None, None], [4, 1, 0, 2]]},
    "input 3\ndense(4)": {2: [[0, 1, 2, None], [1, 1, 0, 2]]},
    "input 3x3x2\nbn": {1: [[0, 1, 0, 1], [1, 1, 0, 1], [2, 1, 0, 1], [3, 1, 0, 1]]},
    "input 3x3x2\nmaxpool(2)": {},
}  # fmt: skip


@pytest.mark.parametrize("text", PARTS)
def test_of_the_weights_those_of_the_channel_are_shown(text: str) -> None:
    """Each as the first grid, how many, a row and a column of it."""
    _, page = page_of(text)
    parts = page.data[0]["parts"]
    assert all(parts[str(unit)] == wanted for unit, wanted in PARTS[text].items()) and bool(parts) == bool(PARTS[text])


def test_the_page_loads_nothing_and_a_name_stays_a_name() -> None:
    _, page = page_of("input 3x3x1\nconv(1, 2x2, name='</script><img src=x>')\nrelu\n")
    assert not [
        a for a in page.attributes if a[1] in ("src", "href", "action", "srcset", "data") or a[0] in ("link", "img")
    ]
    assert page.data[0]["lines"][0][0].startswith("</script><img src=x>[0,0] = ")
    for name in ("html_page.css", "html_page.js"):
        text = (Path(stepping.__file__).parent / name).read_text(encoding="utf-8")
        assert not any(
            word in text for word in ("http", "url(", "@import", "fetch(", "import ", "</", "innerHTML", "eval")
        )


def test_fractions_and_decimals() -> None:
    text = "input 3x1\nconv(1, 3, kernel_values=[1/3, 1/3, 1/3], bias=false)\n"
    assert page_of(text)[1].data[0]["lines"] == [["conv1[0] = 0*(1/3) + 1*(1/3) + 2*(1/3) = 1"]]
    assert page_of(text)[1].data[0]["factors"] == ["1/3"]
    assert page_of(text, decimals=True)[1].data[0]["factors"] == ["0.333"]


# ---- what is large -------------------------------------------------------------------------------------------
def test_of_many_values_whole_channels_are_stepped_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as there is room for, the one that was asked for among them."""
    text = "input 4x4x1\nconv(5, 3x3, bias=false)\n"
    for most, reads, channels, positions in (
        (11, 999, [0, 1], 4),
        (3, 999, [0], 3),
        (999, 9 * 9, [0, 1], 4),
        (999, 1, [0], 1),
    ):
        monkeypatch.setattr(stepping, "MOST_STEPS", most)
        monkeypatch.setattr(stepping, "MOST_READS", reads)
        _, page = page_of(text)
        assert (page.data[0]["channels"], len(page.data[0]["positions"])) == (channels, positions)
        assert f"The slider goes over {len(channels) * positions} of the 20 values." in page.texts[1]
    monkeypatch.setattr(stepping, "MOST_STEPS", 3)
    data = page_of(text, ("conv1",), (1, 0, 3))[1].data[0]
    assert data["channels"] == [3] and "row 1, column 0" in data["positions"]
    assert data["lines"][data["start"]][0].startswith("conv1[1,0,3]")


def test_what_is_too_large_stands_without_a_slider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping, "MOST_NUMBERS", 60)
    _, page = page_of("input 4x4x2\nconv(2, 3x3, bias=false)\n")  # 32 + 8 + 36
    assert page.data == [] and any("cannot be stepped through" in text for text in page.texts[1])
