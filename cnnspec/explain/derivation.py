"""Where a layer's figures come from: its own formulas, run on numbers that remember how they were worked out.

A derivation is a few sections (output size, parameters, MACs, receptive field) of steps: a name, the arithmetic with
the numbers put in, the figure. What one step has worked out stands in later ones as its figure, as on a blackboard.
Axes whose steps are alike share one.
"""

from __future__ import annotations

from collections import Counter

from cnnspec.explain.derived_field import field_steps, sizes
from cnnspec.explain.steps import Section, Step, headed, joined
from cnnspec.explain.traced_numbers import ONE, Leaf, Op, bare, is_op, settled, traced, tree_of
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


def derive(facts: Facts, index: int) -> tuple[Section, ...]:
    """The sections of one node; none where its shape is unknown."""
    node, shape, inputs = facts.graph.nodes[index], facts.shapes[index], facts.inputs_of(index)
    if shape is None or inputs is None:
        return ()
    reach = Section("Receptive field", field_steps(facts, index))
    if node.layer is None:
        return (Section("Output size", (Step("", note="as the text gives it"),)), reach)
    layer = node.layer.replace(
        **{name: traced(getattr(node.layer, name), f"given as {name}") for name in node.layer.arguments}
    )
    entering = tuple([named(facts.graph.nodes[i], inputs[k]) for k, i in enumerate(node.inputs)])
    output, working = layer.output(entering), layer.working(entering)
    known: Known = {tree_of(n): Leaf(bare(n)) for n in (*output, *[w.value for w in working])}
    lengths = output_steps(output, entering, known)
    for name in dict.fromkeys(w.name for w in working if w.name):
        lengths += working_steps(name, [(w.axis, w.value) for w in working if w.name == name], len(shape) - 1, known)
    return (
        Section("Output size", (*lengths, *unread_steps(layer, entering, known))),
        parameters(layer.weights(entering), shared_with(facts, node), known),
        macs(layer, entering, known),
        reach,
    )


def named(node: Node, shape: Shape) -> Shape:
    """A shape that enters a layer, to work with: each size knows what it is."""
    return tuple([traced(n, f"the {axis} of {node.name}") for n, axis in zip(shape, axis_names(shape), strict=True)])


def axis_names(shape: Shape) -> tuple[str, ...]:
    """What each size of a shape is called: height, width, channels."""
    if len(shape) == 1:
        return ("values",)
    spatial = AXIS_NAMES.get(len(shape) - 1)
    return (*spatial, "channels") if spatial else tuple([f"axis {i}" for i in range(1, len(shape) + 1)])


def step(name: str, number: Dim, known: Known, note: str = "") -> Step:
    """A number's step; one that was not worked out says what it is instead."""
    tree = settled(tree_of(number), known)
    if isinstance(tree, Leaf):
        return Step(name, Leaf(tree.value), bare(number), note or tree.origin)
    return Step(name, tree, bare(number), note)


# ---- output size -------------------------------------------------------------------------------------------
def output_steps(output: Shape, entering: tuple[Shape, ...], known: Known) -> list[Step]:
    if any(list(map(tree_of, output)) == list(map(tree_of, shape)) for shape in entering):
        return [Step("", note="as it enters" if len(entering) == 1 else "as the branches have it")]
    made = [(axis, step("", n, known)) for axis, n in zip(axis_names(output), output, strict=True)]
    return joined(made, ", ".join)


def working_steps(name: str, values: list[tuple[int | None, Dim]], rank: int, known: Known) -> list[Step]:
    """The steps of one figure inside the formulas; it names its axes only where they differ."""
    axes = AXIS_NAMES.get(rank, ())
    steps = [(axes[axis] if axis is not None else "", step("", value, known)) for axis, value in values]
    return joined(steps, headed(name, len(steps)))


def unread_steps(layer: Layer, entering: tuple[Shape, ...], known: Known) -> list[Step]:
    """What the stride leaves over at the end of each axis."""
    windows = layer.windows(entering)
    found = []
    for axis, window in enumerate(windows or ()):
        n = entering[0][axis]
        if isinstance(n, int) and isinstance(window.after, int) and (left := window.remainder(n)):
            after = bare(window.after)
            assert isinstance(after, int)
            padding = " of padding" if left <= after else f", {after} of them padding," if after else ""
            found.append((POSITION_NAMES[len(windows or ())][axis], step("", left, known, padding)))
    return [s.replace(name="left over", note=unread(s.name, s.value, s.note)) for s in joined(found, " and ".join)]


def unread(names: str, count: Any, padding: str) -> str:
    """ "the last 2 rows and columns of padding are in no window"."""
    words = [name + "s" * (count > 1) for name in names.split(" and ")]
    number = f" {count}" if count > 1 else ""
    return (
        f"the last{number} {' and '.join(words)}{padding} {'are' if len(words) > 1 or count > 1 else 'is'} in no window"
    )


