"""Sequential models: layers in a row."""

from __future__ import annotations

from functools import partial

from cnnspec.base.record import Record
from cnnspec.python_source.keras.arguments import bind
from cnnspec.python_source.keras.call_mistakes import SEQUENTIAL, refuse_row
from cnnspec.python_source.keras.inputs import add_input, is_input, make_input
from cnnspec.python_source.keras.layer_kinds import find_base, read_layer
from cnnspec.python_source.keras.layer_value import LayerValue
from cnnspec.python_source.keras.model_mistakes import (
    find_stretch,
    refuse_names,
    refuse_no_layer,
    refuse_second_input,
    refuse_tensor,
)
from cnnspec.python_source.keras.model_value import ModelValue
from cnnspec.python_source.keras.uses import make_use
from cnnspec.python_source.tape import TensorValue, add_unknown, find_tensors
from cnnspec.python_source.training.places import find_item
from cnnspec.python_source.values import NOTHING, Unknown, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.graph import Site
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call


class Step(Record):
    """A layer in a row, and where it is made or, of a model, added."""

    layer: Any
    site: Site


class Row:
    """The layers of a Sequential model; and, once there is an input, this and what each of them gives: they are put on the
    tape as they are added, so that a mistake is found where it is made. An unknown stands for any number of layers."""

    def __init__(self) -> None:
        self.steps: list[Step | Unknown] = []
        self.tensors: list[Any] = []

    def list_layers(self, model: ModelValue) -> list[Any]:
        return [step.layer if isinstance(step, Step) else step for step in self.steps]

    def apply(
        self, model: ModelValue, given: Any, options: dict[str, Any], machine: Machine, node: ast.AST, site: Site
    ) -> Any:
        tensors = find_tensors(given)
        own = self.tensors[0] if self.tensors else None
        if isinstance(own, TensorValue) and len(tensors) == 1 and refuse_tensor(model, own, tensors[0], machine, site):
            machine.make_unknown("the model is called on what it does not take", node)
            return add_unknown(machine, tensors, model.name or "model", node, model.kind)
        return self.follow(model, given, machine, node, site)

    def follow(self, model: ModelValue, given: Any, machine: Machine, node: ast.AST, site: Site) -> Any:
        """What the layers make of tensors one behind another, whatever the model's own input is: Keras asks no more of data."""
        tensors = find_tensors(given)
        current = tensors[0] if len(tensors) == 1 else given
        path = model.make_path(site)
        for step in self.steps:
            led = step.replace(site=path.lead(step.site)) if isinstance(step, Step) else step
            current = self._follow(led, current, machine, node)
        return current

    def _follow(self, step: Step | Unknown, given: Any, machine: Machine, node: ast.AST) -> Any:
        """What a step gives."""
        if isinstance(step, Step) and find_tensors(given):
            return make_use(machine, find_base(step.layer), (given,), {}, node, step.site)
        return add_unknown(machine, find_tensors([*self.tensors[:1], given])[-1:], "unknown", node)

    # ---- as the source makes it ------------------------------------------------------------------------------
    def add(
        self, model: ModelValue, layer: Any, machine: Machine, node: ast.AST, stretch: tuple[int, int] | None = None
    ) -> None:
        """Add a layer behind the others. `stretch`: where it stands, if it is not the argument of add."""
        site = machine.make_site(node)
        if stretch is None and model.site.node != site.node:
            stretch = find_stretch(site, 0, "layer")
        if not is_input(layer):
            refuse_no_layer(layer, machine, site, stretch)
        base = find_base(read_layer(layer, machine, node)) if not is_input(layer) else layer
        if is_input(base):
            first = self._find_input()
            if first is not None:
                refuse_second_input(first, machine, site, stretch)
            elif not model.built and not self.steps:
                self._begin(model, make_input(base, machine), machine)
            return
        if not self.steps and not model.built:
            sizes = find_first_sizes(base)
            if sizes is not None:
                self._begin(model, add_input(machine, sizes, base.site), machine)
        model.note_change(self.steps, machine)
        here = isinstance(base, (ModelValue, Unknown))
        step = base if isinstance(base, Unknown) else Step(layer, machine.make_site(node) if here else base.site)
        self.steps.append(step)
        if not isinstance(base, Unknown) and base.name:
            others = [find_base(other.layer) for other in self.steps if isinstance(other, Step)]
            refuse_names(
                [(other.name, other.site) for other in others if other.name == base.name],
                machine,
                machine.make_site(node),
            )
        if isinstance(base, ModelValue):
            model.depth = max(model.depth, 1 + base.depth)
        if self.tensors:
            model.note_change(self.tensors, machine)
            self.tensors.append(self._follow(step, self.tensors[-1], machine, node))
            model.change(machine, outputs=self.tensors[-1])

    def find_method(self, model: ModelValue, name: str) -> Any:
        if name == "add":
            return partial(self._answer_add, model)
        return partial(self._answer_pop, model) if name == "pop" else None

    def _answer_add(self, model: ModelValue, call: Call) -> None:
        layer = call.find(0, "layer", default=NOTHING)
        if layer is not NOTHING:
            self.add(model, layer, call.machine, call.node)

    def _answer_pop(self, model: ModelValue, call: Call) -> Any:
        return self.pop(model, call.machine, call.node)

    def _begin(self, model: ModelValue, given: TensorValue, machine: Machine) -> None:
        model.note_change(self.tensors, machine)
        self.tensors.append(given)
        model.change(machine, inputs=given, outputs=given)

    def _find_input(self) -> TensorValue | None:
        """The input that the source says, by itself or by the first layer; None where there is none, or the first layer is a
        model that has one."""
        step = self.steps[0] if self.steps else None
        inner = isinstance(step, Step) and isinstance(find_base(step.layer), ModelValue)
        first = self.tensors[0] if self.tensors and not inner else None
        return first if isinstance(first, TensorValue) else None

    def pop(self, model: ModelValue, machine: Machine, node: ast.AST) -> Any:
        """Take the last layer away."""
        if not self.steps and model.kind == "Sequential":
            machine.report("E011", "there is no layer to take away", machine.make_site(node), raises=("IndexError",))
        if not self.steps or isinstance(self.steps[-1], Unknown):
            return machine.make_unknown("which layer is the last is not known", node)
        step = self.steps[-1]
        model.note_change(self.steps, machine)
        self.steps.pop()
        if len(self.tensors) > 1:
            model.note_change(self.tensors, machine)
            self.tensors.pop()
            model.change(machine, outputs=self.tensors[-1])
        return step.layer


