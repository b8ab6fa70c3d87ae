"""The nearest of some names to one that is unknown."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name a person most likely meant, or None when none is close."""
    from difflib import get_close_matches

    folded = {k.lower(): k for k in known}
    found = get_close_matches(name.lower(), folded, 1, 0.6)
    return folded[found[0]] if found else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """ "; did you mean …?", or "" when none is close."""
    found = nearest(name, known)
    return f'; did you mean "{found}"?' if found else ""
