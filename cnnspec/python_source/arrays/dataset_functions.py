"""tf.data: what makes data sets, and others of them."""

from __future__ import annotations

from cnnspec.python_source.arrays.array_value import ArrayValue, DatasetValue, make_number
from cnnspec.python_source.arrays.reading import is_int, read_dtype, read_flag, read_int, read_shape, to_array
from cnnspec.python_source.arrays.shapes import count_range
from cnnspec.python_source.arrays.structures import add_batch, drop_batch, list_arrays, map_arrays
from cnnspec.python_source.values import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.values import Call


# ---- new data sets -----------------------------------------------------------------------------------------
def slice_tensors(call: Call) -> DatasetValue:
    """tf.data.Dataset.from_tensor_slices((x, y)): one example each."""
    given = read_structure(call.find(0, "tensors"))
    sizes = [array.shape[0] for array in list_arrays(given) if array.shape]
    return DatasetValue(map_arrays(drop_batch, given), next((n for n in sizes if n is not None), None))


def read_structure(value: Any) -> Any:
    """Lists of numbers are arrays; tuples, and dicts of them, are structures."""
    if isinstance(value, tuple):
        return tuple(map(read_structure, value))
    if isinstance(value, dict):
        return {key: read_structure(part) for key, part in value.items()}
    return value if isinstance(value, ArrayValue) else to_array(value).make_view(to_array(value).shape, dtype="")


def take_tensors(call: Call) -> DatasetValue:
    """tf.data.Dataset.from_tensors(x): x as its only element."""
    return DatasetValue(read_structure(call.find(0, "tensors")), 1)


def take_generator(call: Call) -> DatasetValue:
    """tf.data.Dataset.from_generator(f, output_signature=…), or with output_types and output_shapes."""
    signature = call.find(None, "output_signature")
    if signature is not None:
        return DatasetValue(signature)
    types, given = call.find(1, "output_types"), call.find(2, "output_shapes")
    return DatasetValue(_read_shapes(types, given) if given is not None else call.make_unknown("no shape is given"))


def _read_shapes(types: Any, given: Any) -> Any:
    """Arrays in the structure that their dtypes have."""
    if isinstance(types, (tuple, list)):
        parts = list(given) if isinstance(given, (tuple, list)) and len(given) == len(types) else [None] * len(types)
        return tuple([_read_shapes(kind, part) for kind, part in zip(types, parts, strict=True)])
    return ArrayValue(None if given is None else read_shape(given), read_dtype(types))


def make_spec(call: Call) -> ArrayValue:
    """tf.TensorSpec(shape, dtype), which stands for the array that it describes."""
    shape = call.find(0, "shape")
    return ArrayValue(None if shape is None else read_shape(shape), read_dtype(call.find(1, "dtype"), "float32"))


def count_up(call: Call) -> DatasetValue:
    """tf.data.Dataset.range(stop), range(start, stop, step)"""
    length = None
    if 1 <= len(call.arguments) <= 3 and all(map(is_int, call.arguments)) and call.arguments[2:] != (0,):
        start, stop, step = (0, *call.arguments, 1) if len(call.arguments) == 1 else (*call.arguments, 1)[:3]
        length = count_range(start, stop, step)
    return DatasetValue(ArrayValue((), "int64"), length)


def list_files(call: Call) -> DatasetValue:
    return DatasetValue(ArrayValue((), "string"))


def zip_datasets(call: Call) -> Any:
    """tf.data.Dataset.zip((a, b)), zip(a, b)"""
    given = call.arguments[0] if len(call.arguments) == 1 else call.arguments or call.find(0, "datasets")
    if not isinstance(given, (tuple, list)) or not all([isinstance(part, DatasetValue) for part in given]):
        return call.make_unknown("which data sets are zipped is not known")
    lengths = [part.length for part in given]
    length = None if None in lengths else min([n for n in lengths if n is not None], default=None)
    return DatasetValue(tuple([part.element for part in given]), length, given[0].batch if given else None)


# ---- one data set out of another ---------------------------------------------------------------------------
def make_step(length: Callable[[int | None, Call], int | None] | None = None) -> Callable[[Call], Any]:
    """What leaves the elements as they are; `length`: how many there are then."""

    def step(call: Call) -> Any:
        dataset = call.arguments[0]
        count = dataset.length if length is None else length(dataset.length, call)
        return DatasetValue(dataset.element, count, dataset.batch)

    return step


def _take(length: int | None, call: Call) -> int | None:
    count = read_int(call.find(1, "count"))
    return None if length is None or count is None else length if count < 0 else min(length, count)


def _skip(length: int | None, call: Call) -> int | None:
    count = read_int(call.find(1, "count"))
    return None if length is None or count is None else 0 if count < 0 else max(0, length - count)


