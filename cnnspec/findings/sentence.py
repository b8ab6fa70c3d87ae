"""A diagnostic in one sentence, for the services that show a finding as one text."""

from __future__ import annotations

from cnnspec.base.source import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Diagnostic


def write_sentence(found: Diagnostic) -> str:
    """What is wrong, and what to do in parentheses."""
    return printable(found.message) + (f" ({printable(found.help)})" if found.help else "")
