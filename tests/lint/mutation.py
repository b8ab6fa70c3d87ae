"""Faults injected into sound networks, and whether the linter sees them: the machinery behind tests/lint/mutation.md.

A fault of tests/lint/faults.py is an edit of a network's text, as a person would make it by mistake. Every place where it can
be made is a case; `python -m tests.lint.mutation` injects all of them and writes the table. A case is caught when
the default rules find something that they did not find before; what is not caught must be argued: each fault brings
the reasons for which its edit may be no mistake, and a reason has to hold in the case at hand.
"""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict, deque
from difflib import unified_diff
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.facts.graph_queries import find_last_function
from cnnspec.graph import Graph, Node
from cnnspec.pipeline import Analysis, analyse
from cnnspec.syntax import tree
from tests.example_files import EXAMPLES, OF_EACH_KIND, relative

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.lint.faults import Fault


SEED, SAMPLE = 1, 10
TEXT = {"E001", "E003", "E010", "E011", "E013"}  # the edit did not make a network at all
TABLE = Path(__file__).parent / "mutation.md"


class Edit:
    """Stretches of a text and what stands there instead; the place whose layer is meant, if it is one."""

    def __init__(self, *changes: tuple[int, int, str], place: Place | None = None) -> None:
        self.changes, self.place = changes, place


class Place:
    """Something written that became layers: its node in the tree, and the nodes of the graphs that it became."""

    def __init__(self, written: tree.Node, nodes: list[tuple[Graph, Node]]) -> None:
        self.written, self.nodes = written, nodes
        self.start, self.end = written.start, written.end
        self.graph, self.node = nodes[0]
        self.label = self.node.label

    def argument(self, *names: str) -> tree.Argument | None:
        """The argument of one of these names, by name or by position."""
        order = tuple(getattr(self.node.layer, "arguments", ()))
        for number, argument in enumerate(getattr(self.written, "arguments", ())):
            name = argument.name.text if argument.name else order[number] if number < len(order) else ""
            if name in names:
                return argument  # type: ignore[no-any-return]
        return None


