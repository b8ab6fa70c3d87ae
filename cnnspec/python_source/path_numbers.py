"""Numbers for what led to a place: equal paths have one number, however many steps they have, which a comparison of one step
within another could not tell."""

from __future__ import annotations

from cnnspec.graph import BlockCall, LoopTurn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.graph import PathStep, Site


class PathNumbers:
    def __init__(self) -> None:
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._known: dict[
            int, tuple[PathStep, int]
        ] = {}  # by identity: the step, which lives on, and its path's number

    def find(self, path: PathStep | None) -> int:
        """The number of a path; 0 of none."""
        new: list[PathStep] = []
        while path is not None and id(path) not in self._known:
            new.append(path)
            path = path.site.path
        number = 0 if path is None else self._known[id(path)][1]
        for step in reversed(new):
            own = step.block if isinstance(step, BlockCall) else step.number if isinstance(step, LoopTurn) else ""
            number = self._number((number, *mark(step.site), own))
            self._known[id(step)] = step, number
        return number

    def find_place(self, site: Site) -> tuple[Any, ...]:
        """What tells a site from others."""
        return (self.find(site.path), *mark(site))

    def _number(self, key: tuple[Any, ...]) -> int:
        return self._numbers.setdefault(key, len(self._numbers) + 1)


def mark(site: Site) -> tuple[str, int, int]:
    """Where a site stands."""
    return site.source.name, site.node.start, site.node.end
