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
from cnnspec.solve.dual import FIT, NOISE, Dual
from cnnspec.solve.elimination import Sums
from cnnspec.solve.regions import CannotFollow, Explorer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from cnnspec.solve.dual import Bounded
    from cnnspec.solve.forms import Form, Forms
    from cnnspec.solve.question import Request
    from cnnspec.solve.regions import Piece, Region

    Array = NDArray[Any]

NAME = "chain"
LISTED = 2**15  # candidates of a region that are all looked at
FIRST_ROUNDS, ROUNDS = 200, 40


class NoSum(Exception):
    """A condition or an objective that is no sum of tables; the message names it."""


class Node(Record):
    """A region, with its piece where its structure is known; no candidate in it is beyond the bound."""

    bound: float
    region: Region
    piece: Piece | None
    prices: Array
    rounds: int = ROUNDS


class Branching:
    """A search. Raises NoSum, TooWide and CannotFollow where the method is not for a space."""

    def __init__(self, request: Request) -> None:
        self.request, self.explorer = request, Explorer(request)
        self.sign = 1 if request.objective.is_largest else -1
        self.best: tuple[int, ...] | None = None
        self.value = -np.inf
        self.real: Any = None
        self.heap: list[tuple[float, int, Node]] = []
        self.closed = self.dropped = -np.inf  # the largest bounds of what was left unopened
        self.count = self.steps = 0
        self.trouble = ""
        self.end = monotonic() + request.seconds

    def is_late(self) -> bool:
        return monotonic() > self.end

    def run(self) -> Search:
        root = self.explorer.find_whole()
        if not root.is_empty():
            self.push(Node(np.inf, root, None, np.zeros(0)))
        try:
            while self.heap and -self.heap[0][0] > self.limit and not self.is_late():
                node = heapq.heappop(self.heap)[2]
                self.closed, before = max(self.closed, node.bound), self.closed  # should it be interrupted
                self.steps += 1
                self.open(node)
                self.closed = max(before, self.dropped)
        except KeyboardInterrupt:
            pass
        left = max([self.closed, *[-entry[0] for entry in self.heap[:1]]])
        bound = max(left, self.value)
        is_whole = not self.heap and self.closed <= self.value or self.best is not None and left <= self.limit
        shown = None if not np.isfinite(bound) else self.real if bound <= self.value * (1 + 1e-12) or bound == self.value else self.sign * bound
        return Search(
            NAME, self.best, self.real, self.tighten(shown), is_whole, self.explorer.structures, self.steps, self.trouble
        )

    def tighten(self, bound: Any) -> Any:
        """A bound of whole numbers as one."""
        if isinstance(self.real, int) and isinstance(bound, float):
            return int(np.floor(bound + 1e-6)) if self.sign > 0 else int(np.ceil(bound - 1e-6))
        return bound

    @property
    def limit(self) -> float:
        """The bound from which on a region is not worth opening."""
        if self.best is None:
            return -np.inf
        return self.value + max(self.request.gap * abs(self.value), NOISE * (1 + abs(self.value)))

    def push(self, node: Node) -> None:
        """Keep a region that may hold something better."""
        if self.best is None or node.bound > self.value + NOISE * (1 + abs(self.value)):
            self.count += 1
            heapq.heappush(self.heap, (-node.bound, self.count, node))

    # ---- one region --------------------------------------------------------------------------------------------
    def open(self, node: Node) -> None:
        """Bound a region; look into its structure, or split it."""
        sums = self.add_sums(node)
        if not all(sums.sizes):
            return
        if sums.count <= LISTED:
            self.list_all(node, sums)
            return
        dual = Dual(sums)
        rounds = FIRST_ROUNDS if not len(node.prices) else node.rounds
        found = dual.find_bound(node.prices, rounds, self.value, self.is_late)
        bound = min(node.bound, found.bound)
        if bound == -np.inf:
            return
        digits = None if found.found is None else sums.spell(found.found)
        if node.piece is None:
            if digits is not None:
                self.look_into(node.replace(bound=bound), digits)
            else:
                self.split(node.replace(bound=bound), sums, found)
            return
        if digits is not None:
            self.offer(digits, found.value)
        if bound > self.value + NOISE * (1 + abs(self.value)):
            self.split(node.replace(bound=bound, prices=found.prices), sums, found)

    def add_sums(self, node: Node) -> Sums:
        """The objective and the budgets of a region. Raises NoSum."""
        region, stated = node.region, self.explorer.stated
        objective: tuple[Forms, Form] | None = stated
        if node.piece is not None:
            objective = node.piece.forms, node.piece.objective
        tables = [] if objective is None else gather(*objective, f"{self.request.objective}")
        for table in tables:
            table.values = self.sign * table.values
        budgets = [gather(linear.forms, linear.closed, "a condition") for linear in region.linears]
        return Sums(region.masks, [tables, *budgets], region.tables)

    def list_all(self, node: Node, sums: Sums) -> None:
        """Look at all candidates of a region."""
        digits, figures = sums.list_all()
        scale = 1 + np.abs(sums.constants[1:, None])
        fits = (figures[1:] <= FIT * scale).all(0)
        digits, figures = digits[:, fits], figures[:, fits]
        if not digits.shape[1]:
            return
        if node.piece is None:
            best = int(figures[0].argmax()) if self.explorer.stated is not None else 0
            bound = min(node.bound, figures[0].max()) if self.explorer.stated is not None else node.bound
            if self.best is None or bound > self.value + NOISE * (1 + abs(self.value)):
                self.look_into(node.replace(bound=bound), sums.spell(digits[:, best]))
            return
        for place in np.argsort(-figures[0], kind="stable"):
            if figures[0][place] <= self.value + NOISE * (1 + abs(self.value)) or self.is_late():
                if figures[0][place] > self.value + NOISE * (1 + abs(self.value)):
                    self.dropped = max(self.dropped, float(figures[0][place]))
                return
            if self.offer(sums.spell(digits[:, place]), float(figures[0][place])):
                return

    def look_into(self, node: Node, digits: tuple[int, ...]) -> None:
        """Analyse a candidate of a region, and keep what has its structure and what has not."""
        pieces, left = self.explorer.explore(digits, node.region)
        bound = node.bound if self.explorer.stated is not None else np.inf
        for region in left:
            self.push(Node(bound, region, None, np.zeros(0)))
        for piece in pieces:
            self.push(Node(bound, piece.region, piece, np.zeros(0)))

    def split(self, node: Node, sums: Sums, found: Bounded) -> None:
        """Halve a region along the axis whose option is the least decided."""
        free = np.array(sums.sizes) > 1
        scores = np.where(free, found.spread + 1e-6 * np.array(sums.sizes), -1)
        axis = int(scores.argmax())
        size = sums.sizes[axis]
        cut = int(np.floor(found.middle[axis])) + 1 if found.spread[axis] > 0 else size // 2
        cut = min(max(cut, 1), size - 1)
        kept = sums.kept[axis]
        for part in (kept[:cut], kept[cut:]):
            mask = np.zeros(len(node.region.masks[axis]), bool)
            mask[part] = True
            self.push(node.replace(region=node.region.limit((axis,), mask), rounds=ROUNDS))

    def offer(self, digits: tuple[int, ...], value: float) -> bool:
        """Take a candidate where it is better than what was found, and is so by the analysis alone. False where that denies it."""
        if self.best is not None and value <= self.value + NOISE * (1 + abs(self.value)):
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


def gather(forms: Forms, form: Form, what: str) -> list[Any]:
    """A form as tables. Raises NoSum."""
    if forms.knots(form):
        raise NoSum(f"{what} is no sum of what a few parameters decide")
    return forms.gather(form)


def search_chain(request: Request) -> Search:
    """The best candidate by branch and bound."""
    return Branching(request).run()


__all__ = ["CannotFollow", "NoSum", "search_chain"]
