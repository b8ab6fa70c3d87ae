"""Parts of a block that some of its calls leave out: the projection on a shortcut, the sum at the end of a residual.

In a call without them, what enters them stands for what they make.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.torch_source.outlines import find_outline
from cnnspec.compile.torch_source.parts import LayerPart, SequencePart, can_stand_alone

if TYPE_CHECKING:
    from cnnspec.compile.torch_source.class_parameters import Parameter
    from cnnspec.compile.torch_source.module_class import ModuleClass
    from cnnspec.compile.torch_source.outlines import Place
    from cnnspec.compile.torch_source.parts import Body

LONGEST = 64  # parts of a body in which a region is looked for
SHORTCUT = "shortcut"  # what a projection is called


class Region(Record):
    """The parts from `start` to `stop` of the longest body. `entry` is the part, and the number of its input, that reads what
    stands for them."""

    start: int
    stop: int
    entry: tuple[int, int]

    def find_entry(self, body: Body) -> int:
        """The tensor of a body that stands for what the region makes."""
        part, number = self.entry
        return body.parts[part].inputs[number]

    def is_step(self, body: Body) -> bool:
        """Whether the region is a module on the tensor that stands for it, so that nn.Identity can take its place."""
        (part, *others) = body.parts[self.start : self.stop]
        return not others and can_stand_alone(part) and (not isinstance(part, LayerPart) or len(part.calls) == 1)


def find_region(body: Body, shorter: Place, size: int, classes: dict[int, ModuleClass]) -> Region | None:
    """The region of so many parts without which a body has a given outline: a way into a merge, or one that ends in it. None
    where there is none."""
    for start in range(len(body.parts) - size + 1 if len(body.parts) <= LONGEST else 0):
        region = body.parts[start : start + size]
        inside = {part.output for part in region}
        outside = [part for part in body.parts if part not in region]
        read = {index for part in outside for index in part.inputs} | set(body.outputs)
        readers = [part for part in outside if region[-1].output in part.inputs]
        merges = len(region[-1].inputs) > 1 or bool(readers) and all(len(part.inputs) > 1 for part in readers)
        if read & inside != {region[-1].output} or not merges:
            continue
        for place, part in enumerate(region, start):
            for number, index in enumerate(part.inputs):
                found = Region(start, start + size, (place, number))
                if index not in inside and find_outline(body, classes, found) == shorter:
                    return found
    return None


def join_parts(bodies: list[Body], region: Region) -> Region:
    """The region as one sequence in all bodies, where its parts are a chain of modules."""
    for body in bodies:
        parts = body.parts[region.start : region.stop]
        chained = all(after.inputs == (part.output,) for part, after in pairwise(parts))
        if len(parts) < 2 or not chained or not all(len(p.inputs) == 1 and can_stand_alone(p) for p in parts):
            return region
    for body in bodies:
        parts = body.parts[region.start : region.stop]
        label = SHORTCUT if parts[0].inputs[0] in body.inputs else "optional"
        body.parts[region.start : region.stop] = [SequencePart(parts, label)]
    return Region(region.start, region.start + 1, (region.start, 0))


def find_condition(parameters: list[Parameter], there: tuple[bool, ...]) -> str:
    """A condition on the parameters that says in which calls a region is there; "" where none does."""
    found: list[tuple[str, tuple[bool, ...]]] = []
    channels = [p for p in parameters if p.name in ("in_channels", "out_channels")]
    strides = [p for p in parameters if p.name == "stride"]
    for one, other in pairwise(channels):
        times = find_factor(one.values, other.values, there)
        if times > 1:
            product = tuple([bool(a) and a != times * (b or 0) for a, b in zip(one.values, other.values, strict=True)])
            found.append((f"{one.name} {{}} {times} * {other.name}", product))
            continue
        found.append(
            (f"{one.name} {{}} {other.name}", tuple([a != b for a, b in zip(one.values, other.values, strict=True)]))
        )
    found += [(f"{p.name} {{}} 1", tuple([v not in (1, (1, 1)) for v in p.values])) for p in strides]
    for operator, wanted in (("!=", there), ("==", tuple([not flag for flag in there]))):
        for text, values in found:
            if values == wanted:
                return text.format(operator)
        if len(found) == 2:
            either = tuple([a or b for a, b in zip(found[0][1], found[1][1], strict=True)])
            if either == wanted:
                joint = " or " if operator == "!=" else " and "
                return joint.join([text.format(operator) for text, _ in reversed(found)])
    return ""


def find_factor(above: tuple[Any, ...], below: tuple[Any, ...], there: tuple[bool, ...]) -> int:
    """How many times the numbers above are those below in all calls without the region; 0 where that differs."""
    found = {a / b if a and b else 0 for a, b, flag in zip(above, below, there, strict=True) if not flag}
    factor = found.pop() if len(found) == 1 else 0
    return int(factor) if factor == int(factor) else 0
