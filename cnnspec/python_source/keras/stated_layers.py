"""Keras layers that the language has no word for, of which the output's shape and the number of parameters are known."""

from __future__ import annotations

from math import prod

from cnnspec.base.record import Record
from cnnspec.layers import find
from cnnspec.model_files import find_layers, mark_tensor, name_as_keras
from cnnspec.python_source.keras.saved_form import save_layer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from cnnspec.layers.base import Layer, Shape

# Class → how many times as wide as its output what it learns is, and how many states it has.
RECURRENT = {"LSTM": (4, 2), "GRU": (3, 1), "SimpleRNN": (1, 1)}
MERGED = {
    "concat": 2,
    "sum": 1,
    "mul": 1,
    "ave": 1,
}  # how a bidirectional layer joins its two sides, and how wide that is
STEPS, FEATURES = 2, 1


class Stated(Record):
    """The shape of a layer's output, without the batch, and how many parameters it has, of which some are not trained."""

    shape: Shape
    params: int
    frozen: int = 0

    def make_layer(self, kind: str) -> Layer | None:
        """The layer of the language that states this; None where a size is not known."""
        sizes = tuple([n for n in self.shape if isinstance(n, int) and n > 0])
        if not sizes or len(sizes) < len(self.shape):
            return None
        cls: Any = find("opaque")
        made: Layer = cls(name_as_keras(kind), sizes, self.params - self.frozen, self.frozen)
        return made


def train_or_freeze(layer: Layer, trained: bool) -> Layer:
    """The layer with its weights trained, or all of them frozen, however it was made."""
    if layer.stated:
        given = layer.argument_values()
        return layer if trained else layer.replace(params=0, frozen=given["params"] + given["frozen"])
    return layer.replace(trainable=trained) if "trainable" in layer.arguments else layer


def state(kind: str, arguments: Mapping[str, Any], shapes: Sequence[Shape]) -> list[Stated] | None:
    """What is known of the outputs of a layer of this class, with Keras's defaults among its arguments; None for nothing."""
    if kind not in FORMULAS or not shapes:
        return None
    try:
        return FORMULAS[kind](arguments, shapes)
    except (TypeError, ValueError, LookupError, ArithmeticError):
        return None  # an argument is not known, or of a kind that the layer does not take


# ---- recurrent layers ------------------------------------------------------------------------------------------
def state_recurrent(kind: str, arguments: Mapping[str, Any], shapes: Sequence[Shape]) -> list[Stated]:
    """(steps, features) → the last output, or those of all steps; and the states, where they are returned."""
    gates, states = RECURRENT[kind]
    steps, features = shapes[0]
    units, features = read_count(arguments["units"]), read_count(features)
    biases = units * gates * read_flag(arguments["use_bias"])
    if kind == "GRU" and read_flag(arguments["reset_after"]):
        biases *= 2
    params = gates * units * (features + units) + biases
    shape = (steps, units) if read_flag(arguments["return_sequences"]) else (units,)
    behind = [Stated((units,), 0)] * (states * read_flag(arguments["return_state"]))
    return [Stated(shape, params), *behind]


def state_convolving(arguments: Mapping[str, Any], shapes: Sequence[Shape]) -> list[Stated]:
    """ConvLSTM2D on (steps, height, width, channels)."""
    steps, *image = shapes[0]
    names = ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate")
    inner = state_inner("Conv2D", {name: arguments[name] for name in names}, tuple(image))
    filters, kernel = read_count(arguments["filters"]), arguments["kernel_size"]
    area = prod(kernel) if isinstance(kernel, (tuple, list)) else kernel**2
    params = 4 * filters * (area * (read_count(image[-1]) + filters) + read_flag(arguments["use_bias"]))
    if read_flag(arguments["return_state"]):
        raise ValueError("its states are maps")
    return [Stated((steps, *inner.shape) if read_flag(arguments["return_sequences"]) else inner.shape, params)]


