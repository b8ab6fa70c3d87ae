"""A diagnostic in one sentence, for the services that show a finding as one text."""

from __future__ import annotations

from cnnspec.base.source import LayerPlace, brief, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Diagnostic


def write_sentence(found: Diagnostic) -> str:
    """What is wrong, and what to do in parentheses; of a model the layer first, which no text shows, of a notebook the cell."""
    return name_place(found) + printable(found.message) + (f" ({printable(found.help)})" if found.help else "")


def name_place(found: Diagnostic) -> str:
    """The layer of a model, or the cell of a notebook, that a finding is about, before what is said of it; "" where the file
    and the line say it."""
    if isinstance(found.span, LayerPlace):
        return f"{printable(brief(found.span.title))}: "
    return f"cell {found.span.source.cell}: " if found.span and found.span.source.cell else ""
