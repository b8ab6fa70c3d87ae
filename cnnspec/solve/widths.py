"""Which parameters are widths: numbers of filters or units of a layer.

A parameter is one where some layer with weights has a number of channels that is computed of it alone. What is multiplied with other
parameters on the way there, as the expansion of a bottleneck, is a factor and no width; the classes of an output are none, either.
"""

from __future__ import annotations

from cnnspec.base.tape import Tape, Taped
from cnnspec.sweep.conditions import BadCondition
from cnnspec.sweep.structure import Quantity, trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.facts.facts import Facts
    from cnnspec.sweep.space import Space
    from cnnspec.sweep.structure import Question

TRIED = 64  # candidates, until one is legal


class Channels(Quantity):
    """The channels behind every layer with weights, and those of the outputs, as a figure."""

    def measure(self, facts: Facts) -> tuple[Any, ...] | None:
        inner: list[Any] = []
        outer: list[Any] = []
        for index, node in enumerate(facts.graph.nodes):
            shape = facts.shapes[index]
            if shape and node.layer is not None and facts.parameters[index]:
                (outer if leads_out(facts, index) else inner).append(shape[-1])
        return tuple(inner), tuple(outer)


def leads_out(facts: Facts, index: int) -> bool:
    """Whether no layer with weights reads, directly or not, what a layer puts out."""
    readers = [i for i, node in enumerate(facts.graph.nodes) if index in node.inputs]
    return not any([any(facts.parameters[i] or ()) or not leads_out(facts, i) for i in readers])


def find_widths(question: Question, parameters: Mapping[str, Any]) -> set[Any]:
    """The names of the `Begin` numbers among parameters that are widths. BadCondition where an analysis cannot be followed."""
    try:
        structure = trace(question.replace(quantities=(Channels("channels"),)), parameters)
    except Exception as error:  # of any kind: a number on a tape does not do what a plain one does
        raise BadCondition(f"what is a width cannot be followed here: {type(error).__name__}: {error}") from error
    found: set[Any] = set()
    inner, outer = structure.answer.figures[0] if structure.answer.figures and structure.answer.figures[0] else ((), ())
    for channels in inner:
        names = find_leaves(structure.tape, channels)
        found |= names if len(names) == 1 else set()
    return found - {name for channels in outer for name in find_leaves(structure.tape, channels)}


def find_leaves(tape: Tape, number: Any) -> set[Any]:
    """What a number is computed of."""
    if not isinstance(number, Taped):
        return set()
    found, waiting, seen = set(), [number.expression], set()
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            operation, *operands = tape.expressions[place]
            if operation == "leaf":
                found.add(operands[0])
            elif operation != "const":
                waiting += operands
    return found


def write_widths(question: Question, space: Space) -> str:
    """The objective `widths` as an expression: the sum of the logarithms of all axes that are widths. BadCondition for none."""
    from cnnspec.sweep.candidates import find_digits
    from cnnspec.sweep.engine import Engine

    engine = Engine(question, space)
    mixed = [axis for axis in range(len(space.axes)) if engine.is_mixed(axis)]
    found: set[Any] = set()
    for tried in range(TRIED):  # the first that is legal tells
        number = space.count * tried // TRIED
        found = {name[0] for name in find_widths(question, engine.begin(find_digits(number, space.sizes), mixed))}
        if found:
            break
    if not found:
        raise BadCondition(
            "widths are parameters with options that are numbers of filters or units of a layer, and there are none"
        )
    return f"sum({', '.join([f'log2({space.axes[axis].name})' for axis in sorted(found)])})"