class Spec:
    """A text that is analysed, and the places at which a fault may be injected."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self.analysis: Analysis = analyse(Source(str(EXAMPLES / name), text))
        self.tree = self.analysis.tree
        self.parents: dict[int, tree.Node] = {}
        self.parts = list(tree.walk(self.tree.body))
        for part in self.parts:
            for field in part._fields:
                value = getattr(part, field)
                for child in value if isinstance(value, tuple) else (value,):
                    if isinstance(child, tree.Node):
                        self.parents[id(child)] = part
        self.graphs = [network.graph for network in self.analysis.networks]
        self.places = self._places()
        self.found = Counter(d.code for d in self.analysis.diagnostics)

    @cached_property
    def layers(self) -> Counter[tuple[str, Any, str, int]]:
        """How often each layer is there: its name, shape, arguments and number of readers."""
        return Counter(
            (node.label, node.shape, str(node.layer), len(readers))
            for graph in self.graphs
            for node, readers in zip(graph.nodes, graph.consumers(), strict=True)
        )

    def _places(self) -> list[Place]:
        became: dict[int, list[tuple[Graph, Node]]] = defaultdict(list)
        written = {}
        for graph in self.graphs:
            for node in graph.nodes:
                if node.site.source.name == self.analysis.source.name and node.layer is not None:
                    written[id(node.site.node)] = node.site.node
                    became[id(node.site.node)].append((graph, node))
        return sorted((Place(written[key], nodes) for key, nodes in became.items()), key=lambda p: p.start)

    def called(self, *labels: str) -> list[Place]:
        return [place for place in self.places if place.label in labels]

    def of(self, node: tree.Node) -> str:
        return self.text[node.start : node.end]

    def parent(self, node: tree.Node) -> tree.Node | None:
        return self.parents.get(id(node))

    def edited(self, edit: Edit) -> str:
        text = self.text
        for start, end, new in sorted(edit.changes, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    # ---- edits that faults are made of -----------------------------------------------------------------------
    def removed(self, place: Place) -> Iterator[Edit]:
        """Without a step; nothing where it is no stage of a chain and no step of its own."""
        node = place.written
        parent = self.parent(node)
        while isinstance(parent, tree.Naming) and parent.value is node:
            if sum(isinstance(p, tree.Name) and p.text == parent.name.text for p in self.parts) > 1:
                return
            node, parent = parent, self.parent(parent)
        if isinstance(parent, tree.Chain):
            at = next(i for i, stage in enumerate(parent.stages) if stage is node)
            if at:
                yield Edit((parent.stages[at - 1].end, node.end, ""), place=place)
            else:
                yield Edit((node.start, parent.stages[1].start, ""), place=place)
        elif isinstance(parent, tree.Step):
            yield Edit((parent.start, parent.end, ""), place=place)

    def put(self, place: Place, name: str, value: str) -> Iterator[Edit]:
        """With an argument set."""
        given = place.argument(name)
        if given is not None:
            yield Edit((given.value.start, given.value.end, value), place=place)
        elif isinstance(place.written, tree.Call):
            comma = ", " if place.written.arguments else ""
            yield Edit((place.end - 1, place.end - 1, f"{comma}{name}={value}"), place=place)
        else:
            yield Edit((place.end, place.end, f"({name}={value})"), place=place)

    def without(self, place: Place, *names: str) -> Iterator[Edit]:
        """Without an argument."""
        given = place.argument(*names)
        if given is None:
            return
        arguments = place.written.arguments  # type: ignore[attr-defined]
        at = next(i for i, argument in enumerate(arguments) if argument is given)
        if at:
            yield Edit((arguments[at - 1].end, given.end, ""), place=place)
        elif len(arguments) > 1:
            yield Edit((given.start, arguments[1].start, ""), place=place)

    def behind(self, place: Place, step: str) -> Iterator[Edit]:
        """With another step behind one."""
        if isinstance(self.parent(place.written), (tree.Chain, tree.Step)):
            yield Edit((place.end, place.end, f" -> {step}"), place=place)

    def heads(self) -> Iterator[Place]:
        """The last layer with weights of each network that ends in a vector of its own."""
        ends = set()
        for graph in self.graphs:
            end = find_last_function(graph, graph.outputs[0]) if len(graph.outputs) == 1 else None
            if end is not None and len(graph.nodes[graph.outputs[0]].shape or ()) == 1:
                node = end[0]
                while node.layer is not None and not node.layer.counted and len(node.inputs) == 1:
                    node = graph.nodes[node.inputs[0]]
                ends.add(id(node.site.node))
        yield from [place for place in self.places if id(place.written) in ends]


# ---- the networks --------------------------------------------------------------------------------------------
@cache
def sound(whole: bool = True) -> list[tuple[str, str]]:
    """Every example in which the default rules find nothing, or those of each kind: its name and its text."""
    found = []
    for path in sorted(EXAMPLES.rglob("*.cnn") if whole else OF_EACH_KIND):
        source = read(str(path))
        assert isinstance(source, Source)
        analysis = analyse(source)
        if not analysis.diagnostics and analysis.networks:
            found.append((relative(path), source.text))
    return found


parsed = lru_cache(200)(Spec)


class Case:
    """A fault at one place of one network, and what came of it."""

    def __init__(self, base: Spec, fault: Fault, edit: Edit) -> None:
        self.base, self.fault, self.text = base, fault, base.edited(edit)
        self.spec = Spec(base.name, self.text)
        self.codes = tuple(sorted(self.spec.found - base.found))
        self.place = edit.place
        self.made = not TEXT & set(self.codes) or bool(set(self.codes) & fault.expected)

    @property
    def why(self) -> str | None:
        """Why the edit is no mistake: a reason for each node that the place became; None where one has none."""
        nodes = self.place.nodes if self.place else [(graph, graph.nodes[-1]) for graph in self.base.graphs]
        found = {
            next((why for why, holds in self.fault.legal if holds(self, graph, node)), None) for graph, node in nodes
        }
        return None if None in found else "; ".join(sorted(filter(None, found)))


def cases(name: str, text: str, fault: Fault, most: int | None) -> Iterator[Case]:
    """The fault in one network, at no more than `most` places, drawn by SEED."""
    prepared = fault.prepare(parsed(name, text))
    if prepared is None:
        return
    base = parsed(name, prepared)
    if base.found:  # with a training of its own it is not sound
        return
    edits = list({edit.changes: edit for edit in fault.inject(base) if base.edited(edit) != base.text}.values())
    if most is not None:
        random.Random(f"{SEED} {name} {fault.name}").shuffle(edits)
    left = most
    for edit in edits:
        if left == 0:
            return
        case = Case(base, fault, edit)
        if case.made:
            left = left and left - 1
            yield case


# ---- the table -----------------------------------------------------------------------------------------------
class Tally:
    """What came of a fault: how often it was injected and caught, by which codes, and the reasons for the others."""

    def __init__(self) -> None:
        self.injected = self.caught = 0
        self.codes: Counter[str] = Counter()
        self.argued: Counter[str] = Counter()
        self.missed: list[str] = []

    def add(self, case: Case) -> None:
        self.injected += 1
        if case.codes:
            self.caught += 1
            self.codes.update(set(case.codes))
        elif why := case.why:
            self.argued[why] += 1
        else:
            lines = unified_diff(case.base.text.splitlines(), case.text.splitlines(), n=0, lineterm="")
            self.missed.append("\n".join([case.base.name, *[line for line in lines if line[:3] not in ("---", "+++")]]))


def tally(fault: Fault, specs: Sequence[tuple[str, str]], most: int | None = None) -> Tally:
    """A fault at every place of the networks, or at no more than `most` of each."""
    found = Tally()
    for name, text in specs:
        for case in cases(name, text, fault, most):
            found.add(case)
    return found


def sample(fault: Fault) -> Tally:
    """A fault at SAMPLE places that SEED draws, in as many networks as there are for it: at a second place once each has one."""
    found, specs = Tally(), sound(whole=False)[:]
    random.Random(f"{SEED} {fault.name}").shuffle(specs)
    waiting = deque(cases(name, text, fault, SAMPLE) for name, text in specs)
    while waiting and found.injected < SAMPLE:
        case = next(waiting[0], None)
        if case is None:
            waiting.popleft()
        else:
            found.add(case)
            waiting.rotate(-1)
    return found


HEAD = """# Faults injected into sound networks, and what `check` says of them

