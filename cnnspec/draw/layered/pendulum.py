"""Strands on a line, drawn by what they are tied to and kept apart by least gaps.

After Sander's pendulum method: strands that stand at their least gap and press on each other move as one region, by the mean
of what draws them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SWINGS, WORK = 40, 80_000  # how often all move, at most; and how many strands in sum
STILL = 0.05  # a move that nobody sees
CLOSE = 10.0  # so little askew is made straight, where there is room
EXACT = 0.005


class Pendulum:
    """`order`: the strands from left to right; `gaps`: by how much the second of two stands right of the first at least."""

    def __init__(self, order: Sequence[int], gaps: Mapping[tuple[int, int], float]) -> None:
        self.order, self.gaps = order, gaps
        self.right: list[list[tuple[int, float]]] = [[] for _ in order]
        self.left: list[list[tuple[int, float]]] = [[] for _ in order]
        for (a, b), gap in gaps.items():
            self.right[a].append((b, gap))
            self.left[b].append((a, gap))
        self.ties: list[list[tuple[int, float, float]]] = [[] for _ in order]
        self.at = [0.0] * len(order)

    def tie(self, a: int, b: int, by: float, weight: float = 1.0) -> None:
        """Draw two strands to where b stands right of a by so much."""
        if a != b:
            self.ties[a].append((b, -by, weight))
            self.ties[b].append((a, by, weight))

    def swing(self) -> list[float]:
        """The places of all."""
        self.begin()
        for _ in range(min(SWINGS, 1 + WORK // (1 + len(self.order)))):
            if self.move(self.regions()) < STILL:
                break
        self.straighten()
        return self.at

    def begin(self) -> None:
        """Halfway between as far left and as far right as they can stand."""
        at, late = self.at, list(self.at)
        for a in self.order:
            at[a] = max([at[b] + gap for b, gap in self.left[a]], default=0.0)
        furthest = max(at, default=0.0)
        for a in reversed(self.order):
            late[a] = min([late[b] - gap for b, gap in self.right[a]], default=furthest)
        for a in self.order:
            at[a] = (at[a] + late[a]) / 2

    def pull(self, members: Sequence[int]) -> tuple[float, float]:
        """The sum of what draws some strands, and its weight."""
        pull, weight = 0.0, 0.0
        at = self.at
        for a in members:
            here = at[a]
            for b, by, heavy in self.ties[a]:
                pull += (at[b] + by - here) * heavy
                weight += heavy
        return pull, weight

    def regions(self) -> list[list[int]]:
        """The strands that move as one: those that touch, the left one drawn further right than the right one."""
        root = list(range(len(self.order)))
        pulls = [self.pull((a,)) for a in root]

        def find(a: int) -> int:
            while root[a] != a:
                root[a] = root[root[a]]
                a = root[a]
            return a

        touching = [(a, b) for (a, b), gap in self.gaps.items() if self.at[b] - self.at[a] - gap < STILL]
        merged = True
        while merged:
            merged = False
            for a, b in touching:
                left, right = find(a), find(b)
                if left == right:
                    continue
                (pull, weight), (other, heavy) = pulls[left], pulls[right]
                if pull * (heavy or 1) > other * (weight or 1):
                    root[right] = left
                    pulls[left] = (pull + other, weight + heavy)
                    merged = True
        members: dict[int, list[int]] = {}
        for a in range(len(root)):
            members.setdefault(find(a), []).append(a)
        return list(members.values())

    def move(self, regions: list[list[int]]) -> float:
        """Move each region by its mean pull as far as there is room; the answer is the furthest move."""
        furthest = 0.0
        for members in regions:
            pull, weight = self.pull(members)
            if not pull:
                continue
            mean = pull / weight
            by = min(abs(mean), self.room(members, mean > 0))
            if by > 0:
                for a in members:
                    self.at[a] += by if mean > 0 else -by
                furthest = max(furthest, by)
        return furthest

    def room(self, members: Sequence[int], rightwards: bool) -> float:
        """How far some strands can move together."""
        inside, at = set(members), self.at
        if rightwards:
            return min(
                [at[b] - at[a] - gap for a in members for b, gap in self.right[a] if b not in inside], default=1e9
            )
        return min([at[a] - at[b] - gap for a in members for b, gap in self.left[a] if b not in inside], default=1e9)

    def straighten(self) -> None:
        """Move strands by a little where that makes a line straight, and takes that from none."""
        at = self.at
        for a in self.order:
            askew = [at[b] + by - at[a] for b, by, _ in self.ties[a]]
            if askew and not any([abs(by) < EXACT for by in askew]):
                by = min(askew, key=abs)
                if abs(by) < CLOSE and self.room((a,), by > 0) >= abs(by):
                    at[a] += by
