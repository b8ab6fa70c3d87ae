"""What keras.utils and keras.preprocessing make of arrays, folders and lists of files."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.python_source.arrays.array_methods import keep_shape
from cnnspec.python_source.arrays.array_value import ArrayValue, DatasetValue, Labels, answer
from cnnspec.python_source.arrays.reading import (
    find_labels,
    get_array,
    is_int,
    read_dtype,
    read_int,
    read_shape,
    to_array,
)
from cnnspec.python_source.values import Method, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.arrays.shapes import Sizes
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

CHANNELS = {"rgb": 3, "grayscale": 1, "rgba": 4}


# ---- labels and texts --------------------------------------------------------------------------------------
def to_categorical(call: Call) -> ArrayValue:
    """A vector for each class number: as many as num_classes, else as the highest number needs."""
    array, given = get_array(call, 0, "y", "x"), call.find(1, "num_classes")
    labels = find_labels(array)
    count = None if given is None else read_int(given)
    if given is None and labels is not None and labels.complete:
        count = labels.classes
    elif given is None and array.values and all(map(is_int, array.values)):
        count = max(array.values) + 1
    made = None
    if labels is not None and labels.classes == count:
        made = labels.replace(one_hot=True)
    elif count is not None and array.values is not None:
        made = Labels(count, False, True)
    shape = array.shape
    if shape is not None and len(shape) > 1 and shape[-1] in (1, None):
        shape = shape[:-1] if shape[-1] == 1 else None
    return ArrayValue(None if shape is None else (*shape, count), "", None, array.data if made else "", made, array.why)  # fmt: skip


def pad_sequences(call: Call) -> ArrayValue:
    """keras.utils.pad_sequences(sequences, maxlen, dtype="int32")"""
    given = call.find(0, "sequences")
    array = to_array(given)
    count = len(given) if isinstance(given, (tuple, list)) else array.shape[0] if array.shape else None
    length = call.find(1, "maxlen")
    if array.shape is not None and len(array.shape) > 2:
        return ArrayValue(None)
    size = None if length is None else read_int(length)
    return ArrayValue((count, size), read_dtype(call.find(2, "dtype"), "int32"), data=array.data, why=array.why)


# ---- folders of images -------------------------------------------------------------------------------------
class _Targets(Record):
    """What comes beside images: arrays of a batch's targets; `none` where nothing does."""

    value: Any = None
    none: bool = False


def _find_targets(mode: Any, classes: Any, batch: int | None, call: Call) -> _Targets:
    """The targets of a label_mode or class_mode; `classes`: their names, where they are given."""
    count = len(classes) if isinstance(classes, (tuple, list)) else None
    if mode is None:
        return _Targets(none=True)
    if mode in ("int", "sparse"):
        return _Targets(ArrayValue((batch,), "", labels=count and Labels(count) or None))
    if mode == "categorical":
        return _Targets(ArrayValue((batch, count), "float32", labels=count and Labels(count, one_hot=True) or None))
    return _Targets(call.make_unknown("what the labels are is not known"))


def _find_images(call: Call, batch: int | None, size: Any, color: Any) -> ArrayValue:
    sizes: Sizes | None = read_shape(size)
    if sizes is None or len(sizes) != 2:
        sizes = (None, None)
    return ArrayValue((batch, *sizes, CHANNELS.get(color) if isinstance(color, str) else None), "float32")


def read_folder(call: Call) -> Any:
    """keras.utils.image_dataset_from_directory"""
    batch = call.find(5, "batch_size", default=32)
    size, color = call.find(6, "image_size", default=(256, 256)), call.find(4, "color_mode", default="rgb")
    labels, names = call.find(1, "labels", default="inferred"), call.find(3, "class_names")
    mode = call.find(2, "label_mode", default="int")
    images = _find_images(call, None, size, color)
    if mode == "binary":
        targets = _Targets(ArrayValue((None, 1), "float32"))
    else:
        targets = _find_targets(None if labels is None else mode, names, None, call)
    if batch is None:
        images = images.make_like((images.shape or (None,))[1:])
        targets = _Targets(targets.value.make_like(targets.value.shape[1:], labels=targets.value.labels), targets.none) if isinstance(targets.value, ArrayValue) and targets.value.shape else targets  # fmt: skip
    elif isinstance(batch, Unknown):
        return DatasetValue(batch)
    element = images if targets.none else (images, targets.value)
    made = DatasetValue(element, None, (batch, call.site) if is_int(batch) else None)
    made.attributes = {"class_names": list(names) if isinstance(names, (tuple, list)) else call.make_unknown("which classes a folder has is not known")}  # fmt: skip
    return (made, made) if call.find(None, "subset") == "both" else made


