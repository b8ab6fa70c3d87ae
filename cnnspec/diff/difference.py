"""What is different between two networks, as values: layer by layer, and in total.

Layers are paired by `analyses.alignment`. A layer is `changed` when it is another in itself: its kind, an argument, what
it reads, with whom it shares weights. One whose figures alone differ, because of a change before it, is `reshaped`
(shape, parameters or MACs) or `field` (only what it sees of the input).
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.source import brief
from cnnspec.diff.alignment import Alignment, changed_arguments
from cnnspec.diff.rewiring import Rewiring
from cnnspec.layers.argument import EACH_AXIS, REQUIRED, Term, shortest, show
from cnnspec.layers.base import show_shape
from cnnspec.tables.rows import LayerFigures, ReceptiveField, receptive_field, rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.facts.isomorphism import View
    from cnnspec.graph import Node
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork

ADDED, REMOVED, CHANGED, RESHAPED, FIELD, SAME = "added", "removed", "changed", "reshaped", "field", "same"


class ArgumentChange(Record):
    """One argument of a layer and its values, `old` in the first network, `new` in the second."""

    name: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.name} {written(self.name, self.old)} -> {written(self.name, self.new)}"


class LayerDifference(Record):
    """One layer of either network, or of both, and how it differs.

    `a` and `b` are its figures in the first and the second network, None where it is missing; `call_a` and `call_b` how
    the language writes it. `replaced`: it is of another kind; `rewired`: it reads other layers, apart from what was put
    in between or taken out. `shared`: the names of those with which it shares its weights in either network, where they
    are not the same layers.
    """

    status: str
    a: LayerFigures | None
    b: LayerFigures | None
    call_a: str
    call_b: str
    replaced: bool = False
    arguments: tuple[ArgumentChange, ...] = ()
    rewired: bool = False
    shared: tuple[tuple[str, ...], tuple[str, ...]] | None = None


class Total(Record):
    """One figure of both networks; None is unknown."""

    a: Dim | None
    b: Dim | None

    @property
    def difference(self) -> Dim | None:
        """b - a."""
        return None if self.a is None or self.b is None else self.b - self.a


class Side(Record):
    """One of the two networks in total. Layers are those that an output depends on, inputs included.

    `parameters` are the model's, as the language writes them, apart from functions.
    """

    name: str
    file: str
    parameters: tuple[tuple[str, str], ...]
    layers: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    output_shapes: tuple[Shape | None, ...]
    receptive_field: ReceptiveField | None


class Difference(Record):
    """Two networks compared. `layers` holds every layer, those that are the same included, in the order of the text;
    a padding of its own that the language also writes as that of the convolution behind it goes with that.

    `same`: they are one network, whatever its layers are called and in whichever order the text has them. Layers that no
    output depends on are no part of a network.
    """

    same: bool
    a: Side
    b: Side
    layers: tuple[LayerDifference, ...]
    inputs_differ: bool
    outputs_differ: bool
    trainable_params: Total
    non_trainable_params: Total
    params: Total
    macs: Total

    def of(self, status: str) -> tuple[LayerDifference, ...]:
        """The layers of one status."""
        return tuple([layer for layer in self.layers if layer.status == status])

    @property
    def added(self) -> tuple[LayerDifference, ...]:
        """Layers that only the second network has."""
        return self.of(ADDED)

    @property
    def removed(self) -> tuple[LayerDifference, ...]:
        """Layers that only the first network has."""
        return self.of(REMOVED)

    @property
    def changed(self) -> tuple[LayerDifference, ...]:
        """Layers that are others in themselves, not by their figures alone."""
        return self.of(CHANGED)

    def to_text(self) -> str:
        """The report of `cnnspec diff`."""
        from cnnspec.diff import text as comparison

        return comparison.text(self)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        counts = [f"{len(self.of(status))} {status}" for status in (ADDED, REMOVED, CHANGED)]
        return f"<cnnspec.Difference {self.a.name}, {self.b.name}: {'the same' if self.same else ', '.join(counts)}>"


def difference(a: AnalysedNetwork, b: AnalysedNetwork) -> Difference:
    """Compare two networks without mistakes."""
    alignment = Alignment(a.graph, b.graph)
    rewiring = Rewiring(alignment.a, alignment.b, alignment.forth)
    mine, theirs = (_figures(network, view) for network, view in ((a, alignment.a), (b, alignment.b)))
    found = []
    for i, j in _in_order(alignment):
        if i is None:
            assert j is not None
            found.append(LayerDifference(ADDED, None, theirs[j], "", call(b.graph.nodes[j])))
            continue
        if j is None:
            found.append(LayerDifference(REMOVED, mine[i], None, call(a.graph.nodes[i]), ""))
            continue
        left, right = a.graph.nodes[i], b.graph.nodes[j]
        made = LayerDifference(
            CHANGED,
            mine[i],
            theirs[j],
            call(left),
            call(right),
            type(alignment.a.form(i)) is not type(alignment.b.form(j)),
            tuple([ArgumentChange(*change) for change in changed_arguments(alignment.a, i, alignment.b, j)]),
            rewiring.inputs(i, j),
            (_sharers(alignment.a, i), _sharers(alignment.b, j)) if rewiring.sharing(i, j) else None,
        )
        if not (made.replaced or made.arguments or made.rewired or made.shared):
            made = made.replace(status=_by_figures(mine, theirs, left, right))
        found.append(made)
    ends = rewiring.ends()
    return Difference(
        alignment.same,
        _side(a, alignment.a),
        _side(b, alignment.b),
        tuple(found),
        *ends,
        Total(a.facts.total_trainable, b.facts.total_trainable),
        Total(a.facts.total_frozen, b.facts.total_frozen),
        Total(a.facts.total_parameters, b.facts.total_parameters),
        Total(a.facts.total_macs, b.facts.total_macs),
    )


def _figures(network: AnalysedNetwork, view: View) -> tuple[LayerFigures, ...]:
    """The figures of every layer, with those of the one that it stands for too; line 0 where there is no text."""
    found = list(rows(network))
    for kept, gone in view.joined.items():
        if gone > kept:
            last = found[gone]
            found[kept] = found[kept].replace(output_shape=last.output_shape, receptive_field=last.receptive_field)
    return tuple(found if network.source.text else [layer.replace(line=0) for layer in found])


def _side(network: AnalysedNetwork, view: View) -> Side:
    graph = network.graph
    outputs = [graph.nodes[i] for i in graph.outputs]
    return Side(
        network.name,
        network.source.name,
        tuple(
            [(k, written(k, v)) for k, v in graph.parameters.items() if isinstance(v, (int, float, str, list, Term))]
        ),
        len(view.live) + len(view.joined),
        tuple([graph.nodes[i].name for i in graph.inputs]),
        tuple([node.name for node in outputs]),
        tuple([node.shape for node in outputs]),
        receptive_field(network.facts.receptive_field),
    )


def _in_order(alignment: Alignment) -> list[tuple[int | None, int | None]]:
    """Pairs and lone layers as a reader of both texts meets them: the second text's order, what is gone in its place."""
    gone: dict[int | None, list[int]] = {}  # behind which paired layer stood what is gone
    last: int | None = None
    for i in alignment.a.live:
        if i in alignment.forth:
            last = i
        else:
            gone.setdefault(last, []).append(i)
    found: list[tuple[int | None, int | None]] = [(i, None) for i in gone.get(None, ())]
    for j in alignment.b.live:
        partner = alignment.back.get(j)
        found.append((partner, j))
        if partner is not None:
            found += [(i, None) for i in gone.get(partner, ())]
    return found


