"""Alignment of two graphs: equality is isomorphism, one change is told as that change, and either way round the same."""

from __future__ import annotations

import itertools
import random
import time
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cnnspec.diff.alignment import Alignment, find_changed_arguments
from cnnspec.diff.rewiring import Rewiring
from cnnspec.diff.subsequence import find_common, slide_gaps
from cnnspec.facts.isomorphism import View
from cnnspec.graph import Graph
from tests.support import cases, legal

EXAMPLES = Path(__file__).parents[2] / "examples"

# A network as data: each layer is (call, inputs by number), 0 the input. All keep the shape, so any edit is legal.
Layers = list[tuple[str, tuple[int, ...]]]
CALLS = (
    "conv(4, 3x3, padding=same)", "conv(4, 1x1)", "conv(4, 3x3, padding=same, dilation=2)", "relu", "gelu", "bn",
    "dropout(0.1)", "dropout(0.2)", "maxpool(3x3, stride=1, padding=same)",
)  # fmt: skip
MERGES = ("add", "multiply", "subtract")


@st.composite
def layers(draw: Any, twins: bool = True) -> Layers:
    """A random network: chains with branches and skips, every layer read by another or the last.

    Twins are equal layers that read the same.
    """
    made: Layers = []
    free = {0}
    for number in range(1, draw(st.integers(2, 14)) + 1):
        if number > 1 and draw(st.integers(0, 3)) == 0:
            inputs = (number - 1, draw(st.integers(0, number - 2)))
            made.append((draw(st.sampled_from(MERGES)), inputs))
        else:
            inputs = (draw(st.sampled_from([number - 1, number - 1, max(0, number - 2)])),)
            taken = [] if twins else [call for call, others in made if others == inputs]
            made.append((draw(st.sampled_from([call for call in CALLS if call not in taken])), inputs))
        free = free - set(inputs) | {number}
    while len(free) > 1:  # join what nothing reads
        a, b, *_ = sorted(free)
        made.append(("add", (a, b)))
        free = free - {a, b} | {len(made)}
    return made


def graph(made: Layers, order: list[int] | None = None, names: str = "") -> Graph:
    """The network of some layers, written out in an order in which inputs stand before their readers."""
    lines = ["input 8x8x4", "relu as n0"]
    for number in order or range(1, len(made) + 1):
        call, inputs = made[number - 1]
        if len(inputs) == 1:
            lines.append(f"n{inputs[0]} -> {call} as n{number}")
        else:
            lines.append(f"{call}({', '.join(f'n{i}' for i in inputs)}) as n{number}")
    lines.append(f"output n{len(made)}")
    found = legal("\n".join(lines))
    for node in found.nodes:  # the text needs names to say the wiring; the alignment is not to be led by them
        node.given = names and node.given
    return found


def inserted(made: Layers, at: int, call: str) -> Layers:
    """The network with a layer behind layer `at`, which all of that layer's readers read instead."""

    def moved(i: int) -> int:
        return i + (i > at)

    before = [(c, tuple(map(moved, inputs))) for c, inputs in made[:at]]
    behind = [(c, tuple([at + 1 if i == at else moved(i) for i in inputs])) for c, inputs in made[at:]]
    return [*before, (call, (at,)), *behind]


def told(a: Graph, b: Graph) -> dict[str, list[Any]]:
    """What an alignment says, as data."""
    alignment = Alignment(a, b)
    rewiring = Rewiring(alignment.a, alignment.b, alignment.forth)
    sides = alignment.a, alignment.b
    return {
        "removed": [sides[0].substance[i] for i in sides[0].live if i not in alignment.forth],
        "added": [sides[1].substance[j] for j in sides[1].live if j not in alignment.back],
        "changed": [
            (sides[0].form(i), sides[1].form(j)) for i, j in alignment.pairs if sides[0].substance[i] != sides[1].substance[j]
        ],
        "rewired": [(i, j) for i, j in alignment.pairs if rewiring.inputs(i, j)],
        "ends": [end for end in rewiring.ends() if end],
    }  # fmt: skip