# ---- ImageDataGenerator ------------------------------------------------------------------------------------
class ImageGeneratorValue(Value):
    """An ImageDataGenerator, which makes batches of images."""

    __slots__ = ()

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name in GENERATOR_METHODS:
            return Method(name, lambda call: answer(GENERATOR_METHODS[name], call))
        return super().get_attribute(name, machine, node)

    def describe(self) -> str:
        return "an ImageDataGenerator"


def make_image_generator(call: Call) -> Value:
    return ImageGeneratorValue()


def flow(call: Call) -> DatasetValue:
    """generator.flow(x, y, batch_size=32): batches of the same arrays; the last may be smaller."""
    array, given = get_array(call, 0, "x"), call.find(1, "y")
    size = call.find(2, "batch_size", default=32)
    images = array.make_like(array.shape and (None, *array.shape[1:]), dtype="float32", data=array.data)
    attributes: dict[str, Any] = {"batch_size": size}
    if array.shape and array.shape[0] is not None:
        attributes |= {"n": array.shape[0], "samples": array.shape[0]}
    batch = (size, call.site) if is_int(size) else None
    if given is None:
        return DatasetValue(images, None, batch, attributes)
    target = to_array(given)
    labels = target.labels and target.labels.replace(complete=False)
    targets = target.make_like(target.shape and (None, *target.shape[1:]), data=target.data, labels=labels)
    return DatasetValue((images, targets), None, batch, attributes)


def make_flow(
    size_at: int, color_at: int, classes_at: int, mode_at: int, batch_at: int
) -> Callable[[Call], DatasetValue]:
    """generator.flow_from_directory and flow_from_dataframe, which have their arguments at these positions."""

    def make(call: Call) -> DatasetValue:
        size, color = (
            call.find(size_at, "target_size", default=(256, 256)),
            call.find(color_at, "color_mode", default="rgb"),
        )
        mode, names = call.find(mode_at, "class_mode", default="categorical"), call.find(classes_at, "classes")
        batch = call.find(batch_at, "batch_size", default=32)
        images = _find_images(call, None, size, color)
        if mode == "binary":
            targets = _Targets(ArrayValue((None,), "float32"))
        elif mode == "input":
            targets = _Targets(images)
        else:
            targets = _find_targets(mode, names, None, call)
        attributes = {"batch_size": batch}
        if images.shape is not None and None not in images.shape[1:]:
            attributes |= {"image_shape": images.shape[1:], "target_size": images.shape[1:3]}
        if isinstance(names, (tuple, list)):
            attributes |= {"num_classes": len(names), "class_indices": {name: i for i, name in enumerate(names)}}
        found = images if targets.none else (images, targets.value)
        return DatasetValue(found, None, (batch, call.site) if is_int(batch) else None, attributes)

    return make


GENERATOR_METHODS: dict[str, Callable[[Call], Any]] = {
    "flow": flow, "flow_from_directory": make_flow(1, 2, 3, 4, 5), "flow_from_dataframe": make_flow(5, 6, 7, 8, 9),
    "fit": lambda call: None, "standardize": keep_shape, "random_transform": keep_shape,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[[Call], Any]] = {
    **dict.fromkeys(("keras.utils.to_categorical", "keras.utils.np_utils.to_categorical"), to_categorical),
    "keras.utils.normalize": keep_shape, "keras.utils.image_dataset_from_directory": read_folder,
    "keras.preprocessing.image_dataset_from_directory": read_folder,
    **dict.fromkeys(("keras.utils.pad_sequences", "keras.preprocessing.sequence.pad_sequences"), pad_sequences),
    **dict.fromkeys(("keras.preprocessing.image.ImageDataGenerator", "keras.legacy.preprocessing.image.ImageDataGenerator"), make_image_generator),
}  # fmt: skip
