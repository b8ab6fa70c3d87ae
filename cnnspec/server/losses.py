"""What a layer loses of what enters it, in one sentence: the positions that are never read, as `cnnspec lost` has them."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from cnnspec.tables import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.facts.facts import Facts
    from cnnspec.network import AnalysedNetwork

_known: WeakKeyDictionary[Facts, dict[int, str]] = WeakKeyDictionary()  # worked out once for each analysis


def write_lost(network: AnalysedNetwork, index: int) -> str:
    """What the layer with an index loses: of its inputs what nobody reads, else of its kernel what only ever sees padding;
    "" where that is nothing, or not known."""
    if network.facts not in _known:
        _known[network.facts] = write_all_lost(network)
    return _known[network.facts].get(index, "")


def write_all_lost(network: AnalysedNetwork) -> dict[int, str]:
    """The sentences of all layers that lose something. A loss is told of those that read the last of the tensors which lose
    the same, not of what follows these position by position."""
    from cnnspec.lost import find_lost
    from cnnspec.lost.grouped_losses import group_losses
    from cnnspec.lost.text import write_dead_taps, write_loss

    graph, lost = network.graph, find_lost(network)
    made = {dead.node: escape.markdown(write_dead_taps(graph, dead)) for dead in lost.taps}
    for group in group_losses(graph, lost):
        last = group.losses[-1]
        sentence = f"Of {escape.code(graph.nodes[last.node].name)}, {write_loss(last)}"
        made |= dict.fromkeys(group.by, sentence)
    return made
