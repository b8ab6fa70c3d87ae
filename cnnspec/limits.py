"""How much is taken on, where nobody says otherwise. What passes a limit is told, never cut off in silence."""

from __future__ import annotations

MAX_BYTES = 64 * 2**20  # of a file
MAX_LAYERS = 150_000  # of a network, unless --max-layers says more; the deepest ones that were ever trained have 10,000
MAX_NUMBER = 10**18  # that arithmetic comes to
MAX_SIZE_LENGTH = 400  # names and numbers of a size that is not known, written out: (H + 1)//2 has three
MAX_SIZE_PRODUCTS = 64  # that a tensor of such sizes has, multiplied out: (2*(H//2) + 1)*W has two
