"""T407 bias-before-norm: a bias that the normalisation behind it takes away again.

A batch normalisation subtracts each channel's mean, and a bias with it: its gradient is 0, it changes nothing, and costs
parameters, memory and a pass over the tensor. The normalisation's own beta does its work.

Source: Ioffe & Szegedy, "Batch Normalization" (2015), section 3.2: "the bias b can be ignored since its effect will be
canceled"; tensorflow/models#6017 reports 8 % more throughput without.

Bad:

    input 16x16x3
    conv(16, 3x3) -> bn -> relu

Good:

    input 16x16x3
    conv(16, 3x3, bias=false) -> bn -> relu
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.base.percent import percent
from cnnspec.layers.base import product
from cnnspec.lint.finding import SAFE, indices, list_other_places, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "T407"
SEVERITY = INFO
DEFAULT = True
LOOKS_AT = ("an offset that is taken away",)
FIX = SAFE
ADVICE = "write bias=false"
ADVICE_ON_MODELS = "leave it out: bias=False in PyTorch, use_bias=False in Keras"


def check(context: Context) -> Iterator[Diagnostic]:
    graph, facts = context.graph, context.facts
    kept: set[int] = set()  # nodes one of whose uses needs the bias
    useless: list[tuple[Node, int]] = []
    values = {node.index: bias_values(node, context) for node in facts.firsts}
    for node in graph.nodes:
        biases = values[facts.alike[node.index]]
        if biases is None:
            continue
        if not cancelled(node, context):
            kept.add(graph.made_at(node))
        elif node.shares is None:
            useless.append((node, biases))
    useless = [(node, biases) for node, biases in useless if node.index not in kept]
    if not useless:
        return
    nodes, total = [node for node, _ in useless], sum(biases for _, biases in useless)
    whole = facts.total.parameters
    share = f", {percent(total / whole)} of all" if whole else ""
    message = f"the bias of {name_layers(nodes)} is taken away by the normalisation behind it: {total:,} parameter{'s' * (total != 1)}{share}"
    advice = ADVICE if nodes[0].site.source.text else ADVICE_ON_MODELS
    yield Diagnostic(CODE, message, nodes[0].site.span, advice, list_other_places(nodes), SEVERITY, indices(nodes))


def bias_values(node: Node, context: Context) -> int | None:
    """How many biases a layer adds last, where its text can leave them out; None for none, and for such as are written down
    one by one, and so meant."""
    if node.layer is None or node.layer.ends_in() != "linear" or "bias" not in node.layer.arguments:
        return None
    inputs = context.facts.inputs_of(node.index)
    if inputs is None or "bias" in node.layer.written_weights(inputs):
        return None
    sizes = [product(w.shape) for w in node.layer.own_weights(inputs) if w.name == "bias"]
    return sizes[0] if sizes and isinstance(sizes[0], int) else None


def cancelled(node: Node, context: Context) -> bool:
    """Whether all that read a node take a constant of each channel away."""
    readers = context.readers[node.index]
    if not readers or node.index in context.graph.outputs or node.shape is None:
        return False
    layers = [context.graph.nodes[i].layer for i in readers]
    return all(layer is not None and layer.cancels_offset((node.shape,)) for layer in layers)


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """bias=false."""
    nodes = repair.nodes(found)
    yield repair.propose_each("write bias=false for {}", nodes, lambda some: repair.set(some, bias=False), safe=True)
