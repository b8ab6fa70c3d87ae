"""The three streams of this process: each is there, even where it was closed, and what cannot be written is told.

Where stdin or stdout is closed, one stands in that fails when it is used. Nothing else then comes into its place: the
next file that is opened would, and what a library prints would go into it.
"""

from __future__ import annotations

import codecs
import errno
import os
import sys
from io import TextIOWrapper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import TextIO

NARROWEST, WIDEST = 20, 100_000  # columns that a text is laid out for
SPELLED = str.maketrans({"─": "-", "…": "...", "█": "#", **dict.fromkeys("▏▎▍", "."), **dict.fromkeys("▌▋▊▉", "#")})
UNWRITTEN = (errno.ENOSPC, errno.EBADF, errno.EIO, errno.EFBIG, errno.EPIPE, getattr(errno, "EDQUOT", errno.ENOSPC))


class Output(TextIOWrapper):
    """Stdout. A reader that goes away (head, less) ends no command: the exit status still says what was found."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            silence(self)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except BrokenPipeError:
            silence(self)


def guarded(command: Callable[[], int]) -> int:
    """The exit status of a command that may print; 2 when something could not be written, which is told."""
    stand_in()
    codecs.register_error("cnnspec", _spelled)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="cnnspec")
    if type(sys.stdout) is TextIOWrapper:
        encoding, lines, through = sys.stdout.encoding, sys.stdout.line_buffering, sys.stdout.write_through
        sys.stdout = Output(sys.stdout.detach(), encoding, "cnnspec", None, lines, through)
        sys.__stdout__ = sys.stdout  # type: ignore[misc]  # by which others find the terminal's width
    try:
        status = command()
        sys.stdout.flush()
        return status
    except OSError as error:
        if error.filename is not None or error.errno not in UNWRITTEN:
            raise
        silence(sys.stdout)
        tell(f"cnnspec: cannot write: {error.strerror}")
        return 2


def stand_in() -> None:
    """Open what is closed, in the order of the numbers: the lowest that is free is always taken."""
    if sys.stdin is None:
        sys.stdin = open(os.open(os.devnull, os.O_WRONLY), closefd=False)  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w", closefd=False)  # noqa: SIM115
    if sys.stderr is None:  # nobody listens
        sys.stderr = open(os.open(os.devnull, os.O_WRONLY), "w", closefd=False)  # noqa: SIM115


def _spelled(error: UnicodeError) -> tuple[str, int]:
    """What a terminal or a file of a small character set gets in place of a character that it does not have."""
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end].translate(SPELLED)
    return text.encode("ascii", "backslashreplace").decode("ascii"), error.end


def tell(text: str) -> None:
    """Print on stderr. What cannot be told there can be told nowhere, and the exit status says it still."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        silence(sys.stderr)


def tell_sentence(text: str) -> None:
    """Print a sentence on stderr."""
    tell(fit_sentence(text, sys.stderr))


def fit_sentence(text: str, stream: TextIO) -> str:
    """A sentence wrapped for the terminal that shows it; in a pipe, where tools read lines, it stays one line."""
    width = find_width(stream)
    if width is None or len(text) <= width and text.isascii():
        return text
    from cnnspec.base.wrapping import wrap_text

    return "\n".join(wrap_text(text, width, 4))


def find_width(stream: TextIO) -> int | None:
    """The columns that texts on a stream are laid out for: COLUMNS (--width sets it), else the terminal's; None for a pipe."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and len(asked) < 9 and int(asked):
        return max(int(asked), NARROWEST)
    try:
        return max(os.get_terminal_size(stream.fileno()).columns or 80, NARROWEST) if stream.isatty() else None
    except (AttributeError, ValueError, OSError):
        return None


class KeptWidth:
    """`with KeptWidth():` COLUMNS is afterwards what it was; --width sets it."""

    def __enter__(self) -> None:
        self.before = os.environ.get("COLUMNS")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.before is not None:
            os.environ["COLUMNS"] = self.before
        else:
            os.environ.pop("COLUMNS", None)


def silence(stream: TextIO) -> None:
    """Let what is still to be printed go nowhere: the interpreter tries it once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
