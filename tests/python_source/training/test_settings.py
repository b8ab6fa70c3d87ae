"""compile and fit as the settings of a train section, and the words that Keras refuses."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from cnnspec.layers.argument import Term
from cnnspec.python_source.arrays.array_value import ArrayValue, DatasetValue, Labels
from cnnspec.python_source.tape import TensorValue
from cnnspec.python_source.training.settings import find_settings, read_compile, read_fit
from cnnspec.python_source.training.words import FITTING, WORDS
from cnnspec.python_source.values import Call, Unknown
from cnnspec.train.section import resolve
from tests.python_source.arrays.evaluate import Evaluator

SPARSE, CATEGORICAL = "sparse_categorical_crossentropy", "categorical_crossentropy"


class Model:
    """A model of known input and output."""

    kind = "Net"

    def __init__(self, machine: Evaluator, inputs: Any, outputs: Any) -> None:
        self.compiled: Any = None
        self.fitted: Any = None
        site = machine.make_site(ast.parse("x").body[0])
        self.tensors = [TensorValue(machine.tape.add(None, (), shape, "x", site)) for shape in (inputs, outputs)]

    def list_inputs(self) -> list[TensorValue]:
        return self.tensors[:1]

    def list_outputs(self) -> list[TensorValue]:
        return self.tensors[1:]


def read(
    *calls: str, inputs: Any = (28, 28, 1), outputs: Any = (10,), **names: Any
) -> tuple[dict[str, Any], Evaluator]:
    """The settings that calls of compile and fit give, and the machine that read them."""
    text = "\n".join(calls)
    machine = Evaluator(text, {"unknown": Unknown("a reason", None), **names})
    model = Model(machine, inputs, outputs)
    for statement in ast.parse(text).body:
        assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        node = statement.value
        keywords = {k.arg or "": machine.find(k.value) for k in node.keywords if k.arg}
        call = Call(machine, node, tuple(map(machine.find, node.args)), keywords, False, "**" in text)
        if ast.unparse(node.func) == "compile":
            model.compiled = read_compile(call)
        else:
            model.fitted = read_fit(model, call)
    found = find_settings(model, machine)
    errors = resolve(found)[1]
    assert not errors, "what is said is well-formed"
    return {key: setting.value for key, setting in found.items()}, machine


COMPILED: list[tuple[str, dict[str, Any]]] = [
    ("compile('adam', 'mse')", {"optimizer": Term("adam"), "loss": Term("mean_squared_error")}),
    ("compile(loss='sparse_categorical_crossentropy')", {"loss": Term(SPARSE)}),
    ("compile(loss='SparseCategoricalCrossentropy')", {"loss": Term(SPARSE)}),
    ("compile(loss=keras.losses.categorical_crossentropy)", {"loss": Term(CATEGORICAL)}),
    ("compile(loss=keras.losses.CategoricalCrossentropy)", {"loss": Term(CATEGORICAL)}),
    ("compile(loss=tf.keras.losses.BinaryCrossentropy())", {"loss": Term("binary_crossentropy")}),
    ("compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))", {"loss": Term(SPARSE, (), (("from_logits", True),))}),
    ("compile(loss=keras.losses.SparseCategoricalCrossentropy(True))", {"loss": Term(SPARSE, (), (("from_logits", True),))}),
    ("compile(loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1, name='loss'))", {"loss": Term(CATEGORICAL, (), (("label_smoothing", 0.1),))}),
    ("compile(loss=keras.losses.CategoricalCrossentropy(label_smoothing=unknown))", {"loss": Term(CATEGORICAL)}),
    ("compile(loss=keras.losses.CategoricalCrossentropy(from_logits=unknown))", {}),
    ("compile(loss=['mse'])", {"loss": Term("mean_squared_error")}),
    ("compile(loss={'out': 'mse'})", {"loss": {"out": Term("mean_squared_error")}}),
    ("compile(loss=['mse', 'mae'])", {}),
    ("compile(loss=unknown, optimizer=unknown, metrics=[unknown])", {}),
    ("compile(**settings)", {}),
    ("compile(loss='crossentropy')", {}),
    ("compile(optimizer=keras.optimizers.Adam(1e-3))", {"optimizer": Term("adam", (), (("learning_rate", 1e-3),))}),
    ("compile(optimizer=keras.optimizers.SGD(learning_rate=0.1, momentum=0.9, nesterov=True))", {"optimizer": Term("sgd", (), (("learning_rate", 0.1), ("momentum", 0.9), ("nesterov", True)))}),
    ("compile(optimizer=keras.optimizers.Adam(learning_rate=unknown))", {"optimizer": Term("adam")}),
    ("compile(optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.1, 1000)))", {"optimizer": Term("adam", (), (("learning_rate", Term("CosineDecay", (), (("initial_learning_rate", 0.1), ("decay_steps", 1000)))),))}),
    ("compile(optimizer='RMSprop', metrics=['acc'])", {"optimizer": Term("rmsprop"), "metrics": [Term("accuracy")]}),
    ("compile(metrics=['accuracy', keras.metrics.AUC(name='auc')])", {"metrics": [Term("accuracy"), Term("auc")]}),
    ("compile(metrics=['accuracy', unknown])", {}),
    ("compile(metrics=[keras.metrics.SparseCategoricalAccuracy(), 'mae'])", {"metrics": [Term("sparse_categorical_accuracy"), Term("mean_absolute_error")]}),
    ("compile(metrics=[keras.metrics.MeanIoU(num_classes=3)])", {}),
    ("compile('sgd', 'mse', None, ['mse'], jit_compile=True)", {"optimizer": Term("sgd"), "loss": Term("mean_squared_error"), "metrics": [Term("mean_squared_error")], "xla": True}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), COMPILED)
def test_compile(text: str, expected: dict[str, Any]) -> None:
    found, machine = read(text)
    assert found == expected
    assert not machine.found


MISTAKES = [  # call, what is reported, its help, and the stretch
    ("compile(loss='categorial_crossentropy')", 'Keras knows no loss "categorial_crossentropy"', 'did you mean "categorical_crossentropy"?', "'categorial_crossentropy'"),
    ("compile('adm', 'mse')", 'Keras knows no optimizer "adm"', 'did you mean "adam"?', "'adm'"),
    ("compile(metrics=['mae', 'acuracy'])", 'Keras knows no metric "acuracy"', 'did you mean "accuracy"?', "'acuracy'"),
    ("compile(metrics='accuracy')", "metrics must be a list, and is the text 'accuracy'", 'write metrics=["accuracy"]', "'accuracy'"),
    ("compile(loss='frobnicate')", 'Keras knows no loss "frobnicate"', "it knows binary_crossentropy, binary_focal_crossentropy, categorical_crossentropy, categorical_focal_crossentropy, categorical_hinge, circle and others", "'frobnicate'"),
    ("compile(loss=name)", 'Keras knows no loss "logcosh"', 'did you mean "log_cosh"?', "name"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "help", "place"), MISTAKES)
def test_a_word_that_keras_does_not_know(text: str, message: str, help: str, place: str) -> None:
    machine = read(text, name="logcosh")[1]
    (diagnostic,) = machine.found
    assert (diagnostic.code, diagnostic.message, diagnostic.help) == ("E030", message, help)
    assert diagnostic.span is not None and diagnostic.span.text == place


def test_an_optimizer_may_be_of_the_source() -> None:
    _, machine = read("compile('mine', 'mse')", "fit(x=register_keras_serializable)", register_keras_serializable=None)
    assert not machine.found


X = ArrayValue((60000, 28, 28), "uint8", data="mnist")
Y = ArrayValue((60000,), "uint8", data="mnist", labels=Labels(10, True))
FITTED: list[tuple[str, dict[str, Any]]] = [
    ("fit(x, y, batch_size=64, epochs=3)", {"batch": 64, "epochs": 3, "data": "mnist"}),
    ("fit(x, y, 64, 3)", {"batch": 64, "epochs": 3, "data": "mnist"}),
    ("fit(x / 255.0, keras.utils.to_categorical(y, 10))", {"data": "mnist"}),
    ("fit(x.reshape(-1, 28, 28, 1).astype('float32'), y[:, None])", {"data": "mnist"}),
    ("fit(np.stack([x] * 3, axis=-1), y)", {}),  # whose channels are no longer those of the set
    ("fit(x[y < 5], y[y < 5])", {}),
    ("fit(x, y == 3)", {}),
    ("fit(x, x)", {}),
    ("fit(x, keras.utils.to_categorical(y, 11))", {}),
    ("fit(tf.data.Dataset.from_tensor_slices((x, y)).shuffle(9).batch(128), epochs=unknown)", {"batch": 128, "data": "mnist"}),
    ("fit(generator.flow(x.reshape(-1, 28, 28, 1), y, batch_size=16))", {"batch": 16, "data": "mnist"}),
    ("fit(unknown, y)", {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FITTED)
def test_fit(text: str, expected: dict[str, Any]) -> None:
    from cnnspec.python_source.arrays.keras_utilities import ImageGeneratorValue

    size = (None, None, 3) if "stack" in text else (28, 28, 1)
    found, machine = read(
        text, inputs=None if "stack" in text else size, outputs=None, x=X, y=Y, generator=ImageGeneratorValue()
    )
    assert found == expected
    assert not machine.found


def test_settings_stand_where_they_are_written() -> None:
    text = "compile('adam', loss=keras.losses.BinaryCrossentropy(from_logits=True))\nfit(data, epochs=5)"
    machine = Evaluator(text, {})
    data = DatasetValue(None, None, (8, machine.make_site(ast.parse("data"))))
    model = Model(machine, None, None)
    compiling, fitting = [s.value for s in ast.parse(text).body if isinstance(s, ast.Expr)]
    assert isinstance(compiling, ast.Call) and isinstance(fitting, ast.Call)
    loss = machine.find(compiling.keywords[0].value)
    model.compiled = read_compile(Call(machine, compiling, ("adam",), {"loss": loss}))
    model.fitted = read_fit(model, Call(machine, fitting, (data,), {"epochs": 5}))
    spans = {key: setting.site.span.text for key, setting in find_settings(model, machine).items()}
    assert spans["optimizer"] == "'adam'" and spans["epochs"] == "epochs=5"
    assert spans["loss"] == "loss=keras.losses.BinaryCrossentropy(from_logits=True)"


def test_words_are_those_of_keras() -> None:
    from keras.src import losses, metrics, optimizers

    for module, table in (("losses", losses), ("metrics", metrics), ("optimizers", optimizers)):
        assert set(WORDS[module]) == set(table.ALL_OBJECTS_DICT), module
    assert set(FITTING["metrics"]) == {"accuracy", "acc"}
