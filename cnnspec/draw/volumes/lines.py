"""The tensors that boxes read of one another: which of them is one line, and what stands beside it."""

from __future__ import annotations

from itertools import pairwise

from cnnspec.draw.boxes.words import write_layer
from cnnspec.draw.volumes.blocks import Block, Fork

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.volumes.blocks import Boxes, Items
    from cnnspec.graph import Node
    from cnnspec.network import AnalysedNetwork

    Point = tuple[float, float]

LETTERS = 9.5  # size of the words beside a line


class Line:
    """Tensors that one box reads of another. `way`: the layers on a connection that is a line; `words`: what they are; `over`:
    whether it runs over the row."""

    def __init__(self, source: Block, target: Block, over: bool) -> None:
        self.source, self.target, self.over = source, target, over
        self.tensors: list[int] = []
        self.readers: list[int] = []
        self.way: list[int] = []
        self.words = ""
        self.points: list[Point] = []
        self.label: Point | None = None
        self.height = 0.0  # of that, above the axis of its row


def find_lines(network: AnalysedNetwork, boxes: Boxes) -> list[Line]:
    """Every tensor that one box reads of another, in the order of their readers."""
    nodes = network.graph.nodes
    box = {index: block for block in boxes.walk() for index in block.nodes}
    found: dict[tuple[int, int, int], Line] = {}

    def join(source: int, reader: int, tensor: int, way: Sequence[int] = ()) -> None:
        """Note that a layer reads a tensor, of a layer or of a way that begins there."""
        first, last = box[source], box[reader]
        if first is last:
            return
        merged = any([index != tensor and box.get(index) is last for index in nodes[reader].inputs])
        over = bool(way) or merged and not last.module
        line = found.setdefault((id(first), id(last), reader if over else -1), Line(first, last, over))
        line.tensors.append(tensor)
        line.readers.append(reader)
        line.way += way

    for node in nodes:
        for index in dict.fromkeys(node.inputs):
            if index in box and node.index in box:
                join(index, node.index, index)
    for source, reader in dict.fromkeys(boxes.ways.values()):
        way = sorted([index for index, ends in boxes.ways.items() if ends == (source, reader)])
        join(source, reader, way[-1], way)
    neighbours = find_neighbours(boxes.items)
    for line in found.values():
        line.over = line.over or (id(line.source), id(line.target)) not in neighbours
        line.words = ", ".join([write_way(network, nodes[index]) for index in line.way if is_told(nodes, nodes[index])])
    return [*found.values()]


def find_neighbours(items: Items) -> set[tuple[int, int]]:
    """Pairs of boxes, by identity, between which an arrow along the axis can run, or into lanes or out of them."""
    found = set()
    for before, behind in pairwise(items):
        found.update([(id(one), id(other)) for one in find_ends(before, -1) for other in find_ends(behind, 0)])
    for item in items:
        if isinstance(item, Fork):
            found.update([pair for row in item.rows for pair in find_neighbours(row)])
    return found


def find_ends(item: Block | Fork, side: int) -> list[Block]:
    """The boxes that a part of a row begins with (side 0) or ends with (-1)."""
    if isinstance(item, Block):
        return [item]
    return [block for row in item.rows for block in find_ends(row[side], side)]


def is_told(nodes: Sequence[Node], node: Node) -> bool:
    """Whether a layer on a way is told beside its line."""
    return bool(node.layer and node.layer.counted) or [nodes[index].shape for index in node.inputs] != [node.shape]


def write_way(network: AnalysedNetwork, node: Node) -> str:
    first, *rest = write_layer(network, node)
    return " ".join([first, *[piece for piece in rest if not piece.isdigit()]])