# ---- parameters --------------------------------------------------------------------------------------------
def parameters(weights: tuple[Weight, ...], shared: str, known: Known) -> Section:
    if not weights:
        return Section("Parameters", (Step("", note="none"),), True)
    if shared:
        return Section("Parameters", (Step("", None, 0, f"the weights are those of {shared} and counted there"),))
    trained, frozen = [w for w in weights if w.trainable], [w for w in weights if not w.trainable]
    made = [s for part in (trained, frozen) for s in joined([(w.name, weight_step(w, known)) for w in part], ", ".join)]
    if trained and frozen:
        parts = (Leaf(sum(map(size, trained))), Leaf(sum(map(size, frozen))))
        made += [sum_step("trained", trained, known), sum_step("not trained", frozen, known)]
        made.append(Step("together", Op("+", parts), sum(map(size, weights))))
    elif len(weights) > 1:
        made.append(sum_step("together", trained or frozen, known))
    return Section("Parameters", tuple(made))


def weight_step(weight: Weight, known: Known) -> Step:
    if len(weight.shape) == 1:
        return step("", weight.shape[0], known)
    return Step("", row("*", factors(weight, known)), size(weight))


def sum_step(name: str, weights: list[Weight], known: Known) -> Step:
    """The sum, with what its terms share taken out: (3*3*32 + 1)*64."""
    groups: list[list[list[Tree]]] = []
    for weight in weights:
        mine = factors(weight, known)
        if groups and not Counter(mine) - Counter(groups[-1][0]):
            groups[-1].append(mine)
        else:
            groups.append([mine])
    return Step(name, row("+", [taken_out(group) for group in groups]), sum([size(w) for w in weights]))


def taken_out(group: list[list[Tree]]) -> Tree:
    """a*b*c + c as (a*b + 1)*c. The first term has all factors of every other one."""
    shared = list((Counter(group[0]) & Counter(group[-1])).elements()) if len(group) > 1 else []
    if len({len(term) for term in group}) == 1:
        return row("*", ([Leaf(len(group))] if len(group) > 1 else []) + group[0])
    rests = []
    for term in group:
        rest = list(term)
        for factor in shared:
            rest.reverse()
            rest.remove(factor)
            rest.reverse()
        rests.append(row("*", rest))
    return Op("*", (row("+", rests), *shared))


def row(sign: str, parts: Sequence[Tree]) -> Tree:
    """Several numbers in one operation; one is itself, and no factor is 1."""
    return Op(sign, tuple(parts)) if len(parts) > 1 else parts[0] if parts else ONE


def factors(weight: Weight, known: Known) -> list[Tree]:
    """The sizes of a weight, products taken apart, each as a figure."""
    found: list[Tree] = []
    for tree in map(tree_of, weight.shape):
        found += [settled(known.get(part, part), known) for part in (tree.parts if is_op(tree, "*") else (tree,))]
    return found


def size(weight: Weight) -> int:
    total = 1
    for n in weight.shape:
        number = bare(n)
        assert isinstance(number, int)  # a layer whose weights have no shape is refused before
        total *= number
    return total


def shared_with(facts: Facts, node: Node) -> str:
    return "" if node.shares is None else facts.graph.nodes[node.shares].name


# ---- MACs and totals ---------------------------------------------------------------------------------------
def macs(layer: Layer, entering: tuple[Shape, ...], known: Known) -> Section:
    if not layer.counted:
        return Section("MACs", (Step("", note="none: convolutions and dense layers are counted"),), True)
    return Section("MACs", (step("", layer.macs(entering), known, f"{layer.counted}; bias not counted"),))


def totals(facts: Facts) -> Section:
    """The network's parameters and MACs as sums over the layers that an output depends on."""
    used = [index for index, is_used in enumerate(facts.graph.used()) if is_used]
    weights = [None if (p := facts.parameters[i]) is None else p[0] + p[1] for i in used]
    steps = [total_step("parameters", weights, facts.total_parameters)]
    if facts.total_frozen and facts.total_trainable is not None:
        parts = (Leaf(facts.total_trainable), Leaf(facts.total_frozen))
        steps.append(Step("trained, not trained", Op("+", parts), facts.total_parameters))
    steps.append(total_step("MACs", [facts.macs[i] for i in used], facts.total_macs))
    if (field := facts.receptive_field) is not None and facts.deepest is not None:
        steps.append(Step("receptive field", note=f"{sizes(field)}, that of {facts.graph.nodes[facts.deepest].name}"))
    return Section("Totals", tuple(steps))


def total_step(name: str, figures: Sequence[Dim | None], total: Dim | None) -> Step:
    if total is None:
        return Step(name, note="unknown, as a layer's figure is")
    terms = [figure for figure in figures if figure is not None and figure != 0]
    if len(terms) <= MAX_TERMS:
        return Step(name, row("+", [Leaf(n) for n in terms]) if terms else Leaf(0), total)
    counted = Counter(terms).items()
    return Step(name, row("+", [Leaf(n) if k == 1 else Op("*", (Leaf(k), Leaf(n))) for n, k in counted]), total)
