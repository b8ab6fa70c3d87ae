"""How much is followed of a source: steps, calls within calls, sizes of values."""

from __future__ import annotations

MOST_STEPS = 200_000  # statements, expressions, and items of the containers that are made
MOST_CALLS = 60  # functions of the source within one another
MOST_USES = 60  # layers and models within one another
MOST_LEVELS = 3_000  # expressions and statements within one another, calls included
MOST_DOUBTS = 60  # conditions that are not known, within one another
MOST_TURNS = 1_000  # of a loop, that are followed one by one
MOST_LOOP_STEPS = 100_000  # of all turns of a loop, that are followed one by one
MOST_ITEMS = 100_000  # of a container
MOST_CHARACTERS = 1_000_000  # of a text
MOST_BITS = 4_096  # of a whole number
RECURSION = 40_000  # Python frames that MOST_LEVELS may take
LARGE = "it is larger than is kept"


class BudgetEnded(Exception):
    """The source takes more steps than are followed."""


class TooLarge(Exception):
    """A value would be larger than is kept: it is unknown."""


class Budget:
    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left = steps
        self.levels = self.calls = self.uses = 0

    def take(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise BudgetEnded

    def take_items(self, count: int) -> None:
        """Pay for a container of so many items."""
        if count > MOST_ITEMS:
            raise TooLarge
        self.take(count // 10)

    def take_characters(self, count: int) -> None:
        """Pay for a text of so many characters."""
        if count > MOST_CHARACTERS:
            raise TooLarge
        self.take(count // 100)
