"""Help that is printed from repairs: it names each of a finding's repairs and nothing else, and each of them clears it.

Tried are the findings of all examples at sizes that do not fit, and of random networks with strides that do not.
"""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cnnspec import api
from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.cli import main
from cnnspec.lint.fix import offers
from cnnspec.lint.fix.judge import count_by_code, severity_of
from cnnspec.lint.fix.project import apply_edits
from cnnspec.lint.index import OFFERS, REFUSALS
from cnnspec.lint.rules.illegal_stride import ADVICE
from cnnspec.pipeline import Analysis, analyse
from tests import network_cases
from tests.example_files import EXAMPLES, SMALLEST, TRIED, ZOO
from tests.support import THOROUGH, sample, unwrap

SEEDS = 25 if THOROUGH else 10  # of random networks, in each of eight parts
LARGER = (0, 1, 2, 3, 5) if THOROUGH else (0, 1, 2)  # by which the sizes of an example's input grow
INPUT = re.compile(r"^(\s*input(?: \w+)? )([\dx]+)x(\d+)\s*$", re.M)


def told(text: str, name: str = "/nowhere/net.cnn") -> tuple[Analysis, list[Diagnostic]]:
    """The findings of a text whose help is printed from their repairs."""
    analysis = again(Source(name, text))
    found = offers.offer_repairs(analysis.diagnostics, analysis, again)
    return analysis, [diagnostic for diagnostic in found if diagnostic.code in OFFERS]


def again(source: Source, used: Any = read, watch: Any = None) -> Analysis:
    return analyse(source, read=used, watch=watch)


def holds(text: str, name: str = "/nowhere/net.cnn") -> int:
    """Of every such finding, the help is its repairs, and each of these clears it, or takes layers from it, and brings none; how many were tried."""
    analysis, findings = told(text, name)
    before, tried = count_by_code(analysis.diagnostics), 0
    for found in findings:
        own = next(d for d in analysis.diagnostics if d.replace(help=found.help) == found)
        if not found.repairs:
            assert found.help == own.help
            continue
        assert found.help == offers.write_help(OFFERS[found.code], found.repairs)
        uncovering: list[list[str]] = []
        for repair in found.repairs:
            changed = apply_edits(text, repair.edits)
            assert changed is not None
            after = again(Source(name, changed))
            assert not after.tree.diagnostics
            now = count_by_code(after.diagnostics)
            fewer = now.get(found.code, (0, 0)) < before[found.code]  # findings, or layers of one
            assert fewer, (repair.message, changed)
            more = [code for code in now if now[code][0] > before.get(code, (0, 0))[0]]
            hidden = found.code in REFUSALS  # by an error, behind which no rule looks
            hidden |= repair.message.startswith("put flatten")  # by a dense layer that was taken for a 1x1 convolution
            assert not more or hidden, (repair.message, changed)
            assert all(severity_of(code, after.diagnostics) != "error" for code in more), (repair.message, changed)
            uncovering.append(more)
            for old, new in zip(analysis.networks, after.networks, strict=True):
                if found in old.diagnostics and len(old.graph.nodes) == len(new.graph.nodes):
                    assert not {*found.nodes} & {i for d in new.diagnostics if d.code == found.code for i in d.nodes}
            tried += 1
        assert all(uncovering) or not any(uncovering), (found.code, uncovering)  # the better ones alone are shown
    return tried


def resized(text: str, by: int) -> str:
    """A network with larger inputs."""
    return INPUT.sub(lambda m: f"{m[1]}{'x'.join(str(int(n) + by) for n in m[2].split('x'))}x{m[3]}", text)


