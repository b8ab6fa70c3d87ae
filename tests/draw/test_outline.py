"""What is seen of a network: boxes, groups and folds, as a sketch that a person can read."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from cnnspec.base.source import Source
from cnnspec.draw.boxes.findings import place_findings
from cnnspec.draw.boxes.words import write_box, write_group, write_shapes
from cnnspec.draw.outline.outline import ALL, Outline, TooLarge, count_seen, find_outline, find_tree
from cnnspec.draw.outline.parts import Part
from cnnspec.draw.outline.repeats import Folding
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import analyse, analyse_model
from tests.draw.drawn import outline_faults
from tests.draw.outline_sketches import BLOCKS, SKETCHES
from tests.fuzz.writer import sound
from tests.support import THOROUGH

RANDOM = 300 if THOROUGH else 30
TORCH = Path(__file__).parents[1] / "model_files" / "torch" / "fixtures"


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
    assert count_seen(find_tree(network), outline.depth, outline.open if depth != ALL else frozenset()) == len(
        outline.boxes
    )


def test_only_all_shows_every_layer() -> None:
    """However deep one sees, what repeats is folded."""
    network = analysed(BLOCKS)
    assert (
        len(find_outline(network, 5_000).boxes)
        == len(find_outline(network, 2).boxes)
        < len(find_outline(network, ALL).boxes)
    )


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
    with pytest.raises(TooLarge, match=r"1,201 boxes, more than the 1,000 .*: give a smaller depth, or none"):
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
    make = Folding.make_member

    def note(self: Folding, parts: Sequence[Part]) -> Part:
        made.append(parts)
        return make(self, parts)

    monkeypatch.setattr(Folding, "make_member", note)
    branches = ", ".join(["conv(4, 3x3)"] * 300)
    assert len(find_tree(analysed(f"input x 8x8x1\nconcat({branches})\n"))) == 302
    assert len(made) < 20 * 300  # two for each length of a stretch


def test_a_name_that_nothing_has() -> None:
    with pytest.raises(LookupError, match=r'has no block, module or layer "basik"; did you mean "basic"\?'):
        find_outline(analysed(BLOCKS), None, ["basik"])
