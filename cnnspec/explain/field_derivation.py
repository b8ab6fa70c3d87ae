"""How a receptive field grows by one layer, from the field that enters it and what the layer reads.

    size   = size + (kernel - 1) * jump      jump  = jump * stride
    start  = start - padding * jump          centre = start + (size - 1)/2

size, jump (input positions between neighbours) and start on the right are those of the layer's input; start and centre
are of the first position, and a negative start lies in the padding. Source: Dumoulin & Visin 2016; Araujo, Norris &
Sim, Distill 2019. Where the recurrence does not reach (branches, upsampling, the whole input), words say what holds.
The figures are those of `receptive_field`, whatever the arithmetic beside them says; tests compare the two.
"""

from __future__ import annotations

from cnnspec.explain.derivation_steps import DerivationStep, join_alike, name_by_axes
from cnnspec.explain.traced_numbers import ONE, TWO, Leaf, Op
from cnnspec.facts.receptive_field import Field, Whole
from cnnspec.layers.base import show_shape
from cnnspec.layers.window import EACH, UNTRACED
from cnnspec.tables.axis_names import name_axes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.explain.traced_numbers import Tree
    from cnnspec.facts.facts import Facts
    from cnnspec.facts.receptive_field import NodeField
    from cnnspec.layers.window import Reach


def derive_field(facts: Facts, index: int) -> tuple[DerivationStep, ...]:
    """The receptive field of a node whose shape is known, derived from those of its inputs."""
    graph, field = facts.graph, facts.fields[index]
    node = graph.nodes[index]
    if node.layer is None:
        return (
            DerivationStep(
                "", note="1: an input sees itself" if isinstance(field, tuple) else "all: it has no positions"
            ),
        )
    inputs = facts.inputs_of(index)
    assert inputs is not None
    reaches = node.layer.reach(inputs)
    own = [i for i in node.inputs if (index, i) not in facts.gates]
    entering = [(graph.nodes[i].name, facts.fields[i]) for i in own]
    if field is None:
        return (DerivationStep("", note=f"unknown: {say_why_unknown(reaches, entering)}"),)
    if isinstance(field, Whole):
        return (DerivationStep("", note=f"all of the input: {say_why_all(reaches, entering)}"),)
    branches = [(name, f) for name, f in entering if isinstance(f, tuple)]
    if not branches or reaches is None:  # the numbers of words
        return (DerivationStep("", note=f"{show_sizes(field)}: each position stands for itself"),)
    if len(branches) == 1 and reaches is not None and all(reach == EACH for reach in reaches):
        name = branches[0][0]
        note = f"{show_sizes(field)}, as of {name}: each position reads that position of {name}"
        return (DerivationStep("", note=note + say_left_out(facts, index)),)
    axes = name_axes(len(field))
    columns = []
    for axis, made in enumerate(field):
        if len(branches) > 1:
            columns.append(derive_merge(made, [(name, f[axis]) for name, f in branches], say_left_out(facts, index)))
        else:
            assert reaches is not None
            columns.append(derive_growth(made, branches[0][1][axis], reaches[axis], branches[0][0]))
    steps: list[DerivationStep] = []
    for name in ("size", "jump", "start", "centre"):
        found = [(axis, s) for axis, column in zip(axes, columns, strict=True) for s in column if s.name == name]
        steps += join_alike(found, name_by_axes(name, len(axes)))
    return tuple(steps)


def show_sizes(field: tuple[Field, ...]) -> str:
    """The size of a field along each axis: 7x7."""
    return show_shape(tuple([axis.size for axis in field]))


def say_why_unknown(reaches: tuple[Reach, ...] | None, entering: list[tuple[str, NodeField]]) -> str:
    """Why a field is unknown, in words."""
    unknown = [name for name, field in entering if field is None]
    if unknown:
        return f"so is that of {' and '.join(unknown)}"
    if reaches is UNTRACED:
        return "what the layer reads is not followed"
    return "the branches step differently, or read places that depend on an unknown size"


