"""What a command tells the user beside its results, on stderr, and how it ends."""

from __future__ import annotations

import os
import sys

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.source import printable
from cnnspec.cli.streams import find_width, tell, tell_sentence
from cnnspec.findings.text import show_diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

CLEAN, FINDINGS, USAGE = 0, 1, 2  # the exit statuses
PYTHON = " " * 4  # before a line of Python in what is refused


class UsageError(Exception):
    """What the command was asked cannot be done: a sentence, and lines that it announces; exit status 2."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines

    def __str__(self) -> str:
        return "\n".join(self.lines)


class Refused(Exception):
    """The file has mistakes, and they have been shown: exit status 1."""


def print_message(message: str) -> None:
    """A sentence on stderr."""
    tell_sentence(f"cnnspec: {printable(message)}")


def print_refusal(lines: Iterable[str]) -> None:
    """Why something is refused, on stderr: a sentence, what it announces; lines of Python, which are indented, as they are."""
    first, *rest = lines
    print_message(first)
    for line in rest:
        if line.startswith(PYTHON):
            tell(printable(line))
        else:
            print_message(line)


def print_diagnostic(found: Diagnostic) -> None:
    """A diagnostic on stderr."""
    tell(show_diagnostic(found, wants_color(sys.stderr), width=find_width(sys.stderr)))


def wants_color(stream: TextIO) -> bool:
    """Whether a stream shows color: a terminal does, and what FORCE_COLOR says of a CI's log; NO_COLOR says none."""
    if os.environ.get("NO_COLOR"):
        return False
    return os.environ.get("FORCE_COLOR", "0") not in ("", "0") or stream.isatty() and os.environ.get("TERM") != "dumb"


def print_errors(found: tuple[Diagnostic, ...]) -> int:
    """Show the errors among what was found, behind what the command has printed; its exit status."""
    sys.stdout.flush()
    errors = [diagnostic for diagnostic in found if diagnostic.severity == ERROR]
    for diagnostic in errors:
        print_diagnostic(diagnostic)
    return FINDINGS if errors else CLEAN
