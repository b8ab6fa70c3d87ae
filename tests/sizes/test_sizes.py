"""Legal, lossless and strict input sizes against building the network with every size."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnnspec.api import SpecError, load
from cnnspec.base.source import Source
from cnnspec.cli import main
from cnnspec.pipeline import analyse
from cnnspec.sizes import find_input_sizes, size_set
from cnnspec.sizes.axis_sizes import KINDS, SizesOfKind
from cnnspec.sizes.input_sizes import InputSizes
from cnnspec.sizes.size_words import describe_set
from tests import network_cases
from tests.example_files import EXAMPLES, FILES, networks, relative
from tests.sizes.size_cases import resized, rough_networks, truth
from tests.support import THOROUGH, cases

SMALL, LARGE = 12, 60  # layers, from which on not every size is tried
EARLY = range(1, 301 if THOROUGH else 41)  # of a small network every one of these
STEP = 7 if THOROUGH else 11  # between those that are tried of the rest


def found(text: str) -> InputSizes | None:
    (network,) = analyse(Source("net.cnn", text)).networks
    return find_input_sizes(network)


def claimed(sizes: InputSizes, *values: int, tried: bool = False) -> tuple[bool, ...]:
    """Whether all axes, each at its value, are said to be legal, lossless, strict; `tried`: a set whose period is too
    long to be found is taken as far as it was tried."""
    by_axis = [(axis, values[i % len(values)]) for i, axis in enumerate(sizes.axes)]

    def said(found: SizesOfKind, n: int) -> bool:
        if found.sizes is not None:
            return n in found.sizes
        assert tried and n <= found.tried, (found, n)
        return bool(found.members >> n & 1)

    return tuple(all([said(axis.kinds[kind], n) for axis, n in by_axis]) for kind in range(len(KINDS)))


def compare(text: str, sizes: InputSizes, values: Iterable[int], model: str | None = None, tried: bool = False) -> None:
    for n in values:
        assert claimed(sizes, n, tried=tried) == truth(resized(text, n), model), (text, n)


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_examples(path: Path) -> None:
    for network in networks(path).values():
        sizes = find_input_sizes(network)
        assert sizes is not None
        layers = len(network.graph.nodes)
        every = (
            {*EARLY, *range(1, 301, STEP)} if layers < SMALL else range(1, 301, STEP if layers < LARGE else 5 * STEP)
        )
        if sizes.axes:
            compare(network.source.text, sizes, every, network.item and network.item.name.text)


@cases(1)
@given(rough_networks(), st.integers(0, 6))
def test_random_networks(text: str, first: int) -> None:
    sizes = found(text)
    if sizes is None:
        assert not any(truth(resized(text, n))[0] for n in range(1 + first, 120, 7)), text
    elif len(sizes.axes) == 2:
        for h in range(1 + first, 301, 7):
            w = (h * 37 + first) % 300 + 1
            assert claimed(sizes, h, w) == truth(resized(text, h, w)), (text, h, w)
    else:
        compare(text, sizes, range(1 + first, 301, 7))


HALVED_TEN_TIMES = """input 8x8x4
for i in 1..3 {
    conv(2 * i, 3, padding=same) -> (conv(2 * i, 1) -> bn -> relu) * 5
    for j in 1..3 {
        glu -> concat(in, in) -> prelu
        add(conv(2, 1, stride=2), conv(2, 3, stride=2, padding=same) -> bn)
    }
}
conv(2, 3, padding=same, stride=2)
"""  # its strict sizes repeat after 1,024


@cases(0.3)
@given(network_cases.networks())
@example(HALVED_TEN_TIMES)
def test_random_architectures(text: str) -> None:
    sizes = found(text)
    assert sizes is not None
    if sizes.axes:
        compare(text, sizes, range(1, 49, 5), tried=True)


# ---- published and taught figures -----------------------------------------------------------------------------
UNET = """block double(f) { conv(f, 3x3, padding=same, activation=relu) * 2 }
block up(f, skip) { conv_transpose(f, 2x2, stride=2) -> concat(in, skip) -> double(f) }
input 358x358x1
double(4) as e1
maxpool(2x2) -> double(8) as e2
maxpool(2x2) -> double(16) as e3
maxpool(2x2) -> double(32) as e4
maxpool(2x2) -> double(64)
up(32, e4) -> up(16, e3) -> up(8, e2) -> up(4, e1)
"""


@pytest.mark.parametrize(
    ("file", "kind", "wanted"),
    [
        ("lectures/lecture4_mnist_base.cnn", "strict", "4k + 14 for k >= 1: 18, 22, 26, 30, …"),
        ("lectures/lecture4_mnist_base.cnn", "legal", "any from 18"),
        ("alexnet.cnn", "strict", "32k + 35 for k >= 1: 67, 99, 131, 163, …"),
        ("vgg16.cnn", "strict", "multiples of 32"),
        ("inception_v3.cnn", "lossless", "32k + 43 for k >= 1: 75, 107, 139, 171, …"),
        ("resnet18.cnn", "strict", "32k - 31 for k >= 1: 1, 33, 65, 97, …"),
        ("resnet50.cnn", "lossless", "any"),
        ("unet.cnn", "legal", "16k + 172 for k >= 1: 188, 204, 220, 236, …"),
        ("unet_any_size.cnn", "legal", "multiples of 8"),
    ],
)
def test_figures(file: str, kind: str, wanted: str) -> None:
    for axis in load(EXAMPLES / file).sizes().axes:
        sizes = getattr(axis, kind)
        assert describe_set(sizes) == wanted


def test_a_network_that_is_refused_as_it_stands() -> None:
    """The U-Net of four levels at 358: every merge's part is named, with the pool that rounds down before it."""
    network = load(UNET)
    assert {d.code for d in network.diagnostics} == {"E102"}
    height, width = network.sizes().axes
    assert height.legal is not None and height.kinds == width.kinds
    assert describe_set(height.legal) == "multiples of 16" and (height.legal.below(358), height.legal.above(358)) == (
        352,
        368,
    )
    blamed = {(r.layer, r.line, r.rounding) for r in height.kinds[0].period_by}
    assert blamed == {(f"concat{i}", 2, f"maxpool{5 - i}") for i in (1, 2, 3, 4)}


