"""Boxes behind one another that are one: layers that keep a shape, a sum, a concatenation, modules of one kind."""

from __future__ import annotations

from cnnspec.draw.volumes.wiring import guess_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.volumes.blocks import Block
    from cnnspec.draw.volumes.wiring import Wiring
    from cnnspec.graph import Graph


class Joiner:
    """Makes one box of two, where they are one and nothing else reads what is between them."""

    def __init__(self, graph: Graph, wiring: Wiring) -> None:
        self.nodes, self.wiring, self.readers = graph.nodes, wiring, graph.consumers()

    def join(self, before: Block, block: Block) -> Block | None:
        """The box that the two are; None where they are two."""
        readers = {*self.readers[before.tensor]}
        if not before.module and len(readers) > 1 and not readers <= {*block.nodes}:
            return None
        if before.leads and self.follows(before, block):
            block.lead(before)
            return block
        if block.leads and block.shape == before.shape and before.kind != "input":
            before.nodes += block.nodes
        elif self.is_added(before, block):
            before.nodes += block.nodes
            before.closed = True
        elif self.is_concatenated(before, block):
            self.concatenate(before, block)
        elif self.is_alike(before, block):
            before.repeat(block)
        else:
            return None
        return before

    def follows(self, before: Block, block: Block) -> bool:
        """Whether a box may stand for the one before it as well, which has none then."""
        if before.tensor not in self.wiring.inputs[block.nodes[0]] or block.kind in ("input", "merge"):
            return False
        vector = before.kind == "reshape" and before.shape is not None and len(before.shape) == 1
        return block.leads or block.kind == "dense" or not vector

    def is_added(self, before: Block, block: Block) -> bool:
        """Whether a box is a sum of the one before and of what comes over it."""
        layer = self.nodes[block.nodes[0]].layer
        sums = layer is not None and layer.sums and len(block.nodes) == 1
        return sums and before.shape == block.shape and before.kind != "input"

    def is_concatenated(self, before: Block, block: Block) -> bool:
        """Whether a box puts together the channels of the one before, which nothing else reads, and of what comes over it."""
        node = self.nodes[block.nodes[0]]
        plain = not before.module and before.times == 1 and before.kind in ("upsampling", "convolution")
        if (
            not plain
            or len(block.nodes) > 1
            or block.kind != "merge"
            or not node.shape
            or before.tensor not in node.inputs
        ):
            return False
        shapes = [self.nodes[index].shape or () for index in node.inputs]
        channels = sum([guess_size(shape[-1]) for shape in shapes if len(shape) == len(node.shape)])
        return channels == guess_size(node.shape[-1])

    def concatenate(self, before: Block, block: Block) -> None:
        node = self.nodes[block.nodes[0]]
        kinds = [before.kind if index == before.tensor else "input" for index in node.inputs]
        shapes = [self.nodes[index].shape or (1,) for index in node.inputs]
        before.parts = tuple([(kind, guess_size(shape[-1])) for kind, shape in zip(kinds, shapes, strict=True)])
        before.nodes += block.nodes
        before.words |= block.words
        before.shape = before.first_shape = block.shape
        before.closed = True

    def is_alike(self, before: Block, block: Block) -> bool:
        """Whether two boxes are of one kind, or modules of one name, and of one shape, or with more and more channels."""
        if before.closed or before.kind != block.kind or before.kind == "input" or before.module != block.module:
            return False
        return before.shape is not None and before.shape == block.shape or self.is_growing(before, block)

    def is_growing(self, before: Block, block: Block) -> bool:
        """Whether modules keep a map's size and have more and more channels."""
        first, last = before.shape, block.shape
        if not before.module or first is None or last is None or len(last) < 2 or first[:-1] != last[:-1]:
            return False
        return (before.times == 1 or before.grown) and guess_size(first[-1]) < guess_size(last[-1])
