"""A claim: a sentence that holds, or else something is wrong."""

from __future__ import annotations

from typing import NamedTuple


class Wrong(NamedTuple):
    """What is wrong: `kind` is the same for two cases of one fault, `what` tells it."""

    kind: str
    what: str


class Untrue(AssertionError):
    """A claim does not hold; `kind` is the claim, `what` tells how."""

    def __init__(self, kind: str, what: object = "") -> None:
        super().__init__(f"{kind}: {what}" if what else kind)
        self.kind = kind


def claim(holds: object, kind: str, what: object = "") -> None:
    if not holds:
        raise Untrue(kind, what)


def not_json(word: str) -> None:
    """What `json.loads` is to do with NaN and Infinity."""
    raise Untrue("not JSON", word)
