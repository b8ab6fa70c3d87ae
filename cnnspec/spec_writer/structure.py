"""Graph → steps: which tensor is the current one, which merges nest, and which tensors need a name.

A merge whose branches all begin at one tensor, and are read by nothing else, becomes a step on that tensor: a
residual, an inception module, a gate. The tensor at which they begin is the merge's immediate dominator. Every other
tensor that is read several times ends a statement, and has a name where it is not read at once.
"""

from __future__ import annotations

from cnnspec.graph import Graph, Node
from cnnspec.spec_writer.draft import (
    CallStep,
    DraftBlock,
    DraftStep,
    LayerStep,
    NameStep,
    ReadStep,
    Steps,
    fill_slots,
    find_slots,
)
from cnnspec.spec_writer.layer_values import find_values, write_same
from cnnspec.spec_writer.shared_chains import find_shared_chains, is_merge
from cnnspec.spec_writer.slot_values import Label
from cnnspec.spec_writer.word_choice import find_numbered

DEEPEST = 2  # merges of named tensors, or of one tensor, in one another
WIDEST = 80  # layers in the branches of a merge that is written in place; longer skips have names
SKIP = "skip"  # what a tensor is called that nobody named
ORIGIN = -1  # what dominates all inputs


class GraphSteps:
    """The steps of a graph. `names` are those of its nodes as the language spells them, "" where a node has none; `shared`
    the shared functions that the steps call, `labels` the tensors with a name."""

    def __init__(self, graph: Graph, names: list[str]) -> None:
        self.graph, self.nodes = graph, graph.nodes
        self.names = names
        self.shared: list[DraftBlock] = []
        self.towers: dict[
            int, tuple[DraftBlock, int]
        ] = {}  # last node of a use → its function, and the tensor it is used on
        used = graph.used()
        self.readers: list[list[int]] = [[r for r in readers if used[r]] for readers in graph.consumers()]
        self.depths: list[int] = []  # layers on the longest way to each node
        for node in self.nodes:
            self.depths.append(1 + max([self.depths[i] for i in node.inputs], default=0))
        self.regions: dict[int, set[int]] = {}
        self.levels: dict[int, int] = {}  # how many merges of the same tensor nest in each
        self.reaching: set[int] = set()  # merges that reach back too far to be written in place
        self.merges_at: dict[int, list[int]] = {}  # the merges whose branches begin at a node
        self.entries = self._find_entries()
        self.ends = {n.index for n in self.nodes if used[n.index] and self._ends_statement(n)}
        self.ends |= {*graph.outputs, *graph.inputs}
        self._end_nesting()
        self.labels: dict[int, Label] = {}
        for index in graph.inputs if len(graph.inputs) > 1 else ():
            self.name_tensor(index)
        for index in graph.outputs if len(graph.outputs) > 1 else ():
            self.name_tensor(index)
        self._share_layers()
        self.last = ORIGIN  # the tensor that is current in the end
        self.steps = self._order_statements()

    # ---- merges that nest ----------------------------------------------------------------------------------
    def _find_entries(self) -> dict[int, int]:
        """For each merge that can be written in place, the node at which all of its branches begin."""
        dominator: list[int] = []
        depth: list[int] = []
        entries = {}
        for node in self.nodes:
            common = node.inputs[0] if node.inputs else ORIGIN
            for other in node.inputs[1:]:
                while common != other:
                    if other == ORIGIN or common != ORIGIN and depth[common] > depth[other]:
                        common = dominator[common]
                    else:
                        other = dominator[other]
            dominator.append(common)
            depth.append(1 if common == ORIGIN else depth[common] + 1)
            if is_merge(node) and common != ORIGIN:
                if self._nests(node, common):
                    entries[node.index] = common
                    self.merges_at.setdefault(common, []).append(node.index)
                else:
                    self.reaching.add(node.index)
        return entries

    def _nests(self, merge: Node, entry: int) -> bool:
        region: set[int] = set()
        queue = [i for i in merge.inputs if i != entry]
        while queue:
            index = queue.pop()
            if index in region:
                continue
            region.add(index)
            if len(region) > WIDEST or index in self.graph.outputs:
                return False
            queue += [i for i in self.nodes[index].inputs if i != entry]
        if any(r != merge.index and r not in region for index in region for r in self.readers[index]):
            return False
        if any(self._ends_statement(self.nodes[index]) or index in self.reaching for index in region):
            return False
        if self._is_hourglass(region, entry, merge.index):
            return False
        inner = [i for i in self.merges_at.get(entry, ()) if i in region]
        self.levels[merge.index] = 1 + max([self.levels[i] for i in inner], default=0)
        if self.levels[merge.index] > DEEPEST:
            return False
        self.regions[merge.index] = region
        return True

    def _is_hourglass(self, region: set[int], entry: int, merge: int) -> bool:
        """Whether a branch goes down in size and up again, as a U-Net's does: its skip gets a name.

        A gate goes down to one position, and is no hourglass.
        """
        ends = min(count_positions(self.nodes[entry]), count_positions(self.nodes[merge]))
        return any(1 < count_positions(self.nodes[i]) < ends for i in region)

    def _share_layers(self) -> None:
        """Make functions of the layers whose weights are shared."""
        for number, tower in enumerate(find_shared_chains(self.graph)):
            if any(index in self.ends for use in tower for index in use[:-1]):
                continue
            body = tuple([self.make_layer(self.nodes[index], ()) for index in tower[0]])
            self.shared.append(DraftBlock(number, (), body, shared=True))
            for use in tower:
                self.towers[use[-1]] = self.shared[-1], self.nodes[use[0]].inputs[0]

    # ---- statements ----------------------------------------------------------------------------------------
    def _ends_statement(self, node: Node) -> bool:
        readers = self.readers[node.index]
        if sum([self.nodes[r].inputs.count(node.index) for r in set(readers)]) < 2:
            return False
        return not any(
            all(r == merge or r in self.regions[merge] for r in readers) for merge in self.merges_at.get(node.index, ())
        )

    def _end_nesting(self) -> None:
        """End a statement where merges of named tensors would nest too deep to be read."""
        depth = [0] * len(self.nodes)
        for node in self.nodes:
            if node.index in self.ends or not node.inputs:
                continue
            entry = self.entries.get(node.index)
            if entry is None:
                depth[node.index] = max(depth[i] for i in node.inputs) + (len(node.inputs) > 1)
            else:
                depth[node.index] = depth[entry]
            if depth[node.index] > DEEPEST:
                self.ends.add(node.index)
                depth[node.index] = 0

    def _order_statements(self) -> Steps:
        """The statements, each behind those that it reads; where possible, one that goes on from the last comes next.

        With several inputs, which have names, there is no current tensor before the first statement.
        """
        needs = {end: self._find_needs(end) for end in self.ends}
        waiting = {end: len(needs[end] - set(self.graph.inputs)) for end in self.ends}
        followers: dict[int, list[int]] = {end: [] for end in self.ends}
        for end, read in needs.items():
            for index in read:
                followers[index].append(end)
        ready = [end for end, number in waiting.items() if not number and end not in self.graph.inputs]
        made: list[tuple[int, Steps]] = []
        current = self.graph.inputs[0] if len(self.graph.inputs) == 1 else ORIGIN
        while ready:
            ready.sort()
            end = next((e for e in ready if current in needs[e]), ready[0])
            ready.remove(end)
            made.append((end, tuple(self.make_steps(end, current, is_statement=True))))
            current = end
            for follower in followers[end]:
                waiting[follower] -= 1
                if not waiting[follower]:
                    ready.append(follower)
        self.last = current
        steps: list[DraftStep] = []
        for end, statement in made:
            steps += statement
            if end in self.labels:
                steps.append(NameStep(self.labels[end]))
        return self._number_names(tuple(steps), [end for end, _ in made])

    def _number_names(self, steps: Steps, order: list[int]) -> Steps:
        """The steps with names of ours (skip1, skip2) numbered in the order of the text."""
        names: dict[Label, Label] = {}
        for stem in (SKIP, "output"):
            own = [self.labels[end] for end in order if end in self.labels and not self.names[end]]
            mine = [label for label in own if label.name.rstrip("0123456789") == stem]
            names |= zip(mine, sorted(mine, key=lambda label: int(label.name.removeprefix(stem))), strict=True)
        self.labels = {end: names.get(label, label) for end, label in self.labels.items()}
        return fill_slots(
            steps,
            iter([names.get(s.value, s.value) if isinstance(s.value, Label) else s.value for s in find_slots(steps)]),
        )

    def _find_needs(self, end: int) -> set[int]:
        """The other ends that a statement reads."""
        seen: set[int] = set()
        queue = list(self.nodes[end].inputs)
        while queue:
            index = queue.pop()
            if index not in seen and index not in self.ends:
                queue += self.nodes[index].inputs
            seen.add(index)
        return seen & self.ends

    def make_steps(self, index: int, current: int, is_statement: bool = False) -> list[DraftStep]:
        """The steps that make the tensor `index` of the tensor `current`."""
        steps: list[DraftStep] = []
        while index != current:
            if index in self.ends and (steps or not is_statement):
                steps.append(ReadStep(self.name_tensor(index)))
                break
            node = self.nodes[index]
            if node.layer is None:
                steps.append(ReadStep(self.name_tensor(index)))
                break
            if index in self.towers:
                block, index = self.towers[index]
                steps.append(CallStep(block, ()))
                continue
            if not is_merge(node):
                steps.append(self.make_layer(node, ()))
                index = node.inputs[0]
                continue
            entry = self.entries.get(index)
            if entry is None:
                entry = self._find_flowing(node, current)
            begin = current if entry is None else entry
            branches = tuple([tuple(self.make_steps(i, begin)) for i in node.inputs])
            steps.append(self.make_layer(node, branches))
            if entry is None:  # each branch begins at a name, or at the current tensor
                break
            index = entry
        return steps[::-1]

    def _find_flowing(self, merge: Node, current: int) -> int | None:
        """The input of a merge behind which the merge can stand as a step, as in concat(in, skip); None where there is none.

        All other inputs begin at names. It is the only one that is made of the current tensor or, for a merge that reaches
        far back, the deepest one.
        """
        made = [i for i in merge.inputs if i not in self.ends]
        if merge.index in self.reaching and made:
            return max(made, key=lambda i: self.depths[i])
        flowing = {i for i in merge.inputs if self._find_beginnings(i, current) == {current}}
        if len(flowing) != 1 or any(
            current in self._find_beginnings(i, current) for i in merge.inputs if i not in flowing
        ):
            return None
        return flowing.pop()

    def _find_beginnings(self, index: int, current: int) -> set[int]:
        """The tensors at which the expression of a node begins."""
        seen: set[int] = set()
        queue = [index]
        while queue:
            index = queue.pop()
            if index not in seen and index != current and index not in self.ends:
                entry = self.entries.get(index)
                queue += self.nodes[index].inputs if entry is None else [entry]
            seen.add(index)
        return {i for i in seen if i == current or i in self.ends}

    def make_layer(self, node: Node, branches: tuple[Steps, ...]) -> DraftStep:
        assert node.layer is not None
        channels = None if is_merge(node) else self.nodes[node.inputs[0]].shape
        entering = channels[-1] if channels and isinstance(channels[-1], int) else None
        layer = write_same(node.layer, self.graph.input_shapes(node))
        return LayerStep(
            type(layer),
            find_values(layer, len(channels or ()) - 1),
            branches,
            entering,
            self.names[node.index],
            node.index,
        )

    def name_tensor(self, index: int) -> Label:
        """The name by which a tensor is read: its own, if a person gave it one."""
        if index not in self.labels:
            stem = "input" if self.nodes[index].layer is None else SKIP
            stem = "output" if stem == SKIP and index in self.graph.outputs else stem
            taken = [*self.names, *[label.name for label in self.labels.values()]]
            self.labels[index] = Label(self.names[index] or find_numbered(stem, taken))
        return self.labels[index]


def count_positions(node: Node) -> int:
    """How many positions a node's output has; an unknown size counts as 1024."""
    total = 1
    for size in (node.shape or ())[:-1]:
        total *= size if isinstance(size, int) else size.value(dict.fromkeys(size.names(), 1024))
    return total
