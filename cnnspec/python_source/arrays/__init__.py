"""Arrays and data sets, known by shape alone."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.values import Call


def register(libraries: Libraries) -> None:
    """Enter what is known here."""
    from cnnspec.python_source.arrays import (
        arithmetic,
        array_methods,
        dataset_functions,
        items,
        keras_datasets,
        keras_utilities,
        numpy_functions,
        other_libraries,
        pictures,
        random_arrays,
        tensor_functions,
    )

    functions, answer_number = libraries.functions, numpy_functions.answer_number
    libraries.constants |= {f"numpy.{name}": value for name, value in numpy_functions.CONSTANTS.items()}
    libraries.constants["tensorflow.newaxis"] = None
    libraries.fallbacks.append(("numpy.", numpy_functions.forget_arguments))
    libraries.fallbacks += [(library, tensor_functions.answer_for_arrays) for library in ("tensorflow.", "keras.")]
    for prefix, table, wrap in (
        ("numpy.", numpy_functions.FUNCTIONS, answer_number),
        ("numpy.random.", random_arrays.FUNCTIONS, answer_number),
        ("numpy.ndarray.", array_methods.METHODS | tensor_functions.METHODS, None),
        ("numpy.ndarray", {"[]": items.get_item, " operator": arithmetic.compute}, None),
        ("tensorflow.data.Dataset.", dataset_functions.FUNCTIONS, answer_safely),
        ("tensorflow.data.DatasetV2.", dataset_functions.METHODS, None),
        ("", keras_utilities.FUNCTIONS | pictures.FUNCTIONS | other_libraries.FUNCTIONS, answer_safely),
    ):
        functions |= {prefix + name: wrap(function) if wrap else function for name, function in table.items()}
    functions |= dict.fromkeys(("numpy.random.default_rng", "numpy.random.RandomState"), random_arrays.make_generator)
    functions["tensorflow_datasets.load"] = keras_datasets.load_tfds
    functions["tensorflow.TensorSpec"] = answer_safely(dataset_functions.make_spec)
    for name in keras_datasets.DATASETS:
        functions[f"keras.datasets.{name}.load_data"] = keras_datasets.make_loader(name)
    for name, function in dataset_functions.BUILTINS.items():
        functions[f"builtins.{name}"] = dataset_functions.prefer(function, functions[f"builtins.{name}"])
    libraries.unknown_methods["reshape"] = tensor_functions.reshape_unknown


def answer_safely(function: Callable[[Call], Any]) -> Callable[[Call], Any]:
    """A function that gives an unknown where its arguments do not fit."""
    from cnnspec.python_source.arrays.array_value import answer

    return lambda call: answer(function, call)
