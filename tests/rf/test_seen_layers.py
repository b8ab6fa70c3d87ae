"""`cnnspec rf --in LAYER`: what one position sees of each layer before it, by the lectures and by counting position by position."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import cnnspec
from cnnspec.api import load, loads
from cnnspec.facts.facts import Facts
from cnnspec.facts.geometry import Geometry
from cnnspec.facts.seen_fields import find_seen_fields
from tests.example_files import EXAMPLES
from tests.rf.test_command import MNIST, run
from tests.rf.webs import drawn_web, members, webs
from tests.support import cases

Sight = dict[int, set[tuple[int, ...]]]  # of every node the positions that are read

# layer: box, positions read, share; of the layers that are seen, the unit's own the last. "-": no axes.
LECTURES = {
    ("lectures/lecture4_mnist_base.cnn", "conv3"): """
input1 18x18 324 0.4133 | conv1 16x16 256 0.3787 | maxpool1 8x8 64 0.3787 | conv2 6x6 36 0.2975 | maxpool2 3x3 9 0.36 | conv3 1x1 1 0.1111""",
    ("lectures/lecture4_no_pooling.cnn", "conv3"): """
input1 7x7 49 0.0625 | conv1 5x5 25 0.0370 | conv2 3x3 9 0.0156 | conv3 1x1 1 0.0021""",
    ("lectures/lecture4_mnist.cnn", "dense1"): """
input1 26x26 676 0.8622 | conv1 24x24 576 0.8521 | maxpool1 12x12 144 0.8521 | conv2 10x10 100 0.8264 | maxpool2 5x5 25 1 | conv3 3x3 9 1
| flatten1 - 1 1 | dense1 - 1 1""",
    ("lectures/lecture2_receptive_field.cnn", "conv2"): "input1 5x5 25 0.5102 | conv1 3x3 9 0.36 | conv2 1x1 1 0.1111",
}  # fmt: skip
TEXTS = {
    # dilation leaves holes
    "input 21x1\nconv(1, 3, dilation=3) -> conv(1, 3, dilation=2)": "input1 11 9 0.4286 | conv1 5 3 0.2 | conv2 1 1 0.0909",
    # rectangular, and clipped at a side
    "input 9x9x1\nconv(1, 1x5, padding=same, stride=1x2)\nmaxpool(3x1, stride=1, padding=same)": """
input1 3x5 15 0.1852 | conv1 3x1 3 0.0667 | maxpool1 1x1 1 0.0222""",
    # the branches of a merge, and what both read: their union
    "input 9x9x1\nconv(2, 3x3, padding=same) as a\nadd(conv(1, 3x1, padding=same), conv(1, 1x3, padding=same))": """
input1 5x5 21 0.2593 | a 3x3 5 0.0617 | conv1 1x1 1 0.0123 | conv2 1x1 1 0.0123 | add1 1x1 1 0.0123""",
    # what is repeated is read once
    "input 8x8x1\nconv(1, 3x3, padding=same) -> upsample(2)": "input1 3x3 9 0.1406 | conv1 1x1 1 0.0156 | upsample1 1x1 1 0.0039",
    "input 6x6x6x1\nconv(1, 3x3x1) -> conv(1, 1x1x3)": "input1 3x3x3 27 0.125 | conv1 1x1x3 3 0.0312 | conv2 1x1x1 1 0.0156",
    # words of a text
    "input 7\nembedding(20, 4) -> conv(3, 3)": "input1 3 3 0.4286 | embedding1 3 3 0.4286 | conv1 1 1 0.2",
    "input left 6x1\ninput right 6x1\nadd(left, right -> conv(1, 3, padding=same)) as z": """
