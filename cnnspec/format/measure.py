"""Widths in columns of code. Comments take no room; what counts is the part up to where the line may next end.

`Heads` looks at the tree alone, not at what the source says stays open, so that a second formatting measures the same.
"""

from __future__ import annotations

import re

from cnnspec.format.pieces import Bracket, needs_group, pieces, segments
from cnnspec.syntax.tree import Body

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.format.pieces import Piece

_code = re.compile(r"""(?:[^"'#]|"[^"]*"|'[^']*')*""").match


def width(line: str) -> int:
    """The length of a line without its comment."""
    code = _code(line)
    return len(code[0].rstrip()) if code else 0


class Heads:
    """How long pieces are up to where a line may first end, and whether it may. Each node is measured once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[int, bool]] = {}

    def of(self, parts: Sequence[Piece], after: int) -> tuple[int, bool]:
        """Of some pieces with `after` characters behind them, which count if a line may end nowhere before."""
        total = 0
        for piece in parts:
            length, stops = self._one(piece)
            total += length
            if stops:
                return total, True
        return total + after, False

    def behind(self, parts: Sequence[Piece], after: int) -> list[int]:
        """For each of some pieces how long what stands behind it is, up to where a line may first end."""
        found, length = [], after
        for piece in reversed(parts):
            found.append(length)
            own, stops = self._one(piece)
            length = own if stops else own + length
        return found[::-1]

    def _one(self, piece: Piece) -> tuple[int, bool]:
        if isinstance(piece, str):
            return len(piece), False
        if isinstance(piece, Bracket):
            return (1, True) if piece.elements else (2, False)
        node, place = piece
        if isinstance(node, Body):
            return 1, True
        key = id(node), place
        if key not in self._known:
            inner = segments(node)
            length, stops = self.of(inner[0][1] if inner else pieces(node, place), 0)
            stops = stops or len(inner) > 1
            if needs_group(node, place):
                length = 1 if stops else length + 2
            self._known[key] = length, stops
        return self._known[key]
