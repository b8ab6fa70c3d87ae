"""Graph → bodies: the calls of blocks, the turns of loops and the repeats that led to each layer, as modules in modules.

A call of a block is a module of its own where it makes one tensor, and its weights are its own. What is no such call is a
part of what is around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compile.torch_source.call_text import needs_layer
from cnnspec.compile.torch_source.layer_calls import write_remark
from cnnspec.compile.torch_source.parts import BlockPart, Body, LayerPart, Part, SequencePart, can_stand_alone
from cnnspec.graph import BlockCall, LoopTurn, RepeatTurn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.compile.torch_source.layer_calls import TorchLayer
    from cnnspec.graph import Graph, PathStep


LONG = 4  # layers in a turn of a loop that is worth a class


class Group:
    """The nodes below one step of their paths, in order; those below a further step are groups in it."""

    def __init__(self, step: PathStep | None) -> None:
        self.step = step
        self.members: list[int | Group] = []
        self.groups: dict[int, Group] = {}  # by the identity of their step
        self.dissolved = False

    def walk_nodes(self) -> Iterator[int]:
        """The indices of all nodes in it."""
        for member in self.members:
            if isinstance(member, Group):
                yield from member.walk_nodes()
            else:
                yield member


def group_nodes(graph: Graph, layers: dict[int, TorchLayer], flat: bool) -> Group:
    """The layers of a graph by the steps of their paths; `flat`: all of them at the top."""
    top = Group(None)
    for index in layers:
        group = top
        for step in () if flat else graph.nodes[index].site.steps:
            if isinstance(step, (BlockCall, LoopTurn, RepeatTurn)):
                inner = group.groups.get(id(step))
                if inner is None:
                    inner = group.groups[id(step)] = Group(step)
                    group.members.append(inner)
                group = inner
        group.members.append(index)
    return top


class BodyBuilder:
    """Builds the body of the network of its groups."""

    def __init__(self, graph: Graph, layers: dict[int, TorchLayer]) -> None:
        self.graph, self.layers = graph, layers
        self.readers: dict[int, set[int]] = {}
        for index in layers:
            for entering in graph.nodes[index].inputs:
                self.readers.setdefault(entering, set()).add(index)
        self.twins: dict[int, Group] = {}  # by the identity of the group that uses another's weights
        self.parts: dict[int, BlockPart] = {}  # by the identity of their group

    def build(self, flat: bool = False) -> Body:
        """The body of the network; `flat`: without blocks and loops."""
        top = group_nodes(self.graph, self.layers, flat)
        self._join_shared(top)
        parts = self._make_parts(top)
        return Body("", parts, tuple(self.graph.inputs), tuple(self.graph.outputs))

    # ---- weights that several nodes use --------------------------------------------------------------------
    def _join_shared(self, top: Group) -> None:
        """Dissolve the groups that would part a layer with weights from its other uses, unless whole calls are alike."""
        for index, layer in self.layers.items():
            owner = self.graph.made_at(self.graph.nodes[index])
            if owner == index or not any(needs_layer(call) for call in layer.calls):
                continue
            ways = [self._find_way(top, node) for node in (owner, index)]
            while ways[0] and ways[1] and ways[0][0] is ways[1][0]:
                ways = [way[1:] for way in ways]
            if ways[0] and ways[1] and self._is_twin(ways[1][0], ways[0][0]):
                self.twins[id(ways[1][0])] = ways[0][0]
                continue
            for way in ways:
                for group in way:
                    group.dissolved = True

    def _find_way(self, top: Group, index: int) -> list[Group]:
        """The groups around a node, from the outermost."""
        found: list[Group] = []
        group = top
        for step in self.graph.nodes[index].site.steps:
            inner = group.groups.get(id(step))
            if inner is not None:
                found.append(inner)
                group = inner
        return found

    def _is_twin(self, one: Group, other: Group) -> bool:
        """Whether all that has weights in one call of a block uses those of the other, in order."""
        if not isinstance(one.step, BlockCall) or not isinstance(other.step, BlockCall):
            return False
        nodes = [
            [
                self.graph.made_at(self.graph.nodes[i])
                for i in group.walk_nodes()
                if any(map(needs_layer, self.layers[i].calls))
            ]
            for group in (one, other)
        ]
        return nodes[0] == nodes[1]

    # ---- parts ---------------------------------------------------------------------------------------------
    def _make_parts(self, group: Group) -> list[Part]:
        """The parts of a group in order, those of dissolved groups among them."""
        made: list[Part] = []
        run: list[Group] = []
        for member in [*group.members, None]:
            if run and not (isinstance(member, Group) and follows(member, run[-1])):
                made += self._make_run(run)
                run = []
            if isinstance(member, Group):
                if isinstance(member.step, BlockCall):
                    made += self._make_block(member)
                else:
                    run.append(member)
            elif member is not None:
                made.append(self._make_layer(member))
        return made

    def _make_layer(self, index: int) -> LayerPart:
        node = self.graph.nodes[index]
        assert node.layer is not None
        owner = self.graph.made_at(node)
        return LayerPart(node, self.layers[index], owner, not node.layer.trainable, write_remark(node))

    def _make_block(self, group: Group) -> list[Part]:
        parts = self._make_parts(group)
        ends = self._find_ends(parts)
        assert isinstance(group.step, BlockCall)
        if group.dissolved or ends is None or not is_worthy(parts):
            return parts
        part = BlockPart(Body(group.step.block, parts, ends[0], (ends[1],)), group.step.block)
        part.twin = self.parts.get(id(self.twins.get(id(group))))
        self.parts[id(group)] = part
        return [part]

    def _find_ends(self, parts: list[Part]) -> tuple[tuple[int, ...], int] | None:
        """The tensors that enter some parts, and the one that leaves them; None where they make several, or one that is read
        before all that enters is there."""
        inside = {index for part in parts for index in find_nodes(part)}
        entering: dict[int, None] = {}
        for part in parts:
            entering.update(dict.fromkeys([i for i in part.inputs if i not in inside]))
        leaving = [i for i in sorted(inside) if i in self.graph.outputs or self.readers.get(i, set()) - inside]
        if len(leaving) != 1 or not inside or any(i > min(inside) for i in entering):
            return None
        return (tuple(entering), leaving[0]) if entering else None

    def _make_run(self, run: list[Group]) -> list[Part]:
        """The turns of one loop: a sequence where each turn goes on with what the last one made."""
        turns = [self._make_parts(turn) for turn in run]
        flat = [part for turn in turns for part in turn]
        if len(run) < 2 or any(turn.dissolved for turn in run):
            return flat
        label = "stage" if isinstance(run[0].step, LoopTurn) else "unit"
        if modules := self._make_turns(turns, label):
            return [SequencePart(modules, f"{label}s")]
        if not self._is_chain(flat):
            return flat
        if all(len(turn) == 1 for turn in turns) or isinstance(run[0].step, RepeatTurn):
            return [SequencePart(flat, name_sequence(flat))]
        return [SequencePart(turn, "stage") if len(turn) > 1 else turn[0] for turn in turns]

    def _make_turns(self, turns: list[list[Part]], label: str) -> list[Part]:
        """The turns of a loop as modules of a class of their own, one behind another; [] where they are too short for that, or
        no chain."""
        layers = [[part for part in turn if isinstance(part, LayerPart)] for turn in turns]
        long = [len(own) >= LONG or own and not self._is_chain(turn) for own, turn in zip(layers, turns, strict=True)]
        if not all(long) or not all(len(turn) > 1 and is_worthy(turn) for turn in turns):
            return []
        depth = 1 + max([count_turns(turn) for turn in turns])
        made: list[Part] = []
        for turn in turns:
            ends = self._find_ends(turn)
            if ends is None:
                return []
            made.append(BlockPart(Body(" " * depth + label, turn, ends[0], (ends[1],)), label))
        return made if self._is_chain(made) else []

    def _is_chain(self, parts: list[Part]) -> bool:
        """Whether parts can stand in a sequence: each reads the one before it and nothing else, and is read by nothing else."""
        for part, after in zip(parts, [*parts[1:], None], strict=True):
            inside = set(find_nodes(part))
            outside = {reader for i in inside for reader in self.readers.get(i, set())} - inside
            if len(part.inputs) != 1 or not can_stand_alone(part):
                return False
            if after is not None and (after.inputs != (part.output,) or outside - set(find_nodes(after))):
                return False
            if after is not None and part.output in self.graph.outputs:
                return False
        return len(parts) > 1


def count_turns(parts: list[Part]) -> int:
    """How deep turns with classes of their own nest in parts: the name of their body begins with so many spaces."""
    found = 0
    for part in parts:
        if isinstance(part, SequencePart):
            found = max(found, count_turns(part.items))
        elif isinstance(part, BlockPart):
            block = part.body.block
            found = max(found, len(block) - len(block.lstrip()), count_turns(part.body.parts))
    return found


def follows(group: Group, before: Group) -> bool:
    """Whether a group is the next turn of the loop that another one is a turn of."""
    step, last = group.step, before.step
    if type(step) is not type(last) or not isinstance(step, (LoopTurn, RepeatTurn)):
        return False
    assert isinstance(last, (LoopTurn, RepeatTurn))
    return step.number == last.number + 1 and step.site.node is last.site.node


def find_nodes(part: Part) -> list[int]:
    """The nodes whose layers are in a part."""
    if isinstance(part, LayerPart):
        return [part.output]
    inner = part.items if isinstance(part, SequencePart) else part.body.parts
    return [index for item in inner for index in find_nodes(item)]


def is_worthy(parts: list[Part]) -> bool:
    """Whether parts are worth a class of their own: one layer is not, nor is what has no weights."""
    layers = [part for part in parts if isinstance(part, LayerPart)]
    return (
        len(parts) > len(layers) or len(parts) > 1 and any(needs_layer(call) for part in layers for call in part.calls)
    )


def name_sequence(parts: list[Part]) -> str:
    """What a sequence is called: blocks for block, else layers."""
    labels = {part.label for part in parts if isinstance(part, BlockPart)}
    return f"{labels.pop()}s" if len(labels) == 1 and all(isinstance(p, BlockPart) for p in parts) else "layers"
