"""Layers that are bound to names: what W213 and W214 say of them, what their advice makes of a text, and what is left alone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.lint.fix.mending import mend
from cnnspec.lint.fix.project import Project
from cnnspec.pipeline import analyse

INPUT = "input 32x32x8\n"
CONV = "conv(8, 3x3, padding=same)"


def codes(text: str) -> list[str]:
    return [found.code for found in analyse(Source("/nowhere/net.cnn", text)).diagnostics]


def mended(text: str) -> str:
    """A text with the advice followed."""
    before = Project(
        [Source("/nowhere/net.cnn", text)], lambda source, read, judge: analyse(source, read=read, watch=judge)
    )
    found = mend(before, True, lambda diagnostic, _: diagnostic.code in ("W213", "W214"))
    (source,) = found.project.sources.values()
    return source.text


# A binding that nothing uses → the same as a step: what is found in the first, and no more in the second.
UNUSED = {
    "a layer": (f"{INPUT}c = {CONV}\nrelu\n", f"{INPUT}{CONV} as c\nrelu\n"),
    "a chain": (f"{INPUT}x = {CONV} -> relu\ngap\n", f"{INPUT}{CONV} -> relu as x\ngap\n"),
    "a bare word": (f"{INPUT}relu\nf = flatten\n", f"{INPUT}relu\nflatten as f\n"),
    "as in Keras": (
        f"{INPUT}x = layers.Conv2D(8, (3, 3), padding='same')\nrelu\n",
        f"{INPUT}layers.Conv2D(8, (3, 3), padding='same') as x\nrelu\n",
    ),
    "a repeat": (
        f"{INPUT}c = ({CONV} -> relu) * 3\nmaxpool(2x2)\n",
        f"{INPUT}({CONV} -> relu) * 3 as c\nmaxpool(2x2)\n",
    ),
    "a merge": (f"{INPUT}c = add(in, {CONV})\nrelu\n", f"{INPUT}add(in, {CONV}) as c\nrelu\n"),
    "a choice": (
        f"{INPUT}c = {CONV} if in.channels == 8 else relu\ngap\n",
        f"{INPUT}({CONV} if in.channels == 8 else relu) as c\ngap\n",
    ),
    "a choice in parentheses": (
        f"{INPUT}c = ({CONV} if in.channels == 8 else relu)\ngap\n",
        f"{INPUT}({CONV} if in.channels == 8 else relu) as c\ngap\n",
    ),
    "a tensor that has a name": (f"{INPUT}c = {CONV} as d\nrelu\n", f"{INPUT}{CONV} as d\nrelu\n"),
    "braces": (f"{INPUT}c = {{ {CONV} -> relu }}\ngap\n", f"{INPUT}{{ {CONV} -> relu }} as c\ngap\n"),
    "over several lines": (
        f"{INPUT}c = conv(\n  8,  # filters\n  3x3,\n)\nrelu\n",
        f"{INPUT}conv(\n  8,  # filters\n  3x3,\n) as c\nrelu\n",
    ),
    "two in a line": (f"{INPUT}c = {CONV}; d = relu\ngap\n", f"{INPUT}{CONV} as c; relu as d\ngap\n"),
    "a comment behind": (f"{INPUT}c = {CONV}  # stem\nrelu\n", f"{INPUT}{CONV} as c  # stem\nrelu\n"),
    "a call of a block": (
        f"block f(n) {{ {CONV} -> relu }}\n{INPUT}c = f(3)\ngap\n",
        f"block f(n) {{ {CONV} -> relu }}\n{INPUT}f(3) as c\ngap\n",
    ),
    "in a block": (
        f"block f(n) {{\n  c = {CONV}\n  relu\n}}\n{INPUT}f(3)\n",
        f"block f(n) {{\n  {CONV} as c\n  relu\n}}\n{INPUT}f(3)\n",
    ),
    "in a model, beside another that uses its own": (
        f"model M {{\n  {INPUT}  c = {CONV}\n  relu\n}}\nmodel N {{\n  {INPUT}  c = {CONV}\n  c -> relu\n}}\n",
        f"model M {{\n  {INPUT}  {CONV} as c\n  relu\n}}\nmodel N {{\n  {INPUT}  c = {CONV}\n  c -> relu\n}}\n",
    ),
    "in a loop": (
        f"{INPUT}for i in 1..3 {{\n  c = {CONV} -> relu\n  dropout(0.2)\n}}\n",
        f"{INPUT}for i in 1..3 {{\n  {CONV} -> relu as c\n  dropout(0.2)\n}}\n",
    ),
    "in a branch": (
        f"{INPUT}if true {{\n  c = {CONV}\n}}\nrelu\n",
        f"{INPUT}if true {{\n  {CONV} as c\n}}\nrelu\n",
    ),
    "used by such a one alone": (
        f"{INPUT}a = {CONV}\nb = a -> relu\nc = b -> gap\n",
        f"{INPUT}a = {CONV}\nb = a -> relu\nb -> gap as c\n",
    ),
    "a name that is only an argument's": (
        f"{INPUT}kernel = relu\nconv(8, kernel=3x3)\n",
        f"{INPUT}relu as kernel\nconv(8, kernel=3x3)\n",
    ),
    "a name that is another block's parameter": (
        f"block g(c) {{ c -> relu }}\n{INPUT}c = {CONV}\ng(bn)\n",
        f"block g(c) {{ c -> relu }}\n{INPUT}{CONV} as c\ng(bn)\n",
    ),
    "the only line": (f"{INPUT}c = {CONV}\n", f"{INPUT}{CONV} as c\n"),
}


@pytest.mark.parametrize(("text", "after"), UNUSED.values(), ids=UNUSED)
def test_a_binding_that_nothing_uses_becomes_a_step(text: str, after: str) -> None:
    assert set(codes(text)) == {"W213"}
    assert mended(text) == after
    assert set(codes(after)) <= {"T407"}  # a bias in front of a normalisation, which the step has now


def test_the_first_network_of_a_python_user() -> None:
    """Three layers that are not there; each is found, and all become steps."""
    text = "input 32x32x3\nc1 = conv(32, 3, activation=relu)\nc2 = conv(64, 3, activation=relu)\nflatten\n{}\n"
    before = text.format("fc = dense(10, softmax)")
    assert codes(before) == ["W213"] * 3
    after = mended(before)
    assert after == text.format("dense(10, softmax) as fc").replace("c1 = ", "").replace("c2 = ", "").replace(
        "32, 3, activation=relu)", "32, 3, activation=relu) as c1"
    ).replace("64, 3, activation=relu)", "64, 3, activation=relu) as c2")
    (network,) = analyse(Source("net.cnn", after)).networks
    assert network.facts.total.parameters == 3 * 3 * 3 * 32 + 32 + 3 * 3 * 32 * 64 + 64 + 28 * 28 * 64 * 10 + 10
    assert "W213" not in codes(after)


# Found, and without a repair: a step could not stand there, or which one is meant cannot be known.
UNMENDED = {
    "a list": f"{INPUT}c = [{CONV}, relu]\ngap\n",
    "shared": f"{INPUT}shared c = {CONV}\ngap\n",
    "a circle": f"{INPUT}a = b -> relu\nb = a -> relu\ngap\n",
    "before the input": f"c = {CONV}\n{INPUT}gap\n",
    "beside the models": f"c = {CONV}\nmodel M {{\n  {INPUT}  gap\n}}\nmodel N {{\n  {INPUT}  gap\n}}\n",
}


@pytest.mark.parametrize("text", UNMENDED.values(), ids=UNMENDED)
def test_once_and_left_as_it_is(text: str) -> None:
    assert codes(text) == ["W213"]
    assert mended(text) == text


USED = {
    "as a unit": f"{INPUT}c = {CONV} -> relu\nc -> c -> c\n",
    "repeated": f"{INPUT}c = conv(8, 3x3, padding=same, bias=false)\n(c -> bn -> relu) * 3\n",
    "in a block": f"norm = bn(momentum=0.9)\nblock f {{ conv(3, 1x1, bias=false) -> norm }}\n{INPUT}f\n",
    "in a block that is not called": f"c = relu\nblock f {{ c }}\n{INPUT}gap\n",
    "in a branch that is not taken": f"{INPUT}c = {CONV}\nif in.channels == 3 {{ c }}\ngap\n",
    "in a choice that is not made": f"{INPUT}c = {CONV}\nc if in.channels == 3 else relu\n",
    "in a loop without turns": f"{INPUT}c = {CONV}\nfor i in [] {{ c }}\ngap\n",
    "as an activation": f"{INPUT}act = relu\nconv(8, 3x3, activation=act)\n",
    "as an argument of a block": f"block f(g) {{ g -> relu }}\n{INPUT}c = {CONV}\nf(c)\n",
    "as the default of a parameter": f"c = {CONV}\nblock f(g=c) {{ g -> relu }}\n{INPUT}f\n",
    "as the default of a model's": f"c = {CONV}\nmodel M(head=c) {{\n  {INPUT}  head -> relu\n}}\n",
    "from a list": f"{INPUT}parts = [relu, {CONV}]\nfor part in parts {{ part }}\n",
    "through another name": f"{INPUT}a = {CONV}\nb = a\nb -> relu\n",
    "shared": f"{INPUT}shared t = {CONV} -> relu\nt -> t\n",
    "in one of two models": f"c = {CONV}\nmodel M {{\n  {INPUT}  c -> relu\n}}\nmodel N {{\n  {INPUT}  gap\n}}\n",
    "no layer: a number": f"{INPUT}n = 3\ngap\n",
    "no layer: an option": f"{INPUT}mode = same\ninit = he_normal(seed=1)\ngap\n",
    "no layer: a tensor": f"{INPUT}relu as a\nb = a\ngap\n",
    "in a file of blocks alone": f"c = {CONV}\nblock f {{ relu }}\n",
}


@pytest.mark.parametrize("text", USED.values(), ids=USED)
def test_what_is_used_is_left_alone(text: str) -> None:
    assert codes(text) == []


def test_what_could_not_be_understood_may_be_what_uses_it() -> None:
    assert codes(f"{INPUT}c = {CONV}\ncnov(c)\n") == ["E010"]
    assert codes(f"{INPUT}c = {CONV}\nrelu(c\n") == ["E001"]


def test_names_at_the_top_of_a_file_that_others_use(tmp_path: Path) -> None:
    (tmp_path / "blocks.cnn").write_text(f"c = {CONV}\nspare = relu\nblock f {{ c -> relu }}\n")
    network = tmp_path / "net.cnn"
    for inside, expected in (("", []), ("  spare = relu\n", ["W213"])):  # in a block it is looked for where that runs
        (tmp_path / "more.cnn").write_text(f"block g {{\n{inside}  bn\n}}\n")
        network.write_text(f'use "blocks.cnn" (f)\nuse "more.cnn" (g)\n{INPUT}f -> g\n')
        source = read(str(network))
        assert isinstance(source, Source)
        assert [found.code for found in analyse(source).diagnostics] == expected


def test_a_file_that_only_names_layers_has_no_input() -> None:
    """Others can use its blocks alone: one without any is no library."""
    assert codes(f"c1 = {CONV}\nc2 = relu\n") == ["E016"]
    assert codes("n = 3\n") == []


# A name for a layer, used like a name for a tensor → how many layers are made of it.
TWICE = {
    "under another name": (f"{INPUT}x = {CONV}\ny = x\nadd(x, y)\n", 2),
    "both branches": (f"{INPUT}x = {CONV}\nadd(x, x)\n", 2),
    "a branch, and the start of one": (f"{INPUT}x = {CONV}\nadd(x, x -> relu)\n", 2),
    "the starts of two": (f"{INPUT}x = {CONV}\nconcat(x -> relu, x -> sigmoid)\n", 2),
    "a list of branches": (f"{INPUT}x = {CONV}\nadd([x, x -> relu])\n", 2),
    "in what another name stands for": (f"{INPUT}x = {CONV}\ny = x -> relu\nadd(x, y)\n", 2),
    "in what two others do": (f"{INPUT}x = {CONV}\ny = x -> relu\nz = x -> sigmoid\nmultiply(y, z)\n", 2),
    "in a sum that has a name": (f"{INPUT}x = {CONV}\ns = add(x, x -> relu)\ns -> gap\n", 2),
    "where everything has a name": (
        f"{INPUT}x = {CONV}\ny = x -> relu\nz = x -> sigmoid\ns = add(y, z)\ns -> gap\n",
        2,
    ),
    "three": (f"{INPUT}x = dense(8)\ny = x\nconcat(x, y, x -> relu)\n", 3),
    "a chain": (f"{INPUT}x = relu -> {CONV}\nadd(x, x -> relu)\n", 2),
    "a normalisation": (f"{INPUT}x = bn -> relu\nadd(x, x -> {CONV})\n", 2),
    "as in Keras": (f"{INPUT}x = Conv2D(8, 3, padding='same')\nadd(x, x -> relu)\n", 2),
    "a call of a block": (f"block f(n) {{ {CONV} -> relu }}\n{INPUT}x = f(8)\nadd(x, x -> {CONV})\n", 2),
    "in a block": (f"block f(n) {{\n  x = {CONV}\n  add(x, x -> relu)\n}}\n{INPUT}f(8)\n", 2),
    "in a model": (f"model M {{\n  {INPUT}  x = {CONV}\n  add(x, x -> relu)\n}}\n", 2),
    "in a loop": (f"{INPUT}for i in 1..3 {{\n  x = {CONV}\n  add(x, x -> relu) -> relu\n}}\n", 2),
    "a line begins with it, a branch is it": (f"{INPUT}x = {CONV}\nx -> relu\nconcat(x, in)\n", 2),
    "a line begins with it, a branch of a later one is it": (
        f"{INPUT}relu\nx = {CONV}\nx -> relu -> conv(8, 1x1) as y\nadd(y, x)\n",
        2,
    ),
}


@pytest.mark.parametrize(("text", "layers"), TWICE.values(), ids=TWICE)
def test_a_name_for_a_layer_is_none_for_a_tensor(text: str, layers: int) -> None:
    (found,) = [d for d in analyse(Source("net.cnn", text)).diagnostics if d.code == "W214"]
    assert len(found.nodes) == layers
    assert mended(text) == (after := re.sub("x = (.+)", r"\1 as x", text, count=1))
    assert codes(after) == []


def test_no_repair_where_the_tensor_is_made_elsewhere() -> None:
    """As a step above the line, the layer would not read what the relu gives."""
    text = f"{INPUT}x = {CONV}\nrelu -> add(x, x -> relu) -> gap\n"
    assert codes(text) == ["W214"]
    assert mended(text) == text


UNITS = {
    "a chain": f"{INPUT}c = {CONV} -> relu\nc -> c -> c\n",
    "lines": f"{INPUT}c = {CONV} -> relu\nc\nc\nc\n",
    "a repeat": f"{INPUT}c = conv(8, 3x3, padding=same, bias=false)\n(c -> bn -> relu) * 3\n",
    "a residual block": f"{INPUT}c = conv(8, 3x3, padding=same, bias=false)\nadd(in, c -> bn -> relu -> c -> bn)\n",
    "dense connections": f"{INPUT}layer = bn -> relu -> {CONV}\nconcat(in, layer)\nconcat(in, layer)\nconcat(in, layer)\n",
    "a layer, then dense connections": f"{INPUT}layer = bn -> relu -> {CONV}\nlayer\nconcat(in, layer)\n",
    "branches of several of it": f"{INPUT}c = {CONV} -> relu\nconcat(c, c -> c)\n",
    "the branches of two modules": f"{INPUT}a = conv(4, 1x1) -> relu\nb = {CONV} -> relu\nconcat(a, b)\nconcat(a, b)\n",
    "a repeated block of such": f"{INPUT}c = bn -> relu -> conv(8, 3x3, padding=same, bias=false)\nr = add(in, c -> c)\nr -> r -> r\n",
    "dense connections with a name": f"{INPUT}c = bn -> relu -> {CONV}\nd = concat(in, c)\nd -> d -> d\n",
    "a loop": f"{INPUT}c = {CONV} -> relu\nfor i in 1..3 {{ add(c, in) }}\n",
    "a block's argument": f"block f(g) {{ add(in, g) -> relu }}\n{INPUT}c = {CONV}\nf(c) -> f(c)\n",
    "the beginnings of lines": f"{INPUT}c = {CONV}\nc -> relu as a\nc -> relu as b\nadd(a, b)\n",
    "named before the input": f"c = {CONV}\n{INPUT}c -> relu\nconcat(c, in)\n",
    "two towers": "input a 8x8x3\ninput b 8x8x3\nt = conv(4, 1x1) -> gap\na -> t as p\nb -> t as q\nsubtract(p, q)\n",
    "a branch in each of two models": f"c = {CONV}\nmodel M {{\n  {INPUT}  add(c, in)\n}}\nmodel N {{\n  {INPUT}  add(c, in)\n}}\n",
    "a block": f"block x {{ {CONV} }}\n{INPUT}add(x, x -> relu)\n",
    "shared": f"{INPUT}shared x = {CONV}\nadd(x, x -> relu)\n",
    "a tensor": f"{INPUT}{CONV} as x\nadd(x, x -> relu)\n",
    "no weights": f"{INPUT}p = maxpool(2x2)\nadd(p, p -> relu)\n",
    "once": f"{INPUT}x = {CONV}\nadd(x, in)\n",
}


@pytest.mark.parametrize("text", UNITS.values(), ids=UNITS)
def test_a_short_name_for_a_repeated_unit_is_left_alone(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "imported"),
    [
        (f"norm = bn\nblock f {{ {CONV} -> norm }}\n{INPUT}f -> relu -> norm\n", "['unused_binding']"),
        (f"{INPUT}{CONV}\nn = 3\n", "[]"),
        (f"{INPUT}norm = bn(momentum=0.9)\n{CONV} -> norm\n", "[]"),
        (f"{INPUT}c = {CONV}\nrelu\n", "['unused_binding']"),
        (
            f"{INPUT}c = {CONV}\nc -> c\n",
            "['unused_binding', 'layer_made_twice']",
        ),  # the second uses the words of the first
    ],
)
def test_the_rules_are_imported_where_a_binding_may_be_at_fault(text: str, imported: str) -> None:
    script = (
        "import sys\nfrom cnnspec.pipeline import analyse\nfrom cnnspec.base.source import Source\n"
        f"analyse(Source('net.cnn', {text!r}))\n"
        "print([n for n in ('unused_binding', 'layer_made_twice') if f'cnnspec.lint.rules.{n}' in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == imported
