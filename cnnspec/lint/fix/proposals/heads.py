"""How a network ends: what stands before its dense layers, how many outputs they have, which function they end in."""

from __future__ import annotations

from cnnspec.base.names import NAMED_DATA
from cnnspec.layers.argument import word_of
from cnnspec.lint.finding import several
from cnnspec.lint.fix.proposals.waste import without_function
from cnnspec.lint.fix.proposals.windows import refused
from cnnspec.lint.fix.repair_context import Proposal
from cnnspec.lint.fix.spelling import Raw

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.base.diagnostic import Diagnostic, Edit
    from cnnspec.graph import Node
    from cnnspec.lint.fix.repair_context import Desk


def ending_in(desk: Desk, nodes: Sequence[Node], function: str) -> tuple[Edit, ...]:
    """Layers with another function at their end: their activation=, in the place of an activation, or behind them."""
    edits: list[Edit] = []
    for node in desk.sites(nodes):
        if node.layer is not None and "activation" in node.layer.arguments:
            edits += desk.set([node], activation=function)
        elif node.layer is not None and node.layer.in_place and node.layer.ends_in() not in (None, "linear"):
            edits += desk.replace([node], function)
        else:
            edits += desk.behind([node], function)
    return tuple(edits)


def dense_on_map(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """E105: flatten before it, as a paper's table means it; or gap, where channels are features that can be averaged."""
    nodes = desk.nodes(found)[:1]
    for word in ("flatten", "gap") if averages(desk, nodes[0]) else ("flatten",):
        edits = tuple(desk.before(nodes, word))
        yield Proposal(f"put {word} before {several(nodes)}", edits, meant=word == "flatten")


def averages(desk: Desk, node: Node) -> bool:
    """Whether means of the channels that enter a layer could tell what the network does: at least as many of them as it
    has outputs, made by layers with weights."""
    channels, outputs = desk.inputs(node)[0][-1], desk.graph.nodes[desk.graph.outputs[0]].shape
    enough = (
        isinstance(channels, int) and outputs is not None and isinstance(outputs[-1], int) and channels >= outputs[-1]
    )
    above = [desk.graph.nodes[i] for i in node.inputs]
    while enough and above:
        node = above.pop()
        if desk.context.facts.kernels[node.index] is not None:
            return True
        above += [desk.graph.nodes[i] for i in node.inputs]
    return False


def flattening(desk: Desk, node: Node) -> Node | None:
    """The layer before a node that made a vector of a map."""
    while node.layer is not None and len(node.inputs) == 1:
        node = desk.graph.nodes[node.inputs[0]]
        inputs = desk.graph.input_shapes(node)
        if node.shape is None or len(node.shape) > 1 or not inputs:
            return None
        if len(inputs[0]) > 1:
            return node
    return None


def rank(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """E106: without what made a vector of the map."""
    for node in refused(desk, found)[:1]:
        flat = flattening(desk, node)
        if flat is not None:
            yield Proposal(f"drop {flat.name}", tuple(desk.drop([flat])))


def pooled(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """E107: gap in the place of flatten."""
    for node in desk.nodes(found)[:1]:
        flat = flattening(desk, node)
        if flat is not None:
            yield Proposal(f"write gap in the place of {flat.name}", tuple(desk.replace([flat], "gap")))


pooled_dense = pooled  # P501


def head_size(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """E112: as many outputs as classes."""
    setting = desk.network.train.get("data")
    named = word_of(setting.value) if setting is not None else None
    for node in desk.nodes(found)[:1]:
        name = next((n for n in ("units", "filters") if node.layer is not None and n in node.layer.arguments), "")
        own = "classes" in desk.graph.parameters and node.site.caller is None
        known = NAMED_DATA[named][1] if named in NAMED_DATA else None
        given = desk.graph.parameters.get("classes")
        if known is None or known == given:
            classes = Raw("classes") if own else given
        else:
            classes = known
        yield Proposal(f"write {name}={classes}", tuple(desk.set([node], **{name: classes})))


def single_unit(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """T401: sigmoid."""
    nodes = desk.nodes(found)
    yield Proposal(f"end {several(nodes)} in sigmoid", ending_in(desk, nodes, "sigmoid"))


def on_logits(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """T408: without what stands between the sums and the head."""
    for node in desk.nodes(found)[:1]:
        if node.layer is not None and node.layer.drops():
            yield Proposal(f"drop {node.name}", tuple(desk.drop([node])))
        else:
            yield without_function(desk, [node])


def softmax(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """L812: softmax at the end."""
    nodes = desk.nodes(found)[:1]
    yield Proposal("end in softmax", ending_in(desk, nodes, "softmax"))
