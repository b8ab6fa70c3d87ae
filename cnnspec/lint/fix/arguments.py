"""Layers that refuse their input, and other arguments for them."""

from __future__ import annotations

from cnnspec.layers.argument import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.graph import Node
    from cnnspec.layers.base import Layer
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext


def takes(layer: Layer | None, name: str) -> bool:
    """Whether a layer has an argument of a name."""
    return layer is not None and name in layer.arguments


def find_refused(repair: RepairContext, found: Diagnostic) -> list[Node]:
    """The layers at a finding's place that refuse their input for its reason."""
    nodes = []
    for node in repair.nodes(found):
        inputs = repair.graph.input_shapes(node)
        problem = node.layer.problem(inputs) if node.layer is not None and inputs is not None else None
        if problem is not None and problem.code == found.code:
            nodes.append(node)
    return nodes


def propose_setting(repair: RepairContext, nodes: Sequence[Node], **values: Any) -> Proposal:
    """Other arguments, named as they are written."""
    words = ", ".join([f"{name}={show(value)}" for name, value in values.items()])
    return repair.propose(f"write {words}", repair.set(nodes, **values))
