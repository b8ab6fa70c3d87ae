"""The index of examples/lectures/ has every file, and every command in it prints what it is there for."""

from __future__ import annotations

import pytest

from tests.docs.blocks import LECTURES
from tests.docs.lectures import Slide, find_lines, read_lectures

SLIDES = [slide for slides in read_lectures().values() for slide in slides]


def test_every_file_has_a_slide() -> None:
    assert {slide.file for slide in SLIDES} == {path.name for path in LECTURES.parent.glob("*.cnn")}


def test_no_slide_stands_twice() -> None:
    assert len({slide.command for slide in SLIDES}) == len({slide.slide for slide in SLIDES}) == len(SLIDES)


@pytest.mark.parametrize("slide", SLIDES, ids=lambda slide: slide.slide)
def test_the_command_prints_what_the_slide_has(slide: Slide) -> None:
    line = find_lines()[slide]
    assert slide.shows in " ".join(line.split()) and any(character.isdigit() for character in line)
