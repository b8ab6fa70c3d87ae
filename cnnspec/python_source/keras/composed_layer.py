"""Layers that classes of the source are: what they do is what their `call` does."""

from __future__ import annotations

from cnnspec.layers.argument import snake
from cnnspec.python_source.keras.in_training import call_as_trained
from cnnspec.python_source.keras.own_weights import OwnWeights
from cnnspec.python_source.keras.uses import make_use
from cnnspec.python_source.tape import TensorValue, add_unknown, find_tensors
from cnnspec.python_source.values import Method, Value, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.graph import Site
    from cnnspec.layers.base import Layer
    from cnnspec.python_source.interpreter.objects import InstanceValue
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call, Unknown


class Own:
    """What a class of the source does with tensors: its `build`, once, and its `call`."""

    def __init__(self, instance: InstanceValue) -> None:
        self.instance = instance
        self.prepared = False

    def has(self, method: str) -> bool:
        return self.instance.class_value.find_method(method) is not None

    def run(
        self, arguments: tuple[Any, ...], keywords: dict[str, Any], machine: Machine, node: ast.AST, site: Site
    ) -> Any:
        """What `call` gives on values at a site."""
        outer, machine.path = machine.path, site.path
        machine.tracing += 1
        try:
            self.prepare(arguments[0] if arguments else keywords.get("inputs"), machine, node)
            return call_as_trained(self.instance, arguments, keywords, machine, node)
        finally:
            machine.tracing -= 1
            machine.path = outer

    def prepare(self, given: Any, machine: Machine, node: ast.AST) -> None:
        """Run `build`, once, with the shape of what the layer is called on."""
        if not self.prepared and self.has("build"):
            self.prepared = True
            machine.call_method(self.instance, "build", (find_shapes(given, machine, node),), {}, node)


def find_shapes(value: Any, machine: Machine, node: ast.AST) -> Any:
    """The shapes of tensors, batch first, in their structure."""
    if isinstance(value, dict):
        return {key: find_shapes(item, machine, node) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [find_shapes(item, machine, node) for item in value]
    sizes = value.list_sizes() if isinstance(value, TensorValue) else None
    return machine.make_unknown("the shape of a tensor is not known", node) if sizes is None else sizes


class ComposedLayer(Value):
    """What an instance of a class of the source has from keras.layers.Layer. `weights`: those of its own; `cause`: why it is not known what it gives; `list_parts` gives the layers in it; `inner`: the layer of Keras's that it also is, where its class stands on one."""

    __slots__ = ("cause", "inner", "instance", "list_parts", "name", "own", "site", "trainable", "weights")

    def __init__(self, instance: InstanceValue, site: Site, list_parts: Callable[[], list[Any]]) -> None:
        self.instance, self.site, self.list_parts = instance, site, list_parts
        self.own = Own(instance)
        self.name = ""
        self.trainable: Any = True
        self.inner: Any = None
        self.cause: Unknown | None = None
        self.weights = OwnWeights()

    @property
    def kind(self) -> str:
        return self.instance.class_value.name

    def describe(self) -> str:
        return f"the layer {self.kind}"

    # ---- on tensors --------------------------------------------------------------------------------------------
    def apply(
        self, arguments: tuple[Any, ...], keywords: dict[str, Any], machine: Machine, node: ast.AST, site: Site
    ) -> Any:
        if not self.own.has("call"):
            if self.inner is not None:
                return self._apply_inner(arguments, keywords, machine, node, site)
            return self._give_up(arguments, keywords, machine, node, f"{self.kind} has no method call")
        begun = len(machine.tape.nodes)
        made = self.own.run(arguments, keywords, machine, node, site)
        if self.weights.any:
            layer = self.weights.make_layer(self.kind, made, begun, machine.tape)
            why = "its output's shape and its parameters alone are known" if layer else "not all of them are known"
            return self._give_up(
                arguments, keywords, machine, node, f"{self.kind} has weights of its own: {why}", made, layer
            )
        if not find_tensors(made):
            self.cause = find_unknown(made)
            return self._give_up(
                arguments, keywords, machine, node, "" if self.cause else f"what {self.kind} gives is not known"
            )
        return made

    def _apply_inner(
        self, arguments: tuple[Any, ...], keywords: dict[str, Any], machine: Machine, node: ast.AST, site: Site
    ) -> Any:
        """What the layer of Keras's gives that its class stands on, as layers of that class."""
        begun = len(machine.tape.nodes)
        made = self.inner.apply(arguments, keywords, machine, node, site)
        for part in machine.tape.nodes[begun:]:
            part.class_name = self.kind
        return made

    def _give_up(
        self, arguments: Any, keywords: Any, machine: Machine, node: ast.AST, why: str, made: Any = None, layer: Layer | None = None
    ) -> TensorValue:  # fmt: skip
        """One node, without a layer unless one states its weights: `why` is listed among what is not known, "" where it is listed elsewhere."""
        if why:
            machine.make_unknown(why, node)
        found = add_unknown(machine, find_tensors([arguments, keywords]), snake(self.kind), node, self.kind)
        found.node.owner, found.node.name, found.node.layer = self, self.name, layer
        found.node.shape = made.node.shape if isinstance(made, TensorValue) else None
        return found

    def is_instance(self, name: str) -> bool | None:
        """Whether it is one of Keras's layers of that name."""
        if name in ("keras.layers.Layer", "keras.Layer"):
            return True
        return False if self.inner is None else bool(self.inner.is_instance(name))

    # ---- what a source asks of it ----------------------------------------------------------------------------
    def call(self, call: Call) -> Any:
        given = [*call.arguments, call.keywords]
        if not find_tensors(given):
            return find_unknown(given) or call.make_unknown(f"what {self.kind} gives for data is not known")
        return make_use(call.machine, self, call.arguments, call.keywords, call.node, call.site)

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name in METHODS:
            return Method(name, lambda call: METHODS[name](self, call))
        if name == "name":
            return self.name or machine.make_unknown("Keras makes up the layer's name", node)
        if name == "trainable":
            return self.trainable
        if self.inner is not None:
            return machine.get_attribute(self.inner, name, node)
        return machine.make_unknown(f".{name} of {self.describe()} is not known", node)

    def set_attribute(self, name: str, value: Any, machine: Machine, node: ast.AST) -> None:
        if name == "trainable":
            self.trainable = value
            for part in self.list_parts():
                machine.set_attribute(part, "trainable", value, node)
        elif name in ("name", "_name") and isinstance(value, str):
            self.name = value

    def begin(self, call: Call) -> None:
        """super().__init__(…): its name, and what its base takes."""
        name = call.keywords.get("name")
        self.name = name if isinstance(name, str) else ""
        self.trainable = call.keywords.get("trainable", True)


# ---- methods that it has from keras.layers.Layer ---------------------------------------------------------------------
def add_weight(layer: ComposedLayer, call: Call) -> Any:
    return layer.weights.add(call)


def give_nothing(layer: ComposedLayer, call: Call) -> Any:
    return None


METHODS: dict[str, Any] = {
    "add_loss": give_nothing,
    "add_metric": give_nothing,
    "add_weight": add_weight,
    "add_variable": add_weight,
    "build": give_nothing,
}
