"""What is seen of a network: boxes, groups and folds, as a sketch that a person can read."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from cnnspec.base.source import Source
from cnnspec.draw.boxes.findings import place_findings
from cnnspec.draw.boxes.words import write_box, write_group, write_shapes
from cnnspec.draw.outline.outline import ALL, Outline, TooLarge, find_outline, find_tree
from cnnspec.draw.outline.parts import Part
from cnnspec.draw.outline.repeats import _Folding
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import analyse, analyse_model
from tests.draw.drawn import outline_faults
from tests.fuzz.writer import sound
from tests.support import THOROUGH

RANDOM = 300 if THOROUGH else 30
TORCH = Path(__file__).parents[1] / "model_files" / "torch" / "fixtures"

BLOCKS = """
block cbr(filters, stride=1) { conv(filters, 3x3, stride, padding=1, bias=false) -> bn -> relu }
block basic(filters) { add(in, cbr(filters) -> conv(filters, 3x3, padding=1) -> bn) -> relu }
input 32x32x3
cbr(16)
basic(16) * 3
for filters in [32, 64] { cbr(filters, 2) -> basic(filters) }
gap -> dense(10, softmax)
"""
FLAT = "input 32x32x3\n" + "".join(
    [f"conv(8, 3x3, padding=same) as a{i}\nadd(conv(8, 3x3, padding=same) -> relu, a{i})\n" for i in range(5)]
)
SKETCHES = {  # a text, a depth, what is opened: what is seen
    "every layer where these are few": (
        "input 28x28x1\nconv(8, 3x3, activation=relu) -> maxpool(2x2)\nflatten -> dropout(0.5) -> dense(10, softmax)\n",
        None, (),
        """
        input
        conv 3x3, 8 | relu
        maxpool 2x2, /2
        flatten | dropout 0.5
        dense 10 | softmax
        """,
    ),
    "blocks closed": (
        BLOCKS, 0, (),
        """
        input
        conv 3x3, 16 | bn · relu
        basic ×3 | conv 3x3, conv 3x3, add
        for filters in [32, 64] ×2 | conv 3x3, basic
        gap
        dense 10 | softmax
        """,
    ),
    "one level open, of what repeats one": (
        BLOCKS, 1, (),
        """
        input
        conv 3x3, 16 | bn · relu
        [basic ×3]
          conv 3x3, 16 | bn · relu
          conv 3x3, 16 | bn
          add | relu
        [for filters in [32, 64] ×2]
          conv 3x3, 32…64, /2 | bn · relu
          basic | conv 3x3, conv 3x3, add
        gap
        dense 10 | softmax
        """,
    ),
    "a block opened by its name": (
        BLOCKS, 0, ("basic",),
        """
        input
        conv 3x3, 16 | bn · relu
        [basic ×3]
          conv 3x3, 16 | bn · relu
          conv 3x3, 16 | bn
          add | relu
        [for filters in [32, 64] ×2]
          conv 3x3, 32…64, /2 | bn · relu
          [basic]
            conv 3x3, 32…64 | bn · relu
            conv 3x3, 32…64 | bn
            add | relu
        gap
        dense 10 | softmax
        """,
    ),
    "a layer in one of those that repeat": (
        BLOCKS, 0, ("add2",),
        """
        input
        conv 3x3, 16 | bn · relu
        basic | conv 3x3, conv 3x3, add
        [basic]
          conv 3x3, 16 | bn · relu
          conv 3x3, 16 | bn
          add | relu
        basic | conv 3x3, conv 3x3, add
        for filters in [32, 64] ×2 | conv 3x3, basic
        gap
        dense 10 | softmax
        """,
    ),
    "a fold unfolded by its path": (
        BLOCKS, 0, ("2",),
        """
        input
        conv 3x3, 16 | bn · relu
        basic | conv 3x3, conv 3x3, add
        basic | conv 3x3, conv 3x3, add
        basic | conv 3x3, conv 3x3, add
        for filters in [32, 64] ×2 | conv 3x3, basic
        gap
        dense 10 | softmax
        """,
    ),
    "stretches between two tensors that everything goes through": (
        FLAT, 0, (),
        """
        input
        add of 2 branches ×5 | conv 3x3, conv 3x3, add
        """,
    ),
    "and a stretch alone": (
        "input 64x64x3\n" + "".join([f"conv(8, {k}x1) -> conv(8, 1x{k})\n" for k in range(1, 7)])
        + "add(in, conv(8, 1x1) -> tanh -> conv(8, 3x3, padding=same))\ngap\n",
        0, (),
        """
        input
        conv 1x1, 8 ×2
        conv 2x1, 8
        conv 1x2, 8
        conv 3x1, 8
        conv 1x3, 8
        conv 4x1, 8
        conv 1x4, 8
        conv 5x1, 8
        conv 1x5, 8
        conv 6x1, 8
        conv 1x6, 8
        add of 2 branches | conv 1x1, conv 3x3, add
        gap
        """,
    ),
    "stretches that repeat": (
        "input 64x64x3\n" + "conv(8, 3x3) -> conv(8, 3x3) -> maxpool(2x2)\n" * 3 + "conv(8, 3x3)\n", 0, (),
        """
        input
        (conv ×2, maxpool) ×3 | conv 3x3 ×2, maxpool 2x2
        conv 3x3, 8
        """,
    ),
    "and one of them": (
        "input 64x64x3\n" + "conv(8, 3x3) -> conv(8, 3x3) -> maxpool(2x2)\n" * 3 + "conv(8, 3x3)\n", 1, (),
        """
        input
        [(conv ×2, maxpool) ×3]
          conv 3x3, 8 ×2
          maxpool 2x2, /2
        conv 3x3, 8
        """,
    ),
    "and all of them": (
        "input 64x64x3\n" + "conv(8, 3x3) -> maxpool(2x2)\n" * 2, ALL, (),
        """
        input
        conv 3x3, 8
        maxpool 2x2, /2
        conv 3x3, 8
        maxpool 2x2, /2
        """,
    ),
    "what is read elsewhere is not folded": (
        "input 8x8x4\nconv(4, 3x3, padding=same) as a\nconv(4, 3x3, padding=same) as b\nconv(4, 3x3, padding=same) as c\nadd(a, b, c)\n",
        0, (),
        """
        input
        conv 3x3, 4
        conv 3x3, 4
        conv 3x3, 4
        add
        """,
    ),
    "other windows are not folded": (
        "input 32x32x4\nconv(4, 3x3) -> conv(4, 3x3) -> conv(4, 5x5) -> conv(8, 5x5, activation=relu) -> conv(8, 5x5, activation=relu)\n",
        0, (),
        """
        input
        conv 3x3, 4 ×2
        conv 5x5, 4
        conv 5x5, 8 ×2 | relu
        """,
    ),
    "an activation that two read has a box": (
        "input 8x8x4\nconv(4, 1x1) -> bn as a\nrelu as b\nadd(a, b)\n", None, (),
        """
        input
        conv 1x1, 4 | bn
        relu
        add
        """,
    ),
    "how layers are written": (
        "input 9x9x4\nconv(8, 3, stride=(2, 1), dilation=1, groups=2, padding=1)\nconv_transpose(4, 2x2, stride=2)\n"
        "upsample(2x2) -> avgpool(2x1) -> crop(1) -> depthwise_conv(3x3)\nrescaling(0.123456789) -> flatten -> dense(8) -> reshape(2x4)\n",
        None, (),
        """
        input
        conv 3x3, 8, /2x1, groups 2
        conv_transpose 2x2, 4, stride 2
        upsample
        avgpool 2x1, /2x1
        crop
        depthwise_conv 3x3 | rescaling 0.1235
        flatten
        dense 8
        reshape 2x4
        """,
    ),
    "as far as it is known": (
        "input 9x9x1\nconv(4, 3x3) as a\nadd(a, conv(4, 5x5)) -> relu\nfoo(3)\n", None, (),
        """
        input
        conv 3x3, 4
        conv 5x5, 4
        add
        relu
        foo(3)
        """,
    ),
}  # fmt: skip


def analysed(text: str) -> AnalysedNetwork:
    (network,) = analyse(Source("net.cnn", text)).networks
    return network


def sketch(network: AnalysedNetwork, outline: Outline) -> str:
    """Boxes line by line, in their groups."""

    def write(group: int | None, indent: str) -> Iterator[tuple[int, str]]:
        for box in outline.boxes:
            if box.group == group:
                words = write_box(network, box)
                yield box.layers[0], indent + " | ".join(filter(None, [words.head, words.below]))
        for at, one in enumerate(outline.groups):
            if one.group == group:
                inner = "\n".join([line for _, line in sorted(write(at, f"{indent}  "))])
                yield one.layers[0], f"{indent}[{write_group(one)}]\n{inner}"

    return "\n".join([line for _, line in sorted(write(None, ""))])


def dedent(text: str) -> str:
    lines = text.strip("\n").rstrip().split("\n")
    return "\n".join([line[8:] for line in lines])


@pytest.mark.parametrize("case", SKETCHES)
def test_what_is_seen(case: str) -> None:
    text, depth, expanded, seen = SKETCHES[case]
    network = analysed(text)
    outline = find_outline(network, depth, expanded)
    assert sketch(network, outline) == dedent(seen)
    assert [*outline_faults(network, outline)] == []


def test_shapes_of_what_repeats_are_a_range() -> None:
    network = analysed(BLOCKS)
    outline = find_outline(network, 0)
    shapes = [write_shapes([network.graph.nodes[i].shape for i in edge.tensors]) for edge in outline.edges]
    assert shapes == ["32x32x3", "32x32x16", "32x32x16", "8x8x64", "64"]
    inside = [edge for edge in find_outline(network, 1).edges if len(edge.tensors) == 2]
    shown = {write_shapes([network.graph.nodes[i].shape for i in edge.tensors]) for edge in inside}
    assert shown == {"16x16x32 → 8x8x64"}


def test_modules_of_pytorch_are_groups() -> None:
    network = analyse_model(str(TORCH / "resnet18.pt2")).networks[0]
    seen = sketch(network, find_outline(network, 0)).split("\n")
    assert seen[3:5] == ["layer1 | BasicBlock ×2", "layer2 … layer4 ×3 | BasicBlock, BasicBlock"]
    assert "[layer3.1: BasicBlock]" in sketch(network, find_outline(network, 0, ["layer3.1"])).replace("  ", "")
    assert "[layer1.0: BasicBlock ×2]" not in sketch(network, find_outline(network, 0, ["BasicBlock"]))
    assert "[BasicBlock ×2]" in sketch(network, find_outline(network, 0, ["BasicBlock"]))


def test_findings_of_a_model_are_at_its_layers() -> None:
    network = analyse_model(str(TORCH / "alexnet.pt2")).networks[0]
    placed = place_findings(network)
    at = {network.graph.nodes[index].name: [one.code for one in found] for index, found in placed.at.items()}
    assert at == {"avgpool": ["W205"], "classifier.1": ["P501"]} and not placed.elsewhere


def test_what_repeats_without_a_name_is_no_block() -> None:
    text = "input 28x28x1\n" + "conv(4, 3x3) -> maxpool(2x2)\n" * 2
    with pytest.raises(LookupError, match=r'"qqq": its layers are input1, conv1, maxpool1, conv2, maxpool2$'):
        find_outline(analysed(text), None, ["qqq"])


def test_paths_that_are_no_modules() -> None:
    """An exporter writes one path at some layers of a stretch: /net/relu among Conv_1, Conv_2."""
    network = analysed("input 32x32x4\n" + "conv(4, 3x3) -> relu -> maxpool(2x2, stride=1) -> add(in, in)\n" * 4)
    for node in network.graph.nodes:
        path = "net" if node.index % 4 in (2, 3) and node.index > 4 or node.index == 2 else ""
        node.site = node.site.replace(source=Source("net.onnx", ""), module=path)
    outline = find_outline(network, 3)
    assert not [group for group in outline.groups if group.part.title == "net"]


def test_texts_by_chance() -> None:
    for seed in range(RANDOM):
        for network in analyse(Source("net.cnn", sound(random.Random(seed)))).networks:
            for depth in (None, 0, 1, 2, ALL):
                assert [*outline_faults(network, find_outline(network, depth))] == []


def test_many_layers_are_folded_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    network = analysed("block f(n) { add(in, conv(n, 3x3, padding=same) -> bn -> relu) }\ninput 8x8x8\nf(8) * 600\n")
    assert len(find_outline(network).boxes) == 3
    monkeypatch.setattr("cnnspec.draw.outline.outline.MOST_BOXES", 1_000)
    with pytest.raises(TooLarge, match=r"1,201 boxes, more than the 1,000 .*: give a smaller --depth, or none"):
        find_outline(network, ALL)
    turns = "".join([f"conv(8, {1 + 2 * (i * i * i % 101 % 7)}, padding=same)\n" for i in range(1_500)])
    with pytest.raises(
        TooLarge, match=r"boxes, more than the 1,000 .*: put stretches of it into blocks, each of which"
    ):
        find_outline(analysed(f"input 8x8x8\n{turns}"))
    halves = f"block f() {{\n{turns}}}\ninput 8x8x8\nf() -> f() -> maxpool(2x2)\n"
    assert len(find_outline(analysed(halves)).boxes) == 3


def test_many_branches_are_not_tried_with_all_behind_them(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Sequence[Part]] = []
    make = _Folding.make_member

    def note(self: _Folding, parts: Sequence[Part]) -> Part:
        made.append(parts)
        return make(self, parts)

    monkeypatch.setattr(_Folding, "make_member", note)
    branches = ", ".join(["conv(4, 3x3)"] * 300)
    assert len(find_tree(analysed(f"input x 8x8x1\nconcat({branches})\n"))) == 302
    assert len(made) < 20 * 300  # two for each length of a stretch


def test_a_name_that_nothing_has() -> None:
    with pytest.raises(LookupError, match=r'has no block, module or layer "basik"; did you mean "basic"\?'):
        find_outline(analysed(BLOCKS), None, ["basik"])
