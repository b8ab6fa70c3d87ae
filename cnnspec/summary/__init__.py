"""Summary: which layers are there, and what are the shape, parameters, MACs and receptive field of each?"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import Summary


def find_summary(network: AnalysedNetwork) -> Summary:
    """The figures of every layer, and the totals."""
    from cnnspec.summary.summary import summarize

    return summarize(network)
