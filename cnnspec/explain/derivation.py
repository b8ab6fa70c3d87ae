"""Where a layer's figures come from: its own formulas, run on numbers that remember how they were worked out.

A derivation is a few sections (output size, parameters, MACs, receptive field) of steps: a name, the arithmetic with
the numbers put in, the figure. What one step has worked out stands in later ones as its figure, as on a blackboard.
Axes whose steps are alike share one.
"""

from __future__ import annotations

from collections import Counter

from cnnspec.base.source import brief
from cnnspec.explain.derivation_steps import DerivationSection, DerivationStep, join_alike, name_by_axes
from cnnspec.explain.field_derivation import derive_field, show_sizes
from cnnspec.explain.traced_numbers import ONE, Leaf, Op, bare, is_op, settle, trace, tree_of
from cnnspec.layers.weight import holds_numbers
from cnnspec.layers.window import AXIS_NAMES, POSITION_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.explain.traced_numbers import Tree
    from cnnspec.facts.facts import Facts
    from cnnspec.graph import Node
    from cnnspec.layers.base import Layer, Shape, Weight

    Known = dict[Tree, Leaf]

MAX_TERMS = 12  # of a sum over all layers; a longer one counts equal figures: 3*36,928


def derive_layer(facts: Facts, index: int) -> tuple[DerivationSection, ...]:
    """The sections of one node; none where its shape is unknown."""
    node, shape, inputs = facts.graph.nodes[index], facts.shapes[index], facts.inputs_of(index)
    if shape is None or inputs is None:
        return ()
    reach = DerivationSection("Receptive field", derive_field(facts, index))
    if node.layer is None:
        return (DerivationSection("Output size", (DerivationStep("", note="as it is given"),)), reach)
    stated = node.layer.stated and not node.site.in_spec
    layer = node.layer.replace(
        **{
            name: trace(value, "known of it as a whole" if stated else f"given as {name}")
            for name, value in node.layer.argument_values().items()
        }
    )
    entering = tuple([name_sizes(facts.graph.nodes[i], inputs[k]) for k, i in enumerate(node.inputs)])
    output, working = layer.output(entering), layer.working(entering)
    known: Known = {tree_of(n): Leaf(bare(n)) for n in (*output, *[w.value for w in working])}
    lengths = derive_output(output, entering, known)
    for name in dict.fromkeys(w.name for w in working if w.name):
        lengths += derive_working(name, [(w.axis, w.value) for w in working if w.name == name], len(shape) - 1, known)
    return (
        DerivationSection("Output size", (*lengths, *derive_unread(layer, entering, known))),
        derive_parameters(layer.weights(entering), name_sharer(facts, node), known),
        derive_macs(layer, entering, known),
        *show_values(node.layer, inputs),
        reach,
    )


def show_values(layer: Layer, inputs: tuple[Shape, ...]) -> tuple[DerivationSection, ...]:
    """The numbers that are written down for weights, those of named filters too."""
    if not holds_numbers(layer):
        return ()
    from cnnspec.layers.filling import draw_values

    found = draw_values(layer, inputs)
    steps = [DerivationStep(name.removesuffix("_values"), note=brief(str(values))) for name, values in found.items()]
    return (DerivationSection("Values", tuple(steps)),) if steps else ()


def name_sizes(node: Node, shape: Shape) -> Shape:
    """A shape that enters a layer, to work with: each size knows what it is."""
    return tuple([trace(n, f"the {axis} of {node.name}") for n, axis in zip(shape, name_shape(shape), strict=True)])


def name_shape(shape: Shape) -> tuple[str, ...]:
    """What each size of a shape is called: height, width, channels."""
    if len(shape) == 1:
        return ("values",)
    spatial = AXIS_NAMES.get(len(shape) - 1)
    return (*spatial, "channels") if spatial else tuple([f"axis {i}" for i in range(1, len(shape) + 1)])


def derive_number(name: str, number: Dim, known: Known, note: str = "") -> DerivationStep:
    """A number's step; one that was not worked out says what it is instead."""
    tree = settle(tree_of(number), known)
    if isinstance(tree, Leaf):
        return DerivationStep(name, Leaf(tree.value), bare(number), note or tree.origin)
    return DerivationStep(name, tree, bare(number), note)


