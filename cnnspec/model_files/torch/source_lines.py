"""Whose line an operation comes from: the innermost frame of a stack trace that is the user's own code.

Torch keeps the stack of each operation as text, outermost frame first. Frames in torch, in installed libraries and in
Python's own library are nobody's model; what is left is the model's source.
"""

from __future__ import annotations

import re

from cnnspec.base.record import Record

FRAME = re.compile(r'^[ \t]*File "([^"\n]+)", line (\d{1,9})\b', re.MULTILINE)
LIBRARY = re.compile(
    r"[/\\](?:site-packages|dist-packages|lib(?:64)?[/\\]python[\d.]+|torch[/\\](?:nn|fx|export|utils|_\w+))[/\\]"
)


class SourceLine(Record):
    """A line of a Python file, from 1."""

    file: str
    line: int


def is_own_file(file: str) -> bool:
    """Whether a file holds code of the user's own; "<string>" and its like are no files."""
    return not file.startswith("<") and not LIBRARY.search(file)


def find_source_line(trace: str) -> SourceLine | None:
    """The innermost line of a stack trace that lies neither in torch nor in a library; None where there is none."""
    own = [(file, line) for file, line in FRAME.findall(trace) if is_own_file(file)]
    return SourceLine(own[-1][0], int(own[-1][1])) if own else None
