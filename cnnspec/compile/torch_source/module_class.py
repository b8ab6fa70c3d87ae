"""The classes of a module: one for all calls of a block that are alike, several where they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.torch_source.class_parameters import ANY, Parameter, find_parameters
from cnnspec.compile.torch_source.names import spell_class
from cnnspec.compile.torch_source.optional_region import find_condition, find_region, join_parts
from cnnspec.compile.torch_source.outlines import find_outline, walk_values_of
from cnnspec.compile.torch_source.parts import BlockPart, SequencePart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.compile.torch_source.names import Names
    from cnnspec.compile.torch_source.optional_region import Region
    from cnnspec.compile.torch_source.parts import Body, Part
    from cnnspec.graph import Graph


class ModuleClass:
    """A class of the module. `bodies` are those of the calls that it serves, the longest first; `texts` the values in which
    they differ, as expressions in its `parameters`. `region`: the parts that only some of them have, if there are such."""

    def __init__(
        self, name: str, bodies: list[Body], classes: dict[int, ModuleClass], graph: Graph, region: Region | None = None
    ) -> None:
        self.name, self.bodies, self.graph = name, bodies, graph
        self.classes, self.region = classes, region
        self._placed: dict[int, list[tuple[Body, Part]]] = {}
        for body in bodies:
            for place, part in self.place_parts(body):
                self._placed.setdefault(place, []).append((body, part))
        rows = [
            {place: (key, value) for place, key, value in walk_values_of(self.place_parts(body), classes)}
            for body in bodies
        ]
        columns = {
            place: (key, tuple([row[place][1] if place in row else ANY for row in rows]))
            for place, (key, _) in rows[0].items()
        }
        self.parameters, self.texts = find_parameters(columns)
        self.condition = self._find_condition()
        self._rows = {id(body): row for row, body in enumerate(bodies)}

    def place_parts(self, body: Body) -> list[tuple[int, Part]]:
        """The parts of a body, each with its place in the class."""
        missing = len(self.bodies[0].parts) - len(body.parts)
        start = len(body.parts) if self.region is None else self.region.start
        return [(place + missing * (place >= start), part) for place, part in enumerate(body.parts)]

    def find_parts(self, place: int) -> list[tuple[Body, Part]]:
        """The parts at a place of the class, in the calls that have it."""
        return self._placed[place]

    def _find_condition(self) -> str:
        """When the region is there, as an expression in the parameters; a parameter of its own where it follows from none."""
        if self.region is None:
            return ""
        there = tuple([len(body.parts) == len(self.bodies[0].parts) for body in self.bodies])
        found = find_condition(self.parameters, there)
        if not found:
            last = self.bodies[0].parts[self.region.stop - 1]
            found = "residual" if len(last.inputs) > 1 else f"with_{last.label}"
            self.parameters.insert(sum(not p.has_default for p in self.parameters), Parameter(found, there))
        return found

    def find_values(self, body: Body) -> dict[str, Any]:
        """What the call of a body gives to the parameters."""
        row = self._rows[id(body)]
        return {parameter.name: parameter.values[row] for parameter in self.parameters}

    def is_given(self, name: str, value: Any) -> bool:
        """Whether a call writes this value of a parameter, which is not the default."""
        parameter = next(p for p in self.parameters if p.name == name)
        return not parameter.has_default or repr(parameter.default) != repr(value)


def find_classes(top: Body, name: str, names: Names, graph: Graph) -> list[ModuleClass]:
    """The classes of a network, those that others use first, its own last."""
    classes: dict[int, ModuleClass] = {}  # by the identity of the body
    bodies = find_bodies(top)
    heights = find_heights(bodies)
    made: list[ModuleClass] = []
    for height in range(1, 1 + max(heights.values(), default=0)):
        alike: dict[Any, list[Body]] = {}
        for body in bodies:
            if heights[body.block] == height:
                alike.setdefault((body.block, find_outline(body, classes)), []).append(body)
        for group, region in merge_variants(alike, classes):
            made.append(ModuleClass(names.take(spell_class(group[0].block)), group, classes, graph, region))
            classes.update({id(body): made[-1] for body in group})
    return [*made, ModuleClass(name, [top], classes, graph)]


def merge_variants(
    alike: dict[Any, list[Body]], classes: dict[int, ModuleClass]
) -> Iterator[tuple[list[Body], Region | None]]:
    """Groups of bodies of one outline, those joined that differ in one region alone; and that region."""
    waiting = sorted(alike, key=lambda key: -len(alike[key][0].parts))
    while waiting:
        key = waiting.pop(0)
        bodies, region = list(alike[key]), None
        for other in list(waiting):
            size = len(bodies[0].parts) - len(alike[other][0].parts)
            if other[0] == key[0] and size > 0 and (region is None or region.stop - region.start == size):
                found = find_region(bodies[0], other[1], size, classes)
                if found is not None and region in (None, found):
                    region = found
                    bodies += alike[other]
                    waiting.remove(other)
        if region is not None:
            longest = [body for body in bodies if len(body.parts) == len(bodies[0].parts)]
            region = join_parts(longest, region)
        yield bodies, region


def find_bodies(body: Body) -> list[Body]:
    """The bodies of all block calls inside a body, in order."""
    return [inner for part in find_block_parts(body.parts) for inner in (part.body, *find_bodies(part.body))]


def find_block_parts(parts: list[Part]) -> list[BlockPart]:
    """The block calls among parts, those in sequences included."""
    found: list[BlockPart] = []
    for part in parts:
        if isinstance(part, BlockPart):
            found.append(part)
        elif isinstance(part, SequencePart):
            found += find_block_parts(part.items)
    return found


def find_heights(bodies: list[Body]) -> dict[str, int]:
    """How deep blocks nest in each block, itself included, in the call that nests deepest."""
    inner: dict[str, set[str]] = {}
    for body in bodies:
        inner.setdefault(body.block, set()).update([part.body.block for part in find_block_parts(body.parts)])
    heights = dict.fromkeys(inner, 1)
    for _ in inner:
        heights = {block: 1 + max([heights[name] for name in names], default=0) for block, names in inner.items()}
    return heights
