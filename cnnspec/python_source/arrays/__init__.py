"""Arrays and data sets, known by shape alone."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.python_source.libraries import Libraries


def register(libraries: Libraries) -> None:
    """Enter what is known here."""
    from cnnspec.python_source.arrays import (
        arithmetic,
        array_methods,
        items,
        keras_datasets,
        numpy_functions,
        random_arrays,
    )

    functions, answer_number = libraries.functions, numpy_functions.answer_number
    functions |= {f"numpy.{name}": answer_number(function) for name, function in numpy_functions.FUNCTIONS.items()}
    functions |= {f"numpy.ndarray.{name}": function for name, function in array_methods.METHODS.items()}
    functions |= {"numpy.ndarray.__getitem__": items.get_item, "numpy.ndarray.compute": arithmetic.compute}
    libraries.constants |= {f"numpy.{name}": value for name, value in numpy_functions.CONSTANTS.items()}
    libraries.fallbacks.append(("numpy.", numpy_functions.forget_arguments))
    functions |= {f"numpy.random.{name}": answer_number(function) for name, function in random_arrays.FUNCTIONS.items()}
    functions |= dict.fromkeys(("numpy.random.default_rng", "numpy.random.RandomState"), random_arrays.make_generator)
    for name in keras_datasets.DATASETS:
        functions[f"keras.datasets.{name}.load_data"] = keras_datasets.make_loader(name)
