"""Keras calls that are equivalent to Keras layers, as those layers: operators, functions of keras.ops, and layers of
keras.applications.

`find_steps(call)` gives the Keras layers for one saved call. The inputs of a step count the tensors of the call from 0, and
after them the steps before. A sum with a constant is exactly a Rescaling.
"""

from __future__ import annotations

from typing import Any

from cnnspec.layers import find
from cnnspec.layers.argument import Term, Unfit
from cnnspec.layers.base import KerasCall
from cnnspec.layers.words import from_saved
from cnnspec.model_files.keras.operations import LAYERS, Steps, find_operation_steps
from cnnspec.model_files.keras.policies import find_dtype_problem
from cnnspec.model_files.keras.saved_calls import SavedCall, SavedTensor
from cnnspec.model_files.keras.saved_objects import find_full_name, find_leaves, is_own

# What a layer's config holds beside its arguments, and what it must be: nothing here has a word in the language.
NEUTRAL: dict[str, Any] = {
    "activity_regularizer": None,
    "activation": None,
    "antialias": False,
    "axis": -1,
    "bias_axes": None,
    "bias_constraint": None,
    "bias_initializer": Term("Zeros"),
    "bias_regularizer": None,
    "crop_to_aspect_ratio": False,
    "data_format": "channels_last",
    "fill_mode": "constant",
    "fill_value": 0.0,
    "interpolation": "nearest",
    "noise_shape": None,
    "offset": 0,
    "padding": "valid",
    "pad_to_aspect_ratio": False,
    "quantization_config": None,
    "renorm": False,
    "renorm_clipping": None,
    "renorm_momentum": 0.99,
    "rms_scaling": False,
    "synchronized": False,
    "trainable": True,
}
# What `training` is when nobody says, of layers whose call has a default that would mean something elsewhere.
TRAINING = {"Resizing": True, "SpectralNormalization": False}


def find_steps(call: SavedCall) -> Steps:
    """The Keras layers that a call is equivalent to. Raises Unfit, with the reason, where there are none."""
    if found := find_foreign_class(call.saved):
        raise Unfit(f"{found} is a class of its own, not one of Keras's")
    if problem := find_dtype_problem(call.config):
        raise Unfit(problem)
    if str(call.saved.get("module")).startswith("keras.src.ops."):
        return find_operation_steps(call)
    training, mask = call.keywords.get("training"), call.keywords.get("mask")
    if mask is not None:
        raise Unfit("it is called with a mask")
    if training and training is not TRAINING.get(call.kind):
        raise Unfit("it is called with training=True, so that it acts as in training at any time")
    if others := {key for key, value in call.keywords.items() if value is not None} - {"training", "mask"}:
        raise Unfit(f"it is called with {', '.join(sorted(others))}, which the language cannot say")
    if call.arguments and isinstance(call.arguments[0], dict):
        raise Unfit("it is called with a dict")
    tensors = [leaf for leaf in find_leaves(call.arguments) if isinstance(leaf, SavedTensor)]
    if not tensors or len(tensors) != len(find_leaves(call.arguments)) or len(call.arguments) != 1:
        raise Unfit("it is called with something else than its input")
    trainable = call.config.get("trainable", True)
    if not isinstance(trainable, bool):
        raise Unfit(f"its trainable is {trainable!r}")
    config = {**call.config, "trainable": trainable and not call.frozen}
    return find_layer_steps(call.kind, config, tensors)


def find_layer_steps(kind: str, config: dict[str, Any], inputs: list[SavedTensor]) -> Steps:
    everything = tuple(range(len(inputs)))
    if kind in APPLICATIONS and len(inputs) == 1:
        return [
            (KerasCall(made.name, made.arguments | keep_common(config)), (0,))
            for made in call_application_layer(kind, config, inputs[0])
        ]
    if kind == "SpectralNormalization":
        return [(call_wrapped(config), everything)]
    if kind == "Activation" and isinstance(word := config.get("activation"), str) and word in LAYERS:
        other, arguments = LAYERS[word]
        return [(KerasCall(other, {**arguments, **keep_common(config)}), everything)]
    if kind[:-2] in TO_ONE and set(find_leaves([config.get("output_size")])) == {1}:
        return [(KerasCall(TO_ONE[kind[:-2]] + kind[-2:], {"keepdims": True, **keep_common(config)}), everything)]
    if kind == "CustomScaleLayer" and len(inputs) == 2:  # of InceptionResNetV2: x + scale * y
        scaled = KerasCall("Rescaling", {"scale": config.get("scale"), "offset": 0})
        return [(scaled, (1,)), (KerasCall("Add", keep_common(config)), (0, 2))]
    return [(KerasCall(kind, config), everything)]


# What pools to a wanted size are, where that is one position.
TO_ONE = {"AdaptiveAveragePooling": "GlobalAveragePooling", "AdaptiveMaxPooling": "GlobalMaxPooling"}
# Layers that keras.applications brings along: the word for each, and which of its arguments are called what.
APPLICATIONS: dict[str, tuple[str, dict[str, str]]] = {
    "LayerScale": ("layer_scale", {"init_values": "init"}),
    "StochasticDepth": ("stochastic_depth", {"drop_path_rate": "rate"}),
}


def call_application_layer(kind: str, config: dict[str, Any], entering: SavedTensor) -> tuple[KerasCall, ...]:
    """The Keras calls of the layer of the language for a layer of keras.applications."""
    word, arguments = APPLICATIONS[kind]
    cls, shape = find(word), entering.shape
    if cls is None or not isinstance(shape, list) or config.get("projection_dim", shape[-1]) != shape[-1]:
        raise Unfit("its arguments contradict its input")
    values = {own: from_saved(config.get(key), cls.arguments[own].kind, key) for key, own in arguments.items()}
    return cls(**values).keras((tuple(shape[1:]),))


def call_wrapped(config: dict[str, Any]) -> KerasCall:
    """A layer in Keras's wrapper for spectral normalisation, as a call with `around`."""
    inner = config.get("layer")
    own = inner.get("config") if isinstance(inner, dict) and find_foreign_class(inner) is None else None
    if not isinstance(inner, dict) or not isinstance(own, dict):
        raise Unfit("it wraps a layer that is not one of Keras's")
    around = KerasCall("SpectralNormalization", {"power_iterations": config.get("power_iterations")})
    trained = config["trainable"] and own.get("trainable", True) is True
    if problem := find_dtype_problem(own):
        raise Unfit(problem)
    return KerasCall(str(inner.get("class_name")), {**own, "trainable": trained}, around=around)


def find_foreign_class(saved: dict[str, Any]) -> str | None:
    """The full name of a saved object's class where it is not one of Keras's own."""
    return (
        None
        if is_own(saved) and saved.get("registered_name") in (None, saved.get("class_name"))
        else find_full_name(saved)
    )


def keep_common(config: dict[str, Any]) -> dict[str, Any]:
    """The part of a config that every layer has."""
    return {key: config[key] for key in ("name", "trainable", "dtype") if key in config}
