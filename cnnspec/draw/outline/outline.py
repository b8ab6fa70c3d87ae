"""What is seen of a network: boxes, the open groups around them, and the tensors between them.

`depth` says how many groups deep one sees; what lies deeper is one closed box. Parts that repeat are folded: one of them is
drawn, with how often it stands there, and each of its boxes stands for the layers of all. Depth ALL shows every layer.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.draw.outline.opened import find_opened
from cnnspec.draw.outline.parts import NAMELESS, Fold, Group, Layers, find_parts, join_nodes
from cnnspec.draw.outline.repeats import fold_repeats
from cnnspec.draw.outline.segments import group_stretches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.draw.outline.parts import Part
    from cnnspec.graph import Graph
    from cnnspec.network import AnalysedNetwork

ALL = 1_000_000_000  # a depth that no network has: everything is seen, and nothing folded
MOST_BOXES = 3_000  # of a picture
PAGE_ROWS, PAGE_BOXES = 24, 44  # of a picture that fits a page: boxes on the longest way through it, and in all
WHOLE_ROWS = 16  # where every layer is seen unasked


class TooLarge(ValueError):
    """There would be more boxes than a picture can show: a sentence that says what to do."""


class SeenBox(Record):
    """One box. `layers` are all that it stands for, `parts` what it is of each time that it is folded of; one where it is not.

    `path`: the key by which it is opened, "" for a single layer; `group`: the place of the open group that it lies in.
    """

    layers: tuple[int, ...]
    parts: tuple[Part, ...]
    times: int
    path: str
    group: int | None

    @property
    def part(self) -> Part:
        """What it is the first time."""
        return self.parts[0]

    @property
    def closed(self) -> bool:
        """Whether it is a group that could be opened."""
        return isinstance(self.part, Group)


class SeenGroup(Record):
    """An open group. `parts` are what it is each time that it is folded; `path`: the key by which it is opened."""

    layers: tuple[int, ...]
    parts: tuple[Group, ...]
    times: int
    path: str
    group: int | None

    @property
    def part(self) -> Group:
        """What it is the first time."""
        return self.parts[0]


class SeenEdge(Record):
    """A tensor that a box reads. `source` and `target` are places of boxes; `tensors` are the layers that give it, and `readers`
    those that read it, each as often as it is folded. `links` are the edges of the network that it stands for: (layer, reader,
    which of the reader's inputs)."""

    source: int
    target: int
    tensors: tuple[int, ...]
    readers: tuple[int, ...]
    links: tuple[tuple[int, int, int], ...]


class Outline(Record):
    """What is seen. `open`: the paths of the groups that are open, and of the folds that are unfolded; `hidden` are the edges of
    the network inside of a box, or between the times of a fold."""

    depth: int
    open: frozenset[str]
    boxes: tuple[SeenBox, ...]
    groups: tuple[SeenGroup, ...]
    edges: tuple[SeenEdge, ...]
    hidden: tuple[tuple[int, int, int], ...]

    def count_rows(self) -> int:
        """How many boxes stand on the longest way through."""
        rows = [1] * len(self.boxes)
        for edge in sorted(self.edges, key=lambda edge: self.boxes[edge.source].layers[0]):
            rows[edge.target] = max(rows[edge.target], rows[edge.source] + 1)
        return max(rows, default=0)

    def find_ends(self, graph: Graph) -> list[tuple[int, int]]:
        """The outputs of the network: each layer, and the place of the box that it is in."""
        place = {index: at for at, box in enumerate(self.boxes) for index in box.layers}
        return [(index, place[index]) for index in dict.fromkeys(graph.outputs)]

    def fits_page(self) -> bool:
        return len(self.boxes) <= PAGE_BOXES and self.count_rows() <= PAGE_ROWS


def find_tree(network: AnalysedNetwork) -> tuple[Part, ...]:
    """What a network is made of, with what repeats folded."""
    graph = network.graph
    return fold_repeats(graph, network.facts, group_stretches(graph, find_parts(graph, network.facts)))


def find_outline(network: AnalysedNetwork, depth: int | None = None, expanded: Sequence[str] = ()) -> Outline:
    """What is seen of a network at a depth, None: as deep as fits a page; and what is `expanded` by name besides: a block, a
    module, a layer, or the path of a box.

    Raises LookupError for a name that nothing has, TooLarge where there are more boxes than a picture can show.
    """
    tree = find_tree(network)
    opened = find_opened(network, tree, expanded)
    if depth is None:
        return choose_outline(network.graph, tree, opened)
    return see_tree(network.graph, tree, depth, opened)


def choose_outline(graph: Graph, tree: Sequence[Part], opened: frozenset[str]) -> Outline:
    """Every layer where these are few; else as deep as fits a page."""
    if count_seen(tree, ALL, opened) <= PAGE_BOXES:
        made = see_tree(graph, tree, ALL, opened)
        if made.count_rows() <= WHOLE_ROWS:
            return made
    depth = find_depth(tree)
    while depth > 0:
        if count_seen(tree, depth, opened) <= PAGE_BOXES and (made := see_tree(graph, tree, depth, opened)).fits_page():
            return made
        depth -= 1
    return see_tree(graph, tree, 0, opened)


def find_depth(parts: Iterable[Part]) -> int:
    """How many groups stand in one another."""
    return max(
        [find_depth(part.parts) + isinstance(part, Group) for part in parts if isinstance(part, (Group, Fold))],
        default=0,
    )


def count_seen(parts: Sequence[Part], depth: int, opened: frozenset[str], path: str = "") -> int:
    """How many boxes are seen of some parts."""
    total = 0
    for at, part in enumerate(parts):
        key = f"{path}{at}"
        if isinstance(part, Fold):
            times = part.parts if is_open(part, key, depth, opened) else part.parts[:1]
            total += count_seen(times, depth, opened, f"{key}.")
        elif isinstance(part, Group) and is_open(part, key, depth, opened):
            total += count_seen(part.parts, go_deeper(depth), opened, f"{key}.")
        else:
            total += 1
    return total


# ---- what is seen ----------------------------------------------------------------------------------------------------
def see_tree(graph: Graph, tree: Sequence[Part], depth: int, opened: frozenset[str]) -> Outline:
    """What is seen of a tree. Raises TooLarge."""
    many = count_seen(tree, depth, opened)
    if many > MOST_BOXES:
        less = "give a smaller depth, or none" if depth else "put stretches of it into blocks, each of which is one box"
        raise TooLarge(
            f"{graph.name} would be {many:,} boxes, more than the {MOST_BOXES:,} that a picture shows: {less}"
        )
    seeing = _Seeing(graph, opened)
    for at, part in enumerate(tree):
        seeing.see([part], str(at), depth, None)
    edges, hidden = seeing.join()
    return Outline(depth, frozenset(seeing.open), tuple(seeing.boxes), tuple(seeing.groups), edges, hidden)


class _Seeing:
    """Walks through the parts of a network and notes what is seen."""

    def __init__(self, graph: Graph, opened: frozenset[str]) -> None:
        self.graph, self.opened = graph, opened
        self.boxes: list[SeenBox] = []
        self.groups: list[SeenGroup] = []
        self.open: set[str] = set()
        self.box = [0] * len(graph.nodes)  # of each layer
        self.first = [*range(len(graph.nodes))]  # the layer that is drawn for each
        self.turns: dict[
            int, tuple[tuple[str, int], ...]
        ] = {}  # of each folded layer: the folds it is in, and which times

    def see(
        self, parts: Sequence[Part], key: str, depth: int, group: int | None, times: int = 1, fold: str = ""
    ) -> None:
        """Note what is seen of equal parts, of which the first is drawn for all; `fold`: the path of the fold that they are of."""
        part = parts[0]
        if isinstance(part, Fold):
            self.see_fold([one for one in parts if isinstance(one, Fold)], key, depth, group)
        elif times == 1 and is_one_box(part, key, depth, self.opened):
            self.see([one.parts[0] for one in parts if isinstance(one, Group)], f"{key}.0", depth, group)
        elif isinstance(part, Group) and part.kind in NAMELESS and depth >= ALL:
            self.open.add(key)
            for at, only in enumerate(part.parts):
                self.see([only], f"{key}.{at}", depth, group)
        elif isinstance(part, Group) and is_open(part, key, depth, self.opened):
            self.open.add(key)
            groups = tuple([one for one in parts if isinstance(one, Group)])
            self.groups.append(SeenGroup(join_nodes(parts), groups, times, fold or key, group))
            own = len(self.groups) - 1
            for at, inner in enumerate(zip(*[one.parts for one in groups], strict=True)):
                self.see(inner, f"{key}.{at}", go_deeper(depth), own)
        else:
            self.add_box(parts, times, fold if isinstance(part, Layers) else key, group)

    def see_fold(self, folds: Sequence[Fold], key: str, depth: int, group: int | None) -> None:
        if is_open(folds[0], key, depth, self.opened):
            self.open.add(key)
            for at, times in enumerate(zip(*[fold.parts for fold in folds], strict=True)):
                self.see(times, f"{key}.{at}", depth, group)
            return
        for fold in folds:
            for number, member in enumerate(fold.parts):
                for index in member.nodes:
                    self.turns[index] = (*self.turns.get(index, ()), (key, number))
        members = [member for fold in folds for member in fold.parts]
        self.see(members, f"{key}.0", depth, group, len(folds[0].parts), key)

    def add_box(self, parts: Sequence[Part], times: int, path: str, group: int | None) -> None:
        for part in parts:
            for own, drawn in zip(part.nodes, parts[0].nodes, strict=True):
                self.box[own], self.first[own] = len(self.boxes), drawn
        self.boxes.append(SeenBox(join_nodes(parts), tuple(parts), times, path, group))

    # ---- edges -------------------------------------------------------------------------------------------------------
    def join(self) -> tuple[tuple[SeenEdge, ...], tuple[tuple[int, int, int], ...]]:
        """The edges between boxes, and the links of the network that are hidden."""
        links: dict[tuple[int, int, int, int], list[tuple[int, int, int]]] = {}
        hidden: list[tuple[int, int, int]] = []
        for node in self.graph.nodes:
            for slot, index in enumerate(node.inputs):
                source, target = self.box[index], self.box[node.index]
                if source == target or self.is_between(index, node.index):
                    hidden.append((index, node.index, slot))
                else:
                    which = 0 if self.boxes[target].closed else slot
                    links.setdefault((source, target, self.first[index], which), []).append((index, node.index, slot))
        edges = [
            SeenEdge(source, target, unique([a for a, _, _ in found]), unique([b for _, b, _ in found]), tuple(found))
            for (source, target, _, _), found in links.items()
        ]
        return tuple(edges), tuple(hidden)

    def is_between(self, source: int, reader: int) -> bool:
        """Whether a tensor leads from one time of a fold to another."""
        for (fold, number), (other, its) in zip(self.turns.get(source, ()), self.turns.get(reader, ()), strict=False):
            if fold != other:
                return False
            if number != its:
                return True
        return False


def is_open(part: Group | Fold, key: str, depth: int, opened: frozenset[str]) -> bool:
    """Whether what a group or a fold is made of is seen in its place."""
    return key in opened or depth >= ALL or (isinstance(part, Group) and depth > 0)


def go_deeper(depth: int) -> int:
    """How deep one sees within an open group."""
    return depth - 1 if depth < ALL else ALL


def is_one_box(part: Part, key: str, depth: int, opened: frozenset[str]) -> bool:
    """Whether a group is one box, open or closed: a layer that repeats, and nothing else."""
    if not isinstance(part, Group) or len(part.parts) > 1 or depth >= ALL or f"{key}.0" in opened:
        return False
    only = part.parts[0]
    return isinstance(only, Fold) and isinstance(only.parts[0], Layers)


def unique(values: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(values))
