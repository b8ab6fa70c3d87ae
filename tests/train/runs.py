"""Runs of small networks for tests, and their records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cnnspec.cli import main

SMALL = "input 8x8x1\nflatten -> dense(32, relu) -> dense(10, softmax)\n"


def trained(
    capsys: pytest.CaptureFixture[str], section: str, *options: str, net: str = SMALL, batch: int = 512
) -> tuple[int, str, str]:
    """A training by the command, of three batches an epoch; what it came to, and what was printed."""
    Path("net.cnn").write_text(net + f"train {{ data = digits; epochs = 2; batch = {batch}; {section} }}\n")
    status = main(["train", "net.cnn", *options])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return status, said.out, said.err


def account(path: str = "runs/net-1") -> Any:
    return json.loads(Path(path, "run.json").read_text())
