"""How a source leaves a block early: as exceptions of ours."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Leave(Exception):
    """A block is left."""


class Return(Leave):
    def __init__(self, value: Any) -> None:
        self.value = value


class Break(Leave):
    pass


class Continue(Leave):
    pass


class Raised(Leave):
    """The source raises. `kinds`: the names of the exception's class and of its bases."""

    def __init__(self, kinds: tuple[str, ...], value: Any = None) -> None:
        self.kinds, self.value = kinds, value
