"""What keras.utils and keras.preprocessing make of arrays, folders and lists of files."""

from __future__ import annotations

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
from cnnspec.python_source.arrays.structures import drop_batch, map_arrays
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
    data = array.data if made else ""
    return ArrayValue(None if shape is None else (*shape, count), data=data, labels=made, why=array.why)


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
def _make_element(images: ArrayValue, mode: Any, names: Any, binary: Sizes, call: Call) -> Any:
    """A batch of images, and their targets of a label_mode or class_mode. `names`: those of the classes, where they are
    given; `binary`: the shape of targets of two classes."""
    count = len(names) if isinstance(names, (tuple, list)) else None
    if mode is None:
        return images
    if mode == "input":
        return images, images
    if mode == "binary":
        return images, ArrayValue(binary, "float32", labels=Labels(2))
    if mode in ("int", "sparse"):
        return images, ArrayValue((None,), labels=Labels(count) if count else None)
    if mode == "categorical":
        return images, ArrayValue((None, count), "float32", labels=Labels(count, one_hot=True) if count else None)
    return images, call.make_unknown("what the labels are is not known")


def _find_images(call: Call, size: Any, color: Any) -> ArrayValue:
    """A batch of images of this size, (height, width)."""
    sizes = read_shape(size)
    if sizes is None or len(sizes) != 2:
        sizes = (None, None)
    channels = CHANNELS.get(color) if isinstance(color, str) else None
    return ArrayValue((None, channels, *sizes) if call.machine.channels_first else (None, *sizes, channels), "float32")


def read_folder(call: Call) -> Any:
    """keras.utils.image_dataset_from_directory"""
    batch = call.find(5, "batch_size", default=32)
    size, color = call.find(6, "image_size", default=(256, 256)), call.find(4, "color_mode", default="rgb")
    labels, names = call.find(1, "labels", default="inferred"), call.find(3, "class_names")
    mode = None if labels is None else call.find(2, "label_mode", default="int")
    element = _make_element(_find_images(call, size, color), mode, names, (None, 1), call)
    if isinstance(batch, Unknown):
        element = batch
    elif batch is None:
        element = map_arrays(drop_batch, element)
    known = isinstance(names, (tuple, list))
    listed = list(names) if known else call.make_unknown("which classes a folder has is not known")
    asked = (batch, call.site) if is_int(batch) else None
    made = DatasetValue(element, None, asked, {"class_names": listed})
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
        images = _find_images(call, size, color)
        attributes = {"batch_size": batch}
        if images.shape is not None and None not in images.shape[1:]:
            attributes |= {"image_shape": images.shape[1:], "target_size": images.shape[1:3]}
        if isinstance(names, (tuple, list)):
            attributes |= {"num_classes": len(names), "class_indices": {name: i for i, name in enumerate(names)}}
        element = _make_element(images, mode, names, (None,), call)
        return DatasetValue(element, None, (batch, call.site) if is_int(batch) else None, attributes)

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
