"""Every verb on every layer's examples, as they stand, of sizes that are not known, and of maps of one position."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnspec.cli import main
from cnnspec.cli.messages import CLEAN, FINDINGS, USAGE
from tests.layer_examples import EXAMPLES
from tests.support import THOROUGH

VERBS = ["lost net.cnn", "compile net.cnn -o - --to torch"]  # which ask the most of a layer's formulas
if THOROUGH:
    VERBS += [
        "check net.cnn --select ALL",
        "summary net.cnn",
        "explain net.cnn",
        "explain net.cnn --format latex",
        "rf net.cnn",
    ]
    VERBS += ["cost net.cnn --format json", "sizes net.cnn", "compile net.cnn -o -", "diff net.cnn other.cnn"]
INPUT = re.compile(r"^(input (?:[a-z]\w* )?)([\dx]+)$", re.MULTILINE)
SPACES = {"as it stands": "", "unknown": "?", "one": "1"}


def resize(text: str, space: str) -> str:
    """A text whose inputs have another size along each spatial axis, "" for their own."""

    def write(found: re.Match[str]) -> str:
        *sizes, channels = found[2].split("x")
        return found[1] + "x".join([*[space or size for size in sizes], channels])

    return INPUT.sub(write, text)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)
def test_a_layer_is_answered(
    verb: str, space: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("other.cnn").write_text("input 8x8x3\nconv(4, 3x3)\n")
    for _, text in EXAMPLES:
        Path("net.cnn").write_text(resize(text, space))
        status = main(verb.split())
        said = capsys.readouterr()
        assert status in (CLEAN, FINDINGS, USAGE) and "internal error" not in said.err, (text, said.err)
