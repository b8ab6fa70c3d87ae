"""Classes of the source that stand on Keras's: models and layers of people's own."""

from __future__ import annotations

from cnnspec.python_source.interpreter.objects import InstanceValue
from cnnspec.python_source.keras.composed_layer import ComposedLayer, Own
from cnnspec.python_source.keras.functional import find_body
from cnnspec.python_source.keras.layer_kinds import find_layers
from cnnspec.python_source.keras.layer_value import LayerValue
from cnnspec.python_source.keras.model_value import ModelValue
from cnnspec.python_source.keras.sequential import Row, fill_row
from cnnspec.python_source.tape import add_unknown, find_tensors
from cnnspec.python_source.values import find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.graph import Site
    from cnnspec.python_source.interpreter.objects import ClassValue
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

MODELS = ("keras.Model", "keras.models.Model", "keras.Functional", "keras.models.Functional", "keras.training.Model")
SEQUENTIAL = ("keras.Sequential", "keras.models.Sequential")
LAYERS = ("keras.layers.Layer", "keras.Layer", "keras.layers.Wrapper", "keras.layers.core.Layer")
OF_LAYERS = "keras.layers."


class OwnCall:
    """A model that is what `call` of its class does; its layers are what its attributes hold."""

    def __init__(self, instance: InstanceValue) -> None:
        self.own = Own(instance)

    def list_layers(self, model: ModelValue) -> list[Any]:
        found = {id(layer): layer for layer in find_layers(list(self.own.instance.attributes.values()))}
        return list(found.values())

    def apply(
        self, model: ModelValue, given: Any, options: dict[str, Any], machine: Machine, node: ast.AST, site: Site
    ) -> Any:
        if not self.own.has("call"):
            machine.make_unknown(f"{model.kind} has no method call", node)
            return add_unknown(machine, find_tensors(given), model.name or model.kind, node, model.kind)
        made = self.own.run((given,), options, machine, node, site)
        if find_tensors(made):
            return made
        if find_unknown(made) is None:
            machine.make_unknown(f"what {model.kind} gives is not known", node)
        return add_unknown(machine, find_tensors(given), model.name or model.kind, node, model.kind)

    def find_method(self, model: ModelValue, name: str) -> Any:
        return None


def make_instance(made_of: ClassValue, call: Call) -> Any:
    """The instance of a class of the source that stands on a model or layer of Keras's; NotImplemented for any other."""
    base = made_of.find_library_base()
    instance = InstanceValue(made_of)
    if base in MODELS:
        instance.native = ModelValue(made_of.name, OwnCall(instance), "", call.machine, call.node)
    elif base in SEQUENTIAL:
        instance.native = ModelValue(made_of.name, Row(), "", call.machine, call.node)
    elif base.startswith(OF_LAYERS) or base in LAYERS:
        instance.native = ComposedLayer(instance, call.site, lambda: find_layers(list(instance.attributes.values())))
    else:
        return NotImplemented
    start = made_of.find_method("__init__")
    if start is None:
        call_super(instance, "__init__", call)
    else:
        call.machine.interpreter.call_value(start, call.replace(arguments=(instance, *call.arguments)))
    return instance


def call_super(instance: Any, method: str, call: Call) -> Any:
    """What a method gives that an instance has from Keras's class."""
    native = instance.native if isinstance(instance, InstanceValue) else None
    if isinstance(native, ModelValue):
        return call_model(native, method, call)
    return call_layer(native, method, call) if isinstance(native, ComposedLayer) else NotImplemented


def call_model(model: ModelValue, method: str, call: Call) -> Any:
    if method == "__init__":
        name = call.keywords.get("name")
        model.name = name if isinstance(name, str) else model.name
        if isinstance(model.body, Row):
            fill_row(model, call)
        elif find_tensors([call.arguments, call.keywords]):
            inputs, outputs = call.find(0, "inputs"), call.find(1, "outputs")
            model.body, cause = find_body(inputs, outputs, call.machine, call.node)
            if cause is None:
                model.change(call.machine, inputs=inputs, outputs=outputs)
        return None
    return call.machine.call(
        model.get_attribute(method, call.machine, call.node), call.arguments, call.keywords, call.node
    )


def call_layer(layer: ComposedLayer, method: str, call: Call) -> Any:
    if method == "__init__":
        base = layer.instance.class_value.find_library_base()
        layer.begin(call)
        if base not in LAYERS:
            inner = call.machine.libraries.call(base, call)
            layer.inner = inner if isinstance(inner, LayerValue) else None
        return None
    if method in ("call", "__call__") and layer.inner is not None:
        return call.machine.call(layer.inner, call.arguments, call.keywords, call.node)
    return call.machine.call(
        layer.get_attribute(method, call.machine, call.node), call.arguments, call.keywords, call.node
    )