def size(found: dict[str, list[Any]]) -> int:
    return sum(map(len, found.values()))


# ---- equality ----------------------------------------------------------------------------------------------
@given(layers(), st.randoms(use_true_random=False))
@cases(1)
def test_the_order_of_the_text_and_of_sums_makes_no_difference(made: Layers, chance: random.Random) -> None:
    order: list[int] = []
    waiting = list(range(1, len(made) + 1))
    while waiting:
        ready = [n for n in waiting if all(i == 0 or i in order for i in made[n - 1][1])]
        order.append(chance.choice(ready))
        waiting.remove(order[-1])
    turned = [(call, inputs[::-1] if call in ("add", "multiply") else inputs) for call, inputs in made]
    a, b = graph(made), graph(turned, order, names="other")
    alignment = Alignment(a, b)
    assert alignment.same
    assert size(told(a, b)) == 0
    for i, j in alignment.pairs:  # what is paired is equal, and reads what is paired
        mine, theirs = a.nodes[i], b.nodes[j]
        assert mine.layer == theirs.layer
        assert sorted(alignment.forth[k] for k in mine.inputs) == sorted(theirs.inputs)


def same(a: str, b: str) -> bool:
    return Alignment(legal(a), legal(b)).same


def test_ordered_merges_outputs_and_shared_weights_count() -> None:
    two = "input 8x8x4\nconcat({0}, {1})\nconv(4, 1x1)"
    assert not same(two.format("relu", "bn"), two.format("bn", "relu"))
    assert same(two.format("relu", "bn").replace("concat", "add"), two.format("bn", "relu").replace("concat", "add"))
    assert not same("input 4\nsubtract(in, dense(4))", "input 4\nsubtract(dense(4), in)")
    ends = "input 4\ndense(4) as a -> dense(3) as b\noutput {0}"
    assert not same(ends.format("a, b"), ends.format("b, a"))
    assert not same(ends.format("a, b"), ends.format("b"))
    towers = "input p 4\ninput q 4\nshared f = dense(4)\np -> f as a\nq -> {0} as b\nadd(a, b)"
    assert not same(towers.format("f"), towers.format("dense(4)"))
    assert same(towers.format("f"), towers.format("f").replace("p -> f as a\nq -> f as b", "q -> f as b\np -> f as a"))
    inputs = "input {0}\ninput {1}\nadd(a, b -> dense(4))"
    assert not same(inputs.format("a 4", "b 4"), inputs.format("b 4", "a 4"))


def test_one_layer_written_in_two_ways_is_the_same() -> None:
    for a, b in (
        ("conv(4, 3)", "conv(4, 3x3)"),
        ("conv(4, 3x3, 2, padding=1)", "conv(4, (3, 3), stride=2x2, padding=((1, 1), (1, 1)))"),
        ("maxpool(2x2)", "maxpool(2, stride=2)"),
        ("avgpool(3x3, padding=0)", "avgpool(3, 3)"),
        ("conv(4, 1x1, stride=2, padding=same)", "conv(4, 1x1, stride=2)"),
        ("upsample(2)", "upsample(2x2)"),
        ("{ relu -> bn } * 2", "relu -> bn -> relu -> bn"),
        ("shared f = relu\nf -> f", "relu -> relu"),
    ):
        assert same(f"input 9x9x4\n{a}", f"input 9x9x4\n{b}"), a
    old, new = (View(legal(f"input 9x9x4\nmaxpool({kernel})")) for kernel in (2, 3))
    assert find_changed_arguments(old, 1, new, 1) == (
        ("kernel", 2, 3),
    )  # the stride, which is the kernel's, was not written
    for a, b in (
        ("conv(4, 3x3, padding=same)", "conv(4, 3x3)"),
        ("conv(4, 3x1)", "conv(4, 1x3)"),
        ("pad(((1, 2), (1, 2)))", "pad(((1, 1), (2, 2)))"),
    ):
        assert not same(f"input 9x9x4\n{a}", f"input 9x9x4\n{b}")


