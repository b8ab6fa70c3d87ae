"""Compare: what are the figures of several networks, side by side?"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnspec.compare.comparison import Candidate, Comparison, LeftOut
    from cnnspec.cost.cost import CostQuestion
    from cnnspec.network import AnalysedNetwork


def find_comparison(
    candidates: Sequence[Candidate], ask: Callable[[AnalysedNetwork], CostQuestion], left_out: Sequence[LeftOut] = ()
) -> Comparison:
    """The figures of networks; `ask` is the question about the cost of each."""
    from cnnspec.compare.comparison import compare_networks

    return compare_networks(candidates, ask, left_out)
