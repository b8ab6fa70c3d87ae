"""The pictures of an interactive page: what is open in each, and that none is there twice."""

from __future__ import annotations

import re

import pytest

from cnnspec import load
from cnnspec.draw.outline.opened import walk_keys
from cnnspec.draw.outline.outline import ALL, find_outline, find_tree, see_tree
from cnnspec.draw.outline.parts import Fold, Group
from cnnspec.draw.page.pictures import draw_pictures
from cnnspec.draw.question import DrawQuestion
from tests.draw.page_networks import BLOCKS, analyse_text
from tests.example_files import EXAMPLES


@pytest.mark.parametrize("name", ["resnet50", "unet", "inception_v3", "densenet121", "vgg16"])
def test_the_first_picture_is_the_one_that_draw_makes(name: str) -> None:
    """And its state is told truly: with these blocks opened, all others closed, the same is seen."""
    network = load(EXAMPLES / f"{name}.cnn").analysed
    tree = find_tree(network)
    for outline in [find_outline(network, depth) for depth in (None, 0, 1, 2)]:
        if outline.depth == ALL:
            continue
        same = see_tree(network.graph, tree, 0, outline.open)
        assert same.open == outline.open
        assert (same.boxes, same.groups, same.edges) == (outline.boxes, outline.groups, outline.edges)


@pytest.mark.parametrize("name", ["lenet5", "unet"])
def test_all_is_open_where_every_layer_is_seen(name: str) -> None:
    network = load(EXAMPLES / f"{name}.cnn").analysed
    parts = dict(walk_keys(find_tree(network)))
    assert find_outline(network, ALL).open == {key for key, one in parts.items() if isinstance(one, (Group, Fold))}


ONE_BOX = """
block f(n) { conv(n, 3x3, padding=same) * 3 }
input 28x28x3
f(8) -> maxpool(2) -> f(16) -> maxpool(2) -> flatten -> dense(10)
"""


def test_no_picture_is_there_twice() -> None:
    """A block that is one box looks alike open and closed."""
    (network,) = analyse_text(ONE_BOX)
    pictures = [picture.svg for picture in draw_pictures(network, DrawQuestion(depth=0)).pictures]
    assert len({*pictures}) == len(pictures) > 3


def test_what_would_be_too_large_is_not_opened() -> None:
    (network,) = analyse_text("input 8x8x8\nconv(8, 3x3, padding=same) * 3500\n")
    assert len(draw_pictures(network, DrawQuestion()).pictures) == 1


def test_every_picture_shows_what_its_state_says() -> None:
    (network,) = analyse_text(BLOCKS)
    pictures = draw_pictures(network, DrawQuestion(depth=0)).pictures
    assert len({picture.open for picture in pictures}) == len(pictures) > 3
    blocks = {key for key, part in walk_keys(find_tree(network)) if isinstance(part, Group)}
    for picture in pictures:
        assert all(outer in picture.open for path in picture.open for outer in blocks if path.startswith(f"{outer}."))
    for picture in pictures:
        layers = re.findall(r'class="box[^"]*" data-layers="([\d ]+)"', picture.svg)
        assert sorted(int(one) for box in layers for one in box.split()) == list(range(18))
        assert "<style>" not in picture.svg and " id=" not in picture.svg
