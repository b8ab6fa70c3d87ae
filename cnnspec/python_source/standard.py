"""What is known of the standard library."""

from __future__ import annotations

from cnnspec.python_source.interpreter import builtins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.python_source.libraries import Libraries


def register(libraries: Libraries) -> None:
    """Enter what is known here."""
    builtins.register(libraries)