Made by `python -m tests.lint.mutation`: every fault of tests/lint/faults.py at every place of every example in which the
default rules find nothing. Held by tests/lint/test_mutation.py, a sample by default. What is not caught is no mistake where it
was made, for a reason that a few lines of tests/lint/faults.py ask of each case.

| fault | what goes wrong | injected | caught | by | not caught, and no mistake | sample |
| --- | --- | ---: | ---: | --- | --- | --- |
"""


def row(fault: Fault, whole: Tally, part: Tally) -> str:
    by = ", ".join(f"{code} {count}" for code, count in ordered(whole.codes))
    argued = "; ".join(f"{count}: {why}" for why, count in ordered(whole.argued))
    cells = (fault.name, fault.says, f"{whole.injected:,}", f"{whole.caught:,}", by, argued, told(part))
    return f"| {' | '.join(cells)} |\n"


def told(part: Tally) -> str:
    return f"{part.caught} of {part.injected}"


def ordered(counter: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))


def rows() -> dict[str, list[str]]:
    """The cells of the table as it was written, by fault."""
    lines = [
        line.strip("|\n ").split(" | ") for line in TABLE.read_text(encoding="utf-8").splitlines() if line[:2] == "| "
    ]
    return {cells[0]: cells for cells in lines[1:]}


def main() -> int:
    from tests.lint.faults import FAULTS

    specs, text, missed = sound(), HEAD, 0
    total = Counter[str]()
    for fault in FAULTS:
        whole = tally(fault, specs)
        text += row(fault, whole, sample(fault))
        total.update({"injected": whole.injected, "caught": whole.caught})
        missed += len(whole.missed)
        print(f"{fault.name}: {whole.caught} of {whole.injected}", *whole.missed, sep="\n", flush=True)
    argued = total["injected"] - total["caught"] - missed
    text += f"\nIn {len(specs)} files: {total['injected']:,} faults, {total['caught']:,} caught, {argued:,} argued, {missed} missed.\n"
    TABLE.write_text(text, encoding="utf-8")
    return missed > 0


if __name__ == "__main__":
    sys.exit(main())
