"""Limits on sizes and steps. What passes a limit is reported, never cut off in silence."""

from __future__ import annotations

MAX_BYTES = 64 * 2**20  # of a file
MAX_LAYERS = 100_000  # of a network, unless --max-layers says more; the deepest ones that were ever trained have 10,000
MAX_NUMBER = 10**18  # that arithmetic comes to
MAX_SIZE_LENGTH = 400  # names and numbers of a size that is not known, written out: (H + 1)//2 has three
MAX_SIZE_PRODUCTS = 64  # that a tensor of such sizes has, multiplied out: (2*(H//2) + 1)*W has two
MAX_VALUES = 2**63 - 1  # of a tensor, padded or not: what NumPy, TensorFlow and ONNX count
MAX_RUNS = 2**16  # runs of positions that one set is made of
MAX_WORK = 2**19  # such runs that an analysis makes in all


class TooLong(Exception):
    """An analysis would take more steps than are allowed."""


class Work:
    """Counts the steps of an analysis, so that it ends at the same place on every machine."""

    def __init__(self, most: int = MAX_WORK) -> None:
        self.left = most

    def take(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooLong
