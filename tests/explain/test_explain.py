"""Explanations: what is shown is true arithmetic, and its results are the figures of the analyses.

Every step of every layer of the catalogue and of every file under examples/ is read back from the printed text and
computed; the answers that lectures and papers give are looked for word by word.
"""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.api import load
from cnnspec.base.size import Size, value
from cnnspec.cli import main
from cnnspec.explain import explanation
from cnnspec.explain.arithmetic import LATEX, PLAIN, TEXT, write
from cnnspec.explain.derivation import axis_names, derive, totals
from cnnspec.explain.steps import Section, Step
from cnnspec.explain.traced_numbers import Leaf, Op, traced, tree_of, worked
from cnnspec.layers import CATALOGUE
from cnnspec.layers.base import product
from cnnspec.network import AnalysedNetwork
from tests.example_files import EXAMPLES, FILES, networks, relative
from tests.facts.test_geometry import chains
from tests.support import cases

TEXTS = {f"{layer.__name__}-{i}": t for layer in CATALOGUE for i, t in enumerate((layer.example, *layer.more_examples))}
GIVEN = {name: 37 + 3 * i for i, name in enumerate(("H", "W", "D", "L", "C"))}


def calculated(text: str) -> float:
    """Printed arithmetic, computed as it stands."""
    plain = re.sub(r",(?=\d{3})", "", text).replace(" mod ", " % ")
    names = {"floor": math.floor, "ceil": math.ceil, "max": max, "__builtins__": {}, **GIVEN}
    return float(eval(plain, names))


def number(figure: Any) -> float:
    return float(value(figure, GIVEN) if isinstance(figure, Size) else figure)


def steps(sections: tuple[Section, ...], title: str) -> list[Step]:
    return [step for section in sections if section.title == title for step in section.steps]


def along(found: list[Step], name: str, axis: str) -> Step | None:
    """The step of one axis: named by it, by several with it, or by none where all are alike."""
    for step in found:
        first, *axes = step.name.split(", ")
        if first == name and (not axes or axis in axes):
            return step
    return None


def holds(network: AnalysedNetwork) -> int:
    """Check every step of a network, and that the figures derived are the facts; how many steps computed something."""
    facts, computed = network.facts, 0
    for node in network.graph.nodes:
        shape, sections = facts.shapes[node.index], derive(facts, node.index)
        assert shape is not None and sections, node
        for step in [s for section in sections for s in section.steps]:
            if isinstance(step.tree, Op):
                computed += 1
                assert calculated(write(step.tree, TEXT)) == calculated(write(step.tree, PLAIN)) == number(step.value)
            elif isinstance(step.tree, Leaf):
                assert step.tree.value == step.value
            assert step.value is not None or step.note, (node, step)
        if node.layer is None:
            continue
        first, *more = steps(sections, "Output size")
        if not first.name:
            assert shape in (facts.inputs_of(node.index) or ())
        else:
            sizes = [(axis, s.value) for s in (first, *more) for axis in s.name.split(", ")]
            assert sizes[: len(shape)] == list(zip(axis_names(shape), shape, strict=True))
        last, parameters = steps(sections, "Parameters")[-1], facts.parameters[node.index]
        assert (last.value or 0) == sum(parameters or (-1,))
        assert (steps(sections, "MACs")[-1].value or 0) == facts.macs[node.index]
        field, found = facts.fields[node.index], steps(sections, "Receptive field")
        if len(found) > 1:
            assert isinstance(field, tuple)
            for axis, made in zip(axis_names(shape), field, strict=False):
                for name, fact in (("size", made.size), ("jump", made.stride), ("start", made.padding)):
                    step = along(found, name, axis)
                    assert step is not None
                    assert step.value == (-fact if name == "start" and fact is not None else fact)
        elif field is None:
            assert found[0].note.startswith("unknown: ")
        elif not isinstance(field, tuple):
            assert found[0].note.startswith("all")
        else:
            assert found[0].note.startswith("x".join(str(axis.size) for axis in field) if field != () else "")
    for step in totals(facts).steps:
        if step.tree is not None:
            assert calculated(write(step.tree, TEXT)) == number(step.value)
    return computed


