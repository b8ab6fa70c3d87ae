"""What is known of Python's standard library, and of small libraries that hold settings."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.python_source.libraries import Libraries


def register(libraries: Libraries) -> None:
    """Enter what is known here."""
    from cnnspec.python_source.interpreter import builtins
    from cnnspec.python_source.standard import (
        arguments,
        classes,
        collections,
        computing,
        copying,
        flags,
        functions,
        patterns,
        records,
        system,
        tuning,
    )

    for part in (
        builtins,
        computing,
        copying,
        functions,
        patterns,
        collections,
        classes,
        records,
        arguments,
        flags,
        system,
        tuning,
    ):
        part.register(libraries)
