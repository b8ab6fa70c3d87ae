"""Shapes and notations as people write them: what is read is the network of the canonical text, what is not says what to
write, and that helps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.format import format_source
from cnnspec.pipeline import Analysis, analyse

HEAD = "input 32x32x3\n"
TAIL = " -> relu -> gap -> dense(10)\n"

# what people write → what it is here; each is a whole text
READ = [
    *[(f"input 32x32x3\nconv(8, {size}){TAIL}", f"input 32x32x3\nconv(8, 3x3){TAIL}")
      for size in ("3 x 3", "3X3", "3 X 3", "3×3", "3 × 3", "3 x3", "3\tx\t3", "(3,3)", "[3, 3]")],
    *[(f"input {shape}\nconv(8, 3x3){TAIL}", f"input 28x28x1\nconv(8, 3x3){TAIL}")
      for shape in ("28 x 28 x 1", "28X28X1", "28×28×1", "28 × 28 × 1", "[28, 28, 1]", "(28x28x1)", "[28x28x1]", "[28×28×1]")],
    *[(f"input {shape}\nconv(8, 3x3, padding=same) -> relu\n", "input ?x?x3\nconv(8, 3x3, padding=same) -> relu\n")
      for shape in ("? x ? x 3", "?X?X3", "?×?×3", "[?x?x3]", "(None, None, 3)")],
    ("input 8 x 16 x 16 x 3\nconv(4, 3 x 3 x 3)\n", "input 8x16x16x3\nconv(4, 3x3x3)\n"),
    ("input 100 x 3\nconv(4, 3)\n", "input 100x3\nconv(4, 3)\n"),
    *[(f"{HEAD}conv(8, 3x3) {arrow} relu {arrow} gap {arrow} dense(10)\n", f"{HEAD}conv(8, 3x3) -> relu -> gap -> dense(10)\n")
      for arrow in ("→", "⇒", "⟶", "⟹", "➔", "-->", "==>", "–>", "—>", "−>")],
    (f"{HEAD}conv(8, 3x3) →\n relu\n  ⇒ gap → dense(10)\n", f"{HEAD}conv(8, 3x3) -> relu -> gap -> dense(10)\n"),
    *[(f"{HEAD}(conv(8, 3x3) -> relu) {times} 3\n", f"{HEAD}(conv(8, 3x3) -> relu) * 3\n") for times in "×·∗＊⋅"],
    *[(f"{HEAD}a = 9 {minus} 1\nconv(a, 3x3) -> relu\n", f"{HEAD}a = 9 - 1\nconv(a, 3x3) -> relu\n") for minus in "−–"],
    *[(f"{HEAD}conv(8, 3x3, padding={word}, activation={word.replace('same', 'relu')})\n",
       f"{HEAD}conv(8, 3x3, padding=same, activation=relu)\n") for word in ("“same”", "‘same’", "„same“", "‚same‘", "”same”")],
    *[(f"{HEAD}conv(8,{space}3x3){space}->{space}relu\n", f"{HEAD}conv(8, 3x3) -> relu\n")
      for space in ("\u00a0", "\u2009", "\u202f", "\u3000", "\u200b")],
    *[(f"{HEAD}flatten -> dropout({rate}) -> dense(10)\n", f"{HEAD}flatten -> dropout({plain}) -> dense(10)\n")
      for rate, plain in ((".5", "0.5"), (".25", "0.25"), ("5.e-1", "5.0e-1"), ("1./4", "1.0 / 4"), ("1/4.", "1 / 4.0"))],
    (f"{HEAD}rescaling(1./255) -> conv(8, 3x3)\n", f"{HEAD}rescaling(1.0 / 255) -> conv(8, 3x3)\n"),
    (f"{HEAD}rescaling(−1.) -> conv(8, 3x3)\n", f"{HEAD}rescaling(-1.0) -> conv(8, 3x3)\n"),
    (f"{HEAD}conv(8, 3x3)\nexpect params ≤ 5M, macs ≥ 1, depth ≠ 9\n", f"{HEAD}conv(8, 3x3)\nexpect params <= 5M, macs >= 1, depth != 9\n"),
    (f"{HEAD}for i in 1..3 {{ conv(8, 3x3, padding=same) → relu }}\n", f"{HEAD}for i in 1..3 {{ conv(8, 3x3, padding=same) -> relu }}\n"),
    ("size = 32\ninput [size, size, 1]\nconv(8, 3x3)\n", "size = 32\ninput (size, size, 1)\nconv(8, 3x3)\n"),
    ("input image [ 28, 28, 1 ] → conv(8, 3x3)\n", "input image 28x28x1 -> conv(8, 3x3)\n"),
]  # fmt: skip

# texts whose signs mean what they always did
UNCHANGED = [
    f"{HEAD}for i in 0..3 {{ conv(8 * 2^i, 3x3) -> relu }}\n",
    "input ?xMAXx3\nconv(8, 3x3)\n",
    "input 64xXx3\nconv(8, 3x3)\n",
    "input SxSx3\nconv(8, 3x3)\n",
    "input x 28x28x1\nconv(8, 3x3) as xx\nadd(xx, in)\n",
    f"{HEAD}a = 3 - -2\nconv(a, 3x3)\n",
    f"{HEAD}a = [0.5, 1.5][0]\nflatten -> dropout(a)\n",
    f"{HEAD}conv(8, 3x3)  # 3 × 3 → “same”, .5\n",
]

# a line → what the help says, and the line or lines with it
SAID = [
    *[(f"input {shape}", "write input 28x28x1", "input 28x28x1")
      for shape in ("28*28*1", "28 * 28 * 1", "28by28by1", "28, 28, 1", "28 28 1", "1@28x28", "1 @ 28 x 28", "28·28·1")],
    *[(f"input{sign} 28x28x1", "write input 28x28x1", "input 28x28x1") for sign in (":", " =", " :")],
    ("input image: 28x28x1", "write input image 28x28x1", "input image 28x28x1"),
    ("input image = 28, 28, 1", "write input image 28x28x1", "input image 28x28x1"),
    *[(f"size = 28; input {shape}", "(size, size, 1)", "size = 28; input (size, size, 1)")
      for shape in ("sizexsizex1", "size*size*1", "image sizexsizex1")],
    *[(f"size = 28\ninput {shape}", "write input (size, size, 1)", "size = 28\ninput (size, size, 1)")
      for shape in ("size x size x 1", "size × size × 1", "size, size, 1", "size by size by 1")],
    ("size = 28\ninput 28xsizex1", "write input (28, size, 1)", "size = 28\ninput (28, size, 1)"),
    ("c = 1\ninput 28x28xc", "write input (28, 28, c)", "c = 1\ninput (28, 28, c)"),
    ("input 1x28x28x28x1\nconv(4, 3)", "leave the batch out: 28x28x28x1", "input 28x28x28x1\nconv(4, 3)"),
    *[(f"{HEAD}conv(8, {size})", "write 3x3", f"{HEAD}conv(8, 3x3)") for size in ("3by3", "3 by 3", "kernel=3by3")],
    (f"{HEAD}k = 3\nconv(8, k x k)", "write (k, k)", f"{HEAD}k = 3\nconv(8, (k, k))"),
    (f"{HEAD}k = 3\nconv(8, 3 x k)", "write (3, k)", f"{HEAD}k = 3\nconv(8, (3, k))"),
    *[(f"{HEAD}{row}", "write conv(64, 3x3)", f"{HEAD}conv(64, 3x3)") for row in (
        "3x3,64", "3x3, 64", "3 × 3, 64", "3x3 conv, 64", "3x3 conv 64", "conv 3x3 64", "conv 3x3, 64", "64@3x3",
        "conv 64@3x3", "conv(64@3x3)", "3x3, 64 filters", "[3x3, 64]", "conv3-64", "conv3x3-64", "conv3x3(64)", "CONV3x3(64)",
        "conv[64, 3x3]", "conv{64, 3x3}", "conv<64, 3x3>", "conv(3x3, 64)", "conv((3, 3), 64)", "conv(3x3x64)",
        "conv((3, 3, 64))")],
    *[(f"{HEAD}{row}", "write conv(64, 7x7, stride=2)", f"{HEAD}pad(1) -> crop(((1, 0), (1, 0))) -> conv(64, 7x7, stride=2)")
      for row in ("7x7, 64, stride 2", "7x7, 64, /2", "7x7 conv, 64, stride 2", "7x7, 64, s=2", "7x7 conv, 64 /2")],
    *[(f"{HEAD}{row}", "write maxpool(2x2, stride=2)", f"{HEAD}maxpool(2x2, stride=2)")
      for row in ("2x2 max pool, stride 2", "2x2 maxpool, /2", "max-pool 2x2, stride 2", "2x2 pool, stride 2")],
    (f"{HEAD}[3x3, 8] x 2", "write conv(8, 3x3) * 2", f"{HEAD}(conv(8, 3x3) -> relu) * 2"),
    *[(f"{HEAD}conv(8, {size})", "stride=2", f"{HEAD}conv(8, 2x2, stride=2)") for size in ("2x2/2", "(2, 2)/2")],
    *[(f"{HEAD}{row}", "write stride=2", f"{HEAD}maxpool(2x2, stride=2)") for row in ("maxpool/2", "maxpool(2x2)/2")],
    *[(f"{HEAD}{row}", "* 2", f"{HEAD}(conv(8, 3x3) -> relu) * 2") for row in (
        "2 * (conv(8, 3x3) -> relu)", "2*(conv(8, 3x3) -> relu)", "2 · (conv(8, 3x3) -> relu)", "2x (conv(8, 3x3) -> relu)",
        "(conv(8, 3x3) -> relu)^2", "(conv(8, 3x3) -> relu) x 2", "(conv(8, 3x3) -> relu) X 2", "[conv(8, 3x3) -> relu] * 2", "[conv(8, 3x3), relu] * 2")],
    *[(f"{HEAD}n = 1\n{line}", "write * for a product", f"{HEAD}n = 1\nconv(8 * 2, 3x3)") for line in
      ("conv(8 × 2, 3x3)", "conv(8 × 2^n, 3x3)", "conv(8×2 + n, 3x3)", "conv(n * 8×2, 3x3)", "conv(n + 8 × 2, 3x3)")],
    *[(f"{HEAD}conv(8, 3x3) {arrow} relu", '"->"', f"{HEAD}conv(8, 3x3) -> relu")
      for arrow in (">>", ">", "~>", "-", "|>", "|", r"\rightarrow", r"$\Rightarrow$", r"\to")],
    *[(f"{HEAD}{line}", "write conv(8, 3x3)", f"{HEAD}conv(8, 3x3)")
      for line in ("conv(８, 3x3)", "conv(8, ３x３)", "conv（8, 3x3）", "conv(8， 3x3)", "conv（８，　３ｘ３）")],
    *[(f"{HEAD}conv(8, 3x3, {word})", f"write {word.replace(' ', '=')}", f"{HEAD}conv(8, 3x3, {word.replace(' ', '=')})")
      for word in ("stride 1", "padding same", "activation relu", "dilation 2")],
    *[(f"{HEAD}flatten -> {word}", f"({units})", f"{HEAD}flatten -> fc({units})") for word, units in
      (("FC-10", 10), ("fc10", 10), ("dense10", 10), ("dense_10", 10), ("fc-4096", 4096))],
    ("INPUT - CONV - RELU - POOL - FC", 'write "->"', f"{HEAD}conv(8, 3x3) -> relu -> maxpool -> fc(10)"),
    *[(f"input {shape}\nconv(8, 3x3)", f"channels are written last: {right}", f"input {right}\nconv(8, 3x3)")
      for shape, right in (("3x?x?", "?x?x3"), ("1xHxW", "HxWx1"), ("(3, None, None)", "?x?x3"), ("3xSxS", "SxSx3"))],
    *[(text, "(conv(32, 3x3) -> relu) * 2 -> maxpool(2x2)", f"{HEAD}(conv(32, 3x3) -> relu) * 2 -> maxpool(2x2)") for text in (
        "INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC",
        "INPUT => [[CONV => RELU]*N => POOL?]*M => [FC => RELU]*K => FC",
        "INPUT → [[CONV → RELU]*N → POOL?]*M → [FC → RELU]*K → FC",
        "input 32x32x3\n[[CONV->RELU]*2->POOL?]*3",
        "input 32x32x3 -> ((CONV -> RELU)*2 -> POOL?)*3 -> FC",
        "input 32x32x3\nCONV -> RELU -> POOL?")],
    *[(f"input {shape}\nconv(8, 3x3, padding=same) -> relu", f"write {right}", f"input {right}\nconv(8, 3x3, padding=same) -> relu")
      for shape, right in (("3x32x32", "32x32x3"), ("1x28x28", "28x28x1"), ("4x64x64", "64x64x4"), ("3x480x640", "480x640x3"),
                           ("[3, 32, 32]", "32x32x3"))],
    ("input 3x8x64x64\nconv(8, 3, padding=same) -> relu", "write 8x64x64x3", "input 8x64x64x3\nconv(8, 3, padding=same) -> relu"),
    ("input 1x64x64x1\nconv(8, 3, padding=same)", "write 64x64x1", "input 64x64x1\nconv(8, 3, padding=same)"),
    *[(f"input {shape}\n{layers}", f"write {right}", f"input {right}\n{layers}") for shape, right, layers in (
        ("1x28x28", "28x28x1", "conv(8, 3x3)"), ("3x224x224", "224x224x3", "conv(8, 7x7) -> relu"),
        ("3x64x64", "64x64x3", "conv(8, 3x3) -> relu -> conv(8, 3x3)"),
        ("1x16000", "16000x1", "conv(8, 80)"), ("1x28x28", "28x28x1", "concat(conv(8, 3x3), conv(8, 3x3))"))],
    *[(f"input {shape}\n{layers}", wanted, f"input {right}\n{layers}") for shape, wanted, right, layers in (
        ("224x224", "224x224x1 or 224x224x3", "224x224x3", "conv(8, 3x3)"),
        ("28x28", "28x28x1", "28x28x1", "conv(8, 3x3) -> relu -> maxpool(2x2)"),
        ("28x28", "28x28x1", "28x28x1", "bn -> relu -> conv(8, 3x3)"),
        ("100x12", "100x12x1", "100x12x1", "conv(8, 3x3)"),
        ("28x28", "28x28x1", "28x28x1", "concat(conv(8, 3x3), conv(8, 3x3)) -> maxpool(2x2)"),
        ("28x28", "28x28x1", "28x28x1", "maxpool(2x2)"),
        ("16x64x64", "16x64x64x1", "16x64x64x1", "conv(8, 3x3x3)"),
        ("28x28", "28x28x1", "28x28x1", "conv(8, 3) -> relu"),
        ("64x64", "64x64x1", "64x64x1", "maxpool(2)"),
        ("1x3x224x224", "batch is not written: 224x224x3", "224x224x3", "conv(8, 7x7)"),
        ("?x28x28x1", "batch is not written: 28x28x1", "28x28x1", "conv(8, 3x3)"),
        ("Nx28x28x1", "batch is not written: 28x28x1", "28x28x1", "conv(8, 3x3)"),
        ("(None, 28, 28, 1)", "batch is not written: 28x28x1", "28x28x1", "conv(8, 3x3)"),
        ("32x28x28x1", "batch is not written: 28x28x1", "28x28x1", "depthwise_conv(3x3)"),
        ("?x3x28x28", "batch is not written: 28x28x3", "28x28x3", "relu -> conv(8, 3x3)"))],
    *[(f"input 32x32x3\n{line} -> relu", f"write {size}", f"input 32x32x3\n{right} -> relu") for line, size, right in (
        ("conv(8, 3*3, padding=same)", "3x3", "conv(8, 3x3, padding=same)"),
        ("conv(8, 3 * 3)", "3x3", "conv(8, 3x3)"), ("conv(8, kernel=5*5)", "5x5", "conv(8, kernel=5x5)"),
        ("conv(8, 3·3)", "3x3", "conv(8, 3x3)"), ("maxpool(2*2)", "2x2", "maxpool(2x2)"),
        ("conv(8, 2x2, stride=2*2)", "2x2", "conv(8, 2x2, stride=2x2)"), ("upsample(2*2)", "2x2", "upsample(2x2)"),
        ("conv(8, 3, 3, padding=same)", "3x3", "conv(8, 3x3, padding=same)"), ("conv(8, 5, 5)", "5x5", "conv(8, 5x5)"),
        ("depthwise_conv(3, 3)", "3x3", "depthwise_conv(3x3)"),
        ("Convolution2D(8, 3, 3)", "3x3", "Convolution2D(8, (3, 3))"))],
    ("input 8x16x16x3\nconv(4, 3*3*3, padding=same)", "write 3x3x3", "input 8x16x16x3\nconv(4, 3x3x3, padding=same)"),
    ("block f(n) { conv(n, 3*3, padding=same) -> relu }\ninput 32x32x3\nf(8)", "write 3x3",
     "block f(n) { conv(n, 3x3, padding=same) -> relu }\ninput 32x32x3\nf(8)"),
    ("model M(c=3) {\n input (c, 32, 32)\n conv(8, 3x3, padding=same)\n}", "write 32x32x3",
     "model M(c=3) {\n input (32, 32, c)\n conv(8, 3x3, padding=same)\n}"),
    ("input a 3x32x32\ninput b 32x32x3\na -> conv(8, 3x3, padding=same) -> gap as x\nb -> conv(8, 3x3) -> gap as y\noutput x, y",
     "write 32x32x3",
     "input a 32x32x3\ninput b 32x32x3\na -> conv(8, 3x3, padding=same) -> gap as x\nb -> conv(8, 3x3) -> gap as y\noutput x, y"),
]  # fmt: skip

# mistakes beside a notation, that are no such → their message
OTHERS = [
    ("input 28x28x1 -> conv(8 3x3)", "two arguments stand side by side"),
    ("input 28x28x1 => conv(8, 3x3) relu", "two steps stand side by side"),
    ("input 28x28x1 conv(8, 3x3)", "two steps stand side by side"),
    (f"{HEAD}conv(8 3x3)", "two arguments stand side by side"),
    (f"{HEAD}conv(8, 3x3) relu", "two steps stand side by side"),
    (f"{HEAD}conv(8, 3x3) maxpool(2x2)", "two steps stand side by side"),
    (f"{HEAD}a = [8 3x3]", "two elements stand side by side"),
    (f"{HEAD}conv(8, 3x3) as 3", '"as" is followed by a name'),
    (f"{HEAD}conv(8, 3x3", 'this "(" is never closed'),
    (f"{HEAD}maxpol(2x2)", 'nothing is called "maxpol"'),
    (f"{HEAD}maxpool(2x2x2)", "kernel has 3 axes, the input 32x32x3 has 2"),
    ("input 100x3\nconv(8, 3x3)", "kernel has 2 axes, the input 100x3 has 1"),
    (f"{HEAD}add()", "add takes at least 2 tensors, got 0"),
    ("input 28x28x1 gray", "two steps stand side by side"),
    ("input 28x28xC", "the channels of an input must be known: they decide the weights"),
    (f"{HEAD}conv1", 'nothing is called "conv1"'),
    (f"{HEAD}{' ' * 100_000}conv(8 3x3)", "two arguments stand side by side"),
    (f"{HEAD}{'relu ' * 20_000}", "two steps stand side by side"),
]

# texts that are as they should be, and look like some of those above
SILENT = [
    "input 3x32x32\nconv(8, 1x3) -> relu",  # no window looks along the rows
    "input 3x15x15\nconv(8, 3x3) -> relu",
    "input 3x32x48\nconv(8, 3x3) -> relu",
    "input 5x32x32\nconv(8, 3x3) -> relu",
    "input 3x32x32\nflatten -> dense(10)",
    "input 32x32x3\nconv(8, 3x3) -> relu",
    "input 28x28\nflatten -> dense(10)",
    "input 28x28\nconv1d(8, 3) -> relu",
    "input 28x28\nConv1D(8, 3) -> relu",
    "input 16x16\nconv(8, 3) -> relu",
    "input 100x12\nconv(8, 3) -> relu",
    "input 28x28\nlayer_norm -> dense(8, relu)",
    "input 16x112x112x3\nconv(8, 3) -> relu",
    "input 32x28x28x1\nconv(8, 3) -> relu",
    "input ?x112x112x3\nconv(8, 3) -> relu",
    "input 1x28x28x1\nconv(8, 1x3x3) -> relu",
    "k = 3\ninput 32x32x3\nconv(8, k*3) -> relu",
    "input 32x32x3\nconv(2*4, 3x3) -> relu -> flatten -> dense(2*5)",
    "input 32x32x3\nconv(8, 2, 2) -> relu",
    "input 32x32x3\nconv(8, 4, 4) -> relu",
    "input 33x33x3\nconv(8, 3, stride=3) -> relu",
    "input 33x33x3\nmaxpool(3, 3)",
    "input 100x3\nconv(8, 2*2) -> relu",
    "input 32x32x3\nconv(8, 1*1) -> relu",
    "input 32x32x3\nconv(8, 3 * 1 + 2) -> relu",
]
LOOKED_AT = ("W211", "W212")
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.cnn"))


def read(text: str) -> Analysis:
    return analyse(Source("case.cnn", text))


def figures(made: Analysis) -> list[object]:
    return [
        [(node.shape, node.layer, node.inputs) for node in network.graph.nodes] + [network.facts.total.parameters]
        for network in made.networks
    ]


def mistakes(made: Analysis) -> list[Diagnostic]:
    """Errors, and findings of the rules that this is about."""
    return [found for found in made.diagnostics if found.severity == "error" or found.code in LOOKED_AT]


@pytest.mark.parametrize(("text", "canonical"), READ, ids=[repr(text) for text, _ in READ])
def test_what_is_read_is_the_canonical_network(text: str, canonical: str) -> None:
    made, meant = read(text), read(canonical)
    assert not [d for d in mistakes(made) if d.code not in LOOKED_AT], made.diagnostics
    assert made.networks and figures(made) == figures(meant)
    assert format_source(Source("case.cnn", text))[0] == canonical
    assert format_source(Source("case.cnn", canonical))[0] == canonical


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_in_the_signs_of_a_paper_is_the_example(path: Path) -> None:
    plain = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
    respelled = re.sub(r"(?<=\d)x(?=\d)", " × ", plain).replace("->", "→").replace('"', "”")
    respelled = (
        re.sub(r"(?<=[)\]]) \* (?=\d)", " × ", respelled)
        .replace(" - ", " − ")
        .replace(" * ", " · ")
        .replace(", ", ",\u00a0")
    )
    assert respelled != plain
    assert format_source(Source("case.cnn", respelled)) == format_source(Source("case.cnn", plain))
    assert [d for d in read(plain).diagnostics if d.severity == "error"] == []


@pytest.mark.parametrize("text", UNCHANGED)
def test_other_texts_are_as_before(text: str) -> None:
    assert not read(text).diagnostics or not mistakes(read(text))
    assert format_source(Source("case.cnn", text))[0] == text


@pytest.mark.parametrize(("text", "help", "right"), SAID, ids=[repr(text) for text, _, _ in SAID])
def test_what_is_not_read_says_what_to_write(text: str, help: str, right: str) -> None:
    found = mistakes(read(text))
    assert len(found) == 1, [str(d) for d in found]  # one cause, one error
    assert help in found[0].help, str(found[0])
    assert not mistakes(read(right)), right


@pytest.mark.parametrize(("text", "message"), OTHERS, ids=[repr(text[:60]) for text, _ in OTHERS])
def test_other_mistakes_keep_their_words(text: str, message: str) -> None:
    assert [found.message for found in mistakes(read(text))][:1] == [message]


@pytest.mark.parametrize("text", SILENT)
def test_near_misses_are_silent(text: str) -> None:
    """In their canonical form, too."""
    formatted, _ = format_source(Source("case.cnn", text))
    assert formatted is not None
    assert not mistakes(read(text)) and not mistakes(read(formatted))


@pytest.mark.parametrize(
    "text", [text for text, _, _ in SAID if {d.code for d in mistakes(read(text))} <= set(LOOKED_AT)], ids=repr
)
def test_the_advice_of_a_rule_brings_nothing_else(text: str) -> None:
    """The first shape that the help tells, in the place of what was found."""
    (found,) = mistakes(read(text))
    shape = re.search(r"write (\d+(?:x\d+)+)", found.help)
    assert shape and found.span
    written = found.message.partition(" is ")[0]  # 3*3, or a kernel and its stride
    start = text.index(written) if found.code == "W212" else found.span.start
    end = start + len(written) if found.code == "W212" else found.span.end
    mended = text[:start] + shape[1] + text[end:]
    before, after = read(text).diagnostics, read(mended).diagnostics
    assert not mistakes(read(mended)), mended
    assert {d.code for d in after} <= {d.code for d in before}, mended
