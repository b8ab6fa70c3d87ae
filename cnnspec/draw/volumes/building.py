"""The row of boxes of a network: how much becomes one box, so that as much is seen as fits a page."""

from __future__ import annotations

from cnnspec.draw.outline.outline import TooLarge
from cnnspec.draw.volumes.blocks import Block, Boxes, Fork, count_columns, walk_blocks
from cnnspec.draw.volumes.joining import Joiner
from cnnspec.draw.volumes.making import Maker
from cnnspec.draw.volumes.naming import Naming, tell
from cnnspec.draw.volumes.sections import Lanes, Tangle, find_row
from cnnspec.draw.volumes.wiring import Wiring

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.draw.volumes.blocks import Items
    from cnnspec.draw.volumes.sections import Row
    from cnnspec.graph import Node
    from cnnspec.network import AnalysedNetwork

# All is seen; modules are one box each; so are named parts of the text; all that has one size of map is; so are all vectors
OPEN, MODULES, PARTS, STAGES, FEWEST = LEVELS = (0, 1, 2, 3, 4)
FITS = {
    OPEN: (12, 20),
    MODULES: (20, 40),
    PARTS: (22, 44),
    STAGES: (44, 88),
}  # boxes in a row, and in all, of a picture that fits a page
MORE = 3  # times as many fit on the levels of a U
FEWEST_COPIES = 2  # of maps, that a U has
MOST_BOXES = 400  # of a picture
SIZES_IN_MODULE = 3  # halvings of a map in a module, the size before it included
LONGEST_DETOUR = 2  # boxes of a shortcut that is drawn as a line


def find_boxes(network: AnalysedNetwork) -> Boxes:
    """The boxes of a network, as many as fit a page where they can be so few. Raises TooLarge."""
    wiring = Wiring(network.graph)
    row, naming = find_row(wiring, wiring.nodes), Naming(network.graph)
    for level in LEVELS:
        made = Builder(network, wiring, naming, level).build(row)
        columns, boxes = count_columns(made.items), sum([1 for _ in made.walk()])
        more = MORE if made.copies else 1
        if level not in FITS or columns <= more * FITS[level][0] and boxes <= more * FITS[level][1]:
            break
    if boxes > MOST_BOXES:
        many = f"{network.graph.name} would be {boxes:,} volumes, more than the {MOST_BOXES:,} that a picture shows"
        raise TooLarge(f"{many}: draw it as a flow")
    return made


