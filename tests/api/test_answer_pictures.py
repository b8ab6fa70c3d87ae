"""Answers as pictures: what `draw` gives is what the command writes, and shows itself in a notebook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import cnnspec
from cnnspec.api.picture import Picture
from cnnspec.cli import main
from tests.example_files import EXAMPLES

FILE = EXAMPLES / "lenet5.cnn"
PICTURES: dict[str, Callable[[cnnspec.Network], Picture]] = {
    "rf FILE": lambda net: net.receptive_fields().draw(),
    "rf FILE conv1 conv2": lambda net: net.receptive_fields("conv1", "conv2", at=(4, 4)).draw(),
    "rf FILE conv2 --at 0,3": lambda net: net.receptive_field_of("conv2", at=(0, 3)).draw(),
    "rf FILE --effective conv2": lambda net: net.receptive_field_of("conv2").draw_effective(),
    "sizes FILE": lambda net: net.sizes().draw(),
    "sizes FILE --near 40": lambda net: net.sizes(40).draw(),
    "cost FILE --batch 8": lambda net: net.cost(8).draw(),
}


@pytest.mark.parametrize("line", PICTURES)
def test_an_answer_draws_what_its_command_writes(line: str, tmp_path: Path) -> None:
    picture, out = PICTURES[line](cnnspec.load(FILE)), tmp_path / "out.svg"
    assert main([*line.replace("FILE", str(FILE)).split(), "-o", str(out)]) == 0
    assert picture.to_svg() == picture._repr_svg_() == out.read_text()
    picture.save(tmp_path / "again.tex")
    assert "\\begin{tikzpicture}" in (tmp_path / "again.tex").read_text()


def test_what_cannot_be_drawn_is_a_value_error() -> None:
    net = cnnspec.load(FILE)
    with pytest.raises(ValueError, match="its field is the whole input"):
        net.receptive_field_of("dense1").draw()
    with pytest.raises(ValueError, match="where sizes are not known"):
        cnnspec.loads("input ?x?x1\nconv(2, 3x3)\n").receptive_field_of("conv1").draw_effective()
