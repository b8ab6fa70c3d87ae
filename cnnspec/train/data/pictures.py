"""Image files → examples: found broken or sound in one pass, then decoded when a batch asks for them.

Pillow decodes; PNG, JPEG, BMP, GIF (its first frame), WebP and TIFF (its first page) alone, because for some other formats Pillow starts other
programs. An image is turned as its EXIF orientation says, laid on white where it is transparent, brought to the channels
that the network takes (grey by ITU-R 601: 0.299 R + 0.587 G + 0.114 B) and resized as `images.resize` does, to 8 bits a
channel; 16-bit greys keep their depth. What memory has room for is kept, the rest is decoded each time: to the same values.
"""

from __future__ import annotations

import os
import stat
import time
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.keras_model import MissingExtra
from cnnspec.train.data.examples import Examples, find_room, scale
from cnnspec.train.data.files import SUFFIXES, is_image
from cnnspec.train.data.framing import STRETCH, frame_image
from cnnspec.train.data.image_traits import find_traits, read_deep
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import ThreadPoolExecutor

    import numpy as np

    Array = np.ndarray[Any, Any]
    Size = tuple[int | None, int | None, int]  # H, W (None: the image's own) and channels, 1 or 3

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
MOST_PIXELS = 100_000_000  # of one image: a small file may decode to any number
MOST_BYTES = 2**28


class Broken(Exception):
    """A file that holds no image which can be decoded; says why."""


class Seen(Record):
    """A file that was looked at: the SHA-256 of its bytes and its image (H, W, C), unless that was dropped; or why it has none."""

    digest: bytes = b""
    image: Array | None = None
    shape: tuple[int, ...] = ()
    original: tuple[int, int] = (0, 0)  # H, W before it was resized
    traits: frozenset[str] = frozenset()  # as `image_traits` has them
    why: str = ""


def list_images(given: Iterable[str]) -> Iterator[str]:
    """The images: files as they are given, and those in folders and below, hidden ones left out. Raises TrainingFailed."""
    for path in given:
        if not os.path.isdir(path):
            yield path
            continue
        found = False
        for folder, folders, names in os.walk(path):
            folders[:] = sorted([f for f in folders if not f.startswith(".")])
            for name in sorted(names):
                if is_image(name):
                    found = True
                    yield os.path.join(folder, name)
        if not found:
            raise TrainingFailed(f"there is no image in {path}: {', '.join(s[1:] for s in SUFFIXES)} are read", "", 2)


def import_pillow() -> Any:
    """Pillow's Image and ImageOps. Raises MissingExtra."""
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise MissingExtra(f"{error.name or 'PIL'} is not installed; images are read with Pillow", "keras") from error
    return Image, ImageOps


# ---- one image ---------------------------------------------------------------------------------------------
def decode_image(content: bytes, size: Size, way: str = STRETCH) -> tuple[Array, tuple[int, int], frozenset[str]]:
    """The image in a file's bytes, (H, W, C) uint8, or float32 from 0 to 1 for greys of 16 bits, brought to its size in one of
    the ways of `framing`; its own H, W; and its traits.

    Raises Broken.
    """
    import numpy as np

    pillow, operations = import_pillow()
    with open_image(content) as opened:
        traits = find_traits(opened)
        image = operations.exif_transpose(opened)
        deep = image.mode.startswith(("I", "F"))
        image = pillow.fromarray(read_deep(image, opened)) if deep else _to_8_bits(image, size[2], pillow)
        original = (image.height, image.width)
        wanted = (size[0] or image.height, size[1] or image.width)
        values: Array = np.asarray(frame_image(image, wanted, way, pillow))
    values = values if values.ndim == 3 else values[..., None]
    return (np.repeat(values, size[2], axis=2) if deep else values), original, traits


