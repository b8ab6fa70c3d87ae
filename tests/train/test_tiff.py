"""TIFF: its first page, 8 and 16 bits, grey and RGB, as what was put into it; what is lost is said."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest

from cnnspec.train.data.image_traits import COLOUR, DEEP, GREY, PAGES
from cnnspec.train.data.pictures import Broken, decode_image
from tests.train.image_sets import read, save

pillow = pytest.importorskip("PIL.Image")

RANDOM = np.random.default_rng(0)
BYTES = RANDOM.integers(0, 256, (6, 5), np.uint8)
DEEP_GREYS = RANDOM.integers(0, 2**16, (6, 5)).astype(np.uint16)
COLOURS = RANDOM.integers(0, 256, (6, 5, 3), np.uint8)


def encode(pixels: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    pillow.fromarray(pixels).save(file, "TIFF", **options)
    return file.getvalue()


def decode(content: bytes, channels: int = 1) -> Any:
    return decode_image(content, (None, None, channels))[0]


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_values_are_those_that_were_put_in(compression: str | None) -> None:
    options = {"compression": compression} if compression else {}
    np.testing.assert_array_equal(decode(encode(BYTES, **options))[..., 0], BYTES)
    np.testing.assert_array_equal(decode(encode(COLOURS, **options), 3), COLOURS)
    for channels in (1, 3):
        greys = decode(encode(DEEP_GREYS, **options), channels)
        np.testing.assert_allclose(greys, np.repeat(DEEP_GREYS[..., None] / 65535, channels, 2), atol=1e-6)


@pytest.mark.parametrize("pixels", [BYTES, DEEP_GREYS])
def test_white_may_be_0(pixels: Any) -> None:
    content, tag = encode(pixels), struct.Struct("<HHIHH")
    inverted = content.replace(tag.pack(262, 3, 1, 1, 0), tag.pack(262, 3, 1, 0, 0))
    assert inverted != content
    most = np.iinfo(pixels.dtype).max
    expected = (most - pixels) / (1 if most == 255 else most)
    np.testing.assert_allclose(decode(inverted)[..., 0], expected, atol=1e-6)


def test_white_is_that_of_12_bits() -> None:
    """Two values in three bytes, as microscopes write them."""
    values = RANDOM.integers(0, 2**12, (6, 4)).astype(np.uint16)
    high, low = values[:, ::2], values[:, 1::2]
    packed = np.stack([high >> 4, (high & 15) << 4 | low >> 8, low & 255], -1).astype(np.uint8).tobytes()
    content, bits = encode(values), struct.Struct("<HHIHH")
    content = content.replace(values.tobytes(), packed.ljust(values.nbytes, b"\0"))
    content = content.replace(bits.pack(258, 3, 1, 16, 0), bits.pack(258, 3, 1, 12, 0))
    np.testing.assert_allclose(decode(content)[..., 0], values / 4095, atol=1e-6)


def test_it_is_turned_as_its_orientation_says() -> None:
    exif = pillow.Exif()
    exif[0x0112] = 6
    np.testing.assert_array_equal(decode(encode(COLOURS, exif=exif), 3), np.rot90(COLOURS, -1))


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_numbers_without_black_and_white_are_refused(kind: Any) -> None:
    with pytest.raises(Broken) as broken:
        decode(encode(BYTES.astype(kind)))
    assert str(broken.value) == "it holds signed numbers, or of 32 bits, whose black and white are not known"


@pytest.mark.filterwarnings("ignore")  # Pillow's own
def test_what_is_damaged_is_a_sentence() -> None:
    whole = encode(COLOURS, compression="tiff_lzw")
    for content in (whole[:100], whole[:20], whole[:8] + b"\xff" * 60):
        with pytest.raises(Broken):
            decode(content, 3)


def test_what_is_lost_is_said() -> None:
    """Once for all images that it is true of."""
    pages = [pillow.fromarray(COLOURS), pillow.fromarray(255 - COLOURS)]
    save("set/a/one.tif", pages[0], save_all=True, append_images=pages[1:])
    save("set/a/two.tif", COLOURS)
    save("set/b/three.png", BYTES)
    save("set/b/four.png", pillow.fromarray(BYTES).convert("P"))
    net = "input 6x5x{}\nflatten -> dense(2)"
    data = read(net.format(3), "set/", validation=0, test=0)
    assert data.notes == (
        "1 image of set/ has several pages, of which the first is read",
        "2 images of set/ are grey, and are read as RGB",
    )
    first = data.train.take(slice(0, 1))[0][0]
    np.testing.assert_array_equal(first, COLOURS / np.float32(255))
    assert read(net.format(1), "set/", validation=0, test=0).notes[1] == (
        "2 images of set/ are in colour, and are read as grey"
    )


def test_colours_of_16_bits_are_read_to_8() -> None:
    values = RANDOM.integers(0, 2**16, (6, 5, 3)).astype(">u2")

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head, rows = struct.pack(">IIBBBBB", 5, 6, 16, 2, 0, 0, 0), b"".join([b"\0" + row.tobytes() for row in values])
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    image, _, traits = decode_image(png, (None, None, 3))
    np.testing.assert_array_equal(image, values >> 8)
    assert traits == {COLOUR, DEEP}
    assert decode_image(encode(DEEP_GREYS), (None, None, 1))[2] == {GREY}
    assert PAGES not in decode_image(encode(COLOURS), (None, None, 3))[2]
