"""What a source asks of a Keras layer: layer.name, layer.output, layer.filters."""

from __future__ import annotations

from cnnspec.python_source.keras.arguments import find_signature
from cnnspec.python_source.keras.saved_form import PER_AXIS, save_layer
from cnnspec.python_source.values import External, Method, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.keras.layer_value import LayerValue
    from cnnspec.python_source.machine import Machine

QUIET = ("build", "adapt", "set_weights", "load_own_variables", "add_loss", "quantize")  # methods that give nothing


def find_attribute(layer: LayerValue, name: str, machine: Machine, node: ast.AST) -> Any:
    """The value of an attribute that the source does not set."""
    if name == "trainable":
        return layer.trainable
    if name == "built":
        return bool(layer.used)
    if name == "name" and layer.name:
        return layer.name
    if name in ("output", "input") and layer.used:
        if isinstance(layer.used[0], Unknown):
            return layer.used[0]
        (arguments, keywords), result = layer.used[0]
        given = arguments[0] if arguments else keywords.get("inputs")
        return result if name == "output" else given
    if name == "__class__":
        return External(f"keras.layers.{layer.kind}")
    if name in QUIET:
        return Method(name, lambda call: None)
    signature = find_signature(f"keras.layers.{layer.kind}")
    if signature is not None and signature.takes(name):
        value = layer.arguments.get(name, signature.defaults.get(name))
        if name == "activation" and isinstance(value, (str, type(None))):
            return External(f"keras.activations.{value or 'linear'}")
        if name in PER_AXIS:
            value = save_layer(layer.kind, layer.arguments).config.get(name, value)
            return tuple(value) if isinstance(value, list) else value
        return value
    return machine.make_unknown(f".{name} of {layer.describe()} is not known", node)
