"""Options that many layers share, as the language writes them and as Keras does: one table each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Wrap = Callable[[Any, Any], Any]


def saved(name: str, **config: Any) -> dict[str, Any]:
    """An object of Keras's as it saves it; its layers take it so, too."""
    return {"class_name": name, "config": config}


INITIALIZERS = {
    "ones": saved("Ones"),
    "constant(0.5)": saved("Constant", value=0.5),
    "he_normal(seed=3)": saved("HeNormal", seed=3),
    "random_uniform(-0.5, maxval=0.25)": saved("RandomUniform", minval=-0.5, maxval=0.25),
    "truncated_normal(stddev=0.5)": saved("TruncatedNormal", stddev=0.5),
    "variance_scaling(2, fan_out, uniform)": saved("VarianceScaling", scale=2, mode="fan_out", distribution="uniform"),
}
REGULARIZERS = {
    "l1(0.5)": saved("L1", l1=0.5), "l2(0.25)": saved("L2", l2=0.25), "l1_l2(0.125, 0.25)": saved("L1L2", l1=0.125, l2=0.25),
}  # fmt: skip
CONSTRAINTS = {
    "max_norm(3)": saved("MaxNorm", max_value=3, axis=0),
    "min_max_norm(0.5, rate=0.75)": saved("MinMaxNorm", min_value=0.5, rate=0.75),
    "non_neg": saved("NonNeg"),
    "unit_norm(axis=1)": saved("UnitNorm", axis=1),
}
TERMS = {"initializer": INITIALIZERS, "regularizer": REGULARIZERS, "constraint": CONSTRAINTS}
ACTIVATIONS = (
    "relu", "relu6", "leaky_relu", "elu", "celu", "selu", "gelu", "silu", "mish", "sigmoid", "hard_sigmoid", "hard_silu",
    "log_sigmoid", "sparse_sigmoid", "tanh", "hard_tanh", "tanh_shrink", "soft_shrink", "hard_shrink", "softplus",
    "sparse_plus", "squareplus", "softsign", "exponential", "linear", "softmax", "log_softmax", "sparsemax",
)  # fmt: skip


def some(draw: Any, **known: Any) -> dict[str, Any]:
    """Values for some of the arguments."""
    if not known:
        return {}
    chosen = draw(st.lists(st.sampled_from(sorted(known)), unique=True))
    return {name: draw(known[name]) for name in chosen}


def options(
    draw: Any, *weights: str, gathered: tuple[str, ...] = (), active: bool = False, spectral: bool = False
) -> tuple[dict[str, Any], dict[str, Any], Wrap]:
    """Some options of a layer with these weights: as we say them, as Keras does, and its wrapper.

    `gathered` are weights that no gradient moves; `active` layers have an activation and a penalty on their output,
    `spectral` ones may normalise their kernel.
    """
    known: dict[str, dict[str, Any]] = {"trainable": {"false": False}}
    known |= {f"{weight}_{term}": words for weight in weights for term, words in TERMS.items()}
    known |= {f"{weight}_initializer": INITIALIZERS for weight in gathered}
    if active:
        known |= {"activation": {word: word for word in ACTIVATIONS}, "activity_regularizer": REGULARIZERS}
    if spectral:
        known["spectral_norm"] = {"1": 1, "2": 2, "3": 3}
    chosen = draw(st.lists(st.sampled_from(sorted(known)), max_size=4, unique=True))
    ours = {name: draw(st.sampled_from(sorted(known[name]))) for name in chosen}
    theirs = {name: known[name][word] for name, word in ours.items()}
    iterations = theirs.pop("spectral_norm", None)
    if iterations is None:
        return ours, theirs, lambda keras, layer: layer
    return ours, theirs, lambda keras, layer: keras.layers.SpectralNormalization(layer, power_iterations=iterations)
