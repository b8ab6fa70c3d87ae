"""The nearest of some names to one that is unknown; the names of pasted modules, which mean nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

PASTED_MODULES = {
    "tf", "tensorflow", "keras", "layers", "nn", "math", "activations", "initializers", "regularizers", "constraints",
    "models", "optimizers", "losses", "metrics", "callbacks", "np", "K",
}  # fmt: skip


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
