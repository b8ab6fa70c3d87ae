"""Whether a network and data fit together, and what has to be done to the data first.

Needs shapes alone, no arrays and no Keras, so a network that cannot be trained on its data is refused in milliseconds.
Shapes are without the batch; a size that the network leaves open takes the data's.
"""

from __future__ import annotations

import math

from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.base.join_words import join_words
from cnnspec.base.record import Record
from cnnspec.layers.base import show_shape
from cnnspec.train.conflicts import find_word_span
from cnnspec.train.cut_sizes import check_crop, find_window
from cnnspec.train.ends import find_ends
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.section_words import METRICS, MIXING, MOVING, PAIRINGS, TRIPLETS, spell_term

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.graph import Graph
    from cnnspec.layers.argument import Term
    from cnnspec.layers.base import Shape
    from cnnspec.train.ends import End, Ends
    from cnnspec.train.settings import TrainSettings


class Fit(Record):
    """The way in which examples suit an input: the `shape` that it takes them in, whether they are resized to it, and whether
    their channels, which come first, are moved behind the rest."""

    shape: tuple[int, ...]
    resized: bool
    moved: bool = False


# The forms of targets, as `match_targets` gives them: "classes": class numbers; "one-hot": a vector for each class number;
# "column": numbers as vectors of one; "given": as they are.


class Targets(Record):
    """The targets as far as they are known: their shape, the number of classes when they are class numbers (else None),
    whether that number is exact or only the highest that was met, and the lowest that was met."""

    shape: tuple[int, ...]
    classes: int | None
    exact: bool = False
    highest: str = ""  # where the highest class number was met first: "example 3"
    lowest: int = 0


REGRESSION = {
    "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError",
    "Huber", "LogCosh", "Poisson",
}  # fmt: skip


def find_loss_name(settings: TrainSettings, targets: str, last: str) -> str:
    """Keras's name of the loss: that of the settings, else the one for these targets (`match_targets`) and the network's
    last function."""
    if settings.loss is not None:
        return settings.loss.name
    if targets in ("classes", "one-hot"):
        return "CategoricalCrossentropy" if targets == "one-hot" else "SparseCategoricalCrossentropy"
    return "BinaryCrossentropy" if targets == "column" or last == "sigmoid" else "MeanSquaredError"


def find_image_size(end: End) -> tuple[int | None, int | None, int]:
    """H, W (None: left open) and channels of the images that an input takes. Raises TrainingFailed if it takes none."""
    wanted = end.shape
    if len(wanted) != 3 or wanted[-1] not in (1, 3):
        message = f"{end.called} takes {show_shape(wanted)}, {end.data} holds images, grey (1 channel) or RGB (3)"
        raise TrainingFailed(message, "write input 64x64x3", span=end.span)
    height, width = [n if isinstance(n, int) else None for n in wanted[:2]]
    return height, width, 1 if wanted[-1] == 1 else 3


def find_image_sizes(names: Iterable[str], ends: Ends) -> dict[str, tuple[int | None, int | None, int]]:
    """The size of the images of each input that has some, by its name in the data, as `find_image_size`."""
    by_name = {end.name: end for end in ends.inputs}
    return {name: find_image_size(by_name.get(name, ends.inputs[0])) for name in names}


def check_plain_data(graph: Graph, settings: TrainSettings) -> None:
    """Raises TrainingFailed for what can be said before any file is read: where a data set that is known by name does not
    suit a network, or the network does not suit what is done to the data."""
    ends = find_ends(graph, settings)
    check_crop(graph, ends, settings)
    if settings.augment and len(ends.inputs) > 1:
        message = f"augment changes the images of one input, and the network takes {len(ends.inputs)}"
        raise TrainingFailed(message, "leave it out", span=settings.span("augment"))
    if settings.pairing:
        check_inputs(ends, settings)
    if settings.data in NAMED_DATA:
        fit = check_named_examples(ends, settings)
        classes = 2 if settings.pairing else NAMED_DATA[settings.data][1]
        for end in ends.trained if settings.pairing != TRIPLETS else ():
            match_output(end, settings, fit.shape, Targets((), classes, True))


def check_named_examples(ends: Ends, settings: TrainSettings) -> Fit:
    """The way in which the examples of a data set that is known by name suit a network. Raises TrainingFailed."""
    check_inputs(ends, settings)
    shape = NAMED_DATA[str(settings.data)][0]
    fits = [match_examples(end, find_window(end, shape, settings), images=True) for end in ends.inputs]
    return fits[0]