def _repeat(length: int | None, call: Call) -> int | None:
    count = call.find(1, "count", default=-1)
    return length * count if length is not None and is_int(count) and 0 <= count < 2**31 else None


def batch(call: Call) -> Any:
    """dataset.batch(32): the last batch may be smaller, unless drop_remainder."""
    dataset, size = call.arguments[0], read_int(call.find(1, "batch_size"))
    dropped = read_flag(call.find(2, "drop_remainder", default=False))
    length = None
    if dataset.length is not None and size and dropped is not None:
        length = dataset.length // size if dropped else -(-dataset.length // size)
    element = map_arrays(lambda array: add_batch(array, size if dropped else None), dataset.element)
    return DatasetValue(element, length, (size, call.site) if size else None)


def pad_batch(call: Call) -> Any:
    """dataset.padded_batch(32): sizes that differ are padded."""
    made = batch(call.replace(arguments=call.arguments[:2]))
    return DatasetValue(
        map_arrays(lambda array: array.make_like(array.shape and (None, *array.shape[1:])), made.element),
        None,
        made.batch,
    )


def unbatch(call: Call) -> Any:
    return DatasetValue(map_arrays(drop_batch, call.arguments[0].element))


def map_elements(call: Call) -> Any:
    """dataset.map(f): f of one element, which tells what each becomes."""
    dataset, function = call.arguments[0], call.find(1, "map_func")
    given = dataset.element if isinstance(dataset.element, tuple) else (dataset.element,)
    if isinstance(dataset.element, Unknown):
        return DatasetValue(dataset.element, dataset.length, dataset.batch)
    made = call.machine.call(function, given, {}, call.node)
    return DatasetValue(tuple(made) if isinstance(made, list) else made, dataset.length, dataset.batch)


def apply(call: Call) -> Any:
    return call.machine.call(call.find(1, "transformation_func"), call.arguments[:1], {}, call.node)


def get_element(call: Call) -> Any:
    """next(iterator), generator.next()"""
    return call.arguments[0].element


def measure(call: Call) -> Any:
    length = call.arguments[0].length
    return call.make_unknown("how many elements a data set has is not known") if length is None else length


def keep_some(call: Call) -> Any:
    """dataset.filter(f): which elements stay is not known, nor whether all classes do."""
    dataset = call.arguments[0]
    return DatasetValue(map_arrays(lambda array: array.make_like(array.shape), dataset.element), None, dataset.batch)


def concatenate(call: Call) -> Any:
    """dataset.concatenate(other): the elements of both, where they are alike."""
    dataset, other = call.arguments[0], call.find(1, "dataset")
    length = None
    if isinstance(other, DatasetValue) and dataset.length is not None and other.length is not None:
        length = dataset.length + other.length
    shapes = [
        [array.shape for array in list_arrays(made)]
        for made in (dataset.element, other.element if isinstance(other, DatasetValue) else None)
    ]
    if shapes[0] != shapes[1]:
        return DatasetValue(call.make_unknown("the data sets have different elements"), length)
    return DatasetValue(dataset.element, length, dataset.batch)


def count_elements(call: Call) -> DatasetValue:
    """enumerate(dataset)"""
    dataset = call.arguments[0]
    return DatasetValue(
        (make_number("which element of a data set it is"), dataset.element), dataset.length, dataset.batch
    )


def prefer(own: Callable[[Call], Any], other: Callable[[Call], Any]) -> Callable[[Call], Any]:
    """One of Python's functions that is answered otherwise for a data set."""
    return lambda call: (own if call.arguments and isinstance(call.arguments[0], DatasetValue) else other)(call)


BUILTINS: dict[str, Callable[[Call], Any]] = {
    "iter": lambda call: call.arguments[0], "next": get_element, "enumerate": count_elements,
}  # fmt: skip
METHODS: dict[str, Callable[[Call], Any]] = {
    **dict.fromkeys(("shuffle", "cache", "prefetch", "with_options", "as_numpy_iterator", "ignore_errors"), make_step()),
    "take": make_step(_take), "skip": make_step(_skip), "repeat": make_step(_repeat), "filter": keep_some,
    "shard": keep_some, "concatenate": concatenate, "batch": batch, "padded_batch": pad_batch, "unbatch": unbatch,
    "map": map_elements, "apply": apply, "next": get_element, "__next__": get_element, "get_next": get_element,
    "cardinality": measure, "__len__": measure,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[[Call], Any]] = {
    "from_tensor_slices": slice_tensors, "from_tensors": take_tensors, "from_generator": take_generator, "range": count_up,
    "zip": zip_datasets, "list_files": list_files,
}  # fmt: skip
