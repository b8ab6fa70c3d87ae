"""The produced source reads as a person would have written it, formatted as ruff formats."""

from __future__ import annotations

from hypothesis import given

from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.compile.keras_source import to_source
from cnnspec.pipeline import analyse
from tests.compile.source_cases import programs
from tests.compile.source_harness import (
    EXPECTED,
    PROGRAMS,
    SPEC,
    SPECS,
    formatted,
    network,
)
from tests.support import cases


def test_it_reads_as_a_person_would_have_written_it() -> None:
    assert to_source(network(SPEC)) == EXPECTED


def test_it_is_formatted() -> None:
    texts = [to_source(network(text)) for text in PROGRAMS.values()]
    for path in SPECS:
        source = read(path)
        assert isinstance(source, Source)
        texts += [to_source(made) for made in analyse(source).networks if not made.broken]
    for text in texts:
        assert formatted(text) == text


@cases(0.2)
@given(programs())
def test_random_programs_are_formatted(text: str) -> None:
    (made,) = analyse(Source("net.cnn", text)).networks
    if not made.broken:
        text = to_source(made)
        assert formatted(text) == text
