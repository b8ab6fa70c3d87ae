"""The tape: every use of a Keras layer that a source makes, in order, whichever model it ends up in.

A tensor is the output of one node of the tape. A model is cut out of the tape when all has been read: what its outputs
need, from its inputs on. A model that is called on other tensors has its uses made again behind these: each node knows its
`use`, the call that made it.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.size import Size
from cnnspec.python_source.values import Value, can_walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.graph import Site
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call


class Use(Record):
    """One call of something on tensors: `callee` is a value with `apply(arguments, keywords, machine, node, site)`, which can
    be asked again with other tensors in the same places. `outputs`: what it gave."""

    callee: Any
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    outputs: Any = None


class TapeNode:
    """One layer of ours on tensors, or an input, or a use of which nothing is known but its inputs.

    `owner` is the value whose weights it has (a Keras layer's): nodes of one owner, at one `part` of it, share them. `doubt`:
    its arguments are not all known (a rate): its shape, weights and MACs are right, and nothing is found about it. `cause`: what
    was not known of what it is given. `class_name`: the class that it is one of, "" where that is not known.
    """

    __slots__ = (
        "cause",
        "class_name",
        "doubt",
        "index",
        "inputs",
        "is_input",
        "label",
        "layer",
        "name",
        "owner",
        "part",
        "shape",
        "site",
        "use",
    )

    def __init__(
        self, index: int, layer: Layer | None, inputs: tuple[int, ...], shape: Shape | None, label: str, site: Site,
        class_name: str,
    ) -> None:  # fmt: skip
        self.index, self.layer, self.inputs, self.shape, self.label, self.site = (
            index,
            layer,
            inputs,
            shape,
            label,
            site,
        )
        self.is_input = self.doubt = False
        self.owner: Any = None
        self.part = 0
        self.name = ""  # that the source gives
        self.class_name = class_name
        self.use: Use | None = None
        self.cause: Any = None


class Tape:
    def __init__(self) -> None:
        self.nodes: list[TapeNode] = []

    def add(
        self, layer: Layer | None, inputs: tuple[int, ...], shape: Shape | None, label: str, site: Site, class_name: str = ""
    ) -> TapeNode:  # fmt: skip
        node = TapeNode(len(self.nodes), layer, inputs, shape, label, site, class_name)
        self.nodes.append(node)
        return node


class TensorValue(Value):
    """A symbolic tensor of Keras: the output of a node."""

    __slots__ = ("node",)

    def __init__(self, node: TapeNode) -> None:
        self.node = node

    @property
    def is_certain(self) -> bool:
        """Whether it surely is one tensor: what something unknown gives, and what is not known of an input, may be anything."""
        return self.node.layer is not None or self.node.is_input and self.node.shape is not None

    def list_sizes(self) -> tuple[int | None, ...] | None:
        """Its shape as Keras has it, the batch first: None for a size that is not known; None where nothing is."""
        shape = self.node.shape
        return None if shape is None else (None, *[None if isinstance(n, Size) else n for n in shape])

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name == "shape":
            sizes = self.list_sizes()
            return sizes if sizes is not None else machine.make_unknown("the shape of this tensor is not known", node)
        if name in ("ndim", "rank") and self.node.shape is not None:
            return len(self.node.shape) + 1
        return "float32" if name == "dtype" else super().get_attribute(name, machine, node)

    def compute(self, operator: str, other: Any, swapped: bool, machine: Machine, node: ast.AST) -> Any:
        return machine.libraries.tensor_operations.compute(self, operator, other, swapped, machine, node)

    def get_item(self, key: Any, machine: Machine, node: ast.AST) -> Any:
        return machine.libraries.tensor_operations.get_item(self, key, machine, node)

    def list_items(self, machine: Machine, node: ast.AST) -> list[Any] | None:
        """Keras refuses to take one apart; what is not known may be several."""
        if not machine.tracing and self.is_certain:
            message = "a tensor of Keras cannot be taken apart"
            machine.report(
                "E012", message, machine.make_site(node), None, "take its parts by x[:, 0], or by keras.ops.unstack"
            )
        return None

    def call(self, call: Call) -> Any:
        if not call.machine.tracing and self.is_certain:
            call.machine.report("E012", "a tensor cannot be called: layers and models can", call.site)
        return call.make_unknown("a tensor is called")

    def is_instance(self, name: str) -> bool | None:
        """It is none of Python's own types, and no layer; which class of tensors it is depends on where Keras is."""
        return False if self.is_certain and name.startswith(("builtins.", "keras.layers.", "keras.models.")) else None

    def describe(self) -> str:
        return "a tensor"


def find_tensors(value: Any) -> list[TensorValue]:
    """The tensors in a value, in Keras's order: a dict's keys are sorted."""
    if isinstance(value, TensorValue):
        return [value]
    return list_tensors(value) if can_walk(value) else []


def list_tensors(value: Any) -> list[TensorValue]:
    if isinstance(value, TensorValue):
        return [value]
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value, key=str)]
    return [tensor for part in value for tensor in list_tensors(part)] if isinstance(value, (tuple, list)) else []


def add_unknown(
    machine: Machine, tensors: list[TensorValue], label: str, node: ast.AST, class_name: str = ""
) -> TensorValue:
    """The tensor that something unknown makes of tensors."""
    inputs = tuple([tensor.node.index for tensor in tensors])
    return TensorValue(machine.tape.add(None, inputs, None, label, machine.make_site(node), class_name))
