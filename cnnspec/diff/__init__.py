"""Diff: what is different between two networks, layer by layer and in total?"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.diff.difference import NetworkDifference
    from cnnspec.network import AnalysedNetwork


def find_difference(a: AnalysedNetwork, b: AnalysedNetwork) -> NetworkDifference:
    """How the second network differs from the first; both must be without mistakes."""
    from cnnspec.diff.comparison import compare_networks

    return compare_networks(a, b)
