"""The picture of a network as a flow: what holds of its coordinates, what stands in it, and its files."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cnnspec.base.source import Source
from cnnspec.draw.boxes.coloring import COLORINGS
from cnnspec.draw.flow.flow import NARROWEST, draw_flow
from cnnspec.draw.forms import write_form
from cnnspec.draw.outline.outline import ALL, find_outline
from cnnspec.draw.question import DIRECTIONS, DrawQuestion
from cnnspec.network import AnalysedNetwork
from cnnspec.pictures.palette import COLORS
from cnnspec.pictures.svg import write_svg
from cnnspec.pipeline import analyse
from tests.draw.drawn import draw_looked_over, outline_faults
from tests.example_files import EXAMPLES, TRIED, networks, relative
from tests.fuzz.writer import sound
from tests.support import THOROUGH

RANDOM = 300 if THOROUGH else 15
MOST = 10_000 if THOROUGH else 70  # boxes of a picture of every layer that is looked over by default
SVG = "{http://www.w3.org/2000/svg}"
BROKEN = """
input 28x28x1
conv(8, 3x3) -> bn -> relu as a
maxpool(2x2)
conv(16, 3x3, padding=1) as b
add(a, b)
cnov(32, 3x3)
foo(3)
relu
expect params < 5
"""


def analysed(text: str) -> AnalysedNetwork:
    (network,) = analyse(Source("net.cnn", text)).networks
    return network


def read_svg(network: AnalysedNetwork, depth: int | None = None, **style: object) -> ElementTree.Element:
    return ElementTree.fromstring(write_svg(draw_flow(network, DrawQuestion(depth=depth, **style))))  # type: ignore[arg-type]


def find_groups(svg: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [group for group in svg.iter(f"{SVG}g") if kind in group.get("class", "").split()]


def read_words(element: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in element.iter(f"{SVG}text")]


# ---- coordinates -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", TRIED, ids=relative)
def test_every_layer_and_edge_once_and_where(path: Path) -> None:
    for number, network in enumerate(networks(path).values()):
        for depth in (None, 0, 1, ALL):
            outline = find_outline(network, depth)
            assert [*outline_faults(network, outline)] == []
            if depth is None:
                assert len(outline.boxes) <= 60 and outline.count_rows() <= 40, "it fits a page"
            if depth is None or depth == ALL and len(outline.boxes) <= MOST:
                draw_looked_over(network, outline, DIRECTIONS[number % 2], shown=("params", "rf"))


def test_coordinates_of_texts_by_chance() -> None:
    for seed in range(RANDOM):
        for network in analyse(Source("net.cnn", sound(random.Random(seed)))).networks:
            outline = find_outline(network, random.Random(seed).choice((None, 0, 1, ALL)))
            if len(outline.boxes) <= MOST:
                draw_looked_over(network, outline, random.Random(seed).choice(DIRECTIONS))


def test_a_page_holds_resnet() -> None:
    (network,) = networks(EXAMPLES / "resnet50.cnn").values()
    drawing = draw_flow(network, DrawQuestion())
    assert drawing.height <= 2000 and drawing.width <= 800


# ---- the SVG and its contract ------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["unet.cnn", "resnet18.cnn", "lectures/lecture2_pooling.cnn"])
def test_boxes_groups_and_edges_of_an_svg(name: str) -> None:
    network = next(iter(networks(EXAMPLES / name).values()))
    outline = find_outline(network, 1)
    svg = read_svg(network, 1)
    boxes, groups, edges = [find_groups(svg, kind) for kind in ("box", "group", "edge")]
    assert [box.get("data-layers") for box in boxes] == [" ".join(map(str, box.layers)) for box in outline.boxes]
    assert [group.get("data-path") for group in groups] == [group.path for group in outline.groups]
    assert len(edges) == len(outline.edges) + len(network.graph.outputs)
    ids = [element.get("id") for element in [*boxes, *groups]]
    assert len({*ids}) == len(ids) and all([re.fullmatch(r"(layer|group)-[A-Za-z0-9_.-]*", str(one)) for one in ids])
    assert all([element.find(f"{SVG}title") is not None for element in [*boxes, *groups, *edges]])
    read = [(edge.get("data-from"), edge.get("data-to")) for edge in edges[: len(outline.edges)]]
    assert read == [(" ".join(map(str, edge.tensors)), " ".join(map(str, edge.readers))) for edge in outline.edges]


def test_the_tooltip_of_a_box() -> None:
    svg = read_svg(analysed("input 28x28x1\nconv(8, 3x3, activation=relu) as first\n"))
    assert find_groups(svg, "box")[1].findtext(f"{SVG}title") == (
        "first\nconv(8, 3x3, activation=relu), net.cnn:2:1\noutput: 26x26x8\nparameters: 80\nMACs: 48,672\n"
        "receptive field: 3x3\nmemory of outputs: 21.12 KiB"
    )


SHOWN = {
    "params": "80 params",
    "macs": "48.7 k MACs",
    "rf": "field 3x3",
    "shape": "26x26x8",
    "name": "first",
    "memory": "21.12 KiB",
}


def test_what_is_shown() -> None:
    network = analysed("input 28x28x1\nconv(8, 3x3) as first\n")
    for asked, words in SHOWN.items():
        assert read_words(find_groups(read_svg(network, shown=(asked,)), "box")[1]) == ["conv 3x3, 8", words]
    assert len(read_words(find_groups(read_svg(network, shown=tuple(SHOWN)), "box")[1])) == 7


def test_what_colors_mean() -> None:
    network = analysed("input 27x27x1\nconv(8, 3x3) -> maxpool(2x2) -> conv(8, 3x3) -> flatten -> dense(3)\n")
    legends = {color: read_words(read_svg(network, color=color))[-7:] for color in COLORINGS}
    assert legends["kind"][-5:] == ["input", "convolution", "pooling", "dense", "reshape"]
    assert legends["cost"][-2:] == ["MACs of one example: 0", "57.6 k"]
    assert legends["rf"][-2:] == ["receptive field: 0", "27 positions along an axis"]
    assert legends["lost"][-2:] == ["positions that are never read: 0", "7.84 %"]
    assert legends["none"][-1] == "output"
    whole = analysed("input 28x28x1\nconv(8, 3x3) -> maxpool(2x2)\n")
    assert read_words(read_svg(whole, color="lost"))[-1] == "positions that are never read: none"
    fills = [box.find(f"{SVG}rect").get("fill") for box in find_groups(read_svg(network, color="cost"), "box")]  # type: ignore[union-attr]
    assert fills[1] == COLORS["level-7"][0] and fills[3] == COLORS["level-9"][0] and fills[0] == COLORS["level-0"][0]


def test_what_is_narrower_than_its_legend_stands_above_its_middle() -> None:
    network = analysed("input 28x28x1\nconv(8, 3x3) -> maxpool(2x2) -> flatten -> dense(3)\n")
    svg = read_svg(network)
    boxes = [box.find(f"{SVG}rect") for box in find_groups(svg, "box")]
    middles = {float(box.get("x", "")) + float(box.get("width", "")) / 2 for box in boxes if box is not None}
    width, alone = float(svg.get("width", "")), float(read_svg(network, color="none").get("width", ""))
    assert width > 1.5 * alone and len(middles) == 1 and abs(middles.pop() - width / 2) < alone / 4


def test_notes_are_as_wide_as_the_picture() -> None:
    network = analysed("input 28x28x1\nconvv(8, 3x3) -> maxpol(2x2) -> flaten -> dense(3, softmx)\n")
    svg = read_svg(network)
    words = " ".join(read_words(svg))
    assert "Assumed: conv for convv (line 2)" in words and words.endswith("its figures rest on that")
    assert float(svg.get("width", "")) <= NARROWEST


def test_a_broken_network_is_drawn_as_far_as_it_is_known() -> None:
    network = analysed(BROKEN)
    svg = read_svg(network)
    boxes = {read_words(box)[0]: box for box in find_groups(svg, "box")}
    refused = {name for name, box in boxes.items() if "refused" in box.get("class", "")}
    assert refused == {"add", "foo(3)"}
    assert "E102" in read_words(boxes["add"]) and "E010" in read_words(boxes["foo(3)"])
    assert "assumed" in read_words(boxes["conv 3x3, 32"]) and "E010" in read_words(boxes["conv 3x3, 32"])
    words = read_words(svg)
    assert "?" in words and any([word.startswith("Assumed: conv for cnov (line 7)") for word in words])
    assert "activation" in boxes["relu"].get("class", "").split()
    assert "error E102: add of" in str(boxes["add"].findtext(f"{SVG}title"))


def test_a_finding_is_at_the_layer_that_is_refused() -> None:
    svg = read_svg(analysed("block f(k) { conv(4, k) }\ninput 9x9x1\nf(3x3) -> f(5x5) -> f(4x4)\n"))
    badges = {read_words(box)[0]: read_words(box)[1:] for box in find_groups(svg, "box")}
    assert badges == {"input": [], "conv 3x3, 4": [], "conv 5x5, 4": [], "conv 4x4, 4": ["E101"]}


def test_shapes_stand_where_they_change_and_where_a_group_ends() -> None:
    keeps = "conv(4, 3x3, padding=same) -> conv(4, 5x5, padding=same)"
    svg = read_svg(analysed(f"block f() {{ {keeps} }}\ninput 8x8x4\nf -> conv(4, 1x1) -> conv(8, 1x1)\n"))
    assert [read_words(edge) for edge in find_groups(svg, "edge")] == [["8x8x4"], [], ["8x8x4"], [], ["8x8x8"]]


def test_a_finding_of_no_layer_is_told_below() -> None:
    words = read_words(read_svg(analysed("input 8x8x1\nconv(8, 3x3)\nexpect params < 5\n")))
    assert words[-1] == "error E021: params is 80, not < 5"


def test_layers_that_no_output_depends_on_are_faint() -> None:
    svg = read_svg(analysed("input x 8x8x1\nconv(8, 3x3) as a\nx -> conv(4, 1x1)\n"))
    assert [("unused" in box.get("class", "").split()) for box in find_groups(svg, "box")] == [False, True, False]


# ---- the same bytes, whatever is drawn -----------------------------------------------------------------------------
CODE = """
import sys
import cnnspec
from cnnspec.draw.forms import write_form
from cnnspec.draw.question import DrawQuestion
for form in ("svg", "tex", "dot", "mermaid"):
    network = cnnspec.load(sys.argv[1]).analysed
    sys.stdout.buffer.write(write_form([network], DrawQuestion(depth=1, color="cost", shown=("params",)), form))
