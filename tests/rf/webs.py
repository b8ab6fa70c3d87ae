"""Random networks for the tests of receptive fields, and their comparison with built models.

Every input position is lit alone (see test_geometry): the set of positions that a unit answers to must be ours exactly,
for the middle unit, for those at the borders and for one drawn, and so must be what no unit answers to.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from cnnspec.facts import regions
from cnnspec.facts.facts import Facts
from cnnspec.facts.geometry import Geometry
from cnnspec.facts.positions import Positions
from cnnspec.graph import Graph
from cnnspec.lost.lost import find_losses
from tests.facts.test_geometry import MAX_POSITIONS, answers
from tests.support import network


@st.composite
def webs(draw: st.DrawFn, upsampling: bool = True) -> str:
    """Linear networks of one or two axes with branches inside branches, every padding, stride and dilation, gates."""
    rank = draw(st.sampled_from([1, 2]))
    sizes = "x".join(str(draw(st.integers(9, 18) if rank == 2 else st.integers(9, 60))) for _ in range(rank))

    def number(least: int, most: int) -> int:
        return draw(st.integers(least, most))

    def kernel(most: int = 4) -> str:
        return "x".join(str(number(1, most)) for _ in range(rank))

    def sides(most: int) -> tuple[str, str]:
        """A padding on one side of every axis, and on the other."""
        before = [number(0, most) for _ in range(rank)]
        after = [number(0, most) for _ in range(rank)]
        texts = [
            f"({', '.join(f'({a}, {b})' for a, b in zip(x, y, strict=True))},)"
            for x, y in ((before, after), (after, before))
        ]
        return texts[0], texts[1]

    def pick(*kinds: Callable[[], str]) -> str:
        return kinds[number(0, len(kinds) - 1)]()

    def shifted() -> str:
        before, after = sides(2)
        return f"pad({before}) -> crop({after})"

    def keeping() -> str:
        """A layer after which the size is as before."""
        return pick(
            lambda: f"conv(1, {kernel()}, padding=same)",
            lambda: f"conv(1, {kernel(3)}, padding=same, dilation={number(1, 4)})",
            lambda: f"maxpool({kernel()}, stride=1, padding=same)",
            lambda: f"depthwise_conv({number(1, 4)}, padding=same)",
            shifted,
            lambda: "crop(1) -> pad(2) -> crop(1)",
            lambda: f"conv(1, {number(1, 4)}, padding={'causal' if rank == 1 else 'same'}, dilation={number(1, 3)})",
            *(
                [lambda: f"conv_transpose(1, {kernel()}, padding=same)", lambda: "upsample(2) -> avgpool(2)"]
                * upsampling
            ),
        )

    def branch(depth: int) -> str:
        if depth < 2 and number(0, 3) == 0:
            return join(depth + 1)
        return " -> ".join(keeping() for _ in range(number(1, 2)))

    def strided() -> str:
        s = number(2, 3)
        return f"add(conv(1, {kernel()}, stride={s}, padding=same), maxpool({kernel()}, stride={s}, padding=same))"

    def join(depth: int = 0) -> str:
        return pick(
            lambda: f"add(in, {branch(depth)})",
            lambda: f"concat({branch(depth)}, {branch(depth)}) -> conv(1, 1)",
            lambda: f"add({branch(depth)}, {branch(depth)}, {branch(depth)})",
            strided,
            lambda: "add(in, gap(keepdims=true))",
        )

    def padding(*words: str) -> str:
        return draw(st.sampled_from([*words, sides(2)[0]]))

    def step() -> str:
        s = number(1, 3)
        return pick(
            keeping,
            join,
            join,
            lambda: f"conv(1, {kernel()}, stride={s}, padding={padding('valid', 'same', '1')})",
            lambda: f"conv(1, {kernel(3)}, dilation={s}, padding={padding('valid', 'same')})",
            lambda: f"avgpool({kernel()}, stride={s}, padding={draw(st.sampled_from(['valid', 'same']))})",
            *(
                [
                    lambda: f"upsample({s})",
                    lambda: (
                        f"conv_transpose(1, {kernel()}, stride={s}, padding={draw(st.sampled_from(['valid', 'same']))})"
                    ),
                ]
                * upsampling
            ),
        )

    return "\n".join([f"input {sizes}x1", *[step() for _ in range(number(1, 4))]])


def members(region: regions.Region | None, sizes: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """A region as an array of booleans."""
    assert region is not None
    held = np.zeros(sizes, dtype=bool)
    for box in region:
        held[
            np.ix_(
                *[
                    [bool(places & Positions.run(i, i + 1)) for i in range(n)]
                    for places, n in zip(box, sizes, strict=True)
                ]
            )
        ] = True
    return held


def compared(graph: Graph, chosen: int) -> bool:
    """Compare a network with its built model: some units, and all that is read. Whether it was small enough."""
    geometry = Geometry(Facts(graph))
    sizes, output = geometry.sizes[0], graph.nodes[graph.outputs[0]]
    space = geometry.sizes[output.index]
    assert sizes is not None and space is not None
    if int(np.prod(space)) > MAX_POSITIONS:
        return False
    truth = np.concatenate(list(answers(graph)))
    units = {tuple((n - 1) // 2 for n in space), tuple(chosen % n for n in space)}
    units |= set(itertools.product(*[(0, n - 1) for n in space]))
    field = geometry.fields[output.index]
    for unit in units:
        read = truth[(slice(None), *unit)].reshape(sizes)
        assert np.array_equal(members(geometry.read(output.index, unit, mixing=True)[0], sizes), read), unit
        region = geometry.read(output.index, unit)[0]
        box = regions.hull(region or (), len(sizes))
        if box is not None and isinstance(field, tuple) and all(axis.placed for axis in field):
            outer = [axis.at(i) for axis, i in zip(field, unit, strict=True)]
            assert all(span and span[0] <= a and b <= span[1] for span, (a, b) in zip(outer, box, strict=True)), unit
    found = [loss for loss in find_losses(geometry.facts).losses if loss.node == 0]
    live = members(found[0].read, sizes) if found else np.ones(sizes, dtype=bool)
    read = truth.reshape(len(truth), -1).any(1).reshape(sizes)
    assert np.array_equal(live, read)
    if found:
        assert (found[0].unread, found[0].positions) == ((~read).sum(), read.size)
    return True


def drawn_web(text: str) -> Graph | None:
    """The graph, where the drawn layers fit into one another."""
    made = network(text)
    return None if made.errors else made.graph