class Builder:
    """Makes boxes at one of LEVELS."""

    def __init__(self, network: AnalysedNetwork, wiring: Wiring, naming: Naming, level: int) -> None:
        self.wiring, self.naming, self.level = wiring, naming, level
        self.maker, self.joiner = Maker(network, naming), Joiner(network.graph, wiring)
        self.nodes: list[Node] = network.graph.nodes
        self.ways = dict(wiring.ways)

    def build(self, row: Row) -> Boxes:
        items = self.build_row(row)
        box = {index: block for block in walk_blocks(items) for index in block.nodes}
        for index, (before, behind) in sorted(self.ways.items()):
            if box[before] is box[behind]:  # the way begins and ends in one box
                box[before].nodes.insert(-1, index)
                del self.ways[index]
        return Boxes(items, self.ways, len(self.wiring.copies) >= FEWEST_COPIES)

    def build_row(self, row: Row) -> Items:
        items: Items = []
        at = 0
        while at < len(row):
            part = row[at]
            merge = row[at + 1] if at + 1 < len(row) else None
            at += 1
            if isinstance(part, int):
                self.append(items, self.maker.make_block(part))
            elif isinstance(part, Tangle):
                for piece in self.cut(part.nodes):
                    self.append(items, self.maker.make_module(piece))
            elif isinstance(merge, int) and self.is_module(part, merge):
                self.append(items, self.maker.make_module((*part.nodes, merge), len(part.rows)))
                at += 1
            else:
                self.append_lanes(items, [self.build_row(inner) for inner in part.rows], merge)
        return self.gather(items)

    def append(self, items: Items, *blocks: Block | Fork) -> None:
        """Put boxes behind others, or into the last of them."""
        for block in blocks:
            before = items[-1] if items else None
            one = self.joiner.join(before, block) if isinstance(before, Block) and isinstance(block, Block) else None
            if one is None:
                items.append(block)
            else:
                items[-1] = one

    def count_sizes(self, nodes: Iterable[int]) -> int:
        """How many halvings of maps some layers have, about."""
        return len({self.wiring.positions[index].bit_length() // 2 for index in nodes} - {0})

    # ---- lanes -------------------------------------------------------------------------------------------------------
    def is_module(self, lanes: Lanes, merge: int) -> bool:
        """Whether lanes and the layer that merges them are one box."""
        gate = self.maker.is_gate(merge)
        if any([not self.nodes[index].inputs for index in lanes.nodes]) or self.level == OPEN and not gate:
            return False
        return gate or self.level >= STAGES or self.count_sizes((*lanes.nodes, merge)) <= SIZES_IN_MODULE

    def append_lanes(self, items: Items, rows: list[Items], merge: object) -> None:
        """Lanes beside one another; short ones that a sum takes, and what has nothing beside it, are no lanes of their own."""
        if isinstance(merge, int):
            longest = max(rows, key=lambda row: sum([len(block.nodes) for block in walk_blocks(row)]))
            rows = [row for row in rows if row is longest or not self.is_detour(row, merge)]
        self.append(items, *(rows[0] if len(rows) == 1 else [Fork(rows)]))

    def is_detour(self, row: Items, merge: int) -> bool:
        """Whether a lane is drawn as a line alone, as the projection of a residual block: then its layers are noted."""
        layer, blocks = self.nodes[merge].layer, [*walk_blocks(row)]
        nodes = [index for block in blocks for index in block.nodes]
        before = [index for index in self.wiring.inputs[nodes[0]] if index not in nodes]
        plain = len(row) == len(blocks) <= LONGEST_DETOUR and not any([block.module for block in blocks])
        readers = {reader for index in nodes for reader in self.wiring.all_readers[index]}
        inputs = [index for node in nodes for index in self.nodes[node].inputs if index not in nodes]
        if (
            layer is None
            or not layer.sums
            or not plain
            or len(before) != 1
            or inputs != before
            or readers - {*nodes} != {merge}
        ):
            return False
        self.ways.update(dict.fromkeys(nodes, (before[0], merge)))
        return True

    def cut(self, nodes: Sequence[int]) -> list[list[int]]:
        """Layers of a tangle in pieces: by the parts of the text where it has some, else by the sizes of maps."""
        depth = len(self.naming.find_common(nodes))
        marks = [self.naming.paths[node][depth : depth + 1] for node in nodes]
        named = all([mark and self.naming.name(mark[0]) for mark in marks])
        pieces: list[list[int]] = []
        before: object = None
        for node, mark in zip(nodes, marks, strict=True):
            key = tell(mark[0]) if named else self.wiring.positions[node].bit_length() // 2 or before
            if not pieces or key != before:
                pieces.append([])
            pieces[-1].append(node)
            before = key
        return pieces

    # ---- fewer boxes -------------------------------------------------------------------------------------------------
    def gather(self, items: Items) -> Items:
        """Boxes of one part of the text, or of one size of map, as one box, where the level asks for it."""
        if self.level < PARTS:
            return items
        made: Items = []
        group: list[Block] = []
        before: object = None
        for item in items:
            key = self.find_group(item) if isinstance(item, Block) else None
            if key is None or key != before:
                self.append(made, *self.close_group(group))
                group = []
            if isinstance(item, Block) and key is not None:
                group.append(item)
            else:
                self.append(made, item)
            before = key
        self.append(made, *self.close_group(group))
        return made

    def find_group(self, block: Block) -> object:
        """What tells the box that a box may be part of; None for none."""
        if block.kind == "input":
            return None
        if self.level >= STAGES:
            sizes = None if block.shape is None else block.shape[:-1]
            return ("size", sizes) if sizes or self.level == FEWEST else None
        for mark in self.naming.find_common(block.nodes):
            if self.naming.name(mark) and self.naming.counts[tell(mark)] * 3 < len(self.nodes):
                return ("part", tell(mark))
        return None

    def close_group(self, group: list[Block]) -> list[Block]:
        """The one box of a group; its boxes where it cannot be one."""
        nodes = [index for block in group for index in block.nodes]
        if len(group) < 2 or self.level == PARTS and self.count_sizes(nodes) > SIZES_IN_MODULE:
            return group
        if self.level == PARTS:
            return [self.maker.make_module(nodes)]
        whole = self.maker.make_module(nodes)
        whole.words = {}
        for block in group:
            for word, count in block.words.items():
                whole.words[word] = whole.words.get(word, 0) + count
        whole.module, whole.residual, whole.appends, whole.leads = "stage", (), False, False
        return [whole]
