"""Every answer says what its command says, in every form, and shows itself in a notebook."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnspec
import cnnspec.api
from cnnspec.api.answer import Answer
from cnnspec.cli import main
from tests.api.answered import FILES, OTHER, TEXTS, look_at

Ask = Callable[[cnnspec.Network, str], Answer]
ANSWERS: dict[str, tuple[list[str], Ask]] = {
    "summary": ([], lambda net, unit: net),
    "cost": ([], lambda net, unit: net.cost()),
    "lost": ([], lambda net, unit: net.lost()),
    "rf": ([], lambda net, unit: net.receptive_fields()),
    "sizes": ([], lambda net, unit: net.sizes()),
    "explain": ([], lambda net, unit: net.explanation()),
    "compare": ([OTHER], lambda net, unit: cnnspec.compare([net, OTHER])),
    "compare, asked": (
        [OTHER, "--batch", "3", "--device", "t4", "--sort", "macs", "--reverse"],
        lambda net, unit: cnnspec.compare([net, OTHER], batch=3, device="t4", sort="macs", reverse=True),
    ),
    "diff": ([OTHER], lambda net, unit: cnnspec.diff(net, OTHER)),
    "cost, asked": (
        ["--batch", "7", "--dtype", "float16", "--optimizer", "sgd(momentum=0.9)", "--memory", "2GiB", "--device", "t4", "--flops-as", "thop"],
        lambda net, unit: net.cost(7, dtype="float16", optimizer="sgd(momentum=0.9)", memory="2GiB", device="t4", flops_as="thop"),
    ),
    "cost, int8": (["--dtype", "int8"], lambda net, unit: net.cost(dtype="int8")),
    "rf, a unit": (["UNIT"], lambda net, unit: net.receptive_fields(unit)),
    "rf, down from a unit": (["--in", "UNIT"], lambda net, unit: net.receptive_field_of(unit).in_layers()),
    "explain, a layer": (["UNIT"], lambda net, unit: net.explanation(unit)),
    "quiz": ([], lambda net, unit: cnnspec.quiz(net)),
    "quiz, a variant": (["--variant", "--seed", "3", "--kinds", "size,macs"], lambda net, unit: cnnspec.quiz(net, kinds=("size", "macs"), seed=3, variant=True)),
    "sizes, near": (["--near", "50"], lambda net, unit: net.sizes(50)),
}  # fmt: skip


@pytest.fixture(params=[*FILES, *TEXTS])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param in FILES:
        return str(request.param)
    (tmp_path / "net.cnn").write_text(TEXTS[request.param])
    return str(tmp_path / "net.cnn")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main(list(arguments))
    return capsys.readouterr().out


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_says_what_its_command_says(name: str, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    net = cnnspec.load(path)
    unit = net.layers[1].name
    options, ask = ANSWERS[name]
    options = [unit if option == "UNIT" else option for option in options]
    verb = name.partition(",")[0]
    try:
        answer = ask(net, unit)
    except (cnnspec.SpecError, ValueError):  # where the command answers nothing either
        assert said(capsys, verb, path, *options) == ""
        return
    assert isinstance(answer, Answer)
    assert said(capsys, verb, path, *options) == answer.to_text()
    printed = said(capsys, verb, path, *options, "--format", "json")
    assert printed == answer.to_json() and json.loads(printed) == answer.to_data()
    assert str(answer) == answer.to_text().rstrip("\n") or isinstance(answer, cnnspec.Difference)
    assert len(repr(answer)) < 200
    rows = answer.to_rows()
    assert len(rows) == len(answer.to_data()[answer.rows_are])
    assert not any(isinstance(value, dict) for row in rows for value in row.values())
    look_at(answer._repr_html_())


def test_findings_are_those_of_check(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = cnnspec.check(path)
    assert found == cnnspec.load(path).diagnostics and isinstance(found, tuple)
    printed = said(capsys, "check", "--no-cache", "--output-format", "json", path)
    assert json.loads(printed) == json.loads(found.to_json()) == found.to_data() and len(found.to_rows()) == len(found)
    full = said(capsys, "check", "--no-cache", path)
    assert full.startswith(str(found))  # below it stands how many can be mended
    look_at(found._repr_html_())


# ---- values ------------------------------------------------------------------------------------------------------
def test_values_have_names() -> None:
    net = cnnspec.load(OTHER)
    cost = net.cost(32, memory="1GiB")
    assert (cost.batch, cost.dtype, cost.optimizer) == (32, "float32", "adam")
    assert cost.training is not None and cost.training_bytes == cost.training.bytes(32)
    assert cost.inference_bytes == sum(term.bytes(32) for term in cost.inference.terms)  # type: ignore[misc]
    assert cost.question.limit == 2**30 and net.cost(32, memory=2**30) == cost
    assert net.cost(dtype="int8").training_bytes is None
    assert [layer.name for layer in cost.layers] == [layer.name for layer in net.layers]
    assert cnnspec.loads(TEXTS["trained"]).cost().batch == 64
    lossy = cnnspec.loads(TEXTS["lossy"])
    lost = lossy.lost()
    assert {lossy.layers[loss.node].name for loss in lost.losses} >= {"input1"} and lost.macs == 216
    assert net.receptive_fields("conv2", at=(0, 0)).units[0].at == (0, 0) == net.receptive_field_of("conv2", (0, 0)).at
    assert str(net.receptive_field_of("conv2")) == str(net.receptive_fields("conv2"))
    assert net.explain("conv1", "markdown") == net.explanation("conv1").to_text("markdown")
    assert net.sizes().near is None and net.sizes((40, 50)).near == (40, 50)


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (lambda net: net.cost(0), ValueError, "batch must be a whole number from 1, not 0"),
        (lambda net: net.cost(1.5), TypeError, "batch must be a whole number from 1, not 1.5"),
        (lambda net: net.cost("32"), TypeError, "batch must be a whole number from 1, not '32'"),
        (lambda net: net.cost(True), TypeError, "batch must be a whole number from 1, not True"),
        (lambda net: net.cost(dtype=None), TypeError, "dtype must be a str, not NoneType"),
        (lambda net: net.cost(device=5), TypeError, "device must be a str, not int"),
        (lambda net: net.cost(optimizer=5), TypeError, "optimizer must be a str, not int"),
        (lambda net: net.cost(flops_as=5), TypeError, "flops_as must be a str, not int"),
        (lambda net: net.explanation(1), TypeError, "layer must be a str, not int"),
        (lambda net: net.receptive_fields(1), TypeError, "layer must be a str, not int"),
        (lambda net: net.receptive_field_of(net.layers[1]), TypeError, "layer must be a str, not LayerFigures"),
        (
            lambda net: net.receptive_field_of("conv1", at=3),
            ValueError,
            "conv1 has 2 axes: height, width; the position 3 has 1",
        ),
        (lambda net: net.receptive_field_of("conv1", at="3,3"), TypeError, "at must be whole numbers in a tuple"),
        (lambda net: net.receptive_field_of("conv1", at=(1, 2.0)), TypeError, "at must be whole numbers in a tuple"),
        (lambda net: net.receptive_fields(at=(1, 2)), ValueError, "at is a position of a layer: name the layer, too"),
        (lambda net: net.sizes("28"), TypeError, "near must be whole numbers in a tuple, one for each axis, not '28'"),
        (lambda net: net.sizes(28.0), TypeError, "near must be whole numbers in a tuple"),
        (lambda net: cnnspec.compare(net), TypeError, "networks are several: give them as a list"),
        (lambda net: cnnspec.compare(5), TypeError, "networks are several: give them as a list"),
        (lambda net: cnnspec.compare([net], columns=3), TypeError, "columns must be texts in a list, not 3"),
        (lambda net: cnnspec.compare([net], columns=["macs", 3]), TypeError, "columns must be texts in a list"),
        (lambda net: cnnspec.diff(net, net).budget(3), TypeError, "a limit must be a str, not int"),
        (lambda net: cnnspec.diff(net, net).to_text(limits=3), TypeError, "limits must be a str, not int"),
        (lambda net: cnnspec.diff(net, net).save("a.html", 3), TypeError, "limits must be a str, not int"),
        (lambda net: net.cost(dtype="f32"), ValueError, '"f32" is no dtype: known are'),
        (lambda net: net.cost(optimizer="foo"), ValueError, 'no memory is known for the optimizer "foo"'),
        (lambda net: net.cost(optimizer="sgd("), ValueError, '"sgd\\(" is no value'),
        (lambda net: net.cost(optimizer="3"), ValueError, "optimizer takes an optimizer"),
        (
            lambda net: net.cost(memory="much"),
            ValueError,
            'memory must be a number of bytes, such as 16GiB, not "much"',
        ),
        (lambda net: net.cost(memory=-1), ValueError, "memory must be a number of bytes"),
        (lambda net: net.cost(device="toaster"), ValueError, 'no device is called "toaster"'),
        (lambda net: net.cost(device="v100", dtype="bfloat16"), ValueError, "no peak in bfloat16 is known for NVIDIA"),
        (lambda net: net.cost(flops_as="x"), ValueError, 'no tool is called "x"'),
        (lambda net: net.sizes(0), ValueError, "near must be a size from 1"),
        (lambda net: net.sizes((1, 2, 3)), ValueError, "one for each axis of the inputs of lenet5"),
        (lambda net: net.sizes(()), ValueError, "near must be a size"),
        (lambda net: net.explanation("conv9"), LookupError, 'no layer "conv9"'),
        (lambda net: net.receptive_fields("conv9"), LookupError, 'no layer "conv9"'),
        (lambda net: net.receptive_fields("conv1", at=(99, 0)), ValueError, "has no position 99,0"),
        (lambda net: net.explanation("conv1").to_text("xml"), ValueError, 'no format is called "xml"'),
    ],
)
def test_what_cannot_be_is_answered_in_a_sentence(ask: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        ask(cnnspec.load(OTHER))
    assert "\n" not in str(caught.value)


def test_numbers_of_numpy_and_lists_are_taken() -> None:
    net = cnnspec.load(OTHER)
    assert net.cost(np.int64(4)) == net.cost(4)
    assert net.receptive_field_of("conv1", at=[np.int64(1), 2]) == net.receptive_field_of("conv1", at=(1, 2))  # type: ignore[arg-type]
    assert net.sizes([40, 50]) == net.sizes((40, 50))  # type: ignore[arg-type]


def list_kinds(kind: type[Answer] = Answer) -> list[type[Answer]]:
    return [one for child in kind.__subclasses__() for one in (child, *list_kinds(child))]


def test_every_kind_of_answer_writes_all_that_answers_are_asked_for() -> None:
    """What `Answer` leaves to its kinds, each has: a form that it knows itself, or what all forms are made from."""
    for module in pkgutil.walk_packages(cnnspec.api.__path__, "cnnspec.api."):
        importlib.import_module(module.name)
    assert len(list_kinds()) > 15
    for kind in list_kinds():
        own = {name for name in vars(Answer) if getattr(kind, name) is not getattr(Answer, name)}
        assert "to_data" in own and own & {"to_text", "_write_text"}, kind
        assert "_make_report" in own or {"to_text", "to_html"} <= own, kind
