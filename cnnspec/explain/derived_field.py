"""How a receptive field grows by one layer, from the field that enters it and what the layer reads.

    size   = size + (kernel - 1) * jump      jump  = jump * stride
    start  = start - padding * jump          centre = start + (size - 1)/2

size, jump (input positions between neighbours) and start on the right are those of the layer's input; start and centre
are of the first position, and a negative start lies in the padding. Source: Dumoulin & Visin 2016; Araujo, Norris &
Sim, Distill 2019. Where the recurrence does not reach (branches, upsampling, the whole input), words say what holds.
The figures are those of `receptive_field`, whatever the arithmetic beside them says; tests compare the two.
"""

from __future__ import annotations

from cnnspec.explain.steps import Step, headed, joined
from cnnspec.explain.traced_numbers import ONE, TWO, Leaf, Op
from cnnspec.facts.receptive_field import Field, Whole
from cnnspec.layers.base import show_shape
from cnnspec.layers.window import AXIS_NAMES, EACH, UNTRACED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.explain.traced_numbers import Tree
    from cnnspec.facts.facts import Facts
    from cnnspec.facts.receptive_field import NodeField
    from cnnspec.layers.window import Reach


def field_steps(facts: Facts, index: int) -> tuple[Step, ...]:
    """The receptive field of a node whose shape is known, derived from those of its inputs."""
    graph, field = facts.graph, facts.fields[index]
    node = graph.nodes[index]
    if node.layer is None:
        return (Step("", note="1: an input sees itself" if isinstance(field, tuple) else "all: it has no positions"),)
    inputs = facts.inputs_of(index)
    assert inputs is not None
    reaches = node.layer.reach(inputs)
    own = [i for i in node.inputs if (index, i) not in facts.gates]
    entering = [(graph.nodes[i].name, facts.fields[i]) for i in own]
    if field is None:
        return (Step("", note=f"unknown: {why_unknown(reaches, entering)}"),)
    if isinstance(field, Whole):
        return (Step("", note=f"all of the input: {why_all(reaches, entering)}"),)
    branches = [(name, f) for name, f in entering if isinstance(f, tuple)]
    if not branches or reaches is None:  # the numbers of words
        return (Step("", note=f"{sizes(field)}: each position stands for itself"),)
    if len(branches) == 1 and reaches is not None and all(reach == EACH for reach in reaches):
        name = branches[0][0]
        note = f"{sizes(field)}, as of {name}: each position reads that position of {name}"
        return (Step("", note=note + left_out(facts, index)),)
    axes = AXIS_NAMES.get(len(field), tuple([f"axis {i}" for i in range(1, len(field) + 1)]))
    columns = []
    for axis, made in enumerate(field):
        if len(branches) > 1:
            columns.append(merged(made, [(name, f[axis]) for name, f in branches], left_out(facts, index)))
        else:
            assert reaches is not None
            columns.append(grown(made, branches[0][1][axis], reaches[axis], branches[0][0]))
    steps: list[Step] = []
    for name in ("size", "jump", "start", "centre"):
        found = [(axis, s) for axis, column in zip(axes, columns, strict=True) for s in column if s.name == name]
        steps += joined(found, headed(name, len(axes)))
    return tuple(steps)


def sizes(field: tuple[Field, ...]) -> str:
    return show_shape(tuple([axis.size for axis in field]))


def why_unknown(reaches: tuple[Reach, ...] | None, entering: list[tuple[str, NodeField]]) -> str:
    unknown = [name for name, field in entering if field is None]
    if unknown:
        return f"so is that of {' and '.join(unknown)}"
    if reaches is UNTRACED:
        return "the layer moves positions elsewhere, which is not followed"
    return "the branches step differently, or read places that depend on an unknown size"


def why_all(reaches: tuple[Reach, ...] | None, entering: list[tuple[str, NodeField]]) -> str:
    if reaches is None:
        return "the layer reads every position"
    whole = [name for name, field in entering if isinstance(field, Whole)]
    return f"so it is of {' and '.join(whole)}" if whole else "a tensor that has seen it is repeated along an axis"


def left_out(facts: Facts, index: int) -> str:
    """Which gates of a node, or statistics, its field leaves out."""
    gates = dict.fromkeys([facts.graph.nodes[branch].name for merge, branch in facts.gates if merge == index])
    if gates:
        return f"; without {', '.join(gates)}, the gate{'s' * (len(gates) > 1)}"
    return "; without the statistics that it takes over its map" if index in facts.statistics else ""


def merged(field: Field, branches: list[tuple[str, Field]], left_out: str) -> list[Step]:
    """The steps of one axis where branches meet."""
    lengths = [branch.size for _, branch in branches]
    names = ", ".join(dict.fromkeys(name for name, _ in branches))
    if field.size == max(lengths):
        first = Step(
            "size", Op("max", tuple(map(Leaf, lengths))), field.size, f"the largest of the branches, {names}{left_out}"
        )
    else:
        first = Step("size", None, field.size, f"all that the branches see together, {names}{left_out}")
    return [first, *stated(field)]


def grown(field: Field, before: Field, reach: Reach, name: str) -> list[Step]:
    """The steps of one axis behind a layer that reads one tensor."""
    if reach.over > 1 or len(before.spans) > 1 or len(field.spans) > 1:
        lengths = {span[1] - span[0] for span in field.spans if span}
        differ = "; the largest, as positions differ" * (len(lengths) > 1)
        note = f"position i reads {reads(reach)} of {name}{differ}"
        return [Step("size", None, field.size, note), *stated(field)]
    jump, extent = Leaf(before.stride), reach.high - (reach.low or 0) + 1
    grows = Op("*", (Op("-", (Leaf(extent), ONE)), jump))
    steps = [
        Step("size", Op("+", (Leaf(before.size), grows)), field.size),
        Step("jump", Op("*", (jump, Leaf(reach.step))), field.stride),
    ]
    if before.padding is None or reach.low is None:
        return [*steps, *placed(field, None)]
    shift = Op("*", (Leaf(abs(reach.low)), jump))
    return [*steps, *placed(field, Op("+" if reach.low > 0 else "-", (Leaf(-before.padding), shift)))]


def stated(field: Field) -> list[Step]:
    """Jump, start and centre where nothing is worked out."""
    return [Step("jump", None, field.stride), *placed(field, None)]


def placed(field: Field, start: Tree | None) -> list[Step]:
    """Start and centre of the first position's field."""
    span = field.spans[0]
    if field.padding is None or span is None:
        return [Step("start", note="depends on the unknown size")]
    first, last = span
    half = Op("/", (Op("-", (Leaf(last - first + 1), ONE)), TWO))
    centre = first + last
    middle = centre / 2 if centre % 2 else centre // 2
    return [Step("start", start, first), Step("centre", Op("+", (Leaf(first), half)), middle)]


def reads(reach: Reach) -> str:
    """The positions that position i reads, in words: "floor((i - 1)/2) to floor((i + 1)/2)"."""
    ends = (reach.low or 0, reach.high)
    first, last = (_end(reach, end) for end in ends)
    return f"positions {first} to {last}" if first != last else f"position {first}"


def _end(reach: Reach, end: int) -> str:
    at = "i" if reach.step == 1 else f"{reach.step}*i"
    text = at + (f" {'+' if end > 0 else '-'} {abs(end)}" if end else "")
    if reach.over == 1:
        return text
    return f"floor(({text})/{reach.over})" if end else f"floor({at}/{reach.over})"
