"""Masks go where their images go, stretched, padded or cropped, and back again."""

from __future__ import annotations

import numpy as np
import pytest

from cnnspec.train.data.masks import View
from tests.train.image_sets import read, save

MAP = "input 16x16x3\nconv(4, 1x1, activation=softmax)\n"
SHOWN = np.array([[0, 0, 0], [80, 80, 80], [160, 160, 160], [240, 240, 240]], np.uint8)


def checks(place: int, height: int, width: int, side: int = 8) -> np.ndarray:
    """Squares of four classes (H, W), which no other place has."""
    rows, columns = np.mgrid[:height, :width] // side
    return ((rows + 2 * columns + place) % 4).astype(np.uint8)


@pytest.mark.parametrize("way", ["stretch", "pad", "crop"])
@pytest.mark.parametrize("size", [(64, 128), (128, 64), (64, 64)])
def test_a_mask_lies_on_its_image(way: str, size: tuple[int, int]) -> None:
    """Images show their masks, so that the one can be read from the other, but at edges."""
    for place in range(4):
        mask = checks(place, *size, 32)
        save(f"set/images/{place}.png", SHOWN[mask])
        save(f"set/masks/{place}.png", mask)
    data = read(f"{MAP}train {{ resize = {way} }}", "set/", validation=0, test=0)
    images, masks = data.train.take(slice(None))
    seen = np.rint(images[..., 0] * 255 / 80)
    flat = np.abs(images[..., 0] * 255 - 80 * seen) < 2
    assert flat.mean() > 0.2
    np.testing.assert_array_equal(masks.reshape(seen.shape)[flat], seen[flat])


def test_what_lies_around_a_padded_mask_is_ignored_where_the_loss_says_so() -> None:
    for place in range(4):
        mask = 1 + checks(place, 8, 16) % 3
        save(f"set/images/{place}.png", SHOWN[mask])
        save(f"set/masks/{place}.png", mask)
    loss = "sparse_categorical_crossentropy(ignore_class=255)"
    padded = read(f"{MAP}train {{ resize = pad; loss = {loss}; metrics = mean_iou }}", "set/", validation=0, test=0)
    _, masks = padded.train.take(slice(None))
    outside = masks.reshape(4, 16, 16) == 255
    assert outside[:, :4].all() and outside[:, 12:].all() and not outside[:, 4:12].any()


@pytest.mark.parametrize(("way", "size"), [("pad", (8, 20)), ("crop", (20, 8)), ("stretch", (8, 20))])
def test_a_map_goes_back_to_its_image(way: str, size: tuple[int, int]) -> None:
    """Where the network looks; in pixels of the image that it does not see there is no class."""
    mask = checks(1, *size)
    view = View((16, 16), (16, 16), (1.0, 1.0), way)
    back = view.spread(view.sample(mask), size, 255)
    seen = back != 255
    assert seen.all() == (way != "crop")
    assert (back[seen] == mask[seen]).mean() > 0.9
