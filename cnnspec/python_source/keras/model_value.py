"""Keras models as values: their tensors, their layers, and what a source asks of them."""

from __future__ import annotations

from functools import partial

from cnnspec.graph import BlockCall
from cnnspec.python_source.keras.batches import find_batch, make_batch
from cnnspec.python_source.keras.call_mistakes import refuse_model_call
from cnnspec.python_source.keras.inputs import add_input, add_inputs
from cnnspec.python_source.keras.method_mistakes import OF_KERAS, refuse_method
from cnnspec.python_source.keras.model_attributes import find_attribute, find_method, set_trainable
from cnnspec.python_source.keras.names import refuse_attribute
from cnnspec.python_source.keras.uses import Path, make_use
from cnnspec.python_source.tape import add_unknown, find_tensors
from cnnspec.python_source.values import Method, Unknown, Value, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any, Protocol

    from cnnspec.graph import Site
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.tape import TensorValue
    from cnnspec.python_source.values import Call

    class Body(Protocol):
        """How a model is made: of layers in a row, from its outputs back, or by a class of the source."""

        def list_layers(self, model: ModelValue) -> list[Any]:
            """The layers as Keras lists them; an unknown stands for those that are not known."""

        def find_method(self, model: ModelValue, name: str) -> Any:
            """A method that only such models have, as function(call); None for none."""

        def apply(
            self, model: ModelValue, given: Any, options: dict[str, Any], machine: Machine, node: ast.AST, site: Site
        ) -> Any:
            """What the model makes of tensors, in its structure, where it is called at a site."""


MOST_NESTING = 40  # of models in models


