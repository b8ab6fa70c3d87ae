"""Texts of a few lines that ask for exponentially much: the answer comes after few steps, and says what was too much.

Work is counted in Python calls, so the bound is the same on every machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cnnspec.base.source import Source
from cnnspec.pipeline import Analysis, analyse
from tests.support import THOROUGH

FIXED, OPEN = "input 8x8x4\n", "input ?x?x4\n"


def lines(n: int, line: str, first: int = 1) -> str:
    """`line` n times over, @ being the number of the line and < that of the line before."""
    return "".join([line.replace("@", str(i)).replace("<", str(i - 1)) + "\n" for i in range(first, first + n)])


# name → (text of n lines, whether the whole of it is accepted)
SIZES: dict[str, tuple[Callable[[int], str], bool]] = {
    "down by 3, up by 2": (lambda n: OPEN + lines(n, "conv(4, 3x3, stride=3, padding=same) -> upsample(2)"), True),
    "down by 3, up by 2, transposed": (
        lambda n: OPEN + lines(n, "conv(4, 3x3, stride=3, padding=same) -> conv_transpose(4, 2x2, stride=2)"), True,
    ),
    "each step has a name": (
        lambda n: OPEN + lines(n, "conv(4, 3x3, stride=3, padding=same) as a@\nupsample(2) as b@"), True,
    ),
    "down by 5, up by 4": (lambda n: OPEN + lines(n, "avgpool(5) -> upsample(4)"), True),
    "down by 3, up by 2, in one dimension": (
        lambda n: "input ?x4\n" + lines(n, "conv(4, 3, stride=3, padding=same) -> upsample(2)"), True,
    ),
    "down by 3, up by 2, in three": (
        lambda n: "input ?x?x?x4\n" + lines(n, "maxpool(3) -> upsample(2)"), True,
    ),
    "down by 2, up by 3": (lambda n: OPEN + lines(n, "maxpool(3, stride=2, padding=1) -> upsample(3)"), False),
    "kernels smaller than strides": (
        lambda n: OPEN + lines(n, "conv(4, 1x1, stride=5, padding=same) -> upsample(3)"), True,
    ),
    "squares": (lambda n: OPEN + "x0 = in.height\n" + lines(n, "x@ = x<*x< + x<") + "relu", False),
    "maxima": (lambda n: OPEN + "x0 = in.height\n" + lines(n, "x@ = max(2*x<, 100 - x<)") + "relu", False),
    "minima": (lambda n: OPEN + "x0 = in.height\n" + lines(n, "x@ = min(3*x<, in.width - x<)") + "relu", False),
    "mixed products": (
        lambda n: OPEN + "x0 = in.height\n" + lines(n, "x@ = (x< + in.width) * (x< - 1)") + "relu", False,
    ),
    "quotients of sums": (
        lambda n: OPEN + "x0 = in.height\n" + lines(n, "x@ = (3*x< + in.width) // 2") + "relu", False,
    ),
    "coefficients": (lambda n: OPEN + "x0 = in.height\n" + lines(n, "x@ = x< * 999999999") + "relu", False),
    "halved without end": (lambda n: OPEN + lines(n, "conv(4, 3x3, stride=2)"), False),
    "upsampled without end": (lambda n: OPEN + lines(n, "upsample(1000)"), False),
    "concatenated with their halves": (lambda n: "input ?x4\n" + lines(n, "concat(in, maxpool(2), axis=1)"), False),
}  # fmt: skip

# name → text of n lines that doubles with each
DOUBLING: dict[str, Callable[[int], str]] = {
    "merges of a function with itself": lambda n: FIXED + "c0 = conv(4, 1x1)\n" + lines(n, "c@ = add(c<, c<)") + f"c{n}",
    "functions behind themselves": lambda n: FIXED + "f0 = relu\n" + lines(n, "f@ = f< -> f<") + f"f{n}",
    "functions of nothing": lambda n: FIXED + "f0 = in\n" + lines(n, "f@ = f< -> f<") + f"f{n}",
    "chosen functions": lambda n: FIXED + "f0 = relu\n" + lines(n, "f@ = (f< if in.channels == 4 else f<) * 2") + f"f{n}",
    "shared functions": lambda n: FIXED + "f0 = relu\n" + lines(n, "shared f@ = f< -> f<") + f"f{n}",
    "blocks": lambda n: "block b0() { relu }\n" + lines(n, "block b@() { b< -> b< }") + FIXED + f"b{n}",
    "blocks of nothing": lambda n: "block b0() { in }\n" + lines(n, "block b@() { b< -> b< }") + FIXED + f"b{n}",
    "defaults that are the block before": (
        lambda n: "block b0(f=relu) { f }\n" + lines(n, "block b@(f=b<, g=b<) { f -> g }") + FIXED + f"b{n}"
    ),
    "loops in blocks": lambda n: "block b0() { relu }\n" + lines(n, "block b@() { for i in 1..2 { b< } }") + FIXED + f"b{n}",
    "bodies": lambda n: FIXED + "f0 = { relu }\n" + lines(n, "f@ = { f<\n f< }") + f"f{n}",
}  # fmt: skip


class TooManySteps(Exception):
    pass


@contextmanager
def at_most(calls: int) -> Iterator[None]:
    """Fails where more Python functions are called."""
    left = calls

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal left
        if event == "call":
            left -= 1
            if left < 0:
                sys.setprofile(None)
                raise TooManySteps(f"more than {calls:,} calls")

    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(None)


def analysed(text: str, **options: Any) -> Analysis:
    return analyse(Source("net.cnn", text), **options)


@pytest.mark.parametrize("name", SIZES)
def test_unknown_sizes(name: str) -> None:
    text, accepted = SIZES[name]
    with at_most(1_500_000):
        analysis = analysed(text(64))
    errors = [d for d in analysis.diagnostics if d.severity == "error"]
    assert [d.code for d in errors] == ([] if accepted else ["E003"]), errors
    for found in errors:
        assert "input 224x224x3" in found.help or "too large" in found.message


@pytest.mark.parametrize("name", SIZES)
def test_few_lines_of_unknown_sizes_are_accepted(name: str) -> None:
    text, _ = SIZES[name]
    few = {"coefficients": 1}.get(name, 2)
    assert not [d for d in analysed(text(few)).diagnostics if d.severity == "error"]


@pytest.mark.parametrize("name", DOUBLING)
@pytest.mark.parametrize("n", [24, 60] if THOROUGH else [60])  # what takes minutes, and what would never end
def test_texts_that_double(name: str, n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnspec.elaborate.dispatch.MAX_STEPS", 20_000)
    with at_most(2_000_000):
        analysis = analysed(DOUBLING[name](n), max_layers=20_000)
    assert [d.code for d in analysis.diagnostics if d.severity == "error"] == ["E003"]


@pytest.mark.parametrize("name", DOUBLING)
def test_the_same_without_a_use_asks_for_nothing(name: str) -> None:
    text = DOUBLING[name](60)
    with at_most(300_000):
        analysis = analysed(text[: text.rindex("\n")] + "\nrelu")
    assert not [d for d in analysis.diagnostics if d.severity == "error"]


def test_equal_parts_of_sizes_are_one_object() -> None:
    networks = analysed(OPEN + lines(3, "maxpool(3) -> upsample(2)")).networks
    first, last = (networks[0].graph.nodes[i].shape for i in (-2, -1))
    assert first is not None and last is not None
    ((atom,),) = first[0].terms  # type: ignore[union-attr]
    assert last[0].terms == {(atom,): 2}  # type: ignore[union-attr]
    assert next(iter(last[0].terms))[0] is atom  # type: ignore[union-attr]


def test_a_list_that_stands_in_a_list_twice_is_looked_into_once() -> None:
    with at_most(20_000):
        analysis = analysed(FIXED + "a0 = [1, 2]\n" + lines(17, "a@ = [a<, a<]") + "relu")
    assert not [d for d in analysis.diagnostics if d.severity == "error"]
