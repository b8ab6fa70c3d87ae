"""Functional models: all that lies between some tensors and others."""

from __future__ import annotations

from cnnspec.python_source.keras.layer_kinds import find_base, is_layer
from cnnspec.python_source.keras.layer_order import order_layers
from cnnspec.python_source.keras.model_mistakes import (
    refuse_count,
    refuse_names,
    refuse_tensor,
    refuse_unconnected,
)
from cnnspec.python_source.keras.model_value import ModelValue
from cnnspec.python_source.keras.uses import Replay, find_uses
from cnnspec.python_source.tape import TensorValue, add_unknown, find_tensors
from cnnspec.python_source.values import Unknown, can_walk, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.graph import Site
    from cnnspec.python_source.machine import Machine


class Between:
    """What lies between tensors: `uses`, in order. `loose` are tensors that it needs and no input leads to."""

    def __init__(self, inputs: Any, outputs: Any) -> None:
        self.inputs, self.outputs = inputs, outputs
        self.uses, self.loose = find_uses(find_tensors(outputs), find_tensors(inputs))

    def list_layers(self, model: ModelValue) -> list[Any]:
        """Inputs and layers; operations are none."""
        made = order_layers(self.uses, find_tensors(self.inputs), find_tensors(self.outputs))
        listed = [layer.node.owner if isinstance(layer, TensorValue) else layer for layer in made]
        return [layer for layer in listed if is_layer(layer)]

    def apply(
        self, model: ModelValue, given: Any, options: dict[str, Any], machine: Machine, node: ast.AST, site: Site
    ) -> Any:
        own, tensors = find_tensors(self.inputs), self._match(given)
        certain = is_tensors(given) and all([tensor.is_certain for tensor in tensors])
        if len(own) != len(tensors) and certain:
            refuse_count(model, len(own), len(tensors), machine, site)
        if len(own) != len(tensors) or any(
            [refuse_tensor(model, *pair, machine, site) for pair in zip(own, tensors, strict=True)]
        ):
            machine.make_unknown("the model is called on what it does not take", node)
            return add_unknown(machine, tensors, model.name or "model", node, model.kind)
        replay = Replay(machine, node, model.make_path(site))
        replay.made = {old.node.index: new for old, new in zip(own, tensors, strict=True)}
        replay.make(self.uses)
        return replay.exchange(self.outputs)

    def list_names(self) -> list[tuple[str, Site]]:
        """The names that the source gives its layers, and where they are made."""
        made = order_layers(self.uses, find_tensors(self.inputs), find_tensors(self.outputs))
        bases = [find_base(layer.node.owner if isinstance(layer, TensorValue) else layer) for layer in made]
        return [(base.name, base.site) for base in bases if is_layer(base)]

    def find_method(self, model: ModelValue, name: str) -> Any:
        return None

    def _match(self, given: Any) -> list[TensorValue]:
        """The tensors that stand for its inputs, in their order."""
        if isinstance(given, dict) and not isinstance(self.inputs, dict):
            names = [tensor.node.name for tensor in find_tensors(self.inputs)]
            return find_tensors([given[name] for name in names if name in given])
        return find_tensors(given)


class Nothing:
    """What is made of what is not known."""

    def __init__(self, cause: Unknown) -> None:
        self.cause = cause

    def list_layers(self, model: ModelValue) -> list[Any]:
        return [self.cause]

    def find_method(self, model: ModelValue, name: str) -> Any:
        return None

    def apply(
        self, model: ModelValue, given: Any, options: dict[str, Any], machine: Machine, node: ast.AST, site: Site
    ) -> Any:
        return add_unknown(machine, find_tensors(given), model.name or "model", node, model.kind)


def make_functional(inputs: Any, outputs: Any, name: str, machine: Machine, node: ast.AST) -> ModelValue:
    """The model between tensors."""
    body, cause = find_body(inputs, outputs, machine, node)
    model = ModelValue("Functional", body, name, machine, node)
    if cause is None:
        model.change(machine, inputs=inputs, outputs=outputs)
    return model


def find_body(inputs: Any, outputs: Any, machine: Machine, node: ast.AST) -> tuple[Between | Nothing, Unknown | None]:
    """How a model is made between tensors, and why that is not known, where it is not."""
    if all(map(is_tensors, (inputs, outputs))):
        made = Between(inputs, outputs)
        site = machine.make_site(node)
        if not refuse_unconnected(made.loose, machine, site):
            refuse_names(made.list_names(), machine, site)
            return made, None
    cause = find_unknown([inputs, outputs]) or machine.make_unknown("the model's tensors are not known", node)
    return Nothing(cause), cause


def is_tensors(value: Any) -> bool:
    """Whether a value is nothing but tensors, in lists and dicts, in which they are keys to nothing."""
    if isinstance(value, TensorValue):
        return True
    if not isinstance(value, (dict, list, tuple)) or not can_walk(value):
        return False
    parts = list(value.values()) if isinstance(value, dict) else value
    return bool(parts) and all(map(is_tensors, parts))
