"""Budgets of costs: what `expect` says of them."""

from __future__ import annotations

import pytest

import cnnspec


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("lossless", "not lossless: maxpool1 leaves 1 of 7 along the height and 1 of 7 along the width unread"),
        ("params < 1KiB", "params is no number of bytes, the limit is"),
        ("macs < 2*1MB", "macs is no number of bytes, the limit is"),
        ("params", "a budget compares params with a bound: params <= …"),
        ("lossless > 2", "lossless is compared with nothing: write expect lossless"),
        ("params_bytes(dtype=int8) < 50", "params_bytes is 76 bytes, not < 50 bytes"),
        ("training_memory(optimizer=sgd(momentum=1)) < 1KiB", "training_memory is "),
        ("training_memory(dtype=int8) < 1KiB", "int8 has no gradients"),
        ("params_bytes(dtype=int8) < 77, training_memory(batch=4, optimizer=sgd) < 1MiB", None),
        ("inference_memory < 10KiB, peak_memory(batch=2) < 10000", None),
    ],
)
def test_budgets(limit: str, said: str | None) -> None:
    net = cnnspec.load(f"input 9x9x2\nconv(4, 3x3) -> maxpool(2x2)\nexpect {limit}")
    found = [d.message for d in net.diagnostics if d.severity == "error"]
    assert (not found) if said is None else (len(found) == 1 and found[0].startswith(said)), found


def test_a_lossless_network_keeps_its_promise() -> None:
    assert not cnnspec.load("input 10x10x2\nconv(4, 3x3) -> maxpool(2x2)\nexpect lossless").diagnostics
