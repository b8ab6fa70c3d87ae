"""Where across a sheet its strands stand: near to what they are connected with, never nearer than the least distances.

After Sander's pendulum method: every strand is drawn by its lines; strands that stand at their least distance and press
on each other move as one.
"""

from __future__ import annotations

from cnnspec.draw.layered.gaps import least_gaps
from cnnspec.draw.layered.loosening import sort_strands
from cnnspec.draw.layered.strands import number_strands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.layered.diagram import Spacing
    from cnnspec.draw.layered.sheet import Sheet

SWINGS = 40
STILL = 0.05  # a shift that nobody sees


def place_across(sheet: Sheet, spacing: Spacing) -> None:
    """Set the x of every node; the leftmost is about 0."""
    count = number_strands(sheet)
    gaps = least_gaps(sheet, spacing)
    pendulum = Pendulum(count, {pair: gap.by for pair, gap in gaps.items()})
    order = sort_strands(count, gaps)
    for layer in sheet.layers[1:]:
        for node in layer:
            for arc in node.ups:
                if not arc.rigid:
                    upper, lower = arc.upper, arc.lower
                    by = upper.shift + arc.leaves - lower.shift - arc.enters
                    pendulum.tie(upper.strand, lower.strand, by)
    places = pendulum.swing(order)
    for layer in sheet.layers:
        for node in layer:
            node.x = places[node.strand] + node.shift


class Pendulum:
    """Strands, the least gaps between them, and the lines that tie them."""

    def __init__(self, count: int, gaps: dict[tuple[int, int], float]) -> None:
        self.count, self.gaps = count, gaps
        self.right: list[list[tuple[int, float]]] = [[] for _ in range(count)]
        self.left: list[list[tuple[int, float]]] = [[] for _ in range(count)]
        for (a, b), gap in gaps.items():
            self.right[a].append((b, gap))
            self.left[b].append((a, gap))
        self.ties: list[list[tuple[int, float]]] = [[] for _ in range(count)]
        self.at = [0.0] * count

    def tie(self, a: int, b: int, by: float) -> None:
        """Draw two strands to where b stands right of a by so much."""
        if a != b:
            self.ties[a].append((b, -by))
            self.ties[b].append((a, by))

    def swing(self, order: list[int]) -> list[float]:
        """The places of all; `order`: from left to right."""
        at = self.at
        for a in order:
            at[a] = max([at[b] + gap for b, gap in self.left[a]], default=0.0)
        furthest = max(at, default=0.0)
        late = [0.0] * self.count
        for a in reversed(order):
            late[a] = min([late[b] - gap for b, gap in self.right[a]], default=furthest)
        for a in order:
            at[a] = (at[a] + late[a]) / 2
        for _ in range(SWINGS):
            if self.move(self.regions()) < STILL:
                break
        return at

    def force(self, members: Sequence[int]) -> tuple[float, int]:
        """How far ties draw some strands together, in the mean, and how many do."""
        pull, count = 0.0, 0
        at = self.at
        for a in members:
            here = at[a]
            for b, by in self.ties[a]:
                pull += at[b] + by - here
            count += len(self.ties[a])
        return (pull / count if count else 0.0), count

    def regions(self) -> list[list[int]]:
        """The strands that move as one: those that touch, the left one drawn further right than the right one."""
        root = list(range(self.count))
        weight = [0] * self.count
        pull = [0.0] * self.count
        for a in range(self.count):
            mean, weight[a] = self.force((a,))
            pull[a] = mean * weight[a]

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
                if left != right and pull[left] * (weight[right] or 1) > pull[right] * (weight[left] or 1):
                    root[right] = left
                    pull[left] += pull[right]
                    weight[left] += weight[right]
                    merged = True
        members: dict[int, list[int]] = {}
        for a in range(self.count):
            members.setdefault(find(a), []).append(a)
        return list(members.values())

    def move(self, regions: list[list[int]]) -> float:
        """Move each region by its force as far as there is room; the answer is the furthest move."""
        furthest = 0.0
        for members in regions:
            force, _ = self.force(members)
            inside = set(members)
            at = self.at
            if force > 0:
                room = [at[b] - at[a] - gap for a in members for b, gap in self.right[a] if b not in inside]
            else:
                room = [at[a] - at[b] - gap for a in members for b, gap in self.left[a] if b not in inside]
            by = min([abs(force), *room])
            if by > 0:
                for a in members:
                    at[a] += by if force > 0 else -by
                furthest = max(furthest, by)
        return furthest
