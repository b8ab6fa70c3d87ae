"""A network for 256 KiB of memory and 1 MiB of weights, as in MCUNet (Lin et al. 2020): solved, trained on digits made larger, and
written as int8, where LiteRT's own file says what it takes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import cnnspec
from cnnspec.cli import main
from tests.support import THOROUGH

SPEC = """\
block body(t, c, s) {
  conv(t * in.channels, 1x1, bias=false) -> bn(momentum=0.9) -> relu6
  depthwise_conv(3x3, s, padding=same, bias=false) -> bn(momentum=0.9) -> relu6
  conv(c, 1x1, bias=false) -> bn(momentum=0.9)
}
model Tiny(size=64 in 32..128:16, first=16 in 8..32:8, w=[16, 24, 32, 64, 96, 160] in 8..256:8, last=320 in 64..640:64) {
  input (size, size, 1)
  conv(first, 3x3, stride=2, padding=same, bias=false) -> bn(momentum=0.9) -> relu6
  for c, s in [(w[0], 1), (w[1], 2), (w[2], 2), (w[3], 2), (w[4], 1), (w[5], 2)] {
    body(4, c, s)
    add(in, body(4, c, 1))
  }
  conv(last, 1x1, bias=false) -> bn(momentum=0.9) -> relu6
  gap -> dense(10, softmax)
}
train {
  data = digits
  resize = stretch
  epochs = 4
  batch = 32
  optimizer = adam(0.001)
}
"""
BUDGET = "peak_memory(dtype=int8) <= 256KiB, params_bytes(dtype=int8) <= 1MiB, lossless"
OBJECTIVE = ["--maximize", "widths + 4 * log2(size)"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("tiny.cnn").write_text(SPEC)
    return tmp_path


def test_the_widest_that_fits_is_found_and_written(folder: Path) -> None:
    found = cnnspec.solve("tiny.cnn", maximize="widths + 4 * log2(size)", subject=BUDGET)
    assert found.gap is not None
    assert found.gap <= 0.01
    net = cnnspec.load(found.text)
    assert net.params <= 2**20
    assert cnnspec.load("tiny.cnn", **found.parameters).params == net.params
    text = found.text.replace("  gap ->", "  expect peak_memory(dtype=int8) <= 256KiB\n  expect lossless\n  gap ->")
    Path("best.cnn").write_text(text)
    assert main(["check", "best.cnn"]) == 0
    smaller = text.replace("256KiB", "255KiB")
    Path("smaller.cnn").write_text(smaller)
    assert main(["check", "smaller.cnn"]) == 1


@pytest.mark.skipif(not THOROUGH, reason="trains for minutes; HYPOTHESIS_PROFILE=thorough runs it")
def test_it_learns_digits_and_fits_as_int8(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", "tiny.cnn", *OBJECTIVE, "--subject", BUDGET, "-o", "best.cnn"]) == 0
    assert main(["check", "best.cnn"]) == 0
    assert main(["train", "best.cnn", "-q"]) == 0
    capsys.readouterr()
    assert main(["evaluate", "runs/best-1", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["compiled"]["accuracy"] > 0.9
    assert main(["export", "runs/best-1", "-o", "best.tflite", "--quantize", "int8"]) == 0
    said = capsys.readouterr().err
    memory = re.search(r"its tensors, weights apart, need ([\d.]+) KiB at once", said)
    assert memory is not None, said
    assert float(memory[1]) <= 256
