"""`from_keras`: from Keras's models to texts that compute the same.

The judge is Keras: the compiled text has the original's parameters and, with its weights, its outputs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cnnspec
from cnnspec.compile.keras_model import import_keras
from tests.model_files.test_zoo import Raised, copied
from tests.model_files.written_models import MODELS, RESNET, Build, resnet
from tests.support import outputs


def inputs_of(model: Any) -> list[Any]:
    random = np.random.default_rng(3)
    shapes = [[2, *[16 if n is None else n for n in x.shape[1:]]] for x in model.inputs]
    return [
        random.integers(0, 50, shape) if x.dtype == "int32" else random.normal(size=shape).astype("float32")
        for x, shape in zip(model.inputs, shapes, strict=True)
    ]


def answers(model: Any, values: list[Any]) -> list[Any]:
    """What a model makes of its inputs, in the order of their names where it takes or yields a dict."""
    keys = (
        [] if isinstance(model, import_keras().Sequential) or not isinstance(model.input, dict) else sorted(model.input)
    )
    found = model(dict(zip(keys, values, strict=True)) if keys else values if len(values) > 1 else values[0])
    if isinstance(found, dict):
        return [found[key] for key in sorted(found)]
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize("build", MODELS, ids=[build.__name__ for build in MODELS])
@pytest.mark.parametrize("keep_names", [False, True], ids=["folded", "names"])
def test_text_computes_what_the_model_does(build: Build, keep_names: bool) -> None:
    model = build(import_keras())
    network = cnnspec.from_keras(model, keep_names=keep_names)
    compiled = network.to_keras()
    assert network.params == compiled.count_params() == model.count_params()
    assert sum(w.shape.num_elements() for w in compiled.trainable_weights) == sum(
        w.shape.num_elements() for w in model.trainable_weights
    )
    copied(Raised(model), Raised(compiled))
    values = inputs_of(model)
    theirs = answers(model, values)
    for ours, expected in zip(outputs(compiled, values if len(values) > 1 else values[0]), theirs, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


# ---- the network -------------------------------------------------------------------------------------------
def test_from_keras_gives_a_network_with_its_text() -> None:
    network = cnnspec.from_keras(resnet(import_keras()))
    assert network.text == RESNET
    assert (network.name, network.outputs, network.diagnostics) == ("resnet", ((10,),), ())


def test_from_keras_names_the_layers_that_it_refuses() -> None:
    k = import_keras()
    x = k.Input((5, 4))
    model = k.Model(x, k.layers.Dense(2)(k.layers.LSTM(3, name="memory")(k.layers.Lambda(abs, name="size")(x))))
    with pytest.raises(cnnspec.SpecError) as refused:
        cnnspec.from_keras(model)
    assert str(refused.value).split("\n") == [
        "this model has 2 layers that the language cannot express:",
        "  size (Lambda): no layer of the language is Keras's Lambda",
        "  memory (LSTM): no layer of the language is Keras's LSTM",
    ]


def test_from_keras_of_a_model_that_nobody_named() -> None:
    k = import_keras()
    assert cnnspec.from_keras(k.Sequential([k.Input((4,)), k.layers.Dense(2)])).name == "Network"


def test_from_keras_takes_a_model() -> None:
    k = import_keras()
    for value, kind in (("net.keras", "str"), (k.layers.Dense(3), "Dense")):
        with pytest.raises(TypeError, match=f"a keras.Model is asked for, not {kind}"):
            cnnspec.from_keras(value)


def test_outputs_that_the_language_has_not() -> None:
    k = import_keras()
    x = k.Input((4,))
    y = k.layers.Dense(3, name="twice")(x)
    with pytest.raises(cnnspec.SpecError, match=r"twice \(Dense\): it is an output twice"):
        cnnspec.from_keras(k.Model(x, [y, y]))
    a, b = k.ops.split(x, 2, axis=-1)
    with pytest.raises(cnnspec.SpecError, match=r"split \(Split\) has several outputs"):
        cnnspec.from_keras(k.Model(x, k.ops.concatenate([b, a])))
