"""Every rule's page: its bad example has exactly that finding, its good example none at all."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.lint import rules
from cnnspec.lint.index import NAMES
from cnnspec.pipeline import analyse
from tests.lint.rule_files import RULE_FILES


def example(rule: ModuleType, word: str) -> str:
    found = re.search(rf"^{word}:\n\n((?:    .*\n|\n)+)", (rule.__doc__ or "") + "\n", re.M)
    assert found, f"{rule.__name__} has no {word} example"
    return inspect.cleandoc(found[1]) + "\n"


@pytest.mark.parametrize("rule", RULE_FILES, ids=lambda r: r.__name__.rsplit(".", 1)[1])
def test_page(rule: ModuleType) -> None:
    first = (rule.__doc__ or "").split("\n")[0]
    assert first.startswith(f"{rule.CODE} {NAMES[rule.CODE]}: ")
    assert rule.__name__.endswith(NAMES[rule.CODE].replace("-", "_"))
    assert [d.code for d in findings(rule, example(rule, "Bad"))] == [rule.CODE]
    assert findings(rule, example(rule, "Good")) == ()


def findings(rule: ModuleType, spec: str) -> tuple[Diagnostic, ...]:
    """What all default rules find, and this one."""
    codes = rules.default_codes() | {rule.CODE}
    return analyse(Source("net.cnn", spec), codes=codes).diagnostics


def test_every_rule_has_its_own_code() -> None:
    codes = [rule.CODE for rule in RULE_FILES]
    assert len(set(codes)) == len(codes)
    files = {
        path.stem for path in Path(rules.__file__).parent.glob("*.py") if "CODE = " in path.read_text(encoding="utf-8")
    }
    assert files == {rule.__name__.rsplit(".", 1)[1] for rule in RULE_FILES}


def test_the_share_of_the_input_that_lecture_4_never_reads() -> None:
    spec = "input 28x28x1\nconv(4, 3x3) -> maxpool(2x2)\nconv(4, 3x3) -> maxpool(2x2)\nconv(4, 3x3)\n"
    (found,) = analyse(Source("net.cnn", spec)).diagnostics
    assert "of the 28x28 input, rows and columns 26, 27 never reach the output (13.8 % of it)" in found.message
    assert analyse(Source("net.cnn", spec.replace("28x28", "30x30"))).diagnostics == ()


def test_a_transposed_convolution_has_no_stride_to_fit() -> None:
    """What a crop cuts off behind one was computed for nothing, but no stride left it over."""
    spec = "input 7x7x3\nconv_transpose(4, 2x2, stride=2) -> crop(((0, 2), (0, 2)))\n"
    assert analyse(Source("net.cnn", spec)).diagnostics == ()