# ---- what is shown is computed -----------------------------------------------------------------------------
@pytest.mark.parametrize("name", TEXTS)
def test_every_layer_of_the_catalogue(name: str) -> None:
    holds(load(TEXTS[name]).analysed)


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_every_example(path: Path) -> None:
    for network in networks(path).values():
        assert holds(network) > 0


@cases(0.3)
@given(chains())
def test_geometry_of_any_chain(text: str) -> None:
    network = load(text)
    if not any(d.severity == "error" for d in network.diagnostics):
        holds(network.analysed)


@pytest.mark.parametrize(
    "path", ["lectures/lecture4_mnist.cnn", "resnet50.cnn", "unet_any_size.cnn", "lectures/lecture2_text.cnn"]
)
def test_printed_lines_are_equations(path: str) -> None:
    """The text as it is printed, every line with "=": both sides are the same number."""
    text = load(EXAMPLES / path).explain()
    lines = [re.split(r"  +", line)[-1] for line in text.splitlines() if line.startswith("  ") and " = " in line]
    assert len(lines) > 5
    for line in lines:
        left, right = line.split(": ")[0].split(" = ")
        assert calculated(left) == calculated(right), line


def test_a_layer_with_every_kind_of_weight() -> None:
    text = "input 12x12x8\nseparable_conv(6, 3x3, multiplier=2)\nbn\ndepthwise_conv(3x3, multiplier=2)\nbn(scale=false)"
    network = load(text)
    assert "3*3*8*2 + (1*1*8*2 + 1)*6 = 246" in network.explain("separable_conv1")
    assert "(3*3 + 1)*6*2 = 120" in network.explain("depthwise_conv1")
    assert re.search(
        r"trained +2\*6 = 12\n +not trained +2\*6 = 12\n +together +12 \+ 12 = 24\n", network.explain("bn1")
    )
    assert re.search(r"beta +12, the channels of depthwise_conv1", network.explain("bn2"))


