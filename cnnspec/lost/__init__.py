"""Lost: which positions carry data and are never read, and which kernel taps see padding alone?"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.lost.lost import Lost
    from cnnspec.network import AnalysedNetwork


def find_lost(network: AnalysedNetwork) -> Lost:
    """Everything that a network throws away; all of it is unknown where finding out takes too many steps."""
    from cnnspec.base.limits import TooLong
    from cnnspec.lost.lost import find_losses, too_long

    try:
        return find_losses(network.facts)
    except TooLong:
        return too_long(network.graph)