def test_what_no_output_depends_on_is_no_part_of_the_network() -> None:
    assert same(
        "input 4\ndense(3) as unused\nin -> relu as r\noutput r".replace("in ->", "unused ->"),
        "input 4\ndense(3) -> relu",
    )
    assert same("input 4 -> relu as a -> dense(3)\noutput a", "input 4 -> relu")


# ---- one change is told as one ------------------------------------------------------------------------------
@given(layers(twins=False), st.data())
@cases(2)
def test_an_inserted_layer_is_told_alone(made: Layers, data: Any) -> None:
    at = data.draw(st.integers(0, len(made)))
    call = data.draw(st.sampled_from([*CALLS, "spatial_dropout(0.3)"]))
    a, b = graph(made), graph(inserted(made, at, call))
    found, back = told(a, b), told(b, a)
    layer = View(legal(f"input 8x8x4\n{call}")).form(1)
    assert found == {"removed": [], "added": [layer], "changed": [], "rewired": [], "ends": []}
    assert back == {**found, "removed": found["added"], "added": []}


@given(layers(twins=False), st.data())
@cases(2)
def test_a_changed_argument_is_told_alone(made: Layers, data: Any) -> None:
    at = data.draw(st.integers(0, len(made) - 1))
    _, inputs = made[at]
    old, new = ("average", "maximum") if len(inputs) == 2 else (f"conv(4, {k}, padding=same)" for k in ("1x3", "5x5"))
    a, b = (graph([*made[:at], (call, inputs), *made[at + 1 :]]) for call in (old, new))
    mine, theirs = View(a).form(at + 2), View(b).form(at + 2)
    assert told(a, b) == {"removed": [], "added": [], "changed": [(mine, theirs)], "rewired": [], "ends": []}
    if len(inputs) == 1:
        assert find_changed_arguments(View(a), at + 2, View(b), at + 2) == (("kernel", (1, 3), (5, 5)),)


@given(layers(), layers())
@cases(1)
def test_one_way_round_mirrors_the_other(first: Layers, second: Layers) -> None:
    a, b = graph(first, names="n"), graph(second, names="n")
    forth, back = Alignment(a, b), Alignment(b, a)
    assert forth.same == back.same
    if not forth.same:
        assert forth.forth == back.back
    found, turned = told(a, b), told(b, a)
    assert [len(v) for v in found.values()] == [
        len(turned[k]) for k in ("added", "removed", "changed", "rewired", "ends")
    ]
    assert told(a, a) == {"removed": [], "added": [], "changed": [], "rewired": [], "ends": []}


def test_names_that_a_person_gave_bind_their_layers() -> None:
    a = "input 4\ndense(4) as a -> dense(4) as b -> dense(4) as c -> dense(3)"
    b = "input 4\ndense(4) as b -> dense(4) as c -> dense(3)"
    alignment = Alignment(legal(a), legal(b))
    assert [a for a in alignment.a.live if a not in alignment.forth] == [1]
    # On another kind of layer a name has moved, and binds nothing.
    moved = Alignment(legal("input 4\ndense(4) as a -> dense(3)"), legal("input 4\ndense(4) -> relu as a -> dense(3)"))
    assert [b for b in moved.b.live if b not in moved.back] == [2]


def counted(a: Graph, b: Graph) -> tuple[int, int, int]:
    """Layers removed, added, changed."""
    found = told(a, b)
    assert not found["rewired"]
    return len(found["removed"]), len(found["added"]), len(found["changed"])