def _sharers(view: View, index: int) -> tuple[str, ...]:
    return tuple([view.nodes[i].name for i in view.group(index) if i != index])


def _by_figures(mine: tuple[LayerFigures, ...], theirs: tuple[LayerFigures, ...], left: Node, right: Node) -> str:
    """The status of a layer that is the same in itself. Where weights are shared, they are those of their first use."""
    a, b = mine[left.index], theirs[right.index]
    owner, other = (
        figures[node.index if node.shares is None else node.shares] for figures, node in ((mine, left), (theirs, right))
    )
    if a.output_shape != b.output_shape or a.macs != b.macs or owner.params != other.params:
        return RESHAPED
    return SAME if a.receptive_field == b.receptive_field else FIELD


# ---- how the language writes it ----------------------------------------------------------------------------
def call(node: Node) -> str:
    """The layer as a step of the language: conv(64, 3x3, padding=same); defaults are left out."""
    layer = node.layer
    if layer is None:
        return f"input {show_shape(node.shape)}"
    fixed = layer.presets.get(node.label, {})
    parts = []
    for number, (name, argument) in enumerate(layer.arguments.items()):
        value = getattr(layer, name)
        if argument.record_default is REQUIRED and name not in fixed:
            parts.append(written(name, value))
        elif shortest(argument, value) != fixed.get(name, argument.record_default):
            bare = number == 0 and argument.kind in EACH_AXIS  # pad(3), maxpool(3x3)
            parts.append(written(name, value) if bare else f"{name}={written(name, value)}")
    return f"{node.label}({', '.join(parts)})" if parts else node.label


def written(name: str, value: Any) -> str:
    """An argument's value as the language writes it. The shape of an input may hold unknown sizes."""
    return show_shape(value) if name == "shape" and isinstance(value, tuple) else brief(show(value))
