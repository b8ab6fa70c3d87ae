"""P507 unshared-prelu: a prelu on a map that learns a slope for every value, not one for each channel.

Keras's PReLU shares nothing unless told to. He et al., whose layer it is, share a slope over all positions of a channel,
as PyTorch does: 64 numbers in place of 802,816 for a map of 112x112x64, and a layer that also fits other sizes.

Source: He et al., "Delving Deep into Rectifiers" (2015), section 2.1; measured on Keras 3.15.

Bad:

    input 16x16x3
    conv(8, 3x3) -> prelu

Good:

    input 16x16x3
    conv(8, 3x3) -> prelu(shared_axes=(1, 2))
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.layers.base import product, show_shape
from cnnspec.lint.finding import UNSAFE, indices, list_other_places, name_layers, write_for_each, write_setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "P507"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("shared axes",)
FIX = UNSAFE
OFFER = "{}"


def check(context: Context) -> Iterator[Diagnostic]:
    found = []
    learned = shared = 0
    for node in context.graph.nodes:
        if node.layer is None or "shared_axes" not in node.layer.arguments or node.shares is not None:
            continue
        if node.shape is None:  # it was refused
            continue
        inputs = context.facts.inputs_of(node.index)
        if inputs is None or product(inputs[0][:-1]) == 1:
            continue
        sizes = [product(w.shape) for w in node.layer.own_weights(inputs) if w.shape[:-1] == inputs[0][:-1]]
        if sizes and isinstance(sizes[0], int) and isinstance(inputs[0][-1], int):
            found.append(node)
            learned, shared = learned + sizes[0], shared + inputs[0][-1]
    if not found:
        return
    shape = found[0].shape
    on = f" on {show_shape(shape)}" if len(found) == 1 else ""
    message = f"{name_layers(found)} learn{'s' * (len(found) == 1)} {learned:,} slopes{on}, one a value; one a channel are {shared:,}"
    yield Diagnostic(
        CODE, message, found[0].site.span, write_axes(found), list_other_places(found), SEVERITY, indices(found)
    )


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """One slope a channel."""
    yield repair.propose_each(write_axes, repair.nodes(found), lambda some: repair.set(some, shared_axes=axes(some[0])))


def write_axes(nodes: Sequence[Node]) -> str:
    """The axes that each layer is to share its slopes along."""
    return f"write {write_for_each(nodes, lambda node: write_setting(node.layer, {'shared_axes': axes(node)}))}"


def axes(node: Node) -> Any:
    """All axes of a map but the channels, counted from 1."""
    found = tuple(range(1, len(node.shape or ())))
    return found if len(found) > 1 else 1
