"""Layers that refuse their input, and other arguments for them."""

from __future__ import annotations

from contextlib import suppress

from cnnspec.layers.shape import write_remedy
from cnnspec.lint.finding import write_setting
from cnnspec.lint.fix.edits import Inexpressible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic, Problem, Remedy
    from cnnspec.graph import Node
    from cnnspec.layers.base import Layer
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext


def takes(layer: Layer | None, name: str) -> bool:
    """Whether a layer has an argument of a name."""
    return layer is not None and name in layer.arguments


def find_refused(repair: RepairContext, found: Diagnostic) -> tuple[Node, Problem]:
    """The first layer at a finding's place, or a merge of what stands there, that refuses its inputs for the reason of
    the finding. Inexpressible where none does."""
    nodes = repair.nodes(found)
    readers = [repair.graph.nodes[i] for node in nodes for i in repair.context.readers[node.index]]
    for node in [*nodes, *[reader for reader in readers if reader.layer is not None and reader.layer.merges]]:
        inputs = repair.graph.input_shapes(node)
        problem = node.layer.problem(inputs) if node.layer is not None and inputs is not None else None
        if problem is not None and problem.code == found.code:
            return node, problem
    raise Inexpressible


def propose_remedies(repair: RepairContext, node: Node, remedies: Iterable[Remedy]) -> Iterator[Proposal]:
    """What the layer itself knows to mend it."""
    for remedy in remedies:
        with suppress(Inexpressible):  # another may do
            edits = repair.replace([node], remedy.instead) if remedy.instead else []
            edits += repair.set([node], **dict(remedy.values)) if remedy.values else []
            edits += repair.behind([node], remedy.behind) if remedy.behind else []
            arguments = node.layer.arguments if node.layer else {}
            yield repair.propose(f"write {write_remedy(remedy, node.name, arguments)}", edits)


def propose_setting(repair: RepairContext, nodes: Sequence[Node], **values: Any) -> Proposal:
    """Other arguments, named as they are written."""
    return repair.propose(f"write {write_setting(nodes[0].layer, values)}", repair.set(nodes, **values))