# ---- output size -------------------------------------------------------------------------------------------
def derive_output(output: Shape, entering: tuple[Shape, ...], known: Known) -> list[DerivationStep]:
    """The steps of each size of the output; words where it is that of an input."""
    if any(list(map(tree_of, output)) == list(map(tree_of, shape)) for shape in entering):
        return [DerivationStep("", note="as it enters" if len(entering) == 1 else "as the branches have it")]
    made = [(axis, derive_number("", n, known)) for axis, n in zip(name_shape(output), output, strict=True)]
    return join_alike(made, ", ".join)


def derive_working(name: str, values: list[tuple[int | None, Dim]], rank: int, known: Known) -> list[DerivationStep]:
    """The steps of one figure inside the formulas; it names its axes only where they differ."""
    axes = AXIS_NAMES.get(rank, ())
    steps = [(axes[axis] if axis is not None else "", derive_number("", value, known)) for axis, value in values]
    return join_alike(steps, name_by_axes(name, len(steps)))


def derive_unread(layer: Layer, entering: tuple[Shape, ...], known: Known) -> list[DerivationStep]:
    """What the stride leaves over at the end of each axis."""
    windows = layer.windows(entering)
    found = []
    for axis, window in enumerate(windows or ()):
        n = entering[0][axis]
        if isinstance(n, int) and isinstance(window.after, int) and (left := window.remainder(n)):
            after = bare(window.after)
            assert isinstance(after, int)
            padding = " of padding" if left <= after else f", {after} of them padding," if after else ""
            found.append((POSITION_NAMES[len(windows or ())][axis], derive_number("", left, known, padding)))
    return [
        s.replace(name="left over", note=say_unread(s.name, s.value, s.note)) for s in join_alike(found, " and ".join)
    ]


def say_unread(names: str, count: Any, padding: str) -> str:
    """ "the last 2 rows and columns of padding are in no window"."""
    words = [name + "s" * (count > 1) for name in names.split(" and ")]
    number = f" {count}" if count > 1 else ""
    return (
        f"the last{number} {' and '.join(words)}{padding} {'are' if len(words) > 1 or count > 1 else 'is'} in no window"
    )


# ---- parameters --------------------------------------------------------------------------------------------
def derive_parameters(weights: tuple[Weight, ...], shared: str, known: Known) -> DerivationSection:
    """The steps of each weight, and their sum."""
    if not weights:
        return DerivationSection("Parameters", (DerivationStep("", note="none"),), True)
    if shared:
        return DerivationSection(
            "Parameters", (DerivationStep("", None, 0, f"the weights are those of {shared} and counted there"),)
        )
    trained, frozen = [w for w in weights if w.trainable], [w for w in weights if not w.trainable]
    made = [
        s
        for part in (trained, frozen)
        for s in join_alike([(w.name, derive_weight(w, known)) for w in part], ", ".join)
    ]
    if trained and frozen:
        parts = (Leaf(sum(map(count_values, trained))), Leaf(sum(map(count_values, frozen))))
        made += [derive_sum("trained", trained, known), derive_sum("not trained", frozen, known)]
        made.append(DerivationStep("together", Op("+", parts), sum(map(count_values, weights))))
    elif len(weights) > 1:
        made.append(derive_sum("together", trained or frozen, known))
    return DerivationSection("Parameters", tuple(made))


def derive_weight(weight: Weight, known: Known) -> DerivationStep:
    """How many values one weight has, as a product of its sizes."""
    if len(weight.shape) == 1:
        return derive_number("", weight.shape[0], known)
    return DerivationStep("", combine_row("*", list_factors(weight, known)), count_values(weight))


def derive_sum(name: str, weights: list[Weight], known: Known) -> DerivationStep:
    """The sum, with what its terms share taken out: (3*3*32 + 1)*64."""
    groups: list[list[list[Tree]]] = []
    for weight in weights:
        mine = list_factors(weight, known)
        if groups and not Counter(mine) - Counter(groups[-1][0]):
            groups[-1].append(mine)
        else:
            groups.append([mine])
    return DerivationStep(
        name, combine_row("+", [factor_out(group) for group in groups]), sum([count_values(w) for w in weights])
    )


