"""The comparison of two networks: their layers are paired (see `alignment`), and each pair is compared."""

from __future__ import annotations

from cnnspec.diff.alignment import Alignment, find_changed_arguments
from cnnspec.diff.difference import (
    ADDED,
    CHANGED,
    FIELD,
    REMOVED,
    RESHAPED,
    SAME,
    ArgumentChange,
    LayerDifference,
    NetworkDifference,
    NetworkSide,
    TotalDifference,
)
from cnnspec.diff.layer_call import write_argument, write_call
from cnnspec.diff.rewiring import Rewiring
from cnnspec.layers.argument import Term
from cnnspec.tables.rows import LayerFigures, find_figures, measure_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.facts.isomorphism import View
    from cnnspec.graph import Node
    from cnnspec.network import AnalysedNetwork


def compare_networks(a: AnalysedNetwork, b: AnalysedNetwork) -> NetworkDifference:
    """Compare two networks without mistakes."""
    alignment = Alignment(a.graph, b.graph)
    rewiring = Rewiring(alignment.a, alignment.b, alignment.forth)
    mine, theirs = (_find_figures(network, view) for network, view in ((a, alignment.a), (b, alignment.b)))
    found = []
    for i, j in _order_pairs(alignment):
        if i is None:
            assert j is not None
            found.append(LayerDifference(ADDED, None, theirs[j], "", write_call(b.graph.nodes[j])))
            continue
        if j is None:
            found.append(LayerDifference(REMOVED, mine[i], None, write_call(a.graph.nodes[i]), ""))
            continue
        left, right = a.graph.nodes[i], b.graph.nodes[j]
        made = LayerDifference(
            CHANGED,
            mine[i],
            theirs[j],
            write_call(left),
            write_call(right),
            type(alignment.a.form(i)) is not type(alignment.b.form(j)),
            tuple([ArgumentChange(*change) for change in find_changed_arguments(alignment.a, i, alignment.b, j)]),
            rewiring.inputs(i, j),
            (_name_sharers(alignment.a, i), _name_sharers(alignment.b, j)) if rewiring.sharing(i, j) else None,
        )
        if not (made.replaced or made.arguments or made.rewired or made.shared):
            made = made.replace(status=_compare_figures(mine, theirs, left, right))
        found.append(made)
    ends = rewiring.ends()
    return NetworkDifference(
        alignment.same,
        sum_up(a, alignment.a),
        sum_up(b, alignment.b),
        tuple(found),
        *ends,
        TotalDifference(a.facts.total.trainable, b.facts.total.trainable),
        TotalDifference(a.facts.total.frozen, b.facts.total.frozen),
        TotalDifference(a.facts.total.parameters, b.facts.total.parameters),
        TotalDifference(a.facts.total.macs, b.facts.total.macs),
    )


def _find_figures(network: AnalysedNetwork, view: View) -> tuple[LayerFigures, ...]:
    """The figures of every layer, with those of the one that it stands for too."""
    found = list(find_figures(network))
    for kept, gone in view.joined.items():
        if gone > kept:
            last = found[gone]
            found[kept] = found[kept].replace(output_shape=last.output_shape, receptive_field=last.receptive_field)
    return tuple(found)


def sum_up(network: AnalysedNetwork, view: View) -> NetworkSide:
    """One network in total."""
    graph = network.graph
    outputs = [graph.nodes[i] for i in graph.outputs]
    return NetworkSide(
        network.name,
        network.source.name,
        tuple(
            [
                (k, write_argument(k, v))
                for k, v in graph.parameters.items()
                if isinstance(v, (int, float, str, list, Term))
            ]
        ),
        len(view.live) + len(view.joined) + len(view.absorbed),
        tuple([graph.nodes[i].name for i in graph.inputs]),
        tuple([node.name for node in outputs]),
        tuple([node.shape for node in outputs]),
        measure_field(network.facts.receptive_field),
    )


def _order_pairs(alignment: Alignment) -> list[tuple[int | None, int | None]]:
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


def _name_sharers(view: View, index: int) -> tuple[str, ...]:
    return tuple([view.nodes[i].name for i in view.group(index) if i != index])


def _compare_figures(mine: tuple[LayerFigures, ...], theirs: tuple[LayerFigures, ...], left: Node, right: Node) -> str:
    """The status of a layer that is the same in itself. Where weights are shared, they are those of their first use."""
    a, b = mine[left.index], theirs[right.index]
    owner, other = (
        figures[node.index if node.shares is None else node.shares] for figures, node in ((mine, left), (theirs, right))
    )
    if a.output_shape != b.output_shape or a.macs != b.macs or owner.params != other.params:
        return RESHAPED
    return SAME if a.receptive_field == b.receptive_field else FIELD
