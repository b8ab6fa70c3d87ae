"""Words in a row, as a sentence has them."""

from __future__ import annotations

from cnnspec.base.source import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def join_words(words: Sequence[str]) -> str:
    """ "a, b and c"."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def list_some(names: Sequence[str]) -> str:
    """The first few names of many."""
    return ", ".join([printable(n) for n in names[:3]]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
