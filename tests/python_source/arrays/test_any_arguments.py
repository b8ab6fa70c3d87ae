"""Whatever functions of arrays are called with, there is an answer: nothing raises, and nothing grows without bound."""

from __future__ import annotations

import ast
import random
from typing import Any

import pytest

from cnnspec.base.source import Source
from cnnspec.python_source.arrays.array_value import ArrayValue, DatasetValue, Labels
from cnnspec.python_source.arrays.keras_utilities import ImageGeneratorValue
from cnnspec.python_source.arrays.picture_value import PictureValue
from cnnspec.python_source.arrays.random_arrays import GeneratorValue
from cnnspec.python_source.machine import Machine
from cnnspec.python_source.training.settings import read_compile, read_fit
from cnnspec.python_source.values import Call, External, Method, Unknown, Value
from cnnspec.python_source.written import Written
from tests.python_source.training.test_settings import Model
from tests.support import sample

MODULES = (
    "numpy.",
    "tensorflow.",
    "keras.utils.",
    "keras.preprocessing.",
    "keras.datasets.",
    "sklearn.",
    "PIL.",
    "cv2.",
)
OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "@", "&", "<", "==", "~")
ARGUMENTS = (
    "axis", "shape", "dtype", "size", "keepdims", "num_classes", "maxlen", "batch_size", "target_size", "image_size", "a", "x",
    "class_mode", "label_mode", "test_size", "reps", "repeats", "channels", "color_mode", "n_components", "depth", "y", "x1",
)  # fmt: skip


def make_values() -> list[Any]:
    """Anything that an argument may be."""
    unknown = Unknown("a reason", None)
    itself: list[Any] = []
    itself += [itself, itself]
    named: dict[str, Any] = {}
    named["a"] = named["b"] = named
    deep: Any = 1
    for _ in range(3000):
        deep = (deep,)
    wide: Any = [1]
    for _ in range(60):
        wide = [wide, wide]
    small = ArrayValue((3,), "int64", [3, -4, 6])
    image, labels = ArrayValue((6, 8, 8, 3), "float32", data="mnist"), ArrayValue((6,), "int64", labels=Labels(3, True))
    return [
        0, 1, -1, 2, 3, 10**30, -(10**12), 0.5, -2.5, float("nan"), float("inf"), True, False, None, "", "same", "int32", b"x",
        (), (3,), (2, 3), [4, -1], [[1, 2], [3]], [[]], [0.1] * 5, (None, 3), (unknown, 2), [unknown], {"a": 1}, {}, {1, 2}, range(4),
        range(10**12), range(10**30), slice(1, None, 2), Ellipsis, 1j, unknown, Unknown("a number", None, True), small, image, labels,
        ArrayValue(None), ArrayValue(()), ArrayValue((None, 4)), ArrayValue((0, 3)), ArrayValue((2, 2), "bool", [True, False, True, True]),
        ArrayValue((10**15, 10**15), "float64"), ArrayValue((6, 5), "float32", labels=Labels(5, one_hot=True)),
        DatasetValue((image, labels), 6), DatasetValue(image), DatasetValue(unknown), DatasetValue(()), PictureValue(3, None, "RGB"),
        External("numpy.float32"), External("keras.layers"), ImageGeneratorValue(), GeneratorValue(), "accuracy",
        itself, named, deep, wide, DatasetValue(deep), DatasetValue((image, itself)),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", sample(range(2), (1,)))
def test_nothing_raises(seed: int) -> None:
    draw = random.Random(seed)
    machine = Machine()
    machine.written = Written(Source("t.py", "f(x)"))
    node = ast.parse("f(x)", mode="eval").body
    names = [name for name in machine.libraries.functions if name.startswith(MODULES)]
    assert len(names) > 300
    for name in names:
        values = make_values()
        for _ in range(6):
            arguments = tuple(draw.choices(values, k=draw.randint(0, 4)))
            keywords = dict(zip(draw.sample(ARGUMENTS, 2), draw.choices(values, k=2), strict=True))
            call = Call(
                machine,
                node,
                arguments,
                keywords if draw.random() < 0.5 else {},
                draw.random() < 0.1,
                draw.random() < 0.1,
            )
            if name.startswith(("numpy.ndarray", "PIL.Image.Image.", "tensorflow.data.DatasetV2.")):
                continue
            machine.libraries.call(name, call)


@pytest.mark.parametrize("seed", sample(range(2), (1,)))
def test_values_answer_all_that_is_asked(seed: int) -> None:
    draw = random.Random(seed)
    machine = Machine()
    machine.written = Written(Source("t.py", "f(x)"))
    node = ast.parse("f(x)", mode="eval").body
    kinds = ("numpy.ndarray.", "PIL.Image.Image.", "tensorflow.data.DatasetV2.")
    names = [name.rpartition(".")[2] for name in machine.libraries.functions if name.startswith(kinds)]
    for _ in range(150):
        values = make_values()
        for value in [value for value in values if isinstance(value, Value)]:
            others = draw.choices(values, k=3)
            value.get_item(others[0], machine, node)
            value.get_item(tuple(others), machine, node)
            value.compute(draw.choice(OPERATORS), others[1], draw.random() < 0.5, machine, node)
            value.list_items(machine, node), value.count_items(machine, node), value.find_truth(), value.describe()
            method = value.get_attribute(
                draw.choice([*names, "flow", "flow_from_directory", "normal", "shape"]), machine, node
            )
            if isinstance(method, Method):
                method.call(Call(machine, node, tuple(others[: draw.randint(0, 3)])))
            value.set_attribute("shape", others[2], machine, node)
            value.set_item(others[0], others[1], machine, node)


def test_compile_and_fit_take_anything() -> None:
    draw = random.Random(0)
    machine = Machine()
    machine.written = Written(Source("t.py", "f(x)"))
    node = ast.parse("f(x)", mode="eval").body
    for number in range(600):
        if number % 20 == 0:
            values = make_values()
        model = Model(machine, *draw.choices([None, (8, 8, 3), (5,)], k=2))
        keys = draw.sample(("loss", "optimizer", "metrics", "jit_compile", "batch_size", "epochs", "x", "y"), 4)
        keywords = dict(zip(keys, draw.choices(values, k=4), strict=True))
        arguments = tuple(draw.choices(values, k=draw.randint(0, 2)))
        model.compiled = read_compile(Call(machine, node, arguments, keywords))
        model.fitted = read_fit(model, Call(machine, node, arguments, keywords))
