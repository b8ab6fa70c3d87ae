"""A diagnostic in one sentence, for the services that show a finding as one text."""

from __future__ import annotations

from cnnspec.base.source import LayerPlace, brief, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Diagnostic


def write_sentence(found: Diagnostic) -> str:
    """What is wrong, and what to do in parentheses; of a model the layer first, which no text shows."""
    return name_layer(found) + printable(found.message) + (f" ({printable(found.help)})" if found.help else "")


def name_layer(found: Diagnostic) -> str:
    """The layer of a model that a finding is about, before what is said of it; "" where a text shows it."""
    return f"{printable(brief(found.span.title))}: " if isinstance(found.span, LayerPlace) else ""