class ModelValue(Value):
    """A Keras model. `state` is what may change while the source is read:

    - "inputs" and "outputs", its tensors in the structure in which Keras has them (a tensor, a list, a dict), None until it
      is built, and "outside", the last step of their paths that leads to all of it;
    - "trainable"; "compiled" and "fitted", what the last calls of compile and fit say (training/).

    `attributes` are those that the source sets; `depth` is how deep models are nested in it, itself included.
    """

    __slots__ = ("attributes", "body", "depth", "doubt", "kind", "name", "node", "past", "site", "state")

    def __init__(self, kind: str, body: Body, name: str, machine: Machine, node: ast.AST) -> None:
        self.kind, self.body = kind, body
        self.name: str = name
        self.node, self.site = node, machine.make_site(node)
        self.state: dict[str, Any] = {
            "inputs": None, "outputs": None, "outside": machine.path, "trainable": True, "compiled": None, "fitted": None,
        }  # fmt: skip
        self.past = machine.path  # what led to its layers when it was made
        self.attributes: dict[str, Any] = {}
        self.depth = 1
        self.doubt = machine.doubt  # in which it is made
        machine.models.append(self)

    def note_change(self, container: Any, machine: Machine) -> None:
        """A list or dict of its own is about to be changed. What is only perhaps made and changed there is known there."""
        if machine.doubt != self.doubt:
            machine.note_change(container)

    def change(self, machine: Machine, **state: Any) -> None:
        self.note_change(self.state, machine)
        self.state.update(state)

    # ---- what it is ----------------------------------------------------------------------------------------
    @property
    def layers(self) -> list[Any]:
        return self.body.list_layers(self)

    @property
    def compiled(self) -> Any:
        """The settings of the last call of compile, None where there is none, an unknown where that is not known."""
        return self.state["compiled"]

    @property
    def fitted(self) -> Any:
        """The same for fit."""
        return self.state["fitted"]

    @property
    def built(self) -> bool:
        return self.state["inputs"] is not None

    def list_inputs(self) -> list[TensorValue]:
        return find_tensors(self.state["inputs"])

    def list_outputs(self) -> list[TensorValue]:
        return find_tensors(self.state["outputs"])

    def describe(self) -> str:
        return f"the model {self.name}" if self.name else "a model"

    def is_instance(self, name: str) -> bool | None:
        """Whether it is one of Keras's models or layers of that name."""
        kinds = {"Sequential": ("Sequential",), "Functional": ("Functional",)}.get(self.kind)
        last = name.rpartition(".")[2]
        if not name.startswith("keras.") or last in ("Model", "Layer"):
            return name.startswith("keras.")
        return None if kinds is None else last in kinds

    # ---- what a source asks of it ----------------------------------------------------------------------------
    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name in self.attributes:
            return self.attributes[name]
        if self.kind in OF_KERAS and refuse_attribute(name, self.kind, machine, node):
            return machine.make_unknown(f"{self.describe()} has no {name}", node)
        method = self.body.find_method(self, name) or find_method(self, name)
        if method is None:
            return find_attribute(self, name, machine, node)
        return Method(name, partial(self._answer, name, method))

    def _answer(self, name: str, method: Callable[[Call], Any], call: Call) -> Any:
        """What a method gives."""
        refuse_method(self, name, call)
        return method(call)

    def forget(self, unknown: Unknown, machine: Machine) -> None:
        if self.compiled is None:
            self.change(machine, compiled=unknown)

    def set_attribute(self, name: str, value: Any, machine: Machine, node: ast.AST) -> None:
        if name == "trainable":
            set_trainable(self, value, machine, node)
        elif name in ("name", "_name") and isinstance(value, str):
            self.name = value
        else:
            self.note_change(self.attributes, machine)
            self.attributes[name] = value

    def call(self, call: Call) -> Any:
        if self.kind in OF_KERAS and refuse_model_call(self, call):
            return call.make_unknown("this call of a model is refused")
        given = call.find(0, "inputs", "x")
        batch = None if find_tensors(given) else find_batch(given)
        if batch is None:
            return make_use(call.machine, self, call.arguments, call.keywords, call.node, call.site)
        self.build(batch, call.machine, call.node)
        return make_batch(self, call)

    # ---- on tensors ----------------------------------------------------------------------------------------
    def build(self, shapes: Any, machine: Machine, node: ast.AST) -> None:
        """Give it inputs of these shapes, batch first, in their structure, unless it has inputs."""
        if not self.built:
            inputs = add_inputs(shapes, machine, node)
            self.apply((inputs,), {}, machine, node, machine.make_site(node))

    def build_unseen(self, machine: Machine) -> None:
        """Give a model that the source never builds an input of which nothing is known, so that its layers are seen."""
        if not self.built and self.layers:
            if not any(isinstance(layer, Unknown) for layer in self.layers):
                why = "is never built: the shape of its input is not known"
                machine.note_unknown(f"{self.name or self.kind} {why}", self.site)
            given = add_input(machine, None, self.site)
            self.apply((given,), {}, machine, self.node, self.site)

    def apply(
        self, arguments: tuple[Any, ...], keywords: dict[str, Any], machine: Machine, node: ast.AST, site: Site
    ) -> Any:
        """What it makes of tensors. They are its own inputs from now on, where it has none."""
        given = arguments[0] if arguments else keywords.get("inputs")
        tensors = find_tensors(given)
        if not tensors:
            return find_unknown(given) or machine.make_unknown("what a model is called on is not known", node)
        if self.depth > MOST_NESTING:
            machine.make_unknown(f"models are nested more than {MOST_NESTING} deep here", node)
            return add_unknown(machine, tensors, self.name or "model", node, self.kind)
        options = {key: value for key, value in keywords.items() if key != "inputs"}
        outputs = self.body.apply(self, given, options, machine, node, site)
        if not self.built:
            found = find_tensors(outputs)
            steps = found[0].node.site.steps[len(site.steps) :] if found else ()
            self.change(machine, inputs=given, outputs=outputs, outside=steps[0] if steps else None)
        return outputs

    def make_path(self, site: Site) -> Path:
        """The paths within it, where it is called at a site."""
        return Path(BlockCall(site, self.name or self.kind), self.past)