# ---- answers that lectures and papers give -----------------------------------------------------------------
ANSWERS = [
    ("lectures/lecture4_mnist.cnn", "conv1", ["floor((28 + 2*0 - 3)/1) + 1 = 26", "(3*3*1 + 1)*32 = 320",
     "26*26*32 * 3*3*1 = 194,688: kh * kw * Cin/groups for each output value; bias not counted", "1 + (3 - 1)*1 = 3"]),
    ("lectures/lecture4_mnist.cnn", "conv2", ["(3*3*32 + 1)*64 = 18,496", "4 + (3 - 1)*2 = 8"]),
    ("lectures/lecture4_mnist.cnn", "maxpool2",
     ["floor((11 + 2*0 - 2)/2) + 1 = 5", "(11 + 2*0 - 2) mod 2 = 1: the last row and column are in no window"]),
    ("lectures/lecture4_mnist.cnn", "flatten1", ["3*3*64 = 576", "all of the input: the layer reads every position"]),
    ("lectures/lecture3_deep_mnist.cnn", "dense1", ["(9,216 + 1)*128 = 1,179,776"]),
    ("lectures/lecture3_deep_mnist.cnn", None, ["320 + 18,496 + 1,179,776 + 1,290 = 1,199,882"]),
    ("lectures/lecture4_alexnet_first_layer.cnn", "conv1", ["floor((227 + 2*0 - 11)/4) + 1 = 55"]),
    ("lectures/lecture2_ten_filters.cnn", "conv1", ["(5*5*3 + 1)*10 = 760"]),
    ("resnet50.cnn", "conv1", ["floor((224 + 2*3 - 7)/2) + 1 = 112", "7*7*3*64 = 9,408", "0 - 3*1 = -3",
     "(224 + 2*3 - 7) mod 2 = 1: the last row and column of padding are in no window"]),
    ("mobilenet_v2.cnn", "depthwise_conv1", ["3*3*32*1 = 288", "112*112 * 32 * 3*3 = 3,612,672"]),
    ("unet.cnn", "grown", ["(28 - 1)*2 + 2 = 56", "(2*2*1,024 + 1)*512 = 2,097,664"]),
    ("inception_v3.cnn", "concat1", ["64 + 64 + 96 + 32 = 256", "the largest of the branches"]),
    ("lectures/lecture2_text.cnn", "concat1", ["2 + 2 + 2 = 6"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "layer", "lines"), ANSWERS, ids=[f"{Path(p).stem}-{n}" for p, n, _ in ANSWERS])
def test_answers(path: str, layer: str | None, lines: list[str]) -> None:
    text = load(EXAMPLES / path).explain(layer)
    for line in lines:
        assert line in text


WORDS = [
    ("input 33x30x8\nconv(16, 3x5, stride=2, padding=same, groups=2)", "conv1", [
        ("height", "ceil(33/2) = 17"), ("padding, height", "(17 - 1)*2 + 3 - 33 = 2"), ("padding, width", "(15 - 1)*2 + 5 - 30 = 3"),
        ("padding before, width", "floor(3/2) = 1"), ("padding after, width", "3 - 1 = 2"),
        ("channels of a group", "8/2 = 4"), ("together", "(3*5*4 + 1)*16 = 976")]),
    ("input 20x3\nconv(4, 3, dilation=4)", "conv1", [("length", "floor((20 + 2*0 - 9)/1) + 1 = 12"), ("effective kernel", "4*(3 - 1) + 1 = 9")]),
    ("input 17x4\nconv(8, 3, padding=causal, dilation=2)", "conv1", [("padding before", "5 - 1 = 4"), ("effective kernel", "2*(3 - 1) + 1 = 5"), ("length", "floor((17 + 4 + 0 - 5)/1) + 1 = 17")]),
    ("input 7x7x2\nmaxpool(3x3, stride=3, padding=((0, 1), (2, 1)))", "maxpool1",
     [("height", "floor((7 + 0 + 1 - 3)/3) + 1 = 2"), ("left over", "(7 + 0 + 1 - 3) mod 3 = 2: the last 2 rows, 1 of them padding, are in no window"), ("left over", "(7 + 2 + 1 - 3) mod 3 = 1: the last column of padding is in no window")]),
    ("input 8x8x3\npad(1) -> crop(((0, 1), (2, 2)))", "crop1", [("height", "10 - (0 + 1) = 9"), ("width", "10 - 2*2 = 6")]),
    ("input 8x8x3\nadd(in, conv(3, 3x3, padding=same))", "add1", [("size", "max(1, 3) = 3: the largest of the branches, input1, conv1")]),
    ("input 8x8x3\nadd(in, crop(((2,0),(2,0))) -> pad(((0,2),(0,2))))", "add1", [("size", "3: all that the branches see together, input1, pad1")]),
    ("input 8x8x3\nbn", "bn1", [("Receptive field", "1x1, as of input1: each position reads that position of input1")]),
    ("input 6x6x3\nconv(3, 3x3) -> gap -> dense(4)", "dense1", [("Receptive field", "all of the input: so it is of gap1")]),
    ("input 6x4x3\npermute((2, 1, 3)) -> relu", "relu1", [("Receptive field", "unknown: so is that of permute1")]),
    ("input 8x8x3\nupsample(2)", "upsample1", [("height, width", "8*2 = 16"), ("size", "1: position i reads position floor(i/2) of input1")]),
    ("input 4x4x3\nshared f = conv(3, 1x1)\nf -> f", "conv2", [("Parameters", "0: the weights are those of conv1 and counted there")]),
    ("input ?x?x3\nconv(8, 3x3, stride=2, padding=1)", "conv1", [
        ("height", "floor((H + 2*1 - 3)/2) + 1 = (H + 1)//2"), ("MACs", "((H + 1)//2)*((W + 1)//2)*8 * 3*3*3 = 216*((H + 1)//2)*((W + 1)//2)")]),
    ("input ?x?x3\nconv(8, 3x3, stride=2, padding=same)", "conv1", [("size", "1 + (3 - 1)*1 = 3"), ("start", "depends on the unknown size")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "layer", "lines"), WORDS, ids=[t.split("\n", 1)[1][:40] for t, _, _ in WORDS])
def test_words(text: str, layer: str, lines: list[tuple[str, str]]) -> None:
    shown = load(text).explain(layer)
    for name, line in lines:
        assert re.search(rf" {re.escape(name)} +{re.escape(line)}", shown), (name, line, shown)


# ---- the number that remembers -----------------------------------------------------------------------------
@given(st.integers(0, 40), st.integers(1, 9), st.integers(0, 9))
def test_formulas_run_on_worked_numbers_as_on_others(n: int, s: int, p: int) -> None:
    a, b, c = traced((n, s, p), "size")
    plain, shown = formulas(n, s, p), formulas(a, b, c)
    assert shown == plain
    assert [calculated(write(tree_of(figure), TEXT)) for figure in shown] == plain
    height = traced(Size.unknown("H"), "height")
    symbolic = formulas(Size.unknown("H"), s, p)
    assert formulas(height, b, c) == symbolic
    assert [calculated(write(tree_of(f), TEXT)) for f in formulas(height, b, c)] == [number(f) for f in symbolic]


def formulas(n: Any, s: Any, p: Any) -> list[Any]:
    return [
        (n + p + p - s) // s + 1,
        (n + s - 1) // s,
        0 + n,
        1 * n * (p + 2),
        (n - p) % s,
        product((n, s, 1, p)),
        p - n,
    ]


def test_arithmetic_has_the_parentheses_that_it_needs_and_no_more() -> None:
    a, b, c = (worked(n, Leaf(n)) for n in (7, 3, 2))
    for number, text in [
        (a - (b - c), "7 - (3 - 2)"), (a - b + c, "7 - 3 + 2"), ((a + b) * c, "(7 + 3)*2"), (a * b + c, "7*3 + 2"),
        (a // (b * c), "floor(7/(3*2))"), ((a * b) // c, "floor(7*3/2)"), ((a - b) // c, "floor((7 - 3)/2)"), (traced(8, "n") // c, "8/2"),
        (b * (traced(8, "n") // c), "3*(8/2)"), ((a * b) * (b * c), "7*3 * 3*2"), ((a + b) % c, "(7 + 3) mod 2"),
    ]:  # fmt: skip
        assert write(tree_of(number), TEXT) == text
        assert calculated(text) == number
    assert write(tree_of((a - b) // c + 9216), LATEX) == r"\left\lfloor \frac{7 - 3}{2} \right\rfloor + 9{,}216"


# ---- formats and the command -------------------------------------------------------------------------------
ODD = 'input 9x9x3\nconv(4, 3x3, padding=same) as under_score\nconv(4, 3x3, kernel_initializer="he_normal")  # 50 % & $\nflatten -> dense(2)'


def balanced(text: str) -> None:
    """What TeX needs: braces, environments, dollars and \\left … \\right in pairs, and no bare special character."""
    bare = re.sub(r"\\[\\{}$%&#_]", "", text)
    depth = 0
    for character in bare:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    open_: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", bare):
        if kind == "begin":
            open_.append(name)
        else:
            assert open_.pop() == name
    assert not open_
    outside, inside = bare.split("$")[::2], bare.split("$")[1::2]
    assert len(outside) == len(inside) + 1
    for math_ in inside:
        assert math_.count(r"\left") == math_.count(r"\right") and "\n" not in math_
    for words in outside:
        assert not re.search(r"[_^&%#~]", words), words


@pytest.mark.parametrize(
    "text", [ODD, *[t for n, t in TEXTS.items() if n.endswith("-0")], "input ?x?x3\nconv(2, 3x3, stride=2)"]
)
def test_latex_is_balanced_and_escaped(text: str) -> None:
    network = load(text)
    balanced(network.explain(format="latex"))
    for layer in network.layers:
        balanced(network.explain(layer.name, "latex"))


def test_latex_reads_as_the_text_does() -> None:
    shown = load(ODD).explain("under_score", "latex")
    assert r"under\_score (Conv2D)" in shown
    assert r"\item together: $\left( 3 \cdot 3 \cdot 3 + 1 \right) \cdot 4 = 112$" in shown


def test_markdown_has_its_arithmetic_in_code_spans() -> None:
    shown = load(ODD).explain("under_score", "markdown")
    assert shown.startswith(
        "## `under_score` (Conv2D)\n\n`9x9x3 (input1) -> 9x9x4`, line 2: `conv(4, 3x3, padding=same)`\n"
    )
    assert "- together: `(3*3*3 + 1)*4 = 112`\n" in shown
    assert "*" not in re.sub(r"`[^`]*`|\\\*|\*\*", "", shown)


def test_json_is_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input ?x9x3\nconv(4, 3x3, bias=false)\nbn")
    assert main(["explain", str(path), "conv1", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    (layer,) = data.pop("layers")
    assert list(data) == ["schema_version", "model", "file", "totals", "conventions"]
    assert (data["schema_version"], data["model"], data["totals"]) == (explanation.SCHEMA_VERSION, "net", None)
    sections = layer.pop("sections")
    assert layer == {
        "name": "conv1", "type": "Conv2D", "line": 2, "inputs": [{"name": "input1", "shape": ["H", 9, 3]}],
        "output_shape": ["H - 2", 7, 4],
        "used": True,
    }  # fmt: skip
    assert [section["title"] for section in sections] == ["Output size", "Parameters", "MACs", "Receptive field"]
    assert sections[0]["steps"] == [
        {"name": "height", "work": "floor((H + 2*0 - 3)/1) + 1", "value": "H - 2", "note": ""},
        {"name": "width", "work": "floor((9 + 2*0 - 3)/1) + 1", "value": 7, "note": ""},
        {"name": "channels", "work": None, "value": 4, "note": "given as filters"},
    ]
    assert json.loads(load(path).explain(format="json"))["totals"]["steps"][0] == {
        "name": "parameters", "work": "108 + 16", "value": 124, "note": "",
    }  # fmt: skip


def test_an_unknown_layer_is_told_with_what_was_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text(ODD)
    assert main(["explain", str(path), "under_scor"]) == 2
    assert capsys.readouterr().err == 'cnnspec: net has no layer "under_scor"; did you mean "under_score"?\n'
    with pytest.raises(LookupError, match="`cnnspec summary` lists its layers"):
        load(path).explain("zzz")
    with pytest.raises(ValueError, match="text, markdown, latex or json"):
        load(path).explain(format="pdf")


def test_around_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input 8x8x3\nconv(4, 3x3)\nconv(4, 9x9)\nrelu")
    for form in ("text", "markdown", "latex", "json"):
        assert main(["explain", str(path), "--format", form]) == 1
        shown = capsys.readouterr()
        assert "error[E101" in shown.err and shown.out
    assert main(["explain", str(path), "conv2"]) == 1
    assert capsys.readouterr().out.endswith(
        "6x6x4 (conv1) -> ?\n\n  unknown: this layer, or one before it, has a mistake\n"
    )
    assert main(["explain", str(path), "conv1"]) == 1
    assert "(3*3*3 + 1)*4 = 112" in capsys.readouterr().out


def test_explaining_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom cnnspec.api import load\n"
        f"load({ODD!r}).explain()\n"
        "print([m for m in ('numpy', 'rich', 'keras', 'tensorflow', 'lark', 'typing', 'dataclasses', 'json') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
