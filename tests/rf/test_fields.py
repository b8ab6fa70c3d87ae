"""Boxes, holes and unread positions against built models, paths against every path, published fields against papers.

Every input position is lit alone (see test_geometry): the set of positions that a unit answers to must be ours exactly,
for the middle unit, for those at the borders and for one drawn, and so must be what no unit answers to.
"""

from __future__ import annotations

import itertools
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.api import load
from cnnspec.cli import main
from cnnspec.facts import regions
from cnnspec.facts.facts import Facts
from cnnspec.facts.geometry import Geometry
from cnnspec.facts.positions import Positions
from cnnspec.graph import Graph
from cnnspec.lost.lost import Lost, find_losses
from tests.example_files import EXAMPLES
from tests.facts.test_geometry import MAX_POSITIONS, answers, chains, drawn
from tests.support import cases, legal, steps

MNIST = EXAMPLES / "lectures" / "lecture4_mnist.cnn"
LECTURE_4 = "input 28x28x1\nconv(1, 3x3) -> maxpool(2x2)\nconv(1, 3x3) -> maxpool(2x2)\nconv(1, 3x3)"


# ---- random networks -------------------------------------------------------------------------------------------
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


def drawn_web(text: str) -> Graph | None:
    """The graph, where the drawn layers fit into one another."""
    from tests.support import network

    made = network(text)
    return None if made.errors else made.graph


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


