"""Networks to compare, and what the command prints of them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.cli.commands import run

Capture = pytest.CaptureFixture[str]
TWO = """model Small(width=4, classes=10) {
  input 28x28x1
  conv(width, 3x3, activation=relu) -> conv(width, 3x3, activation=relu) -> gap -> dense(classes, softmax)
}
model Big(width=64) {
  input 28x28x1
  conv(width, 5x5, activation=relu) -> gap -> dense(10, softmax)
}
"""
NET = """model Net(width=8) { input 8x8x1 -> conv(width, 3x3) -> flatten -> dense(10, softmax) }
train { data = digits
  loss = sparse_categorical_crossentropy
  optimizer = sgd(momentum=0.9)
  batch = 64
}
"""
LOSSY = "input 28x28x1\nmaxpool(5x5)\nconv(3, 3x3) -> conv(3, 3x3, stride=2)\n"
VECTORS = "input 8\ndense(3)\n"
ANY_SIZE = "input HxWx3\nconv(4, 3x3, stride=2) -> gap -> dense(2)\n"
BROKEN = "input 8x8x1\nconv(4, 9x9)\n"
TEXTS = {
    "two": TWO, "net": NET, "lossy": LOSSY, "vectors": VECTORS, "any": ANY_SIZE, "broken": BROKEN,
    "blocks": "block f(n) { conv(n, 3x3) }\n", "sub/net": NET.replace("8x8x1", "8x8x3"),
}  # fmt: skip
SOURCE = """from keras import Input, Sequential, layers

def build(classes=3):
    return Sequential([Input((8, 8, 3)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(classes)])

model = build()
"""


def rows(capsys: Capture, *words: str) -> list[dict[str, str]]:
    """The rows that a command prints as CSV."""
    status, out, err = run(capsys, "compare", *words, "--format", "csv")
    assert (status, err) == (0, "")
    return [*csv.DictReader(io.StringIO(out))]


def names(capsys: Capture, *words: str) -> list[str]:
    return [row["network"] for row in rows(capsys, *words)]


def data(capsys: Capture, *words: str) -> Any:
    return json.loads(run(capsys, *words, "--format", "json")[1])