def test_networks_that_people_compare() -> None:
    unet, resnet, keras, vgg = (
        (EXAMPLES / f"{name}.cnn").read_text(encoding="utf-8")
        for name in ("unet", "resnet50", "resnet50_keras", "vgg16")
    )
    assert counted(legal(unet), legal(unet, width=32)) == (0, 0, 22)  # not stages shifted by one
    assert counted(legal(resnet), legal(resnet, blocks=[3, 4, 23, 3])) == (0, 170, 0)
    assert counted(legal(resnet), legal(resnet.replace("norm -> relu", "norm -> gelu"))) == (0, 0, 33)
    assert counted(legal(resnet), legal(keras)) == (
        0,
        1,
        107,
    )  # a pool's padding, branches in another order, biases, strides, bn
    assert counted(legal(vgg), legal(vgg.replace("(3, 256)", "(2, 256)"))) == (1, 0, 0)
    rows = [[f"conv({n}, 1x1)" for n in widths] for widths in (range(4, 24), range(5, 25))]
    ends = legal("input 8x8x4\n" + "\n".join(rows[0])), legal("input 8x8x4\n" + "\n".join(rows[1]))
    assert counted(*ends) == (1, 1, 0)  # and not twenty changes


# ---- how long it takes --------------------------------------------------------------------------------------
def lcs(a: str, b: str) -> int:
    """The length of a longest common subsequence, by the textbook's table."""
    row = [0] * (len(b) + 1)
    for x in a:
        above = row
        row = [0]
        for j, y in enumerate(b):
            row.append(above[j] + 1 if x == y else max(row[j], above[j + 1]))
    return row[-1]


@given(st.text("abc", max_size=30), st.text("abc", max_size=30))
@cases(2)
def test_the_subsequence_is_a_longest_one(a: str, b: str) -> None:
    pairs = find_common([ord(c) for c in a], [ord(c) for c in b])
    assert all(a[i] == b[j] for i, j in pairs)
    assert pairs == sorted(pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs) == lcs(a, b)


@given(st.text("ab", max_size=12), st.text("ab", max_size=12), st.data())
@cases(2)
def test_gaps_slide_to_where_more_is_alike(a: str, b: str, data: Any) -> None:
    exact = [data.draw(st.lists(st.integers(0, 2), min_size=len(x), max_size=len(x))) for x in (a, b)]

    def alike(i: int, j: int) -> bool:
        return bool(a[i] == b[j] and exact[0][i] == exact[1][j])

    before = find_common([ord(c) for c in a], [ord(c) for c in b])
    after = slide_gaps(before, len(a), len(b), lambda i, j: a[i] == b[j], alike)
    assert all(a[i] == b[j] for i, j in after)
    assert all(x[0] < y[0] and x[1] < y[1] for x, y in itertools.pairwise(after))
    assert len(after) == len(before)
    assert sum(alike(i, j) for i, j in after) >= sum(alike(i, j) for i, j in before)


def test_a_gap_slides_over_a_whole_row() -> None:
    widths = [8, 16, 32, 64, 128]
    for gone in range(5):
        left = widths[:gone] + widths[gone + 1 :]
        slid = slide_gaps(
            find_common([0] * 5, [0] * 4), 5, 4, lambda i, j: True, lambda i, j, left=left: widths[i] == left[j]
        )  # type: ignore[misc]
        assert {0, 1, 2, 3, 4} - {i for i, _ in slid} == {gone}
        turned = slide_gaps(
            find_common([0] * 4, [0] * 5), 4, 5, lambda i, j: True, lambda i, j, left=left: left[i] == widths[j]
        )  # type: ignore[misc]
        assert {0, 1, 2, 3, 4} - {j for _, j in turned} == {gone}


def chain(layers: int, tail: str) -> Graph:
    return legal("input 8x8x4\n" + "".join(f"conv({4 + i % 7}, 1x1)\n{tail}\n" for i in range(layers // 2)))


def test_long_chains_take_no_quadratic_time() -> None:
    seconds = []
    for count in (1_000, 4_000):
        a, b = chain(count, "relu"), chain(count, "maxpool(1x1) -> bn")
        begin = time.process_time()
        Alignment(a, b)
        seconds.append(time.process_time() - begin)
    assert seconds[1] < 4 * 3 * seconds[0] + 1, seconds  # linear would be 4 times, quadratic 16
