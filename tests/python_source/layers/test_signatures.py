"""The tables of what Keras takes are those of the installed Keras."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from cnnspec.python_source.keras import function_table as table
from cnnspec.python_source.keras import make_call_signatures
from cnnspec.python_source.keras.arguments import read_signature
from cnnspec.python_source.keras.make_signatures import TABLE, write_table


def test_the_table_is_the_installed_kerass() -> None:
    assert TABLE.read_text(encoding="utf-8") == write_table(), (
        "run python -m cnnspec.python_source.keras.make_signatures"
    )


def test_the_table_of_calls_is_the_installed_kerass() -> None:
    assert make_call_signatures.TABLE.read_text(encoding="utf-8") == make_call_signatures.write_table(), (
        "run python -m cnnspec.python_source.keras.make_call_signatures"
    )


def find(space: Any, name: str) -> Any:
    for part in name.split("."):
        space = getattr(space, part)
    return space


def test_functions_of_keras_take_what_the_table_says() -> None:
    import keras

    for name, (_, text) in table.OPERATIONS.items():
        assert str(inspect.signature(find(keras.ops, name))) == f"({text})", name
    for name, text in table.ACTIVATIONS.items():
        assert str(inspect.signature(find(keras.activations, name))) == f"({text})", name


def test_functions_of_tensorflow_have_the_parameters_of_the_table() -> None:
    import tensorflow

    spaces = (tensorflow, table.TENSORFLOW), (tensorflow.keras.backend, table.BACKEND)
    for space, functions in spaces:
        for name, (other, text) in functions.items():
            own = list(inspect.signature(find(space, name)).parameters)
            assert set(read_signature(text).positional) <= set(own), name
            assert other in table.OPERATIONS
    assert all(find(tensorflow, name) for name in table.OTHER_TENSORFLOW)


@pytest.mark.parametrize(
    "name", [name for name in table.OPERATIONS if name not in ("stop_gradient", "cast", "image.rgb_to_grayscale")]
)
def test_a_function_is_the_operation_of_the_table(name: str) -> None:
    import keras

    x = keras.Input((1, 4, 4))
    kind, text = table.OPERATIONS[name]
    settings: dict[str, Any] = {
        "axis": 1, "axes": (0, 2, 1, 3), "newshape": (-1, 16), "pad_width": ((0, 0),) * 4, "size": (1, 1), "x_min": 0, "x_max": 1,
        "repeats": 2, "shift": 1, "indices_or_sections": 1,
    }  # fmt: skip
    if name == "tile":
        settings["repeats"] = (1, 1, 1, 2)
    signature = read_signature(text)
    given: list[Any] = []
    for parameter in signature.positional:
        if parameter in table.TENSORS:
            given.append([x, x] if parameter == "xs" or name == "stack" else x)
        elif parameter not in signature.defaults:
            given.append(settings[parameter])
    along = {"axis": 1} if name in ("concatenate", "squeeze", "split", "unstack", "repeat") else {}
    made = find(keras.ops, name)(*given, **along)
    made = made[0] if isinstance(made, (list, tuple)) else made
    assert type(made._keras_history.operation).__name__ == kind
