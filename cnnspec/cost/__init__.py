"""Cost: how much work is it, how much memory does it take, and how long does a device need at least?"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.cost.cost import Cost, CostQuestion
    from cnnspec.network import AnalysedNetwork


def find_cost(network: AnalysedNetwork, question: CostQuestion) -> Cost:
    """Work, memory and time of a network, layer by layer and in total, for the batch and the number format asked for."""
    from cnnspec.cost.cost import work_out_cost

    return work_out_cost(network, question)
