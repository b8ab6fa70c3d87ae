"""What cannot be traced."""

from __future__ import annotations


class NoTrace(ValueError):
    """Why a network's values cannot be computed or shown: a sentence."""
