"""What a module is made of: layers, blocks and sequences, each reading tensors and making one.

Tensors are known by the index of the node that makes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnspec.compile.torch_source.layer_calls import TorchLayer
    from cnnspec.graph import Node


class LayerPart:
    """One layer: its calls, applied in turn. `owner` is the node whose PyTorch layers it uses, mostly its own."""

    def __init__(self, node: Node, layer: TorchLayer, owner: int, frozen: bool, remark: str) -> None:
        self.node, self.inputs, self.output = node, node.inputs, node.index
        self.calls, self.label, self.owner = layer.calls, node.label, owner
        self.frozen, self.remark = frozen, remark


class BlockPart:
    """A block of the text, called on some tensors. `twin` is the call, if any, whose weights it uses again."""

    def __init__(self, body: Body, label: str) -> None:
        self.body, self.label = body, label
        self.inputs, self.output = body.inputs, body.outputs[0]
        self.twin: BlockPart | None = None


class SequencePart:
    """Parts one behind another, each reading what the one before it makes."""

    def __init__(self, items: list[Part], label: str) -> None:
        self.items: list[Part] = [
            inner for item in items for inner in (item.items if isinstance(item, SequencePart) else [item])
        ]
        self.label = label
        self.inputs: tuple[int, ...] = items[0].inputs[:1]
        self.output: int = items[-1].output


Part = LayerPart | BlockPart | SequencePart


class Body:
    """The parts of a module in order, the tensors that enter it, and those that it returns. `block` is the name of the
    block that it is one call of, "" for the network; one that begins with a space is of a loop's turns."""

    def __init__(self, block: str, parts: list[Part], inputs: tuple[int, ...], outputs: tuple[int, ...]) -> None:
        self.block, self.parts, self.inputs, self.outputs = block, parts, inputs, outputs


def can_stand_alone(part: Part) -> bool:
    """Whether a part is a module by itself, as the items of nn.Sequential are."""
    if isinstance(part, BlockPart):
        return part.twin is None and len(part.inputs) == 1
    if isinstance(part, SequencePart):
        return True
    return part.owner == part.node.index and all(call.is_layer for call in part.calls)
