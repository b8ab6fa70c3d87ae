"""The layered layout: what it holds for any graph, and how the graphs that networks are look."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.draw.layered import lay_out
from cnnspec.draw.layered.crossings import inversions
from cnnspec.draw.layered.diagram import Box, Edge, Group, Layout, Rect, Size, Spacing
from tests.draw.layered.graphs import Graph, graphs
from tests.draw.layered.holds import crossings, faults

BOX, ADD = Box(100, 24), Box(40, 24)
LABEL = Size(60, 11)


def laid_out(boxes: list[Box], groups: list[Group], edges: list[Edge], direction: str = "down") -> Layout:
    """A layout that was looked over."""
    made = lay_out(boxes, groups, edges, direction)
    assert not faults(made, boxes, groups, edges, direction)
    return made


def middle(rect: Rect) -> float:
    return rect.x + rect.width / 2


def straight(layout: Layout, edge: int) -> bool:
    return len(layout.routes[edge].points) == 2


# ---- any graph ---------------------------------------------------------------------------------------------------


@given(graphs())
def test_every_layout_holds(graph: Graph) -> None:
    for direction in ("down", "right"):
        assert not faults(lay_out(*graph, direction=direction), *graph, direction)


@given(graphs(12))
def test_equal_input_gives_an_equal_answer(graph: Graph) -> None:
    assert lay_out(*graph) == lay_out(*graph)


def test_no_hash_decides() -> None:
    code = """
