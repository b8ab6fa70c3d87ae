"""Explain: where do the figures of a layer come from?"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.explain.explanation import Explanation
    from cnnspec.network import AnalysedNetwork


def find_explanation(network: AnalysedNetwork, layer: str | None = None) -> Explanation:
    """The derivation of every figure of a layer; where none is named, of every layer and of the totals.

    Raises LookupError for a layer that is not there.
    """
    from cnnspec.explain.explanation import explain_network

    return explain_network(network, layer)