"""


def test_equal_bytes() -> None:
    path = str(EXAMPLES / "inception_v3.cnn")
    written = [
        subprocess.run(
            [sys.executable, "-c", CODE, path], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        for seed in ("0", "7")
    ]
    network = next(iter(networks(Path(path)).values()))
    question = DrawQuestion(depth=1, color="cost", shown=("params",))
    here = b"".join([write_form([network], question, form) for form in ("svg", "tex", "dot", "mermaid")])
    assert written[0].stdout == written[1].stdout == here


# ---- names that would be something else ---------------------------------------------------------------------------
HOSTILE = (
    "</text><script>alert(1)</script>", '"]; x [URL="javascript:alert(1)"', "`x`", "#quot;", "end", "\\N \\\" }", "a\nb", "\x00\x1b[2J",
    "\u202e rtl", "]]>", "-->", "$x$", "\\input{/etc/passwd}", "%%{init}%%", '" onload="alert(1)', "1. a", "&lt;", "]",
)  # fmt: skip


def name_hostile() -> AnalysedNetwork:
    """A network whose layers have such names, as a model file can give them."""
    network = analysed("input 9x9x1\n" + "conv(1, 1x1) -> relu\n" * len(HOSTILE))
    for number, name in enumerate(HOSTILE):
        layer, activation = network.graph.nodes[1 + 2 * number : 3 + 2 * number]
        layer.name = layer.given = layer.label = activation.label = name
    network.graph.name = HOSTILE[0]
    return network.replace(name=HOSTILE[0])


def write_hostile(form: str) -> str:
    return write_form([name_hostile()], DrawQuestion(depth=ALL, shown=("name",)), form).decode()


def test_names_stay_names_in_svg() -> None:
    text = write_hostile("svg")
    svg = ElementTree.fromstring(text)
    assert {element.tag.removeprefix(SVG) for element in svg.iter()} <= {
        "svg",
        "title",
        "style",
        "rect",
        "path",
        "g",
        "text",
    }
    assert not [name for element in svg.iter() for name in element.attrib if name.startswith("on") or "href" in name]
    assert all([line.isprintable() for line in text.split("\n")])
    assert HOSTILE[0] in " ".join(read_words(svg))


@pytest.mark.parametrize(("form", "style"), [("svg", "flow"), ("svg", "volumes"), ("dot", "flow"), ("mermaid", "flow")])
def test_a_long_name_is_cut(form: str, style: str) -> None:
    long = "n" * 5_000
    network = analysed(f"block {long}() {{ conv(4, 3x3) -> relu }}\ninput 9x9x1\n{long} -> conv(4, 3x3) as l{long}\n")
    depth = 0 if style == "flow" else None
    text = write_form([network], DrawQuestion(style, depth, shown=("name",)), form).decode()
    words = re.findall("<text.*</text>", text) if form == "svg" else [text]
    assert "nnn…" in "".join(words) and long not in "".join(words)


def test_names_stay_names_in_dot() -> None:
    for line in write_hostile("dot").split("\n"):
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line).strip()
        assert re.fullmatch(r'(n\d+( -> n\d+)? \[label=""(, fillcolor="")?\]|digraph "" \{|rankdir=TB|(node|edge) \[.*\]|\}|)', bare), line  # fmt: skip
        assert line.isprintable()


def test_names_stay_names_in_mermaid() -> None:
    for line in write_hostile("mermaid").split("\n"):
        bare = re.sub(r'"(?:<br>|#\d+;|\.(?=[\w.])|[\w ,/()×·→…])*"', '""', line).strip()
        assert re.fullmatch(r'(n\d+\[""\]:::\w+|n\d+ -->\|""\| n\d+|flowchart TD|classDef \w+ [\w:#,]+|)', bare), line


def test_names_stay_names_in_tikz() -> None:
    text = write_hostile("tex")
    assert "\\input{" not in text and "\\write" not in text and "$x$" not in text
    assert all([line.isprintable() for line in text.split("\n")])


@pytest.mark.parametrize(("form", "direction"), [*product(("dot", "mermaid"), DIRECTIONS)])
def test_groups_are_clusters(form: str, direction: str) -> None:
    network = analysed("block f(n) { conv(n, 3x3) -> conv(n, 5x5) }\ninput 32x32x3\nf(4) -> f(8)\n")
    text = write_form([network], DrawQuestion(depth=ALL, direction=direction), form).decode()
    assert text.count("subgraph") == 2 and {"down": "T", "right": "LR"}[direction] in text
    assert text.count("->" if form == "dot" else "-->") == 5
