"""What a file for another runtime says of itself, written and read: names, classes, ranges, and what its outputs mean.

All is text under a name, as ONNX has it (`metadata_props`); behind a LiteRT file it is `cnnspec.json`. Of a model with several
inputs or outputs, names of the latter stand before it: `left_input_range`, `digit_classes`.
"""

from __future__ import annotations

import os
import re
from math import prod
from typing import TYPE_CHECKING, Any

from cnnspec.compile.runtimes.litert_model import read_names
from cnnspec.compile.runtimes.model import RuntimeRefused
from cnnspec.compile.runtimes.opened import ENDINGS, open_runtime_model
from cnnspec.facts.graph_queries import name_outputs
from cnnspec.facts.precision import in_bytes
from cnnspec.layers.argument import Term, Unfit
from cnnspec.layers.base import show_shape
from cnnspec.tables import escape
from cnnspec.train.data.examples import MaskMeaning, find_free_memory
from cnnspec.train.data.framing import CROP, PAD, STRETCH, WAYS, WINDOW
from cnnspec.train.data.given_names import read_columns
from cnnspec.train.data.ranges import find_pixel_range, may_be_image, show_range
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.evaluation.saved import Saved, make_ends
from cnnspec.train.evaluation.trained import Trained, TrainedInput, TrainedOutput
from cnnspec.train.runs.schema import MASKS, Wrong, parse_json
from cnnspec.train.section_words import LOSSES
from cnnspec.train.settings import TrainSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnspec.compile.runtimes.model import RuntimeModel

LAYOUT = "channels last"
TARGETS = ("classes", "one-hot", "column", "given")
ACTIVATIONS = ("softmax", "sigmoid")


def is_exported(path: str) -> bool:
    """Whether a name is that of a file for another runtime."""
    return path.lower().endswith(tuple(ENDINGS)) and not os.path.isdir(path)


# ---- writing -----------------------------------------------------------------------------------------------
def describe(trained: Trained) -> dict[str, str]:
    """What is written of a model."""
    inputs, outputs = [given.name for given in trained.inputs], name_outputs(trained.saved.graph)
    said = {"inputs": escape.json(inputs, None), "outputs": escape.json(outputs, None), "layout": LAYOUT}
    said |= {"resize": trained.settings.resize} if trained.settings.resize else {}
    said |= {"columns": escape.json(dict(trained.settings.columns), None)} if trained.settings.columns else {}
    said |= {"crop": show_shape(trained.settings.crop)} if trained.settings.crop else {}
    for given in trained.inputs:
        said |= _prefix(given.name, inputs, _describe_input(given, trained.settings.way))
    for output in trained.outputs:
        said |= _prefix(output.name, outputs, _describe_output(output))
    return said


def _prefix(name: str, names: Sequence[str], said: Mapping[str, str]) -> dict[str, str]:
    return {f"{name}_{key}" if len(names) > 1 else key: value for key, value in said.items()}


RESIZED = {
    STRETCH: "resized to {} (height x width; bilinear, antialiased, the aspect not kept)",
    PAD: "resized into {} (height x width; bilinear, antialiased, the aspect kept) with black beside it",
    CROP: "resized over {} (height x width; bilinear, antialiased, the aspect kept) and cut to its middle",
    WINDOW: "at its own scale, in windows of {} (height x width) with black beside what is smaller",
}


def _describe_input(given: TrainedInput, resize: str) -> dict[str, str]:
    said = {}
    if given.values is not None:
        low, high = find_pixel_range(*given.values) or given.values
        said["input_range"] = f"{low:g},{high:g}"
        if len(given.takes) == 3 and may_be_image(given.shape or (0, 0, given.takes[2] or 0)):
            size = "x".join(["any" if n is None else str(n) for n in given.takes[:2]])
            color = "grey" if given.takes[2] == 1 else "RGB"
            said["preprocessing"] = (
                f"{color}, {RESIZED[resize].format(size)}, black and white {show_range((low, high))}"
            )
    return said


def _describe_output(output: TrainedOutput) -> dict[str, str]:
    said = {"activation": output.last if output.last in ACTIVATIONS else "linear"}
    if output.names is not None:
        said["classes"] = escape.json(list(output.names), None)
    if output.targets is not None:
        said["targets"] = output.targets
    if output.masks is not None:
        said["masks"] = escape.json({"values": list(output.masks.values), "stride": list(output.masks.stride)}, None)
    if output.loss is not None:
        said["loss"] = output.loss.name
        given = dict(output.loss.keywords)
        if given.get("from_logits"):
            said["from_logits"] = "true"
        if given.get("ignore_class") is not None:
            said["ignore_class"] = str(given["ignore_class"])
    return said


