"""Boxes and holes against built models, paths against every path, branches that lie askew."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnnspec.api import load
from cnnspec.facts.facts import Facts
from cnnspec.facts.geometry import Geometry
from tests.example_files import EXAMPLES
from tests.facts.test_geometry import chains, drawn
from tests.rf.webs import compared, drawn_web, webs
from tests.support import cases, legal


# The last 8 of its positions, and one image more, are as many as its rows: see `answers`.
@example("input 9x17x1\nadd(in, gap(keepdims=true))\nupsample(3)", 0)
@given(webs(), st.integers(0, 10**6))
@cases(0.5)
def test_a_unit_reads_exactly_what_we_say(text: str, chosen: int) -> None:
    graph = drawn_web(text)
    if graph is not None:
        compared(graph, chosen)


@given(chains(), st.integers(0, 10**6))
@cases(0.1)
def test_a_unit_of_a_chain_reads_exactly_what_we_say(text: str, chosen: int) -> None:
    graph = drawn(text)
    if graph is not None:
        compared(graph, chosen)


@given(webs(upsampling=False))
@cases(1)
def test_the_smallest_and_the_largest_path_are_those_of_all_paths(text: str) -> None:
    graph = drawn_web(text)
    if graph is None:
        return
    geometry = Geometry(Facts(graph))
    last = len(graph.nodes) - 1
    if not isinstance(geometry.fields[last], tuple):
        return
    for axis in range(len(geometry.fields[last])):  # type: ignore[arg-type]
        lengths = {length for _, length in every_path(geometry, last, axis)}
        routes = [geometry.routes(largest)[last] for largest in (False, True)]
        assert [route[axis].field.size for route in routes if route] == [min(lengths), max(lengths)]


def every_path(geometry: Geometry, index: int, axis: int) -> list[tuple[int, int]]:
    """(jump, length of the field) of every path to a node, by the recurrence."""
    node = geometry.graph.nodes[index]
    if node.layer is None:
        return [(1, 1)]
    reach = (geometry.reaches[index] or ())[axis]
    taps = reach.high - (reach.low or 0)
    before = [path for i in geometry.branches(index) for path in every_path(geometry, i, axis)]
    return list({(jump * reach.step, length + taps * jump) for jump, length in before})


# ---- holes, gates, alignment -----------------------------------------------------------------------------------
def test_gridding_leaves_holes() -> None:
    """Wang et al. 2018: rates 2, 4, 8 read every second position; of 1, 2, 5 none is left out."""
    texts = [
        "conv(1, 3, dilation={}) -> conv(1, 3, dilation={}) -> conv(1, 3, dilation={})".format(*d)
        for d in ((2, 4, 8), (1, 2, 5))
    ]
    found = [load(f"input 64x1\n{text}").receptive_field_of("conv3").inputs[0] for text in texts]
    assert [(read.read, read.area, read.holes) for read in found] == [(15, 29, 14), (17, 17, 0)]


def test_a_cross_has_holes_in_its_corners() -> None:
    (read,) = (
        load("input 9x9x1\nadd(conv(1, 3x1, padding=same), conv(1, 1x3, padding=same))")
        .receptive_field_of("add1")
        .inputs
    )
    assert (read.box, read.read, read.holes) == (((3, 5), (3, 5)), 5, 4)


def test_a_gate_is_left_out_and_named() -> None:
    text = "input 32x32x4\nconv(4, 3x3)\nmultiply(in, gap(keepdims=true) -> conv(4, 1x1, activation=sigmoid))\nconv(4, 3x3)"
    found = load(text).receptive_field_of("conv3", at=(0, 0))
    assert (found.gates, found.inputs[0].box, found.with_mixing[0].box) == (
        ("multiply1",), ((0, 4), (0, 4)), ((0, 31), (0, 31)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("merge", "positions"),
    [
        ("add(in, conv(1, 2, padding=same))", 0.5), ("add(in, conv(1, 3, padding=same))", None),
        ("add(in, conv(1, 3, padding=((0, 2),)))", 1), ("add(conv(1, 1, stride=2), maxpool(3, stride=2, padding=same))", 0.5),
        ("concat(in, avgpool(2) -> conv_transpose(1, 2, stride=2))", None), ("concat(in, avgpool(2) -> upsample(2))", None),
    ],
)  # fmt: skip
def test_misaligned_branches_are_found(merge: str, positions: float | None) -> None:
    graph = legal(f"input 32x1\nconv(1, 1, stride=2)\n{merge}")
    found = Geometry(Facts(graph)).misaligned
    assert [(m.positions, m.pixels) for m in found] == (
        [] if positions is None else [(positions, 2 * positions * (2 if "stride=2), max" in merge else 1))]
    )


def test_u_net_and_resnet_are_aligned() -> None:
    for name in ("unet.cnn", "resnet50_keras.cnn", "resnet50.cnn"):
        assert not Geometry(load(EXAMPLES / name).analysed.facts).misaligned, name
