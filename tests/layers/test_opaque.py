"""opaque: what is stated of it is used, and what rests on the rest is unknown wherever it is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.base.source import Source
from cnnspec.cli import main
from cnnspec.format import format_source
from cnnspec.spec_writer import to_text
from tests.support import legal, network, unwrap

STEM = "input 56x56x32\nconv(16, 3x3, padding=same)\n"
TAIL = "\nrelu -> gap -> dense(10)\n"
KNOWN = 56 * 56 * 16 * 9 * 32  # MACs of the stem

# What is written, and: (inputs, shape, trainable, frozen, name).
READ = {
    'opaque("deform_conv", 56x56x64, params=18496)': (1, (56, 56, 64), 18496, 0, "deform_conv1"),
    'opaque("roi align", 7x7x8, params=3, frozen=4)': (1, (7, 7, 8), 3, 4, "opaque1"),
    'opaque("f", 10)': (1, (10,), 0, 0, "f1"),
    'opaque("f", 4x4x2x3, relu)': (1, (4, 4, 2, 3), 0, 0, "f1"),
    'opaque("f", 4x4x2, in, relu, gap, parameters=1)': (3, (4, 4, 2), 1, 0, "f1"),
    'opaque("f", 4x4x2, [in, relu])': (2, (4, 4, 2), 0, 0, "f1"),
    'opaque(op="f", shape=(4, 4, 2), frozen=7) as x': (1, (4, 4, 2), 0, 7, "x"),
    'OPAQUE("f", 4x4x2)': (1, (4, 4, 2), 0, 0, "f1"),
    'opaque(f, 4x4x2)': (1, (4, 4, 2), 0, 0, "f1"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ.items(), ids=READ)
def test_what_is_stated(text: str, expected: tuple[int, Any, int, int, str]) -> None:
    inputs, shape, trainable, frozen, name = expected
    net = cnnspec.load(STEM + text)
    assert not net.diagnostics
    made = net.layers[-1]
    assert (len(made.inputs), made.output_shape, made.trainable, made.non_trainable, made.name) == (
        inputs, shape, trainable, frozen, name,
    )  # fmt: skip
    assert made.macs is made.flops is made.receptive_field is None
    assert net.params == 4624 + trainable + frozen and net.macs is None
    node = net.analysed.graph.nodes[-1]
    assert node.layer is not None
    weights = node.layer.weights(((1,),))
    assert [weight.shape for weight in weights] == [(n,) for n in (trainable, frozen) if n]


REFUSED = {
    "opaque": "opaque needs op and shape",
    'opaque("f")': "opaque needs shape",
    'opaque("f", relu)': "must be a shape such as 7x7x64",
    'opaque("f", 0x4)': "must be a shape such as 7x7x64",
    'opaque("f", (-1, 4))': "must be a shape such as 7x7x64",
    'opaque("f", 4x4, params=-1)': "must be a whole number from 0",
    'opaque("f", 4x4, params=1.5)': "must be a whole number from 0",
    'opaque("f", 4x4, macs=5)': 'no argument "macs"',
    "opaque(3, 4x4)": "must be a word or a text",
}


@pytest.mark.parametrize(("text", "part"), REFUSED.items(), ids=REFUSED)
def test_what_is_refused(text: str, part: str) -> None:
    found = network(STEM + text).errors
    assert len(found) == 1 and part in found[0].message, found


def run(verb: str, path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    name, *options = verb.split()
    status = main([name, str(path), *options])
    shown = capsys.readouterr()
    return status, unwrap(shown.out + shown.err)


SHOWN = {  # what every verb says of the unknown, and its exit status
    "check": (0, ["no mistakes found"]),
    "summary": (0, [f"MACs: at least {KNOWN + 640:,}, without those of deform_conv1", "deform_conv1 (Opaque) 56x56x64 18,496"]),
    "summary --format markdown": (0, ["at least"]),
    "explain": (0, ["unknown: what the layer computes is not known", "MACs unknown, as a layer's figure is", "18,496, given as params"]),
    "rf": (0, ["deform_conv1 (Opaque) 56x56x64 ? ? ? ? ?", "dense1 (Dense) 10 ?"]),
    "rf dense1": (0, ["unknown"]),
    "lost": (0, ["More may be lost: what deform_conv1 reads is not followed"]),
    "cost": (0, ["MACs: at least 14,451,328, without those of deform_conv1", "FLOPs: ?", "saved activations 1 * ? * 4 ?"]),
    "cost --flops-as fvcore": (0, ["FLOPs as fvcore counts them: ?"]),
    "cost --device a100": (0, ["?"]),
    "sizes": (1, ["the output of deform_conv1 is stated for these sizes alone"]),
    "compile -o -": (1, ["error[E012 wrong-kind]: deform_conv1: "]),
    "compile --to keras": (1, ["error[E012 wrong-kind]: deform_conv1: "]),
}  # fmt: skip


@pytest.mark.parametrize(("verb", "expected"), SHOWN.items(), ids=SHOWN)
def test_what_every_verb_says(
    verb: str, expected: tuple[int, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "net.cnn"
    path.write_text(STEM + 'opaque("deform_conv", 56x56x64, params=18496)' + TAIL)
    status, said = run(verb, path, capsys)
    assert status == expected[0], said
    assert [part for part in expected[1] if part not in said] == [], said
    assert [p.name for p in tmp_path.iterdir()] == ["net.cnn"]


def test_json_has_null_where_something_is_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text(STEM + 'opaque("f", 56x56x64, params=18496)' + TAIL)
    main(["summary", str(path), "--format", "json"])
    totals = json.loads(capsys.readouterr().out)["totals"]
    assert (totals["params"], totals["macs"], totals["flops"]) == (4624 + 18496 + 650, None, None)
    assert totals["receptive_field"]["size"] is None
    main(["cost", str(path), "--format", "json"])
    cost = json.loads(capsys.readouterr().out)
    assert cost["macs"] is None and cost["flops"] is None


BUDGETS = {  # a limit that rests on what is unknown is neither kept nor broken
    "macs < 1T": "E017", "flops > 1": "E017", "receptive_field < 1000": "E017", "lossless": "E017",
    "training_memory(batch=2) < 1TiB": "E017", "params < 100k": "", "params < 10": "E021", "inference_memory < 1GiB": "",
}  # fmt: skip


@pytest.mark.parametrize(("limit", "code"), BUDGETS.items(), ids=BUDGETS)
def test_a_limit_on_what_is_unknown_is_told(limit: str, code: str) -> None:
    net = cnnspec.load(STEM + 'opaque("f", 56x56x64, params=18496)' + TAIL)
    found = net.budget(limit)
    assert [d.code for d in found] == [code] * bool(code), found
    if code == "E017":
        assert found[0].help == "of f1 only the output and the parameters are stated"


def test_what_is_lost_for_certain_is_told_all_the_same() -> None:
    net = cnnspec.load('input 8x8x3\nconv(4, 3x3, stride=3)\nopaque("f", 2x2x4)\n')
    (found,) = net.budget("lossless")
    assert found.code == "E021" and "conv1" in found.message


SHARED = 'input a 8x8x3\ninput b 8x8x3\nshared f = opaque("f", 4x4x2, params=11)\na -> f as x\nb -> f as y\nadd(x, y)\n'
WRITTEN = {
    "one": STEM + 'opaque("deform_conv", 56x56x64, params=18496, frozen=2)' + TAIL,
    "words": STEM + 'opaque("relu", 56x56x16) -> opaque(“it is so”, 3x3x4)',
    "a branch": STEM + 'add(in, opaque("f", 56x56x16, relu, params=1) -> relu)',
    "several": STEM[:-1] + ' as x\nconv(16, 3x3, stride=2) as y\nopaque("f", 7x7x8, x, y, params=5)' + TAIL,
    "nested": STEM + 'opaque("f", 7x7x8, in, conv(3, 1x1) -> relu)',
    "many": STEM + "".join(f'\nconv(16, 3x3, padding=same) -> opaque("f", 56x56x16, params={n})' for n in (1, 2, 3, 4)),
    "shared": SHARED,
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_the_writer_and_the_formatter_keep_it(text: str) -> None:
    graph = legal(text)
    written = to_text(graph)
    assert cnnspec.diff(text, written).same, written
    formatted, _ = format_source(Source("net.cnn", text))
    assert formatted is not None and cnnspec.diff(text, formatted).same, formatted
    assert format_source(Source("net.cnn", formatted))[0] == formatted


def test_shared_weights_are_counted_once() -> None:
    assert cnnspec.load(SHARED).params == 11


@pytest.mark.parametrize(("a", "b", "same"), [
    ('"f", 4x4x2', '"f", 4x4x2, params=0', True), ('"f", 4x4x2', '"g", 4x4x2', False), ('"f", 4x4x2', '"f", 4x4x3', False),
    ('"f", 4x4x2, params=1', '"f", 4x4x2, frozen=1', False), ('"f", 4x4x2, in, relu', '"f", 4x4x2, relu, in', False),
])  # fmt: skip
def test_differences(a: str, b: str, same: bool) -> None:
    found = cnnspec.diff(f"{STEM}opaque({a})", f"{STEM}opaque({b})")
    assert found.same is same
    found.to_data()