left 1 1 0.1667 | right 3 3 0.5 | conv1 1 1 0.1667 | z 1 1 0.1667""",
    # a vector's own
    "input 4\ndense(3)": "input1 - 1 1 | dense1 - 1 1",
    # all of the map through a global pool
    "input 5x5x2\nconv(2, 2x2) -> gap": "input1 5x5 25 1 | conv1 4x4 16 1 | gap1 - 1 1",
}  # fmt: skip
WANTED = [(load(EXAMPLES / name), unit, rows) for (name, unit), rows in LECTURES.items()]
WANTED += [(net := loads(text), net.layers[-1].name, rows) for text, rows in TEXTS.items()]


@pytest.mark.parametrize(("net", "unit", "rows"), WANTED, ids=[f"{net.name}-{unit}" for net, unit, _ in WANTED])
def test_the_middle_position_sees_of_each_layer(net: cnnspec.Network, unit: str, rows: str) -> None:
    found = []
    for layer in net.receptive_field_of(unit).in_layers().layers:
        box = "x".join([str(last - first + 1) for first, last in layer.read.box or ()]) or "-"
        found.append(f"{layer.name} {box} {layer.read.read} {round(layer.read.coverage or 0, 4):g}")
    assert found == [" ".join([*row.split()[:-1], f"{float(row.split()[-1]):g}"]) for row in rows.split("|")]


# ---- by counting ---------------------------------------------------------------------------------------------
def count_reads(geometry: Geometry, end: int, at: tuple[int, ...], axes: tuple[int, ...], clipped: bool) -> Sight:
    """Position by position along some axes, what a unit reads of every node; unclipped, what is read as a whole is left out."""
    seen: Sight = {end: {tuple([at[axis] for axis in axes])}}
    for node in reversed(geometry.graph.nodes[: end + 1]):
        reaches, outputs = geometry.reaches[node.index], geometry.sizes[node.index] or ()
        for read in geometry.branches(node.index) if seen.get(node.index) else ():
            sizes = geometry.sizes[read] or ()
            if reaches is None:
                seen[read] = set(itertools.product(*map(range, sizes))) if clipped else seen.get(read, set())
                continue
            for position in seen[node.index]:
                taken = []
                for axis, i in zip(axes, position, strict=True):
                    reach, n = reaches[axis], sizes[axis]
                    first = (reach.step * i + (reach.low or 0)) // reach.over
                    places = range(first, (reach.step * i + reach.high) // reach.over + 1, reach.gap)
                    repeated = len(node.inputs) > 1 and n == 1 != outputs[axis]
                    taken.append([0] if repeated else [p for p in places if not clipped or 0 <= p < n])
                seen.setdefault(read, set()).update(itertools.product(*taken))
    return seen


@example(
    "input 9x9x1\nconv(1, 2x3, stride=2) as a\nadd(a, conv(1, 3x3, padding=same, dilation=2))\nconv_transpose(1, 2, stride=3)",
    7,
)
@given(webs(), st.integers(0, 10**6))
@cases(1)
def test_what_is_seen_is_what_counting_finds(text: str, chosen: int) -> None:
    graph = drawn_web(text)
    if graph is None:
        return
    geometry = Geometry(Facts(graph))
    end = len(graph.nodes) - 1 - chosen % min(3, len(graph.nodes))
    space = geometry.sizes[end]
    if not space:
        return
    at = tuple([chosen % n for n in space])
    fields, regions = find_seen_fields(geometry, end), geometry.read_layers(end, at)
    read = count_reads(geometry, end, at, tuple(range(len(space))), True)
    assert fields.keys() <= geometry.before(end) and read.keys() <= fields.keys()
    for index, field in fields.items():
        held = members(regions[index], geometry.sizes[index] or ())
        assert {tuple(map(int, place)) for place in zip(*held.nonzero(), strict=True)} == read.get(index, set()), index
        for axis, one in enumerate(field if isinstance(field, tuple) else ()):
            places = [place for (place,) in count_reads(geometry, end, at, (axis,), False).get(index, ())]
            assert one.at(at[axis]) == ((min(places), max(places)) if places else None), (index, axis)


@pytest.mark.parametrize(
    "path", [EXAMPLES / "zoo/EfficientNetB0.cnn", EXAMPLES / "unet_any_size.cnn"], ids=lambda path: path.stem
)
def test_of_the_input_it_is_the_receptive_field(path: Path) -> None:
    """The field of the table that `rf` prints, and what `rf LAYER` says that the unit reads, are those of the input's row."""
    net = load(path)
    unit = net.receptive_field_of(net.layers[net.analysed.facts.deepest or -1].name)
    (row,) = [row for row in unit.in_layers().layers if row.type == "InputLayer"]
    assert (row.field, row.box, (row.read,)) == (unit.layer.field, unit.box, unit.inputs)
    assert unit.in_layers().layers[-1].name == unit.layer.name


# ---- what is left out, unknown, refused ----------------------------------------------------------------------
GATE = "input 9x9x4\nconv(4, 3x3) as a\nmultiply(a, a -> gap(keepdims=true) -> conv(4, 1x1, activation=sigmoid))\nconv(4, 3x3)"


def test_what_a_gate_lets_through_is_left_out_and_named() -> None:
    found = loads(GATE).receptive_field_of("conv2").in_layers()
    assert ([layer.name for layer in found.layers], found.left_out, found.gates) == (
        ["input1", "a", "multiply1", "conv2"], ("gap1", "conv1"), ("multiply1",),
    )  # fmt: skip
    assert "Seen through gates alone, and left out: gap1, conv1" in str(found)


