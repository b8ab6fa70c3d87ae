"""Trace: the numbers of a network: what every layer computes from an input, and the gradients that go back."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.trace.backward import Backward
    from cnnspec.trace.board import Board
    from cnnspec.trace.trace import Trace


def draw_board(trace: Trace, backward: Backward | None = None) -> Board:
    """All that is shown of a trace, and of the way back."""
    from cnnspec.trace.backward_board import draw_backward
    from cnnspec.trace.board import Board
    from cnnspec.trace.forward import draw_forward

    sections = draw_backward(trace, backward) if backward is not None else ()
    return Board(trace.network.name, (*draw_forward(trace), *sections))


def import_numpy() -> None:
    """Raises MissingExtra where NumPy, which computes all values, is not installed."""
    from cnnspec.compile.backend import MissingExtra

    try:
        import numpy  # noqa: F401
    except ImportError:
        raise MissingExtra("numpy is not installed; a trace needs it", "trace") from None