def find_first_sizes(base: Any) -> Any:
    """The sizes of the input that the first layer in a row says: its input_shape, or its own input's; None for none."""
    if isinstance(base, LayerValue):
        sizes = base.arguments.get("input_shape")
        if sizes is None and base.kind != "Embedding":  # which calls something else so
            sizes = base.arguments.get("input_dim")
        return (sizes,) if type(sizes) is int else sizes
    if isinstance(base, ModelValue) and len(base.list_inputs()) == 1:
        shape = base.list_inputs()[0].list_sizes()
        return None if shape is None else shape[1:]
    return None


def build_row(layers: list[Any], name: str, machine: Machine, node: ast.AST) -> ModelValue:
    """The Sequential model of some layers."""
    row = Row()
    model = ModelValue("Sequential", row, name, machine, node)
    for layer in layers:
        row.add(model, layer, machine, node)
    return model


def make_sequential(call: Call) -> Any:
    """Sequential(layers, trainable, name)."""
    if refuse_row(call) or bind(call, SEQUENTIAL, "Sequential") is None:
        return call.make_unknown("this Sequential is refused")
    name = call.find(2, "name")
    model = build_row([], name if isinstance(name, str) else "", call.machine, call.node)
    fill_row(model, call)
    return model


def fill_row(model: ModelValue, call: Call) -> None:
    """Add the layers that a Sequential model is made with."""
    layers = call.find(0, "layers")
    if layers is None or not isinstance(model.body, Row):
        return
    items = call.machine.list_items(layers, call.node)
    if items is None:
        items = [find_unknown(layers) or call.make_unknown("the model's layers are not known")]
    for number, layer in enumerate(items):
        model.body.add(model, layer, call.machine, call.node, find_item(call, 0, "layers", number))
