"""Models that share nothing are mended each by itself, and what is shown is the same as when the whole file is looked at."""

from __future__ import annotations

from typing import Any

import pytest

from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.lint.fix.offers import ALL, ANY, HELP, offer_repairs
from cnnspec.lint.fix.search_by_model import find_independent_models
from cnnspec.pipeline import Analysis, analyse

STRIDE = "input 32x32x3\nconv(8, 3x3, stride=2, activation=relu) -> gap -> dense(10)"
IDLE = "input 28x28x1\nmaxpool(1x1) -> conv(4, 3x3, activation=relu) -> gap -> dense(10)"
GROUPS = "input 28x28x3\nconv(8, 3x3, groups=2)"
MERGE = "input 9x9x4\nadd(conv(4, 3x3), conv(8, 3x3))"
KERNEL = "input 6x6x3\nconv(8, 7x7, activation=relu)"
DENSE = "input 8x8x3\nconv(4, 3x3, activation=relu) -> dense(10, softmax)"
CALLED = "block b(n) { conv(n, 3x3, stride=2, activation=relu) }\n"
SHARING = {
    "a block": CALLED + "model a {\ninput 32x32x3\nb(8)\n}\nmodel b1 {\ninput 34x34x3\nb(8)\n}",
    "a train section": f"model a {{\n{STRIDE}\n}}\nmodel b {{\n{IDLE}\n}}\ntrain {{ loss = mse }}",
    "a comment": f"model a {{\n{STRIDE} # cnnspec: ignore[W201]\n}}\nmodel b {{\n{IDLE}\n}}",
    "one model": f"model a {{\n{STRIDE}\n}}",
    "a file": STRIDE,
    "one name": f"model a {{\n{STRIDE}\n}}\nmodel a {{\n{IDLE}\n}}",
}


def analyse_model(name: str | None) -> Any:
    def again(source: Source, used: Any = read, watch: Any = None) -> Analysis:
        return analyse(source, model=name, read=used, watch=watch)

    return again


def write_models(*bodies: str) -> str:
    return "\n".join([f"model m{number} {{\n{body}\n}}" for number, body in enumerate(bodies)])


@pytest.mark.parametrize("shown", [ALL, ANY, HELP])
@pytest.mark.parametrize(
    "bodies", [(STRIDE, IDLE), (IDLE, STRIDE, DENSE), (GROUPS, MERGE, KERNEL), (KERNEL, DENSE, GROUPS, MERGE)]
)
def test_repairs_of_a_model_are_those_of_the_file(bodies: tuple[str, ...], shown: str) -> None:
    whole = analyse_model(None)
    analysis = whole(Source("/nowhere/net.cnn", write_models(*bodies)))
    assert {*find_independent_models(analysis)} == {*analysis.diagnostics}
    asked: list[str] = []

    def note(name: str) -> Any:
        asked.append(name)
        return analyse_model(name)

    alone = offer_repairs(analysis.diagnostics, analysis, whole, shown, note)
    assert alone == offer_repairs(analysis.diagnostics, analysis, whole, shown)
    assert any(found.help != old.help for found, old in zip(alone, analysis.diagnostics, strict=True))
    assert {*asked} == {f"m{number}" for number in range(len(bodies))}


@pytest.mark.parametrize("text", SHARING.values(), ids=SHARING)
def test_models_that_share_something_are_not_looked_at_apart(text: str) -> None:
    assert find_independent_models(analyse_model(None)(Source("/nowhere/net.cnn", text))) == {}
