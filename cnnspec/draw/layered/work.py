"""How much may be done to make a picture better."""

from __future__ import annotations


class Work:
    """So many steps, some of which take a microsecond. They are counted, not timed: equal input gives equal answers."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> bool:
        """Whether there are so many steps left, which then are not."""
        enough = steps <= self.left
        self.left = self.left - steps if enough else 0
        return enough
