"""Receptive fields and unread pixels against what built models do, with positive weights, so that nothing cancels out.

Every input position is lit alone; the outputs that answer have read it. A unit whose field lies inside the input must
answer to exactly the positions up to that box's borders; a position that nothing answers to is one that we call dead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.compile.keras_model import to_keras
from cnnspec.facts import regions
from cnnspec.facts.facts import Facts
from cnnspec.facts.geometry import Geometry
from cnnspec.facts.liveness import Liveness, full
from cnnspec.facts.positions import Positions
from cnnspec.facts.receptive_field import WHOLE
from cnnspec.graph import Graph
from tests.support import cases, legal

MAX_POSITIONS = 10_000  # of an output that is still looked at: upsampling may make it as large as it likes


def answers(graph: Graph) -> Iterator[np.ndarray[Any, Any]]:
    """For the input positions in order, some at a time, which output positions read each, every weight being 1.

    The networks are linear without bias, so what one lit position makes of an output is its share in it.
    """
    model = to_keras(graph)
    for variable in model.trainable_weights:
        variable.assign(np.zeros(variable.shape) if "bias" in variable.path else np.ones(variable.shape))
    space = model.inputs[0].shape[1:-1]
    positions, outputs = int(np.prod(space)), int(np.prod(model.outputs[0].shape[1:-1]))
    lit = np.eye(positions, dtype="float32").reshape((positions, *space, 1))
    batch = max(1, 200_000 // outputs)
    longest = max([size for node in graph.nodes for size in node.shape or () if isinstance(size, int)])
    for at in range(0, positions, batch):
        some = lit[at : at + batch]
        # Dark images, so that there are more than any axis is long: Keras's add takes a second argument of shape (N, 1, 1)
        # for a bias where N is also the size of the first one's axis, and adds it along the wrong one.
        dark = np.zeros((max(0, longest + 1 - len(some)), *some.shape[1:]), some.dtype)
        seen = model(np.concatenate([some, dark]), training=False)
        yield np.asarray(seen)[: len(some)].sum(-1) > 0


def reads(graph: Graph, unit: tuple[int, ...] | None = None) -> np.ndarray[Any, Any]:
    """For every input position, in its place, whether an output position (or any of them) reads it."""
    shape = graph.nodes[graph.inputs[0]].shape
    assert shape is not None
    found = [a.reshape(len(a), -1).any(1) if unit is None else a[(slice(None), *unit)] for a in answers(graph)]
    return np.concatenate(found).reshape(shape[:-1])


@st.composite
def chains(draw: st.DrawFn, upsampling: bool = True) -> str:
    """Spatial networks without non-linearity: windows of every padding, strides, dilations, branches, upsampling."""
    size = draw(st.integers(17, 40))
    lines = [f"input {size}x{draw(st.integers(17, 40))}x1"]
    for _ in range(draw(st.integers(1, 5))):
        lines.append(draw(steps(upsampling)))
    return "\n".join(lines)


@st.composite
def steps(draw: st.DrawFn, upsampling: bool) -> str:
    k, w = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    s, d, p = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(0, 2))
    kinds = [
        f"conv(1, {k}x{w}, stride={s}, padding={draw(st.sampled_from(['valid', 'same', '1', '1x2', '((0, 1), (2, 0))']))})",
        f"conv(1, {k}x{w}, dilation={d}, padding={draw(st.sampled_from(['valid', 'same', str(p)]))})",
        f"depthwise_conv({k}, padding=same)",
        f"avgpool({k}x{w}, stride={s}, padding={draw(st.sampled_from(['valid', 'same']))})",
        f"pad(((0, {p}), (1, {s})))",
        f"crop(((0, {p}), (1, 0)))",
        f"concat(conv(1, {k}, padding=same), conv(1, {w}, padding=same, dilation={d}))",
        f"add(in, conv(1, {k}, padding=same) -> conv(1, {w}, padding=same)) -> conv(1, 1)",
    ]
    if upsampling:
        kinds += [
            f"upsample({s})",
            f"upsample(2x{s}, interpolation=bilinear)",
            f"conv_transpose(1, {k}x{w}, stride={s}, padding={draw(st.sampled_from(['valid', 'same']))})",
            f"conv_transpose(1, {k + p}, stride={s}, padding={min(p, (k + p - 1) // 2)})",
            f"avgpool(2x2) -> conv(1, {k}, padding=same) -> upsample(2)",
        ]
    return draw(st.sampled_from(kinds))


def drawn(text: str) -> Graph | None:
    """The graph, where the drawn layers fit into one another."""
    from tests.support import network

    made = network(text)
    if made.errors:
        return None
    shape = made.graph.nodes[made.graph.outputs[0]].shape
    assert shape is not None
    return made.graph if shape[0] * shape[1] <= MAX_POSITIONS else None  # type: ignore[operator]


@given(chains(), st.data())
@cases(0.6)
def test_the_field_of_a_unit_inside_is_the_box_of_what_it_reads(text: str, data: st.DataObject) -> None:
    graph = drawn(text)
    if graph is None:
        return
    output = graph.nodes[graph.outputs[0]]
    field = Facts(graph).fields[output.index]
    assert field is not None and field != WHOLE and output.shape is not None
    sizes = graph.nodes[0].shape
    assert sizes is not None
    units = []
    for axis in (0, 1):
        inside = [
            i
            for i in range(output.shape[axis])
            if (span := field[axis].at(i)) and 0 <= span[0] <= span[1] < sizes[axis]
        ]
        if not inside:
            return
        units.append(inside[len(inside) // 2])
    unit = (units[0], data.draw(st.sampled_from([units[1]])))
    read = np.argwhere(reads(graph, unit))
    box = [(int(read[:, axis].min()), int(read[:, axis].max())) for axis in (0, 1)]
    whole = [field[axis].at(unit[axis]) for axis in (0, 1)]
    if "crop" in text:  # zeros of a padding behind it stand for places that lie in the input and are not read
        assert all(span and span[0] <= low and high <= span[1] for (low, high), span in zip(box, whole, strict=True)), (
            text
        )
    else:
        assert box == whole, text


@given(chains(upsampling=False))
@cases(0.6)
def test_a_row_or_column_is_dead_exactly_when_nothing_reads_it(text: str) -> None:
    graph = drawn(text)
    if graph is None:
        return
    live = Liveness(graph, [node.shape for node in graph.nodes]).live[0]
    shape = graph.nodes[0].shape
    assert live is not None and shape is not None
    rows, columns = (
        [bool(places & Positions.run(i, i + 1)) for i in range(n)] for places, n in zip(live, shape, strict=False)
    )
    read = reads(
        graph
    )  # of branches that read other rows and columns no product of both: see test_fields for the exact set
    assert np.array_equal(read.any(1), rows) and np.array_equal(read.any(0), columns), text


LECTURE_4 = "input 28x28x1\nconv(1, 3x3) -> avgpool(2x2)\nconv(1, 3x3) -> avgpool(2x2)\nconv(1, 3x3)"


def test_lecture_4_never_reads_rows_and_columns_26_and_27() -> None:
    graph = legal(LECTURE_4)
    unread = ~reads(graph)
    assert [i for i in range(28) if unread[i].all()] == [26, 27]
    assert [i for i in range(28) if unread[:, i].all()] == [26, 27]
    live = Liveness(graph, [node.shape for node in graph.nodes]).live[0]
    assert live == (full(26), full(26))


@pytest.mark.parametrize(("position", "size"), [(70, 188), (71, 188), (72, 204), (64, 204)])
def test_u_net_sees_188_or_204_by_the_phase_of_its_output(position: int, size: int) -> None:
    """Ronneberger's U-Net at 572: the recurrence would say 200."""
    down = "(conv(1, 3) -> conv(1, 3) -> avgpool(2)) * 4"
    up = "(conv_transpose(1, 2, stride=2) -> conv(1, 3) -> conv(1, 3)) * 4"
    graph = legal(f"input 572x1\n{down}\nconv(1, 3) -> conv(1, 3)\n{up}")  # one axis: the other is alike
    field = Facts(graph).fields[-1]
    assert isinstance(field, tuple)
    spans = {span[1] - span[0] + 1 for i in range(16) if (span := field[0].at(i))}
    assert spans == {188, 204}
    span = field[0].at(position)
    assert span is not None
    read = np.flatnonzero(reads(graph, (position,)))
    assert (int(read.min()), int(read.max())) == span
    assert size in spans


