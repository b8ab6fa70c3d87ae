"""Other data than those of the training, made like them: classes by the model's numbers, images in its range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.train.data.ranges import SHARES, Stretched, find_pixel_range, may_be_image, show_range
from cnnspec.train.data.windows import Windows
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.train.data.examples import Examples, Raw, RawPart
    from cnnspec.train.evaluation.trained import TrainedInput
    from cnnspec.train.progress import Lines


def renumber_classes(raw: Raw, key: str, names: Sequence[str] | None, data: str) -> Raw:
    """The same data, with the classes of an output (`key` in the data) numbered as in these names. (A folder numbers its own
    classes from 0.)"""
    import numpy as np

    own = raw.names.get(key)
    if not names or not own or tuple(own) == tuple(names):
        return raw
    unknown = [name for name in own if name not in names]
    if unknown:
        known = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
        raise TrainingFailed(f'{data} has the class "{unknown[0]}", which the model does not know', f"it knows {known}", 2)  # fmt: skip
    numbers = np.array([list(names).index(name) for name in own])

    def renumber(part: RawPart) -> RawPart:
        labels = part.outputs[key]
        if labels.ndim == 1:
            return part.replace(outputs={**part.outputs, key: numbers[labels]})
        columns = np.zeros((len(labels), len(names)), labels.dtype)
        columns[:, numbers] = labels
        return part.replace(outputs={**part.outputs, key: columns})

    return raw.change_parts(renumber).replace(names={**raw.names, key: tuple(names)})


def bring_to_range(raw: Raw, inputs: Sequence[TrainedInput], data: str, shown: Lines) -> Raw:
    """The same data in the range of the training: images from 0 to 1 are brought there, for others a warning is shown."""
    for key in raw.train.inputs:
        given = next((one for one in inputs if one.name == key), inputs[0])
        raw = _bring_input(raw, key, given.values, f"{key} of {data}" if key else data, shown)
    return raw


def _bring_input(raw: Raw, key: str, trained: tuple[float, float] | None, data: str, shown: Lines) -> Raw:
    if trained is None or not may_be_image(raw.train.inputs[key].shape):
        return raw
    values = raw.values.get(key, SHARES)
    have, wanted = find_pixel_range(*values), find_pixel_range(*trained)
    if have == wanted:
        return raw
    if have != SHARES or wanted is None:
        there, here = (f"from {low:g} to {high:g}" for low, high in (trained, values))
        shown.warn(f"the values of {data} run {here}, and the model was trained on values {there}")
        return raw
    shown.note(f"the images of {data} are brought to {show_range(wanted)}, as in the training")
    return raw.change_parts(lambda part: part.replace(inputs={**part.inputs, key: _stretch(part.inputs[key], wanted)}))


def _stretch(examples: Examples, wanted: tuple[float, float]) -> Examples:
    if isinstance(examples, Windows):
        return Windows(examples.source, examples.size, wanted)
    return Stretched(examples, wanted)
