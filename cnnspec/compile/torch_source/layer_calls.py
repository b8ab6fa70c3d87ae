"""The PyTorch calls of every layer of a graph, and in which order the values of its vectors stand.

A map is flattened channels first where all that reads the row goes on in any order and ends in dense layers: then the
rows of their weights are ordered so. Else the axes are first brought into Keras's order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.base.record import Record
from cnnspec.layers.torch_call import KEEPS, NoTorch, TorchCall, put_weight_channels_first

if TYPE_CHECKING:
    from cnnspec.graph import Graph, Node
    from cnnspec.layers.shape import Shape

ACTS_LATER = ("_initializer", "_regularizer", "_constraint")  # arguments that say nothing of what the layer computes


class NotInTorch(Exception):
    """A network that PyTorch cannot run, with the layer that it cannot."""


class TorchLayer(Record):
    """The calls of one node. `entering` is the shape of the map, if any, whose values enter as a row, channels first."""

    calls: tuple[TorchCall, ...]
    entering: Shape | None = None


def find_layer_calls(graph: Graph) -> dict[int, TorchLayer]:
    """The calls of every node that an output depends on, inputs left out. Raises NotInTorch."""
    calls = {
        node.index: read_calls(graph, node)
        for node, used in zip(graph.nodes, graph.used(), strict=True)
        if used and node.layer
    }
    readers = graph.consumers()
    entering: dict[int, Shape] = {}
    for index, own in calls.items():
        node = graph.nodes[index]
        shapes = graph.input_shapes(node)
        if shapes is not None and is_flatten(own, shapes[0]) and may_stand_anyhow(graph, calls, readers, index):
            calls[index] = own[-1:]
            for reader in find_row(graph, calls, readers, index):
                entering[reader] = shapes[0]
    return {index: TorchLayer(own, entering.get(index)) for index, own in calls.items()}


def read_calls(graph: Graph, node: Node) -> tuple[TorchCall, ...]:
    """The calls of a node's layer. Raises NotInTorch."""
    shapes = graph.input_shapes(node)
    assert node.layer is not None and shapes is not None
    made = node.layer.torch(shapes)
    if isinstance(made, NoTorch):
        raise NotInTorch(f"{node.name} ({node.site.origin}) {made.why}")
    return made


# ---- the order of a row ------------------------------------------------------------------------------------
def is_flatten(calls: tuple[TorchCall, ...], shape: Shape) -> bool:
    """Whether calls flatten a map into a row, as Keras does."""
    return [call.name for call in calls] == [".permute", "Flatten"] and len(shape) > 1


def may_stand_anyhow(
    graph: Graph, calls: dict[int, tuple[TorchCall, ...]], readers: list[list[int]], index: int
) -> bool:
    """Whether the values of a node's output may stand in any order: each way on ends in a dense layer, no way at the end."""
    row = find_row(graph, calls, readers, index)
    shared = {i for node in graph.nodes if node.shares is not None for i in (node.index, graph.made_at(node))}
    if any(reader in shared or not find_order(calls[reader]) for reader in row):
        return False
    keeping = [index, *[reader for reader in row if find_order(calls[reader]) == KEEPS]]
    ends = [i for i in keeping if i in graph.outputs or not any(reader in calls for reader in readers[i])]
    return not ends


def find_order(calls: tuple[TorchCall, ...]) -> str:
    """What becomes of the order of a row that enters some calls: MIXES behind the first dense layer, KEEPS, or "" where it must
    be Keras's."""
    for call in calls:
        if call.order != KEEPS:
            return call.order
    return KEEPS


def find_row(graph: Graph, calls: dict[int, tuple[TorchCall, ...]], readers: list[list[int]], index: int) -> set[int]:
    """The nodes that a row enters, up to the dense layers."""
    found: set[int] = set()
    waiting = [index]
    while waiting:
        for reader in readers[waiting.pop()]:
            if reader in calls and reader not in found:
                found.add(reader)
                waiting += [reader] if find_order(calls[reader]) == KEEPS else []
    return found


def order_rows(shape: Shape) -> tuple[Shape, tuple[int, ...]]:
    """How the rows of a weight are reordered: their shape in Keras, and the order of its axes in PyTorch."""
    return shape, put_weight_channels_first(len(shape))


# ---- what is not in the calls ------------------------------------------------------------------------------
def write_remark(node: Node) -> str:
    """The arguments of a layer that act on its training alone, and that PyTorch's layer does not take; "" for none."""
    layer = node.layer
    assert layer is not None
    found = []
    for name, value in layer.argument_values().items():
        argument = layer.arguments[name]
        if (name.endswith(ACTS_LATER) or name in ("seed", "synchronized")) and value != argument.record_default:
            found.append(f"{name}={argument.write(value)}")
    return ", ".join(found)
