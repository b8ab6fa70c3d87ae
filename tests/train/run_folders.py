"""Run folders for tests of what reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cnnspec.cli import main


def make_run(path: Path, text: str, capsys: Any = None, **overrides: Any) -> str:
    """Trains a spec in a new run folder. What the training printed first, where it can be read from `capsys`."""
    options = [word for key, value in overrides.items() for word in ("--" + key.replace("_", "-"), str(value))]
    if capsys is not None:
        capsys.readouterr()
    Path("net.cnn").write_text(text)
    assert main(["train", "net.cnn", "-q", "--run-dir", str(path), *options]) == 0
    return "" if capsys is None else capsys.readouterr().out.splitlines()[0]


def measured(line: str, data: str) -> str:
    """The line of a training's test, as a later measurement on the same data has it."""
    return f"{line.partition(', with the model of epoch')[0]} of {data})"
