"""A data set → the same with windows in the place of its images, and of the maps that are their targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.join_words import join_words
from cnnspec.layers.base import show_shape
from cnnspec.train.cut_sizes import find_window
from cnnspec.train.data.examples import Held
from cnnspec.train.data.windows import ArrayMapWindows, WholeArray, Windows, cut_rows
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import numpy as np

    from cnnspec.train.data.examples import Examples, Raw, RawPart
    from cnnspec.train.ends import Ends
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


def cut_windows(raw: Raw, ends: Ends, settings: TrainSettings) -> Raw:
    """The data set with the windows in the middle of its images; those of files are such already. Raises TrainingFailed for
    examples that are no images, and maps that are not of their size."""
    size = settings.crop
    if size is None:
        return raw
    cut = {}
    for end in ends.inputs:
        key = end.name if end.name in raw.train.inputs else ""
        examples = raw.train.inputs[key]
        if len(end.shape) == 3 and not isinstance(examples, Windows):
            find_window(end.with_own_data() if key else end, examples.shape, settings)
            cut[key] = examples
    maps = _find_maps(raw, cut, ends, settings) if cut else ()
    made = raw.change_parts(lambda part: _cut_part(part, cut, maps, size))
    return made.replace(notes=(*raw.notes, *_note_windows(made, size, settings)))


def _cut_part(part: RawPart, images: Collection[str], maps: Iterable[str], size: tuple[int, int]) -> RawPart:
    import numpy as np

    inputs = {
        name: Windows(WholeArray(x), size) if name in images and isinstance(x, Held) else x
        for name, x in part.inputs.items()
    }
    outputs, windows = dict(part.outputs), dict(part.windows)
    for name in maps:
        windows[name] = ArrayMapWindows(outputs[name], size)
        outputs[name] = cut_rows(outputs[name], size, np.arange(len(part)), None)
    return part.replace(inputs=inputs, outputs=outputs, windows=windows)


def _find_maps(raw: Raw, images: dict[str, Examples], ends: Ends, settings: TrainSettings) -> list[str]:
    """The outputs whose targets are maps of the images' size. Raises TrainingFailed for images or maps of several sizes."""
    sizes = {name: examples.shape[:2] for name, examples in images.items()}
    own = next(iter(sizes.values()))
    span = settings.span("crop")
    if len(set(sizes.values())) > 1:
        shown = join_words([f"{show_shape(size)} of {name}" for name, size in sizes.items()])
        message = f"crop cuts all images of an example at one place, and those of {settings.data} are {shown}"
        raise TrainingFailed(message, "bring them to one size", span=span)
    found = []
    for end in ends.trained:
        key = end.name if end.name in raw.train.outputs else ""
        y = raw.train.outputs[key]
        if y.ndim < 3 or key in raw.train.windows:
            continue
        if y.shape[1:3] != own:
            message = f"crop cuts windows out of images and their maps alike, and the targets of {settings.data} are {show_shape(y.shape[1:])} for images of {show_shape(own)}"
            raise TrainingFailed(message, "bring the maps to the size of the images", span=span)
        found.append(key)
    return list(dict.fromkeys(found))


def _note_windows(raw: Raw, size: tuple[int, int], settings: TrainSettings) -> list[str]:
    """What is cut out of which images, in a sentence. Raises TrainingFailed where those of an example differ in size."""
    import numpy as np

    by_input: dict[str, list[Array]] = {}
    for part in raw.parts.values():
        for name, examples in part.inputs.items():
            if isinstance(examples, Windows):
                by_input.setdefault(name, []).append(examples.sizes)
    if not by_input:
        return []
    first, *others = [np.concatenate(sizes) for sizes in by_input.values()]
    for sizes in others:
        if (sizes != first).any():
            at = int((sizes != first).any(axis=1).argmax())
            shown = " and ".join([show_shape(tuple(own[at].tolist())) for own in (first, sizes)])
            message = f"crop cuts all images of an example at one place, and those of an example of {settings.data} are {shown}"
            raise TrainingFailed(message, "bring them to one size", span=settings.span("crop"))
    smaller = (first < np.array(size)).any(axis=1)
    met = sorted({(int(h), int(w)) for h, w in first}, key=lambda one: (one[0] * one[1], one))
    span = show_shape(met[0]) + (f" to {show_shape(met[-1])}" if len(met) > 1 else "")
    window = show_shape(size)
    said = f"windows of {window} are cut out of the images of {settings.data}, {span}: in training others in each epoch, else those in the middle"
    if smaller.any():
        said += f"; {count_nouns(int(smaller.sum()), 'image')} {'is' if smaller.sum() == 1 else 'are'} smaller, with black around"
    return [said]
