"""Trace: the numbers of a network: what every layer computes from an input, and the gradients that go back."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.trace.board import Board
    from cnnspec.trace.trace import Trace


def draw_board(trace: Trace) -> Board:
    """All that is shown of a trace."""
    from cnnspec.trace.board import Board
    from cnnspec.trace.forward import draw_forward

    return Board(trace.network.name, tuple(draw_forward(trace)))