def factor_out(group: list[list[Tree]]) -> Tree:
    """a*b*c + c as (a*b + 1)*c. The first term has all factors of every other one."""
    shared = list((Counter(group[0]) & Counter(group[-1])).elements()) if len(group) > 1 else []
    if len({len(term) for term in group}) == 1:
        return combine_row("*", ([Leaf(len(group))] if len(group) > 1 else []) + group[0])
    rests = []
    for term in group:
        rest = list(term)
        for factor in shared:
            rest.reverse()
            rest.remove(factor)
            rest.reverse()
        rests.append(combine_row("*", rest))
    return Op("*", (combine_row("+", rests), *shared))


def combine_row(sign: str, parts: Sequence[Tree]) -> Tree:
    """Several numbers in one operation; one is itself, and no factor is 1."""
    return Op(sign, tuple(parts)) if len(parts) > 1 else parts[0] if parts else ONE


def list_factors(weight: Weight, known: Known) -> list[Tree]:
    """The sizes of a weight, products taken apart, each as a figure."""
    found: list[Tree] = []
    for tree in map(tree_of, weight.shape):
        found += [settle(known.get(part, part), known) for part in (tree.parts if is_op(tree, "*") else (tree,))]
    return found


def count_values(weight: Weight) -> int:
    """How many values a weight has."""
    total = 1
    for n in weight.shape:
        number = bare(n)
        assert isinstance(number, int)  # a layer whose weights have no shape is refused before
        total *= number
    return total


def name_sharer(facts: Facts, node: Node) -> str:
    """The name of the layer whose weights a node uses again; "" for none."""
    return "" if node.shares is None else facts.graph.nodes[node.shares].name


# ---- MACs and totals ---------------------------------------------------------------------------------------
def derive_macs(layer: Layer, entering: tuple[Shape, ...], known: Known) -> DerivationSection:
    """The MACs, where the layer has any that count."""
    macs = layer.macs(entering)
    if macs is None:
        return DerivationSection("MACs", (DerivationStep("", note="unknown: what the layer computes is not known"),))
    if not layer.counted:
        return DerivationSection(
            "MACs", (DerivationStep("", note="none: convolutions and dense layers are counted"),), True
        )
    return DerivationSection("MACs", (derive_number("", macs, known, f"{layer.counted}; bias not counted"),))


def derive_totals(facts: Facts) -> DerivationSection:
    """The network's parameters and MACs as sums over the layers that an output depends on."""
    used = [index for index, is_used in enumerate(facts.graph.used()) if is_used]
    weights = [None if (p := facts.parameters[i]) is None else p[0] + p[1] for i in used]
    steps = [derive_total("parameters", weights, facts.total.parameters)]
    if facts.total.frozen and facts.total.trainable is not None:
        parts = (Leaf(facts.total.trainable), Leaf(facts.total.frozen))
        steps.append(DerivationStep("trained, not trained", Op("+", parts), facts.total.parameters))
    steps.append(derive_total("MACs", [facts.macs[i] for i in used], facts.total.macs))
    if (field := facts.receptive_field) is not None and facts.deepest is not None:
        steps.append(
            DerivationStep(
                "receptive field", note=f"{show_sizes(field)}, that of {facts.graph.nodes[facts.deepest].name}"
            )
        )
    return DerivationSection("Totals", tuple(steps))


def derive_total(name: str, figures: Sequence[Dim | None], total: Dim | None) -> DerivationStep:
    """A total as a sum over the layers; of many layers equal figures are counted."""
    if total is None:
        return DerivationStep(name, note="unknown, as a layer's figure is")
    terms = [figure for figure in figures if figure is not None and figure != 0]
    if len(terms) <= MAX_TERMS:
        return DerivationStep(name, combine_row("+", [Leaf(n) for n in terms]) if terms else Leaf(0), total)
    counted = Counter(terms).items()
    return DerivationStep(
        name, combine_row("+", [Leaf(n) if k == 1 else Op("*", (Leaf(k), Leaf(n))) for n, k in counted]), total
    )
