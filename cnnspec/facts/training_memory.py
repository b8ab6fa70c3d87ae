"""What training keeps in memory: the activations that gradients need, and the largest gradients in passing.

Each tensor counts once, however many operations need it; a flatten or a reshape is another view of its input. An
operation whose gradient nothing asks for (no trained weight in it or before it) keeps nothing, and one that is linear in
its input needs that for the gradients of its weights alone. The outputs of the network are kept for the loss. This is what the Keras model's backward function takes in TensorFlow, without a compiler
that merges or recomputes operations, without the workspace of convolutions and the allocator's waste.

Figures are values of one example; truth values (a dropout's mask) count bytes of their own.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.facts.symbolic_max import find_largest
from cnnspec.layers.base import product
from cnnspec.layers.operation import (
    BATCH_NORM,
    CONVOLUTION,
    DEPTHWISE,
    GROUPED,
    MOVE,
    PRODUCT,
    SCALING,
    TRANSPOSED,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from cnnspec.base.size import Dim
    from cnnspec.facts.facts import Facts
    from cnnspec.facts.precision import Precision
    from cnnspec.graph import Node

# A frozen batch norm works as in inference.
LINEAR = (CONVOLUTION, GROUPED, DEPTHWISE, TRANSPOSED, PRODUCT, BATCH_NORM, SCALING)


class Saved(Record):
    """What is kept of the values that one layer makes: values, and truth values of one byte each."""

    values: Dim = 0
    flags: Dim = 0

    def bytes(self, precision: Precision, batch: int = 1) -> Dim:
        """Bytes of a batch."""
        return (self.values * precision.activation + self.flags) * batch


def find_roots(facts: Facts) -> list[int]:
    """For every node, the node whose tensor its output is a view of: itself, for most."""
    made: list[int] = []
    for node in facts.graph.nodes:
        operations = facts.operations[node.index]
        view = node.layer is not None and node.layer.in_place and operations is not None
        view = view and all([operation.kind == MOVE for operation in operations or ()])
        made.append(made[node.inputs[0]] if view else node.index)
    return made


def find_saved(facts: Facts, frozen: Collection[int] = ()) -> list[Saved] | None:
    """What training keeps of every node's values, where the weights of some nodes are `frozen`; None when an operation is
    unknown."""
    nodes, root, reached = facts.graph.nodes, find_roots(facts), find_reached(facts, frozen)
    if reached is None:
        return None
    tensors: dict[tuple[int, int], Dim] = {}  # (node, number of the operation that makes it) → values
    inside: list[Saved] = [Saved() for _ in nodes]
    for node in nodes:
        if not reached[node.index]:
            continue
        operations, trained = facts.operations[node.index] or (), _trained(facts, node, frozen)
        for number, operation in enumerate(operations):
            keeps = operation.keeps
            if not trained and operation.kind in LINEAR and operation.weights != 0:
                continue
            if keeps.input and number:
                tensors[node.index, number - 1] = operation.inputs
            elif keeps.input:
                for i in node.inputs:
                    tensors[_output(facts, root[i])] = _values(facts, root[i])
            if keeps.output:
                last = number == len(operations) - 1
                tensors[_output(facts, root[node.index]) if last else (node.index, number)] = operation.outputs
            before = inside[node.index]
            values, flags = operation.outputs * keeps.inside, operation.outputs * keeps.flags
            inside[node.index] = Saved(before.values + values, before.flags + flags)
    for i in facts.graph.outputs:
        if reached[i]:
            tensors[_output(facts, root[i])] = _values(facts, root[i])
    for (i, _), values in tensors.items():
        inside[i] = inside[i].replace(values=inside[i].values + values)
    return inside


def find_reached(facts: Facts, frozen: Collection[int] = ()) -> list[bool] | None:
    """Whether a gradient goes through each node, on its way to a weight that is trained; None when an operation is unknown."""
    reached: list[bool] = []
    used = facts.graph.used()
    for node in facts.graph.nodes:
        known = facts.operations[node.index] is not None and facts.parameters[node.index] is not None
        if not known and used[node.index]:
            return None
        reached.append(known and (_trained(facts, node, frozen) or any([reached[i] for i in node.inputs])))
    return [one and other for one, other in zip(reached, used, strict=True)]


def _trained(facts: Facts, node: Node, frozen: Collection[int]) -> bool:
    owner = node.index if node.shares is None else node.shares
    parameters = facts.parameters[owner]
    return owner not in frozen and parameters is not None and parameters[0] > 0


def count_trained(facts: Facts, frozen: Collection[int]) -> Dim | None:
    """How many numbers a step changes; None where that is unknown."""
    count = facts.total.trainable
    for owner in frozen:
        if count is not None and (parameters := facts.parameters[owner]) is not None:
            count = count - parameters[0]
    return count


def _output(facts: Facts, index: int) -> tuple[int, int]:
    """The tensor that a node's last operation makes."""
    return index, max(0, len(facts.operations[index] or ()) - 1)


def _values(facts: Facts, index: int) -> Dim:
    return product(facts.shapes[index] or ())


def find_transient(facts: Facts, frozen: Collection[int] = ()) -> tuple[Dim, int] | None:
    """(values, node) of the largest pair of gradients: of what an operation makes, and of what it reads."""
    both: list[Dim] = []
    at: list[int] = []
    reached = find_reached(facts, frozen)
    if reached is None:
        return None
    for node, root in zip(facts.graph.nodes, find_roots(facts), strict=True):
        operations = facts.operations[node.index]
        if not reached[node.index] or root != node.index or operations is None:  # a view
            continue
        both += [operation.inputs + operation.outputs for operation in operations]
        at += [node.index] * len(operations)
    if not both:
        return 0, 0
    found = find_largest(both)
    return None if found is None else (found[0], at[found[1]])
