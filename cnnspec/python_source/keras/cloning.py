"""clone_model: the same layers with weights of their own, on inputs of their own."""

from __future__ import annotations

from cnnspec.python_source.keras.functional import Between, make_functional
from cnnspec.python_source.keras.inputs import add_input
from cnnspec.python_source.keras.layer_kinds import find_base, is_layer
from cnnspec.python_source.keras.layer_value import LayerValue
from cnnspec.python_source.keras.model_value import ModelValue
from cnnspec.python_source.keras.sequential import Row, build_row
from cnnspec.python_source.keras.uses import Replay
from cnnspec.python_source.tape import TensorValue
from cnnspec.python_source.values import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.values import Call


def clone_model(call: Call) -> Any:
    """clone_model(model, input_tensors, clone_function)."""
    model = find_base(call.find(0, "model"))
    if isinstance(model, Unknown):
        return model
    plain = call.find(1, "input_tensors") is None and call.find(2, "clone_function") is None
    if not isinstance(model, ModelValue) or not plain:
        return call.make_unknown("what clone_model gives for this is not known")
    return Cloning(call).clone_model(model)


class Cloning:
    """`made` are the clones, by the identities of what they are of: a layer that is shared stays so."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.made: dict[int, Any] = {}

    def clone(self, layer: Any) -> Any:
        """A layer or model like this one; unknown where a class of the source makes it."""
        base = find_base(layer)
        if id(base) not in self.made:
            if isinstance(base, LayerValue):
                made: Any = LayerValue(base.kind, base.arguments, base.site, self.call.machine, base.stretches)
                made.attributes.update(base.attributes)
            elif isinstance(base, ModelValue):
                made = self.clone_model(base)
            elif isinstance(base, Unknown):
                made = base
            else:
                made = self.call.make_unknown("what a clone of a layer of the source's own is is not known")
            self.made[id(base)] = made
        return self.made[id(base)]

    def clone_model(self, model: ModelValue) -> Any:
        call = self.call
        if isinstance(model.body, Row):
            layers = [*map(self.clone_input, model.list_inputs()), *map(self.clone, model.layers)]
            return build_row(layers, model.name, call.machine, call.node)
        if isinstance(model.body, Between):
            replay = Replay(call.machine, call.node, model.make_path(call.site))
            replay.made = {tensor.node.index: self.clone_input(tensor) for tensor in model.list_inputs()}
            replay.make([use.replace(callee=self.exchange(use.callee)) for use in model.body.uses])
            inputs, outputs = replay.exchange(model.body.inputs), replay.exchange(model.body.outputs)
            return make_functional(inputs, outputs, model.name, call.machine, call.node)
        return call.make_unknown("what a clone of a model of the source's own is is not known")

    def exchange(self, callee: Any) -> Any:
        """The clone of a layer; an operation has nothing of its own."""
        return self.clone(callee) if is_layer(callee) else callee

    def clone_input(self, tensor: TensorValue) -> TensorValue:
        sizes = tensor.list_sizes()
        return add_input(self.call.machine, None if sizes is None else sizes[1:], tensor.node.site, tensor.node.name)
