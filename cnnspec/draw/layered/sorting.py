"""Things of which some lead to others, in an order."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from typing import TypeVar

    Thing = TypeVar("Thing", bound=Hashable)


def sort(waits: dict[Thing, int], after: Mapping[Thing, Sequence[Thing]]) -> list[Thing]:
    """All things, each behind those that lead to it, of which it waits for so many; what a circle leads to is left out."""
    ready = [thing for thing, count in waits.items() if not count]
    for thing in ready:
        for other in after[thing]:
            waits[other] -= 1
            if not waits[other]:
                ready.append(other)
    return ready
