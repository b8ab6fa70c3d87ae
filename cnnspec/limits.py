"""How much is taken on, where nobody says otherwise. What passes a limit is told, never cut off in silence."""

from __future__ import annotations

MAX_BYTES = 64 * 2**20  # of a file
MAX_LAYERS = 1_000_000  # of a network
