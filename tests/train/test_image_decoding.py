"""Image files → what the network takes: channels, transparency, depth, orientation, size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.train.data.images import resize
from tests.train.image_sets import colour, read, save

pillow = pytest.importorskip("PIL.Image")


def one(image: Any, text: str = "input 4x4x3\nflatten -> dense(2)", name: str = "a.png", **options: Any) -> Any:
    """What the network is given for an image."""
    save(f"set/a/{name}", image, **options)
    save("set/b/b.png", np.full((4, 4, 3), 9, np.uint8))
    x, _ = read(text, "set/", validation=0, test=0).train.take(slice(0, 1))
    return x[0]


GREY = "input 4x4x1\nflatten -> dense(2)"


def test_modes_become_the_channels_of_the_network() -> None:
    ramp = np.arange(0, 256, 16, np.uint8).reshape(4, 4)
    np.testing.assert_array_equal(one(ramp)[..., 1], ramp / np.float32(255))
    np.testing.assert_array_equal(one(ramp, GREY)[..., 0], ramp / np.float32(255))
    rgb = np.stack([ramp, ramp[::-1], ramp.T], -1)
    luma = (rgb @ [0.299, 0.587, 0.114])[..., None] / 255
    np.testing.assert_allclose(one(rgb, GREY), luma, atol=0.51 / 255)
    np.testing.assert_array_equal(one(pillow.fromarray(rgb).quantize(256)), rgb / np.float32(255))
    np.testing.assert_array_equal(one(pillow.fromarray(ramp > 100))[..., 0], ramp > 100)
    cmyk = one(pillow.fromarray(rgb).convert("CMYK"), name="a.jpg", quality=100)
    np.testing.assert_allclose(cmyk, rgb / 255, atol=0.25)


def test_transparency_is_laid_on_white() -> None:
    half = np.zeros((4, 4, 4), np.uint8)
    half[:2, :, 3] = 255  # opaque black above, transparent black below
    half[3, 3] = (0, 0, 0, 128)
    seen = one(half)
    assert (seen[:2].max(), seen[2].min()) == (0, 1)
    assert seen[3, 3, 0] == pytest.approx(1 - 128 / 255, abs=0.005)
    palette = pillow.fromarray(np.zeros((4, 4), np.uint8), "P")
    palette.putpalette([10, 20, 30])
    assert one(palette, transparency=0).min() == 1


def test_greys_of_16_bits_keep_their_depth() -> None:
    deep = np.linspace(0, 65535, 16).astype(np.uint16).reshape(4, 4)
    for text, channels in ((GREY, 1), ("input 4x4x3\nflatten -> dense(2)", 3)):
        np.testing.assert_allclose(one(deep, text), np.repeat(deep[..., None] / 65535, channels, 2), atol=1e-6)
    wide = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)
    np.testing.assert_allclose(one(wide, GREY), resize(wide[None, ..., None] / np.float32(65535), (4, 4))[0], atol=1e-5)


def test_an_image_is_turned_as_its_orientation_says() -> None:
    image = pillow.fromarray(colour(3, (4, 4)))
    exif = pillow.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees to the right
    np.testing.assert_array_equal(one(image, exif=exif), np.rot90(colour(3, (4, 4)), -1) / np.float32(255))


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.webp", "a.gif", "A.JPEG", "a.tif", "A.TIFF"])
def test_formats(name: str) -> None:
    image = np.full((4, 4, 3), (200, 40, 90), np.uint8)
    options = {"lossless": True} if name.endswith("webp") else {"quality": 100} if name.endswith("JPEG") else {}
    np.testing.assert_allclose(one(image, name=name, **options), image / 255, atol=0.02)


@pytest.mark.parametrize("size", [(31, 17), (4, 9), (3, 2), (100, 200)])
def test_images_are_resized_as_keras_does(size: tuple[int, int]) -> None:
    """Pillow's own rounding, after the rows and after the columns, is the only difference."""
    image = colour(7, size)
    np.testing.assert_allclose(one(image), resize(image[None] / np.float32(255), (4, 4))[0], atol=1.01 / 255)
    assert read("input 4x4x3\nflatten -> dense(2)", "set/").notes[0].endswith(" are resized to 4x4x3")
