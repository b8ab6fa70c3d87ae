"""What Keras refuses when a model is made or called is found, at the statement that Keras raises at; what it takes is not."""

from __future__ import annotations

import pytest

from cnnspec.base.source import Source
from cnnspec.python_source import read_python
from tests.python_source.comparing import read_file

HEAD = "import keras\nfrom keras import layers\na, b = keras.Input((8, 8, 3), name='a'), keras.Input((8, 8, 3), name='b')\n"
MODEL = "m = keras.Model(a, layers.Conv2D(4, 3)(a), name='m')\n"
REFUSED = {
    "keras.Model(a, layers.add([a, b]))": "need the input b",
    "keras.Model(a, layers.Flatten(name='x')(layers.Conv2D(2, 3, name='x')(a)))": '2 layers of the model are called "x"',
    "keras.Sequential([layers.Dense(2, name='d'), layers.Dense(2, name='d')])": '2 layers of the model are called "d"',
    "keras.Sequential([layers.Flatten])": "this is the class Flatten",
    "keras.Sequential([3])": "this is a number",
    f"{MODEL}keras.Sequential().add(m.output)": "this is a tensor",
    f"{MODEL}m(keras.Input((9, 9, 3)))": 'the model "m" takes 8x8x3, and is called on 9x9x3',
    f"{MODEL}m(keras.Input((8,)))": 'the model "m" takes 8x8x3, and is called on 8',
    f"{MODEL}m([a, b])": 'the model "m" takes 1 tensor, and is called on 2',
    "keras.Sequential([keras.Input((4,)), layers.Dense(2)])(keras.Input((5,)))": "takes 4, and is called on 5",
    "keras.applications.Xception(weights=None, include_top=False, input_shape=(64, 64, 3))": "at least 71x71",
    "keras.applications.VGG16(input_shape=(64, 64, 3))": "takes images of 224x224x3",
    "keras.applications.VGG16(include_top=False, input_shape=(64, 64, 1))": "for images of 3 channels",
    "keras.applications.ResNet50(classes=10)": "for 1000 classes, not 10",
}
CLASS = """class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.pair = keras.Model([a, b], layers.add([a, b]))
        self.dense = layers.Dense(2)
    def call(self, inputs):
        return """
NEVER_CALLED = (  # and what they are called on may be a list
    "self.pair(inputs)",
    "layers.Concatenate()(inputs)",
    "self.dense(layers.subtract(inputs))",
    "self.dense(layers.Dot(axes=-1)(inputs))",
    "self.dense(self.pair(*inputs))",
    "[self.dense(x) for x in inputs]",
    "self.dense(inputs['a']) + self.dense(inputs['b'])",
    "self.dense(layers.Flatten()(layers.average(inputs[1:])))",
    "self.pair([inputs[0], *inputs[1:]])",
    "self.pair(layers.Conv2D(3, 1)(inputs['both']))",
)
TAKEN = (
    f"{MODEL}m(keras.Input((None, None, 3)))",
    f"{MODEL}m([a])",
    "keras.Model([a, b], layers.Flatten()(a))",
    "keras.Sequential([keras.Input((8,)), layers.Dense(2, name='d')])",
    "keras.Model(a, keras.Sequential([keras.Input((8, 8, 1)), layers.RandomFlip()])(a))",
    *[f"{CLASS}{body}\nm = Own()" for body in NEVER_CALLED],
)


@pytest.mark.parametrize("statement", REFUSED)
def test_what_keras_refuses_is_found(statement: str) -> None:
    text = HEAD + statement + "\n"
    with pytest.raises(ValueError):
        exec(compile(text, "case.py", "exec"), {})
    (found,) = read_python(Source("case.py", text), read_file).found
    assert REFUSED[statement] in found.message
    assert found.position is not None and found.position[0] == text.count("\n")


@pytest.mark.parametrize("statement", TAKEN)
def test_nothing_is_found_in_what_keras_takes(statement: str) -> None:
    text = HEAD + statement + "\n"
    exec(compile(text, "case.py", "exec"), {})
    assert read_python(Source("case.py", text), read_file).found == ()
