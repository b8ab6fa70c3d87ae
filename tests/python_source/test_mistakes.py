"""Each mistake that is planted in a source is found, at its line: those that Keras refuses, and those of which it says nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.source import Source
from cnnspec.base.source_files import decode_source, read
from cnnspec.pipeline import analyse
from tests.python_source.comparing import find_source

MISTAKES = Path(__file__).parent / "mistakes"
EXPECTED = sorted(MISTAKES.glob("*.expected.json"))
# Of which no rule speaks, and why.
SILENT = {
    "branch_thrown_away": "no model holds the layer, and the rules ask about models: a tensor may be made to be looked at",
    "kernel_one_wide": "a kernel of 7 by 1 alone has its uses, in spectrograms and series",
    "layer_never_called": "no model holds the layer, and a class may have layers for whoever stands on it",
}


def list_places(found: Diagnostic) -> Iterator[tuple[str, int]]:
    """The files and lines that a finding names: its own, and those of what led there."""
    for span in (found.span, *[note.span for note in found.notes]):
        if span is not None and span.first is not None:
            last = span.last or span.first
            name = span.source.name.partition(":cell ")[0]
            yield from [(Path(name).name, line) for line in range(span.first[0], last[0] + 1)]


def list_expected_lines(expected: dict[str, Any]) -> list[tuple[str, int]]:
    """The lines at which a mistake may be shown."""
    frames = [(frame["file"], frame["line"]) for frame in expected.get("frames", [])]
    also = [(expected["file"], place) if isinstance(place, int) else (place["file"], place["line"]) for place in expected["also"]] if expected.get("also") else []  # fmt: skip
    return [(Path(file).name, line) for file, line in [(expected["file"], expected["line"]), *frames, *also]]


def list_cases() -> Iterator[Any]:
    for path in EXPECTED:
        name = path.name.partition(".")[0]
        marks = [pytest.mark.xfail(reason=SILENT[name], strict=True)] if name in SILENT else []
        yield pytest.param(path, id=name, marks=marks)


@pytest.mark.parametrize("path", list_cases())
def test_a_planted_mistake_is_found_at_its_line(path: Path) -> None:
    expected = json.loads(path.read_text(encoding="utf-8"))
    file = find_source(path)
    source = decode_source(file.read_bytes(), str(file))
    assert isinstance(source, Source)
    found = analyse(source, read=read).diagnostics
    raises = expected["kind"] == "raises"
    if raises:
        found = tuple([one for one in found if one.severity == ERROR])
    lines = list_expected_lines(expected)
    assert [str(one) for one in found if {*list_places(one)} & {*lines}], (expected, [str(one) for one in found])
