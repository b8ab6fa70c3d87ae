"""A command as a test runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.cli import main

GOOD = "input 8x8x1\nconv(4, 3x3, activation=relu) -> gap -> dense(3, softmax)\n"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Exit status, stdout, stderr of a command."""
    status = main([str(a) for a in arguments])
    shown = capsys.readouterr()
    assert "Traceback" not in shown.out + shown.err
    return status, shown.out, shown.err