# ---- what ties, fixes and weighs ---------------------------------------------------------------------------------
def summed(text: str) -> list[tuple[str, str | None, list[str]]]:
    """Of every axis its names, what ties it, and its sets."""
    return [
        (
            " ".join(f"{a.input}.{a.letter}*{a.times}" for a in axis.axes),
            axis.tied_by and axis.tied_by.layer,
            [describe_set(kind.sizes) if kind.sizes else "?" for kind in axis.kinds],
        )
        for axis in load(text).sizes().axes
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("input 8x8x1\nadd(in, permute((2, 1, 3)))", [("input1.H*1 input1.W*1", "add1", ["any"] * 3)]),
        (
            "input a 32x16x1\ninput b 16x8x1\nadd(a -> maxpool(2), b)",
            [("a.H*2 b.H*1", "add1", ["any"] * 3), ("a.W*2 b.W*1", "add1", ["any"] * 3)],
        ),
        ("input 4x6x2\nreshape((8, -1))", [("input1.H*1 input1.W*1", "reshape1", ["multiples of 2"] * 3)]),
        (
            "input 100\nembedding(50, 8) -> conv(4, 5) -> maxpool(3) -> gmp",
            [("input1.L*1", None, ["any from 7", *["3k + 4 for k >= 1: 7, 10, 13, 16, …"] * 2])],
        ),
        (
            "input ?x9x9x1\nconv(2, 3, stride=2, padding=same) -> maxpool(2x1x1) -> gap",
            [
                ("input1.D*1", None, ["any from 3", *["4k + {3, 4} for k >= 0: 3, 4, 7, 8, …"] * 2]),
                ("input1.H*1", None, ["any"] * 3),
                ("input1.W*1", None, ["any"] * 3),
            ],
        ),
        ("input 20\ndense(10)", []),
        (  # what a pool leaves over is not read by a merge either whose end is cut off
            "input 8x8x2\nrelu as x\nmaxpool(2) as a\nx -> concat(x, x) -> crop(((0, 1), (0, 1))) as b\noutput a, b",
            [(f"input1.{axis}*1", None, ["any from 2", *["multiples of 2"] * 2]) for axis in "HW"],
        ),
    ],
)
def test_axes(text: str, wanted: list[tuple[str, str | None, list[str]]]) -> None:
    assert summed(text) == wanted


def test_inputs_that_share_weights_are_turned_together() -> None:
    (axis,) = (
        load(
            "input a 32x32x1\ninput b 32x32x1\nshared tower = { maxpool(3) -> flatten -> dense(4) }\n"
            "a -> tower as x\nb -> tower as y\nsubtract(x, y)"
        )
        .sizes()
        .axes
    )
    assert {a.input for a in axis.axes} == {"a", "b"} and axis.strict is not None
    assert describe_set(axis.strict) == "multiples of 3"


