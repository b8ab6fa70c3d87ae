"""Conditions keep the candidates that Python's own comparison of their parameters and figures keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import cnnspec
from cnnspec.base.source import Source
from cnnspec.layers.argument import show
from cnnspec.sweep.question import BadRequest, make_request
from cnnspec.sweep.sweep import Found, run_sweep
from cnnspec.sweep.table import Row, read_rows
from cnnspec.syntax.parse import parse

TEXT = """model Net(size=12, w=[8, 8], k=3, act=relu, c=2*k, res=false, alpha=0.5) {
  input (size, size + 4, 3)
  conv(w[0], k) -> act -> maxpool(2)
  conv(w[1] * k, 1) -> relu
  if res { add(in, conv(w[1] * k, 3, padding=same)) }
  conv(c, 3x3) -> gap -> dense(round(10 * alpha))
}"""
OVER = ["size=8..20:4", "w[1]=4, 8, 12", "k=1..5:2", "act=[relu, tanh]", "res=[true, false]"]


def sweep(where: str = "", over: list[str] = OVER, text: str = TEXT, **asked: Any) -> Found:
    return run_sweep(make_request(parse(Source("net.cnn", text)), None, {}, over, where=where, **asked))


def rows(found: Found) -> list[Row]:
    return [*read_rows(found.best, found.request)]


@pytest.fixture(scope="module")
def legal() -> dict[int, tuple[dict[str, Any], Any]]:
    """Every legal candidate by its number: its parameters, and the network that `load` makes of it."""
    found = sweep(top=1000)
    made = {}
    for row in rows(found):
        names = dict(zip(["size", "w1", "k", "act", "res"], row.options, strict=True))
        given = {**names, "w": [8, names.pop("w1")]}
        given.pop("w1")
        net = cnnspec.loads(TEXT, **given)
        made[row.number] = {**given, "act": show(given["act"]), "c": 2 * given["k"]}, net
    assert found.legal == len(made) < found.done
    return made


CONDITIONS: dict[str, Callable[[dict[str, Any], Any], bool]] = {
    "params < 400": lambda p, net: net.params < 400,
    "params >= 300 and macs <= 20k": lambda p, net: net.params >= 300 and net.macs <= 20_000,
    "params < 300 or macs > 30k": lambda p, net: net.params < 300 or net.macs > 30_000,
    "not (k == 3)": lambda p, net: p["k"] != 3,
    "k != 3 and w[1] > w[0]": lambda p, net: p["k"] != 3 and p["w"][1] > p["w"][0],
    "w[0] == 8 and w[-1] < 12": lambda p, net: p["w"][1] < 12,
    "act == relu": lambda p, net: p["act"] == "relu",
    "act != relu and res": lambda p, net: p["act"] != "relu" and p["res"],
    "not res": lambda p, net: not p["res"],
    "c > 5": lambda p, net: p["c"] > 5,
    "macs / params > 100": lambda p, net: net.macs / net.params > 100,
    "macs // params % 2 == 1": lambda p, net: net.macs // net.params % 2 == 1,
    "macs * macs * macs * macs * macs > 1000 * params": lambda p, net: net.macs**5 > 1000 * net.params,
    "params - 2 * macs < -20k": lambda p, net: net.params - 2 * net.macs < -20_000,
    "min(size, 4 * k) == 12": lambda p, net: min(p["size"], 4 * p["k"]) == 12,
    "max(size, w[1]) <= 12": lambda p, net: max(p["size"], p["w"][1]) <= 12,
    "receptive_field >= 12": lambda p, net: min(net.receptive_field.size) >= 12,
    "receptive_field >= size": lambda p, net: min(net.receptive_field.size) >= p["size"],
    "lossless": lambda p, net: not net.lost().losses,
    "coverage > 0.9": lambda p, net: net.coverage > 0.9,
    "peak_memory(batch=2, dtype=int8) <= 2KiB": lambda p, net: 2 * net.cost().inference.terms[1].values <= 2048,
    "size == 12 or k / (size - 12) > 0.1": lambda p, net: p["size"] == 12 or p["k"] / (p["size"] - 12) > 0.1,
    "alpha == 0.5 and true": lambda p, net: True,
    "w == [8, 4] or w == 8x12": lambda p, net: p["w"] in ([8, 4], [8, 12]),
    "w != [8, 4] and w != [8]": lambda p, net: p["w"] != [8, 4],
    "depth == 5": lambda p, net: p["res"],
    "not (params < 300 or macs > 30k)": lambda p, net: net.params >= 300 and net.macs <= 30_000,
    "not (k == 3 and not (act == relu))": lambda p, net: p["k"] != 3 or p["act"] == "relu",
    "not lossless": lambda p, net: bool(net.lost().losses),
    "not (w == [8, 4])": lambda p, net: p["w"] != [8, 4],
    "not (receptive_field >= 12)": lambda p, net: min(net.receptive_field.size) < 12,
    "not (size != 12 and k / (size - 12) > 0.1)": lambda p, net: p["size"] == 12 or p["k"] / (p["size"] - 12) <= 0.1,
}


@pytest.mark.parametrize("where", CONDITIONS)
def test_a_condition_keeps_what_meets_it(where: str, legal: dict[int, tuple[dict[str, Any], Any]]) -> None:
    wanted = {number for number, (given, net) in legal.items() if CONDITIONS[where](given, net)}
    found = sweep(where, top=1000)
    assert {row.number for row in rows(found)} == wanted
    assert found.kept == len(wanted)
    assert found.legal - sum(found.unmet) == found.kept
    assert not found.divided


@pytest.mark.parametrize(
    ("where", "kept"),
    {  # of 12, where the divisor is zero, and of other sizes
        "k / (size - 12) < 1000 or size == 12": True, "size == 12 or k / (size - 12) < 1000": True,
        "not (k / (size - 12) < 1000 and size != 12)": True, "not (size != 12 and k / (size - 12) < 1000)": True,
        "not k / (size - 12) < 1000": False, "not log2(size - 12) < 1000 or size != 12": False,
        "not (k / (size - 12) < 1000 or size != 12)": False,
    }.items(),
)  # fmt: skip
def test_a_division_by_zero_is_unknown_and_decides_only_what_nothing_else_does(where: str, kept: bool) -> None:
    found = sweep(where, top=1000)
    assert any([row.options[0] == 12 for row in rows(found)]) == kept
    assert (found.divided > 0) != kept


def test_what_divides_by_zero_is_left_out_and_counted(legal: dict[int, tuple[dict[str, Any], Any]]) -> None:
    found = sweep("k / (size - 12) != 0.25", top=1000)
    zero = [given for given, _ in legal.values() if given["size"] == 12]
    assert found.divided == len(zero) > 0
    assert all([row.options[0] != 12 for row in rows(found)])


BAD = {
    "parms < 5": 'nothing is called "parms"; did you mean "params"?',
    "size": "a condition is true or false: compare it with a number, params < 5M",
    "act > 3": "what is no number is compared with == or !=",
    "act + 1 > 3": "relu is no number",
    "w > 3": "what is no number is compared with == or !=",
    "w + 1 > 3": "a list is no number: compare its elements, such as w[0]",
    "w[2] > 3": "there is no element 2 in a list of 2",
    "k[0] > 3": "only a parameter that is a list has elements",
    "output == 7": '"output == 7" is no condition',
    "peak_memory(foo=1) < 3": 'peak_memory has no argument "foo": it takes batch, dtype',
    "params(1) < 3": "it takes none",
    "params <": "is no condition, such as params < 5M and w[0] <= w[1]",
    "params < 5,": "is no condition",
    "params < 5, mac < 3": 'nothing is called "mac"',
    "sum() < 3": "min, max, sum and log2 take numbers, or a list of them",
    "log2(act) < 3": "relu is no number",
    "params < 5 and ": "something is missing at its end",
    "sqrt(params) < 5": 'nothing is called "sqrt"',
}


@pytest.mark.parametrize("where", BAD)
def test_what_makes_no_sense_is_told_in_a_sentence(where: str) -> None:
    with pytest.raises(ValueError) as told:
        sweep(where)
    assert BAD[where] in str(told.value)
    assert "\n" not in str(told.value)


OVERS = {
    "size=8..4": '"8..4" is empty: its first number is larger than its last',
    "sizes=8..4": 'the model has no parameter "sizes"',
    "size=1..1000000000": "these are more than 1,000,000 values",
    "size=[]": '"size=[]" has no options',
    "size=": "has no options",
    "size": '"size" has no options: write, for example, size=16..128:8',
    "w[*]": '"w[*]" has no options: write, for example, w[*]=16..128:8',
    "16..128:8": '"16..128:8" names no parameter',
    "w=1,2": "w is a list, and so is each of its options",
    "w[5]=1": "w has no element 5: its last is w[1]",
    "k[0]=1": "k is no list, and has no element 0",
    "size=0.5..2": '"0.5..2" needs a step; a step stands behind a colon',
    "size=4..8:0": "never ends",
    "size=1..8:*1": "never ends",
    "size=4..x": 'a range goes between numbers, not from or to "x"',
    "size=(": "is no value",
    "act=[relu, relu]": "the value relu stands here twice",
    "input=3,4x5x6": "is no size of the input, which has 2 of them",
}


@pytest.mark.parametrize("over", OVERS)
def test_options_that_make_no_sense_are_told_in_a_sentence(over: str) -> None:
    with pytest.raises(BadRequest) as told:
        sweep(over=[over])
    assert OVERS[over] in str(told.value)
    assert "\n" not in str(told.value)


OPTIONS = {
    "size=8..20:4": [8, 12, 16, 20],
    "size=8..21:4": [8, 12, 16, 20],
    "size=1..3": [1, 2, 3],
    "size=8..64:*2": [8, 16, 32, 64],
    "alpha=0.1..0.5:0.1": [0.1, 0.2, 0.3, 0.4, 0.5],
    "alpha=0.25, 0.5..1.0:0.25": [0.25, 0.5, 0.75, 1.0],
    "size=[16, 24, 32..40:8]": [16, 24, 32, 40],
    "size=7, 8, 7..9": [7, 8, 9],
    "w=[[4, 8], [8, 8]]": [[4, 8], [8, 8]],
    "res=true, false": [True, False],
}


@pytest.mark.parametrize("over", OPTIONS)
def test_options(over: str) -> None:
    (axis,) = make_request(parse(Source("net.cnn", TEXT)), None, {}, [over]).space.axes
    assert [*axis.options] == OPTIONS[over]
    assert [type(option) for option in axis.options] == [type(option) for option in OPTIONS[over]]


def test_each_element_of_a_list_is_an_axis() -> None:
    space = make_request(parse(Source("net.cnn", TEXT)), None, {}, ["w[*]=8..16:8"]).space
    assert [axis.name for axis in space.axes] == ["w[0]", "w[1]"]
    assert space.candidate([0, 1]) == {"w": [8, 16]}


def test_an_input_whose_size_is_no_parameter() -> None:
    found = sweep(over=["input=16, 32, 32x64"], text="input HxWx3\nconv(8, 3x3) -> gap -> dense(2)")
    assert [(row.options[0], row.figures[1]) for row in rows(found)] == [
        (size, (cnnspec.loads(f"input {size[0]}x{size[1]}x3\nconv(8, 3x3) -> gap -> dense(2)").macs,))
        for size in ((16, 16), (32, 32), (32, 64))
    ]


def test_more_than_64_bits_are_exact() -> None:
    text = "model Wide(w=3) {\n  input 5\n" + "  dense(w) -> dense(w)\n" * 9 + "}"
    options = (3, 700_000_000, 2_000_000_000)
    found = sweep(text=text, over=[f"w={', '.join(map(str, options))}"], columns="params,macs,flops,training_memory")
    nets = [cnnspec.loads(text, w=option) for option in options]
    assert nets[-1].params > 2**63
    assert [row.figures[:3] for row in rows(found)] == [((n.params,), (n.macs,), (n.flops,)) for n in nets]
    assert sweep("params > 2 * macs", text=text, over=["w=2000000000"]).kept == 0


def test_what_is_not_known_meets_nothing_and_stands_last() -> None:
    text = "model Any(n=3) {\n  input HxWx3\n  conv(n, 3x3) -> gap -> dense(2)\n}"
    found = sweep(text=text, over=["n=1..4"], by="macs,-params", pareto="macs", columns="params,macs,coverage")
    assert [row.figures for row in rows(found)] == [((n * 30 + 2,), None, None) for n in (4, 3, 2, 1)]
    assert found.front.count == 0
    assert sweep("macs < 5 or params > 100", text=text, over=["n=1..4"]).kept == 1
    for where, kept in (("macs < 5", 0), ("not (macs < 5)", 0), ("not not (macs < 5)", 0), ("not (params > 100)", 3)):
        assert sweep(where, text=text, over=["n=1..4"]).kept == kept, where
