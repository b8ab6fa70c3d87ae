"""The nodes of the tape that some tensors need."""

from __future__ import annotations

from cnnspec.layers.shape import all_known, product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.python_source.tape import Tape, TapeNode, TensorValue


def find_nodes(tape: Tape, outputs: list[TensorValue], inputs: list[TensorValue]) -> list[TapeNode]:
    """The nodes that outputs need, from the inputs' on, in order; the inputs' are among them."""
    met = {tensor.node.index for tensor in inputs}
    todo = [tensor.node.index for tensor in outputs]
    while todo:
        index = todo.pop()
        if index not in met:
            met.add(index)
            todo += tape.nodes[index].inputs
    return [tape.nodes[index] for index in sorted(met)]


def count_weights(tape: Tape, outputs: list[TensorValue], inputs: list[TensorValue]) -> int | None:
    """How many numbers the weights behind some inputs are, each owner's counted once; None where that is not known."""
    stops = {tensor.node.index for tensor in inputs}
    counts: dict[tuple[int, int], int] = {}
    for node in find_nodes(tape, outputs, inputs):
        if node.index in stops:
            continue
        shapes = tuple([tape.nodes[index].shape for index in node.inputs])
        if node.layer is None or not all_known(shapes):
            return None
        sizes = [product(weight.shape) for weight in node.layer.weights(shapes)]
        if not all([isinstance(size, int) for size in sizes]):
            return None
        key = (id(node.owner), node.part) if node.owner is not None else (-1, node.index)
        counts[key] = sum([size for size in sizes if isinstance(size, int)])
    return sum(counts.values())