def state_both_ways(arguments: Mapping[str, Any], shapes: Sequence[Shape]) -> list[Stated]:
    inner = arguments["layer"]
    (found,) = state_recurrent(inner.kind, inner.complete_arguments(), shapes)
    shape = (*found.shape[:-1], found.shape[-1] * MERGED[arguments["merge_mode"]])
    return [Stated(shape, 2 * found.params)]


# ---- layers in layers ------------------------------------------------------------------------------------------
def state_each_step(arguments: Mapping[str, Any], shapes: Sequence[Shape]) -> list[Stated]:
    """TimeDistributed: a layer on each step."""
    steps, *each = shapes[0]
    inner = arguments["layer"]
    found = state_inner(inner.kind, inner.complete_arguments(), tuple(each))
    return [found.replace(shape=(steps, *found.shape))]


def state_inner(kind: str, arguments: Mapping[str, Any], shape: Shape) -> Stated:
    """What a layer gives on its own."""
    saved = save_layer(kind, {key: value for key, value in arguments.items() if value is not ...})
    if saved.unknown or saved.activation is not None:
        raise ValueError(f"{saved.unknown or 'activation'} is not known")
    tensor = mark_tensor(0, [None, *[n if isinstance(n, int) else None for n in shape]])
    layer = {"module": "keras.layers", "class_name": kind, "config": saved.config, "registered_name": None}
    (found,) = find_layers(layer, (tensor,), {}, (shape,))
    if found.layer is None or found.shape is None:
        raise ValueError(f"{kind} has no layer here")
    weights = found.layer.weights((shape,))
    counts = [(count_values(weight.shape), weight.trainable) for weight in weights]
    return Stated(found.shape, sum([n for n, _ in counts]), sum([n for n, trained in counts if not trained]))


def count_values(shape: Shape) -> int:
    count = 1
    for size in shape:
        count *= read_count(size)
    return count


# ---- attention -------------------------------------------------------------------------------------------------
def state_heads(arguments: Mapping[str, Any], shapes: Sequence[Shape]) -> list[Stated]:
    """MultiHeadAttention on a query, a value, and perhaps a key: what makes each, and the output, of all heads."""
    query, value, key = shapes[0], shapes[1], shapes[2] if len(shapes) > 2 else shapes[1]
    heads, size = read_count(arguments["num_heads"]), read_count(arguments["key_dim"])
    inside = size if arguments["value_dim"] is None else read_count(arguments["value_dim"])
    if arguments["output_shape"] is not None or read_flag(arguments["use_gate"]):
        raise ValueError("its output has another size")
    bias = read_flag(arguments["use_bias"])
    made = [(query[-1], size), (key[-1], size), (value[-1], inside)]
    params = sum([heads * to * (read_count(entering) + bias) for entering, to in made])
    return [Stated(query, params + read_count(query[-1]) * (heads * inside + bias))]


def state_attention(arguments: Mapping[str, Any], shapes: Sequence[Shape]) -> list[Stated]:
    (steps, _), (_, size) = shapes[:2]
    scale = 1 if read_flag(arguments["use_scale"]) else 0
    concat = 1 if arguments["score_mode"] == "concat" else 0
    return [Stated((steps, size), scale + concat)]


def keep(arguments: Mapping[str, Any], shapes: Sequence[Shape]) -> list[Stated]:
    return [Stated(shapes[0], 0)]


# ---- arguments -------------------------------------------------------------------------------------------------
def read_count(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("it is no whole number")
    return value


def read_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("it is neither true nor false")
    return value


FORMULAS: dict[str, Callable[[Mapping[str, Any], Sequence[Shape]], list[Stated]]] = {
    **{kind: (lambda given, shapes, kind=kind: state_recurrent(kind, given, shapes)) for kind in RECURRENT},  # type: ignore[misc]
    "Attention": state_attention,
    "Bidirectional": state_both_ways,
    "ConvLSTM2D": state_convolving,
    "Masking": keep,
    "MultiHeadAttention": state_heads,
    "TimeDistributed": state_each_step,
}
