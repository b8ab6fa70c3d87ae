"""The line of a magic: its words as a shell has them, and the options that a command's parser finds in them."""

from __future__ import annotations

import shlex

from cnnspec.notebook.shell import refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def split_line(line: str) -> list[str]:
    """The words of a line, quotation marks around some as in a shell."""
    try:
        return shlex.split(line)
    except ValueError:
        refuse(f"a quotation mark has no other half: {line}")


def take_apart(parse: Callable[[], argparse.Namespace]) -> argparse.Namespace | None:
    """The options of a line; None where help was asked for, and shown. What the parser refuses, it says in a sentence on
    stderr, which is what the magic refuses with."""
    from contextlib import redirect_stderr
    from io import StringIO

    said = StringIO()
    try:
        with redirect_stderr(said):
            return parse()
    except SystemExit as stop:
        if stop.code:
            refuse(said.getvalue().strip().removeprefix("cnnspec: "))
        return None
