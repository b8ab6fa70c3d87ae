"""The interactive page: a network's picture, text, layers and receptive fields in one HTML file that loads nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.diff.difference import NetworkDifference
    from cnnspec.diff.verdict import Verdict
    from cnnspec.draw.question import DrawQuestion
    from cnnspec.network import AnalysedNetwork


def write_page(networks: Sequence[AnalysedNetwork], question: DrawQuestion) -> str:
    """The page of the networks of a file, one shown at a time. Their pictures are flows, at first as they are asked for.

    Raises as `draw_network`.
    """
    from cnnspec.draw.page.page import write_networks

    return write_networks(networks, question)


def write_difference_page(
    difference: NetworkDifference,
    a: AnalysedNetwork,
    b: AnalysedNetwork,
    question: DrawQuestion,
    verdicts: Sequence[Verdict] = (),
) -> str:
    """The page of two networks beside one another, on which is marked what they do not have in common, with what comes of a budget.
    Raises TooLarge."""
    from cnnspec.draw.page.comparison import write_comparison

    return write_comparison(difference, a, b, question, verdicts)
