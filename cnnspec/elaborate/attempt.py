"""Trials: a part of a network is run to see what it does, and undone."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from cnnspec.elaborate.building import Building

    class Changing(Protocol):
        """A part of the builder that changes while a network is built. `restore` makes it what it was at a `save`."""

        def save(self) -> Any: ...

        def restore(self, saved: Any) -> None: ...


class Attempts:
    """Runs parts of a network on trial. Afterwards all parts that change are as they were before: those of a building,
    and others."""

    def __init__(self, building: Building, others: tuple[Changing, ...]) -> None:
        self.report = building.report
        self.graph = building.graph
        self.shared = building.shared
        self.changing = (*building.changing(), *others)

    def try_out(self, run: Callable[[], Any]) -> bool:
        """Run a part and undo it. True where it makes no mistake, no input and no output."""
        saved = [part.save() for part in self.changing]
        before = self.count()
        self.shared.stand_apart()
        stands = self.report.run_while_possible(run) and self.count() == before
        for part, value in zip(self.changing, saved, strict=True):
            part.restore(value)
        return stands

    def count(self) -> tuple[int, int, int]:
        return len(self.report.errors), len(self.graph.inputs), len(self.graph.outputs)
