"""A Keras layer's arguments as Keras saves them: every one with its default, sizes for every axis, words as objects."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.python_source.keras.arguments import find_signature
from cnnspec.python_source.keras.objects import KerasObject
from cnnspec.python_source.keras.signatures import ALIASES, WORDS
from cnnspec.python_source.values import External, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# Arguments that say nothing about what a layer computes in float32, or that are no part of it.
NO_PART = (
    "name", "dtype", "autocast", "input_shape", "input_length", "weights", "lora_rank", "lora_alpha", "quantization_config",
)  # fmt: skip
PER_AXIS = ("kernel_size", "strides", "dilation_rate", "pool_size", "size", "output_padding", "output_size")
KINDS = (
    "initializer",
    "regularizer",
    "constraint",
)  # the last word of an argument's name, and its module without the s
# Arguments that change neither shapes nor weights nor work, and what may stand for them where they are not known.
STAND_INS: dict[str, Any] = {
    "alpha": 0.5, "epsilon": 0.001, "max_value": 6.0, "mean": None, "momentum": 0.9, "negative_slope": 0.3, "noise_shape": None,
    "offset": 0.0, "rate": 0.5, "scale": 1.0, "seed": None, "stddev": 0.5, "threshold": 0.0, "trainable": True, "variance": None,
    "activity_regularizer": None, "l1": 0.01, "l2": 0.01, "fill_value": 0.0, "mask_zero": False,
}  # fmt: skip
SAME_WORDS = {"normal": "RandomNormal", "uniform": "RandomUniform", "one": "Ones", "zero": "Zeros"}


class Saved(Record):
    """A layer as Keras saves it. `activation` is that which is no word, to be applied behind it, None for none; `unknown`: the first
    argument that is not known and changes what the layer is, "" for none; `doubt`: whether another is not known."""

    config: dict[str, Any]
    activation: Any
    unknown: str
    doubt: bool


def save_layer(kind: str, arguments: Mapping[str, Any]) -> Saved:
    """A layer of this class with these arguments. Raises ValueError for a value that is no size."""
    full = f"keras.layers.{kind}"
    signature = find_signature(full)
    given = dict(arguments)
    if "alpha" in given and kind == "LeakyReLU":
        given["negative_slope"] = given.pop("alpha")
    defaults = signature.defaults if signature is not None else {}
    config: dict[str, Any] = {"trainable": True, **defaults, **given}
    if "input_dim" not in (signature.positional if signature is not None else ()):
        config.pop("input_dim", None)
    config = {key: value for key, value in config.items() if key not in NO_PART}
    activation, unknown, doubt = None, "", False
    for key in config:
        value = config[key] = read_value(key, config[key])
        if isinstance(defaults.get(key), bool) and type(value) is int and value in (0, 1):
            value = config[key] = bool(value)
        if not is_plain(value) and stands_in(key, kind):
            config[key] = find_stand_in(key, defaults)
            doubt = True
        elif key == "activation" and not isinstance(value, str):
            config[key], activation = "linear", value
        elif not is_plain(value) and not unknown:
            unknown = key
    complete(kind, config)
    return Saved(config, activation, unknown, doubt)


def soften(kind: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """A config in which something plain stands for all that changes neither shapes nor weights nor work."""
    signature = find_signature(f"keras.layers.{kind}")
    defaults = signature.defaults if signature is not None else {}
    return {
        key: find_stand_in(key, defaults) if stands_in(key, kind) and key != "trainable" else value
        for key, value in config.items()
    }


def find_stand_in(key: str, defaults: Mapping[str, Any]) -> Any:
    return read_value(key, defaults.get(key, STAND_INS.get(key)))


def stands_in(key: str, kind: str) -> bool:
    """Whether any value of an argument makes a layer of the same shape, weights and work."""
    if key == "scale" or key == "axis":
        return kind == "Rescaling" and key == "scale"
    return key in STAND_INS or key.endswith(KINDS)


def read_value(key: str, value: Any) -> Any:
    """One argument in the form in which Keras saves it; what has none stays as it is."""
    if key in ("activation", "recurrent_activation"):
        return read_activation(value)
    if key.endswith(KINDS):
        return read_object(key.rpartition("_")[2] + "s", value)
    if key == "padding" and isinstance(value, str):
        return value.lower()
    if key == "data_format":
        return "channels_last" if value is None else value
    if isinstance(value, (tuple, list)) and is_known(value):
        return list(value)
    return value


def read_activation(value: Any) -> Any:
    """The word for an activation; what is no word of Keras's stays as it is."""
    if value is None:
        return "linear"
    if isinstance(value, str):
        return WORDS["activations"].get(value, value)
    if isinstance(value, External):
        module, _, name = value.name.rpartition(".")
        if module in (
            "keras.activations",
            "keras.ops",
            "tensorflow.nn",
            "keras.ops.nn",
            "tensorflow",
            "tensorflow.math",
        ):
            return WORDS["activations"].get(name, value)
    return value


def read_object(module: str, value: Any) -> Any:
    """An initializer, regularizer or constraint as Keras saves it; what is none of Keras's stays as it is."""
    if isinstance(value, External):
        value = ALIASES.get(value.name, value.name).removeprefix(f"keras.{module}.")  # a class stands for its object
    if isinstance(value, str):
        name = WORDS[module].get(value)
        arguments: dict[str, Any] = {}
    elif isinstance(value, KerasObject) and value.name.startswith(f"keras.{module}."):
        name, arguments = value.kind, value.arguments
    else:
        return value
    signature = find_signature(f"keras.{module}.{name}")
    if name is None or signature is None:
        return value
    config = {key: list(v) if isinstance(v, tuple) else v for key, v in (signature.defaults | arguments).items()}
    if not is_known(config):
        return next(v for v in config.values() if not is_known(v))
    return {"module": f"keras.{module}", "class_name": name, "config": config, "registered_name": None}


def is_plain(value: Any) -> bool:
    """Whether a value is one that a config may hold."""
    return is_known(value) and not isinstance(value, (complex, bytes, set, frozenset))


def complete(kind: str, config: dict[str, Any]) -> None:
    """Bring sizes to the form in which Keras saves them: a number for every axis."""
    rank = int(kind[-2]) if kind[-2:] in ("1D", "2D", "3D") else find_inner_rank(kind)
    if "strides" in config and config["strides"] is None and "pool_size" in config:
        config["strides"] = config["pool_size"]
    for key in PER_AXIS:
        if type(config.get(key)) is int and rank and kind != "UpSampling1D":
            config[key] = [config[key]] * rank
    for key in ("padding", "cropping"):
        if key in config and kind.startswith(("ZeroPadding", "Cropping")):
            config[key] = spread_sides(config[key], rank)
    if kind == "Normalization" and type(config.get("axis")) is int:
        config["axis"] = [config["axis"]]


def find_inner_rank(kind: str) -> int:
    """The number of axes in the middle of a class's name: Conv2DTranspose."""
    return next((n for n in (1, 2, 3) if f"{n}D" in kind), 0)


def spread_sides(value: Any, rank: int) -> Any:
    """What ZeroPadding and Cropping take, with two sides for every axis; of one axis, the two sides."""
    if type(value) is int:
        return [value, value] if rank == 1 else [[value, value] for _ in range(rank)]
    if isinstance(value, list) and rank > 1:
        return [
            [side, side] if type(side) is int else list(side) if isinstance(side, tuple) else side for side in value
        ]
    return value
