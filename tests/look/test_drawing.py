"""What is drawn and said of sizes out of the ordinary."""

from __future__ import annotations

import numpy as np
import pytest

from cnnspec.look.image_look import Explained
from cnnspec.look.occlusion import Occlusion
from cnnspec.look.wording import describe_drop

pytest.importorskip("PIL.Image")


@pytest.mark.parametrize(("side", "wide"), [(256, 3), (1200, 10)])
def test_a_frame_is_wide_enough_for_a_large_image_and_hides_nothing_of_the_box(side: int, wide: int) -> None:
    from cnnspec.look.tiles import MARK, draw_frame

    pixels = np.random.default_rng(0).integers(0, 200, (side // 2, side, 3), np.uint8)
    made = draw_frame(pixels, 10, 12, 20, 25)
    assert made.shape == (side // 2 + 2 * wide, side + 2 * wide, 3)
    assert (made == MARK).all(axis=2).sum() == (3 + 2 * wide) * (6 + 2 * wide) - 3 * 6
    np.testing.assert_array_equal(made[10 + wide : 13 + wide, 20 + wide : 26 + wide], pixels[10:13, 20:26])


def test_of_a_long_title_the_end_is_drawn() -> None:
    from PIL import ImageFont

    from cnnspec.look.sheet import fit_title

    font = ImageFont.load_default(18)
    assert fit_title("a.png: 3, 99 %", font, 400) == "a.png: 3, 99 %"
    fit = fit_title("folder/" * 40 + "a.png: 3, 99 %", font, 400)
    assert fit.startswith("…") and fit.endswith("/a.png: 3, 99 %") and 380 < font.getlength(fit) <= 400


@pytest.mark.parametrize(
    ("side", "least", "said"),
    [(1, 0.5, "cat falls from 90 % to 50 % where row 3, column 4 is covered"),
     (2, 0.5, "cat falls from 90 % to 50 % where rows 3 to 4, columns 4 to 5 are covered"),
     (1, 0.9, "cat does not fall from 90 %, whichever pixel is covered"),
     (2, 0.9, "cat does not fall from 90 %, whichever 2x2 pixels are covered")],
)  # fmt: skip
def test_a_drop_is_told_in_a_sentence(side: int, least: float, said: str) -> None:
    found = Occlusion(side, 1, np.zeros((9, 9)), ((3, 2 + side), (4, 3 + side)), 0.9, least)
    assert describe_drop(Explained("cat", 0.9, "probability", None, found)) == said