def check_inputs(ends: Ends, settings: TrainSettings) -> None:
    """Raises TrainingFailed for a network whose inputs are not as many as an example of data without names has parts."""
    count = len(ends.inputs)
    if count == PAIRINGS.get(settings.pairing, 1):
        return
    names = join_words([end.name for end in ends.inputs])
    if settings.pairing:
        wanted = PAIRINGS[settings.pairing]
        message = f"{settings.pairing} are for a network of {wanted} inputs, this one has {count}: {names}"
        help = f"give it {wanted} inputs, or leave out {settings.pairing}(…)"
        raise TrainingFailed(message, help, span=settings.span("data"))
    message = f"the network takes {count} inputs, {names}, and the data have one example each"
    first = ends.inputs[0].name
    help = f"give a .npz with arrays named {first}_train and so on, or a CSV with a column {first}"
    pairing = next((word for word, inputs in PAIRINGS.items() if inputs == count), "")
    raise TrainingFailed(message, help + (f", or data = {pairing}(…) for {pairing} of examples" if pairing else ""))


def match_output(end: End, settings: TrainSettings, shape: tuple[int, ...], targets: Targets) -> str:
    """The form that targets must have for an output, as `match_targets`; what is augmented suits them too. `shape` is that
    of an example."""
    own = settings.for_output(end.name, end.data)
    form = match_targets(end, own, targets)
    _check_metrics(end, own, form)
    if own.augment:
        _check_augmentation(own, shape, form, targets)
    return form


def match_examples(end: End, shape: tuple[int, ...], images: bool) -> Fit:
    """The shape in which an input takes examples of this shape, and whether they are resized to it. Raises TrainingFailed.

    `images` says that the examples are pictures of one known kind, which may be resized.
    """
    wanted = end.shape
    if shapes_agree(wanted, shape):
        return Fit(shape, False)
    if shapes_agree(wanted, (*shape, 1)):
        return Fit((*shape, 1), False)
    if len(shape) > 2 and shape[0] > 1 and shapes_agree(wanted, (*shape[1:], shape[0])):
        return Fit((*shape[1:], shape[0]), False, moved=True)
    sizes = tuple([w for w in wanted if isinstance(w, int)])
    if len(sizes) == len(wanted) and math.prod(sizes) == math.prod(shape):
        return Fit(sizes, False)
    if images and len(wanted) == len(shape) and wanted[-1] == shape[-1]:
        return Fit(tuple([w if isinstance(w, int) else n for w, n in zip(wanted, shape, strict=True)]), True)
    message = f"{end.called} takes {show_shape(wanted)}, an example of {end.data} is {show_shape(shape)}"
    raise TrainingFailed(message, f"write input {show_shape(shape)}, or choose other data", span=end.span)


def _check_metrics(end: End, settings: TrainSettings, form: str) -> None:
    """Raises TrainingFailed for a metric that takes targets in another form than the loss: Keras refuses it in the first
    batch, or counts something else without a word."""
    for metric in settings.metrics or ():
        word = spell_term(metric)
        by_number = word.startswith("sparse_")
        if form == "classes" and not by_number and not _takes_numbers(word, metric):
            message = f"{word} takes a share of every class, and {end.called} is trained on class numbers"
            help = "write loss = categorical_crossentropy, whose targets are shares"
            help = f"write sparse_{word}" if f"sparse_{word}" in METRICS else help
            help = f"write {word.removeprefix('one_hot_')}" if word.startswith("one_hot_") else help
        elif form == "one-hot" and by_number:
            message = f"{word} takes class numbers, and {end.called} is trained on a share of every class"
            help = f"write {word.removeprefix('sparse_')}"
        else:
            continue
        raise TrainingFailed(message, help, span=find_word_span(metric) or settings.span("metrics"))


def _takes_numbers(word: str, metric: Term) -> bool:
    return word == "accuracy" or word in ("iou", "mean_iou") and dict(metric.keywords).get("sparse_y_pred") is not True


def _check_augmentation(settings: TrainSettings, shape: tuple[int, ...], how: str, targets: Targets) -> None:
    """Raises TrainingFailed for what the layers of `augment` cannot change together with its target."""
    span = settings.span("augment")
    if len(shape) != 3:
        raise TrainingFailed(f"augment changes images, an example is {show_shape(shape)}", "leave it out", span=span)
    mixing = [spell_term(layer) for layer in settings.augment if layer.name in MIXING]
    moving = [spell_term(layer) for layer in settings.augment if layer.name in MOVING]
    if len(targets.shape) > 1 and mixing:
        message = f"{mixing[0]} mixes two images, and their targets of shape {show_shape(targets.shape)} have no share of both"
        raise TrainingFailed(message, "leave it out", span=span)
    if len(targets.shape) > 1 and moving:
        _check_moving(moving[0], settings, shape, how, targets)
    if mixing and how != "one-hot":
        message = f"{mixing[0]} mixes the classes of two examples, and this network does not tell classes apart"
        raise TrainingFailed(message, "end in an output for each class", span=span)


