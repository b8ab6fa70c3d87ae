"""What the graph of an ONNX file says: where its weights are, which axis holds channels, what its outputs passed through last."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnnspec.compile.runtimes.model import RuntimeRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

# Operations behind which a value has its axes still; those that say which axis holds channels, for ONNX has them first in
# these; and those that leave the values of a last activation as they are.
PLAIN = {"Add", "Cast", "Clip", "DequantizeLinear", "Div", "Identity", "Mul", "Pad", "QuantizeLinear", "Relu", "Sub"}
CHANNELS_FIRST = {
    "AveragePool", "BatchNormalization", "Conv", "GlobalAveragePool", "InstanceNormalization", "MaxPool", "QLinearConv",
}  # fmt: skip
SAME_VALUES = {"Cast", "DequantizeLinear", "Flatten", "Identity", "QuantizeLinear", "Reshape", "Squeeze", "Transpose", "Unsqueeze"}  # fmt: skip
ACTIVATIONS = {"Softmax": "softmax", "Sigmoid": "sigmoid"}
CHANNELS = (1, 3)  # of an image


def check_external(model: Any, path: str) -> None:
    """Raises RuntimeRefused where weights of a file lie elsewhere than beside it."""
    folder = os.path.realpath(os.path.dirname(path) or ".")
    for tensor in _list_tensors(model.graph):
        said = {entry.key: entry.value for entry in tensor.external_data}
        place = os.path.realpath(os.path.join(folder, said.get("location", "")))
        if said and (not place.startswith(os.path.join(folder, "")) or not os.path.isfile(place)):
            where = said.get("location") or "no file"
            raise RuntimeRefused(f"{path} keeps the weights {tensor.name} in {where}, which is no file in its folder")


def _list_tensors(graph: Any) -> Iterator[Any]:
    """Every tensor that a graph holds, in the graphs of its nodes too."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors)
            for inner in (attribute.g, *attribute.graphs):
                if inner.node or inner.initializer:
                    yield from _list_tensors(inner)


def find_channels_first(graph: Any, name: str, shape: tuple[int | None, ...]) -> bool | None:
    """Whether the channels of an input (`shape` is that of an example) come first; None where nothing says it.

    The first operation on it that has an opinion says so, else the sizes, where one end alone has channels of an image.
    """
    if len(shape) != 3:
        return False
    follows: dict[str, list[Any]] = {}
    for node in graph.node:
        for read in node.input[:1] if node.op_type not in ("Add", "Mul", "Sub") else node.input:
            follows.setdefault(read, []).append(node)
    waiting, seen = [name], {name}
    while waiting:
        for node in follows.get(waiting.pop(), ()):
            if node.op_type in CHANNELS_FIRST:
                return True
            if node.op_type == "Transpose":
                order = next((list(a.ints) for a in node.attribute if a.name == "perm"), [])
                return {(0, 3, 1, 2): False, (0, 2, 3, 1): True}.get(tuple(order))
            if node.op_type in PLAIN:
                waiting += [made for made in node.output if made not in seen]
                seen.update(node.output)
    first, last = shape[0] in CHANNELS, shape[-1] in CHANNELS
    return first if first != last else None


def find_activation(graph: Any, name: str) -> str:
    """The function that an output has passed through last: "softmax", "sigmoid", else "linear"."""
    makers = {made: node for node in graph.node for made in node.output}
    left = len(graph.node)
    while (node := makers.get(name)) is not None and left:
        if node.op_type in ACTIVATIONS:
            return ACTIVATIONS[node.op_type]
        if node.op_type not in SAME_VALUES or not node.input:
            break
        name, left = node.input[0], left - 1
    return "linear"
