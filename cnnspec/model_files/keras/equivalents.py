"""Keras calls that are equivalent to Keras layers, as those layers: operators, functions of keras.ops, and layers of
keras.applications.

`find_steps(call)` gives the Keras layers for one saved call. The inputs of a step count the tensors of the call from 0, and
after them the steps before. A sum with a constant is exactly a Rescaling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.layers import find
from cnnspec.layers.activation import FUNCTIONS, OWN
from cnnspec.layers.argument import Term, Unfit, snake
from cnnspec.layers.base import KerasCall
from cnnspec.layers.words import from_saved
from cnnspec.model_files.keras.policies import find_dtype_problem
from cnnspec.model_files.keras.saved_calls import SavedCall, SavedTensor
from cnnspec.model_files.keras.saved_objects import find_full_name, find_leaves, is_own

if TYPE_CHECKING:
    from collections.abc import Callable

Steps = list[tuple[KerasCall, tuple[int, ...]]]

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
# Activations that are layers of their own, with the arguments that make them the same function.
LAYERS: dict[str, tuple[str, dict[str, Any]]] = {
    word: (call.name, call.arguments)
    for word, layer in OWN.items()
    if find(word) is type(layer)
    for call in layer.keras(())
}
# Arguments of keras.ops' activations for which they are the function that an activation's name means.
SAME_FUNCTION: dict[str, dict[str, Any]] = {
    "Celu": {"alpha": 1},
    "Gelu": {"approximate": False},
    "HardShrink": {"threshold": 0.5},
    "LogSoftmax": {"axis": -1},
    "SoftShrink": {"threshold": 0.5},
    "Squareplus": {"b": 4},
}
OTHER_WORDS = {"Exp": "exponential"}


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


# ---- operations --------------------------------------------------------------------------------------------
def find_operation_steps(call: SavedCall) -> Steps:
    if call.kind == "GetItem" and len(call.arguments) == 2 and isinstance(call.arguments[0], SavedTensor):
        return [(call_slice(call.arguments[1], call.arguments[0].shape), (0,))]
    arguments = {key: value for key, value in {**call.config, **call.keywords}.items() if key != "name"}
    tensors: list[Any] = []
    constants: list[Any] = []
    for argument in call.arguments:
        parts = find_leaves(argument)
        (tensors if parts and all(isinstance(part, SavedTensor) for part in parts) else constants).append(argument)
    if call.kind in ARITHMETIC and len(call.arguments) == 2 and not arguments:
        return ARITHMETIC[call.kind](*call.arguments) if constants else call_on_all(call.kind, call)
    if len(tensors) == 1 and not constants:
        if call.kind == "Concatenate":
            return call_on_all("Concatenate", call, axis=arguments.pop("axis", None), **arguments)
        if call.kind in OPERATIONS:
            made = OPERATIONS[call.kind](arguments)
            if made is not None:
                return [(made, (0,))]
        made = call_activation(call.kind, arguments)
        if made is not None:
            return [(made, (0,))]
    raise Unfit(f"no layer of the language does what the operation {snake(call.kind)} does here")


def call_on_all(name: str, call: SavedCall, **arguments: Any) -> Steps:
    """One layer, on all tensors of the call."""
    name = {"Divide": "", "TrueDivide": ""}.get(name, name)
    if not name:
        raise Unfit("no layer of the language divides one tensor by another")
    return [(KerasCall(name, arguments), tuple(range(len(call.inputs()))))]


def rescale(scale: Any, offset: Any) -> Steps:
    if not all(isinstance(n, (int, float)) for n in (scale, offset)):
        raise Unfit("it computes with a constant that is no number")
    return [(KerasCall("Rescaling", {"scale": scale, "offset": offset}), (0,))]


def divide(a: Any, b: Any) -> Steps:
    if isinstance(a, SavedTensor) and isinstance(b, (int, float)) and b:
        return rescale(1 / b, 0)
    raise Unfit("no layer of the language divides by a tensor")


def refuse_constant(name: str) -> Steps:
    raise Unfit(f"no layer of the language takes the {name} of a tensor and a constant")


def subtract(a: Any, b: Any) -> Steps:
    if isinstance(a, SavedTensor):
        return rescale(1, -b if isinstance(b, (int, float)) else b)
    return rescale(-1, a)


ARITHMETIC: dict[str, Callable[[Any, Any], Steps]] = {
    "Add": lambda a, b: rescale(1, b if isinstance(a, SavedTensor) else a),
    "Subtract": subtract,
    "Multiply": lambda a, b: rescale(b if isinstance(a, SavedTensor) else a, 0),
    "Divide": divide,
    "TrueDivide": divide,
    "Maximum": lambda a, b: refuse_constant("maximum"),
    "Minimum": lambda a, b: refuse_constant("minimum"),
}


def call_activation(kind: str, arguments: dict[str, Any]) -> KerasCall | None:
    """An activation of keras.ops as a layer; None for arguments that no activation's name means."""
    word = OTHER_WORDS.get(kind, snake(kind))
    if kind == "Glu" and arguments == {"axis": -1}:
        return KerasCall("ops.glu", {})
    if word not in FUNCTIONS or arguments != SAME_FUNCTION.get(kind, {}):
        return None
    if word in LAYERS:
        return KerasCall(*LAYERS[word])
    return KerasCall("Activation", {"activation": word})