def _check_moving(word: str, settings: TrainSettings, shape: tuple[int, ...], how: str, targets: Targets) -> None:
    """Raises TrainingFailed for a layer that moves what is in an image, where the target cannot move alike: a class or a share at
    every place of the image can."""
    span, shown = settings.span("augment"), show_shape(targets.shape)
    single = how == "column" or how == "given" and targets.shape[-1] == 1
    quantities = settings.loss is not None and settings.loss.name in REGRESSION
    if how not in ("classes", "one-hot") and (quantities or not single):
        message = f"{word} would move what is in images and not in their targets of shape {shown}, which are no classes"
        raise TrainingFailed(message, "leave it out", span=span)
    elastic = next((layer for layer in settings.augment if layer.name == "RandomElasticTransform"), None)
    if elastic is not None:  # which draws anew for the mask (3.15)
        message = f"{spell_term(elastic)} of Keras moves a mask in another way than its image"
        raise TrainingFailed(message, "leave it out; random_shear and random_perspective move both alike", span=span)
    if targets.shape[:2] != shape[:2]:
        message = f"{word} moves what is in images of {show_shape(shape[:2])}, and their targets are {shown}"
        raise TrainingFailed(message, "leave it out, or end in a map of the image's size", span=span)


def match_targets(end: End, settings: TrainSettings, targets: Targets) -> str:
    """The form that the targets must have for an output, with the settings of that output. Raises TrainingFailed when none
    fits."""
    output, data, span = end.shape, end.data, end.span
    loss, soft = settings.loss, settings.soft
    classes, sparse = targets.classes, loss is not None and loss.name == "SparseCategoricalCrossentropy"
    if classes is None:
        if soft and loss is None:
            message = f"{data} has targets that are no class numbers, which label_smoothing and mixing need"
            raise TrainingFailed(
                message, "leave them out", span=settings.span("label_smoothing") or settings.span("augment")
            )
        if sparse:
            raise TrainingFailed(f"{data} has targets that are no class numbers, which {spell_term(loss)} needs",  # type: ignore[arg-type]
                                 "use mean_squared_error, or whole numbers from 0 as labels")  # fmt: skip
        if shapes_agree(output, targets.shape):
            return "given"
        if shapes_agree(output, (*targets.shape, 1)):
            return "column"
        message = f"{end.called} yields {show_shape(output)}, a target of {data} is {_show(targets.shape)}"
        raise TrainingFailed(message, "give the last layer as many outputs", span=span)
    units = output[-1]
    head = f"end with dense({classes}, softmax)"
    unit = "output" if end.called == "the network" else "unit"
    if not shapes_agree(output[:-1], targets.shape):
        what = "a class for each example" if not targets.shape else f"classes of shape {show_shape(targets.shape)}"
        message = f"{end.called} yields {show_shape(output)}, but {data} has {what}"
        raise TrainingFailed(message, f"flatten, or gap, then {head}" if not targets.shape else "", span=span)
    if units == 1 and (loss is None or not sparse) and targets.shape == ():
        if classes <= 2 or (loss is not None and loss.name in REGRESSION and not targets.exact):
            return "column"
    if isinstance(units, int) and (units < classes or (targets.exact and units != classes)):
        if targets.lowest and units >= classes - targets.lowest > 1:
            message = f"no label of {data} is 0: they run from {targets.lowest} to {classes - 1}"
            raise TrainingFailed(message, f"number the classes from 0: subtract {targets.lowest}", span=span)
        message = f"{data} has {classes} classes, {end.called} {units} {unit}{'' if units == 1 else 's'}"
        if targets.highest and units < classes:
            message += f": the label of {targets.highest} is {classes - 1}"
        help = head if not targets.shape else f"end with {classes} channels"
        if units == 1 and loss is None and not targets.exact and not targets.shape:
            help += f", or write {settings.spell_loss('mse')} for quantities"
        raise TrainingFailed(message, help, span=span)
    return "classes" if (loss is None or sparse) and not soft else "one-hot"


def shapes_agree(wanted: Shape, shape: tuple[int, ...]) -> bool:
    """Whether a shape is one that the network may yield; a size that it leaves open agrees with all."""
    return len(wanted) == len(shape) and all(
        not isinstance(w, int) or w == n for w, n in zip(wanted, shape, strict=True)
    )


def _show(shape: tuple[int, ...]) -> str:
    return show_shape(shape) if shape else "one number"