# ---- reading -----------------------------------------------------------------------------------------------
def open_exported(path: str) -> Trained:
    """The model of an .onnx or .tflite file, and what the file says of it: as of a .keras file, without data. Raises
    TrainingFailed and MissingExtra."""
    try:
        model = open_runtime_model(path)
    except RuntimeRefused as refused:
        raise TrainingFailed(str(refused), "", 2) from None
    _check_room(model, path)
    said = model.metadata
    sides = []
    for key, ends in (("inputs", model.inputs), ("outputs", model.outputs)):
        named = read_names(said.get(key))
        sides.append(named if named and len(named) == len(ends) else [end.name for end in ends])
    names, results = sides
    inputs = [_read_input(name, end.shape, _take(name, names, said)) for name, end in zip(names, model.inputs, strict=True)]  # fmt: skip
    outputs = [
        _read_output(name, number, end.shape, last, _take(name, results, said))
        for number, (name, end, last) in enumerate(zip(results, model.outputs, model.activations, strict=True))
    ]
    graph = make_ends(path, [(one.name, one.takes) for one in inputs], [(one.name, one.yields) for one in outputs])
    saved = Saved(path, model, graph, (None,) * len(outputs), model.runtime)
    trained = [one for one in outputs if one.targets is not None or one.loss is not None] or outputs
    losses = tuple([(one.name, one.loss) for one in trained if one.loss is not None])
    several = tuple(results) if len(results) > 1 else ()
    settings = TrainSettings(
        outputs=several, losses=losses, metrics=(), resize=said["resize"] if said.get("resize") in WAYS else None,
        columns=_read_columns(said.get("columns")), crop=_read_crop(said.get("crop", ""), inputs),
    )  # fmt: skip
    return Trained(saved, settings, tuple(inputs), tuple(trained))


def _read_columns(text: str | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What the columns of a table were called in the training; nothing where it is not known."""
    import json

    try:
        return read_columns(json.loads(text or "null"))
    except (ValueError, RecursionError, Unfit):
        return ()


def _read_crop(said: str, inputs: Sequence[TrainedInput]) -> tuple[int, int] | None:
    """The size of windows, where all inputs of images take it."""
    if re.fullmatch("[0-9]{1,4}x[0-9]{1,4}", said) is None:
        return None
    height, width = map(int, said.split("x"))
    taken = [given.takes[:2] for given in inputs if len(given.takes) == 3]
    fits = taken and all(n in (None, side) for size in taken for n, side in zip(size, (height, width), strict=True))
    return (height, width) if fits and height and width else None


def _check_room(model: RuntimeModel, path: str) -> None:
    """Raises TrainingFailed for a file one batch of which has no room in memory, whatever it is made for."""
    room = find_free_memory()
    for end in (*model.inputs, *model.outputs):
        size = 4 * (model.batch or 1) * prod([n or 1 for n in end.shape])
        if room is not None and size > room:
            message = f"{path} has {end.name} of {in_bytes(size)} at least, and {in_bytes(room)} of memory are free"
            raise TrainingFailed(message, "", 2)


def _take(name: str, names: Sequence[str], said: Mapping[str, str]) -> dict[str, str]:
    """What is said of an end, without its name."""
    start = f"{name}_" if len(names) > 1 else ""
    return {key.removeprefix(start): value for key, value in said.items() if key.startswith(start)}


def _read_input(name: str, shape: tuple[int | None, ...], said: Mapping[str, str]) -> TrainedInput:
    try:
        low, high = map(float, said["input_range"].split(","))
    except (KeyError, ValueError):
        return TrainedInput(name, shape)
    known = abs(low) < 1e30 > abs(high) and low < high
    return TrainedInput(name, shape, values=(low, high)) if known else TrainedInput(name, shape)


def _read_output(
    name: str, number: int, shape: tuple[int | None, ...], last: str, said: Mapping[str, str]
) -> TrainedOutput:
    classes, targets = read_names(said.get("classes")), said.get("targets")
    loss: Any = None
    if said.get("loss") in {name for name, _ in LOSSES.values()}:
        given: list[tuple[str, Any]] = [("from_logits", said.get("from_logits") == "true")]
        if re.fullmatch("[0-9]{1,9}", said.get("ignore_class", "")):
            given.append(("ignore_class", int(said["ignore_class"])))
        loss = Term(said["loss"], (), tuple(given), "losses")
    activation = said.get("activation")
    return TrainedOutput(
        name, number, shape, activation if activation in (*ACTIVATIONS, "linear") else last, loss,
        targets if targets in TARGETS else None, tuple(classes) if classes else None, _read_masks(said.get("masks", "")),
    )  # fmt: skip


def _read_masks(said: str) -> MaskMeaning | None:
    """What masks mean to an output; None where that is not said well."""
    try:
        told = parse_json(said.encode())
        MASKS(told, "masks")
    except Wrong:
        return None
    return MaskMeaning(tuple(told["values"]), (told["stride"][0], told["stride"][1]))
