"""Every word that Keras gives a meaning reaches it: initializers, regularizers, constraints, activations."""

from __future__ import annotations

from typing import Any

import pytest

from cnnspec.compile.keras_model import import_keras, to_keras
from cnnspec.layers import CATALOGUE, find
from cnnspec.layers.activation import FUNCTIONS
from cnnspec.layers.words import CONSTRAINTS, INITIALIZERS, REGULARIZERS
from tests.layers.keras_config import comparable, configs, old
from tests.support import keras_layers, legal, outputs, random_inputs

WORDS = [
    ("kernel_initializer", "initializers", INITIALIZERS),
    ("kernel_regularizer", "regularizers", REGULARIZERS),
    ("kernel_constraint", "constraints", CONSTRAINTS),
]


PARAMETER_VALUES: dict[str, Any] = {
    "seed": 3, "mode": "fan_out", "distribution": "uniform", "axis": 1, "minval": -0.25, "maxval": 0.125, "factor": 0.25,
}  # fmt: skip


TERMS = [(argument, module, word, known[word]) for argument, module, known in WORDS for word in known]


@pytest.mark.parametrize(("argument", "module", "word", "known"), TERMS, ids=[t[2] for t in TERMS])
def test_word_reaches_keras_with_every_parameter(
    argument: str, module: str, word: str, known: tuple[str, tuple[str, ...]]
) -> None:
    cls, parameters = known
    keras = import_keras()
    bare = getattr(getattr(keras, module), cls)
    default = old(bare().get_config())
    assert set(default) <= set(parameters), "a parameter of Keras's that cannot be written"
    values = {p: PARAMETER_VALUES.get(p, 0.75) for p in parameters}
    if word == "orthogonal_regularizer":
        values["mode"] = "columns"
    expected = old(bare(**values).get_config())
    assert all(expected[p] != default[p] for p in expected), "a value that Keras has anyway proves nothing"
    by_position = ", ".join(map(str, values.values()))
    by_name = ", ".join(f"{p}={v}" for p, v in values.items())
    pasted = ", ".join(f"{p}='{v}'" if isinstance(v, str) else f"{p}={v}" for p, v in values.items())
    for call in (f"{word}({by_position})", f"{word}({by_name})", f"keras.{module}.{cls}({pasted})", f"{cls}({pasted})"):
        proper, _ = configs(f"input 9\ndense(4, {argument}={call})", CATALOGUE[4])
        assert comparable(proper[argument]) == {"class_name": cls, "config": expected}, call
    for bare_word in (word, f'"{word}"', cls):
        proper, _ = configs(f"input 9\ndense(4, {argument}={bare_word})", CATALOGUE[4])
        assert comparable(proper[argument]) == {"class_name": cls, "config": default}, bare_word


def test_all_of_keras_words_are_known() -> None:
    """Every initializer, regularizer, constraint and activation that Keras exports, but for the few that make no sense here."""
    keras = import_keras()
    missing = {
        "initializers": {
            "STFT",
            "Identity",
            "IdentityInitializer",
            "STFTInitializer",
            "RandomInitializer",
            "ComplexInitializer",
        },
        "regularizers": {"OrthogonalRegularizer"},
        "constraints": set(),
    }
    for _, module, known in WORDS:
        base = {"initializers": "Initializer", "regularizers": "Regularizer", "constraints": "Constraint"}[module]
        exported = {
            v.__name__ for v in vars(getattr(keras, module)).values() if isinstance(v, type) and v.__name__ != base
        }
        assert exported - missing[module] <= {cls for cls, _ in known.values()}, module
        assert {cls for cls, _ in known.values()} <= exported, module
    functions = {
        n for n, v in vars(keras.activations).items() if callable(v) and n not in ("get", "serialize", "deserialize")
    }
    assert functions - {"threshold", "swish", "hard_swish"} == set(FUNCTIONS), "threshold cannot run by name alone"
    assert all(find(word) for word in ("swish", "hard_swish"))


def test_every_activation_word_is_its_own_layer() -> None:
    """All in one network: no two of them may be taken for the same layer."""
    words = [w for layer in CATALOGUE for w in layer.presets if layer.__module__.endswith(".activation")]
    graph = legal("input 6x64\n" + "\n".join(words))
    model = to_keras(graph)
    for word, node in zip(words, graph.nodes[1:], strict=True):
        if word == "glu":  # a function of keras.ops: its shape tells it
            assert node.shape == (6, graph.nodes[node.inputs[0]].shape[-1] // 2)  # type: ignore[index, operator]
            continue
        (made,) = keras_layers(model, graph, node)
        config = made.get_config()
        if word == "relu6":
            assert config["max_value"] == 6
        else:
            function = {"swish": "silu", "hard_swish": "hard_silu"}.get(word, word)
            assert config["activation"].replace("_", "") == function.replace("_", ""), word
    assert len(words) > len(FUNCTIONS)


@pytest.mark.parametrize("word", [w for w in FUNCTIONS if w != "glu"])
def test_activation_argument_equals_the_layer(word: str) -> None:
    """conv(…, activation=f) computes what conv(…) -> f computes, but for the two whose layers have other defaults."""
    import numpy as np

    graphs = [
        legal(f"input 4x3\nconv(6, 1, kernel_initializer=he_normal(seed=1){end}")
        for end in (f", activation={word})", f") -> activation({word})")
    ]
    made = [outputs(to_keras(graph), random_inputs(graph))[0] for graph in graphs]
    np.testing.assert_allclose(made[0], made[1], rtol=1e-5, atol=1e-6)
    assert word == "linear" or not np.allclose(
        made[0],
        outputs(
            to_keras(legal("input 4x3\nconv(6, 1, kernel_initializer=he_normal(seed=1))")), random_inputs(graphs[0])
        )[0],
    )
