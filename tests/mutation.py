"""Faults injected into sound networks, and whether the linter sees them: the machinery behind tests/mutation.md.

A fault of tests/faults.py is an edit of a network's text, as a person would make it by mistake. Every place where it can
be made is a case; `PYTHONPATH=. python tests/mutation.py` injects all of them and writes the table. A case is caught when
the default rules find something that they did not find before; what is not caught must be argued: each fault brings
the reasons for which its edit may be no mistake, and a reason has to hold in the case at hand.
"""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from example_files import EXAMPLES, relative

from cnnspec.analyses.walks import last_function
from cnnspec.elaborate.graph import Graph, Node
from cnnspec.pipeline import Analysis, analyse
from cnnspec.reading import read
from cnnspec.source import Source
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faults import Fault

    Edit = tuple[tuple[int, int, str], ...]  # stretches of the text, and what stands there instead

SEED = 1
TEXT = {"E001", "E003", "E010", "E011", "E013"}  # the edit did not make a network at all
TABLE = Path(__file__).parent / "mutation.md"


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
        for start, end, new in sorted(edit, reverse=True):
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
                yield ((parent.stages[at - 1].end, node.end, ""),)
            else:
                yield ((node.start, parent.stages[1].start, ""),)
        elif isinstance(parent, tree.Step):
            yield ((parent.start, parent.end, ""),)

    def put(self, place: Place, name: str, value: str) -> Iterator[Edit]:
        """With an argument set."""
        given = place.argument(name)
        if given is not None:
            yield ((given.value.start, given.value.end, value),)
        elif isinstance(place.written, tree.Call):
            comma = ", " if place.written.arguments else ""
            yield ((place.end - 1, place.end - 1, f"{comma}{name}={value}"),)
        else:
            yield ((place.end, place.end, f"({name}={value})"),)

    def without(self, place: Place, *names: str) -> Iterator[Edit]:
        """Without an argument."""
        given = place.argument(*names)
        if given is None:
            return
        arguments = place.written.arguments  # type: ignore[attr-defined]
        at = next(i for i, argument in enumerate(arguments) if argument is given)
        if at:
            yield ((arguments[at - 1].end, given.end, ""),)
        elif len(arguments) > 1:
            yield ((given.start, arguments[1].start, ""),)

    def behind(self, place: Place, step: str) -> Iterator[Edit]:
        """With another step behind one."""
        if isinstance(self.parent(place.written), (tree.Chain, tree.Step)):
            yield ((place.end, place.end, f" -> {step}"),)

    def heads(self) -> Iterator[Place]:
        """The last layer with weights of each network that ends in a vector of its own."""
        ends = set()
        for graph in self.graphs:
            end = last_function(graph, graph.outputs[0]) if len(graph.outputs) == 1 else None
            if end is not None and len(graph.nodes[graph.outputs[0]].shape or ()) == 1:
                node = end[0]
                while node.layer is not None and not node.layer.counted and len(node.inputs) == 1:
                    node = graph.nodes[node.inputs[0]]
                ends.add(id(node.site.node))
        yield from [place for place in self.places if id(place.written) in ends]


# ---- the networks --------------------------------------------------------------------------------------------
def sound() -> list[tuple[str, str]]:
    """Every example in which the default rules find nothing: its name and its text."""
    found = []
    for path in sorted(EXAMPLES.rglob("*.cnn")):
        source = read(str(path))
        assert isinstance(source, Source)
        analysis = analyse(source)
        if not analysis.diagnostics and analysis.networks:
            found.append((relative(path), source.text))
    return found


class Case:
    """A fault at one place of one network, and what came of it."""

    def __init__(self, base: Spec, fault: Fault, text: str) -> None:
        self.base, self.fault, self.text = base, fault, text
        self.spec = Spec(base.name, text)
        self.codes = tuple(sorted(self.spec.found - base.found))
        self.made = not TEXT & set(self.codes) or bool(set(self.codes) & fault.expected)

    @property
    def why(self) -> str | None:
        """Why the edit is no mistake here; None when nothing says so."""
        return next((why for why, holds in self.fault.legal if holds(self)), None)


def cases(name: str, text: str, fault: Fault, most: int | None) -> Iterator[Case]:
    """The fault in one network, at no more than `most` places, drawn by SEED."""
    prepared = fault.prepare(Spec(name, text))
    if prepared is None:
        return
    base = Spec(name, prepared)
    if base.found:  # with a training of its own it is not sound
        return
    edits = list(dict.fromkeys(fault.inject(base)))
    if most is not None:
        random.Random(f"{SEED} {name} {fault.name}").shuffle(edits)
    left = most
    for edit in edits:
        if left == 0:
            return
        case = Case(base, fault, base.edited(edit))
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
        self.missed: list[Case] = []

    def add(self, case: Case) -> None:
        self.injected += 1
        if case.codes:
            self.caught += 1
            self.codes.update(case.codes)
        elif why := case.why:
            self.argued[why] += 1
        else:
            self.missed.append(case)


def tally(fault: Fault, specs: list[tuple[str, str]], most: int | None) -> Tally:
    found = Tally()
    for name, text in specs:
        for case in cases(name, text, fault, most):
            found.add(case)
    return found


def listed(counter: Counter[str]) -> str:
    return ", ".join(f"{key} {count}" for key, count in sorted(counter.items(), key=lambda item: (-item[1], item[0])))


def main(arguments: list[str]) -> None:
    from faults import FAULTS

    most = None
    specs = sound()
    chosen = [fault for fault in FAULTS if not arguments or fault.name in arguments]
    for fault in chosen:
        found = tally(fault, specs, most)
        print(
            f"{fault.name}: {found.injected} injected, {found.caught} caught: {listed(found.codes)}; argued {listed(found.argued)}; missed {len(found.missed)}",
            flush=True,
        )
        for case in found.missed[:12]:
            import difflib

            changed = [
                line
                for line in difflib.unified_diff(case.base.text.splitlines(), case.text.splitlines(), n=0, lineterm="")
                if line[:1] in "+-" and line[:3] not in ("+++", "---")
            ]
            print("    ", case.base.name, *changed, sep="\n      ")


if __name__ == "__main__":
    main(sys.argv[1:])
