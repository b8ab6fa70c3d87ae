"""Kinds of layers, as pictures tell them apart: from the work that each layer says it does.

Kinds are named as the colors of the palette. They differ in their outline too, for whoever prints in black and white or sees
no difference between two hues.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.draw.outline.parts import Group
from cnnspec.layers import operation as work

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from cnnspec.draw.outline.outline import SeenBox
    from cnnspec.graph import Node
    from cnnspec.network import AnalysedNetwork

KIND_OF_WORK = {
    **dict.fromkeys((work.CONVOLUTION, work.GROUPED, work.DEPTHWISE), "convolution"),
    **dict.fromkeys((work.TRANSPOSED, work.INTERPOLATION), "upsampling"),
    **dict.fromkeys((work.PRODUCT, work.BATCH_PRODUCT), "dense"),
    **dict.fromkeys((work.MAX_POOL, work.AVERAGE_POOL, work.GLOBAL_MAX, work.GLOBAL_AVERAGE), "pooling"),
    **dict.fromkeys((work.ADAPTIVE_MAX, work.ADAPTIVE_AVERAGE, work.REDUCED_MEAN, work.REDUCTION), "pooling"),
    **dict.fromkeys((work.BATCH_NORM, work.LAYER_NORM, work.GROUP_NORM, work.SCALING), "normalization"),
    **dict.fromkeys((work.MERGE, work.MEAN), "merge"),
    work.NOISE: "other",
    work.MOVE: "reshape",
}  # another kind of work is an activation's, whose name it has


class KindLook(Record):
    """How a kind looks, apart from its color, whose name is the kind's: what the legend calls it, its outline, its corners."""

    words: str
    width: float = 1.0
    dash: tuple[float, ...] = ()
    radius: float = 4.0


KINDS = {  # in the order of the legend
    "input": KindLook("input", radius=11.0),
    "convolution": KindLook("convolution"),
    "upsampling": KindLook("upsampling", dash=(7, 2)),
    "pooling": KindLook("pooling", dash=(3, 2), radius=0.0),
    "dense": KindLook("dense", width=2.0),
    "normalization": KindLook("normalization", dash=(1, 2)),
    "activation": KindLook("activation", dash=(1, 2), radius=11.0),
    "merge": KindLook("merge", radius=11.0),
    "reshape": KindLook("reshape", width=0.6, radius=0.0),
    "other": KindLook("other", width=0.6),
    "fold": KindLook("closed block", width=1.4),
}


def sort_kinds(kinds: Collection[str]) -> tuple[str, ...]:
    """Kinds, each once, in the order of the legend."""
    return tuple([kind for kind in KINDS if kind in kinds])


def find_kind(network: AnalysedNetwork, box: SeenBox) -> str:
    """The kind of a box: that of its first layer, which those behind it only follow."""
    return "fold" if isinstance(box.part, Group) else find_layer_kind(network, network.graph.nodes[box.part.nodes[0]])


def find_layer_kind(network: AnalysedNetwork, node: Node) -> str:
    """The kind of a layer."""
    layer = node.layer
    if layer is None:
        return "input" if node.index in network.graph.inputs else "other"
    if layer.merges:
        return "merge" if not layer.counted else "dense"
    operations = network.facts.operations[node.index]
    if operations is None:  # of unknown shapes, or a layer whose work is unknown
        if layer.written_window() is not None:
            return "convolution" if layer.counted else "pooling"
        if layer.counted:
            return "dense"
        return "activation" if layer.ends_in() is not None else KIND_OF_WORK.get(layer.kind, "activation")
    heaviest = max(
        operations, key=lambda one: (one.macs if isinstance(one.macs, int) else 1, one.kind != work.MOVE), default=None
    )
    return "other" if heaviest is None else KIND_OF_WORK.get(heaviest.kind, "activation")