def test_a_layer_that_fixes_the_size() -> None:
    sizes = load("input 14x14x64\nmaxpool(2) -> reshape((3136,)) -> reshape(7x7x64) -> conv(3, 3x3)").sizes()
    assert sizes.fixed is not None and sizes.fixed.layer == "reshape1" and sizes.rest is not None
    assert sizes.axes[0].legal is not None and describe_set(sizes.axes[0].legal) == "14 and 15 alone"
    assert [describe_set(axis.strict) for axis in sizes.rest.axes if axis.strict] == ["multiples of 2"] * 2


def test_weights_made_for_one_size() -> None:
    """A flatten behind an unknown size is refused as it stands, but every number may stand in its place."""
    network = load("input ?x?x1\nconv(8, 3) -> maxpool(2) -> flatten -> dense(10)")
    assert [d.code for d in network.diagnostics] == ["E107"]
    sizes = network.sizes()
    assert sizes.weighted is not None and sizes.weighted.layer == "dense1"
    assert [describe_set(axis.legal) for axis in sizes.axes if axis.legal] == ["any from 4"] * 2
    assert load("input 9x9x1\nconv(8, 3) -> gap -> dense(10)").sizes().weighted is None


def test_texts_that_ask_for_sizes() -> None:
    """Also where what they ask for are the channels that a flatten makes."""
    text = "input 8x8x1\nconv(4, 3) if in.height % 3 == 0 else conv(4, 9)"
    (axis,) = load(text).sizes().axes
    assert axis.guessed and axis.legal is not None
    assert list(islice(axis.legal.members(), 5)) == [3, 6, 9, 10, 11]
    sizes = load("input 8x8x1\nflatten -> dense(5 if in.channels > 100 else 3) -> dense(2)").sizes()
    assert sizes.asks


# ---- sets ------------------------------------------------------------------------------------------------------
@given(st.integers(1, 12), st.integers(0, 2**12 - 1), st.integers(0, 2**10 - 1))
def test_sets(period: int, residues: int, early: int) -> None:
    """What is read off 1 … 60 is what was put in, up to 300; neighbours are the nearest members."""
    inside = [n for n in range(1, 301) if (early >> n - 1 & 1 if n <= 10 else residues >> n % period & 1)]
    found = size_set.find_size_set(sum(1 << n for n in inside if n <= 60), 60, period)
    assert found is not None and [n for n in range(1, 301) if n in found] == inside
    assert list(islice(found.members(), 20)) == inside[:20]
    for n in (1, 7, 30, 100):
        assert found.below(n) == max([m for m in inside if m < n], default=None)
        assert found.above(n) == min([m for m in inside if m > n], default=None)


def test_sets_that_do_not_repeat() -> None:
    assert size_set.find_size_set(0b1011 << 20, 24, 3) is None


# ---- the command -------------------------------------------------------------------------------------------------
def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input 28x20x1\nconv(8, 3x3) -> maxpool(2x2) -> gap\n")
    assert main(["sizes", str(path), "--near", "33x34"]) == 0
    out = capsys.readouterr().out
    assert "  lossless  multiples of 2 from 4; not 33, but 32 and 34\n" in out
    assert "  lossless  multiples of 2 from 4; 34 is one\n" in out
    assert main(["sizes", str(path), "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["schema_version"] == 1 and [a["asked"] for a in shown["axes"]] == [28, 20]
    strict = shown["axes"][0]["strict"]
    assert (strict["early"], strict["start"], strict["period"], strict["residues"]) == ([], 3, 2, [0])
    assert strict["contains_asked"] is True and strict["below"] == 26 and strict["above"] == 30
    assert strict["period_by"] == [{"layer": "maxpool1", "line": 2, "rounding": None}]


@pytest.mark.parametrize(
    ("text", "options", "status", "said"),
    [
        ("input 8x8x1\nconv(4, 3x3) -> conv(", [], 1, "mend its errors first"),
        ("input 8x8x1\nconf(4)\n", [], 1, 'nothing is called "conf"'),
        ("input 8x8x1\nconcat(conv(2, 3), conv(2, 5))\n", [], 1, "mend its errors first"),
        ("input 8x8x1\nconv(2, 3)\n", ["--near", "8x8x8"], 2, "--near has 3 sizes"),
        ("input 8x8x1\nconv(2, 3)\n", ["--near", "0"], 2, "--near must be a size"),
        (UNET, [], 1, "E102"),
    ],
)
def test_command_refuses(
    text: str, options: list[str], status: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.cnn"
    path.write_text(text)
    assert main(["sizes", str(path), *options]) == status
    shown = capsys.readouterr()
    assert said in shown.err and "Traceback" not in shown.err


def test_no_size_is_an_error_in_python() -> None:
    with pytest.raises(SpecError, match="mend its errors first: of the input sizes"):
        load("input 8x8x1\nconcat(conv(2, 3), conv(2, 5))").sizes()
