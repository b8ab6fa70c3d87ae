"""Figures in the text: hints behind the steps, and what is shown of the word under the cursor."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lsprotocol.types import Position, Range

from cnnspec.cli.server import ConfiguredFiles
from cnnspec.graph import BlockCall, FunctionUse, LoopTurn
from cnnspec.network import AnalysedNetwork
from cnnspec.server.document import Document
from cnnspec.server.documents import Documents
from cnnspec.server.hints import KINDS, list_hints
from cnnspec.server.hover import find_hover
from cnnspec.server.uris import write_uri
from cnnspec.syntax.tree import Input
from tests.example_files import FILES
from tests.server.opened import open_text

TEXT = """block f(n) { conv(n, 3x3, padding=same) -> bn -> relu }
input 28x28x1
width = 8 * 2
conv(width, 3x3) -> relu
f(4) * 3
for i in 1..2 { conv(8*i, 3x3) }
add(in, conv(16, 1x1) -> bn) as sum
maxpool(2)
flatten
dense(10)
"""
SHAPES = """block f(n) { conv(n, 3x3, padding=same) -> bn -> relu<26x26x4 ×3> }
input 28x28x1
width = 8 * 2
conv(width, 3x3) -> relu<26x26x16>
f(4) * 3<26x26x4>
for i in 1..2 { conv(8*i, 3x3)<24x24x8 … 22x22x16 ×2> }
add(in, conv(16, 1x1) -> bn) as sum<22x22x16>
maxpool(2)<11x11x16>
flatten<1936>
dense(10)<10>
"""


def write_hints(document: Document, documents: Documents, kind: str = "shapes") -> str:
    """A text with its hints in it."""
    text, documents.hints = document.source.text, kind
    for hint in reversed(list_hints(document, documents, document.places.whole)):
        at = document.places.find_offset(hint.position)
        text = f"{text[:at]}<{hint.label}>{text[at:]}"
    return text


def test_shapes_behind_steps() -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    assert write_hints(document, documents) == SHAPES
    assert write_hints(document, documents, "off") == TEXT


@pytest.mark.parametrize("path", FILES[::9], ids=lambda path: path.stem)
def test_hints_of_some_lines_are_those_of_the_whole_that_stand_there(path: Path) -> None:
    documents, document = open_text(str(path), path.read_text(encoding="utf-8"))
    whole = list_hints(document, documents, document.places.whole)
    for line in range(0, document.source.text.count("\n"), 3):
        some = list_hints(document, documents, Range(Position(line, 2), Position(line + 2, 9)))
        assert some == [
            hint for hint in whole if (line, 2) <= (hint.position.line, hint.position.character) <= (line + 2, 9)
        ]


def test_other_figures_behind_steps() -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    shown = write_hints(document, documents, "parameters").splitlines()
    assert (
        shown[4] == "f(4) * 3<924 parameters>"
        and shown[9] == "dense(10)<19,370 parameters>"
        and shown[7] == "maxpool(2)"
    )
    assert write_hints(document, documents, "rf").splitlines()[4] == "f(4) * 3<RF 9x9>"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("cnv(width, 3x3) -> relu", "f(4) * 3<26x26x4>"),  # as assumed
        ("conv(width, ", "maxpool(2)<was 11x11x16>"),
        ("conv(wdth, 3x", "dense(10)<was 10>"),
        ("conv(width) -> relu", "maxpool(2)<was 11x11x16>"),
    ],
)
def test_figures_survive_a_mistake(typed: str, line: str) -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    write_hints(document, documents)
    documents.edit(document.uri, [(None, TEXT.replace("conv(width, 3x3) -> relu", typed))], 2)
    shown = write_hints(document, documents)
    assert line in shown.splitlines() and "?" not in shown
    documents.edit(document.uri, [(None, TEXT)], 3)
    assert write_hints(document, documents) == SHAPES


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_later_use_does_not_know_stays_as_it_was(kind: str) -> None:
    text = "block f(n) {\n  conv(n, 3x3, padding=1) -> relu\n}\ninput 8x8x2\nf(2)\nf(4)\n"
    documents, document = open_text("/nowhere/a.cnn", text)
    before = write_hints(document, documents, kind).splitlines()[1]
    documents.edit(document.uri, [(None, f"{text}conv(4, 99x99)\nf(2)\n")], 2)
    after = write_hints(document, documents, kind)
    assert "?" not in after and "<was >" not in after
    assert "was" in after.splitlines()[1] or kind == "off"
    assert [hint.removeprefix("was ") for hint in re.findall("<(.*?)>", after.splitlines()[1])] == re.findall(
        "<(.*?)>", before
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_part_of_the_examples_has_the_figures_of_its_layers(path: Path) -> None:
    """The uses of a layer's step are the layers that were written there; those of a call, a loop or a repeat hold the layers
    whose paths lead through it, time by time; no hint is unknown."""
    documents, document = open_text(str(path), path.read_text(encoding="utf-8"))
    steps, wholes = documents.find_uses(document), documents.find_uses(document, wholes=True)
    for number, network in enumerate(documents.know(document).analysis.networks):
        for place, layers in list_layers(network, document.name).items():
            assert layers == [use.result for use in steps[place] if use.network is network], (number, place)
        for (place, loop), times in list_times(network, document.name).items():
            uses = [use for use in (wholes if loop else steps)[place] if use.network is network]
            assert sorted(times) == [(use.first, use.end) for use in uses], (number, place)
    for kind in KINDS:
        assert "?>" not in write_hints(document, documents, kind)


def list_layers(network: AnalysedNetwork, name: str) -> dict[tuple[int, int], list[int]]:
    """The layers of a network that are written in a file, by the places of their steps."""
    found: dict[tuple[int, int], list[int]] = {}
    for node in network.graph.nodes:
        if node.site.source.name == name and not isinstance(node.site.node, Input):
            found.setdefault((node.site.node.start, node.site.node.end), []).append(node.index)
    return found


def list_times(network: AnalysedNetwork, name: str) -> dict[tuple[tuple[int, int], bool], list[tuple[int, int]]]:
    """From which layer to which each time goes that a call, a loop or a repeat runs, by its place and whether it is a loop."""
    held: dict[int, list[int]] = {}  # by the identity of what stands for one time: two calls may be written alike
    kinds: dict[int, tuple[tuple[int, int], bool]] = {}
    for node in network.graph.nodes:
        for step in node.site.steps:
            if step.site.source.name == name and not isinstance(step, FunctionUse):
                key = id(step if isinstance(step, BlockCall) else step.site)
                part = step.site.node
                held.setdefault(key, []).append(node.index)
                kinds[key] = (part.start, part.end), isinstance(step, LoopTurn)
    found: dict[tuple[tuple[int, int], bool], list[tuple[int, int]]] = {}
    for key, indices in held.items():
        found.setdefault(kinds[key], []).append((indices[0], indices[-1] + 1))
    return found


def hover(word: str, number: int = 0, text: str = TEXT) -> str:
    """What is shown where a word stands in the text."""
    documents, document = open_text("/nowhere/a.cnn", text)
    at = -1
    for _ in range(number + 1):
        at = document.source.text.index(word, at + 1)
    found = find_hover(document, documents, document.places.find_position(at))
    return "" if found is None else str(found.contents.value)  # type: ignore[union-attr]


def test_what_a_mistake_leaves_unknown_is_shown_as_it_was() -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    documents.know(document)
    documents.edit(document.uri, [(None, TEXT.replace("f(n) {", "f(n {"))], 2)
    for word, shown in {
        "maxpool": "was, when it was last known:\n\nMaximum of each window.",
        "for": "loop: was, when it was last known:\n\n26x26x4 → **22x22x16**",
        "n, 3x3": "`n` was `4`",
        "width = 8": "`width` = `16`",
    }.items():
        found = find_hover(document, documents, document.places.find_position(document.source.text.index(word)))
        assert found is not None and str(found.contents.value).startswith(shown), word  # type: ignore[union-attr]


def test_a_layer_under_the_cursor() -> None:
    shown = hover("conv(width")
    assert shown.startswith("Convolution: every filter slides over the input")
    assert "`conv1`: 28x28x1 → **26x26x16**, 160 parameters, 97,344 MACs, receptive field 3x3" in shown
    assert "`floor((28 + 2*0 - 3)/1) + 1 = 26`" in shown and "`(3*3*1 + 1)*16 = 160`" in shown
    assert "22x22x16, 22x22x16 → **22x22x16**" in hover("add(in")
    assert shown.count("→") == 1 and hover("flatten").count("→") == 1
    assert ", as assumed" in hover("cnv", text="input 8x8x3\ncnv(8, 3x3)\n")


@pytest.mark.parametrize(
    ("word", "number", "shown"),
    [
        ("width", 0, "`width` = `16`"),
        ("width", 1, "`width` = `16`"),
        ("n, 3x3", 0, "`n` = `4`"),
        ("i, 3x3", 0, "`i` = `1`, `2`"),
        ("(4) * 3", 0, "26x26x16 → **26x26x4**, 3 layers, 596 parameters"),
        (" * 3", 0, "26x26x16 → **26x26x4**, 3 layers, 596 parameters"),
        ("* 3", 0, "26x26x16 → **26x26x4**, 9 layers, 924 parameters"),
        ("f(n)", 0, "block `f`: runs 3 times:"),
        ("for", 0, "loop: 26x26x4 → **22x22x16**, 2 layers, 1,464 parameters"),
        ("28x28x1", 0, "`input1`: **28x28x1**"),
        ("block", 0, ""),
    ],
)
def test_a_word_under_the_cursor(word: str, number: int, shown: str) -> None:
    found = hover(word, number)
    assert shown in found and bool(shown) == bool(found)


def test_a_block_has_the_figures_of_the_open_files_that_use_it(tmp_path: Path) -> None:
    used, user = write_uri(str(tmp_path / "used.cnn")), write_uri(str(tmp_path / "user.cnn"))
    documents = Documents(ConfiguredFiles)
    document = documents.open(used, "block f(n) { conv(n, 3x3) }\n", 1)
    assert "<" not in write_hints(document, documents)
    documents.open(user, 'use "used.cnn" (f)\ninput 9x9x3\nf(4) -> f(8)\n', 1)
    assert write_hints(document, documents) == "block f(n) { conv(n, 3x3)<7x7x4 … 5x5x8 ×2> }\n"
    documents.edit(used, [(None, "# a\nblock f(n) { conv(n, 5x5) }\n")], 2)
    assert "<5x5x4 … 1x1x8 ×2>" in write_hints(document, documents)


@pytest.mark.parametrize("text", ["", "\0", "conv(", "}", "use"])
def test_where_there_is_nothing_nothing_is_shown(text: str) -> None:
    documents, document = open_text("/nowhere/a.cnn", text)
    assert write_hints(document, documents) == document.source.text
    assert find_hover(document, documents, Position(0, 0)) is None
    assert find_hover(document, documents, Position(7, 7)) is None


def test_one_more_is_not_told_as_several() -> None:
    documents, document = open_text("/nowhere/a.cnn", "block f { conv(2, 3x3, padding=same) }\ninput 8x8x2\nf * 5\n")
    told = [
        str(find_hover(document, documents, document.places.find_position(document.source.text.index(word))))
        for word in ("f {", "conv")
    ]
    assert "1 layer, 38 parameters" in told[0] and "… and 1 more time'" in told[0]
    assert "… and 1 more use\\n" in told[1]


UNKNOWN = "what it comes to is not known until the mistakes are mended"


@pytest.mark.parametrize(
    ("line", "column", "shown"),
    [
        (0, 6, f"block `b`: runs 2 times:  \n{UNKNOWN}"),
        (0, 14, f"Convolution: every filter slides over the input and sums what it sees.\n\n{UNKNOWN}"),
        (0, 30, UNKNOWN),
        (2, 1, f"takes 28x28x1; {UNKNOWN}"),
        (3, 0, f"runs 2 times:  \n{UNKNOWN}"),
    ],
)
def test_what_was_never_known_is_told_in_a_sentence(line: int, column: int, shown: str) -> None:
    text = "block b(n) { conv(n, 3x3) -> xyzzy }\ninput 28x28x1\nxyzzyq(3)\nb(8) * 2\n"
    documents, document = open_text("/nowhere/a.cnn", text)
    found = find_hover(document, documents, Position(line, column))
    assert found is not None and found.contents.value == shown  # type: ignore[union-attr]