def say_why_all(reaches: tuple[Reach, ...] | None, entering: list[tuple[str, NodeField]]) -> str:
    """Why a field is all of the input, in words."""
    if reaches is None:
        return "the layer reads every position"
    whole = [name for name, field in entering if isinstance(field, Whole)]
    return f"so it is of {' and '.join(whole)}" if whole else "a tensor that has seen it is repeated along an axis"


def say_left_out(facts: Facts, index: int) -> str:
    """Which gates of a node, or statistics, its field leaves out."""
    gates = dict.fromkeys([facts.graph.nodes[branch].name for merge, branch in facts.gates if merge == index])
    if gates:
        return f"; without {', '.join(gates)}, the gate{'s' * (len(gates) > 1)}"
    return "; without the statistics that it takes over its map" if index in facts.statistics else ""


def derive_merge(field: Field, branches: list[tuple[str, Field]], left_out: str) -> list[DerivationStep]:
    """The steps of one axis where branches meet."""
    lengths = [branch.size for _, branch in branches]
    names = ", ".join(dict.fromkeys(name for name, _ in branches))
    if field.size == max(lengths):
        first = DerivationStep(
            "size", Op("max", tuple(map(Leaf, lengths))), field.size, f"the largest of the branches, {names}{left_out}"
        )
    else:
        first = DerivationStep("size", None, field.size, f"all that the branches see together, {names}{left_out}")
    return [first, *state_place(field)]


def derive_growth(field: Field, before: Field, reach: Reach, name: str) -> list[DerivationStep]:
    """The steps of one axis behind a layer that reads one tensor."""
    if reach.over > 1 or len(before.spans) > 1 or len(field.spans) > 1:
        lengths = {span[1] - span[0] for span in field.spans if span}
        differ = "; the largest, as positions differ" * (len(lengths) > 1)
        note = f"position i reads {show_reads(reach)} of {name}{differ}"
        return [DerivationStep("size", None, field.size, note), *state_place(field)]
    jump, extent = Leaf(before.stride), reach.high - (reach.low or 0) + 1
    grows = Op("*", (Op("-", (Leaf(extent), ONE)), jump))
    steps = [
        DerivationStep("size", Op("+", (Leaf(before.size), grows)), field.size),
        DerivationStep("jump", Op("*", (jump, Leaf(reach.step))), field.stride),
    ]
    if before.padding is None or reach.low is None:
        return [*steps, *derive_place(field, None)]
    shift = Op("*", (Leaf(abs(reach.low)), jump))
    return [*steps, *derive_place(field, Op("+" if reach.low > 0 else "-", (Leaf(-before.padding), shift)))]


def state_place(field: Field) -> list[DerivationStep]:
    """Jump, start and centre where nothing is worked out."""
    return [DerivationStep("jump", None, field.stride), *derive_place(field, None)]


def derive_place(field: Field, start: Tree | None) -> list[DerivationStep]:
    """Start and centre of the first position's field."""
    span = field.spans[0]
    if field.padding is None or span is None:
        return [DerivationStep("start", note="depends on the unknown size")]
    first, last = span
    half = Op("/", (Op("-", (Leaf(last - first + 1), ONE)), TWO))
    centre = first + last
    middle = centre / 2 if centre % 2 else centre // 2
    return [DerivationStep("start", start, first), DerivationStep("centre", Op("+", (Leaf(first), half)), middle)]


def show_reads(reach: Reach) -> str:
    """The positions that position i reads, in words: "floor((i - 1)/2) to floor((i + 1)/2)"."""
    ends = (reach.low or 0, reach.high)
    first, last = (_show_end(reach, end) for end in ends)
    return f"positions {first} to {last}" if first != last else f"position {first}"


def _show_end(reach: Reach, end: int) -> str:
    at = "i" if reach.step == 1 else f"{reach.step}*i"
    text = at + (f" {'+' if end > 0 else '-'} {abs(end)}" if end else "")
    if reach.over == 1:
        return text
    return f"floor(({text})/{reach.over})" if end else f"floor({at}/{reach.over})"
