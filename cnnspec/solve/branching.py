"""The best candidate by branch and bound: regions are bounded, the most promising is looked into first, or split.

Every region that is open has a bound, so that whenever the search ends it is known how much better any other candidate could be.
"""

from __future__ import annotations

import heapq
from time import monotonic

import numpy as np

from cnnspec.base.record import Record
from cnnspec.solve.answer import Search
from cnnspec.solve.candidate import check_candidate
from cnnspec.solve.regions import Explorer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from numpy.typing import NDArray

    from cnnspec.solve.question import Request
    from cnnspec.solve.regions import Piece, Region

    Array = NDArray[Any]

    class Method(Protocol):
        """What opens regions."""

        name: str

        def open(self, search: Branching, node: Node) -> None: ...


NOISE = 1e-11  # the share by which sums of floats may be off
WHOLE_NOISE = 1e-12  # the same of whole numbers, which floats hold exactly up to 2**53


class Node(Record):
    """A region, with its piece where its structure is known; no candidate in it is beyond the bound."""

    bound: float
    region: Region
    piece: Piece | None
    prices: Array


class Branching:
    """A search. `method` opens one region: it bounds it, offers what it finds, and pushes what it leaves. `largest` is the number of
    entries that a table of terms may have. Raises CannotFollow, and what the method raises where it is not for a space."""

    def __init__(self, request: Request, method: Method, largest: int) -> None:
        self.request, self.explorer, self.method = request, Explorer(request, largest), method
        self.sign = 1 if request.objective.is_largest else -1
        self.best: tuple[int, ...] | None = None
        self.value = -np.inf
        self.real: Any = None
        self.heap: list[tuple[float, int, Node]] = []
        self.closed = self.dropped = -np.inf  # the largest bounds of what was left unopened
        self.is_whole = True  # whether every objective that was bounded is a whole number
        self.count = self.steps = 0
        self.trouble = ""
        self.is_stopped = False
        self.end = monotonic() + request.seconds

    def is_late(self) -> bool:
        return monotonic() > self.end

    def run(self) -> Search:
        root = self.explorer.find_whole()
        if self.explorer.stated is not None:
            forms, objective = self.explorer.stated
            self.is_whole = forms.is_whole(objective)
        if not root.is_empty():
            self.push(Node(np.inf, root, None, np.zeros(0)))
        try:
            while self.heap and -self.heap[0][0] > self.limit and not self.is_late():
                node = heapq.heappop(self.heap)[2]
                self.closed, before = max(self.closed, node.bound), self.closed  # should it be interrupted
                self.steps += 1
                self.method.open(self, node)
                self.closed = max(before, self.dropped)
        except KeyboardInterrupt:
            self.is_stopped = True
        left = max([self.closed, *[-entry[0] for entry in self.heap[:1]]])
        bound = max(left, self.value)
        is_whole = not self.heap and self.closed <= self.value or self.best is not None and left <= self.limit
        shown = None
        if np.isfinite(bound):
            shown = self.sign * bound if self.is_better(bound) else self.real
            if self.best is not None and isinstance(self.real, int) and self.noise >= 1:
                shown = self.sign * max(bound, self.value + self.noise)  # so near, floats do not tell numbers apart
        return Search(
            self.method.name,
            self.best,
            self.real,
            self.tighten(shown),
            is_whole,
            self.explorer.structures,
            self.steps,
            self.trouble,
            self.is_stopped,
        )

    def tighten(self, bound: Any) -> Any:
        """A bound of whole numbers as one."""
        if self.is_whole and isinstance(self.real, int) and isinstance(bound, float):
            noise = max(1e-6, 1e-12 * abs(bound))
            return int(np.floor(bound + noise)) if self.sign > 0 else int(np.ceil(bound - noise))
        return bound

    @property
    def limit(self) -> float:
        """The bound from which on a region is not worth opening."""
        if self.best is None:
            return -np.inf
        return self.value + max(self.request.gap * abs(self.value), self.noise)

    @property
    def noise(self) -> float:
        """What is beyond the value by no more is not better: less than 1 where whole numbers are compared that floats tell apart."""
        return (WHOLE_NOISE if isinstance(self.real, int) else NOISE) * (1 + abs(self.value))

    def is_better(self, value: float) -> bool:
        """Whether a value, or a bound, is beyond what was found."""
        return self.best is None or value > self.value + self.noise

    def drop(self, bound: float) -> None:
        """Leave a region unopened for good: nothing in it is beyond a bound."""
        self.dropped = max(self.dropped, bound)

    def push(self, node: Node) -> None:
        """Keep a region that may hold something better."""
        if self.is_better(node.bound):
            self.count += 1
            heapq.heappush(self.heap, (-node.bound, self.count, node))

    # ---- for the method ----------------------------------------------------------------------------------------
    def look_into(self, node: Node, digits: tuple[int, ...]) -> None:
        """Analyse a candidate of a region, and keep what has its structure and what has not."""
        pieces, left = self.explorer.explore(digits, node.region)
        bound = node.bound if self.explorer.stated is not None else np.inf
        for region in left:
            self.push(Node(bound, region, None, np.zeros(0)))
        for piece in pieces:
            self.is_whole = self.is_whole and piece.forms.is_whole(piece.objective)
            self.push(Node(bound, piece.region, piece, np.zeros(0)))

    def offer(self, digits: tuple[int, ...], value: float) -> bool:
        """Take a candidate where it is better than what was found, and is so by the analysis alone. False where that denies it."""
        if not self.is_better(value):
            return True
        checked = check_candidate(self.request, digits)
        if not checked.fits:
            why = checked.error.message if checked.error is not None else "it does not meet a condition"
            self.trouble = self.trouble or f"a candidate was taken for legal and is not: {why}"
            return False
        real = self.sign * checked.value
        if self.best is None or real > self.value:
            self.best, self.value, self.real = digits, float(real), checked.value
        return True