# A spec, a layer, and the lines below the legend.
NOTES = [
    (GATE, "conv2", ["Gates: multiply1 mixes in what has seen the whole input, or is repeated along an axis; the fields leave that out.",
                     "Seen through gates alone, and left out: gap1, conv1"]),
    ("input 9x9x4\nconv(4, 3x3) -> group_norm(2) -> conv(4, 3x3)", "conv2",
     ["Statistics: group_norm1 mixes the positions along height and width; the fields leave that out."]),
    ("input 9x9x4\nconv(4, 3x3)", "conv1", []),
    ("input 9x5x4\nconv(4, 3x7, padding=same)", "conv1", ["Unclipped: 3x7 of input1"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "unit", "notes"), NOTES)
def test_below_the_table_stands_what_it_leaves_out(text: str, unit: str, notes: list[str]) -> None:
    shown = str(loads(text).receptive_field_of(unit).in_layers())
    assert " ".join(shown.split()).partition("their share of the layer.")[2].strip() == " ".join(notes)


def test_what_rests_on_a_misspelt_word_is_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.cnn").write_text("input 9x9x3\nconv(2, 1x1) -> cnov(4, 3x3) -> conv(4, 3x3)\n")
    for unit, assumed in (("conv3", [False, False, True, True]), ("conv1", [False, False])):
        status, out, _ = run(capsys, "rf", tmp_path / "net.cnn", "--in", unit)
        rows = [line for line in out.splitlines() if line.startswith(" ")][2:]
        assert status == 1 and [row.endswith("  assumed") for row in rows] == assumed
        assert (f"what {unit} sees rests on that" in out) == (unit == "conv3")


def test_the_json_has_the_box_clipped_and_unclipped(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "net.cnn").write_text("input 5x5x1\nconv(1, 5x3, padding=same)\n")
    _, out, _ = run(capsys, "rf", tmp_path / "net.cnn", "--in", "conv1", "--at", "0,4", "--format", "json")
    first, own = json.loads(out)["layers"]
    assert (first["size"], first["whole"], first["unclipped_box"], first["box"], first["read"], first["coverage"]) == (
        [5, 3], False, [[-2, 2], [3, 5]], [[0, 2], [3, 4]], 6, 0.24,
    )  # fmt: skip
    assert own["box"] == own["unclipped_box"] == [[0, 0], [4, 4]]


@pytest.mark.parametrize(
    ("text", "unit", "row"),
    [
        ("input ?x?x3\nconv(8, 3x3, padding=1) -> maxpool(2)\nconv(8, 3x3)", "conv2", "HxWx3 8x8 -1,-1 to 6,6 ? ?"),
        ("input ?x?x3\nconv(8, 3x3, stride=2, padding=same) -> maxpool(2)", "maxpool1", "HxWx3 5x5 ? ? ?"),
        ("input ?x?x3\nconv(8, 3x3) -> gap", "gap1", "HxWx3 all ? ? ?"),
        ('input 9x9x4\nopaque("deform", 9x9x4) -> conv(1, 3x3)', "conv1", "9x9x4 ? ? ? ?"),
        ('input 9x9x4\nopaque("deform", 9x9x4) -> gap', "gap1", "9x9x4 ? ? ? ?"),
        ("input 8x6x2\npermute((2, 1, 3)) -> conv(1, 3x3)", "conv1", "8x6x2 ? ? ? ?"),
        ("input 4x1\npad(9) -> conv(1, 3)", "conv1", "4x1 nothing - 0 0 %"),
        ("input 5x5x1\nconv(1, 5x5, padding=same)", "conv1", "5x5x1 5x5 0,0 to 4,4 25 100 %"),
    ],
)  # fmt: skip
def test_what_is_unknown_is_said(text: str, unit: str, row: str) -> None:
    at = (0,) if "pad(9)" in text else None
    lines = str(loads(text).receptive_field_of(unit, at).in_layers()).splitlines()
    assert " ".join(next(line for line in lines if "InputLayer" in line).split()[2:]) == row


def test_the_table_is_cut_to_the_layers_that_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "rf", MNIST, "maxpool1", "conv1", "--in", "conv3", "--at", "0,2")
    rows = [line.split() for line in out.splitlines() if line.startswith(" ")][2:]
    assert status == 0 and [(row[0], row[3], " ".join(row[4:7])) for row in rows] == [
        ("conv1", "16x16", "0,8 to 15,23"), ("maxpool1", "8x8", "0,4 to 7,11"),
    ]  # fmt: skip


def test_a_field_that_is_cut_off_is_told_whole(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "rf", EXAMPLES / "resnet50.cnn", "--in", "conv53", "--width", 100)
    assert "224x224   0,0 to 223,223      50,176      100 %" in out and "\nUnclipped: 427x427 of image\n" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--in", "conv9"], 'no layer "conv9"'), (["conv9", "--in", "conv3"], 'no layer "conv9"'),
        (["--in", "conv3", "--at", "3,0"], "no position 3,0: it has 0 to 2,2"),
        (["conv3", "--in", "conv1"], "conv1 sees nothing of conv3, which is not before it; conv3 sees conv1: --in conv3"),
        (["--in", "conv3", "--picture"], "choose one"), (["--in", "conv3", "-o", "rf.svg"], "choose one"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "rf", MNIST, *arguments)
    assert (status, out) == (2, "") and message in " ".join(err.split())


def test_a_layer_behind_a_gate_cannot_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "gate.cnn").write_text(GATE)
    status, _, err = run(capsys, "rf", tmp_path / "gate.cnn", "gap1", "--in", "conv2")
    assert status == 2 and "conv2 sees gap1 only through a gate, which receptive fields leave out" in " ".join(
        err.split()
    )
