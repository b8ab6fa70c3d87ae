"""Keras layers that hold a function or another layer, and those of which a shape alone is known."""

from __future__ import annotations

from cnnspec.python_source.keras.saved_form import read_activation, save_layer
from cnnspec.python_source.tape import TensorValue, find_tensors
from cnnspec.python_source.values import Unknown, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.layers.base import Shape
    from cnnspec.python_source.keras.layer_value import LayerValue
    from cnnspec.python_source.keras.placing import Placement

IDENTITY = {"module": "keras.layers", "class_name": "Identity", "config": {"trainable": True}, "registered_name": None}
RECURRENT = {"LSTM": 2, "GRU": 1, "SimpleRNN": 1}  # class → how many states it has
SIDES = 2  # of a bidirectional layer


# ---- functions of the source -----------------------------------------------------------------------------------
def call_function(function: Any, use: Placement, keywords: dict[str, Any]) -> Any:
    """What a function of the source gives for the tensors of a use, as Keras calls it: on tensors of the backend."""
    machine = use.machine
    machine.tracing += 1
    try:
        made = machine.call(function, use.arguments, keywords, use.node)
    finally:
        machine.tracing -= 1
    if isinstance(made, TensorValue) and any(made.node is tensor.node for tensor in use.tensors):
        return use.find(IDENTITY)
    return made


def apply_lambda(layer: LayerValue, use: Placement) -> Any:
    options = layer.arguments.get("arguments") or {}
    function = layer.arguments.get("function")
    if find_unknown([use.arguments, options]) is not None or not isinstance(options, dict):
        return use.give_up("")
    made = call_function(function, use, options)
    if find_tensors(made):
        return made
    stated = layer.arguments.get("output_shape")
    known = isinstance(stated, (tuple, list)) and stated and all([type(n) is int and n > 0 for n in stated])
    why = "" if isinstance(made, Unknown) else "what the function of a Lambda layer gives is not known"
    return use.give_up(why, tuple(stated) if known and stated is not None else None)


def apply_activation(layer: LayerValue, use: Placement) -> Any:
    function = read_activation(layer.arguments.get("activation"))
    if isinstance(function, str):
        saved = save_layer(layer.kind, {**layer.arguments, "trainable": True})
        return layer.find_tensor(use, saved.config, False)
    shape = use.shapes[0] if use.shapes else None
    if isinstance(function, Unknown) or find_unknown(use.arguments) is not None:
        return use.give_up("", shape)
    made = call_function(function, use, {})
    return made if find_tensors(made) else use.give_up("", shape)


# ---- layers in layers --------------------------------------------------------------------------------------------
def apply_spectral(layer: LayerValue, use: Placement) -> Any:
    inner: Any = layer.arguments.get("layer")
    kind = find_kind(layer, inner)
    if not kind:
        return use.give_up("what SpectralNormalization wraps is not known")
    saved = save_layer(kind, inner.arguments)
    if saved.unknown or saved.activation is not None:
        return use.give_up(f"{saved.unknown or 'activation'} of {kind} is not known")
    wrapped = {"module": "keras.layers", "class_name": kind, "config": saved.config, "registered_name": None}
    steps = layer.arguments.get("power_iterations", 1)
    return layer.find_tensor(use, {"trainable": True, "layer": wrapped, "power_iterations": steps}, saved.doubt)


def apply_distributed(layer: LayerValue, use: Placement) -> Any:
    """A dense layer on each step is that layer; of another the output's shape alone is known."""
    inner: Any = layer.arguments.get("layer")
    if find_kind(layer, inner) == "Dense":
        return inner.place(use.arguments, use.keywords, use.machine, use.node, use.site)
    return use.give_up("TimeDistributed has no layer here")


def find_kind(layer: LayerValue, inner: Any) -> str:
    """The class of a layer in another; "" where it is no layer of Keras's."""
    return inner.kind if isinstance(inner, type(layer)) else ""


# ---- what is known by its shape alone ------------------------------------------------------------------------------
def find_recurrent_shapes(layer: LayerValue, shape: Shape | None) -> list[Shape | None]:
    """The shapes of the output and of the states, where they are returned."""
    units, sequences = layer.arguments.get("units"), layer.arguments.get("return_sequences", False)
    count = 1 + RECURRENT[layer.kind] * (layer.arguments.get("return_state", False) is True)
    if type(units) is not int or type(sequences) is not bool or shape is None or len(shape) != 2:
        return [None] * count
    return [(shape[0], units) if sequences else (units,), *[(units,)] * (count - 1)]


def apply_recurrent(layer: LayerValue, use: Placement) -> Any:
    shapes = find_recurrent_shapes(layer, use.shapes[0] if use.shapes else None)
    made = [use.give_up(f"{layer.kind} has no layer here", shape) for shape in shapes]
    return made if len(made) > 1 else made[0]


def apply_bidirectional(layer: LayerValue, use: Placement) -> Any:
    inner: Any = layer.arguments.get("layer")
    mode = layer.arguments.get("merge_mode", "concat")
    shape = None
    if find_kind(layer, inner) in RECURRENT and mode in ("concat", "sum", "mul", "ave") and len(use.shapes) == 1:
        shapes = find_recurrent_shapes(inner, use.shapes[0])
        shape = shapes[0] if len(shapes) == 1 else None
        if shape is not None and mode == "concat":
            shape = (*shape[:-1], shape[-1] * SIDES)
    elif mode is None:
        return use.machine.make_unknown("Bidirectional has no layer here", use.node)
    return use.give_up("Bidirectional has no layer here", shape)


def keep_shape(layer: LayerValue, use: Placement) -> Any:
    shape = use.shapes[0] if use.shapes else None
    return use.give_up(
        f"{layer.kind} has no layer here", shape if layer.arguments.get("output_shape") is None else None
    )


SPECIAL: dict[str, Callable[[LayerValue, Placement], Any]] = {
    "Activation": apply_activation,
    "Bidirectional": apply_bidirectional,
    "Lambda": apply_lambda,
    "Masking": keep_shape,
    "MultiHeadAttention": keep_shape,
    "SpectralNormalization": apply_spectral,
    "TimeDistributed": apply_distributed,
    **dict.fromkeys(RECURRENT, apply_recurrent),
}
