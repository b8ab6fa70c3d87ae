"""Names of thousands of letters, in every picture: none makes it wider than a page, or runs off it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cnnspec.api import loads
from cnnspec.cost import drawing as cost
from cnnspec.cost import find_cost
from cnnspec.cost.question import make_question
from cnnspec.draw.forms import draw_network
from cnnspec.draw.outline.outline import ALL
from cnnspec.draw.question import VOLUMES, DrawQuestion
from cnnspec.network import AnalysedNetwork
from cnnspec.pictures.drawing import Drawing, Text
from cnnspec.pictures.raster import flatten
from cnnspec.pictures.text_width import measure_text
from cnnspec.rf import drawing as rf
from cnnspec.rf import effective_drawing, find_effective_field, find_picture
from cnnspec.sizes import drawing as sizes
from cnnspec.sizes import find_input_sizes

LONG = "n" * 1_000
FEW = f"model m{LONG} {{ input i{LONG} 20x20x1\nconv(4, 3x3) as a{LONG} -> conv(4, 3x3) as b{LONG}\n }}\n"
TEXTS = {
    "few": FEW,
    "many": FEW.replace("-> conv", "-> conv(4, 1x1) -> relu " * 30 + "-> conv"),
    "one axis": FEW.replace("20x20x1", "20x1").replace("3x3", "3"),
    "two inputs": FEW.replace("20x20x1\n", f"20x20x1\ninput j{LONG} 20x20x1\nconcat(i{LONG}, j{LONG})\n"),
}
PICTURES: dict[str, Callable[[AnalysedNetwork], Drawing]] = {
    "flow": lambda network: draw_network(network, DrawQuestion(depth=ALL, shown=("name",))),
    "volumes": lambda network: draw_network(network, DrawQuestion(VOLUMES, shown=("name",))),
    "rf": lambda network: rf.make_drawing(find_picture(network)),
    "effective": lambda network: effective_drawing.make_drawing(network, find_effective_field(network, f"b{LONG}")),
    "sizes": lambda network: sizes.make_drawing(network, find_input_sizes(network)),  # type: ignore[arg-type]
    "cost": lambda network: cost.make_drawing(
        network, find_cost(network, make_question(network, 1, "float32", None, None, None, None))
    ),
}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("picture", PICTURES)
def test_long_names_stay_on_the_page(text: str, picture: str) -> None:
    drawing = PICTURES[picture](loads(TEXTS[text]).analysed)
    assert drawing.width < (3_000 if (picture, text) == ("volumes", "many") else 1_100)
    for shape in flatten(drawing.shapes):
        if isinstance(shape, Text) and not shape.turn:
            width = measure_text(shape.words, shape.size, shape.bold)
            left = shape.x - width * {"start": 0.0, "middle": 0.5, "end": 1.0}[shape.anchor]
            assert left >= 0 and left + width <= drawing.width + 1, shape.words
