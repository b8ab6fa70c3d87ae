"""A pause of the garbage collector, for work that makes many objects and no garbage: collecting would double its time."""

from __future__ import annotations

import gc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


class Uncollected:
    """`with Uncollected():` collects no garbage, where that is `wanted`. Nesting is safe."""

    def __init__(self, wanted: bool = True) -> None:
        self.wanted = wanted

    def __enter__(self) -> None:
        self.was_on = gc.isenabled()
        if self.wanted:
            gc.disable()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.was_on:
            gc.enable()
