"""Files with errors: no command blames the input, or sizes, for what a mistake in the text keeps from being known."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.cli import main

MEND = "mend its errors first: of the input sizes that were tried, none takes them away"
BLAMES = ("no input size was found", "Sizes are unknown", "no layer with a receptive field")

# A mistake that no size of the input mends, each in a network of its own.
MISTAKES = {
    "a bracket": "conv(4, 3x3) -> conv(",
    "a layer's name": "conv(4, 3x3)\nmaxpol(2x2)",
    "an argument": "conv(4, 3x3, filers=8)",
    "groups": "conv(8, 3x3) -> conv(8, 3x3, groups=3)",
    "a sum": "add(conv(4, 3x3), conv(5, 3x3))",
    "a vector": "flatten\nconv(8, 3x3)",
    "twice": "conv(4, 3x3) as a\nrelu as a",
    "a block within itself": "block f() { f }\nf",
}


def said(text: str, arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    path = folder / "net.cnn"
    path.write_text(text)
    status = main([arguments[0], str(path), *arguments[1:]])
    shown = capsys.readouterr()
    return status, shown.out + shown.err


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize(
    "verb", ["sizes", "sizes --near 30", "sizes --format json", "lost", "draw", "rf", "rf --picture"]
)
def test_the_errors_are_to_be_mended_first(
    verb: str, mistake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, shown = said(f"input 28x28x4\n{mistake}\n", verb.split(), tmp_path, capsys)
    assert status == 1
    assert "error[" in shown
    assert not [words for words in BLAMES if words in shown]
    if verb.startswith("sizes"):
        assert MEND in shown


@pytest.mark.parametrize(
    ("text", "verb", "status", "words"),
    [
        ("input 28x28x1\nconv(8, 30x30)\n", "sizes", 1, "any from 30"),  # the input's own size is the error
        ("input 33x33x1\nadd(in, maxpool(2x2) -> upsample(2))\n", "sizes", 1, "multiples of 2"),
        ("input 28x28x1\nconv(8, 3x3)\n", "sizes", 0, "any from 3"),
        ("input ?x?x1\nconv(8, 3x3)\n", "lost", 0, "Sizes are unknown"),
        ("input 28\ndense(8)\n", "rf --picture", 2, "no layer with a receptive field"),
    ],
)
def test_what_sizes_do_decide_is_still_said(
    text: str, verb: str, status: int, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, shown = said(text, verb.split(), tmp_path, capsys)
    assert found == status
    assert words in shown
    assert "mend" not in shown