# ---- published fields ------------------------------------------------------------------------------------------
ALEXNET_V2 = """input 227x227x3
conv(64, 11x11, stride=4) -> maxpool(3x3, stride=2)
conv(192, 5x5, padding=same) -> maxpool(3x3, stride=2)
conv(384, 3x3, padding=same) * 2
conv(256, 3x3, padding=same) -> maxpool(3x3, stride=2)"""
MOBILENET = """input 224x224x3
conv(32, 3x3, stride=2, padding=same)
for s in [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1] { depthwise_conv(3x3, s, padding=same) -> conv(64, 1x1) }"""
INCEPTION_RESNET_V2 = """input 299x299x3
conv(32, 3x3, stride=2) -> conv(32, 3x3) -> conv(64, 3x3, padding=same) -> maxpool(3x3, stride=2)
conv(80, 1x1) -> conv(192, 3x3) -> maxpool(3x3, stride=2)
s = conv(8, 3x3, padding=same)
concat(conv(96, 1x1), conv(48, 1x1) -> conv(64, 5x5, padding=same), conv(64, 1x1) -> s -> s,
  avgpool(3x3, stride=1, padding=same) -> conv(64, 1x1))
add(in, concat(conv(8, 1x1), conv(8, 1x1) -> s, conv(8, 1x1) -> s -> s) -> conv(232, 1x1)) * 10
concat(conv(384, 3x3, stride=2), conv(256, 1x1) -> s -> conv(384, 3x3, stride=2), maxpool(3x3, stride=2))
add(in, concat(conv(192, 1x1), conv(128, 1x1) -> conv(160, 1x7, padding=same) -> conv(192, 7x1, padding=same)) -> conv(1000, 1x1)) * 20
r = conv(8, 3x3, stride=2)
concat(conv(256, 1x1) -> r, conv(256, 1x1) -> r, conv(256, 1x1) -> s -> r, maxpool(3x3, stride=2))
add(in, concat(conv(192, 1x1), conv(192, 1x1) -> conv(224, 1x3, padding=same) -> conv(256, 3x1, padding=same)) -> conv(1024, 1x1)) * 10
conv(1536, 1x1)"""
PUBLISHED = {
    "AlexNet v2": (ALEXNET_V2, {}, 195), "VGG16": ("vgg16.cnn", {}, 212), "MobileNet": (MOBILENET, {}, 315),
    "ResNet-50": ("resnet50_keras.cnn", {"blocks": [3, 4, 6, 3]}, 483),
    "ResNet-101": ("resnet50_keras.cnn", {"blocks": [3, 4, 23, 3]}, 1027),
    "ResNet-152": ("resnet50_keras.cnn", {"blocks": [3, 8, 36, 3]}, 1507),
    "Inception v3": ("inception_v3.cnn", {}, 1311), "InceptionResNetV2": (INCEPTION_RESNET_V2, {}, 3039),
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_fields(name: str) -> None:
    """Araujo, Norris & Sim, Distill 2019, table 1."""
    where, parameters, size = PUBLISHED[name]
    network = load(EXAMPLES / where if where.endswith(".cnn") else where, **parameters).analysed
    assert not network.broken
    geometry = Geometry(network.facts)
    last = max(i for i, field in enumerate(geometry.fields) if isinstance(field, tuple))
    routes, field = geometry.routes(True)[last], geometry.fields[last]
    assert isinstance(field, tuple) and routes is not None
    assert [axis.size for axis in field] == [size, size] == [route.field.size for route in routes]


def test_the_u_net_sees_188_or_204_by_phase() -> None:
    down = "(conv(1, 3) -> conv(1, 3) -> maxpool(2)) * 4"
    up = "(conv_transpose(1, 2, stride=2) -> conv(1, 3) -> conv(1, 3)) * 4"
    net = load(f"input 572x1\n{down}\nconv(1, 3) -> conv(1, 3)\n{up}")
    sizes = {net.receptive_field_of(net.layers[-1].name, at=(i,)).inputs[0].read for i in range(150, 182)}
    assert sizes == {188, 204}


def test_work_grows_with_the_layers() -> None:
    def work(blocks: list[int]) -> tuple[int, int]:
        network = load(EXAMPLES / "resnet50_keras.cnn", blocks=blocks).analysed

        def measured() -> None:
            geometry = Geometry(Facts(network.graph))
            geometry.read(len(network.graph.nodes) - 3, (3, 3))
            assert geometry.routes(True) and geometry.routes(False) and geometry.misaligned == ()
            find_losses(network.facts)

        return steps(measured), len(network.graph.nodes)

    small, large = work([3, 8, 36, 3]), work([3, 8, 276, 3])
    assert large[0] / small[0] < 1.5 * large[1] / small[1]


# ---- what is lost ----------------------------------------------------------------------------------------------
def by_name(text_or_path: Any) -> tuple[Lost, dict[str, Any]]:
    network = load(text_or_path).analysed
    found = find_losses(network.facts)
    return found, {network.graph.nodes[loss.node].name: loss for loss in found.losses}


def test_lecture_4_loses_two_rows_and_columns() -> None:
    _, losses = by_name(MNIST)
    loss = losses["input1"]
    assert [(axis.rows, axis.first, axis.last, axis.inside) for axis in loss.axes] == [
        (Positions.run(26, 28), 0, 2, 0)
    ] * 2
    assert (loss.unread, loss.positions, f"{loss.share:.1%}") == (108, 784, "13.8%")
    assert compared(legal(LECTURE_4), 5)


def test_resnet_50_computes_three_quarters_of_three_stages_for_nothing() -> None:
    found, losses = by_name(EXAMPLES / "resnet50_keras.cnn")
    assert [losses[name].share for name in ("relu10", "relu22", "relu40")] == [0.75] * 3
    assert [(axis.first, axis.last, axis.inside) for axis in losses["relu10"].axes] == [(0, 0, 28)] * 2
    assert sum(loss.macs or 0 for loss in found.losses) == 375_717_888  # 9.74 %
    assert "input1" not in losses and not found.taps


def test_nasnet_mobile_never_reads_row_and_column_223() -> None:
    from cnnspec.model_files.keras.application import application, from_model

    model = application("NASNetMobile")
    (loss,) = [loss for loss in find_losses(Facts(from_model(model))).losses if loss.node == 0]
    assert [axis.rows for axis in loss.axes] == [Positions.run(223, 224)] * 2
    image = np.random.default_rng(7).normal(size=(1, 224, 224, 3)).astype("float32")
    other = image.copy()
    other[0, 223], other[0, :, 223] = 5, -5
    inner = image.copy()
    inner[0, 222] = 5
    answers = np.asarray(model(np.concatenate([image, other, inner]), training=False))
    assert np.allclose(answers[0], answers[1], rtol=1e-5, atol=0) and not np.allclose(
        answers[0], answers[2], rtol=1e-5, atol=0
    )


@given(
    st.integers(1, 9), st.integers(2, 4), st.integers(1, 6), st.sampled_from(["valid", "same", "1", "3", "((0, 4),)"])
)
@cases(0.5)
def test_dead_taps_are_those_that_no_output_depends_on(n: int, k: int, d: int, padding: str) -> None:
    text = f"input {n}x1\nconv(1, {k}, padding={padding}, bias=false, {'stride=3' if d == 1 else f'dilation={d}'})"
    graph = drawn_web(text)
    if graph is None:
        return
    from cnnspec.compile.live import to_keras

    model, seeing = to_keras(graph), 0
    for tap in range(k):
        model.weights[0].assign(np.eye(k)[tap].reshape(k, 1, 1))
        seeing += bool(np.asarray(model(np.ones((1, n, 1), dtype="float32"))).any())
    found = find_losses(Facts(graph)).taps
    assert [(t.seeing, t.taps, t.weights) for t in found] == ([] if seeing == k else [((seeing,), (k,), k - seeing)])


# ---- the commands ----------------------------------------------------------------------------------------------
def run(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, str, str]:
    status = main([str(a) for a in arguments])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_the_json_has_every_layer_and_the_unit(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "rf", MNIST, "conv3", "--at", "0,2", "--format", "json")
    found = json.loads(out)
    assert (status, found["schema_version"], len(found["layers"])) == (0, 1, len(load(MNIST).layers))
    (unit,) = found["units"]
    assert (unit["at"], unit["box"], unit["inputs"][0]["read"]) == ([0, 2], [[0, 17], [8, 25]], 324)
    status, out, _ = run(capsys, "lost", MNIST, "--format", "json")
    found = json.loads(out)
    assert found["tensors"][0]["axes"][0]["never_read"] == [[26, 27]]
    assert found["totals"]["macs_lost"] == sum(t["macs_lost"] for t in found["tensors"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["conv9"], 'no layer "conv9"'), (["conv3", "--at", "3,0"], "no position 3,0: it has 0 to 2,2"),
        (["conv3", "--at", "1"], "conv3 has 2 axes: height, width"), (["--at", "1,1"], "name the layer"),
        (["dense1", "--picture"], "its field is the whole input"), (["-o", "rf.png"], "must end in .svg"),
        (["--picture", "--format", "json"], "choose one"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "rf", MNIST, *arguments)
    assert (status, out) == (2, "") and message in err


@pytest.mark.parametrize("text", ["input 10\ndense(3)", "input 8x8x1\ngap", "input 8x8x4\npermute((2, 1, 3))"])
def test_what_has_no_box_is_not_drawn(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text(text)
    status, out, err = run(capsys, "rf", path, "--picture")
    assert (status, out, err) == (2, "", 'cnnspec: "net" has no layer with a receptive field to draw\n')


def test_unknown_sizes_leave_fields_and_take_coverage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "any.cnn"
    path.write_text("input ?x?x3\nconv(8, 3x3, padding=1) -> maxpool(2)\nconv(8, 3x3)\n")
    status, out, _ = run(capsys, "rf", path)
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line.startswith(" ")}
    assert status == 0 and rows["conv2"][-5:] == ["8x8", "2", "-1", "2.5", "?"]
    status, out, _ = run(capsys, "rf", path, "conv2", "--at", "0,3")
    assert status == 0 and "height -1 to 6, width 5 to 12: 8x8" in out
    assert run(capsys, "lost", path)[0] == 0
    assert run(capsys, "rf", path, "--picture")[0] == 0


@pytest.mark.parametrize("name", ["vgg16.cnn", "resnet50_keras.cnn", "unet.cnn", "lectures/lecture4_mnist.cnn"])
def test_the_picture_draws_its_boxes(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As many columns as there are, no more; every box of the SVG inside its picture, in proportion, and with a name."""
    out = tmp_path / "rf.svg"
    arguments = ["--model", "UNet"] if name == "unet.cnn" else []
    status, shown, _ = run(capsys, "rf", EXAMPLES / name, "--picture", "-o", out, *arguments)
    assert status == 0 and max(map(len, shown.splitlines())) < 80
    root = ElementTree.parse(out).getroot()
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    boxes = [
        [float(r.attrib[k]) for k in ("x", "y", "width", "height")]
        for r in root.findall(".//{*}rect")
        if "x" in r.attrib
    ]
    names = [text.text for text in root.findall(".//{*}text")]
    assert len(names) - 1 == len(boxes) > 2
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
    legend = [line.split() for line in shown.splitlines() if line[1:3] == "  " and line[0].isalpha()]
    sizes = [int(words[2].split("x")[1]) for words in legend]
    scale = boxes[1][2] / sizes[0]
    assert [round(w / scale) for _, _, w, _ in boxes[1:]] == sizes
