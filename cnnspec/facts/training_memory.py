"""What training keeps in memory: the activations that gradients need, and the largest gradients in passing.

Each tensor counts once, however many operations need it; a flatten or a reshape is another view of its input. An
operation whose gradient nothing asks for (no trained weight in it or before it) keeps nothing. The outputs of the
network are kept for the loss. This is what the Keras model's backward function takes in TensorFlow, without a compiler
that merges or recomputes operations, without the workspace of convolutions and the allocator's waste.

Figures are values of one example; truth values (a dropout's mask) count bytes of their own.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.facts.symbolic_max import find_largest
from cnnspec.layers.base import product
from cnnspec.layers.operation import MOVE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Dim
    from cnnspec.facts.facts import Facts
    from cnnspec.facts.precision import Precision
    from cnnspec.graph import Node


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


def find_saved(facts: Facts) -> list[Saved] | None:
    """What training keeps of every node's values; None when an operation is unknown."""
    nodes, root, used = facts.graph.nodes, find_roots(facts), facts.graph.used()
    tensors: dict[tuple[int, int], Dim] = {}  # (node, number of the operation that makes it) → values
    inside: list[Saved] = [Saved() for _ in nodes]
    reached: list[bool] = []  # whether a gradient goes through a node
    for node in nodes:
        operations, parameters = facts.operations[node.index], facts.parameters[node.index]
        if operations is None or parameters is None:
            if not used[node.index]:
                reached.append(False)
                continue
            return None
        trained = _trained(facts, node)
        reached.append(trained or any([reached[i] for i in node.inputs]))
        if not (reached[-1] and used[node.index]):
            continue
        for number, operation in enumerate(operations):
            keeps = operation.keeps
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


def _trained(facts: Facts, node: Node) -> bool:
    parameters = facts.parameters[node.index if node.shares is None else node.shares]
    return parameters is not None and parameters[0] > 0


def _output(facts: Facts, index: int) -> tuple[int, int]:
    """The tensor that a node's last operation makes."""
    return index, max(0, len(facts.operations[index] or ()) - 1)


def _values(facts: Facts, index: int) -> Dim:
    return product(facts.shapes[index] or ())


def find_transient(facts: Facts) -> tuple[Dim, int] | None:
    """(values, node) of the largest pair of gradients: of what an operation makes, and of what it reads."""
    both: list[Dim] = []
    at: list[int] = []
    for node, root, used in zip(facts.graph.nodes, find_roots(facts), facts.graph.used(), strict=True):
        operations = facts.operations[node.index]
        if not used or root != node.index:  # a view
            continue
        if operations is None:
            return None
        both += [operation.inputs + operation.outputs for operation in operations]
        at += [node.index] * len(operations)
    if not both:
        return 0, 0
    found = find_largest(both)
    return None if found is None else (found[0], at[found[1]])
