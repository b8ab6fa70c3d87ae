"""What a network is made of, as a tree: layers, the blocks and loops that they stand in, and stretches that repeat.

Block calls, loops and repeats of a text make groups, the modules of a PyTorch model and the models inside a Keras model
likewise. A group's layers stand behind one another in the order of the network, where every layer stands behind those that
it reads: so what a group reads never depends on the group, and it can be drawn as one box.
"""

from __future__ import annotations

import re

from cnnspec.base.record import Record
from cnnspec.base.source import brief, printable
from cnnspec.graph import BlockCall, FunctionUse, LoopTurn, RepeatTurn
from cnnspec.layers.operation import MOVE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnspec.facts.facts import Facts
    from cnnspec.graph import Graph, Node, PathStep

    MakePart = Callable[[tuple["Part", ...]], "Group"]
    Path = tuple[tuple[object, MakePart], ...]

LONGEST_TITLE = 28  # letters of a loop's head
MOST_NAMED = 3  # kinds of layers in a title
BLOCK, LOOP, REPEAT, MODULE, STRETCH = "block", "loop", "repeat", "module", "stretch"  # what a group is
NAMELESS = (REPEAT, STRETCH)  # groups that are there to be folded, and no frame where nothing is
PLAIN_CLASSES = ("Sequential", "ModuleList", "ModuleDict")  # of modules, which say nothing


class Part(Record):
    """`nodes`: the layers in it, in order."""

    nodes: tuple[int, ...]


class Layers(Part):
    """A layer, and behind it those that act on its output value by value and that nobody else reads: one box."""


class Group(Part):
    """Parts that belong together: a block call, a turn of a loop, a module.

    `title` says which it is; `name` is that of all of its like, "" where it has none. `mark` tells it from all others: a step
    of the text, or a module's path.
    """

    kind: str
    title: str
    name: str
    mark: object
    parts: tuple[Part, ...]


class Fold(Part):
    """Parts behind one another that are equal but for their sizes, each of which reads the one before it."""

    parts: tuple[Part, ...]


def find_parts(graph: Graph, facts: Facts) -> tuple[Part, ...]:
    """The tree of a network, without folds."""
    scattered = find_scattered(graph)
    paths = [tuple([step for step in find_path(graph, node) if step[0] not in scattered]) for node in graph.nodes]
    return _build_parts(graph, paths, Attaching(graph, facts))


# ---- where a layer stands --------------------------------------------------------------------------------------------
def find_path(graph: Graph, node: Node) -> Path:
    """The groups around a layer, the outermost first: what tells each from others, and how it is made of its parts."""
    if node.site.source.text:
        return tuple([(step, _make_step(graph, step)) for step in node.site.steps if _names_something(step)])
    path = node.site.module
    ends = [at for at, letter in enumerate(path) if letter in "./"] + [len(path)] * bool(path)
    return tuple([(path[:end], _make_module(graph, path[:end])) for end in ends])


def find_scattered(graph: Graph) -> frozenset[str]:
    """Paths in a model that are no modules of it: a layer alone has one between others that have not."""
    runs: dict[str, list[int]] = {}
    before: tuple[str, ...] = ()
    for node in graph.nodes:
        path = (
            ()
            if node.site.source.text
            else tuple([mark for mark, _ in find_path(graph, node) if isinstance(mark, str)])
        )
        for mark in path:
            if mark in before:
                runs[mark][-1] += 1
            else:
                runs.setdefault(mark, []).append(1)
        before = path
    return frozenset(
        [
            path
            for path, found in runs.items()
            if len(found) > 1 and min(found) == 1 and path not in graph.module_classes
        ]
    )


def _names_something(step: PathStep) -> bool:
    """Whether a step is one that a reader of the text would see as a group: an argument of a block is none."""
    return not isinstance(step, FunctionUse) or bool(step.name) and not step.away


def _make_step(graph: Graph, step: PathStep) -> MakePart:
    def make(parts: tuple[Part, ...]) -> Group:
        nodes = join_nodes(parts)
        if isinstance(step, BlockCall):
            return Group(nodes, BLOCK, step.block, step.block, step, parts)
        if isinstance(step, LoopTurn):
            head = write_head(step)
            return Group(nodes, LOOP, f"{head} · {step.number} of {step.of}", head, step, parts)
        if isinstance(step, RepeatTurn):
            return Group(nodes, REPEAT, describe_parts(graph, parts), "", step, parts)
        name = str(step)
        return Group(nodes, BLOCK, name, name, step, parts)

    return make


def _make_module(graph: Graph, path: str) -> MakePart:
    def make(parts: tuple[Part, ...]) -> Group:
        name = name_module(graph, path)
        title = f"{printable(path)}: {name}" if name else printable(path)
        return Group(join_nodes(parts), MODULE, title, name, path, parts)

    return make


def name_module(graph: Graph, path: str) -> str:
    """The class of a module, "" where that says nothing."""
    name = graph.module_classes.get(path, "")
    return "" if name in PLAIN_CLASSES else printable(name)


def write_head(step: LoopTurn) -> str:
    """The head of a loop as it is written, "for i in 0..3"; of one that runs through a long list, without that."""
    text = printable(" ".join(re.split(r"[{\n]", step.site.span.text, maxsplit=1)[0].split()))
    if len(text) <= LONGEST_TITLE and text.count("[") == text.count("]"):
        return text
    return brief(f"{text.partition(' in ')[0]} in […]", LONGEST_TITLE)