def call_slice(key: Any, shape: Any) -> KerasCall:
    """A slice of the channels: x[..., begin:end], however the other axes are written."""
    chosen = [part if isinstance(part, dict) else {} for part in key] if isinstance(key, list) else []
    *others, last = [(part.get("class_name"), part.get("config") or {}) for part in chosen] or [(None, {})]
    full = {"start": None, "stop": None, "step": None}
    dots = [kind for kind, _ in others if kind == "__ellipsis__"]
    whole = all(kind == "__ellipsis__" or kind == "__slice__" and config == full for kind, config in others)
    count = len(shape) if isinstance(shape, list) else 0
    step = last[1].get("step")
    if not whole or last[0] != "__slice__" or step not in (None, 1) or not (len(dots) == 1 or len(chosen) == count):
        raise Unfit("only channels can be sliced: x[..., begin:end]")
    return KerasCall("ops.get_item", {"key": (..., slice(last[1].get("start") or 0, last[1].get("stop")))})


def call_pad(arguments: dict[str, Any]) -> KerasCall | None:
    """Zeros around the spatial axes; cells of minus infinity are what a max pool's padding is made of."""
    widths, value = arguments.get("pad_width"), arguments.get("constant_values")
    if arguments.get("mode") != "constant" or not isinstance(widths, list) or not 3 <= len(widths) <= 5:
        return None
    if widths[0] != [0, 0] or widths[-1] != [0, 0]:
        return None
    if value == float("-inf"):
        return KerasCall("ops.pad", {"pad_width": widths, "constant_values": value})
    if value not in (None, 0):
        return None
    inner = widths[1:-1]
    return KerasCall(f"ZeroPadding{len(inner)}D", {"padding": inner[0] if len(inner) == 1 else inner})


def call_reshape(arguments: dict[str, Any]) -> KerasCall | None:
    shape = arguments.get("newshape")
    if not isinstance(shape, list) or len(shape) < 2 or shape[0] not in (-1, None):
        return None
    if not all(isinstance(n, int) and n > 0 for n in shape[1:]):
        return None
    return KerasCall("Reshape", {"target_shape": shape[1:]})


def call_permute(arguments: dict[str, Any]) -> KerasCall | None:
    axes = arguments.get("axes")
    return KerasCall("Permute", {"dims": axes[1:]}) if isinstance(axes, list) and axes[:1] == [0] else None


OPERATIONS: dict[str, Callable[[dict[str, Any]], KerasCall | None]] = {
    "Elu": lambda given: KerasCall("ELU", given),
    "Identity": lambda given: None if given else KerasCall("Identity", {}),
    "LeakyRelu": lambda given: KerasCall("LeakyReLU", given),
    "Negative": lambda given: None if given else KerasCall("Rescaling", {"scale": -1, "offset": 0}),
    "Pad": call_pad,
    "Reshape": call_reshape,
    "Softmax": lambda given: KerasCall("Softmax", given),
    "Transpose": call_permute,
}