@pytest.mark.parametrize(
    "text", ["resize(7, 40)", "resize(30, 9, interpolation=nearest)", "adaptive_avgpool(7x5)", "adaptive_avgpool(5x17)"]
)
def test_layers_of_fixed_output_size_read_what_they_say(text: str) -> None:
    """Every unit, borders included: what lies outside the input is clipped."""
    graph = legal(f"input 21x17x1\n{text}")
    output, field = graph.nodes[-1], Facts(graph).fields[-1]
    assert output.shape is not None and isinstance(field, tuple)
    for i in range(0, output.shape[0], 3):  # type: ignore[arg-type]
        for j in range(0, output.shape[1], 3):  # type: ignore[arg-type]
            read = np.argwhere(reads(graph, (i, j)))
            for axis, (n, unit) in enumerate(((21, i), (17, j))):
                span = field[axis].at(unit)
                assert span is not None
                assert (int(read[:, axis].min()), int(read[:, axis].max())) == (max(span[0], 0), min(span[1], n - 1))


@pytest.mark.parametrize(
    ("branch", "read"),
    [("conv(1, 8x8)", 64), ("avgpool(8x8)", 64), ("conv(1, 3x3) -> conv(1, 6x6)", 64), ("conv(1, 5x5, stride=4)", 25),
     ("conv(1, 1x8)", 8), ("avgpool(1x5, stride=1x4)", 5)],
)  # fmt: skip
def test_a_branch_that_is_repeated_is_a_gate(branch: str, read: int) -> None:
    """Every position reads all that the branch has seen, be it a part of the input; the field leaves it out."""
    graph = legal(f"input 8x8x1\nmaximum(in, {branch})")  # of images with one lit position: not linear, and no matter
    facts, geometry = Facts(graph), Geometry(Facts(graph))
    merge = len(graph.nodes) - 1
    assert facts.fields[merge] == facts.fields[0] and facts.gates == {(merge, merge - 1)}
    assert reads(graph, (3, 2)).sum() == regions.count_positions(geometry.read(merge, (3, 2), True)[0] or ()) == read


def test_padding_behind_a_map_of_one_row_carries_no_data() -> None:
    graph = legal("input 1x6x1\npad(((0, 2), (0, 0)))\nconv(1, 1x1)")
    real = Liveness(graph, [node.shape for node in graph.nodes]).real[1]
    assert real == (full(1), full(6))
