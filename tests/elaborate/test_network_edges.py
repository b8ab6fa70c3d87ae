"""Edges of a network: names that could collide, a pasted Sequential() that begins empty, a file without an input."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec import load
from cnnspec.elaborate.files import circles_of
from cnnspec.facts.liveness import find_read, find_readers
from cnnspec.facts.positions import Positions, together
from cnnspec.layers.window import Reach
from tests.support import legal, network


def test_names_are_unique_where_a_label_ends_in_a_digit() -> None:
    names = [node.name for node in legal("input 8x8x3\nrelu * 61 -> relu6").nodes]
    assert len(set(names)) == len(names)
    assert names[-2:] == ["relu61", "relu6_1"]


@pytest.mark.parametrize("empty", ["Sequential()", "keras.Sequential()", 'models.Sequential(name="small")'])
def test_a_pasted_sequential_begins_empty(empty: str) -> None:
    graph = legal(
        f"model = {empty}\nmodel.add(layers.Conv2D(4, (3, 3), input_shape=(8, 8, 1)))\nmodel.add(layers.Flatten())"
    )
    assert [node.shape for node in graph.nodes] == [(8, 8, 1), (6, 6, 4), (144,)]


@pytest.mark.parametrize("text", ["expect params < 5", "for i in 1..0 { relu }"])
def test_a_network_without_an_input_says_so(text: str) -> None:
    assert [error.code for error in network(text).errors] == ["E016"]


def test_a_shared_function_inside_another_keeps_its_own_weights() -> None:
    nodes = legal(
        "shared a = conv(8, 3x3, padding=same)\nshared b = a -> conv(8, 5x5, padding=same)\ninput 8x8x8\na -> b -> a -> b"
    ).nodes
    assert [node.shares for node in nodes] == [None, None, 1, None, 1, 1, 3]


def test_a_repeat_goes_on_while_its_first_turn_only_fetches_a_tensor() -> None:
    nodes = legal(
        "input 8x8x4\nconv(8, 1x1) as s\nconv(4, 1x1)\n(conv(6, 1x1) if in.channels == 8 else s) * 2\nin * 1000000000\ns * 1000000000"
    ).nodes
    assert [node.inputs for node in nodes] == [(), (0,), (1,), (1,)]


def test_constants_of_a_used_file_are_known_to_its_blocks(tmp_path: Path) -> None:
    (tmp_path / "blocks.cnn").write_text(
        "width = 16\nact = relu\nstrange = in.channels\nblock cbr(f=width) { conv(f, 3x3) -> act }\ninput 8x8x3\ncbr"
    )
    (tmp_path / "net.cnn").write_text('use "blocks.cnn" (cbr)\ninput 8x8x3\ncbr')
    net = load(tmp_path / "net.cnn")
    assert not net.diagnostics
    assert [(layer.type, layer.output_shape) for layer in net.layers[1:]] == [
        ("Conv2D", (6, 6, 16)),
        ("ReLU", (6, 6, 16)),
    ]


def test_a_nul_in_the_path_of_use_is_a_finding() -> None:
    assert [found.code for found in load('use "a\0b" (x)\ninput 3x3x1').diagnostics] == ["E015"]


def test_a_file_of_blocks_that_call_one_another_in_a_long_row_is_read_at_once() -> None:
    calls = {str(i): {str(i + 1)} for i in range(5000)} | {"5000": {"4998"}}
    assert [sorted(circle) for circle in circles_of(calls)] == [["4998", "4999", "5000"]]


@pytest.mark.parametrize(
    "spec",
    ["input 8x8x3\nconv(8, 3x3, stride=4)\nupsample(10000000000)", "input 1000000000000x1\nconv(8, 3, stride=2)"],
)
def test_an_axis_too_long_to_look_at_each_position_is_no_crash(spec: str) -> None:
    assert {found.code for found in load(spec).diagnostics} <= {"W201", "E003"}


@given(
    reach=st.builds(Reach, step=st.integers(1, 5), over=st.integers(1, 4), low=st.integers(-9, 9), high=st.integers(-12, 20), gap=st.integers(1, 3)),
    n=st.integers(0, 25), m=st.integers(0, 25), seed=st.sets(st.integers(0, 24)),
)  # fmt: skip
def test_sets_of_positions_are_what_a_reach_says(reach: Reach, n: int, m: int, seed: set[int]) -> None:
    def reads(i: int) -> list[int]:
        low, high = ((reach.step * i + end) // reach.over for end in (reach.low or 0, reach.high))
        return [position for position in range(low, high + 1, reach.gap) if 0 <= position < n]

    real, live = ({position for position in seed if position < length} for length in (n, m))
    carrying = [i for i in range(m) if real & set(reads(i))]
    assert members(find_readers(reach, m, positions(real))) == carrying
    assert members(find_read(reach, n, positions(live))) == sorted({p for i in live for p in reads(i)})


def positions(members: set[int]) -> Positions:
    return together([Positions.run(i, i + 1) for i in members])


def members(found: Positions) -> list[int]:
    return [position for first, end in found.runs() for position in range(first, end)]
