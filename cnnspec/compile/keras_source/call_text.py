"""Keras calls as text: `layers.Conv2D(8, (3, 3))(x)`, `keras.ops.glu(x)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.base.record import Record
from cnnspec.compile.keras_functions import OF_TWO
from cnnspec.layers.words import CONSTRAINTS, INITIALIZERS, REGULARIZERS

if TYPE_CHECKING:
    from cnnspec.layers.base import KerasCall

Arguments = list[tuple[str, str]]  # names and texts
# the arguments that go without their name where they stand first, and the one that follows the filters
FIRST = {
    "filters", "units", "kernel_size", "pool_size", "rate", "target_shape", "dims", "size", "groups", "activation",
    "padding", "cropping", "pad_width", "key", "equation",
}  # fmt: skip
WORDS = {*INITIALIZERS, *REGULARIZERS, *CONSTRAINTS} - {"constant", "l1_l2"}  # what Keras knows by the same words


class CallText(Record):
    """A Keras call as text; `around` is the name of the wrapper around the layer, and the wrapper's arguments."""

    name: str
    arguments: str
    helper: str
    around: tuple[str, str] | None = None

    def apply_to(self, tensors: str) -> str:
        """The call applied: `layers.ReLU()(x)`, `keras.ops.glu(x)`."""
        if self.name in OF_TWO:
            tensors = tensors[1:-1] if tensors.startswith("[") else f"*{tensors}"
        if self.is_function:
            return f"keras.{self.name}({', '.join(filter(None, [tensors, self.arguments]))})"
        return f"{self.layer}({tensors})"

    @property
    def layer(self) -> str:
        """The layer alone, not applied: `layers.ReLU()`. A function of keras.ops has none."""
        layer = f"layers.{self.name}({self.arguments})"
        return f"layers.{self.around[0]}({', '.join(filter(None, [layer, self.around[1]]))})" if self.around else layer

    @property
    def is_function(self) -> bool:
        """Whether the call is a function of keras.ops, which has no weights and no name."""
        return self.name.startswith("ops.")


def write_call(call: KerasCall, own: Arguments, around: Arguments, name: str) -> CallText:
    """A Keras call of arguments as text, its own and those of its wrapper; a layer with its name, where it has one."""
    if name and not call.helper and not call.name.startswith("ops."):
        own, around = (
            (own, [*around, ("name", f'"{name}"')]) if call.around else ([*own, ("name", f'"{name}"')], around)
        )
    wrapper = (call.around.name, join_arguments(around)) if call.around else None
    return CallText(call.name, join_arguments(own), call.helper, wrapper)


def join_arguments(texts: Arguments) -> str:
    """Names and texts of arguments as a call writes them."""
    parts = []
    for position, (name, text) in enumerate(texts):
        bare = position == 0 and name in FIRST or position == 1 and texts[0][0] == "filters" and name == "kernel_size"
        parts.append(text if bare else f"{name}={text}")
    return ", ".join(parts)
