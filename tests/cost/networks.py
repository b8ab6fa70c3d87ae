"""The networks that the tests of costs share, and how they are asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.cli import main
from cnnspec.cost.flop_conventions import CONVENTIONS

EXAMPLES = Path(__file__).parents[2] / "examples"
MIXED = """model Mixed {
input 16x16x8
conv(16, 3x3, padding=1) -> bn(scale=false) -> silu -> avgpool(2x2)
add(in, depthwise_conv(3x3, padding=same) -> gelu, conv(16, 3x3, padding=same, groups=4)) -> group_norm(4)
average(in, separable_conv(16, 3x3, padding=same, activation=relu)) -> layer_norm
conv_transpose(8, 2x2, stride=2) -> prelu -> dropout(0.1)
multiply(in, gap(keepdims=true) -> conv(8, 1x1, activation=sigmoid)) -> maxpool(3x3, stride=2, padding=1)
flatten -> dense(10, softmax)
}"""


def network(name: str) -> Any:
    return cnnspec.load(str(EXAMPLES / f"{name}.cnn")) if "\n" not in name else cnnspec.load(name)


def facts(name: str) -> Any:
    return network(name).analysed.facts


def counted(tool: str, name: str) -> Any:
    return CONVENTIONS[tool].count([work for operations in facts(name).operations for work in operations])


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main([str(a) for a in arguments])
    shown = capsys.readouterr()
    return status, shown.out, shown.err