def describe_parts(graph: Graph, parts: Sequence[Part]) -> str:
    """What some parts are that have no name together: "add of 2 branches" where they end in a merge, "conv, maxpool"."""
    end = graph.nodes[parts[-1].nodes[0]]
    if isinstance(parts[-1], Layers) and len(end.inputs) > 1:
        return f"{printable(name_kind(end))} of {len(end.inputs)} branches"
    names = [name_part(graph, part) for part in parts]
    return ", ".join([*names[:MOST_NAMED], *["…"] * (len(names) > MOST_NAMED)])


def name_kind(node: Node) -> str:
    """What kind of layer a node is: the language's word, or the class of what that has no word for."""
    wordless = node.layer is None or node.layer.stated
    return node.class_name if node.class_name and wordless else node.label


def name_part(graph: Graph, part: Part) -> str:
    """What a part is, in a word or two."""
    if isinstance(part, Fold):
        return f"{name_part(graph, part.parts[0])} ×{len(part.parts)}"
    return part.name or part.title if isinstance(part, Group) else printable(name_kind(graph.nodes[part.nodes[0]]))


def join_nodes(parts: Sequence[Part]) -> tuple[int, ...]:
    return tuple([index for part in parts for index in part.nodes])


# ---- the tree --------------------------------------------------------------------------------------------------------
class Attaching:
    """Which layers share the box of the layer before them: a normalisation, an activation, a dropout.

    Such a layer reads one tensor, which nobody else reads, position by position, and has an output of the same shape.
    """

    def __init__(self, graph: Graph, facts: Facts) -> None:
        self.graph, self.facts, self.readers = graph, facts, graph.consumers()
        self.ends = frozenset(graph.outputs)

    def attaches(self, node: Node) -> bool:
        """Whether a layer can share a box with the layer that it reads."""
        layer, index = node.layer, node.index
        if layer is None or len(node.inputs) != 1 or layer.merges or layer.counted or self.facts.windows[index]:
            return False
        source = self.graph.nodes[node.inputs[0]]
        if source.layer is None or source.index in self.ends or len(self.readers[source.index]) != 1:
            return False
        return (
            node.shape is not None
            and node.shape == source.shape
            and not layer.stated
            and keeps_places(node, self.facts)
        )

    def join(self, parts: list[Part]) -> list[Part]:
        """Parts behind one another, with layers attached to those before them."""
        made: list[Part] = []
        ends: dict[int, int] = {}  # the last layer of a box → its place
        for part in parts:
            first = self.graph.nodes[part.nodes[0]]
            place = ends.get(first.inputs[0]) if isinstance(part, Layers) and first.inputs else None
            if place is not None and self.attaches(first):
                del ends[made[place].nodes[-1]]
                made[place] = Layers(made[place].nodes + part.nodes)
            else:
                place = len(made)
                made.append(part)
            if isinstance(made[place], Layers):
                ends[made[place].nodes[-1]] = place
        return made


def keeps_places(node: Node, facts: Facts) -> bool:
    """Whether every output value of a layer stands where the input value stood that it is made of."""
    inputs = facts.inputs_of(node.index)
    if inputs is None or node.layer is None:
        return False
    operations = facts.operations[node.index] or ()
    moves = all([operation.kind == MOVE for operation in operations])
    return not moves or node.layer.idle(inputs) or node.layer.drops() > 0


def _build_parts(graph: Graph, paths: Sequence[Path], attaching: Attaching) -> tuple[Part, ...]:
    """The tree of layers whose paths are known."""
    around: list[tuple[object, MakePart]] = []
    lists: list[list[Part]] = [[]]

    def close() -> None:
        parts = unwrap_turns(attaching.join(lists.pop()))
        lists[-1].append(_make_group(around.pop()[1], tuple(parts)))

    for node in graph.nodes:
        path, shared = paths[node.index], 0
        while shared < min(len(path), len(around)) and is_same(path[shared][0], around[shared][0]):
            shared += 1
        while len(around) > shared:
            close()
        for step in path[shared:]:
            around.append(step)
            lists.append([])
        lists[-1].append(Layers((node.index,)))
    while around:
        close()
    return tuple(unwrap_turns(attaching.join(lists[0])))


def _make_group(make: MakePart, parts: tuple[Part, ...]) -> Part:
    """A group of parts; of a single one, which of the two tells a reader more."""
    made, inner = make(parts), parts[0]
    if len(parts) > 1 or made.kind == LOOP:
        return made
    if not isinstance(inner, Group):
        return inner
    return made.replace(parts=inner.parts) if made.name and made.kind in (BLOCK, MODULE) else inner


def unwrap_turns(parts: list[Part]) -> list[Part]:
    """Parts, with the turns of a loop taken apart of which each is a single part."""
    turns: dict[tuple[int, int], list[Group]] = {}
    for part in parts:
        if isinstance(part, Group) and isinstance(part.mark, LoopTurn):
            turns.setdefault((id(part.mark.site.node), id(part.mark.site.path)), []).append(part)
    alone = {id(turn) for same in turns.values() if max([len(turn.parts) for turn in same]) == 1 for turn in same}
    return [part.parts[0] if isinstance(part, Group) and id(part) in alone else part for part in parts]


def is_same(a: object, b: object) -> bool:
    """Whether two marks are one: the same step of a text (another call at the same place is another), or equal paths."""
    return a is b or isinstance(a, str) and a == b
