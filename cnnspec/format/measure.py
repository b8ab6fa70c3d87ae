"""How long things are, in columns of code: comments take no room, and a line goes only to where it may next end.

`head` looks at the tree alone, not at what the source says stays open, so that a second formatting measures the same.
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


def head(parts: Sequence[Piece], after: int) -> tuple[int, bool]:
    """How long the pieces are up to where a line may first end, and whether it may; `after` if it may nowhere."""
    total = 0
    for piece in parts:
        if isinstance(piece, str):
            total += len(piece)
        elif isinstance(piece, Bracket):
            total += 1
            if piece.elements:
                return total, True
            total += 1
        else:
            node, place = piece
            if isinstance(node, Body):
                return total + 1, True
            inner = segments(node)
            length, stops = head(inner[0][1] if inner else pieces(node, place), 0)
            stops = stops or len(inner) > 1
            if needs_group(node, place):
                length = 1 if stops else length + 2
            total += length
            if stops:
                return total, True
    return total + after, False
