"""Losses put together: tensors that follow one another position by position (a convolution, its normalisation and its
activation) and lose the same."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.layers.shape import all_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.graph import Graph
    from cnnspec.lost.lost import Loss, Lost


class GroupedLoss(Record):
    """Tensors that lose the same: their losses, in order, and the nodes outside of the group that read them."""

    losses: tuple[Loss, ...]
    by: tuple[int, ...]

    @property
    def macs(self) -> int | None:
        """The MACs of all of them whose results are never read; None where some are unknown."""
        macs = tuple([loss.macs for loss in self.losses])
        return sum(macs) if all_known(macs) else None


def group_losses(graph: Graph, lost: Lost) -> list[GroupedLoss]:
    """The losses of a network, those of tensors that feed one another and lose the same put together."""
    place: dict[int, list[Loss]] = {}
    groups: list[list[Loss]] = []
    for loss in lost.losses:
        mine = [loss]
        node = graph.nodes[loss.node]
        for i in node.inputs:
            group = place.get(i)
            if group is not None and group is not mine and group[0].read == loss.read:
                if node.layer is not None and group[0].positions == loss.positions and group[0].axes == loss.axes:
                    groups.remove(group)
                    mine = [*group, *mine]
                    place.update({other.node: mine for other in mine})
        place[loss.node] = mine
        groups.append(mine)
    made = []
    for group in groups:
        inside = {loss.node for loss in group}
        by = dict.fromkeys(i for loss in group for i in loss.by if i not in inside)
        made.append(GroupedLoss(tuple(sorted(group, key=lambda loss: loss.node)), tuple(by)))
    return sorted(made, key=lambda group: group.losses[0].node)
