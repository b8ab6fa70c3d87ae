"""The weights that a class of the source makes by add_weight: their shapes, and the layer that stands for what they are in."""

from __future__ import annotations

from math import prod

from cnnspec.layers.shape import all_known, product
from cnnspec.python_source.arrays.array_value import ArrayValue
from cnnspec.python_source.keras.stated_layers import Stated
from cnnspec.python_source.tape import TensorValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.layers.base import Layer
    from cnnspec.python_source.tape import Tape
    from cnnspec.python_source.values import Call


class OwnWeights:
    """The weights of one layer: how many numbers are trained and how many are not. `sure`: whether all of that is known."""

    def __init__(self) -> None:
        self.any = False
        self.sure = True
        self.trained = self.frozen = 0

    def add(self, call: Call) -> Any:
        """A weight, as add_weight(shape, initializer, dtype, trainable, …, name) makes it: an array of its shape."""
        self.any = True
        shape = read_shape(call.find(0, "shape", default=()))
        trainable = call.find(3, "trainable", default=True)
        if shape is None or not isinstance(trainable, bool) or call.machine.doubt:
            self.sure = False
            return call.make_unknown("the shape of a weight is not known")
        if trainable:
            self.trained += prod(shape)
        else:
            self.frozen += prod(shape)
        return ArrayValue(shape, "float32")

    def make_layer(self, kind: str, made: Any, begun: int, tape: Tape) -> Layer | None:
        """The layer that stands for all that a call does: these weights, and those of the layers within, whose nodes are on the
        tape from `begun` on. None where not all of it is known."""
        shape = made.node.shape if isinstance(made, TensorValue) else None
        if not self.sure or shape is None:
            return None
        params, frozen, counted = self.trained + self.frozen, self.frozen, set()
        for node in [node for node in tape.nodes[begun:] if node.owner is not None]:
            if (id(node.owner), node.part) in counted:
                continue
            counted.add((id(node.owner), node.part))
            inputs = tuple([tape.nodes[index].shape for index in node.inputs])
            if node.layer is None or not all_known(inputs):
                return None
            for weight in node.layer.own_weights(inputs):
                numbers = product(weight.shape)
                if not isinstance(numbers, int):
                    return None
                params += numbers
                frozen += 0 if weight.trainable else numbers
        made_layer = Stated(shape, params, frozen).make_layer(kind)
        if made_layer is not None:
            for node in tape.nodes[begun:]:
                node.owner = None  # its weights are counted
        return made_layer


def read_shape(value: Any) -> tuple[int, ...] | None:
    """The shape of a weight; None where it is not known, or none that Keras takes."""
    known = isinstance(value, (tuple, list)) and all([type(n) is int and n > 0 for n in value])
    return tuple(value) if known else None
