"""Predicted masks as files: a PNG an image, of the image's own size, whose values are class numbers and whose palette has a
color for each; and the image with these colors laid over it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnnspec.base.join_words import list_some
from cnnspec.base.record import Record
from cnnspec.train.data.masks import View
from cnnspec.train.data.pictures import import_pillow, read_image
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np

    from cnnspec.train.evaluation.head import Head
    from cnnspec.train.evaluation.question import OutputQuestion
    from cnnspec.train.evaluation.trained import Trained

    Array = np.ndarray[Any, Any]

UNSEEN = 255  # a place of the image that the network has no answer for
SHARE = 0.5  # of the color in an overlay


def choose_maps(outputs: Iterable[OutputQuestion]) -> list[OutputQuestion]:
    """The outputs that choose one of at most 255 classes at every place."""
    return [o for o in outputs if o.unit == "share" and o.head.kind in ("classes", "binary") and len(o.names) <= UNSEEN]


def choose_classes(outputs: Array, head: Head) -> Array:
    """The class that a map (…, H, W, units) says at every place, as whole numbers of as few bytes as hold all: the likeliest,
    or whether the one value is above the threshold."""
    import numpy as np

    if head.kind == "binary":
        return (outputs[..., 0] > head.threshold).astype(np.uint8)
    return np.asarray(outputs.argmax(axis=-1), np.min_scalar_type(outputs.shape[-1] - 1))


def make_palette() -> Array:
    """A color for each class (256, 3) uint8, those of Pascal VOC: bits 0, 3 and 6 of a class's number are the highest of red, the
    next ones of green and blue, and so on."""
    import numpy as np

    numbers, colors = np.arange(256), np.zeros((256, 3), np.uint8)
    for bit in range(3):
        for channel in range(3):
            colors[:, channel] |= ((numbers >> (3 * bit + channel) & 1) << (7 - bit)).astype(np.uint8)
    return colors


def color_over(image: Array, classes: Array) -> Array:
    """An image (H, W, 3), bytes or floats from 0 to 1, as bytes with the colors of classes (H, W) laid over it; class 0 and what
    is unseen are left as they are."""
    import numpy as np

    palette, over = make_palette(), np.empty(image.shape, np.uint8)
    for top in range(0, len(image), 256):  # floats of a large image as a whole would take much memory
        rows, chosen = image[top : top + 256], classes[top : top + 256]
        rows = rows if rows.dtype == np.uint8 else np.rint(rows * 255).astype(np.uint8)
        mixed = np.rint(rows * (1 - SHARE) + palette[chosen] * SHARE).astype(np.uint8)
        over[top : top + 256] = np.where(((chosen > 0) & (chosen != UNSEEN))[..., None], mixed, rows)
    return over


class MaskFiles(Record):
    """Where the masks of some outputs go: a folder, and a name in it without its ending for each image's path; `overlay`: the
    images with the masks over them, too."""

    folder: str
    names: dict[str, str]
    trained: Trained
    outputs: tuple[OutputQuestion, ...]
    overlay: bool

    def write(self, paths: Sequence[str], images: Array, made: Sequence[Array]) -> None:
        """Write the masks of a batch, given as the model takes it. OSError where a file cannot be written."""
        for output in self.outputs:
            maps = choose_classes(made[output.number], output.head)
            view = self._find_view(output, images.shape[1:3], maps.shape[1:3])
            for path, classes in zip(paths, maps, strict=True):
                pixels = read_image(path, (None, None, 3)).image
                if pixels is not None:  # it may be gone meanwhile
                    self._write_mask(path, output, pixels, view.spread(classes, pixels.shape[:2], UNSEEN))

    def write_whole(self, path: str, maps: Mapping[str, Array]) -> None:
        """Write the masks of an image, given the classes (H, W) at all its places by output. OSError where a file cannot be written."""
        pixels = read_image(path, (None, None, 3)).image
        for output in self.outputs:
            if pixels is not None and pixels.shape[:2] == maps[output.name].shape:
                self._write_mask(path, output, pixels, maps[output.name])

    def _write_mask(self, path: str, output: OutputQuestion, pixels: Array, classes: Array) -> None:
        pillow, _ = import_pillow()
        file = os.path.join(self.folder, self.names[path] + find_tail(output, self.outputs))
        os.makedirs(os.path.dirname(file), exist_ok=True)
        mask = pillow.fromarray(classes)
        mask.putpalette(make_palette().tobytes())
        mask.save(f"{file}.png")
        if self.overlay:
            pillow.fromarray(color_over(pixels, classes)).save(f"{file}-overlay.png")

    def _find_view(self, output: OutputQuestion, image: tuple[int, ...], size: tuple[int, ...]) -> View:
        """Where the output's places lie in an image, as in the training; without one its map is as large as the image."""
        meant = next((one.masks for one in self.trained.outputs if one.name == output.name), None)
        stride = (image[0] / size[0], image[1] / size[1]) if meant is None else meant.stride
        return View((image[0], image[1]), (size[0], size[1]), stride, self.trained.settings.way)


def make_mask_files(
    folder: str, paths: Sequence[str], trained: Trained, outputs: Iterable[OutputQuestion], overlay: bool
) -> MaskFiles:
    """The files for the masks of images. Raises TrainingFailed for a folder with something in it, and for a model without maps."""
    maps = choose_maps(outputs)
    if not maps:
        message = (
            f"{trained.saved.path} chooses no class at every place of an image, so that there are no masks to write"
        )
        raise TrainingFailed(message, "leave -o out", 2)
    check_folder(folder)
    above = os.path.commonpath([os.path.dirname(os.path.abspath(path)) for path in paths])
    whole = {path: os.path.relpath(os.path.abspath(path), above) for path in paths}
    tails = [find_tail(output, maps) + kind for output in maps for kind in (".png", "-overlay.png")[: 1 + overlay]]
    names = choose_names({*whole.values()}, tails)
    return MaskFiles(folder, {path: names[name] for path, name in whole.items()}, trained, tuple(maps), overlay)


def find_tail(output: OutputQuestion, outputs: Sequence[OutputQuestion]) -> str:
    """What stands behind an image's name in that of its mask, where it has several."""
    return f"-{output.name}" if len(outputs) > 1 else ""


def choose_names(images: set[str], tails: Sequence[str]) -> dict[str, str]:
    """The name of each image in those of its files, which end in the tails: without its ending, unless two images would have one
    file: 1.jpg and 1.png become 1.jpg.png and 1.png.png."""
    whole: set[str] = set()
    while True:
        names = {image: image if image in whole else os.path.splitext(image)[0] for image in images}
        owners: dict[str, list[str]] = {}
        for image, name in names.items():
            for tail in tails:
                owners.setdefault(name + tail, []).append(image)
        fresh = {image for own in owners.values() if len(own) > 1 for image in own} - whole
        if not fresh:
            return names
        whole |= fresh


def check_folder(folder: str) -> None:
    """Raises TrainingFailed for a folder that is not new or empty."""
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise TrainingFailed(f"{folder} is a file", "give the name of a folder", 2)
    held = os.listdir(folder) if os.path.isdir(folder) else []
    if held:
        raise TrainingFailed(f"{folder} holds {list_some(sorted(held))}", "give a folder that is new or empty", 2)
