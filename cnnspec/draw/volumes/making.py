"""One box of one layer, or of the layers of a module."""

from __future__ import annotations

from cnnspec.base.source import printable
from cnnspec.draw.boxes.kinds import find_layer_kind
from cnnspec.draw.boxes.words import write_layer, write_window
from cnnspec.draw.outline.parts import name_kind
from cnnspec.draw.volumes.blocks import Block

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.volumes.naming import Naming
    from cnnspec.graph import Node
    from cnnspec.network import AnalysedNetwork

# Kinds that show in no box of their own where they keep a shape, and those that a module is called after, the first that it has
ATTACHED = ("activation", "normalization", "other", "reshape")
TELLING = ("convolution", "dense", "upsampling", "pooling")


class Maker:
    """Makes the boxes of a network."""

    def __init__(self, network: AnalysedNetwork, naming: Naming) -> None:
        self.network, self.naming = network, naming
        self.nodes: list[Node] = network.graph.nodes

    # ---- a layer -----------------------------------------------------------------------------------------------------
    def make_block(self, index: int) -> Block:
        node = self.nodes[index]
        kind = find_layer_kind(self.network, node)
        block = Block([index], kind, {self.write_words(node): 1}, node.shape)
        block.shared = node.shares is not None and self.network.facts.weighty(index)
        block.channels = self.find_channels(node)
        block.leads = kind in ATTACHED and self.is_passing(node)
        return block

    def is_passing(self, node: Node) -> bool:
        """Whether a layer leaves a shape as it is, makes a vector of a map, or puts something around it or cuts it off."""
        if node.layer is None or len(node.inputs) != 1:
            return False
        before = self.nodes[node.inputs[0]].shape
        if before == node.shape:
            return True
        if before is None or node.shape is None or find_layer_kind(self.network, node) != "reshape":
            return False
        return len(node.shape) == 1 < len(before) or len(node.shape) == len(before) and node.shape[-1] == before[-1]

    def find_channels(self, node: Node) -> str:
        """The channels of a layer's output, "" where they are not known."""
        if node.shape is not None:
            return str(node.shape[-1]) if node.shape else "1"
        layer = node.layer
        values = {} if layer is None else layer.argument_values()
        given = [value for name, value in values.items() if layer is not None and name == layer.channels_from]
        return str(given[0]) if given and isinstance(given[0], int) else ""

    def write_words(self, node: Node) -> str:
        """What a layer is, without its channels, which stand at the box: conv 3x3, /2."""
        if node.index in self.network.graph.inputs and node.given:
            return printable(node.given)
        first, *rest = write_layer(self.network, node)
        if node.layer is not None and node.layer.channels_from and not write_window(self.network, node):
            first = name_kind(node)
        channels = self.find_channels(node)
        return ", ".join([first, *[piece for piece in rest if piece != channels]])

    # ---- a module ----------------------------------------------------------------------------------------------------
    def make_module(self, nodes: Sequence[int], branches: int = 0) -> Block:
        """A box of layers that are wired in some other way than one behind another; `branches`: lanes that are known of it."""
        if len(nodes) == 1:
            return self.make_block(nodes[0])
        nodes = sorted(nodes)
        inner = {*nodes}
        merge = next((self.nodes[i] for i in reversed(nodes) if len(self.nodes[i].inputs) > 1), self.nodes[nodes[-1]])
        direct = any([index not in inner for index in merge.inputs])
        sums = merge.layer is not None and merge.layer.sums and len({*merge.inputs}) == 2
        kinds = [find_layer_kind(self.network, self.nodes[index]) for index in nodes]
        kind = next((kind for kind in TELLING if kind in kinds), "merge")
        gate = merge.index == nodes[-1] and self.is_gate(merge.index)
        name = self.naming.name_module(nodes)
        if not name and gate:
            name = "gate"
        elif not name and sums:
            name = "residual block"
        elif not name and direct and len({*merge.inputs}) == 2:
            name = f"{name_kind(merge)} block"
        elif not name:
            branches = max(branches + direct, len({*merge.inputs}))
            name = f"{branches} branches" if branches > 1 else f"{len(nodes)} layers"
        weighty = [self.nodes[index] for index in nodes if self.network.facts.weighty(index)]
        block = Block(nodes, kind, {name: 1}, self.nodes[nodes[-1]].shape)
        block.module, block.leads = name, gate
        block.shared = bool(weighty) and all([node.shares is not None for node in weighty])
        block.residual = (sums,)
        block.appends = direct and not sums and not gate
        return block

    def is_gate(self, merge: int) -> bool:
        """Whether a layer weighs its largest input by a smaller one."""
        layer, shapes = self.nodes[merge].layer, [self.nodes[index].shape for index in self.nodes[merge].inputs]
        return layer is not None and layer.multiplies and self.nodes[merge].shape in shapes and len({*shapes}) > 1