from cnnspec.draw.layered import lay_out
from cnnspec.draw.layered.diagram import Box, Edge, Group, Size
boxes = [Box(40 + i % 3 * 30, 24, i // 6 if i < 24 else None) for i in range(40)]
edges = [Edge(j, i, Size(50, 11) if i % 3 else None) for i in range(40) for j in (i - 1, i * 5 % 11, i - 7) if 0 <= j < i]
print(lay_out(boxes, [Group(Size(50, 12)) for _ in range(4)], edges))
"""
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


# ---- what networks are -------------------------------------------------------------------------------------------


def test_a_chain_is_straight() -> None:
    widths = (100, 40, 130, 71)
    made = laid_out([Box(width, 24) for width in widths], [], [Edge(i, i + 1, LABEL) for i in range(3)])
    assert all(straight(made, i) for i in range(3))
    assert made.routes[1].label and made.routes[1].label.x > made.routes[1].points[0][0]  # beside its line


def test_a_skip_runs_beside_a_straight_trunk() -> None:
    """As in the residual block's figure; the skip is read first, and is no trunk for that."""
    boxes = [BOX, Box(100, 24, 0), Box(120, 24, 0), Box(40, 24, 0), BOX]
    edges = [Edge(0, 1), Edge(1, 2, LABEL), Edge(0, 3), Edge(2, 3), Edge(3, 4)]
    made = laid_out(boxes, [Group(Size(60, 12))], edges)
    assert [straight(made, i) for i in range(5)] == [True, True, False, True, True]
    lane = [(a, b) for a, b in zip(made.routes[2].points, made.routes[2].points[1:], strict=False) if a[0] == b[0]]
    assert max(lane, key=lambda line: line[1][1] - line[0][1])[0][0] > made.boxes[2].right  # one line down the side
    assert len({middle(rect) for rect in made.boxes}) == 1


def test_skips_lie_one_within_another() -> None:
    boxes = [BOX] * 8
    chain = [Edge(i, i + 1) for i in range(7)]
    made = laid_out(boxes, [], [*chain, Edge(2, 5), Edge(1, 6), Edge(0, 7)])
    lanes = [max(x for x, _ in made.routes[i].points) for i in (7, 8, 9)]
    assert all(straight(made, i) for i in range(7))
    assert lanes == sorted(lanes)


def test_a_fork_shares_its_trunk_and_one_label() -> None:
    made = laid_out([BOX] * 5, [], [Edge(0, i, LABEL) for i in range(1, 5)])
    assert len({route.points[0] for route in made.routes}) == 1
    assert [route.label is not None for route in made.routes] == [True, False, False, False]


def test_two_tensors_of_one_box_share_nothing() -> None:
    made = laid_out([BOX] * 3, [], [Edge(0, 1, LABEL, 0), Edge(0, 2, LABEL, 1)])
    assert made.routes[0].points[0] != made.routes[1].points[0]
    assert all(route.label for route in made.routes)


def test_a_tensor_read_twice_comes_by_two_lines() -> None:
    made = laid_out([BOX, ADD], [], [Edge(0, 1), Edge(0, 1)])
    assert made.routes[0].points[-1] != made.routes[1].points[-1]


def test_three_branches_stand_around_the_trunk() -> None:
    """As in the Inception module's figure: in the order of the text, the longest straight."""
    boxes = [BOX] * 7
    made = laid_out(
        boxes, [], [Edge(0, 1), Edge(0, 2), Edge(2, 3), Edge(0, 4), Edge(1, 5), Edge(3, 5), Edge(4, 5), Edge(5, 6)]
    )
    assert made.boxes[1].x < made.boxes[2].x < made.boxes[4].x
    assert middle(made.boxes[0]) == middle(made.boxes[2]) == middle(made.boxes[3]) == middle(made.boxes[5])


def test_two_equal_branches_stand_evenly() -> None:
    """As in a siamese net's figure."""
    made = laid_out([BOX] * 6, [], [Edge(0, 2), Edge(1, 3), Edge(2, 4), Edge(3, 4), Edge(4, 5)])
    assert middle(made.boxes[2]) + middle(made.boxes[3]) == pytest.approx(2 * middle(made.boxes[4]), abs=0.5)


def test_lines_are_straight_to_a_box_that_is_wide_enough() -> None:
    made = laid_out([BOX] * 3 + [Box(300, 24)], [], [Edge(0, 1), Edge(0, 2), Edge(1, 3), Edge(2, 3)])
    assert straight(made, 2)
    assert straight(made, 3)


def test_a_source_stands_near_its_reader() -> None:
    """A second input that is read late."""
    made = laid_out([BOX] * 7, [], [*[Edge(i, i + 1) for i in range(4)], Edge(5, 6), Edge(6, 4)])
    assert made.boxes[6].y == made.boxes[3].y
    assert made.boxes[5].y == made.boxes[2].y


def test_a_group_that_the_flow_leaves_and_enters_again_has_two_frames() -> None:
    made = laid_out([Box(50, 24, 0), BOX, Box(50, 24, 0)], [Group(Size(40, 12))], [Edge(0, 1), Edge(1, 2)])
    assert len(made.groups[0]) == 2


def test_two_groups_that_wait_for_each_other_are_parted() -> None:
    boxes = [Box(50, 24, 0), Box(50, 24, 1), Box(50, 24, 1), Box(50, 24, 0)]
    made = laid_out(boxes, [Group(Size(40, 12))] * 2, [Edge(0, 1), Edge(2, 3)])
    assert sorted(map(len, made.groups)) == [1, 2]


def test_the_flow_to_the_right_is_the_same_picture_turned() -> None:
    boxes = [BOX, Box(100, 24, 0), Box(120, 24, 0), Box(40, 24, 0), BOX]
    edges = [Edge(0, 1), Edge(1, 2, LABEL), Edge(0, 3), Edge(2, 3), Edge(3, 4)]
    made = laid_out(boxes, [Group(Size(60, 12))], edges, "right")
    assert made.width > made.height
    assert made.groups[0][0].title.bottom < made.boxes[2].y  # at the top there too
    assert min(y for _, y in made.routes[2].points) < made.boxes[2].y  # and skips go above


# ---- few crossings -----------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5))))
def test_crossings_are_counted_as_pairs(lines: list[tuple[int, int]]) -> None:
    pairs = sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(lines, 2))
    assert inversions(sorted(lines)) == pairs


@pytest.mark.parametrize(
    ("pairs", "fewest"),
    [
        ("01 12 03 23 14 34", 0),  # two skips that overlap run on both sides of the trunk
        ("01 02 12 03 04 14", 0),  # so do two edges of one fork, which then share no lane
        ("05 04 14 16 23 27 38 65", 0),
        ("01 02 03 15 24 36 16 34 25", 2),  # a ring of three and three: in two layers two lines cross at least
    ],
)
def test_few_lines_cross(pairs: str, fewest: int) -> None:
    edges = [Edge(int(source), int(target)) for source, target in pairs.split()]
    assert crossings(laid_out([BOX] * 9, [], edges), edges) <= fewest


def test_no_stairs_make_a_picture_wide() -> None:
    """The lines of a graph by chance (its seed is 1), which would all be straight beside each other otherwise."""
    chance = Random(1)
    edges = [Edge(max(0, i - chance.randint(1, 20)), i) for i in range(1, 300) for _ in range(chance.randint(1, 2))]
    assert lay_out([BOX] * 300, [], edges).width < 4_500


# ---- sizes -------------------------------------------------------------------------------------------------------


def test_nothing_is_a_page_of_margins() -> None:
    made = lay_out([], [], [])
    assert (made.width, made.height) == (2 * Spacing().margin, 2 * Spacing().margin)


def test_a_thousand_groups_one_in_another() -> None:
    depth = 1000
    groups = [Group(Size(40, 11), i - 1 if i else None) for i in range(depth)]
    made = lay_out([Box(60, 24, i) for i in range(depth)], groups, [Edge(i, i + 1) for i in range(depth - 1)])
    assert made.groups[0][0].rect.width > made.groups[-1][0].rect.width


def test_thousands_of_boxes() -> None:
    """That it ends; benchmarks/layout.py says how fast."""
    count = 3_000
    edges = [Edge(i - 1, i) for i in range(1, count)] + [Edge(i - 4, i) for i in range(4, count, 4)]
    made = lay_out([BOX] * count, [], edges)
    assert all(straight(made, i) for i in range(count - 1))
    assert made.width < 200


# ---- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("graph", "says"),
    [
        (([BOX] * 2, [], [Edge(0, 1), Edge(1, 0)]), "The edges of a layout cannot run in a circle."),
        (([BOX], [], [Edge(0, 0)]), "The edges of a layout cannot run in a circle."),
        (([BOX], [], [Edge(0, 1)]), "Edge 0 names box 1, which is not there."),
        (([Box(1, 1, 0)], [], []), "Box 0 lies in group 0, which is not there."),
        (([], [Group(Size(1, 1), 0)], []), "Group 0 lies in group 0, which does not stand before it."),
        (([BOX], [], [], "up"), 'A direction is "down" or "right", not \'up\'.'),
    ],
)
def test_what_is_wrong_is_said(graph: tuple[object, ...], says: str) -> None:
    with pytest.raises(ValueError) as raised:
        lay_out(*graph)  # type: ignore[arg-type]
    assert str(raised.value) == says


def test_what_comes_first_is_at_the_left_or_at_the_top() -> None:
    boxes, edges = [BOX] * 5, [Edge(0, 2, LABEL, 0), Edge(1, 3, LABEL, 1), Edge(2, 4, LABEL, 2), Edge(3, 4, LABEL, 3)]
    down, right = [laid_out(boxes, [], edges, direction) for direction in ("down", "right")]
    assert down.boxes[0].x < down.boxes[1].x and right.boxes[0].y < right.boxes[1].y
    assert down.routes[2].points[-1][0] < down.routes[3].points[-1][0]
    assert right.routes[2].points[-1][1] < right.routes[3].points[-1][1]
    shared = [Edge(0, 2, LABEL, 7), Edge(0, 1, LABEL, 7), Edge(1, 2, LABEL, 8)]
    for direction in ("down", "right"):
        assert [route.label is not None for route in laid_out(boxes[:3], [], shared, direction).routes] == [True, False, True]  # fmt: skip