@contextmanager
def open_image(content: bytes) -> Iterator[Any]:
    """Pillow's image of a file's bytes; what fails while it is decoded is raised as Broken."""
    from io import BytesIO

    pillow, _ = import_pillow()
    if not content:
        raise Broken("it is empty")
    try:
        with pillow.open(BytesIO(content), formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise Broken(f"{width}x{height} are more than {MOST_PIXELS:,} pixels")
            yield opened
    except Broken:
        raise
    except MemoryError:
        raise Broken("it does not fit in memory") from None
    except pillow.UnidentifiedImageError:
        raise Broken("it is no PNG, JPEG, BMP, GIF, WebP or TIFF") from None
    except pillow.DecompressionBombError:
        raise Broken(f"it has more than {MOST_PIXELS:,} pixels") from None
    except Exception as error:  # Pillow's decoders each have their own: OSError, SyntaxError, struct.error, …
        raise Broken(" ".join(str(error).split())[:100] or type(error).__name__) from None


def _to_8_bits(image: Any, channels: int, pillow: Any) -> Any:
    """An 8-bit image as grey or RGB, on white where it is transparent."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = pillow.alpha_composite(pillow.new("RGBA", image.size, "white"), image)
    return image.convert("L" if channels == 1 else "RGB")


def read_image(path: str, size: Size, way: str = STRETCH) -> Seen:
    """Read one file to its end; its image comes to its size in one of the ways of `framing`."""
    from hashlib import sha256

    try:
        content = read_content(path)
        image, original, traits = decode_image(content, size, way)
    except Broken as broken:
        return Seen(why=str(broken))
    return Seen(sha256(content).digest(), image, image.shape, original, traits)


def read_content(path: str) -> bytes:
    """The bytes of a file. Raises Broken for what is none, or too large."""
    try:
        info = os.stat(path)
        if not stat.S_ISREG(info.st_mode):
            raise Broken("it is no file")
        if info.st_size > MOST_BYTES:
            raise Broken(f"it is larger than {MOST_BYTES:,} bytes")
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Broken((error.strerror or type(error).__name__).lower()) from None
    except ValueError:  # a path with a null character
        raise Broken("no file has such a name") from None


# ---- many images -------------------------------------------------------------------------------------------
class Pictures(Examples):
    """Images in sound files, one at least, all brought to one `size`, or where it says none as they are (`originals` are their own
    H, W); those in `kept` need not be read again."""

    def __init__(self, paths: Sequence[str], seen: Sequence[Seen], size: Size, way: str) -> None:
        self.paths, self.shape, self.size, self.way = paths, seen[0].shape, size, way
        self.originals = [s.original for s in seen]
        self.kept, self.digests = [s.image for s in seen], [s.digest for s in seen]
        self.workers: ThreadPoolExecutor | None = None

    def __len__(self) -> int:
        return len(self.paths)

    def take(self, places: Array) -> Array:
        import numpy as np

        missing = [int(p) for p in places if self.kept[p] is None]
        fresh = dict(zip(missing, self.map(self._read_again, missing), strict=True))
        taken = np.empty((len(places), *self.shape), np.float32)
        for row, place in enumerate(places):
            kept = self.kept[place]
            taken[row] = scale(fresh[int(place)] if kept is None else kept)
        return taken

    def map(self, step: Callable[..., Array], places: Sequence[int], *more: Sequence[Any]) -> Iterator[Array]:
        """A step for each of the places, on threads where one of them must be read again."""
        if all(self.kept[place] is not None for place in places):
            return map(step, places, *more)
        self.workers = self.workers or make_pool()
        return self.workers.map(step, places, *more)

    def read(self, place: int) -> Array:
        """An image as it was decoded."""
        kept = self.kept[place]
        return self._read_again(place) if kept is None else kept

    def _read_again(self, place: int) -> Array:
        seen = read_image(self.paths[place], self.size, self.way)
        if seen.image is None or seen.digest != self.digests[place]:
            why = seen.why or "it is another file now"
            raise TrainingFailed(f"{self.paths[place]} changed during the training: {why}", "", 2)
        return seen.image

    def digest(self) -> bytes:
        from hashlib import sha256

        return sha256(b"".join(self.digests)).digest()

    def describe_work(self) -> str:
        dropped = sum([image is None for image in self.kept])
        if not dropped:
            return ""
        smaller = "" if self.size[0] is None else ", or a smaller input,"
        return (
            f"{dropped:,} of {len(self):,} images do not fit in memory and are decoded in every epoch "
            f"(an uncompressed .npz{smaller} would spare it)"
        )


def make_pool() -> ThreadPoolExecutor:
    """Threads that decode images, which Pillow does without the interpreter's lock."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(min(16, os.cpu_count() or 1), "images")


def scan_images(paths: Sequence[str], size: Size, way: str, note: Callable[[str], None]) -> Iterator[Seen]:
    """Every file, in order, as it was seen; images for which there is no room are dropped again."""
    spare = find_room()
    began = said = time.monotonic()
    with make_pool() as workers, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, on images that are large or carry odd metadata
        for start in range(0, len(paths), 64):
            for seen in workers.map(lambda path: read_image(path, size, way), paths[start : start + 64]):
                spare -= 0 if seen.image is None else seen.image.nbytes + 200
                yield seen if spare >= 0 else seen.replace(image=None)
            if (now := time.monotonic()) - said > 10:
                said = now
                done = min(start + 64, len(paths))
                note(f"{done:,} of {len(paths):,} images are read, {done / (now - began):.0f} a second")
