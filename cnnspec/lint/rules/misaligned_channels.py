"""P502 misaligned-channels: channels that are no multiple of 8, which tensor cores compute in eights.

In half precision a GPU's matrix units take channels in groups of 8 (4 in TF32); what is missing is filled up with zeros.
The channels of an image, the network's outputs, vectors, maps of one position and depthwise convolutions do not count.

Source: NVIDIA, "Convolutional Layers User's Guide", section on channels in and out.

Bad:

    input 32x32x3
    conv(44, 3x3, activation=relu) -> conv(64, 3x3, activation=relu)
    gap -> dense(10, softmax)

Good:

    input 32x32x3
    conv(48, 3x3, activation=relu) -> conv(64, 3x3, activation=relu)
    gap -> dense(10, softmax)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.layers.base import product
from cnnspec.lint.finding import UNSAFE, indices, list_other_places, name_layers, write_for_each, write_setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "P502"
SEVERITY = INFO
DEFAULT = False
FIX = UNSAFE
OFFER = "{}, which costs a tensor core the same"
ADVICE = "the next multiple of 8 costs a tensor core the same"
TARGETS = ("gpu",)
EIGHT = 8


def check(context: Context) -> Iterator[Diagnostic]:
    found = []
    for node in context.graph.nodes:
        inputs, macs = context.facts.inputs_of(node.index), context.facts.macs[node.index]
        if (
            node.layer is None
            or inputs is None
            or not macs
            or not isinstance(macs, int)
            or node.index in context.graph.outputs
        ):
            continue
        shape = node.shape
        assert shape is not None
        windows = node.layer.windows(inputs) or ()
        taps = 1
        for window in windows:
            taps *= window.kernel
        channels, values = shape[-1], product(shape)
        if (
            len(shape) > 1
            and product(shape[:-1]) != 1
            and isinstance(values, int)
            and macs > values * taps
            or is_stem(node.inputs, context)
        ):
            if isinstance(channels, int) and channels % EIGHT and len(shape) > 1:
                found.append((node, channels))
    if found:
        nodes, (first, channels) = [node for node, _ in found], found[0]
        message = f"{name_layers(nodes)} make{'s' * (len(nodes) == 1)} channels that are no multiple of {EIGHT}: {channels} in {first.name}"
        yield Diagnostic(CODE, message, first.site.span, ADVICE, list_other_places(nodes), SEVERITY, indices(nodes))


def is_stem(inputs: tuple[int, ...], context: Context) -> bool:
    """Whether a layer reads an image, so that one channel in says nothing about it."""
    return any(context.graph.nodes[i].layer is None for i in inputs)


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The next multiple of 8."""
    from cnnspec.lint.fix.edits import Inexpressible

    def multiple(node: Node) -> dict[str, int]:
        """The argument that is the number of channels, and the next multiple."""
        channels = node.shape[-1] if node.shape else None
        if node.layer is None or not node.layer.channels_from or not isinstance(channels, int):
            raise Inexpressible
        return {node.layer.channels_from: -(-channels // EIGHT) * EIGHT}

    yield repair.propose_each(
        lambda some: f"write {write_for_each(some, lambda node: write_setting(node.layer, multiple(node)))}",
        repair.nodes(found),
        lambda some: repair.set(some, **multiple(some[0])),
    )