@pytest.mark.parametrize(
    "path", sample(TRIED, [*SMALLEST, EXAMPLES / "densenet121.cnn"]), ids=lambda p: f"{p.parent.name}-{p.stem}"
)
def test_an_example_at_a_size_that_does_not_fit(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for by in LARGER[: 2 if path.parent == ZOO else None]:
        holds(resized(text, by), str(path))


@pytest.mark.parametrize("part", range(8))
def test_random_networks_with_strides_that_do_not_fit(part: int) -> None:
    tried = 0
    for seed in range(part * SEEDS, part * SEEDS + SEEDS):
        text = network_cases.network(Random(seed), Random(seed).choice([*network_cases.KINDS]))
        tried += holds(text.replace("padding=same, stride=2", "stride=2").replace("(2, padding=same)", "(2)"))
    assert tried >= SEEDS // 5


FITS = [
    ("the exercise", "input 7x7x3\nconv(8, 3x3, stride=3)\n"),
    ("one axis alone", "input 8x7x3\nconv(8, 3x3, stride=2)\n"),
    ("a sequence", "input 10x3\nconv(8, 3, stride=2)\n"),
    ("a volume", "input 7x7x8x2\nconv(4, 2, stride=2) -> flatten -> dense(3)\n"),
    ("a pool without a stride", "input 7x7x3\nconv(8, 3x3, padding=same, activation=relu) -> maxpool(2)\n"),
    ("two findings, the first of which comes of the input", "input 15x15x1\nmaxpool(2)\nmaxpool(2)\nmaxpool(2)\n"),
    ("a change of the first that clears the second alone", "input 10x10x3\nconv(8, 3x3, stride=3) -> relu\nmaxpool(2)\n"),
    ("and another", "input 8x8x3\nconv(8, 3x3, stride=2) -> relu\nmaxpool(2)\n"),
    ("a block, where one use does not fit", "block down { conv(8, 3, stride=2, activation=relu) }\ninput 13x13x3\ndown * 2\n"),
    ("a block, where no use does", "block down { maxpool(2) }\ninput 7x7x3\ndown -> conv(8, 1x1) -> down\n"),
    ("a stride that is a block's parameter", "block down(s) { conv(8, 3x3, s) }\ninput 8x8x3\ndown(2)\n"),
    ("a loop", "input 30x30x3\nfor i in 1..3 { conv(8 * i, 3x3, stride=2, activation=relu) }\n"),
    ("pasted", "model = Sequential([\n    Conv2D(4, (3, 3), strides=3, input_shape=(7, 7, 1)),\n])\n"),
    ("two inputs, whose sizes are left", "input a 8x8x3\ninput b 3x3x8\na -> conv(8, 3x3, stride=2) -> add(in, b)\n"),
    ("a condition on the size", "input 9x9x3\nmaxpool(2)\nconv(4, 3x3) if in.height == 4 else conv(4, 1x1, stride=3)\n"),
    ("a promise that some repairs break", "input 7x7x3\nconv(8, 3x3, stride=3)\nexpect macs < 900\n"),
    ("one of two is ignored", "input 15x15x1\nmaxpool(2)  # cnnspec: ignore[W201] black\nmaxpool(2)\n"),
    ("two models", "model A { input 7x7x3\nconv(8, 3x3, stride=3) }\nmodel B { input 8x8x3\nconv(8, 3x3, stride=2) }\n"),
]  # fmt: skip


@pytest.mark.parametrize("text", [pytest.param(text, id=title) for title, text in FITS])
def test_what_fits(text: str) -> None:
    assert holds(text) >= 1
    for found in told(text)[1]:
        assert found.repairs, found


NOTHING = [
    ("what mends one pool spoils the next", "input a 8x9x1\ninput b 8x9x1\nconcat(a, b) -> maxpool(2) -> maxpool(2)\n"),
    ("a network too large to be analysed again", "input 7x7x3\nconv(8, 3x3, stride=3)\nconv(8, 1x1, activation=relu) * 3001\n"),
]  # fmt: skip


@pytest.mark.parametrize("text", [pytest.param(text, id=title) for title, text in NOTHING])
def test_where_nothing_is_found_the_help_is_general(text: str) -> None:
    (found,) = told(text)[1]
    assert (found.repairs, found.help) == ((), ADVICE)


PRINTED = [
    ("T401", "input 8x8x1\nflatten -> dense(1, softmax)\n", "end dense1 in sigmoid, or give it a unit for each class"),
    ("T402", "input 8x8x1\nflatten -> dense(10)\ntrain { loss = sparse_categorical_crossentropy }\n",
     "write sparse_categorical_crossentropy(from_logits=true), or end in softmax"),
    ("T404", "input 8x8x1\nflatten -> dense(1)\ntrain { loss = categorical_crossentropy }\n",
     "write binary_crossentropy and end in sigmoid, or end in a unit for each class"),
    ("T405", "input 8x8x3\nconv(8, 3x3, bias=false) -> dropout(0.5) -> conv(8, 1x1, bias=false) -> bn -> relu -> gap -> dense(4)\n",
     "put dropout1 behind relu1, where no normalisation follows"),
    ("W203", "input 16x16x3\nconv(8, 3x3, padding=same, dilation=16, activation=relu)\n",
     "use a kernel of 1x1 without dilation for conv1, fewer strides before, less dilation, or a larger input"),
    ("W215", "input 8x8x3\nconv(8, 1x1, dilation=2) -> relu\n", "drop the dilation of conv1, or use a larger kernel"),
    ("W205", "input 8x8x3\nconv(8, 3x3) -> dropout(0) -> relu\n", "drop dropout1, or write the size or rate that was meant"),
    ("W206", "input 8x8x3\nconv(8, 3x3) -> relu -> relu\n", "drop relu2"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "help"), PRINTED, ids=[code for code, _, _ in PRINTED])
def test_a_help_is_a_sentence_made_of_the_fixes(code: str, text: str, help: str) -> None:
    assert holds(text) >= 1
    assert [found.help for found in told(text)[1] if found.code == code] == [help]
    analysis = again(Source("/nowhere/net.cnn", text))
    for shown in (offers.ANY, offers.SOON, offers.ALL):
        assert help in [found.help for found in offers.offer_repairs(analysis.diagnostics, analysis, again, shown)]


def test_every_way_to_see_a_finding_has_the_same_help(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text(FITS[0][1])
    help = "what fits: stride=4; input 6x6x3; padding=same; padding=1; padding=2; stride=2"
    for words in (
        ["check", "--unsafe-fixes"], ["check"], *[["check", "--output-format", kind] for kind in ("json", "sarif", "github", "junit", "gitlab")],
        ["summary"], ["compile", "-o", str(tmp_path / "net.py")],
    ):  # fmt: skip
        main([words[0], str(path), *words[1:]])
        said = capsys.readouterr()
        assert help in unwrap(said.out + said.err), words
    assert [found.help for found in api.check(path)] == [found.help for found in api.load(path).diagnostics] == [help]


def test_a_block_of_another_file_is_not_changed(tmp_path: Path) -> None:
    """Its text is not the project's to change, so only the input is advised, or nothing."""
    (tmp_path / "blocks.cnn").write_text("block down { conv(8, 3x3, stride=3) }\n")
    (tmp_path / "net.cnn").write_text('use "blocks.cnn" (down)\ninput 7x7x3\ndown\n')
    (found,) = api.check(tmp_path / "net.cnn")
    assert found.help == "what fits: input 6x6x3; input 9x9x3"
    (tmp_path / "two.cnn").write_text('use "blocks.cnn" (down)\ninput a 7x7x3\ninput b 7x7x3\na -> down\noutput a, b\n')
    assert {found.help for found in api.check(tmp_path / "two.cnn") if found.code == "W201"} <= {ADVICE}
