"""Keras layers that hold a function or another layer, and those of which a shape alone is known."""

from __future__ import annotations

from cnnspec.graph import BlockCall
from cnnspec.layers.shape import all_known
from cnnspec.python_source.keras.saved_form import read_activation, save_layer
from cnnspec.python_source.keras.stated_layers import FORMULAS, state
from cnnspec.python_source.tape import TensorValue, find_tensors
from cnnspec.python_source.values import Unknown, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.keras.layer_value import LayerValue
    from cnnspec.python_source.keras.placing import Placement

IDENTITY = {"module": "keras.layers", "class_name": "Identity", "config": {"trainable": True}, "registered_name": None}
CALLED = ("query", "value", "key")  # what an attention is called on


# ---- functions of the source -----------------------------------------------------------------------------------
def call_function(function: Any, use: Placement, keywords: dict[str, Any]) -> Any:
    """What a function of the source gives for the tensors of a use, as Keras calls it: on tensors of the backend."""
    machine = use.machine
    outer, machine.path = machine.path, BlockCall(use.site, use.name or use.kind)
    machine.tracing += 1
    try:
        made = machine.call(function, use.arguments, keywords, use.node)
    finally:
        machine.tracing -= 1
        machine.path = outer
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
    """A dense layer on each step is that layer."""
    inner: Any = layer.arguments.get("layer")
    if find_kind(layer, inner) == "Dense":
        made = inner.place(use.arguments, use.keywords, use.machine, use.node, use.site)
        made.node.name, made.node.class_name = layer.name, layer.kind
        return made
    return apply_stated(layer, use)


def find_kind(layer: LayerValue, inner: Any) -> str:
    """The class of a layer in another; "" where it is no layer of Keras's."""
    return inner.kind if isinstance(inner, type(layer)) else ""


# ---- what is known by its shape and parameters alone -----------------------------------------------------------------
def apply_stated(layer: LayerValue, use: Placement) -> Any:
    """A layer that the language has no word for: a node for each of its outputs."""
    shapes = [tensor.node.shape for tensor in order_tensors(use)]
    why = f"{layer.kind} has no layer here"
    if find_unknown([use.arguments, use.keywords]) is not None or not all_known(tuple(shapes)):
        return use.give_up(why)
    if "layer" in layer.arguments and not find_kind(layer, layer.arguments["layer"]):
        return use.give_up(why)
    stated = state(layer.kind, layer.complete_arguments(), [shape for shape in shapes if shape is not None])
    if stated is None:
        return use.give_up(why)
    use.machine.make_unknown(f"{why}: its output's shape and its parameters alone are known", use.node)
    made = [use.add(one.make_layer(layer.kind), use.list_inputs(), one.shape, part) for part, one in enumerate(stated)]
    return made if len(made) > 1 else made[0]


def order_tensors(use: Placement) -> list[TensorValue]:
    """The tensors in the order of the parameters of an attention's call, where they are given by name."""
    if not use.keywords or use.kind != "MultiHeadAttention":
        return use.tensors
    given = dict(zip(CALLED, use.arguments, strict=False)) | use.keywords
    return [given[name] for name in CALLED if isinstance(given.get(name), TensorValue)]


SPECIAL: dict[str, Callable[[LayerValue, Placement], Any]] = {
    **dict.fromkeys(FORMULAS, apply_stated),
    "Activation": apply_activation,
    "Lambda": apply_lambda,
    "SpectralNormalization": apply_spectral,
    "TimeDistributed": apply_distributed,
}
