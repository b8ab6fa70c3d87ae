"""What makes a vector of a map, found behind it and replaced by a global mean."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.graph import Node
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext


def find_flattening(repair: RepairContext, node: Node) -> Node | None:
    """The layer before a node that made a vector of a map."""
    while node.layer is not None and len(node.inputs) == 1:
        node = repair.graph.nodes[node.inputs[0]]
        inputs = repair.graph.input_shapes(node)
        if node.shape is None or len(node.shape) > 1 or not inputs:
            return None
        if len(inputs[0]) > 1:
            return node
    return None


def pool_instead(repair: RepairContext, nodes: Sequence[Node]) -> Iterator[Proposal]:
    """A global mean in the place of what flattened the input of a layer."""
    for node in nodes:
        flat = find_flattening(repair, node)
        if flat is not None:
            yield repair.propose(f"write gap in the place of {flat.name}", repair.replace([flat], "gap"))
